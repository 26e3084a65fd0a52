package report

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// documents are the answers to the site's own pages, by kind of page.
type documents map[string]*document

type document struct {
	seen    int
	headers map[string]map[string]int // how many documents have a value of a security header, by name and value
}

// add takes the answer to the document of a page.
func (d documents) add(route string, headers []crawler.Header) {
	doc := d[route]
	if doc == nil {
		doc = &document{headers: map[string]map[string]int{}}
		d[route] = doc
	}
	doc.seen++
	for _, name := range policy.SecurityHeaders() {
		var values []string
		for _, h := range headers {
			if strings.EqualFold(h.Name, name) {
				values = append(values, h.Value)
			}
		}
		if len(values) == 0 {
			continue
		}
		if doc.headers[name] == nil {
			doc.headers[name] = map[string]int{}
		}
		doc.headers[name][policy.CanonicalHeader(name, values)]++
	}
}

// value is what most documents have for a header; false where most have none.
func (d *document) value(name string) (string, bool) {
	n, best := 0, ""
	for i, v := range slices.Sorted(maps.Keys(d.headers[name])) {
		n += d.headers[name][v]
		if i == 0 || d.headers[name][v] > d.headers[name][best] {
			best = v
		}
	}
	return best, 2*n > d.seen
}

// headers are the security headers of all documents, by name and value.
func (d documents) headers() []policy.Header {
	on := map[[2]string]policy.Strings{}
	for _, route := range slices.Sorted(maps.Keys(d)) {
		for name := range d[route].headers {
			if v, ok := d[route].value(name); ok {
				on[[2]string{name, v}] = append(on[[2]string{name, v}], route)
			}
		}
	}
	var out []policy.Header
	for k, routes := range on {
		out = append(out, policy.Header{Name: k[0], Value: k[1], On: routes})
	}
	slices.SortFunc(out, func(a, b policy.Header) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	return out
}

// document keeps the head of the answer to a visit's main document, if it is the site's own and one that shows a page.
func (b *Builder) document(r *crawler.Request) {
	if r.Type != "document" || r.Frame.Parent != "" || r.Response == nil || r.Page == "" || b.owner(r.URL).ID != recipient.FirstParty {
		return
	}
	if r.Response.Status >= 200 && r.Response.Status < 300 && len(r.Response.Headers) > 0 {
		b.visit(r.Page).document = r.Response.Headers
	}
}

// visited notes from which visit a request came, and whether it went to a host of the site's own that stands in for its recipient.
func (p *party) visited(j *detect.Judged) {
	if p.visits[j.Consent] == nil {
		p.visits[j.Consent] = set{}
	}
	p.visits[j.Consent].add(j.PageID)
	p.own.add(j.Recipient.Via)
}

// standing is how the site stands beside its flows.
func (b *Builder) standing(flows []detect.Flow) policy.Standing {
	s := policy.Standing{Documents: slices.Sorted(maps.Keys(b.documents)), Headers: b.documents.headers()}
	if !b.run.Started.IsZero() {
		s.Of = b.run.Started.UTC().Format(time.RFC3339)
	}
	for _, c := range sortStates(slices.Collect(maps.Keys(b.states))) {
		s.Dialog = s.Dialog || b.states[c].Dialogs > 0
		s.States = append(s.States, policy.Chosen{Consent: c, Proven: b.states[c].Verified > 0})
	}
	code := b.codeOn()
	for _, id := range slices.Sorted(maps.Keys(b.parties)) {
		if p := b.parties[id]; p.requests > 0 && isThird(p.r) {
			s.Vendors = append(s.Vendors, b.vendor(p, code[id], flows))
		}
	}
	return s
}

// codeOn are the kinds of page on which scripts ran with the page's rights, by their owner.
func (b *Builder) codeOn() map[string]set {
	out := map[string]set{}
	for _, sc := range b.scripts {
		if !sc.inside || sc.s.URL == "" {
			continue
		}
		if out[sc.s.Owner] == nil {
			out[sc.s.Owner] = set{}
		}
		maps.Copy(out[sc.s.Owner], sc.route)
	}
	return out
}

func (b *Builder) vendor(p *party, code set, flows []detect.Flow) policy.Vendor {
	v := policy.Vendor{ID: p.r.ID, Name: p.r.Name, On: p.routes.list(), Own: p.own.list(), Code: code.list(), Direct: p.direct}
	met, could := 0, 0
	for _, c := range p.states() {
		v.Consent = append(v.Consent, string(c))
		k, n := len(p.visits[c]), b.visitsOf(c, p.routes)
		met, could = met+k, could+n
		if steady(k, n) {
			v.Steady = append(v.Steady, string(c))
		}
		if slices.ContainsFunc(flows, func(f detect.Flow) bool {
			return f.Recipient.ID == v.ID && f.Consent == c && f.Solid() && f.Severity >= rule.Medium
		}) {
			v.Data = append(v.Data, string(c))
		}
	}
	rotates := p.r.Category == "ads" || p.r.How == recipient.Unknown || p.r.How == recipient.ByList
	v.Passing = p.r.ID == recipient.UnknownAds || rotates && met < steadyVisits || !steady(met, could)
	return v
}

// visitsOf is how many visits saw kinds of page completely in a consent state.
func (b *Builder) visitsOf(c crawler.Consent, routes set) (n int) {
	for _, p := range b.pages {
		if p.Consent == c && p.Outcome == crawler.Complete && routes[p.Route] {
			n++
		}
	}
	return n
}

// steadyVisits is how many visits must have met an advertiser, or somebody whom no catalog knows, before its absence says anything.
const steadyVisits = 4

// missedByChance is the chance from which on it is no news that somebody was not met: one night in a hundred.
const missedByChance = 0.01

// steady reports whether somebody who was met in k of n visits that could have met it is met again, in at least one of as many, all but
// for sure.
func steady(k, n int) bool {
	if k == 0 {
		return false
	}
	return k >= n || math.Pow(1-float64(k)/float64(n), float64(n)) <= missedByChance
}
