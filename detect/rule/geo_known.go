package rule

import (
	"math"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// number is a decimal in a field.
type number struct {
	start, end int
	value      float64
	decimals   int
}

// coordinates looks for the known pairs of coordinates, rounded or cut to 3 decimals and more; less precise pairs
// count if the names fit, as a coarse location.
func (s *search) coordinates() {
	var lats, lons []int32
	for i := range s.pool.entries {
		switch f := &s.pool.entries[i].forms; {
		case f.isLat:
			lats = append(lats, int32(i))
		case f.isLon:
			lons = append(lons, int32(i))
		}
	}
	if len(lats)+len(lons) == 0 {
		return
	}
	found := s.coordinateHits(append(lats, lons...))
	for i, h := range found {
		f := &s.tree.Fields[h.field]
		paired := false
		for j, o := range found {
			if s.pool.entries[o.entry].forms.isLat == s.pool.entries[h.entry].forms.isLat {
				continue
			}
			g := &s.tree.Fields[o.field]
			if o.field == h.field || i != j && siblings(f, g) {
				paired = true
				if o.field != h.field {
					h.more = []int{o.field}
				}
				break
			}
		}
		decimals := h.end - h.start - 1 - strings.IndexByte(f.Value[h.start:h.end], '.')
		named := s.names.of(f).has(coordName)
		switch {
		case decimals >= 3 && (paired || named), decimals >= 5:
			s.hits = append(s.hits, h)
		case decimals >= 1 && paired && named:
			h.conf = Likely
			s.hits = append(s.hits, h)
		}
	}
}

// coordinateHits returns every decimal that equals one of the entries at its own precision.
func (s *search) coordinateHits(entries []int32) (out []hit) {
	for i := range s.tree.Fields {
		f := &s.tree.Fields[i]
		if f.Inner || len(f.Value) > 4096 || alwaysSent(f) {
			continue
		}
		for _, n := range decimals(f.Value) {
			for _, e := range entries {
				if sameCoordinate(s.pool.entries[e].forms.coord, n) {
					out = append(out, hit{field: i, start: n.start, end: n.end, pattern: -1, entry: e, conf: Certain})
				}
			}
		}
	}
	return out
}

// siblings reports whether two fields stand in one object or list.
func siblings(a, b *decode.Field) bool {
	return a.Parent == b.Parent && parentPath(a) == parentPath(b)
}

// parentPath is the path without its last name or index.
func parentPath(f *decode.Field) string {
	if f.Key != "" && strings.HasSuffix(f.Path, f.Key) {
		return f.Path[:len(f.Path)-len(f.Key)]
	}
	for i := len(f.Path) - 1; i >= 0; i-- {
		if c := f.Path[i]; c == '.' || c == '[' {
			return f.Path[:i]
		}
	}
	return ""
}

func sameCoordinate(known float64, n number) bool {
	unit := math.Pow10(-min(n.decimals, 9))
	diff := math.Abs(known - n.value)
	if n.decimals >= 6 {
		return diff < 2e-6
	}
	return diff <= unit/2+1e-9 || diff < unit && math.Abs(n.value) <= math.Abs(known)
}

// decimals returns the decimals of a text: at most three digits, a point, digits; no version, no IP address.
func decimals(v string) (out []number) {
	for i := 0; i < len(v); i++ {
		dot := strings.IndexByte(v[i:], '.')
		if dot < 0 {
			return out
		}
		dot += i
		i = dot
		start := dot
		for start > 0 && v[start-1] >= '0' && v[start-1] <= '9' && dot-start < 4 {
			start--
		}
		end := dot + 1
		for end < len(v) && v[end] >= '0' && v[end] <= '9' {
			end++
		}
		i = end - 1
		if start == dot || dot-start > 3 || end-dot < 2 || end-dot > 18 || start > 0 && (v[start-1] == '.' || isLetter(v[start-1])) ||
			end < len(v) && v[end] == '.' && end+1 < len(v) && v[end+1] >= '0' && v[end+1] <= '9' {
			continue
		}
		if start > 0 && v[start-1] == '-' && (start == 1 || !wordByte[v[start-2]]) {
			start--
		}
		x, err := strconv.ParseFloat(v[start:end], 64)
		if err == nil && math.Abs(x) <= 180 {
			out = append(out, number{start, end, x, end - dot - 1})
		}
	}
	return out
}
