package report

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// reach gathers what the scripts of one party could read.
type reach struct {
	fields, cookies, storage map[string]set // routes by name
	routes, framed, lowered  set
	scripts, pinned          map[scriptKey]bool
}

func newReach() *reach {
	return &reach{fields: map[string]set{}, cookies: map[string]set{}, storage: map[string]set{}, routes: set{},
		framed: set{}, lowered: set{}, scripts: map[scriptKey]bool{}, pinned: map[scriptKey]bool{}}
}

// reached joins the scripts that ran on a page with what the page let scripts of their frame read. A script in a worker
// or in a sandboxed or foreign frame runs apart from the page and reads nothing of it.
func (b *Builder) reached(p *crawler.Page, route string, v *visit) {
	for _, s := range v.scripts {
		b.scripts[s.key].route.add(route)
		b.inline(s, p, route)
		if !isThird(s.owner) {
			continue
		}
		pt := b.party(s.owner)
		if pt.reach == nil {
			pt.reach = newReach()
		}
		r := pt.reach
		r.scripts[s.key] = true
		if s.pinned {
			r.pinned[s.key] = true
		}
		if strings.Contains(s.target, "worker") {
			r.framed.add(route)
			r.lowered.add("runs in a worker, where there is no page to read")
			continue
		}
		b.readable(r, p, s, route)
	}
}

func (b *Builder) readable(r *reach, p *crawler.Page, s ran, route string) {
	main := s.frame == "" || sameDocument(s.frame, p.URL)
	if !main && !b.insideSite(s.frame, p.URL) {
		r.framed.add(route)
		r.lowered.add("runs in a frame of another site, apart from the page")
		return
	}
	found := false
	for _, re := range p.Reach {
		if !(sameDocument(re.Frame, s.frame) || main && (re.Frame == "" || sameDocument(re.Frame, p.URL))) {
			continue
		}
		found = true
		if re.Sandbox != "" && !strings.Contains(re.Sandbox, "allow-same-origin") {
			r.framed.add(route)
			r.lowered.add("runs in a sandboxed frame without the page's origin")
			continue
		}
		r.routes.add(route)
		b.scripts[s.key].inside = true
		note(r.fields, re.Fields, route)
		note(r.cookies, re.Cookies, route)
		note(r.storage, re.Storage, route)
		if d := connectSources(re.CSP); d != "" {
			r.lowered.add("the page's Content-Security-Policy lets it send only to: " + d)
		}
	}
	if !found && main {
		r.routes.add(route)
		b.scripts[s.key].inside = true
	}
}

// insideSite reports whether a frame shares the page's rights: it is of the page's site, or has no address of its own and
// so the origin of the document that made it (about:blank, srcdoc: HTML Standard, 7.1.1).
func (b *Builder) insideSite(frame, page string) bool {
	u, err := url.Parse(frame)
	if err != nil || !onTheWeb(u) {
		return true
	}
	return web.Site(frame) == web.Site(page)
}

func note(m map[string]set, names []string, route string) {
	for _, n := range names {
		if m[n] == nil {
			m[n] = set{}
		}
		m[n].add(route)
	}
}

func sameDocument(a, b string) bool {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	if errA != nil || errB != nil || ua.Host == "" {
		return a == b
	}
	return ua.Host == ub.Host && ua.Path == ub.Path
}

// connectSources is what a policy allows scripts to connect to, if it restricts that at all: connect-src, else
// default-src (CSP Level 3, section 6.7.3).
func connectSources(csp string) string {
	found := ""
	for _, d := range strings.Split(csp, ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(d), " ")
		switch strings.ToLower(name) {
		case "connect-src":
			found = sources
		case "default-src":
			if found == "" {
				found = sources
			}
		default:
			continue
		}
	}
	for _, s := range strings.Fields(found) {
		if s == "*" || s == "https:" || s == "http:" {
			return ""
		}
	}
	return strings.Join(strings.Fields(found), " ")
}

func (r *reach) within() *Within {
	if r == nil {
		return nil
	}
	w := &Within{
		Fields: readables(r.fields, fieldKind), Cookies: readables(r.cookies, cookieKind), Storage: readables(r.storage, storageKind),
		Routes: r.routes.list(), Lowered: r.lowered.list(), Scripts: len(r.scripts), Pinned: len(r.pinned),
	}
	for _, f := range r.framed.list() {
		if !r.routes[f] {
			w.Framed = append(w.Framed, f)
		}
	}
	if w.Pinned > 0 && w.Pinned == w.Scripts {
		w.Lowered = append(w.Lowered, "pinned by integrity: a changed script would not run")
	}
	return w
}

func readables(m map[string]set, kind func(string) (string, bool)) []Readable {
	var out []Readable
	for _, n := range slices.Sorted(maps.Keys(m)) {
		k, grave := kind(n)
		out = append(out, Readable{Name: n, Kind: k, Grave: grave, Routes: m[n].list()})
	}
	slices.SortStableFunc(out, func(a, b Readable) int {
		switch {
		case a.Grave == b.Grave:
			return 0
		case a.Grave:
			return -1
		}
		return 1
	})
	return out
}

// fieldKind names a form field given as "type/autocomplete/name" (autocomplete tokens: HTML Standard, 4.10.18.7).
func fieldKind(f string) (kind string, grave bool) {
	low := strings.ToLower(f)
	parts := strings.SplitN(low, "/", 3)
	for len(parts) < 3 {
		parts = append(parts, "")
	}
	for _, k := range fieldKinds {
		for _, w := range k.words {
			if parts[0] == w || strings.Contains(parts[1], w) || strings.Contains(parts[2], w) {
				return k.kind, k.grave
			}
		}
	}
	return "", false
}

var fieldKinds = []struct {
	kind  string
	grave bool
	words []string
}{
	{"passwords", true, []string{"password", "passwd", "one-time-code", "otp"}},
	{"payment card details", true, []string{"cc-", "cardnumber", "card_number", "card-number", "cvc", "cvv", "iban"}},
	{"identity numbers", true, []string{"ssn", "passport", "national_id", "tax_id"}},
	{"e-mail addresses", true, []string{"email", "e-mail"}},
	{"phone numbers", true, []string{"tel", "phone", "mobile"}},
	{"dates of birth", true, []string{"bday", "birth", "dob"}},
	{"postal addresses", true, []string{"street", "address", "postal", "postcode", "zip"}},
	{"names", true, []string{"given-name", "family-name", "first_name", "last_name", "firstname", "lastname", "full_name", "fullname"}},
	{"uploaded files", true, []string{"file"}},
	{"usernames", false, []string{"username", "login"}},
	{"search terms", false, []string{"search", "query"}},
	{"free text", false, []string{"textarea", "message", "comment"}},
}

var secretWords = []string{"sess", "token", "auth", "jwt", "sid", "login", "csrf", "xsrf", "user", "account", "email", "customer", "identity", "refresh"}

func cookieKind(n string) (string, bool) { return secretKind(n) }

// storageKind leaves the area ("session:…") before a key out of it.
func storageKind(n string) (string, bool) {
	_, key, ok := strings.Cut(n, ":")
	if !ok {
		key = n
	}
	return secretKind(key)
}

func secretKind(n string) (string, bool) {
	low := strings.ToLower(n)
	for _, w := range secretWords {
		if strings.Contains(low, w) {
			switch w {
			case "user", "account", "email", "customer", "identity":
				return "about the account", true
			}
			return "session or token", true
		}
	}
	return "", false
}
