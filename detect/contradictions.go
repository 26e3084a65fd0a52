package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
)

// aboutConsent is what a vendor's file says about consent.
func (a *Analyzer) aboutConsent(id string) consent.Vendor {
	v, ok := a.catalog.ByID(id)
	if !ok || v.ID != id {
		return consent.Vendor{}
	}
	return consent.Vendor{GVL: v.Consent.GVL, Takes: len(v.Consent.Takes) > 0}
}

// claimsOf collects what a request tells its recipient about the visitor's choice. The address of the page, and other addresses in
// the request, may have such strings too: they tell somebody else.
func claimsOf(t *decode.Tree) []consent.Claim {
	var out []consent.Claim
	claimed := map[int]bool{}
	for i := range t.Fields {
		f := &t.Fields[i]
		if claimed[f.Parent] || !tells(f) {
			claimed[i] = claimed[f.Parent]
			continue
		}
		c, ok := consent.ClaimOf(f.Path, f.Key, f.Value)
		if !ok {
			continue
		}
		claimed[i] = true
		c.Field, c.Name, c.Value = maskPath(strings.Clone(f.Path), ""), strings.Clone(c.Name), strings.Clone(c.Value)
		if !slices.ContainsFunc(out, func(o consent.Claim) bool { return o.Name == c.Name && o.Value == c.Value }) {
			out = append(out, c)
		}
	}
	return out
}

// tells reports whether a field may be meant for the recipient of its request.
func tells(f *decode.Field) bool {
	switch {
	case f.Where == decode.Header && f.Parent >= 0:
		return false
	case f.Key == "" && f.Where != decode.BodyIn && f.Where != decode.Frame:
		return false
	}
	_, inner, _ := strings.Cut(f.Path, ".")
	return !strings.Contains(inner, ".query.") && !strings.Contains(inner, ".path[") && !strings.Contains(inner, ".fragment")
}

// aboutChoice takes from an event what it says about the visitor's choice.
func (r *Run) aboutChoice(ev event) {
	switch profile := r.captures[ev.capture].Profile; {
	case ev.Cookie != nil:
		r.consent.Cookie(ev.Cookie, ev.Cookie.Profile)
	case ev.Storage != nil:
		r.consent.Storage(ev.Storage, ev.Storage.Profile)
	case ev.Page != nil && profile != "":
		r.consent.Page(ev.Page, profile)
	case ev.Page != nil:
		r.consent.Page(ev.Page, ev.Page.Task.Profile)
	}
}

// noting returns yield that takes note, on the way, of what contradictions are found in.
func (r *Run) noting(yield func(Conclusion, error) bool) func(Conclusion, error) bool {
	return func(c Conclusion, err error) bool {
		switch {
		case err != nil:
		case c.Judged != nil && c.Judged.Third():
			r.consent.Request(askedOf(c.Judged))
		case c.Finding != nil:
			r.consent.Datum(datumOf(c.Finding))
		}
		return yield(c, err)
	}
}

func askedOf(j *Judged) consent.Request {
	return consent.Request{
		ID: j.Request, Seq: j.Seq, PageID: j.PageID, Profile: j.Profile, Consent: j.Consent, Sent: consent.Moment{Time: j.Time},
		Recipient: j.Recipient.ID, Weak: j.Recipient.Weak, Hit: isHit(j), Page: j.Page, Method: j.Method, URL: j.URL, Claims: j.Claims,
	}
}

// loads are types of requests, and ends of addresses, by which something is fetched and nothing reported.
var loads = []string{"preflight", "stylesheet", "font", "media", "manifest", ".js", ".mjs", ".css", ".html"}

// isHit reports whether a request reports to an endpoint of its vendor.
func isHit(j *Judged) bool {
	how := j.Recipient.How
	if j.Endpoint == "" || how != recipient.ByEndpoint && how != recipient.ByShape {
		return false
	}
	return !slices.Contains(loads, j.Type) && !slices.Contains(loads, path.Ext(j.URL))
}

func datumOf(f *Finding) consent.Datum {
	return consent.Datum{
		Request: f.Request, Seq: f.Seq, Profile: f.Profile, PageID: f.PageID, Class: f.Class, Value: f.Value.Reveal(),
		Lasting: outlives(f), Kept: kept(f), Possible: f.Confidence == Possible,
	}
}

// kept reports whether the browser's storage has what was found.
func kept(f *Finding) bool {
	return f.Known == ByStorage || slices.ContainsFunc(f.Evidence, func(e Evidence) bool { return e.Known == ByStorage })
}

// outlives reports whether it is known that what was found stays the same beyond the page: the browser's storage has it, or the
// comparison of visitors proved it.
func outlives(f *Finding) bool {
	if f.Known == ByStorage || f.Known == ByDifferential && f.Confidence == Certain {
		return true
	}
	return slices.ContainsFunc(f.Evidence, func(e Evidence) bool { return e.Known == ByStorage || e.Known == ByDifferential })
}

// concludeConsent yields what is known about consent, and what in it cannot both be right.
func (r *Run) concludeConsent(yield func(Conclusion, error) bool) bool {
	facts, contradictions := r.consent.Conclude()
	for i := range facts {
		if !yield(Conclusion{Consent: &facts[i]}, nil) {
			return false
		}
	}
	for i := range contradictions {
		if !yield(Conclusion{Contradiction: &contradictions[i]}, nil) {
			return false
		}
	}
	n := r.consent.Lost()
	if n == 0 {
		return true
	}
	const text = "requests were not held against the visitor's choice: there are too many"
	return yieldGaps([]crawler.Gap{{Kind: crawler.GapCap, Count: n, Text: text}}, yield)
}
