package scan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/web"
)

// unvisited keeps what a crawl knows of and has not visited, and says so in the end, by reason. What the user named is
// told address by address, everything else by its number, with one address as an example. It is safe for use by several
// goroutines.
type unvisited struct {
	limits limits

	mu      sync.Mutex
	named   []namedPage
	visited map[string]bool // keys of pages that were visited, or that one led to
	seen    []string        // URLs of these, each once
	waiting map[discover.Why][]string
	left    map[discover.Why]map[string]*leftOut // by detail: a word, a site, a glob
	out     map[string]bool                      // links that led to another site
	more    map[string]bool                      // sites of which pages are known that were not handed out
}

// limits are those of a crawl, for the sentences about them. 0: no limit.
type limits struct{ pages, perRoute, depth int }

type namedPage struct {
	url, key string
	skip     discover.Skip
}

type leftOut struct {
	n       int
	example string
}

const (
	// maxWaiting bounds the addresses that are kept to count their routes; what is beyond only counts. A sitemap has at
	// most half as many.
	maxWaiting = 100_000
	// maxDetails bounds the words, sites and globs of one reason that are told apart.
	maxDetails = 2000
	// maxToldEach bounds the gaps of one reason: what the user named, words of links.
	maxToldEach = 20
)

func newUnvisited(l limits, tasks []crawler.Task) *unvisited {
	u := &unvisited{
		limits: l, visited: map[string]bool{}, waiting: map[discover.Why][]string{},
		left: map[discover.Why]map[string]*leftOut{}, out: map[string]bool{}, more: map[string]bool{},
	}
	for _, t := range tasks {
		if discover.Named(t) {
			u.named = append(u.named, namedPage{url: t.URL, key: discover.Key(t.URL)})
		}
	}
	return u
}

// page takes in that a page was visited, wherever that led.
func (u *unvisited) page(p *crawler.Page) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, raw := range []string{p.Task.URL, p.URL} {
		if k := discover.Key(raw); k != "" && !u.visited[k] {
			u.visited[k] = true
			if raw == p.Task.URL {
				u.seen = append(u.seen, raw)
			}
		}
	}
}

// ledOut takes in that a link led to another site.
func (u *unvisited) ledOut(address string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.out) < maxDetails {
		u.out[address] = true
	}
}

// skip takes in what the frontier did not hand out.
func (u *unvisited) skip(s discover.Skip) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if discover.Named(s.Task) {
		k := discover.Key(s.Task.URL)
		for i := range u.named {
			if n := &u.named[i]; n.url == s.Task.URL || k != "" && n.key == k {
				n.skip = s
			}
		}
		return
	}
	switch s.Why {
	case discover.ByRobots, discover.Excluded, discover.NotIncluded,
		discover.PageLimit, discover.RouteLimit, discover.TooDeep, discover.Unreached:
		u.more[web.Site(s.Task.URL)] = true
	}
	switch s.Why {
	case discover.PageLimit, discover.RouteLimit, discover.TooDeep, discover.Unreached:
		if len(u.waiting[s.Why]) < maxWaiting {
			u.waiting[s.Why] = append(u.waiting[s.Why], s.Task.URL)
		}
	default:
		u.leave(s)
	}
}

// leave counts a link that is left alone.
func (u *unvisited) leave(s discover.Skip) {
	of := u.left[s.Why]
	if of == nil {
		of = map[string]*leftOut{}
		u.left[s.Why] = of
	}
	l := of[s.Detail]
	if l == nil {
		if len(of) >= maxDetails {
			return
		}
		l = &leftOut{example: s.Task.URL}
		of[s.Detail] = l
	}
	l.n++
}

// adopted takes in that another site is the crawl's from now on: links to it are not left out any more.
func (u *unvisited) adopted(site string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.left[discover.OtherSite], site)
}

// onlyNamed reports whether nothing but the named pages is known of a site.
func (u *unvisited) onlyNamed(site string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	seen, named := 0, 0
	for _, at := range u.seen {
		if web.Site(at) == site {
			seen++
		}
	}
	for _, n := range u.named {
		if web.Site(n.url) == site {
			named++
		}
	}
	return !u.more[site] && seen <= named
}

// gaps says what was not visited. route folds an address by all that is known of the site.
func (u *unvisited) gaps(route func(string) string) []crawler.Gap {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Concat(u.namedGaps(), u.waitingGaps(route), u.leftGaps())
}

// namedGaps are the named pages that nobody visited, at most maxToldEach of a reason by their address.
func (u *unvisited) namedGaps() (gaps []crawler.Gap) {
	told := map[discover.Why]int{}
	for _, n := range u.named {
		if n.key != "" && u.visited[n.key] {
			continue
		}
		why := cmp.Or(n.skip.Why, discover.Unreached)
		if told[why]++; told[why] > maxToldEach {
			continue
		}
		text := "a page that was named was not visited: " + u.reason(n.skip)
		gaps = append(gaps, crawler.Gap{Kind: crawler.GapNamedNotVisited, Where: n.url, Text: text})
	}
	for _, why := range slices.Sorted(maps.Keys(told)) {
		if more := told[why] - maxToldEach; more > 0 {
			text := "a further page that was named was not visited: " + u.reason(discover.Skip{Why: why})
			gaps = append(gaps, crawler.Gap{Kind: crawler.GapNamedNotVisited, Count: more, Text: text})
		}
	}
	return gaps
}

// reason says why a named page was not visited, in a clause.
func (u *unvisited) reason(s discover.Skip) string {
	switch s.Why {
	case discover.ByRobots:
		return "robots.txt: " + cmp.Or(s.Detail, "it does not allow that")
	case discover.PageLimit:
		return fmt.Sprintf("limit of %d pages", u.limits.pages)
	case discover.NotAPage:
		return "it is no address of a page"
	}
	return "the crawl ended before that"
}

// waitingGaps are the pages that a limit kept out.
func (u *unvisited) waitingGaps(route func(string) string) (gaps []crawler.Gap) {
	seen := map[string]bool{}
	for _, raw := range u.seen {
		seen[route(raw)] = true
	}
	known := maps.Clone(seen)
	groups := map[discover.Why]waitingGroup{}
	for why, list := range u.waiting {
		g := u.group(list, seen, route)
		maps.Copy(known, g.routes)
		groups[why] = g
	}
	for _, why := range []discover.Why{discover.PageLimit, discover.Unreached, discover.TooDeep, discover.RouteLimit} {
		g := groups[why]
		if g.n == 0 {
			continue
		}
		text := fmt.Sprintf("a page is known and was not visited: %s (they are of %s; %d of %s were seen)",
			u.limit(why), count(len(g.routes), "route"), len(seen), count(len(known), "known route"))
		gaps = append(gaps, crawler.Gap{Kind: crawler.GapNotVisited, Where: g.example, Count: g.n, Text: text})
	}
	return gaps
}

// waitingGroup are the pages that one limit kept out.
type waitingGroup struct {
	n       int
	routes  map[string]bool
	example string // of a route that was not seen at all, if there is one
}

func (u *unvisited) group(list []string, seen map[string]bool, route func(string) string) waitingGroup {
	g := waitingGroup{routes: map[string]bool{}}
	fresh := false // the example is of a route that was not seen
	for _, raw := range list {
		if u.visited[discover.Key(raw)] {
			continue // another way led there
		}
		r := route(raw)
		if g.example == "" || !fresh && !seen[r] {
			g.example, fresh = raw, !seen[r]
		}
		g.n++
		g.routes[r] = true
	}
	return g
}

// limit says which limit was reached.
func (u *unvisited) limit(why discover.Why) string {
	switch why {
	case discover.PageLimit:
		return "limit of " + count(u.limits.pages, "page")
	case discover.RouteLimit:
		return fmt.Sprintf("limit of %s of each route", count(u.limits.perRoute, "page"))
	case discover.TooDeep:
		return fmt.Sprintf("limit of %s from a start page", count(u.limits.depth, "link"))
	}
	return "the crawl ended before that"
}

// leftGaps are the links that were left alone.
func (u *unvisited) leftGaps() (gaps []crawler.Gap) {
	add := func(n int, where, format string, args ...any) {
		gaps = append(gaps, crawler.Gap{Kind: crawler.GapLinksLeftOut, Where: where, Count: n, Text: fmt.Sprintf(format, args...)})
	}
	words := byNumber(u.left[discover.Acts])
	for i, word := range words {
		if i == maxToldEach {
			rest := total(u.left[discover.Acts], words[i:])
			add(rest, u.left[discover.Acts][word].example, "a link was left alone, for one of %d more words may change something", len(words)-i)
			break
		}
		l := u.left[discover.Acts][word]
		if word == discover.Chooses {
			add(l.n, l.example, "a link was left alone, for it makes the visitor's choice about cookies")
			continue
		}
		add(l.n, l.example, "a link was left alone, for %q may change something", word)
	}
	for _, r := range []struct {
		why  discover.Why
		text string
	}{
		{discover.ByRobots, "kept out by robots.txt"},
		{discover.Excluded, "left out by --exclude"},
		{discover.NotIncluded, "left out, for no --include matches"},
		{discover.NotAPage, "left out, for its address cannot be visited"},
	} {
		if details := byNumber(u.left[r.why]); len(details) > 0 {
			n := total(u.left[r.why], details)
			add(n, u.left[r.why][details[0]].example, "a link was %s", r.text)
		}
	}
	if sites := byNumber(u.left[discover.OtherSite]); len(sites) > 0 {
		n := total(u.left[discover.OtherSite], sites)
		add(n, u.left[discover.OtherSite][sites[0]].example, "a link to another site was not followed (%s in all)", count(len(sites), "site"))
	}
	if n := len(u.out); n > 0 {
		add(n, slices.Min(slices.Collect(maps.Keys(u.out))), "a link of the site led to another site, whose pages are not its own")
	}
	return gaps
}

// byNumber are the details, those with most links first.
func byNumber(of map[string]*leftOut) []string {
	return slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(cmp.Compare(of[b].n, of[a].n), cmp.Compare(a, b))
	})
}

func total(of map[string]*leftOut, details []string) int {
	n := 0
	for _, d := range details {
		n += of[d].n
	}
	return n
}

// count is "1 page" or "3 pages".
func count(n int, what string) string { return fmt.Sprintf("%d %s", n, choose(n, what, what+"s")) }

func choose(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
