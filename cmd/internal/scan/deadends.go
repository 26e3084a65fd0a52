package scan

import (
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/web"
)

// deadEnds keeps the start pages that have no link to their own site, only things to click that lead on. If nothing else
// is known of that site either, that is most of it unseen, whatever is known of others that the scan began with.
type deadEnds struct {
	interact bool // the visitor tried controls
	pages    []deadEnd
	told     map[string]bool // addresses
}

type deadEnd struct {
	page     string // Page.ID
	url      string
	sites    []string // of what was asked for, and of what was shown
	controls discover.Controls
}

// tried is how many controls of a page the visitor tries at the most, see package visit.
const tried = 12

func newDeadEnds(interact bool) *deadEnds {
	return &deadEnds{interact: interact, told: map[string]bool{}}
}

// page takes in a start page. own is how many links to other pages of its site it has; controls counts the rest, and is
// asked only if there are none.
func (d *deadEnds) page(p *crawler.Page, own int, controls func() discover.Controls) {
	seen := p.Outcome == crawler.Complete || p.Outcome == crawler.Partial
	if !seen || own > 0 || p.Task.Via != "seed" || d.told[p.Task.URL] {
		return
	}
	c := controls()
	if !c.LeadOn() || d.interact && c.Leading == 0 && c.Menu <= tried {
		return // or all of them were tried, and what they did was seen
	}
	d.told[p.Task.URL] = true
	d.pages = append(d.pages, deadEnd{p.ID, p.Task.URL, []string{web.Site(p.Task.URL), web.Site(p.URL)}, c})
}

// gaps says which pages lead on by other things than links. alone says whether nothing else is known of a site.
func (d *deadEnds) gaps(alone func(site string) bool) (gaps []crawler.Gap) {
	other := func(site string) bool { return !alone(site) }
	for _, e := range d.pages {
		if slices.ContainsFunc(e.sites, other) {
			continue
		}
		n := e.controls.N()
		text := "something to click may lead on, and no link leads to the site itself: --interact tries it"
		if d.interact {
			text = "something to click may lead on, and no link leads to the site itself; --interact found no page by it"
		}
		gaps = append(gaps, crawler.Gap{Kind: crawler.GapNoLinks, Where: e.url, Page: e.page, Count: n, Text: text})
	}
	return gaps
}
