package decode

import (
	"unicode/utf16"
	"unicode/utf8"
)

// UTF16 opens UTF-16 of either byte order.
var UTF16 = Decoder{
	Name: "utf16",
	Doc:  "UTF-16, little- or big-endian, with a byte order mark or told by its zero bytes.",
	Kind: Encoding,
	Rank: 20,
	Gate: Gate{Bytes: true, Some: Control | High, Min: 8, Test: func(s string) bool { _, ok := utf16Order(s); return ok }},
	Decode: func(o *Out, s string) bool {
		big, _ := utf16Order(s)
		units := make([]uint16, len(s)/2)
		for i := range units {
			lo, hi := uint16(s[2*i]), uint16(s[2*i+1])
			if big {
				lo, hi = hi, lo
			}
			units[i] = hi<<8 | lo
		}
		if units[0] == 0xfeff {
			units = units[1:]
		}
		b := make([]byte, 0, len(units))
		for _, r := range utf16.Decode(units) {
			b = utf8.AppendRune(b, r)
		}
		if v := string(b); readable(v) {
			o.Text(v)
			return true
		}
		return o.Undone(string(b))
	},
	Examples: []Example{
		{In: "j\x00a\x00n\x00e\x00@\x00e\x00x\x00", Want: "jane@ex"},
		{In: "\x00j\x00a\x00n\x00e\x00@\x00e\x00x", Want: "jane@ex"},
		{In: "\xff\xfeJ\x00\xfc\x00r\x00g\x00e\x00n\x00", Want: "Jürgen"},
		{In: "\x00\x01\x00\x02\x00\x03\x00\x04", Noise: true},
	},
}

func utf16Order(s string) (big, ok bool) {
	if s[0] == 0xff && s[1] == 0xfe {
		return false, true
	}
	if s[0] == 0xfe && s[1] == 0xff {
		return true, true
	}
	var zero [2]int
	n := min(len(s), 64) &^ 1
	for i := range n {
		if s[i] == 0 {
			zero[i&1]++
		}
	}
	switch {
	case zero[1]*10 >= n*4 && zero[0] == 0:
		return false, true
	case zero[0]*10 >= n*4 && zero[1] == 0:
		return true, true
	}
	return false, false
}
