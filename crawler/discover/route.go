package discover

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Routes folds URLs into routes: pages that differ in an id, a date or a name only are pages of one route, and what one
// of them sends the others send as well. A route never holds what stands in place of the folded parts, so it can be shown
// and hashed. The zero value folds by shape alone; with every URL of the site it hears of it also learns where names
// stand, namely where a place of the path has many values. It is safe for use by several goroutines.
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

// Fold returns the route of the URL, e.g. "https://shop.example/product/{n}".
func (r *Routes) Fold(raw string) string {
	u, err := parse(raw)
	if err != nil {
		return ""
	}
	return r.fold(u)
}

// Learn takes a URL of the site into account.
func (r *Routes) Learn(raw string) {
	if u, err := parse(raw); err == nil {
		r.learn(u)
	}
}

func (r *Routes) learn(u *url.URL) {
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
		if at.open && isName(s) {
			s = "{slug}"
		}
		if at.next[s] == nil {
			at.next[s] = &place{}
		}
		if !at.open && at.names() > limit {
			at.merge()
			if isName(s) {
				s = "{slug}"
			}
		}
		at = at.next[s]
		if !isLocale(s) {
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
		if isName(s) && len(child.next) == 0 {
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
		if !isName(s) {
			continue
		}
		delete(p.next, s)
		for below, c := range child.next {
			all.next[below] = c
		}
		all.anyQ = all.anyQ || child.anyQ
	}
	p.next["{slug}"] = all
}

func (r *Routes) fold(u *url.URL) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	segments := foldPath(u.EscapedPath())
	at := r.root[u.Host]
	for i, s := range segments {
		if at != nil && at.open && isName(s) {
			s = "{slug}"
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

// foldPath splits an escaped path and folds each segment by its shape.
func foldPath(escaped string) []string {
	segments := strings.Split(strings.Trim(escaped, "/"), "/")
	for i := 0; i < len(segments); i++ {
		if n := dateAt(segments[i:]); n > 0 {
			segments = slices.Replace(segments, i, i+n, "{date}")
			continue
		}
		s := segments[i]
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
		folded := foldSegment(s)
		if folded == s {
			folded = segments[i]
		}
		segments[i] = folded
	}
	return segments
}

// dateAt returns how many segments from the first on are a year, a month and perhaps a day.
func dateAt(segments []string) int {
	for _, n := range []int{3, 2} {
		if len(segments) >= n && len(segments[0]) == 4 && reDate.MatchString(strings.Join(segments[:n], "/")) {
			return n
		}
	}
	return 0
}

var (
	reNumber   = regexp.MustCompile(`^[+-]?\d+([.,]\d+)*$`)
	reUUID     = regexp.MustCompile(`(?i)^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$`)
	reHex      = regexp.MustCompile(`(?i)^(0x)?[0-9a-f]{8,}$`)
	reDate     = regexp.MustCompile(`^(19|20)\d\d[-._/]?(0?[1-9]|1[0-2])([-._/]?(0?[1-9]|[12]\d|3[01]))?$`)
	reEmail    = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	reToken    = regexp.MustCompile(`^[A-Za-z0-9_-]{10,}$`)
	reTagged   = regexp.MustCompile(`^[A-Za-z]{1,8}[_:-][A-Za-z0-9]{6,}$`) // cus_NffrFeUfNV2Hib
	reSlugPart = regexp.MustCompile(`^[a-z]{0,2}\d{3,}$`)
	reLocale   = regexp.MustCompile(`^[a-z]{2}([-_]([A-Za-z]{2}|[A-Z][a-z]{3}|419))?$`)
	reExt      = regexp.MustCompile(`^\.[A-Za-z][A-Za-z0-9]{1,4}$`)
)

// maxSegment is the length in bytes over which a segment is text, not a name of a page.
const maxSegment = 80

// foldSegment returns what stands for the segment in a route, or the segment itself.
func foldSegment(s string) string {
	if ext := path.Ext(s); reExt.MatchString(ext) && len(ext) < len(s) && !strings.Contains(s, "@") {
		base := strings.TrimSuffix(s, ext)
		if folded := foldSegment(base); folded != base {
			return folded + ext
		}
		return s
	}
	letters, digits, upper := census(s)
	switch {
	case reDate.MatchString(s):
		return "{date}"
	case reNumber.MatchString(s):
		return "{n}"
	case reUUID.MatchString(s):
		return "{uuid}"
	case reHex.MatchString(s) && digits > 0 && (letters > 0 || len(s) > 8):
		return "{hash}"
	case reEmail.MatchString(s):
		return "{email}"
	case len(s) > maxSegment:
		return "{text}"
	case reTagged.MatchString(s) && digits > 0 && (upper > 0 || digits > 2) && !strings.Contains(s[1:], "-"),
		reToken.MatchString(s) && isRandom(s, letters, digits, upper):
		return "{id}"
	case isSlugWithID(s):
		return "{slug}"
	}
	return s
}

func census(s string) (letters, digits, upper int) {
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'A' && c <= 'Z':
			upper++
			letters++
		case c >= 'a' && c <= 'z':
			letters++
		}
	}
	return letters, digits, upper
}

// isRandom recognises ids of a mixed alphabet: both cases and digits, or capitals and digits alone (ULID).
func isRandom(s string, letters, digits, upper int) bool {
	if strings.Count(s, "-") > 1 && letters > 3*digits {
		return false // words
	}
	lower := letters - upper
	return digits >= 1 && upper >= 2 && lower >= 2 || digits >= 3 && upper >= 5 && lower == 0 || digits >= 4 && letters >= 4 && len(s) >= 16 && !strings.ContainsAny(s, "-_")
}

// isSlugWithID recognises "red-shoe-12345", "12345-red-shoe", "red-shoe-p12345".
func isSlugWithID(s string) bool {
	parts := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == '-' || r == '_' || r == '~' || r == '.' })
	if len(parts) < 2 {
		return false
	}
	return slices.ContainsFunc(parts, reSlugPart.MatchString)
}

// isLocale recognises "en", "pt-BR", "zh_Hans", "es-419".
func isLocale(s string) bool { return reLocale.MatchString(s) }

// isName reports whether a folded segment is still a literal that learning may fold.
func isName(s string) bool { return s != "" && !strings.Contains(s, "{") && !isLocale(s) }

// routing are the parameters by which servers choose a page.
var routing = map[string]bool{"page": true, "action": true, "view": true, "route": true, "controller": true, "option": true, "task": true,
	"mod": true, "module": true, "r": true, "do": true, "act": true, "cmd": true, "section": true, "tab": true, "type": true}

var reWord = regexp.MustCompile(`^[A-Za-z][A-Za-z_/-]{0,31}$`)

// queryShape returns the names of the parameters in order, with the value only where it chooses the page.
func queryShape(u *url.URL) string {
	var names []string
	for _, pair := range queryPairs(u) {
		name, value, _ := strings.Cut(pair, "=")
		if isCarried(name) {
			continue
		}
		if routing[strings.ToLower(name)] && reWord.MatchString(value) {
			name += "=" + value
		} else if foldSegment(name) != name {
			name = foldSegment(name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "&")
}
