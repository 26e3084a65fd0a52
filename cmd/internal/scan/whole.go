package scan

import (
	"bytes"
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/web"
)

// whole keeps what the crawl as a whole did not see, beside what each page says of itself, and which sites are its own. It
// is used by the one goroutine that reads the events, but for skip.
type whole struct {
	scope     *discover.Scope
	starts    map[string]bool // sites of the start addresses
	onePage   bool            // the user asked for no more
	list      bool            // the user named further pages
	unvisited *unvisited
	landings  *landings
	moves     *moves
	deadEnds  *deadEnds
	states    *states
}

func newWhole(o Options, scope *discover.Scope, tasks []crawler.Task) *whole {
	v := o.Visit
	starts := map[string]bool{}
	for _, t := range tasks {
		if t.Via == "seed" {
			starts[web.Site(t.URL)] = true
		}
	}
	return &whole{
		scope: scope, starts: starts, onePage: o.MaxPages == 1, list: len(o.List) > 0,
		unvisited: newUnvisited(limits{o.MaxPages, o.PerRoute, o.Depth}, tasks),
		landings:  newLandings(v.SignIn != nil || v.Recording != nil || len(v.Cookies) > 0),
		moves:     newMoves(), deadEnds: newDeadEnds(v.Interact != nil), states: newStates(o.States),
	}
}

// skip takes in what the frontier does not hand out. It may be called by any goroutine.
func (w *whole) skip(s discover.Skip) { w.unvisited.skip(s) }

// request takes in what a visit sent.
func (w *whole) request(r *crawler.Request) { w.moves.request(r) }

// page takes in a visit before it is written, and returns what is known to be unseen by now. A start address that has moved
// for good takes the scope with it: p.Adopted says so then.
func (w *whole) page(p *crawler.Page) (gaps []crawler.Gap) {
	mv, moved := w.moves.page(p)
	switch {
	case !moved:
		if p.Task.Via == "seed" && web.Site(p.URL) == web.Site(p.Task.URL) {
			w.scope.Adopt(p.URL) // another port of the same host
		}
	case w.scope.Holds(p.URL): // named by the user, or adopted before
	case mv.forGood && p.Task.Via == "seed":
		w.scope.Adopt(p.URL)
		w.unvisited.adopted(mv.site)
		p.Adopted = mv.site
		g, _ := w.moves.gap(p, mv)
		g.Kind = crawler.GapStartMoved
		gaps = append(gaps, g)
	case discover.Named(p.Task):
		if g, fresh := w.moves.gap(p, mv); fresh {
			gaps = append(gaps, g)
		}
	default:
		w.unvisited.ledOut(p.Task.URL)
	}
	w.unvisited.page(p)
	w.states.page(p)
	w.landings.page(p, gistOf(p))
	if w.scope.Holds(p.URL) {
		w.deadEnds.page(p, w.ownLinks(p), func() discover.Controls { return controlsOf(p) })
	}
	return gaps
}

// links are those of a page that may be followed: a page of another site leads to its own ones, which nobody asked for.
func (w *whole) links(p *crawler.Page) []string {
	if w.scope.Holds(p.URL) {
		return p.Links
	}
	return slices.DeleteFunc(slices.Clone(p.Links), func(l string) bool { return !w.scope.Holds(l) })
}

// ownLinks counts the links that lead to other pages of the site. Another site that the scan began with is none of this one's.
func (w *whole) ownLinks(p *crawler.Page) (n int) {
	here, there := discover.Key(p.Task.URL), discover.Key(p.URL)
	own := func(l string) bool {
		site := web.Site(l)
		return w.scope.Holds(l) && (!w.starts[site] || site == web.Site(p.Task.URL) || site == web.Site(p.URL))
	}
	for _, l := range p.Links {
		if k := discover.Key(l); k != here && k != there && own(l) && discover.Harmful(l) == "" {
			n++
		}
	}
	return n
}

// gaps says in the end what was not seen. route folds an address by all that is known of the site.
func (w *whole) gaps(visitors []*profile, route func(string) string) []crawler.Gap {
	var full []string
	for _, v := range visitors {
		w.states.opened(v.name, v.consent)
		if v.few == 0 {
			full = append(full, v.name)
		}
	}
	alone := func(site string) bool { return !w.onePage && !w.list && w.unvisited.onlyNamed(site) }
	return slices.Concat(w.landings.gaps(), w.deadEnds.gaps(alone), w.states.gaps(full), w.unvisited.gaps(route))
}

// outline says what a page that was shown is like.
func outline(p *crawler.Page) {
	shown := p.Outcome == crawler.Complete || p.Outcome == crawler.Partial
	if !shown || len(p.HTML.Inline) == 0 || p.HTML.Cut {
		return
	}
	// What cannot be read has no outline.
	p.Shape, p.Lists, _ = web.Outline(p.URL, bytes.NewReader(p.HTML.Inline))
}

// gistOf is the gist of what a page showed, "" if that cannot be told.
func gistOf(p *crawler.Page) string {
	if len(p.HTML.Inline) == 0 || p.HTML.Cut {
		return ""
	}
	g, _, err := discover.Gist(p.URL, bytes.NewReader(p.HTML.Inline))
	if err != nil {
		return ""
	}
	return g
}

func controlsOf(p *crawler.Page) discover.Controls {
	c, err := discover.ControlsOf(bytes.NewReader(p.HTML.Inline))
	if err != nil {
		return discover.Controls{}
	}
	return c
}
