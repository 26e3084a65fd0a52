package decode

import "strings"

// Base32 opens base32, in capitals or small letters, padded or not.
var Base32 = Decoder{
	Name: "base32",
	Doc:  "Base32 (RFC 4648), also in small letters and without padding.",
	Kind: Encoding,
	Rank: 280,
	Gate: Gate{Min: 14, Chars: Letters | Digit27 | Equal, Test: isBase32},
	Decode: func(o *Out, s string) bool {
		s = strings.TrimRight(s, "=")
		b := make([]byte, 0, len(s)*5/8)
		var acc uint32
		n := 0
		for i := range len(s) {
			acc = acc<<5 | uint32(base32Letters[s[i]])
			if n += 5; n >= 8 {
				n -= 8
				b = append(b, byte(acc>>n))
			}
		}
		return o.Undone(o.t.keep(b))
	},
	Examples: []Example{
		{In: "NJQW4ZKAMV4GC3LQNRSS433SM4======", Want: "jane@example.org"},
		{In: "njqw4zkamv4gc3lqnrss433sm4", Want: "jane@example.org"},
		{In: "ADDTOCARTBUTTON", Noise: true},
		{In: "internationalization", Noise: true},
	},
}

var base32Letters = base32Table()

func base32Table() [256]byte {
	t := alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
	for c := byte('a'); c <= 'z'; c++ {
		t[c] = c - 'a'
	}
	return t
}

func isBase32(s string) bool {
	m := shape(s)
	if m&(HexLow|Low) != 0 && m&(HexUp|Up) != 0 {
		return false
	}
	t := strings.TrimRight(s, "=")
	if len(t) < 14 || strings.IndexByte(t, '=') >= 0 || len(t) != len(s) && len(s)%8 != 0 {
		return false
	}
	switch len(t) % 8 {
	case 1, 3, 6:
		return false
	}
	first := base32Letters[t[0]]<<3 | base32Letters[t[1]]>>2
	return first >= ' ' && first < 0x7f || first == 0x1f
}
