package decode

import (
	"math"
	"strconv"
)

// CBOR opens CBOR maps and lists.
var CBOR = Decoder{
	Name: "cbor",
	Doc:  "CBOR (RFC 8949): maps and lists, of stated or open length, with tags.",
	Kind: Structure,
	Rank: 611,
	Gate: Gate{Bytes: true, Min: 4, Needs: High, Test: func(s string) bool { c := s[0]; return c >= 0x81 && c <= 0xbf || c == 0xd9 }},
	Decode: func(o *Out, s string) bool {
		p := cborReader{binReader{s: s, o: o}}
		ok := p.value(0)
		return p.sound(ok)
	},
	Examples: []Example{
		{In: "\xa2\x64mail\x70jane@example.org\x62id\x18\x2a", Path: ".mail", Want: "jane@example.org"},
		{In: "\xbf\x61a\x9f\x01\x68Jane Doe\xff\xff", Path: ".a[1]", Want: "Jane Doe"},
		{In: "\xa1\x64mail", Noise: true},
	},
}

type cborReader struct{ binReader }

// head reads the type and the number of an item; open is set for a length that is not stated.
func (p *cborReader) head() (major byte, n uint64, open, ok bool) {
	if p.i >= len(p.s) {
		p.short = true
		return 0, 0, false, false
	}
	c := p.s[p.i]
	p.i++
	major, n = c>>5, uint64(c&31)
	switch {
	case n < 24:
		return major, n, false, true
	case n < 28:
		n, ok = p.uint(1 << (n - 24))
		return major, n, false, ok
	}
	return major, 0, true, n == 31
}

func (p *cborReader) value(depth int) bool {
	if p.o.full || p.tooDeep(depth) {
		return p.o.full
	}
	from := p.i
	major, n, open, ok := p.head()
	if !ok {
		return false
	}
	switch major {
	case 0:
		return p.number(strconv.FormatUint(n, 10))
	case 1:
		return p.number(strconv.FormatInt(-1-int64(n), 10))
	case 2, 3:
		v, ok := p.chunks(n, open)
		if major == 2 {
			return ok && p.bytes(v)
		}
		return ok && p.text(v)
	case 4:
		return p.items(n, open, depth)
	case 5:
		return p.pairs(n, open, depth)
	case 6:
		return p.value(depth + 1)
	}
	return p.simple(p.s[from]&31, n)
}

func (p *cborReader) simple(info byte, n uint64) bool {
	switch info {
	case 20, 21:
		p.o.add(strconv.FormatBool(info == 21), Bool)
	case 22, 23:
		p.o.add("null", Null)
	case 25:
		return p.number(formatFloat(half(uint16(n)), 32))
	case 26:
		return p.number(formatFloat(float64(math.Float32frombits(uint32(n))), 32))
	case 27:
		return p.number(formatFloat(math.Float64frombits(n), 64))
	default:
		return false
	}
	return true
}

// half reads an IEEE 754 number of 16 bits.
func half(b uint16) float64 {
	exp, frac := int(b>>10&31), float64(b&1023)
	var f float64
	switch exp {
	case 0:
		f = math.Ldexp(frac, -24)
	case 31:
		f = math.Inf(1)
		if frac != 0 {
			f = math.NaN()
		}
	default:
		f = math.Ldexp(frac+1024, exp-25)
	}
	if b>>15 != 0 {
		return -f
	}
	return f
}

// ended reports whether the break of an open length is next, and takes it.
func (p *cborReader) ended() bool {
	if p.i < len(p.s) && p.s[p.i] == 0xff {
		p.i++
		return true
	}
	return false
}

func (p *cborReader) chunks(n uint64, open bool) (string, bool) {
	if !open {
		return p.take(n)
	}
	var all []byte
	for !p.ended() {
		_, n, open, ok := p.head()
		if !ok || open {
			return "", false
		}
		v, ok := p.take(n)
		if !ok {
			return "", false
		}
		all = append(all, v...)
	}
	return string(all), true
}

func (p *cborReader) items(n uint64, open bool, depth int) bool {
	for i := 0; open || uint64(i) < n; i++ {
		if open && p.ended() {
			return true
		}
		at, key := p.o.Index(i)
		ok := p.value(depth + 1)
		p.o.Back(at, key)
		if !ok || p.o.full {
			return ok
		}
	}
	return true
}

func (p *cborReader) pairs(n uint64, open bool, depth int) bool {
	for i := uint64(0); open || i < n; i++ {
		if open && p.ended() {
			return true
		}
		major, n, open, ok := p.head()
		name := strconv.FormatUint(n, 10)
		switch {
		case !ok || major > 3:
			return false
		case major == 1:
			name = "-" + strconv.FormatUint(n+1, 10)
		case major > 1:
			if name, ok = p.chunks(n, open); !ok || badUTF8(name) || len(name) > 255 {
				return false
			}
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
