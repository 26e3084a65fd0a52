package recipient

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// vendor is a Vendor made ready for matching.
type vendor struct {
	*Vendor
	endpoints []*endpoint
	reading   *reading // of a request to the vendor that fits no endpoint
}

type endpoint struct {
	*Endpoint
	vendor  *vendor
	paths   []glob
	shapes  []*shape
	reading *reading
}

type shape struct {
	*Shape
	endpoint *endpoint
	number   int // among all shapes of the catalog
	paths    []glob
	all      []marker
	any      []marker
	none     []marker
	contains [][2]marker
}

// marker is a condition on a field of a request.
type marker struct {
	path  glob
	key   string // last name of the path if it is literal, else ""
	exact bool   // the path names an index by its number
	value *lazyRegexp
}

// lazyRegexp compiles at the first use: most of a catalog's expressions are never needed in a run.
type lazyRegexp struct {
	expr string
	once sync.Once
	re   *regexp.Regexp
}

func newLazy(expr string) *lazyRegexp {
	if expr == "" {
		return nil
	}
	return &lazyRegexp{expr: expr}
}

// match reports whether s fits; a nil expression fits everything. The expression was checked when it was read.
func (l *lazyRegexp) match(s string) bool {
	if l == nil {
		return true
	}
	l.once.Do(func() { l.re = regexp.MustCompile(l.expr) })
	return l.re.MatchString(s)
}

func compileVendor(v *Vendor) *vendor {
	c := &vendor{Vendor: v, reading: compileReading(&v.Reading, nil)}
	cookies := cookieNames(v.Cookies)
	c.reading.cookies = cookies
	for i := range v.Endpoints {
		e := &v.Endpoints[i]
		ce := &endpoint{Endpoint: e, vendor: c, paths: pathGlobs(e.Path), reading: compileReading(&e.Reading, &v.Reading)}
		ce.reading.cookies = cookies
		for j := range e.Shapes {
			ce.shapes = append(ce.shapes, compileShape(&e.Shapes[j], ce))
		}
		c.endpoints = append(c.endpoints, ce)
	}
	return c
}

func compileShape(s *Shape, e *endpoint) *shape {
	c := &shape{Shape: s, endpoint: e, paths: pathGlobs(s.Path), all: markers(s.All), any: markers(s.Any), none: markers(s.None)}
	for a, b := range s.Contains {
		c.contains = append(c.contains, [2]marker{newMarker(a, ""), newMarker(b, "")})
	}
	return c
}

func pathGlobs(patterns []string) []glob {
	var out []glob
	for _, p := range patterns {
		for _, b := range braces(p) {
			out = append(out, newGlob(trimSlash(b)))
		}
	}
	return out
}

func markers(m map[string]string) []marker {
	var out []marker
	for p, expr := range m {
		out = append(out, newMarker(p, expr))
	}
	slices.SortFunc(out, func(a, b marker) int { return cmp.Or(len(b.key)-len(a.key), strings.Compare(a.key, b.key)) })
	return out
}

func newMarker(path, expr string) marker {
	k := lastKey(path)
	if strings.ContainsAny(k, "*{") {
		k = ""
	}
	return marker{path: newGlob(path), key: k, exact: string(fold(nil, path)) != path, value: newLazy(expr)}
}

func trimSlash(p string) string {
	if len(p) > 1 {
		return strings.TrimSuffix(p, "/")
	}
	return p
}

// reading is a Reading made ready: exact paths in a map, globs in order of how closely they fit.
type reading struct {
	roots   []string // folded, longest first
	abs     patterns // of paths that count from the request
	rel     patterns // of paths that count from a root
	account []string // folded paths, absolute or from a root
	event   []string
	literal string // the event's own name
	cookies []cookieName
	pairs   [][2]string // ends of the paths of a name and of the value beside it
}

// patterns maps paths to meanings: exact ones by a map, globs in order of how closely they fit.
type patterns struct {
	exact   map[string]*meaning
	indexed bool // an exact path names an index by its number
	globs   []globMeaning
}

type globMeaning struct {
	glob
	*meaning
}

type meaning struct {
	words []compiledWord
}

type compiledWord struct {
	is   string
	when *lazyRegexp
}

var defaultRoots = []string{"query", "body[*]", "body", "frame[*]"}

// compileReading joins what an endpoint says with what its vendor says for all; the endpoint's own comes first.
func compileReading(own, shared *Reading) *reading {
	r := &reading{abs: patterns{exact: map[string]*meaning{}}, rel: patterns{exact: map[string]*meaning{}}}
	roots := own.Each
	if len(roots) == 0 && shared != nil {
		roots = shared.Each
	}
	if len(roots) == 0 {
		roots = defaultRoots
	}
	r.roots = slices.Clone(roots)
	slices.SortStableFunc(r.roots, func(a, b string) int { return len(b) - len(a) })
	r.account, r.event = own.Account, own.Event
	if shared != nil {
		if len(r.account) == 0 {
			r.account = shared.Account
		}
		if len(r.event) == 0 {
			r.event = shared.Event
		}
		r.add(shared.Fields)
	}
	r.add(own.Fields)
	pairs := own.Pairs
	if len(pairs) == 0 && shared != nil {
		pairs = shared.Pairs
	}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, " ")
		r.pairs = append(r.pairs, [2]string{"." + name, "." + value})
	}
	for _, p := range [...]*patterns{&r.abs, &r.rel} {
		slices.SortFunc(p.globs, func(a, b globMeaning) int {
			return cmp.Or(b.literal-a.literal, slices.Compare(a.parts, b.parts))
		})
	}
	if n := len(r.event); n > 0 && strings.HasPrefix(r.event[n-1], "=") {
		r.literal, r.event = r.event[n-1][1:], r.event[:n-1]
	}
	return r
}

// add takes fields in; a later call overrides an earlier one.
func (r *reading) add(fields Fields) {
	for _, pattern := range slices.Sorted(maps.Keys(fields)) { // the order decides between patterns that fit equally
		words := fields[pattern]
		m := &meaning{}
		for _, w := range words {
			m.words = append(m.words, compiledWord{w.Is, newLazy(w.When)})
		}
		for _, p := range braces(pattern) {
			if absolute(p) {
				r.abs.add(p, m)
			} else {
				r.rel.add(p, m)
			}
		}
	}
}

func (ps *patterns) add(p string, m *meaning) {
	if !strings.Contains(strings.ReplaceAll(p, "[*]", ""), "*") {
		ps.exact[p] = m
		ps.indexed = ps.indexed || string(fold(nil, p)) != p
		if !strings.Contains(p, "*") {
			return
		}
	}
	g := newGlob(p)
	ps.globs = slices.DeleteFunc(ps.globs, func(x globMeaning) bool { return slices.Equal(x.parts, g.parts) })
	ps.globs = append(ps.globs, globMeaning{g, m})
}

// word returns what a value means, or "" if none of the conditions fits.
func (m *meaning) word(value string) string {
	for _, w := range m.words {
		if w.when.match(value) {
			return w.is
		}
	}
	return ""
}

// absolute reports whether a path counts from the request and not from a root.
func absolute(path string) bool {
	for _, p := range [...]string{"query.", "path[", "header.", "cookie.", "body.", "body[", "frame["} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return path == "body"
}
