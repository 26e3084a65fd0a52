package detect

import (
	"hash/maphash"
	"maps"
	"net/url"
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/rule"
)

// knowledge is what the events of a run teach about its visitor and its site, beside the requests themselves.
type knowledge struct {
	firstParty []string            // of Config and of Run events
	persona    rule.Persona        // of Config, of Run events, and what was typed
	observed   map[string][]string // what pages show about their user, by persona key
	pages      map[pageKey]*pageFacts
	sites      map[string]bool        // registrable domains of the pages
	storage    map[storageKey]*stored // values kept in the browser
	owners     map[string][]string    // value → hosts whose storage holds it
	kept       map[uint64]bool        // hashes of entries that were learned from
	entries    map[entryKey]*entryHistory
	trusted    map[string]rule.Confidence // of what storage flow looks for, by text
	addresses  map[string]string          // e-mail addresses that the browser keeps, each with the host that keeps it
	seed       maphash.Seed
	profiles   map[string]int           // requests by profile
	seeds      []string                 // addresses that crawls began at
	sights     []web.Sight              // pages as they were shown
	folded     map[[2]string]bool       // addresses of pages, each with the route that the crawl folded it to
	seeded     bool                     // a crawl said which sites were asked for
	asked      map[string]bool          // their registrable domains, and those that they have moved to for good
	secrets    map[string]string        // names of the values that the user gave and that tokens stand for, by token
	signedIn   bool                     // the visitor was to be signed in: a session or a recording was given
	printers   map[pageKey][]printer    // scripts that told devices apart
	printed    map[pageKey]crawler.Body // the pages that they ran in
	dirty      bool                     // something was learned since the pool was made
}

// pageKey names a page of one of several captures.
type pageKey struct {
	capture int
	id      string
}

// pageFacts is what the Page event of a visit says about its requests.
type pageFacts struct {
	facts  crawler.SiteFacts
	dialog *crawler.Dialog
}

func newKnowledge(cfg Config) *knowledge {
	k := &knowledge{
		firstParty: slices.Clone(cfg.FirstParty), persona: rule.Persona{}, observed: map[string][]string{},
		pages: map[pageKey]*pageFacts{}, asked: map[string]bool{}, sites: map[string]bool{}, storage: map[storageKey]*stored{}, owners: map[string][]string{},
		kept: map[uint64]bool{}, entries: map[entryKey]*entryHistory{}, seed: maphash.MakeSeed(), profiles: map[string]int{},
		folded:   map[[2]string]bool{},
		printers: map[pageKey][]printer{}, printed: map[pageKey]crawler.Body{},
		dirty: true, addresses: map[string]string{}, secrets: map[string]string{},
	}
	k.know(cfg.Persona)
	return k
}

// know adds known values.
func (k *knowledge) know(values map[string][]string) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		c := rule.CanonicalKey(key)
		for _, v := range values[key] {
			if v != "" && !slices.Contains(k.persona[c], v) {
				k.persona[c] = append(k.persona[c], v)
				k.dirty = true
			}
		}
	}
}

// learn takes in what an event teaches.
func (k *knowledge) learn(ev crawler.Event, capture int) {
	switch {
	case ev.Run != nil:
		k.seeded = k.seeded || len(ev.Run.Seeds) > 0
		k.signedIn = k.signedIn || slices.Contains(ev.Run.Deviations, "session") || slices.Contains(ev.Run.Deviations, "flow")
		for _, s := range ev.Run.Seeds {
			k.ask(web.Site(s))
			k.seeds = append(k.seeds, s)
		}
		for _, d := range ev.Run.FirstParty {
			k.own(d)
		}
		k.know(ev.Run.Persona)
		for _, s := range ev.Run.Secrets {
			k.know(map[string][]string{s.Key: {s.Token}})
			k.secrets[s.Token] = s.Name
		}
	case ev.Page != nil:
		k.learnPage(ev.Page, capture)
	case ev.Cookie != nil:
		c := ev.Cookie
		k.keep(c.Name, c.Value, c.Domain, c.Profile)
	case ev.Storage != nil:
		s := ev.Storage
		k.keep(s.Key, s.Value, web.Host(s.Origin), s.Profile)
	case ev.Use != nil:
		k.learnUse(ev.Use, capture)
	case ev.Request != nil:
		k.learnRequest(ev.Request)
	}
}

// ownPage is the address of a request's page if the page is one of the site that is looked at, and else "". Where a crawl
// was led to somebody else's page, by a link, a redirect or a start address, that page's own host is a third party like
// any other, and so is whoever a redirect passed on the way.
func (k *knowledge) ownPage(q *crawler.Request) string {
	d := web.Site(q.PageURL)
	if !k.seeded || k.asked[d] || slices.Contains(k.firstParty, d) {
		return q.PageURL
	}
	return ""
}

// ask takes in a site that the crawl is about: it is own wherever a request comes from.
func (k *knowledge) ask(site string) {
	k.asked[site] = true
	k.own(site)
}

// own takes in a registrable domain of the site's owner.
func (k *knowledge) own(domain string) {
	if !slices.Contains(k.firstParty, domain) {
		k.firstParty = append(k.firstParty, domain)
	}
}

// maxObserved bounds what one run may teach about its user.
const maxObserved = 200

func (k *knowledge) learnPage(p *crawler.Page, capture int) {
	if key := (pageKey{capture, p.ID}); len(k.printers[key]) > 0 {
		k.printed[key] = p.HTML
	}
	k.pages[pageKey{capture, p.ID}] = &pageFacts{facts: p.Facts, dialog: p.Dialog}
	if p.Adopted != "" {
		k.ask(p.Adopted)
	}
	if d := web.Site(p.URL); d != "" {
		k.sites[d] = true
	}
	k.learnRoute(p)
	k.know(p.Typed)
	for _, key := range slices.Sorted(maps.Keys(p.Observed)) {
		c := rule.CanonicalKey(key)
		for _, v := range p.Observed[key] {
			if v == "" || slices.Contains(k.observed[c], v) || slices.Contains(k.persona[c], v) || len(k.observed[c]) >= maxObserved {
				continue
			}
			k.observed[c] = append(k.observed[c], v)
			k.dirty = true
		}
	}
}

// visitor reports whether it is known who visits.
func (k *knowledge) visitor() bool { return k.signedIn || len(k.persona) > 0 || len(k.observed) > 0 }

// learnRoute keeps what a page tells of the routes of its site.
func (k *knowledge) learnRoute(p *crawler.Page) {
	k.folded[[2]string{p.Task.URL, p.Task.Route}] = true
	if p.Outcome == crawler.Complete || p.Outcome == crawler.Partial {
		k.sights = append(k.sights, web.Sight{Address: p.URL, Shape: p.Shape, Lists: p.Lists})
	}
}

// routes are the routes of all that was seen. Crawls and HARs of the same pages have the same ones: what they learned on the
// way, when less was seen, is taken over, and all else is learned here, in one order.
func (k *knowledge) routes() *web.Routes {
	r := new(web.Routes)
	for _, s := range k.seeds {
		if u, err := url.Parse(s); err == nil && u.Host != "" && web.Normalize(u) == nil {
			r.Begin(u)
		}
	}
	for _, f := range slices.SortedFunc(maps.Keys(k.folded), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		if f[1] != "" {
			r.Follow(f[0], f[1])
		}
	}
	r.See(k.sights...)
	return r
}

func (k *knowledge) learnRequest(r *crawler.Request) {
	k.profiles[r.Profile]++
	site := web.Site(r.PageURL)
	if site != "" {
		k.sites[site] = true
	}
	k.keepCookies(r)
}

// pool makes the pool of all known values.
func (k *knowledge) pool() *rule.Pool {
	p := rule.NewPool(k.persona)
	for _, key := range slices.Sorted(maps.Keys(k.observed)) {
		for _, v := range k.observed[key] {
			p.Add(rule.ByObserved, rule.ClassOfKey(key), key, v, "")
		}
	}
	k.trusted = map[string]rule.Confidence{}
	for _, s := range k.synced() {
		k.trusted[s.text] = k.trust(s)
		p.Add(rule.ByStorage, rule.SyncedID, s.name, s.text, s.host)
	}
	k.dirty = false
	return p
}
