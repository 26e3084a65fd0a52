package rule

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/tagscan/tagscan/detect/decode"
)

// search is one pass of a pool over a tree.
type search struct {
	pool     *Pool
	tree     *decode.Tree
	names    *Names
	fold     []byte
	hits     []hit
	weak     []hit
	verified bool         // a pattern is in the field at hand, whether it counts there or not
	probe    *decode.Tree // of one field, for Interesting
}

// hit is a pattern found in a field.
type hit struct {
	field, start, end int
	pattern           int32 // -1: digits of an entry, see entry
	entry             int32
	more              []int
	conf              Confidence
}

var searches = sync.Pool{New: func() any { return &search{names: NewNames()} }}

// Find searches every field of the tree, inner ones too, and appends what it finds to out. Where a value shows in a
// field and in what was decoded out of it, the innermost counts; of overlapping spans in a field the longest counts.
func (p *Pool) Find(t *decode.Tree, out []Match) []Match {
	if len(p.entries) == 0 {
		return out
	}
	s := searches.Get().(*search)
	defer searches.Put(s)
	s.pool, s.tree, s.hits, s.weak = p, t, s.hits[:0], s.weak[:0]
	for i := range t.Fields {
		s.field(i)
	}
	s.coordinates()
	s.witnesses()
	s.hits = slices.DeleteFunc(s.hits, s.lonely)
	s.settle()
	for _, h := range s.hits {
		out = append(out, s.match(h))
	}
	s.pool, s.tree = nil, nil
	return out
}

// Interesting reports whether the bytes hold a known value, plain or hashed. It is meant for decode.Options; so a value
// written backwards is not interesting: it is the text that was turned round which holds it plainly.
func (p *Pool) Interesting(b []byte) bool {
	if len(p.entries) == 0 || len(b) == 0 {
		return false
	}
	s := searches.Get().(*search)
	defer searches.Put(s)
	if s.probe == nil {
		s.probe = &decode.Tree{Fields: make([]decode.Field, 1)}
	}
	s.pool, s.tree, s.hits, s.weak = p, s.probe, s.hits[:0], s.weak[:0]
	s.probe.Fields[0] = decode.Field{Where: decode.BodyIn, Path: "body", Value: unsafe.String(&b[0], len(b)), Parent: -1}
	s.field(0)
	found := slices.ContainsFunc(s.hits, func(h hit) bool { return h.pattern < 0 || p.patterns[h.pattern].kind != backwards })
	s.probe.Fields[0] = decode.Field{}
	s.pool, s.tree = nil, nil
	return found
}

// field searches one field.
func (s *search) field(i int) {
	f := &s.tree.Fields[i]
	v := f.Value
	if len(v) == 0 || alwaysSent(f) {
		return
	}
	key := s.pool.quiet.Key(v)
	if s.pool.quiet.Has(key, holdsNothing) {
		return
	}
	s.verified = f.Inner && len(v) < 12 // not looked up as a leaf
	if cap(s.fold) < len(v)+8 {
		s.fold = make([]byte, 0, 2*len(v)+8)
	}
	b := s.fold[:len(v)+8]
	for j := range len(v) {
		b[j] = foldByte[v[j]]
	}
	clear(b[len(v):])
	hits := len(s.hits)
	if len(v) < 12 && !f.Inner {
		s.wholeLeaf(i, strings.TrimSpace(v))
	}
	s.scan(i, v, b)
	if s.pool.minDigit > 0 && len(v) >= s.pool.minDigit {
		s.digitRuns(i, v)
		s.verified = s.verified || s.pool.minDigit < certainDigits && manyDigits(v, s.pool.minDigit)
	}
	if !s.verified && len(s.hits) == hits {
		s.pool.remember(key, holdsNothing)
	}
}

// certainDigits is the length from which digits count whatever the name of their field.
const certainDigits = 9

// manyDigits reports n digits and more.
func manyDigits(v string, n int) bool {
	for i := range len(v) {
		if c := v[i]; c >= '0' && c <= '9' {
			n--
		}
	}
	return n <= 0
}

// alwaysSent reports fields that every request has and that are no finding by themselves.
func alwaysSent(f *decode.Field) bool {
	return f.Where == decode.Header && (strings.EqualFold(f.Key, "user-agent") || len(f.Key) >= 9 && strings.EqualFold(f.Key[:9], "sec-ch-ua"))
}

// scan tests the filter at every byte of a field.
func (s *search) scan(i int, v string, b []byte) {
	p := s.pool
	filter := p.filter
	for j := 0; j+4 <= len(v); j++ {
		k := binary.LittleEndian.Uint64(b[j : j+8])
		if h := hashLong(k); filter[h>>6]&(1<<(h&63)) != 0 {
			if list, ok := p.long[k]; ok {
				s.candidates(i, j, v, list)
			}
		}
		if h := hashShort(uint32(k)); filter[h>>6]&(1<<(h&63)) != 0 {
			if list, ok := p.short[uint32(k)]; ok {
				s.candidates(i, j, v, list)
			}
		}
	}
}

func (s *search) candidates(i, j int, v string, list []int32) {
	for _, n := range list {
		x := &s.pool.patterns[n]
		end := x.verify(v, j)
		s.verified = s.verified || end >= 0
		if end < 0 || !s.stands(x, i, v, j, end) {
			continue
		}
		h := hit{field: i, start: j, end: end, pattern: n, entry: x.entry, conf: Certain}
		if x.kind == weakSum {
			s.weak = append(s.weak, h)
			continue
		}
		if x.rank == leafOnly && end-j < 7 {
			h.conf = Likely
		}
		s.hits = append(s.hits, h)
	}
}

// wholeLeaf looks up fields that are too short for the filter.
func (s *search) wholeLeaf(i int, v string) {
	if len(v) >= 4 || v == "" {
		return
	}
	for _, n := range s.pool.leaves[strings.ToLower(v)] {
		x := &s.pool.patterns[n]
		s.verified = true
		from := strings.Index(s.tree.Fields[i].Value, v)
		if s.stands(x, i, s.tree.Fields[i].Value, from, from+len(v)) {
			s.hits = append(s.hits, hit{field: i, start: from, end: from + len(v), pattern: n, entry: x.entry, conf: Likely})
		}
	}
}

// verify compares the pattern with what stands at j and returns the end of it, or -1.
func (x *pattern) verify(v string, j int) int {
	n := 0
	rest := v[j:]
	switch x.kind {
	case plainText, shortSum, weakSum, backwards:
		if len(rest) >= len(x.text) && equalFold(rest[:len(x.text)], x.text) {
			return j + len(x.text)
		}
		return -1
	case exactText, b64Part:
		if strings.HasPrefix(rest, x.text) {
			return j + len(x.text)
		}
		return -1
	case hexDigest:
		for n < len(rest) && n < len(x.text) && lowerByte[rest[n]] == x.text[n] {
			n++
		}
	case b64Digest:
		for n < len(rest) && n < len(x.text) && stdByte(rest[n]) == x.text[n] {
			n++
		}
	case rawDigest:
		for n < len(rest) && n < len(x.text) && rest[n] == x.text[n] {
			n++
		}
	}
	if n < min(minDigest, len(x.text)) {
		return -1
	}
	for pad := 0; n >= len(x.text) && x.kind == b64Digest && pad < 2 && j+n < len(v) && v[j+n] == '='; pad++ {
		n++
	}
	return j + n
}

func equalFold(a, b string) bool {
	for i := range len(a) {
		if lowerByte[a[i]] != lowerByte[b[i]] {
			return false
		}
	}
	return true
}

func stdByte(c byte) byte {
	switch c {
	case '-':
		return '+'
	case '_':
		return '/'
	}
	return c
}

// lowerByte folds the case of ASCII letters.
var lowerByte = func() (t [256]byte) {
	for c := range 256 {
		t[c] = byte(c)
		if c >= 'A' && c <= 'Z' {
			t[c] = byte(c) + 32
		}
	}
	return t
}()
