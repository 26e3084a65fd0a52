package decode

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// MessagePack opens msgpack maps and lists.
var MessagePack = Decoder{
	Name: "msgpack",
	Doc:  "MessagePack: maps and lists as a whole value, or one after the other.",
	Kind: Structure,
	Rank: 610,
	Gate: Gate{Bytes: true, Min: 4, Needs: High, Test: func(s string) bool { c := s[0]; return c >= 0x81 && c <= 0x9f || c >= 0xdc && c <= 0xdf }},
	Decode: func(o *Out, s string) bool {
		p := packReader{binReader{s: s, o: o}}
		ok := p.value(0)
		for n := 1; ok && p.i < len(s) && n < 64; n++ {
			at, key := o.Index(n)
			ok = p.value(0)
			o.Back(at, key)
		}
		return p.sound(ok)
	},
	Examples: []Example{
		{In: "\x82\xa4mail\xb0jane@example.org\xa2id\x11", Path: ".mail", Want: "jane@example.org"},
		{In: "\x92\x01\x81\xa1a\xd9\x08Jane Doe", Path: "[1].a", Want: "Jane Doe"},
		{In: "\x81\xa4mail\xc4\x05ab", Noise: true},
	},
}

// binReader is what the readers of binary formats share.
type binReader struct {
	s     string
	i     int
	o     *Out
	size  int // bytes of texts
	texts int // texts that were given
	names int
	odd   int  // texts and names with control bytes, or names that are none
	short bool // the data ended early
}

// sound reports whether what was read is no accident: all of it fits, or, if the data was cut short, it has names.
func (p *binReader) sound(ok bool) bool {
	if p.texts == 0 || p.odd*4 > p.texts || p.names < 2 && p.size*4 < len(p.s) {
		return false
	}
	return ok && p.i == len(p.s) || p.short && p.names > 1 && p.odd == 0
}

// tooDeep reports whether what comes next is nested too deeply to be read: the data counts as cut short there.
func (p *binReader) tooDeep(depth int) bool {
	if depth > maxNest {
		p.o.missed(CutDepth, len(p.s)-p.i)
		p.short = true
	}
	return p.short
}

func (p *binReader) take(n uint64) (string, bool) {
	if n > uint64(len(p.s)-p.i) {
		p.short = true
		return "", false
	}
	v := p.s[p.i : p.i+int(n)]
	p.i += int(n)
	return v, true
}

// uint reads a big-endian number of n bytes.
func (p *binReader) uint(n int) (uint64, bool) {
	v, ok := p.take(uint64(n))
	var sum uint64
	for i := range len(v) {
		sum = sum<<8 | uint64(v[i])
	}
	return sum, ok
}

func (p *binReader) text(v string) bool {
	if !utf8.ValidString(v) {
		return false
	}
	p.size += len(v)
	switch {
	case odd(v):
		p.odd++
		p.texts++
	case len(v) > 2:
		p.texts++
	}
	p.o.add(v, Text)
	return true
}

// name notes a name that is none: it makes an accident likely.
func (p *binReader) name(v string) {
	p.names++
	if v == "" || !printable(v, len(v)) || classes[v[0]]&(Alnum|Dash|High|List|Other|At) == 0 {
		p.odd++
	}
}

// odd reports whether a text has many control bytes.
func odd(v string) bool {
	n := 0
	for i := range len(v) {
		if classes[v[i]] == Control {
			n++
		}
	}
	return n*8 > len(v)
}

func (p *binReader) number(v string) bool { p.o.add(v, Number); return true }

func (p *binReader) bytes(v string) bool {
	if !binaryLike(v) {
		return p.text(v)
	}
	p.o.add(v, Binary)
	return true
}

func binaryLike(v string) bool { return len(v) > 0 && (!printable(v, len(v)) || badUTF8(v)) }

func formatFloat(f float64, bits int) string { return strconv.FormatFloat(f, 'g', -1, bits) }

type packReader struct{ binReader }

// key returns the text of the key at the current place.
func (p *packReader) key() (string, bool) {
	if p.i >= len(p.s) {
		p.short = true
		return "", false
	}
	c := p.s[p.i]
	p.i++
	var n uint64
	ok := true
	switch {
	case c < 0x80:
		return strconv.Itoa(int(c)), true
	case c >= 0xa0 && c <= 0xbf:
		n = uint64(c & 31)
	case c >= 0xd9 && c <= 0xdb:
		n, ok = p.uint(1 << (c - 0xd9))
	case c >= 0xc4 && c <= 0xc6:
		n, ok = p.uint(1 << (c - 0xc4))
	case c >= 0xcc && c <= 0xcf:
		v, ok := p.uint(1 << (c - 0xcc))
		return strconv.FormatUint(v, 10), ok
	default:
		return "", false
	}
	if !ok {
		return "", false
	}
	v, ok := p.take(n)
	return v, ok && !badUTF8(v) && len(v) < 256
}

func (p *packReader) value(depth int) bool {
	if p.i >= len(p.s) || p.tooDeep(depth) || p.o.full {
		p.short = !p.o.full
		return p.o.full
	}
	c := p.s[p.i]
	p.i++
	switch {
	case c < 0x80:
		return p.number(strconv.Itoa(int(c)))
	case c <= 0x8f:
		return p.pairs(uint64(c&15), depth)
	case c <= 0x9f:
		return p.items(uint64(c&15), depth)
	case c <= 0xbf:
		return p.run(uint64(c&31), p.text)
	case c >= 0xe0:
		return p.number(strconv.Itoa(int(int8(c))))
	}
	return p.long(c, depth)
}

// long reads the types that a whole byte tells.
func (p *packReader) long(c byte, depth int) bool {
	switch c {
	case 0xc0:
		p.o.add("null", Null)
		return true
	case 0xc2, 0xc3:
		p.o.add(strconv.FormatBool(c == 0xc3), Bool)
		return true
	case 0xc4, 0xc5, 0xc6:
		return p.sized(1<<(c-0xc4), p.bytes)
	case 0xc7, 0xc8, 0xc9: // extension: a type byte, then data
		n, ok := p.uint(1 << (c - 0xc7))
		return ok && p.run(n+1, func(v string) bool { p.o.add(v[1:], Binary); return true })
	case 0xca:
		v, ok := p.uint(4)
		return ok && p.number(formatFloat(float64(math.Float32frombits(uint32(v))), 32))
	case 0xcb:
		v, ok := p.uint(8)
		return ok && p.number(formatFloat(math.Float64frombits(v), 64))
	case 0xcc, 0xcd, 0xce, 0xcf:
		v, ok := p.uint(1 << (c - 0xcc))
		return ok && p.number(strconv.FormatUint(v, 10))
	case 0xd0, 0xd1, 0xd2, 0xd3:
		size := 1 << (c - 0xd0)
		v, ok := p.uint(size)
		return ok && p.number(strconv.FormatInt(int64(v<<(64-8*size))>>(64-8*size), 10))
	case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8:
		return p.run(1+1<<(c-0xd4), func(v string) bool { p.o.add(v[1:], Binary); return true })
	case 0xd9, 0xda, 0xdb:
		return p.sized(1<<(c-0xd9), p.text)
	case 0xdc, 0xdd:
		n, ok := p.uint(2 << (c - 0xdc))
		return ok && p.items(n, depth)
	case 0xde, 0xdf:
		n, ok := p.uint(2 << (c - 0xde))
		return ok && p.pairs(n, depth)
	}
	return false
}

func (p *packReader) run(n uint64, give func(string) bool) bool {
	v, ok := p.take(n)
	return ok && give(v)
}

func (p *packReader) sized(size int, give func(string) bool) bool {
	n, ok := p.uint(size)
	return ok && p.run(n, give)
}

func (p *packReader) pairs(n uint64, depth int) bool {
	for range n {
		name, ok := p.key()
		if !ok {
			return false
		}
		p.name(name)
		at, key := p.o.Name(name)
		ok = p.value(depth + 1)
		p.o.Back(at, key)
		if !ok || p.o.full {
			return ok
		}
	}
	return true
}

func (p *packReader) items(n uint64, depth int) bool {
	for i := range n {
		at, key := p.o.Index(int(i))
		ok := p.value(depth + 1)
		p.o.Back(at, key)
		if !ok || p.o.full {
			return ok
		}
	}
	return true
}

// packedHead reports whether s starts like a map of MessagePack or CBOR with a first name of letters, or like a protobuf
// message whose first field is a text: of random bytes one in 10,000 does.
func packedHead(s string) bool {
	if len(s) < 8 {
		return false
	}
	at := 1
	switch c := s[0]; {
	case c == 0x0a && s[1] >= 4 && s[1] < 0x80: // protobuf: field 1, a text or a message with one
		for s[2] == 0x0a && len(s) > 8 {
			s = s[2:]
		}
		end := 2 + int(s[1])
		return s[1] >= 4 && end < len(s) && s[end]&7 <= 2 && s[end]>>3 > 0 && s[end]>>3 < 16 && printable(s[2:], int(s[1]))
	case c >= 0x81 && c <= 0x8f, c >= 0xa1 && c <= 0xb7, c == 0xbf:
	case c == 0xb8:
		at = 2
	case c == 0xde, c == 0xb9:
		at = 3
	default:
		return false
	}
	n := int(s[at] & 31)
	switch c := s[at]; {
	case c >= 0xa1 && c <= 0xbf: // a short text of MessagePack
	case c >= 0x61 && c <= 0x77: // of CBOR
	default:
		return false
	}
	if at+1+n >= len(s) {
		return false
	}
	for _, c := range []byte(s[at+1 : at+1+n]) {
		if classes[c]&(Alnum|Dash|Dot|At) == 0 && c != '$' && c != ':' {
			return false
		}
	}
	return true
}
