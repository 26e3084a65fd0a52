package decode

import "strings"

// HexText opens hexadecimal bytes.
var HexText = Decoder{
	Name: "hex",
	Doc:  "Hexadecimal bytes, with 0x before or not. Digests decode to no text and stay what they are.",
	Kind: Encoding,
	Rank: 290,
	Gate: Gate{Min: 8, Chars: Hex | Low | Up, Test: isHex},
	Decode: func(o *Out, s string) bool {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "0x"), "0X")
		b := o.t.scratch[:0]
		for i := 0; i < len(s); i += 2 {
			b = append(b, unhex[s[i]]<<4|unhex[s[i+1]])
		}
		o.t.scratch = b
		v := o.t.keep(b)
		if len(v) < 6 || shape(s)&^Digits == 0 && len(v) < 12 {
			return o.Known(v)
		}
		return o.Undone(v)
	},
	Examples: []Example{
		{In: "6a616e65406578616d706c652e6f7267", Want: "jane@example.org"},
		{In: "7B226D61696C223A226A616E65406578616D706C652E6F7267227D", Path: ".mail", Want: "jane@example.org"},
		{In: "4a616e65", Known: "Jane", Want: "Jane"},
		{In: "4155552671", Noise: true},
		{In: "d41d8cd98f00b204e9800998ecf8427e", Noise: true},
	},
}

func isHex(s string) bool {
	if s[1] == 'x' || s[1] == 'X' {
		if s[0] != '0' {
			return false
		}
		s = s[2:]
	}
	if len(s)%2 != 0 || len(s) < 8 {
		return false
	}
	bad := byte(0)
	for i := range len(s) {
		bad |= unhex[s[i]]
	}
	if bad > 15 {
		return false
	}
	switch len(s) {
	case 32, 40, 56, 64, 96, 128: // the lengths of digests and ids: text only
		return unhex[s[0]] < 8 && unhex[s[0]] > 1 || unhex[s[0]] > 11 || strings.HasPrefix(s, "1f8b")
	}
	return true
}
