package scan

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/web"
)

// landings finds out that many addresses showed one and the same page: all of them led to one address, or each shows the
// same text at its own. That is a session that has ended, a gate, an error page or maintenance, and what was asked for was
// not seen although every visit was complete.
//
// Old addresses that lead to the start page, and an account's pages that ask an unknown visitor to sign in, are ordinary:
// it takes a large share of a visitor's pages, or all of the last ones. Where a session was given, three pages that ask
// for a sign-in are enough. Where a scan begins at several sites each is looked at by itself, too: the pages of the others say nothing
// of it.
type landings struct {
	signedIn bool              // the visitors were given a session
	starts   map[string]string // by the site of a start address: the site that it moved to, or itself
	visitors map[string][]landing
}

// landing is where one visit of a visitor ended.
type landing struct {
	task  string // key of what was asked for
	site  string // of that
	from  string // its address without query
	to    string // where it ended, likewise
	route string
	gist  string // of what was shown, with the title; "" if that is not known
	back  bool   // the address that it ended at names the one that was asked for
	ended string // the address that it ended at, without its query, for a person
	away  bool   // that is on another site
}

const (
	// fewest is how many addresses must end at one before that says anything.
	fewest = 3
	// mostly is the share of a visitor's pages from which one page instead of many is no coincidence.
	mostly = 0.4
	// mostlyOrdinary is that share where an unknown visitor is asked to sign in, for an account has many pages, and where a
	// site has its shop or its journal elsewhere.
	mostlyOrdinary = 0.6
	// mostlySame is that share for pages that show the same text at addresses of their own.
	mostlySame = 0.5
	// lastFew is how many of the last pages must be one, of how many routes, if it began in the middle of the crawl.
	lastFew, lastRoutes = 4, 3
)

func newLandings(signedIn bool) *landings {
	return &landings{signedIn: signedIn, starts: map[string]string{}, visitors: map[string][]landing{}}
}

// page takes in a visit. gist is that of what it showed.
func (l *landings) page(p *crawler.Page, gist string) {
	site := web.Site(p.Task.URL)
	if p.Task.Via == "seed" && (l.starts[site] == "" || p.Adopted != "") {
		l.starts[site] = cmp.Or(p.Adopted, site)
	}
	if p.Outcome != crawler.Complete && p.Outcome != crawler.Partial || p.Task.Via == viaFlow || p.URL == "" {
		return // who was turned away says so
	}
	if slices.ContainsFunc(p.Gaps, func(g crawler.Gap) bool { return g.Kind == crawler.GapPageMissing }) {
		return // and so does a page that says that it is not there
	}
	if gist != "" {
		gist += " " + p.Title
	}
	l.visitors[p.Task.Profile] = append(l.visitors[p.Task.Profile], landing{
		task: discover.Key(p.Task.URL), site: site, from: place(p.Task.URL), to: place(p.URL), route: p.Task.Route, gist: gist,
		back: namesBack(p.URL, p.Task.URL), ended: withoutQuery(p.URL),
		away: web.Site(p.URL) != web.Site(p.Task.URL),
	})
}

// withoutQuery takes away what is after a question mark, in the fragment of an application that routes by it, too.
func withoutQuery(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	u.RawQuery, u.RawFragment = "", ""
	u.Fragment, _, _ = strings.Cut(u.Fragment, "?")
	return u.String()
}

// place is an address without what does not make it another page: query, fragment (unless it routes), scheme, "www.", a
// slash or an index at the end.
func place(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	p := strings.TrimSuffix(u.EscapedPath(), "/")
	if base := path.Base(p); reIndex.MatchString(base) {
		p = strings.TrimSuffix(strings.TrimSuffix(p, base), "/")
	}
	at := strings.TrimPrefix(strings.ToLower(u.Host), "www.") + p
	if strings.HasPrefix(u.Fragment, "/") || strings.HasPrefix(u.Fragment, "!") {
		fragment, _, _ := strings.Cut(u.Fragment, "?")
		at += "#" + strings.TrimSuffix(fragment, "/")
	}
	return at
}

var (
	reIndex = regexp.MustCompile(`(?i)^(index|default|home)\.\w{2,5}$`)
	reHome  = regexp.MustCompile(`(?i)^([a-z]{2}([-_][a-z]{2,4})?(/|$))?(home|start|index|main|default|welcome)?$`)
	// reSignIn are addresses at which one signs in, in the languages of most of the web.
	reSignIn = regexp.MustCompile(`(?i)(^|[/._#-])(log[-_]?(in|on)|sign[-_]?in|signon|auth(enticate|orize|entication)?|sso|saml2?|oauth2?|` +
		`oidc|openid|session(s|/new)?|identity|anmelden|anmeldung|einloggen|connexion|identification|se-connecter|` +
		`iniciar[-_]sesion|ingresar|acceder|acceso|entrar|accedi|accesso|inloggen|aanmelden|logga[-_]?in|log[-_]?ind|` +
		`logg[-_]?inn|kirjaudu|logowanie|zaloguj|prihlaseni|prihlasit|prijava|vhod|voiti|giris|oturum-ac|masuk|` +
		`dang-nhap)([/._?#-]|$)`)
)

// isHome reports whether a place is the start of a site, in some language.
func isHome(at string) bool {
	_, p, _ := strings.Cut(at, "/")
	return reHome.MatchString(p)
}

// isSignIn reports whether a place is one where one signs in.
func isSignIn(at string) bool {
	plain, err := url.PathUnescape(at)
	if err != nil {
		plain = at
	}
	if host, rest, ok := strings.Cut(plain, "/"); ok {
		return reSignIn.MatchString("/"+rest) || reSignIn.MatchString("."+host)
	}
	return reSignIn.MatchString("." + plain)
}

// namesBack reports whether an address carries another one to go back to, as /login?next=%2Forders does.
func namesBack(at, asked string) bool {
	u, err := url.Parse(at)
	a, err2 := url.Parse(asked)
	if err != nil || err2 != nil || len(a.EscapedPath()) < 2 {
		return false
	}
	query := u.RawQuery + "&" + u.Fragment
	for range 3 { // an address in an address is escaped twice
		if strings.Contains(query, a.Path) || strings.Contains(query, a.EscapedPath()) {
			return true
		}
		plain, err := url.QueryUnescape(query)
		if err != nil || plain == query {
			return false
		}
		query = plain
	}
	return false
}

// many is one page that stood for many addresses.
type many struct {
	at        string          // where it is: the address that was led to, or one of those that show it
	addresses map[string]bool // keys of those that were asked for
	of        int             // addresses that the visitor saw in all
	profile   string
	same      bool // each showed it at its own address
}

// gaps says which pages stood for many addresses, one gap for each, whichever visitors saw it.
func (l *landings) gaps() (gaps []crawler.Gap) {
	found := map[string]*many{}
	add := func(key string, m many) {
		old := found[key]
		if old == nil {
			found[key] = &m
			return
		}
		maps.Copy(old.addresses, m.addresses)
		old.of, old.profile = max(old.of, m.of), ""
	}
	for _, profile := range slices.Sorted(maps.Keys(l.visitors)) {
		for key, m := range l.of(profile) {
			add(key, m)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(found)) {
		m := found[key]
		n := len(m.addresses)
		gap := crawler.Gap{Kind: crawler.GapSamePage, Count: n, Profile: m.profile, Where: m.at,
			Text: fmt.Sprintf("an address led here instead of to a page of its own (%d were asked for)", max(n, m.of))}
		if m.same {
			gap.Text = fmt.Sprintf("an address shows the same page as others do (%d were asked for)", max(n, m.of))
		}
		gaps = append(gaps, gap)
	}
	return gaps
}

// of are the pages that stood for many addresses of a visitor, among those of each site that the scan began with, and of all.
func (l *landings) of(profile string) map[string]many {
	found := map[string]many{}
	add := func(key string, m many) {
		if _, known := found[key]; !known { // of a site it says more than of all
			found[key] = m
		}
	}
	for _, list := range l.parts(l.visitors[profile]) {
		for _, to := range l.targets(list) {
			at := first(list, func(x landing) bool { return x.to == to })
			add("to "+to, many{at: at, addresses: landed(list, to), of: asked(list), profile: profile})
		}
		for _, g := range l.shells(list) {
			at := first(list, func(x landing) bool { return x.gist == g && x.from == x.to })
			add("same "+g, many{at: at, addresses: showed(list, g), of: asked(list), profile: profile, same: true})
		}
	}
	return found
}

// parts are the visits of each site that the scan began with, if there are several, and all of them.
func (l *landings) parts(list []landing) [][]landing {
	var out [][]landing
	if len(l.starts) > 1 {
		for _, start := range slices.Sorted(maps.Keys(l.starts)) {
			other := func(x landing) bool { return x.site != start && x.site != l.starts[start] }
			out = append(out, slices.DeleteFunc(slices.Clone(list), other))
		}
	}
	return append(out, list)
}

// targets are the places that stood for many other addresses of a visitor.
func (l *landings) targets(list []landing) (targets []string) {
	byTarget := map[string][]landing{}
	for _, x := range list {
		if x.from != x.to && !(isHome(x.from) && isHome(x.to)) {
			byTarget[x.to] = append(byTarget[x.to], x)
		}
	}
	for _, to := range slices.Sorted(maps.Keys(byTarget)) {
		if l.isInstead(to, byTarget[to], list) {
			targets = append(targets, to)
		}
	}
	return targets
}

// isInstead reports whether a place was shown instead of what was asked for.
func (l *landings) isInstead(to string, led, list []landing) bool {
	n := len(landed(led, to))
	if n < fewest {
		return false
	}
	back := 0
	for _, x := range led {
		if x.back {
			back++
		}
	}
	switch {
	case l.signedIn && (isSignIn(to) || back >= fewest):
		return true
	case !l.signedIn && (isSignIn(to) || led[0].away && back < fewest):
		return share(n, list) > mostlyOrdinary
	case share(n, list) > mostly:
		return true
	}
	return (l.signedIn || !isHome(to)) && endsWith(list, func(x landing) bool { return x.to == to && x.from != to })
}

// shells are the gists that stood for many addresses, each at its own.
func (l *landings) shells(list []landing) (gists []string) {
	all := map[string]bool{}
	for _, x := range list {
		if x.gist != "" && x.from == x.to {
			all[x.gist] = true
		}
	}
	for _, g := range slices.Sorted(maps.Keys(all)) {
		n := len(showed(list, g))
		tail := func(x landing) bool { return x.gist == g && x.from == x.to }
		if n >= fewest && (share(n, list) > mostlySame || endsWith(list, tail)) {
			gists = append(gists, g)
		}
	}
	return gists
}

// share is how much of what a visitor asked for n addresses are.
func share(n int, list []landing) float64 { return float64(n) / float64(max(1, asked(list))) }

// asked is how many different addresses a visitor asked for.
func asked(list []landing) int {
	all := map[string]bool{}
	for _, x := range list {
		all[x.task] = true
	}
	return len(all)
}

// landed are the addresses that led to a place.
func landed(list []landing, to string) map[string]bool {
	tasks := map[string]bool{}
	for _, x := range list {
		if x.to == to && x.from != to {
			tasks[x.task] = true
		}
	}
	return tasks
}

// showed are the places that show a gist at their own address.
func showed(list []landing, gist string) map[string]bool {
	places := map[string]bool{}
	for _, x := range list {
		if x.gist == gist && x.from == x.to {
			places[x.from] = true
		}
	}
	return places
}

// first is where the first of a kind ended.
func first(list []landing, kind func(landing) bool) string {
	if i := slices.IndexFunc(list, kind); i >= 0 {
		return list[i].ended
	}
	return ""
}

// endsWith reports whether the last pages of a visitor are all of a kind, and of several routes: a session that ended, or
// maintenance that began, while the crawl was under way.
func endsWith(list []landing, kind func(landing) bool) bool {
	tasks, routes := map[string]bool{}, map[string]bool{}
	for _, x := range slices.Backward(list) {
		if !kind(x) {
			break
		}
		tasks[x.task] = true
		routes[cmp.Or(x.route, x.from)] = true
	}
	return len(tasks) >= lastFew && len(routes) >= lastRoutes
}
