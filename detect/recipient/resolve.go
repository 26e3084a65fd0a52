package recipient

import (
	"net/url"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// Site is the site whose request is looked at. Its zero value is no site: nobody is the first party.
type Site struct {
	Page       string   // URL of the page, whose registrable domain is the site's own
	FirstParty []string // further registrable domains of the site's owner
	Resolver   Resolver // finds DNS aliases of the site's own hosts; nil: they are not looked up
}

// Match says who receives a request and what the vendor calls its parts.
type Match struct {
	Recipient Recipient
	Endpoint  string     // id of the vendor's endpoint, if one was recognised
	Account   string     // the vendor's account the data goes to, if it is known
	Event     string     // the vendor's name for what happened, if it is known
	Fields    []Meaning  // in order of the fields; a field without one is not here
	LooksLike *Recipient // who it might be, by a weak shape; the Recipient stays who the host says
	Aliases   []string   // the DNS chain of a first-party host, if it was looked up
}

// Meaning is what the vendor means by a field. A neutral one identifies nobody whatever it is called. One that has no
// class and is not neutral may hold anything the site put there.
type Meaning struct {
	Field   int        // index in Tree.Fields
	Class   rule.Class // "" if it has none
	Neutral bool
	Name    string // the word of the vendor file: a class id, or a neutral or an open one
}

// Resolve names who receives r, whose payload was decoded to t; t may be nil, then only the URL is looked at. The order:
// an endpoint on the vendor's own host, a strong shape on any other host, a DNS alias of a first-party host, the vendor's
// domain, the user's and the public lists, and at last the registrable domain.
func (c *Catalog) Resolve(r *crawler.Request, t *decode.Tree, site Site) Match {
	a := newAddress(r.URL)
	s := &search{c: c, r: r, t: t, address: a, first: c.isFirst(a.host, site)}
	m := s.identify(site)
	if s.reading != nil && t != nil {
		s.reading.read(t, &m)
	}
	return m
}

// address is the part of a URL that recipients are known by.
type address struct {
	host string // lower case, without port and trailing dot
	path string // as sent, "/" at least, without trailing slash
}

// newAddress cuts a URL without the cost of parsing all of it.
func newAddress(raw string) address {
	_, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return address{path: "/"}
	}
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	host, path := rest, "/"
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	return address{host: cleanHost(host), path: trimSlash(path)}
}

func cleanHost(host string) string {
	if strings.HasPrefix(host, "[") {
		host, _, _ = strings.Cut(host[1:], "]")
		return strings.ToLower(host)
	}
	if strings.Count(host, ":") == 1 { // more of them are an address of IPv6
		host, _, _ = strings.Cut(host, ":")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// search is one resolution at work.
type search struct {
	c *Catalog
	r *crawler.Request
	t *decode.Tree
	address
	first   bool // the host is the site's own
	reading *reading
}

func (s *search) identify(site Site) Match {
	var own claim
	if !s.first {
		var e *endpoint
		e, own = s.c.claims(s.host, s.path, s.fitsHere)
		if e != nil {
			s.reading = e.reading
			return Match{Recipient: e.vendor.recipient(ByEndpoint, ""), Endpoint: e.ID}
		}
	}
	m := Match{}
	if own.vendor == nil || own.vendor.Hosting {
		if sh := s.shape(); sh != nil {
			e := sh.endpoint
			if !sh.Weak {
				s.reading = e.reading
				m.Recipient, m.Endpoint = e.vendor.recipient(ByShape, s.host), e.ID
				m.Aliases = s.aliases(site)
				return m
			}
			m.LooksLike = new(e.vendor.recipient(ByShape, s.host))
			m.LooksLike.Weak = true
		}
	}
	if e := s.relayed(); e != nil {
		m.Recipient, m.Endpoint = e.vendor.recipient(ByShape, s.host), e.ID
		return m
	}
	if m.Aliases = s.aliases(site); len(m.Aliases) > 0 {
		if v := s.c.aliasOwner(m.Aliases); v != nil {
			s.reading = v.reading
			m.Recipient = v.recipient(ByCNAME, s.host)
			return m
		}
	}
	switch {
	case s.first || s.host == "": // a data: or blob: URL leaves nothing to anybody
		m.Recipient = Recipient{ID: FirstParty, Name: s.c.domain(s.host), How: OwnHost}
	case own.vendor != nil:
		s.reading = own.vendor.reading
		m.Recipient = own.vendor.recipient(ByDomain, "")
	default:
		m.Recipient = s.c.listed(s.host)
	}
	return m
}

// fitsHere reports whether an endpoint takes this request on its own host.
func (s *search) fitsHere(e *endpoint) bool {
	if len(e.Methods) > 0 && !slices.ContainsFunc(e.Methods, func(m string) bool { return strings.EqualFold(m, s.r.Method) }) {
		return false
	}
	if len(e.paths) > 0 {
		return slices.ContainsFunc(e.paths, func(g glob) bool { return g.match(s.path) })
	}
	return len(e.Hosts) > 0 || len(e.shapes) == 0 || slices.ContainsFunc(e.shapes, s.holds)
}

// aliases looks up the DNS chain of a host of the site's own that is not the page's.
func (s *search) aliases(site Site) []string {
	if site.Resolver == nil || !s.first {
		return nil
	}
	if u, err := url.Parse(site.Page); err == nil && cleanHost(u.Host) == s.host {
		return nil
	}
	return site.Resolver.Chain(s.host)
}

func (v *vendor) recipient(how How, via string) Recipient {
	return Recipient{
		ID: v.ID, Name: v.Name, Owner: v.Owner.Name, Parent: v.Owner.Parent, Country: v.Owner.Country,
		Category: v.Category, Also: v.Also, Privacy: v.Privacy, How: how, Via: via,
	}
}

// read finds what the fields of t mean, the account and the event.
func (r *reading) read(t *decode.Tree, m *Match) {
	var buf [256]byte
	account, event := len(r.account), len(r.event)
	words := make([]string, len(t.Fields))
	var last pair
	m.Event = r.literal
	for i := range t.Fields {
		f := &t.Fields[i]
		path := fold(buf[:0], f.Path)
		word := r.meaningOf(f.Path, path, f.Value)
		if word == "" && f.Parent >= 0 && f.Parent < i && t.Fields[f.Parent].Path == f.Path {
			word = words[f.Parent] // the same value, unwrapped
		}
		if word == "" && len(r.cookies) > 0 {
			word = r.cookieWord(t, i, words)
		}
		if len(r.pairs) > 0 {
			if w := r.paired(f, &last); w != "" {
				word = w
			}
		}
		words[i] = word
		if f.Value != "" {
			account = r.first(r.account, f.Path, path, account, f.Value, &m.Account)
			event = r.first(r.event, f.Path, path, event, f.Value, &m.Event)
			if word == "account" && m.Account == "" {
				m.Account = f.Value
			}
			if word == "event" && m.Event == "" {
				m.Event = f.Value
			}
		}
		if unwrapped(t, i) {
			continue
		}
		if mean, ok := meaningFor(i, word, f); ok {
			m.Fields = append(m.Fields, mean)
		}
	}
}

// pair is the name that was seen last in an object of name and value.
type pair struct{ object, end, name string }

// paired returns the word for the value that stands beside a name, or "". The name comes first, as in all SDKs known.
func (r *reading) paired(f *decode.Field, last *pair) string {
	for _, p := range r.pairs {
		if object, ok := strings.CutSuffix(f.Path, p[0]); ok && strings.HasSuffix(object, "]") {
			*last = pair{object, p[1], f.Value}
			return ""
		}
	}
	if last.name == "" || len(f.Path) != len(last.object)+len(last.end) || !strings.HasPrefix(f.Path, last.object) || !strings.HasSuffix(f.Path, last.end) {
		return ""
	}
	name := "@" + last.name
	return r.rel.lookup(name, []byte(name), f.Value)
}

// unwrapped reports whether a field is only the wrapping of another at the same place: that one has the meaning.
func unwrapped(t *decode.Tree, i int) bool {
	if !t.Fields[i].Inner {
		return false
	}
	from, to := t.Children(i)
	return from < to && to <= len(t.Fields) && t.Fields[from].Path == t.Fields[i].Path
}

// first stores value in out if path is earlier in list than the one found so far.
func (r *reading) first(list []string, path string, folded []byte, found int, value string, out *string) int {
	for i, p := range list[:found] {
		if path == p || string(folded) == p || r.under(folded, p) {
			*out = value
			return i
		}
	}
	return found
}

// under reports whether path is p counted from one of the roots.
func (r *reading) under(path []byte, p string) bool {
	for _, root := range r.roots {
		if len(path) == len(root)+1+len(p) && string(path[:len(root)]) == root && path[len(root)] == '.' && string(path[len(root)+1:]) == p {
			return true
		}
	}
	return false
}

// meaningOf returns the word for a path, or "". Paths that count from the request come before those from a root.
func (r *reading) meaningOf(path string, folded []byte, value string) string {
	if w := r.abs.lookup(path, folded, value); w != "" {
		return w
	}
	for _, root := range r.roots {
		n := len(root) + 1
		if len(folded) <= n || folded[n-1] != '.' || string(folded[:n-1]) != root {
			continue
		}
		if w := r.rel.lookup(path[unfolded(path, n):], folded[n:], value); w != "" {
			return w
		}
	}
	return ""
}

// lookup finds the word for a path that is given with its indexes and folded.
func (ps *patterns) lookup(path string, folded []byte, value string) string {
	if ps.indexed {
		if m, ok := ps.exact[path]; ok {
			return m.word(value)
		}
	}
	if m, ok := ps.exact[string(folded)]; ok {
		return m.word(value)
	}
	if len(ps.globs) == 0 {
		return ""
	}
	s := string(folded)
	for i := range ps.globs {
		if ps.globs[i].match(s) {
			if w := ps.globs[i].word(value); w != "" {
				return w
			}
		}
	}
	return ""
}
