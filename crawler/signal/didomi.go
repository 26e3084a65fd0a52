package signal

import "strings"

// Didomi is the cookie and storage of Didomi: JSON in base64.
var Didomi = Format{
	Kind:  "didomi",
	Title: "Didomi record (didomi_token)",
	Doc:   "https://developers.didomi.io/cmp/web-sdk",
	Names: []string{"didomi_token"},
	Read:  readDidomi,
	Examples: []Example{
		// {"user_id":"18ee…","created":…,"updated":…,"vendors":{"disabled":["google"]},"purposes":{"disabled":["cookies"]}}
		{"didomi_token", "eyJ1c2VyX2lkIjoiMThlZTEwYjUtMWMwYi02N2JiLWI3NjQtMDAzODViNzVkZmY1IiwiY3JlYXRlZCI6IjIwMjYtMTEtMjhUMTA6MDA6MDAuMDAwWiIs" +
			"InVwZGF0ZWQiOiIyMDI2LTExLTI4VDEwOjAwOjAwLjAwMFoiLCJ2ZW5kb3JzIjp7ImRpc2FibGVkIjpbImdvb2dsZSJdfSwicHVycG9zZXMiOnsiZGlzYWJsZWQiOlsiY2" +
			"9va2llcyJdfX0=", Denied, "cookies denied"},
	},
}

func readDidomi(r *Record, value string) {
	text := plainJSON(value)
	if !strings.HasPrefix(text, "{") {
		b, err := plainBase64(text)
		if err != nil {
			r.fault(FaultSyntax, "the Didomi record is no base64")
			return
		}
		text = string(b)
	}
	o, ok := r.record("Didomi", text)
	if !ok {
		return
	}
	r.Created = timeOf(o.text("created"))
	r.at(o.text("updated"))
	r.didomiPurposes(o.object("purposes"), Consent)
	r.didomiPurposes(o.object("purposes_li"), LegitimateInterest)
	for _, of := range []struct {
		key   string
		state State
	}{{"enabled", Granted}, {"disabled", Denied}} {
		for _, id := range o.object("vendors").list(of.key) {
			r.vendor(textOf(id), of.state)
		}
	}
	r.vendorParts()
	r.identity("user id", o.text("user_id"))
	r.Chosen = answer(len(r.Purposes)+len(r.Vendors) > 0)
	if len(r.Purposes) == 0 {
		r.Says = r.vendorsTogether()
	}
}

func (r *Record) didomiPurposes(o object, basis Basis) {
	for _, of := range []struct {
		key   string
		state State
	}{{"enabled", Granted}, {"disabled", Denied}} {
		for _, item := range o.list(of.key) {
			id := textOf(item)
			r.Purposes = append(r.Purposes, Purpose{ID: id, Category: categoryOf(id), Basis: basis, State: of.state, InEffect: of.state})
			r.part("purpose "+id+" ("+basis.String()+")", of.state.String())
		}
	}
}
