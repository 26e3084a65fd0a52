package rule

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"github.com/tagscan/tagscan/detect/decode"
)

// search is one pass of a pool over a tree.
type search struct {
	pool  *Pool
	tree  *decode.Tree
	names *Names
	fold  []byte
	hits  []hit
	weak  []hit
	probe *decode.Tree // of one field, for Interesting
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
	if cap(s.fold) < len(v)+8 {
		s.fold = make([]byte, 0, 2*len(v)+8)
	}
	b := s.fold[:len(v)+8]
	for j := range len(v) {
		b[j] = foldByte[v[j]]
	}
	clear(b[len(v):])
	if len(v) < 12 && !f.Inner {
		s.wholeLeaf(i, strings.TrimSpace(v))
	}
	s.scan(i, v, b)
	if s.pool.minDigit > 0 && len(v) >= s.pool.minDigit {
		s.digitRuns(i, v)
	}
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
	for n == len(x.text) && x.kind == b64Digest && j+n < len(v) && v[j+n] == '=' {
		return j + n + 1
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

// stands reports whether a pattern counts where it was found: word boundaries, and what its rank asks for.
func (s *search) stands(x *pattern, i int, v string, start, end int) bool {
	e := &s.pool.entries[x.entry]
	switch x.kind {
	case hexDigest, b64Digest, rawDigest, b64Part:
		return true
	case shortSum, weakSum:
		return !isHexAlnum(v, start-1) && !isHexAlnum(v, end)
	}
	if !bounded(v, start, end, e.key == "email") {
		return false
	}
	if s.partOfOther(e, v, start, end) {
		return false
	}
	f := &s.tree.Fields[i]
	whole := len(strings.TrimSpace(v)) == end-start
	info := s.names.of(f)
	switch {
	case e.key == "street" && info.foreign, e.key == "ip" && info.has(versionName) && info.class != IP:
		return false
	case x.rank == anywhere:
		return true
	}
	fits := info.fits(e.key, e.class)
	if x.rank == named {
		return fits && (whole || end-start >= 4)
	}
	if isDigit(v[start]) && digitsOf(v[start:end]) == v[start:end] && !fits && (f.Kind == decode.Number || info.has(alien|numberName|timeName|versionName|signature|adName)) {
		return false
	}
	return fits || whole && !f.Inner && !info.has(alien) && !info.onMap()
}

// partOfOther reports what is only part of something else: a town in a time zone's name, an IP address in a longer
// dotted number, a name in somebody's e-mail address.
func (s *search) partOfOther(e *entry, v string, start, end int) bool {
	switch e.key {
	case "city", "region":
		return start > 0 && v[start-1] == '/'
	case "ip":
		return start > 1 && v[start-1] == '.' && isDigit(v[start-2]) || end+1 < len(v) && v[end] == '.' && isDigit(v[end+1])
	case "first_name", "last_name", "username", "org_name":
		for start > 0 && localByte(v[start-1]) {
			start--
		}
		for end < len(v) && localByte(v[end]) {
			end++
		}
		return end < len(v) && v[end] == '@' || start > 0 && v[start-1] == '@'
	}
	return false
}

// localByte tells what stands before the @ of an e-mail address.
func localByte(c byte) bool {
	return wordByte[c] || c == '.' || c == '+' || c == '-' || c == '_' || c == '%'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHexAlnum(v string, i int) bool {
	return i >= 0 && i < len(v) && (wordByte[v[i]] && v[i] < 0x80)
}

// bounded reports whether v[start:end] is a word of its own: no letter or digit goes on before or after it. In texts of
// 8 bytes and more a letter next to a digit is a boundary. An address must not be the tail or head of a longer one.
func bounded(v string, start, end int, email bool) bool {
	loose := end-start >= 8
	if start > 0 {
		prev, _ := utf8.DecodeLastRuneInString(v[:start])
		first, _ := utf8.DecodeRuneInString(v[start:])
		if joins(prev, first, loose && !email) && !escaped(v, start) {
			return false
		}
		if email && strings.ContainsRune(".+-_%", prev) && start > 1 && wordByte[v[start-2]] && !escaped(v, start) {
			return false
		}
	}
	if end < len(v) {
		next, size := utf8.DecodeRuneInString(v[end:])
		last, _ := utf8.DecodeLastRuneInString(v[:end])
		if joins(last, next, loose) {
			return false
		}
		if email && (next == '.' || next == '-') && end+size < len(v) && wordByte[v[end+size]] {
			return false
		}
	}
	return true
}

// joins reports whether two neighbours belong to one word.
func joins(a, b rune, loose bool) bool {
	la, lb := unicode.IsLetter(a), unicode.IsLetter(b)
	da, db := unicode.IsDigit(a), unicode.IsDigit(b)
	if loose {
		return la && lb || da && db
	}
	return (la || da) && (lb || db)
}

// escaped reports whether what stands before start is the end of an escape: \n, %2F, \u003d.
func escaped(v string, start int) bool {
	switch {
	case start >= 2 && v[start-2] == '\\' && strings.IndexByte("nrtbf", v[start-1]) >= 0:
		return true
	case start >= 3 && v[start-3] == '%' && isHex(v[start-2]) && isHex(v[start-1]):
		return true
	case start >= 6 && v[start-6] == '\\' && v[start-5] == 'u':
		return isHex(v[start-4]) && isHex(v[start-3]) && isHex(v[start-2]) && isHex(v[start-1])
	}
	return false
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// digitRuns compares runs of digits and separators with the known digit strings.
func (s *search) digitRuns(i int, v string) {
	var digits [64]byte
	var at [64]int
	for j := 0; j < len(v); {
		if v[j] < '0' || v[j] > '9' {
			j++
			continue
		}
		n, k, gap := 0, j, 0
		for ; k < len(v) && n < len(digits) && gap <= 3; k++ {
			switch c := v[k]; {
			case c >= '0' && c <= '9':
				digits[n], at[n] = c, k
				n++
				gap = 0
			case strings.IndexByte(" ()-./\u00a0+", c) >= 0:
				gap++
			default:
				gap = 99
			}
		}
		if n >= s.pool.minDigit {
			s.digitRun(i, v, digits[:n], at[:n])
		}
		j = at[n-1] + 1
	}
}

func (s *search) digitRun(i int, v string, digits []byte, at []int) {
	run := string(digits)
	for d, e := range s.pool.digits {
		for from := 0; ; {
			k := strings.Index(run[from:], d)
			if k < 0 {
				break
			}
			a, b := from+k, from+k+len(d)
			from = a + 1
			// a neighbour that touches without separator makes it another number
			if a > 0 && at[a-1] == at[a]-1 || b < len(at) && at[b] == at[b-1]+1 {
				continue
			}
			start, end := at[a], at[b-1]+1
			if start > 0 && v[start-1] < 0x80 && isLetter(v[start-1]) && !escaped(v, start) || end < len(v) && isLetter(v[end]) {
				continue
			}
			if start > 0 && v[start-1] == '+' {
				start--
			}
			if !s.digitsStand(i, e, len(d)) {
				continue
			}
			s.hits = append(s.hits, hit{field: i, start: start, end: end, pattern: -1, entry: e, conf: Certain})
		}
	}
}

// digitsStand: a short number needs a fitting name, for counters and times have seven digits too.
func (s *search) digitsStand(i int, e int32, n int) bool {
	if n >= 9 {
		return true
	}
	x := &s.pool.entries[e]
	return s.names.of(&s.tree.Fields[i]).fits(x.key, x.class)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// witnesses lets a 32-bit checksum count if its field is about identity, or if another value's is in the same tree.
func (s *search) witnesses() {
	for _, h := range s.weak {
		ok := s.names.of(&s.tree.Fields[h.field]).has(identity | hashName)
		for _, o := range s.weak {
			ok = ok || s.pool.entries[o.entry].value != s.pool.entries[h.entry].value && o.field != h.field
		}
		if ok {
			h.conf = Likely
			s.hits = append(s.hits, h)
		}
	}
}

// lonely reports a country in a field that is only called so, with no other known value in the same object: it is that
// of a shop or of the page's language.
func (s *search) lonely(h hit) bool {
	if s.pool.entries[h.entry].key != "country" || h.pattern >= 0 && s.pool.patterns[h.pattern].chain > 0 {
		return false
	}
	f := &s.tree.Fields[h.field]
	if n := s.names.of(f); len(n.tokens) > 1 && n.tokens[0] != "country" && n.tokens[0] != "shipping" || n.inGeo() || n.has(identity) {
		return false
	}
	for _, o := range s.hits {
		if o.field != h.field && s.pool.entries[o.entry].key != "country" && siblings(f, &s.tree.Fields[o.field]) {
			return false
		}
	}
	return true
}

// settle removes hits that a better one explains: the same value in what was decoded out of the field, and a longer
// span in the same field.
func (s *search) settle() {
	slices.SortStableFunc(s.hits, func(a, b hit) int {
		if a.field != b.field {
			return a.field - b.field
		}
		if a.start != b.start {
			return a.start - b.start
		}
		if a.end != b.end {
			return b.end - a.end
		}
		return s.weight(b) - s.weight(a)
	})
	inside := map[[2]int]bool{} // entry and field that an inner hit explains
	for _, h := range s.hits {
		for up := s.tree.Fields[h.field].Parent; up >= 0; up = s.tree.Fields[up].Parent {
			inside[[2]int{int(h.entry), up}] = true
		}
	}
	kept := s.hits[:0]
	field, end := -1, 0
	for _, h := range s.hits {
		if h.field != field {
			field, end = h.field, 0
		}
		if s.clearBelow(h) {
			continue
		}
		if h.end <= end || inside[[2]int{int(h.entry), h.field}] {
			continue
		}
		end = h.end
		kept = append(kept, h)
	}
	s.hits = kept
}

// clearBelow reports text in clear that stands in a field and again in what was decoded out of it: that is the place to
// judge it, for there it has a name. What is left are names of fields.
func (s *search) clearBelow(h hit) bool {
	f := &s.tree.Fields[h.field]
	if !f.Inner || h.pattern >= 0 && s.pool.patterns[h.pattern].kind > exactText {
		return false
	}
	text := f.Value[h.start:h.end]
	below := map[int]bool{h.field: true}
	for j := h.field + 1; j < len(s.tree.Fields); j++ {
		g := &s.tree.Fields[j]
		if !below[g.Parent] {
			continue
		}
		if strings.Contains(g.Value, text) {
			return true
		}
		if g.Inner {
			below[j] = true
		}
	}
	return false
}

// weight orders explanations of the same span: a persona's before a stored value's.
func (s *search) weight(h hit) int {
	switch s.pool.entries[h.entry].known {
	case ByPersona:
		return 3
	case ByObserved:
		return 2
	}
	return 1
}

func (s *search) match(h hit) Match {
	e := &s.pool.entries[h.entry]
	m := Match{
		Rule: "known-value", Class: e.class, Known: e.known, Key: e.key, Field: h.field, Start: h.start, End: h.end,
		Text: s.tree.Fields[h.field].Value[h.start:h.end], Confidence: h.conf, More: h.more,
	}
	if h.pattern < 0 {
		return m
	}
	x := &s.pool.patterns[h.pattern]
	if x.chain > 0 {
		m.Hash, m.Form, m.Text = s.pool.chains[x.chain], Hashed, e.value
	}
	if x.kind == b64Part || x.kind == backwards {
		m.Form, m.Text = Encoded, e.value
	}
	if (e.key == "city" || e.key == "region") && s.names.of(&s.tree.Fields[h.field]).has(addressName) {
		m.Class = Address
	}
	return m
}
