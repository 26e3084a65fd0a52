package decode

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON opens JSON, also where it is not quite: cut short, followed by other text, with NaN, undefined, trailing commas,
// single quotes or bare names. Names that occur twice are both kept. A list of more than 16 numbers is one field.
var JSON = Decoder{
	Name:   "json",
	Doc:    "JSON (RFC 8259), read leniently: beacons are cut off, and JavaScript's NaN and undefined slip in.",
	Kind:   Structure,
	Rank:   100,
	Gate:   Gate{Bytes: true, Min: 4, First: "{[\" \t\r\n"},
	Decode: decodeJSON,
	Examples: []Example{
		{In: `{"user":{"id":17,"mail":"jane@example.org"}}`, Path: ".user.mail", Want: "jane@example.org"},
		{In: `{"user":{"id":17}}`, Path: ".user.id", Want: "17"},
		{In: `[{"a":"x"},{"a":"Ren\u00e9\ud83d\ude00"}]`, Path: "[1].a", Want: "René😀"},
		{In: `{"payload":"{\"em\":\"a@b.de\"}"}`, Path: ".payload.em", Want: "a@b.de"},
		{In: `{"a":NaN,"b":[1,2,],'c':'d',}`, Path: ".c", Want: "d"},
		{In: `{"a":"x","mail":"jane@exam`, Path: ".mail", Want: "jane@exam"},
		{In: `"{\"a\":true}"`, Path: ".a", Want: "true"},
		{In: `{"a.b":{"":null}}`, Path: ".a.b.", Want: "null"},
		{In: `{"ct.vendor.example/":{"user/?tid=17&em=ab12&x=1":"3a,2*1"}}`, Path: ".ct.vendor.example/.user/.query.em", Want: "ab12"},
		{In: `{"?":"x","why?":"a=b"}`, Path: ".why?", Want: "a=b"},
		{In: `[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]`, Noise: true},
		{In: `[object Object]`, Noise: true},
		{In: `{name}`, Noise: true},
		{In: `[error] could not load`, Noise: true},
	},
}

// maxNest are levels of nested lists and objects that are read at once. What is nested more deeply (a recorded page takes two
// levels for each of its elements') is given as a text, which is opened in its turn.
const maxNest = 64

func decodeJSON(o *Out, s string) bool {
	p := jsonReader{s: s, o: o}
	p.space()
	if p.i == len(s) {
		return false
	}
	if s[p.i] == '"' {
		v, ok := p.quoted('"')
		p.space()
		if !ok || p.i < len(s) || len(v) < 4 || !printable(v, len(v)) || badUTF8(v) {
			return false // bytes between two quotes: an accident of base64
		}
		o.add(v, Text)
		return true
	}
	if s[p.i] != '{' && s[p.i] != '[' {
		return false
	}
	ok := p.value(0)
	p.space()
	o.unread(len(s) - p.i)
	o.partial = p.i < len(s) && ok
	return ok || p.leaves > 0 && p.cut
}

// jsonReader reads one JSON value and gives its leaves in one pass.
type jsonReader struct {
	s      string
	i      int
	o      *Out
	leaves int
	cut    bool // the text ended early: what was read stands
}

func (p *jsonReader) space() {
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\n' || p.s[p.i] == '\r' || p.s[p.i] == '\t') {
		p.i++
	}
}

// next returns the byte at the current place, 0 and cut at the end of the text.
func (p *jsonReader) next() byte {
	if p.i < len(p.s) {
		if c := p.s[p.i]; c > ' ' {
			return c
		}
		p.space()
	}
	if p.i >= len(p.s) {
		p.cut = true
		return 0
	}
	return p.s[p.i]
}

func (p *jsonReader) leaf(v string, k Kind) {
	p.leaves++
	p.o.add(v, k)
}

// value reads the value at the current place; it returns false where the text is no JSON or ended.
func (p *jsonReader) value(depth int) bool {
	switch c := p.next(); {
	case c == '"' || c == '\'':
		v, ok := p.quoted(c)
		p.leaf(v, Text)
		return ok
	case depth > maxNest && (c == '{' || c == '['):
		return p.deeper()
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.list(depth)
	case c == 0:
		return false
	default:
		return p.bare()
	}
}

// deeper gives the list or object at the current place as a text.
func (p *jsonReader) deeper() bool {
	n := jsonEnd(p.s[p.i:])
	p.cut = n == 0
	if p.cut {
		n = len(p.s) - p.i
	}
	p.leaf(p.s[p.i:p.i+n], Text)
	p.i += n
	return !p.cut
}

func (p *jsonReader) object(depth int) bool {
	p.i++
	for {
		var name string
		switch c := p.next(); {
		case c == '"' || c == '\'':
			var ok bool
			if name, ok = p.quoted(c); !ok {
				return false
			}
		case c == '}':
			p.i++
			return true
		case c == ',':
			p.i++
			continue
		case classes[c]&Letters != 0 || c == '_' || c == '$':
			from := p.i
			for p.i < len(p.s) && (classes[p.s[p.i]]&Alnum != 0 || p.s[p.i] == '_' || p.s[p.i] == '$') {
				p.i++
			}
			name = p.s[from:p.i]
		default:
			return false
		}
		if p.next() != ':' {
			return false
		}
		p.i++
		p.query(name)
		at, key := p.o.Name(name)
		ok := p.value(depth + 1)
		p.o.Back(at, key)
		if !ok || p.o.full {
			return ok
		}
		if c := p.next(); c != ',' && c != '}' {
			return false
		}
	}
}

// query gives the query of an address that is the name of a value, as performance monitors list what a page loaded
// (Boomerang's compressed resource timing: {"ct.vendor.example/":{"user/?tid=1&em=…":"3a,2*1"}}).
func (p *jsonReader) query(name string) {
	mark := strings.IndexByte(name, '?')
	if mark < 0 || strings.IndexByte(name[mark:], '=') < 2 {
		return
	}
	page, pageKey := p.o.Name(name[:mark])
	at, key := p.o.Name("query")
	p.o.add(name[mark+1:], Text)
	p.o.Back(at, key)
	p.o.Back(page, pageKey)
}

func (p *jsonReader) list(depth int) bool {
	n := p.numbers()
	if n == 0 {
		n = p.codes()
	}
	if n > 0 {
		p.leaf(p.s[p.i:p.i+n], Text)
		p.i += n
		return true
	}
	p.i++
	for n := 0; ; n++ {
		switch p.next() {
		case ']':
			p.i++
			return true
		case ',':
			p.i++
			continue
		}
		at, key := p.o.Index(n)
		ok := p.value(depth + 1)
		p.o.Back(at, key)
		if !ok || p.o.full {
			return ok
		}
		switch p.next() {
		case ',':
			p.i++
		case ']':
		default:
			return false
		}
	}
}

// numbers returns the length of the list at the current place if it holds more than 16 numbers and nothing else.
func (p *jsonReader) numbers() int {
	n := 0
	for i := p.i + 1; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == ',':
			n++
		case c == ']':
			if n < 16 {
				return 0
			}
			return i + 1 - p.i
		case classes[c]&Digits != 0 || c == '-' || c == '.' || c == ' ' || c == '\n':
		case (c == 'e' || c == 'E' || c == '+') && n > 0:
		default:
			return 0
		}
	}
	return 0
}

// codes returns the length of the list at the current place if it holds character codes of something known.
func (p *jsonReader) codes() int {
	if p.o.t.opt.Interesting == nil || p.i+12 > len(p.s) || classes[p.s[p.i+1]]&Digits == 0 {
		return 0
	}
	end := strings.IndexByte(p.s[p.i:min(len(p.s), p.i+100)], ']')
	if end < 11 {
		return 0
	}
	var text [32]byte
	b := text[:0]
	for _, c := range charCodes(p.s[p.i : p.i+end+1]) {
		if c < ' ' || c > '~' {
			return 0
		}
		b = append(b, byte(c))
	}
	if len(b) < 4 || !p.o.t.interesting(string(b)) {
		return 0
	}
	return end + 1
}

// bare reads a number or a word.
func (p *jsonReader) bare() bool {
	from := p.i
	for p.i < len(p.s) {
		c := p.s[p.i]
		if classes[c]&(Alnum|Dash|Dot|Plus) == 0 {
			break
		}
		p.i++
	}
	switch v := p.s[from:p.i]; v {
	case "true", "false":
		p.leaf(v, Bool)
	case "null", "undefined", "NaN":
		p.leaf(v, Null)
	case "":
		return false
	default:
		if !isNumber(v) && v != "Infinity" {
			p.cut = p.i == len(p.s)
			return false
		}
		p.leaf(v, Number)
	}
	return true
}

// isNumber reports whether v is made of what numbers are made of, and starts like one.
func isNumber(v string) bool {
	if classes[v[0]]&(Digits|Dash|Dot|Plus) == 0 {
		return false
	}
	for i := range len(v) {
		if c := v[i]; classes[c]&(Digits|Dash|Dot|Plus) == 0 && c != 'e' && c != 'E' && c != 'n' { // 12n is a BigInt
			return false
		}
	}
	return true
}

// quoted reads a quoted text; it returns what there is and false if the end is missing.
func (p *jsonReader) quoted(quote byte) (string, bool) {
	p.i++
	from := p.i
	for i := from; i < len(p.s); i++ {
		switch p.s[i] {
		case quote:
			p.i = i + 1
			return p.s[from:i], true
		case '\\':
			return p.escaped(from, i, quote)
		}
	}
	p.i = len(p.s)
	p.cut = true
	return p.s[from:], false
}

// escaped goes on with a quoted text that began at from and has its first backslash at i.
func (p *jsonReader) escaped(from, i int, quote byte) (string, bool) {
	end := i
	for end < len(p.s) && p.s[end] != quote {
		if p.s[end] == '\\' {
			end++
		}
		end++
	}
	ok := end < len(p.s)
	end = min(end, len(p.s))
	v := p.o.t.unescape(p.s[from:end], i-from)
	p.i = min(end+1, len(p.s))
	p.cut = p.cut || !ok
	return v, ok
}

// unescape undoes the backslashes of JavaScript texts; the first one is at i.
func (t *Tree) unescape(s string, i int) string {
	b := t.scratch[:0]
	for {
		b = append(b, s[:i]...)
		s = s[i:]
		if len(s) < 2 {
			b = append(b, s...)
			break
		}
		n := 2
		switch c := s[1]; c {
		case 'n':
			b = append(b, '\n')
		case 't':
			b = append(b, '\t')
		case 'r':
			b = append(b, '\r')
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'v':
			b = append(b, '\v')
		case '0':
			b = append(b, 0)
		case 'u':
			var r rune
			if r, n = unicodeEscape(s); n > 0 {
				b = utf8.AppendRune(b, r)
			} else {
				n = 2
				b = append(b, s[:2]...)
			}
		case 'x':
			if len(s) >= 4 && unhex[s[2]] < 16 && unhex[s[3]] < 16 {
				n = 4
				b = utf8.AppendRune(b, rune(unhex[s[2]]<<4|unhex[s[3]]))
			} else {
				b = append(b, s[:2]...)
			}
		default:
			b = append(b, c)
		}
		s = s[n:]
		if i = strings.IndexByte(s, '\\'); i < 0 {
			b = append(b, s...)
			break
		}
	}
	t.scratch = b
	return t.keep(b)
}

// unicodeEscape reads \uXXXX, a pair of them for one character beyond the first 65,536, or \u{X…}. It returns the
// number of bytes read, 0 if it is none.
func unicodeEscape(s string) (rune, int) {
	if len(s) > 4 && s[2] == '{' {
		end := strings.IndexByte(s[:min(len(s), 11)], '}')
		if end < 4 {
			return 0, 0
		}
		r, ok := hexRune(s[3:end])
		if !ok {
			return 0, 0
		}
		return r, end + 1
	}
	if len(s) < 6 {
		return 0, 0
	}
	r, ok := hexRune(s[2:6])
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) && len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		if r2, ok := hexRune(s[8:12]); ok {
			if both := utf16.DecodeRune(r, r2); both != utf8.RuneError {
				return both, 12
			}
		}
	}
	return r, 6
}

func hexRune(s string) (r rune, ok bool) {
	for i := range len(s) {
		d := unhex[s[i]]
		if d > 15 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, len(s) > 0
}
