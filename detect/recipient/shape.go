package recipient

import (
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// shape finds the strongest shape that the request has: strong before weak, then the one with the most markers.
func (s *search) shape() *shape {
	var best *shape
	var buf [8]uint64
	seen := buf[:] // shapes that were looked at: a key such as "name" may occur a thousand times
	if n := s.c.shapes/64 + 1; n > len(seen) {
		seen = make([]uint64, n)
	}
	consider := func(list []*shape) {
		for _, sh := range list {
			if seen[sh.number/64]&(1<<(sh.number%64)) != 0 {
				continue
			}
			seen[sh.number/64] |= 1 << (sh.number % 64)
			if (best == nil || better(sh, best)) && !sh.endpoint.vendor.excludes(s.host) && s.holds(sh) {
				best = sh
			}
		}
	}
	consider(s.c.always)
	for rest := s.path; rest != ""; {
		var seg string
		seg, rest, _ = strings.Cut(strings.TrimPrefix(rest, "/"), "/")
		if seg != "" {
			consider(s.c.paths[seg])
		}
	}
	if s.t == nil {
		return best
	}
	for i := range s.t.Fields {
		f := &s.t.Fields[i]
		if list, ok := s.c.keys[nameOf(f)]; ok && !quoted(f) {
			consider(list)
		}
	}
	return best
}

func better(a, b *shape) bool {
	if a.Weak != b.Weak {
		return b.Weak
	}
	return a.markers() > b.markers()
}

// nameOf is the last name of a field's path, also if the field is an element of an array.
func nameOf(f *decode.Field) string {
	if f.Key != "" && !strings.Contains(f.Key, ".") {
		return f.Key
	}
	return lastKey(f.Path)
}

// holds reports whether all conditions of a shape are met.
func (s *search) holds(sh *shape) bool {
	if len(sh.paths) > 0 && !slices.ContainsFunc(sh.paths, func(g glob) bool { return g.match(s.path) }) {
		return false
	}
	if s.t == nil {
		return len(sh.all)+len(sh.any)+len(sh.contains) == 0
	}
	for i := range sh.all {
		if s.find(&sh.all[i]) < 0 {
			return false
		}
	}
	for i := range sh.none {
		if s.find(&sh.none[i]) >= 0 {
			return false
		}
	}
	for i := range sh.contains {
		a, b := s.find(&sh.contains[i][0]), s.find(&sh.contains[i][1])
		if a < 0 || b < 0 || s.t.Fields[b].Value == "" || !strings.Contains(s.t.Fields[a].Value, s.t.Fields[b].Value) {
			return false
		}
	}
	return len(sh.any) == 0 || slices.ContainsFunc(sh.any, func(m marker) bool { return s.find(&m) >= 0 })
}

// find returns the index of the first field that fits m, or -1.
func (s *search) find(m *marker) int {
	var buf [256]byte
	for i := range s.t.Fields {
		f := &s.t.Fields[i]
		if m.key != "" && nameOf(f) != m.key || quoted(f) {
			continue
		}
		path := f.Path
		if !m.exact && strings.IndexByte(path, '[') >= 0 {
			path = string(fold(buf[:0], path))
		}
		if m.path.match(path) && m.value.match(f.Value) {
			return i
		}
	}
	return -1
}

// quoted reports whether a field was found inside a URL that the request only tells of: the page's address, an entry of a
// list of loaded resources. What stands there was sent to somebody else.
func quoted(f *decode.Field) bool { return slices.Contains(f.Chain, "url") }
