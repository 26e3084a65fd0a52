package decode

import (
	"encoding/ascii85"
	"strings"
)

// Base85 opens Ascii85 and Z85.
var Base85 = Decoder{
	Name: "base85",
	Doc:  "Base85: Adobe's Ascii85, with <~ ~> around it or not, and ZeroMQ's Z85. Only if clear text comes out.",
	Kind: Encoding,
	Rank: 118,
	Gate: Gate{Min: 15, Chars: 1<<23 - 1&^(Space|High), Test: isBase85},
	Decode: func(o *Out, s string) bool {
		body, framed := strings.CutPrefix(s, "<~")
		body = strings.TrimSuffix(body, "~>")
		dst := make([]byte, len(body)*4+4)
		n, _, err := ascii85.Decode(dst, []byte(body), true)
		if v := string(dst[:n]); err == nil && (framed || clear85(v)) && o.Undone(v) {
			return true
		}
		if v := unz85(s); !framed && clear85(v) {
			return o.Undone(v)
		}
		return false
	},
	Examples: []Example{
		{In: `ygh0>kXkgGze:r5e]L=y`, Want: "jane@example.org"},
		{In: ascii85Example, Want: "jane@example.org"},
		{In: "<~" + ascii85Example + "~>", Want: "jane@example.org"},
		{In: "this-is_just.a:sentence,without;spaces", Noise: true},
	},
}

const ascii85Example = `C12!k5\51KD/a<&/oPcC`

func isBase85(s string) bool {
	if strings.HasPrefix(s, "<~") {
		return strings.HasSuffix(s, "~>")
	}
	if len(s) > 1<<16 || shape(s)&(Other|List|Brace|Angle|Quote|At|Percent|Plus|Backslash) == 0 {
		return false
	}
	head := s[:5]
	return printable(unascii85(head), 4) || printable(unz85(head), 4)
}

func unascii85(s string) string {
	var dst [8]byte
	n, _, err := ascii85.Decode(dst[:], []byte(s), true)
	if err != nil {
		return "\x00"
	}
	return string(dst[:n])
}

// clear85 is a strict test: other values have the letters of base85, too.
func clear85(v string) bool {
	return len(v) >= 10 && readable(v) && shape(v)&(Control|High) == 0
}

var z85Letters = alphabet("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#")

// unz85 decodes ZeroMQ's base85 (RFC 32/Z85), whose length is a multiple of 5. It returns "\x00" for what is none.
func unz85(s string) string {
	if len(s)%5 != 0 {
		return "\x00"
	}
	b := make([]byte, 0, len(s)/5*4)
	for i := 0; i < len(s); i += 5 {
		var acc uint64
		for _, c := range []byte(s[i : i+5]) {
			v := z85Letters[c]
			if v == 255 {
				return "\x00"
			}
			acc = acc*85 + uint64(v)
		}
		b = append(b, byte(acc>>24), byte(acc>>16), byte(acc>>8), byte(acc))
	}
	return string(b)
}
