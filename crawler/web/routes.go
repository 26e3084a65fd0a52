package web

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Routes folds URLs into routes: pages that differ in an id, a date or a name only are pages of one route, and what one
// of them sends the others send as well. A route never holds what stands in place of the folded parts, so it can be shown
// and hashed. The zero value folds by shape alone (FoldSegment). It learns where names stand:
//
//   - where a site begins (Begin), which is no folder of its pages;
//   - with every URL of the site it hears of (Learn), namely where a place of the path has many values;
//   - from pages that were seen (See): siblings in one folder whose pages are alike, or that stand in one list;
//   - from routes that it is told (Follow).
//
// What it has learned depends on what it was told and hardly on the order; whoever needs it to be the same again tells in
// one order. It is safe for use by several goroutines.
type Routes struct {
	mu   sync.Mutex
	root map[string]*place // by host
}

// place is a position in paths, after its parents.
type place struct {
	next    map[string]*place
	open    bool                // names stand here: all are one
	top     bool                // a site begins here: its pages are each a kind of its own, however alike
	queries map[string]bool     // shapes of query seen here
	anyQ    bool                // more than a page has
	shapes  map[string][]string // of the pages that were seen here, by their names
}

const (
	// manyTop and manyBelow are how many different values make a place one for names: a menu of the first level is long,
	// one below is not.
	manyTop   = 40
	manyBelow = 10
	// manyQueries is how many combinations of parameters a page has before they count as filters of one page.
	manyQueries = 8
	// fewAlike is how many pages of a folder must be alike to be of one route, and mostAlike that part of those that were seen
	// in it: a folder may have a page that differs, such as that of an offer.
	fewAlike  = 2
	mostAlike = 2.0 / 3
	// fewSeen is from how many pages of a folder on it is known that they are not alike.
	fewSeen = 3
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

// host is the top of a host's paths.
func (r *Routes) host(name string) *place {
	if r.root == nil {
		r.root = map[string]*place{}
	}
	if r.root[name] == nil {
		r.root[name] = &place{}
	}
	return r.root[name]
}

// at is the place of a segment below p, made if it is not there.
func (p *place) at(segment string) *place {
	if p.open && isLiteral(segment) {
		segment = aSlug
	}
	if p.next == nil {
		p.next = map[string]*place{}
	}
	if p.next[segment] == nil {
		p.next[segment] = &place{}
	}
	return p.next[segment]
}

// Begin takes into account that a site begins at a URL in normal spelling: what lies right below it is the top of the site.
func (r *Routes) Begin(u *url.URL) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.host(u.Host)
	for _, s := range foldPath(u.EscapedPath()) {
		if s != "" {
			at = at.at(s)
		}
	}
	at.top = true
}

// Learn takes a URL of the site, in normal spelling, into account, and says what was learned of it, in a sentence; "" is
// the usual case.
func (r *Routes) Learn(u *url.URL) (learned string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.host(u.Host)
	limit := manyTop
	segments := foldPath(u.EscapedPath())
	for i, s := range segments {
		next := at.at(s)
		if !at.open && at.names() > limit {
			at.merge()
			next = at.at(s)
			learned = fmt.Sprintf("%s://%s is one route: there are more than %d names",
				u.Scheme, strings.Join(append([]string{u.Host}, append(slices.Clone(segments[:i]), aSlug)...), "/"), limit)
		}
		at = next
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
	return learned
}

// Sight is a page as it was seen, see Outline.
type Sight struct {
	Address string
	Shape   string
	Lists   []string
}

// See takes pages into account that were seen, and says what was learned of it, a sentence for each folder.
func (r *Routes) See(pages ...Sight) (learned []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	folders, listed := map[string]*place{}, map[string]string{}
	for _, p := range slices.SortedFunc(slices.Values(pages), func(a, b Sight) int { return strings.Compare(a.Address, b.Address) }) {
		if folder, at, name := r.folder(p.Address); at != nil && p.Shape != "" {
			at.saw(name, p.Shape)
			folders[folder] = at
		}
		for _, l := range p.Lists {
			if _, at, _ := r.folder(l + "name"); at != nil && listed[l] == "" {
				folders[l], listed[l] = at, p.Address
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		at := folders[folder]
		alike, of := at.alike()
		switch {
		case at.open, at.top:
		case listed[folder] != "":
			at.merge()
			learned = append(learned, folder+aSlug+" is one route: its pages stand in a list on "+listed[folder])
		case len(alike) >= fewAlike && float64(len(alike)) >= mostAlike*float64(of):
			at.merge()
			learned = append(learned, fmt.Sprintf("%s%s is one route: %s look alike", folder, aSlug, strings.Join(alike[:min(len(alike), 3)], ", ")))
		}
	}
	return learned
}

// folder is the place of the folder that an address is in, and the page's name in it; nil if it lies at the top of the site,
// where every page is a kind of its own, or is not named by a literal.
func (r *Routes) folder(address string) (folder string, at *place, name string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || Normalize(u) != nil {
		return "", nil, ""
	}
	folder, name, ok := folderOf(u)
	if !ok {
		return "", nil, ""
	}
	at = r.host(u.Host)
	segments := foldPath(u.EscapedPath())
	for _, s := range segments[:len(segments)-1] {
		at = at.at(s)
	}
	return folder, at, name
}

// maxShapes bounds the pages of a folder that are compared with one another, and the shapes that are kept of each: a page
// does not look the same to each visitor.
const (
	maxShapes  = 40
	maxPerPage = 6
)

func (p *place) saw(name, shape string) {
	if p.shapes == nil {
		p.shapes = map[string][]string{}
	}
	if of := p.shapes[name]; len(p.shapes) < maxShapes && len(of) < maxPerPage && !slices.Contains(of, shape) {
		p.shapes[name] = append(of, shape)
	}
}

// alike are the names of most pages here that look like one of them, and how many were seen.
func (p *place) alike() (names []string, of int) {
	all := slices.Sorted(maps.Keys(p.shapes))
	for _, a := range all {
		var like []string
		for _, b := range all {
			if slices.ContainsFunc(p.shapes[a], func(x string) bool {
				return slices.ContainsFunc(p.shapes[b], func(y string) bool { return alike(x, y) })
			}) {
				like = append(like, b)
			}
		}
		if len(like) > len(names) {
			names = like
		}
	}
	return names, len(all)
}

// Follow takes into account that somebody who knows more of the site folded the address to the route.
func (r *Routes) Follow(address, route string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || Normalize(u) != nil {
		return
	}
	own := new(Routes).Fold(u)
	if own == route {
		return
	}
	was, now := splitRoute(own), splitRoute(route)
	if was.origin != now.origin || len(was.path) != len(now.path) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.host(u.Host)
	for i, s := range was.path {
		if now.path[i] == aSlug && isLiteral(s) && !at.open {
			at.merge()
		}
		at = at.at(s)
	}
	at.anyQ = at.anyQ || now.query == anyQuery
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
	all := &place{}
	for _, s := range slices.Sorted(maps.Keys(p.next)) {
		if isLiteral(s) || s == aSlug {
			all.absorb(p.next[s])
			delete(p.next, s)
		}
	}
	if p.next == nil {
		p.next = map[string]*place{}
	}
	p.next[aSlug] = all
}

// absorb takes over what another place knows.
func (p *place) absorb(o *place) {
	for _, s := range slices.Sorted(maps.Keys(o.next)) {
		p.at(s).absorb(o.next[s])
	}
	if o.open && !p.open {
		p.merge()
	}
	p.anyQ, p.top = p.anyQ || o.anyQ, p.top || o.top
	for _, name := range slices.Sorted(maps.Keys(o.shapes)) {
		for _, shape := range o.shapes[name] {
			p.saw(name, shape)
		}
	}
}

// anyQuery stands for the parameters of a page that has many combinations of them.
const anyQuery = "{query}"

// route is a route in its parts.
type route struct {
	origin   string
	path     []string
	query    string
	fragment string
}

func splitRoute(s string) (r route) {
	s, r.fragment, _ = strings.Cut(s, "#")
	s, r.query, _ = strings.Cut(s, "?")
	scheme, rest, _ := strings.Cut(s, "://")
	host, path, _ := strings.Cut(rest, "/")
	r.origin, r.path = scheme+"://"+host, strings.Split(path, "/")
	return r
}

func (r route) String() string {
	s := r.origin + "/" + strings.Join(r.path, "/")
	if r.query != "" {
		s += "?" + r.query
	}
	if r.fragment != "" {
		s += "#" + r.fragment
	}
	return s
}

// Fold returns the route of a URL in normal spelling.
func (r *Routes) Fold(u *url.URL) string {
	s := route{origin: u.Scheme + "://" + u.Host, path: foldPath(u.EscapedPath()), query: queryShape(u)}
	if u.Fragment != "" {
		s.fragment = strings.Join(foldPath(u.EscapedFragment()), "/")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fold(u.Host, &s)
	return s.String()
}

// Refold returns the route that is meant by one which was folded when less was known of the site.
func (r *Routes) Refold(old string) string {
	s := splitRoute(old)
	_, host, ok := strings.Cut(s.origin, "://")
	if !ok || host == "" {
		return old
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fold(host, &s)
	return s.String()
}

// fold puts what was learned into a route, and returns the place of its last segment's folder, nil if nothing is known of it.
func (r *Routes) fold(host string, s *route) (folder *place) {
	at := r.root[host]
	for i, name := range s.path {
		folder = at
		if at == nil {
			break
		}
		if at.open && isLiteral(name) {
			s.path[i] = aSlug
		}
		at = at.next[s.path[i]]
	}
	if s.query != "" && at != nil && at.anyQ {
		s.query = anyQuery
	}
	return folder
}

// Kind is the kind of page that a URL in normal spelling is taken for as long as too little is known of its siblings: pages
// of one folder are of one kind until some were seen that are not alike. It is the route where the route is certain.
func (r *Routes) Kind(u *url.URL) string {
	s := route{origin: u.Scheme + "://" + u.Host, path: foldPath(u.EscapedPath()), query: queryShape(u)}
	if u.Fragment != "" {
		return r.Fold(u)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	folder := r.fold(u.Host, &s)
	last := len(s.path) - 1
	if isBelow(s.path) && isLiteral(s.path[last]) && (folder == nil || !folder.top && len(folder.shapes) < fewSeen) {
		s.path[last] = "{?}"
	}
	return s.String()
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
