package policy

import (
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
)

// whole reports whether a run saw all that it was to see: nothing makes it incomplete.
func (v Verdict) whole() bool {
	return !slices.ContainsFunc(v.Gaps, func(g Gap) bool { return g.Incomplete })
}

// stand takes note of how the site stands now, and of the flows that are missing. What a run did not see stays as it was.
func (b *Baseline) stand(in Input, v Verdict, a Acceptance) {
	j := judge{cfg: a.Config.orDefault(), base: b}
	b.Standing = *in.Standing.Keep(j.standing(), SightOf(in.Pages, v.Gaps), b.short)
	look := b.look(in, v.whole())
	for known := range b.entries() {
		switch {
		case look.met(known):
			known.Unseen = Date{}
		case known.Unseen.IsZero() && look.gone(known):
			known.Unseen = Date{a.Now}
		}
	}
}

// again is a second look at what a baseline knows.
type again struct {
	in    Input
	whole bool
	seen  map[crawler.Consent][]string // kinds of page that were seen completely
	all   map[crawler.Consent]bool     // states in which every page of the baseline was
}

func (b *Baseline) look(in Input, whole bool) again {
	a := again{in, whole, map[crawler.Consent][]string{}, map[crawler.Consent]bool{}}
	pages := map[crawler.Consent]map[string]bool{}
	for _, p := range in.Pages {
		if p.Outcome != crawler.Complete {
			continue
		}
		if pages[p.Consent] == nil {
			pages[p.Consent] = map[string]bool{}
		}
		pages[p.Consent][b.short(p.URL)] = true
		if !slices.Contains(a.seen[p.Consent], p.Route) {
			a.seen[p.Consent] = append(a.seen[p.Consent], p.Route)
		}
	}
	for c, seen := range pages {
		a.all[c] = !slices.ContainsFunc(b.Pages, func(page string) bool { return !seen[page] })
	}
	return a
}

// met reports whether what was accepted occurs.
func (l again) met(a accepted) bool {
	return slices.ContainsFunc(l.in.Flows, func(f detect.Flow) bool { return a.speaksOf(&f) })
}

// gone reports whether what was accepted does not occur any more: the run saw all that it was to see, every page that the baseline
// knows among it, and every kind of page on which it was known, in its consent state.
func (l again) gone(a accepted) bool {
	return l.whole && l.all[a.Consent] && !l.met(a) && a.covered(l.seen[a.Consent])
}
