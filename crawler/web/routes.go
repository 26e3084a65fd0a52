package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Routes folds URLs into routes: pages that differ in an id, a date or a name only are pages of one route, and what one
// of them sends the others send as well. A route never holds what stands in place of the folded parts, so it can be shown
// and hashed. The zero value folds by shape alone (FoldSegment); with every URL of the site it hears of it also learns
// where names stand, namely where a place of the path has many values. Whatever else tells that siblings are alike, as
// that their pages have one shape, is learned here too: it opens their place. It is safe for use by several goroutines.
type Routes struct {
	mu   sync.Mutex
	root map[string]*place // by host
}

// place is a position in paths, after its parents.
type place struct {
	next    map[string]*place
	open    bool            // it has had more values than pages of a menu
	queries map[string]bool // shapes of query seen here
	anyQ    bool            // more than a page has
}

const (
	// manyTop and manyBelow are how many different values make a place one for names: a menu of the first level is long,
	// one below is not.
	manyTop   = 40
	manyBelow = 10
	// manyQueries is how many combinations of parameters a page has before they count as filters of one page.
	manyQueries = 8
)

// Route returns the route of a page by the shape of its address alone, e.g. "https://shop.example/product/{n}"; "" for
// what is no absolute URL. It is what a page is called where nothing is known of the rest of its site, as in a HAR.
func Route(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || Normalize(u) != nil {
		return ""
	}
	return new(Routes).Fold(u)
}

// Learn takes a URL of the site, in normal spelling, into account.
func (r *Routes) Learn(u *url.URL) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.root == nil {
		r.root = map[string]*place{}
	}
	at := r.root[u.Host]
	if at == nil {
		at = &place{}
		r.root[u.Host] = at
	}
	limit := manyTop
	for _, s := range foldPath(u.EscapedPath()) {
		if at.next == nil {
			at.next = map[string]*place{}
		}
		if at.open && isLiteral(s) {
			s = aSlug
		}
		if at.next[s] == nil {
			at.next[s] = &place{}
		}
		if !at.open && at.names() > limit {
			at.merge()
			if isLiteral(s) {
				s = aSlug
			}
		}
		at = at.next[s]
		if !IsLocale(s) {
			limit = manyBelow
		}
	}
	if shape := queryShape(u); shape != "" && !at.anyQ {
		if at.queries == nil {
			at.queries = map[string]bool{}
		}
		at.queries[shape] = true
		at.anyQ = len(at.queries) > manyQueries
	}
}

// names counts the values that are not folded yet and have nothing below: a place whose values each lead further is a
// table of contents.
func (p *place) names() int {
	n := 0
	for s, child := range p.next {
		if isLiteral(s) && len(child.next) == 0 {
			n++
		}
	}
	return n
}

// merge folds the names at a place, and what is below them, into one.
func (p *place) merge() {
	p.open = true
	all := &place{next: map[string]*place{}}
	for s, child := range p.next {
		if !isLiteral(s) {
			continue
		}
		delete(p.next, s)
		for below, c := range child.next {
			all.next[below] = c
		}
		all.anyQ = all.anyQ || child.anyQ
	}
	p.next[aSlug] = all
}

// Fold returns the route of a URL in normal spelling.
func (r *Routes) Fold(u *url.URL) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	segments := foldPath(u.EscapedPath())
	at := r.root[u.Host]
	for i, s := range segments {
		if at != nil && at.open && isLiteral(s) {
			s = aSlug
			segments[i] = s
		}
		if at != nil {
			at = at.next[s]
		}
	}
	route := u.Scheme + "://" + u.Host + "/" + strings.Join(segments, "/")
	if shape := queryShape(u); shape != "" {
		if at != nil && at.anyQ {
			shape = "{query}"
		}
		route += "?" + shape
	}
	if u.Fragment != "" {
		route += "#" + strings.Join(foldPath(u.EscapedFragment()), "/")
	}
	return route
}

// isLiteral reports whether a folded segment is still a literal that learning may fold.
func isLiteral(s string) bool { return s != "" && !strings.Contains(s, "{") && !IsLocale(s) }

// routing are the parameters by which servers choose a page.
var routing = map[string]bool{"page": true, "action": true, "view": true, "route": true, "controller": true, "option": true, "task": true,
	"mod": true, "module": true, "r": true, "do": true, "act": true, "cmd": true, "section": true, "tab": true, "type": true}

var reWord = regexp.MustCompile(`^[A-Za-z][A-Za-z_/-]{0,31}$`)

// queryShape returns the names of the parameters in order, with the value only where it chooses the page.
func queryShape(u *url.URL) string {
	var names []string
	for _, pair := range Pairs(u) {
		name, value, _ := strings.Cut(pair, "=")
		if Carried(name) {
			continue
		}
		if routing[strings.ToLower(name)] && reWord.MatchString(value) {
			name += "=" + value
		} else if clear, err := url.QueryUnescape(name); err == nil && FoldSegment(clear) != clear {
			name = FoldSegment(clear)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "&")
}
