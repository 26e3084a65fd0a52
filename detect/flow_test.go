package detect

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

func flowFindings() []Finding {
	mixpanel := recipient.Recipient{ID: "mixpanel", Name: "Mixpanel"}
	f := func(request string, seq int64, class rule.Class, s rule.Severity, page, field string, consent crawler.Consent) Finding {
		x := Finding{
			Request: request, Seq: seq, Class: class, Severity: s, Page: page, Route: "https://shop.example/product/{n}", Field: field, Recipient: mixpanel,
			Confidence: Certain, Form: Plain, Known: ByPersona, Where: "body", Consent: consent, Rule: "known-value", Value: NewValue("x@y.example"),
		}
		x.Fingerprint = Fingerprint(x.Rule, x.Recipient.ID, x.Route, x.Consent, x.Field)
		return x
	}
	return []Finding{
		f("r1", 1, rule.Email, rule.High, "https://shop.example/product/1", "body.data[0].email", "accepted"),
		f("r2", 2, rule.Email, rule.High, "https://shop.example/product/2", "body.data[7].email", "accepted"),
		f("r2", 2, rule.Email, rule.Critical, "https://shop.example/product/2", "query.em", "accepted"),
		f("r3", 3, rule.Email, rule.High, "https://shop.example/product/1", "body.data[0].email", "rejected"),
		f("r3", 3, rule.Title, rule.Low, "https://shop.example/product/1", "body.title", "accepted"),
	}
}

func TestFindingsOfOneKindAreOneFlow(t *testing.T) {
	flows := Flows(flowFindings())
	require.Len(t, flows, 3)
	first := flows[0]
	assert.Equal(t, rule.Email, first.Class)
	assert.Equal(t, crawler.Accepted, first.Consent)
	assert.Equal(t, rule.Critical, first.Severity)
	assert.Equal(t, 3, first.Findings)
	assert.Equal(t, 2, first.Requests)
	assert.Equal(t, []string{"body.data[*].email", "query.em"}, first.Fields)
	assert.Equal(t, []string{"https://shop.example/product/1", "https://shop.example/product/2"}, first.Pages)
	assert.Len(t, first.Fingerprints, 2, "one for each field, whatever its index")
	assert.Equal(t, first.Example.Fingerprint, first.Fingerprint)
	assert.Equal(t, "query.em", first.Example.Field, "the worst is the example")
	assert.Equal(t, rule.Title, flows[2].Class, "worst first")
}

func TestFlowsDoNotDependOnTheOrderOfFindings(t *testing.T) {
	findings := flowFindings()
	want := Flows(findings)
	for range 20 {
		findings = append(findings[1:], findings[0])
		assert.Equal(t, want, Flows(findings))
		slices.Reverse(findings)
		assert.Equal(t, want, Flows(findings))
	}
}

func TestFingerprintForgivesNothingButNamesOfPeople(t *testing.T) {
	of := func(field string) string {
		return Fingerprint("email-pattern", "mixpanel", "https://shop.example/", crawler.Unasked, field)
	}
	assert.Regexp(t, `^[0-9a-f]{32}$`, of("body.email"))
	assert.Equal(t, of("body.events[3].email"), of("body.events[41].email"))
	assert.Equal(t, of("body.users.jane@example%2Eorg.plan"), of("body.users.joe%2Edoe@mail%2Eexample%2Ecom.plan"))
	assert.Equal(t, of("body.byId.550e8400-e29b-41d4-a716-446655440000.name"), of("body.byId.9f1b8a00-e29b-41d4-a716-446655440999.name"))
	assert.NotEqual(t, of("body.email"), of("body.mail"))
	assert.NotEqual(t, of("body.email"), Fingerprint("email-pattern", "segment", "https://shop.example/", crawler.Unasked, "body.email"))
	assert.NotEqual(t, of("body.email"), Fingerprint("email-pattern", "mixpanel", "https://shop.example/", crawler.Rejected, "body.email"))
	assert.NotEqual(t, of("body.email"), Fingerprint("email-pattern", "mixpanel", "https://shop.example/a", crawler.Unasked, "body.email"))
	assert.NotEqual(t, Fingerprint("a", "bc", "", "", ""), Fingerprint("ab", "c", "", "", ""), "parts do not run together")
}

func TestPathsFoldToTheirKind(t *testing.T) {
	for in, want := range map[string]string{
		"body.data[0].properties.$email":      "body.data[*].properties.$email",
		"query.ud[em]":                        "query.ud.em",
		"body.4711.x":                         "body.{n}.x",
		"body[\"a.b\"].c":                     "body.a.b.c",
		"header.x-user":                       "header.x-user",
		"body.k.8fK2mQ9xLp3Zr7Tt":             "body.k.{id}",
		"body.9f86d081884c7d659a2feaa0.x":     "body.{hash}.x",
		"body.checkout_step_2.utm_source":     "body.checkout_step_2.utm_source",
		"body.events[2].jane%40example%2Eorg": "body.events[*].{email}",
	} {
		assert.Equal(t, want, FoldPath(in), in)
	}
}

func TestMaskedURLsKeepNoQueryAndNobody(t *testing.T) {
	for in, want := range map[string]string{
		"https://shop.example/p/4711?email=a@b.example#x":                           "https://shop.example/p/4711",
		"https://shop.example/u/jane.doe@mail.example/orders":                       "https://shop.example/u/{email}/orders",
		"https://shop.example/u/jane.doe%40mail.example":                            "https://shop.example/u/{email}",
		"https://shop.example/t/550e8400-e29b-41d4-a716-446655440000/x":             "https://shop.example/t/{uuid}/x",
		"https://shop.example/call/+4915112345678":                                  "https://shop.example/call/{n}",
		"https://ads.example/a/b;u=8fK2mQ9xLp3Zr7Tt9;ord=1":                         "https://ads.example/a/b;u={id};ord=1",
		"https://shop.example":                                                      "https://shop.example/",
		"not a url":                                                                 "",
		"https://shop.example/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3In0.x": "https://shop.example/reset/{id}",
	} {
		assert.Equal(t, want, MaskURL(in), in)
	}
}
