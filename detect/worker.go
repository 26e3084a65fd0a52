package detect

import (
	"cmp"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/rule"
)

// worker is what one goroutine needs to look at requests: room that is used again, and answers that repeat. What it
// remembers changes no result.
type worker struct {
	run          *Run
	names        *rule.Names
	found        []rule.Match
	pools        []*rule.Pool
	done         []bool
	meant        map[int]rule.Class
	pages        map[string]string   // masked, by address
	routes       map[routeKey]string // without the known values in them
	scripts      map[string]string   // names as places tell them, by address
	fingerprints map[fingerprintKey]fingerprints
}

// routeKey is what a request says of its page: the route as the crawl folded it, or else the address.
type routeKey struct{ route, address string }

type fingerprintKey struct {
	flow  FlowKey
	place placeID // its field as it was met, not folded
}

// fingerprints are those of a flow and of a place in it.
type fingerprints struct{ flow, place string }

// maxRemembered bounds what a worker remembers of pages and of fingerprints.
const maxRemembered = 2000

// minSecret is the length in bytes from which a known value is looked for in URLs and routes to mask it there; shorter
// ones (a country, an age) would tear words apart.
const minSecret = 5

func newWorker(r *Run) *worker {
	return &worker{
		run: r, names: rule.NewNames(), meant: map[int]rule.Class{}, pages: map[string]string{}, routes: map[routeKey]string{},
		scripts: map[string]string{}, fingerprints: map[fingerprintKey]fingerprints{},
	}
}

// page masks the URL of a page.
func (w *worker) page(url string) string {
	if p, ok := w.pages[url]; ok {
		return p
	}
	if len(w.pages) >= maxRemembered {
		clear(w.pages)
	}
	p := w.run.maskKnown(MaskURL(url))
	w.pages[url] = p
	return p
}

// route is the route of a request's page, by all that is known of the site: the crawl folded it when less was known.
func (w *worker) route(q *crawler.Request) string {
	key := routeKey{q.Route, q.PageURL}
	if q.Route != "" {
		key.address = ""
	}
	if route, ok := w.routes[key]; ok {
		return route
	}
	if len(w.routes) >= maxRemembered {
		clear(w.routes)
	}
	route := w.run.maskKnown(w.run.routes.Refold(cmp.Or(q.Route, web.Route(q.PageURL))))
	w.routes[key] = route
	return route
}

// script is scriptName of one of many.
func (w *worker) script(url string) string {
	name, ok := w.scripts[url]
	if !ok {
		if len(w.scripts) >= maxRemembered {
			clear(w.scripts)
		}
		name = scriptName(url)
		w.scripts[url] = name
	}
	return name
}

// identify is Finding.identify for one of many.
func (w *worker) identify(f *Finding) {
	key := fingerprintKey{f.FlowKey(), placeID{f.Route, f.Where, f.Field, senderOf(f), hostOf(f)}}
	p, ok := w.fingerprints[key]
	if !ok {
		if len(w.fingerprints) >= maxRemembered {
			clear(w.fingerprints)
		}
		f.identify()
		w.fingerprints[key] = fingerprints{f.Fingerprint, f.Place}
		return
	}
	f.Fingerprint, f.Place = p.flow, p.place
}

// lowered is the text in lower case, or empty if it is not ASCII.
func lowered(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return ""
		}
	}
	return strings.ToLower(s)
}

// maskKnown masks the known values in a URL that is masked or folded otherwise.
func (r *Run) maskKnown(masked string) string {
	low := lowered(masked)
	for i, v := range r.secrets {
		if low != "" && len(r.lowered[i]) == len(v) && !strings.Contains(low, r.lowered[i]) {
			continue
		}
		if containsFold(masked, v) {
			masked = replaceFold(masked, v, "{value}")
		}
	}
	return masked
}
