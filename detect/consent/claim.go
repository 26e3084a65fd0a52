package consent

import (
	"regexp"
	"strings"

	"github.com/tagscan/tagscan/crawler/signal"
)

// Claim is one field of a request that tells its recipient what the visitor chose. It identifies nobody.
type Claim struct {
	Field string      `json:"field"` // path in the request: "query.gcs"
	Name  string      `json:"name"`  // "gcs"
	Kind  signal.Kind `json:"kind"`
	Value string      `json:"value"`
}

// maxClaim is longer than any consent string seen: that of a dialog with all vendors of the IAB's list, a bit each, has 2 kB.
const maxClaim = 16 << 10

// byBrowser is the header in which the browser itself says that its user opts out. It is no claim of the site's.
const byBrowser = "sec-gpc"

// records are formats that a vendor's own kit keeps in the browser and passes on to the vendor, so that there they are claims.
var records = map[signal.Kind]bool{signal.AdobeConsent.Kind: true, signal.AdobeCookie.Kind: true}

// brokenTC matches a TC string in all but what makes it valid: one of version 1, or one that was cut. Unexpanded macros,
// "undefined" and the like are no strings and claim nothing.
var brokenTC = regexp.MustCompile(`^[BC][A-Za-z0-9_-]{20,}(?:\.[A-Za-z0-9_.-]*)?$`)

// ClaimOf reads a field of a request; false if it claims nothing about consent.
func ClaimOf(field, name, value string) (Claim, bool) {
	if len(value) > maxClaim || strings.EqualFold(name, byBrowser) {
		return Claim{}, false
	}
	r, ok := signal.Recognise(name, value)
	if !ok {
		return Claim{}, false
	}
	broken := r.Kind == signal.TCString.Kind && r.Err() != nil && brokenTC.MatchString(value)
	if !r.Claim() && !broken && !(records[r.Kind] && r.Err() == nil && !r.Identifies()) {
		return Claim{}, false
	}
	return Claim{Field: field, Name: name, Kind: r.Kind, Value: value}, true
}

// reading is a claim with what it says.
type reading struct {
	Claim
	r signal.Record
}

func (c Claim) read() reading {
	r, err := signal.Decode(c.Kind, c.Value)
	if err != nil && len(r.Faults) == 0 {
		return reading{Claim: c}
	}
	r.Name = c.Name
	return reading{c, r}
}

// told are the claims of one request together.
type told []reading

// counting are the claims that count: a TC string does not where the request says that the law does not apply.
func (t told) counting() told {
	applies := true
	for _, x := range t {
		if x.Kind == signal.GDPRApplies.Kind && x.r.Applies == signal.No {
			applies = false
		}
	}
	var out told
	for _, x := range t {
		if (applies || x.Kind != signal.TCString.Kind) && x.r.Err() == nil {
			out = append(out, x)
		}
	}
	return out
}

// any reports whether a claim that counts is so.
func (t told) any(is func(*signal.Record) bool) bool {
	for _, x := range t.counting() {
		if is(&x.r) {
			return true
		}
	}
	return false
}

// grants reports whether a record says that the visitor consents to something that can be refused.
func grants(r *signal.Record) bool {
	return r.Grants() || r.Providers != nil && r.Providers.Consented.Len() > 0
}

// denies reports whether a record says that the visitor refused: all of it, and not only that advertisements be personal, which
// forbids nobody to recognise the visitor.
func denies(r *signal.Record) bool {
	switch r.Kind {
	case signal.GoogleNPA.Kind, signal.GoogleRDP.Kind, signal.AdditionalConsent.Kind:
		return false
	case signal.GoogleDefaults.Kind:
		return r.Says == signal.Denied && storage(r) == signal.Denied
	}
	return r.Says == signal.Denied
}

// storage is what Google's signals say about keeping something in the browser: denied if either kind is.
func storage(r *signal.Record) signal.State {
	out := signal.Unknown
	for _, id := range []string{"ad_storage", "analytics_storage"} {
		p, ok := r.Purpose(id, signal.Consent)
		if ok && (out == signal.Unknown || p.State == signal.Denied) {
			out = p.State
		}
	}
	return out
}

// speaks reports whether a record says anything about the visitor's choice. That nobody opted out is what Google's and Meta's
// parameters have where nothing was said.
func speaks(r *signal.Record) bool {
	if r.GPC == signal.Yes || grants(r) {
		return true
	}
	silent := r.Kind == signal.GoogleNPA.Kind || r.Kind == signal.GoogleRDP.Kind || r.Kind == signal.MetaOptions.Kind
	return r.Says != signal.Unknown && !(silent && r.Says == signal.NotOptedOut)
}

// byDefault reports whether a record says that something was granted though nobody was asked.
func byDefault(r *signal.Record) bool { return grants(r) || len(r.GrantedUnasked()) > 0 }

// anyOf reports whether a claim is so that counts, or that is broken.
func (t told) anyOf(is func(*reading) bool) bool {
	for _, x := range t.counting() {
		if is(&x) {
			return true
		}
	}
	for _, x := range t {
		if x.r.Err() != nil && is(&x) {
			return true
		}
	}
	return false
}
