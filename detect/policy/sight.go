package policy

import (
	"slices"

	"github.com/tagscan/tagscan/crawler"
)

// Sight is how far a run could see: what is missing of that is gone, and what is missing elsewhere was not looked for.
type Sight struct {
	seen  map[crawler.Consent][]string // kinds of page that were seen completely, by consent state
	blind map[crawler.Consent]bool     // states in which something was not seen that may hide anything
	all   bool                         // so in every state
	to    map[string]bool              // recipients of which not all was seen
	whole bool                         // all that was to be seen was
}

// gapReach says what a gap that makes a run incomplete hides.
type gapReach int

const (
	hidesState gapReach = iota // anything that happens in its states, or in the run where it names none
	hidesPage                  // what happens on its own pages
	hidesMore                  // pages, fields or states beside those that were seen
)

// reaches are the kinds of gaps that hide less than a whole state.
var reaches = map[crawler.GapKind]gapReach{
	crawler.GapPagePartial: hidesPage, crawler.GapPageBlocked: hidesPage, crawler.GapPageFailed: hidesPage, crawler.GapPageMissing: hidesPage,
	crawler.GapLogin: hidesPage, crawler.GapWall: hidesPage, crawler.GapQueue: hidesPage, crawler.GapMaintenance: hidesPage,
	crawler.GapEmptyPage: hidesPage, crawler.GapSamePage: hidesPage, crawler.GapLedElsewhere: hidesPage, crawler.GapNotAttached: hidesPage,
	crawler.GapNoLinks: hidesMore, crawler.GapNotTyped: hidesMore, crawler.GapNamedNotVisited: hidesMore, crawler.GapState: hidesMore,
}

// SightOf tells from the visits of a run, and from what was not seen in it, how far it could see.
func SightOf(pages []Page, gaps []Gap) *Sight {
	s := &Sight{seen: map[crawler.Consent][]string{}, blind: map[crawler.Consent]bool{}, to: map[string]bool{}}
	s.whole = !slices.ContainsFunc(gaps, func(g Gap) bool { return g.Incomplete })
	unseen := map[string]bool{} // visits
	for _, g := range gaps {
		if g.Incomplete {
			s.miss(g, unseen)
		}
	}
	for _, p := range pages {
		if p.Outcome == crawler.Complete && (p.ID == "" || !unseen[p.ID]) && !slices.Contains(s.seen[p.Consent], p.Route) {
			s.seen[p.Consent] = append(s.seen[p.Consent], p.Route)
		}
	}
	return s
}

// miss counts a gap in.
func (s *Sight) miss(g Gap, unseen map[string]bool) {
	reach := reaches[g.Kind]
	switch {
	case g.Recipient != "":
		s.to[g.Recipient] = true
		return
	case reach == hidesMore:
		return
	case reach == hidesPage && len(g.Pages) > 0 && g.Count <= len(g.Pages):
		for _, id := range g.Pages {
			unseen[id] = true
		}
		return
	case reach == hidesPage && g.Kind != crawler.GapSamePage && g.Kind != crawler.GapEmptyPage && g.Kind != crawler.GapNotAttached:
		return // how the visits of these ended says it
	}
	for _, c := range g.Consents {
		s.blind[c] = true
	}
	s.all = s.all || len(g.Consents) == 0
}

// Saw reports whether a kind of page was seen completely in a consent state. The route may be one of a baseline.
func (s *Sight) Saw(route string, c crawler.Consent) bool {
	return s.State(c) && slices.ContainsFunc(s.seen[c], func(r string) bool { return sameRoute(route, r) })
}

// State reports whether anything was seen completely in a consent state, and nothing missed that may hide anything.
func (s *Sight) State(c crawler.Consent) bool { return !s.all && !s.blind[c] && len(s.seen[c]) > 0 }

// BlindTo reports whether not all was seen of what a recipient was sent.
func (s *Sight) BlindTo(recipient string) bool { return s.to[recipient] }

// Any reports whether the run saw anything that a later one can be held against.
func (s *Sight) Any() bool {
	for c := range s.seen {
		if s.State(c) {
			return true
		}
	}
	return false
}

// routes are the kinds of page that were seen completely in any state.
func (s *Sight) routes() []string {
	var out []string
	for c, routes := range s.seen {
		if s.State(c) {
			out = append(out, routes...)
		}
	}
	return sorted(out)
}
