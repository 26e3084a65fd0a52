package decode

import (
	"strings"
	"unsafe"
)

// SwappedBase64 opens base64 in another order of letters.
var SwappedBase64 = Decoder{
	Name: "base64-swapped",
	Doc:  "Base64 with an alphabet of its own: small letters first, digits first, crypt's ./0-9A-Za-z, or other signs for + and /. Only if clear text comes out.",
	Kind: Encoding,
	Rank: 320,
	Gate: Gate{Min: 12, Chars: Alnum | Plus | Slash | Dash | Equal | Dot | List, Test: func(s string) bool { return mixed(shape(s)) && isBase64(s) }},
	Decode: func(o *Out, s string) bool {
		s = strings.TrimRight(s, "=.")
		for i := range swappedAlphabets {
			a := &swappedAlphabets[i]
			var first [12]byte
			head := unsafe.String(&first[0], copy(first[:], unbase64(first[:0], s[:min(len(s), 12)], a)))
			if len(head) < 8 || !printable(head, 9) || shape(head)&High != 0 {
				continue
			}
			if v := o.t.keep(unbase64(nil, s, a)); len(v) > 8 && shape(v)&(Control|High) == 0 && clearText(v) || o.t.interesting(v) {
				return o.Undone(v)
			}
		}
		return false
	},
	Examples: []Example{
		{In: "Aw5MB0bLEgfTCgXLlM9YzW", Want: "info@example.org"},
		{In: "qMVEPKaLUWRJSWnBBcVOPm", Noise: true},
		{In: "prod_QxKd93jfmMkw01", Noise: true},
	},
}

var swappedAlphabets = [...][256]byte{
	alphabet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"),
	alphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/"),
	alphabet("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/"),
	alphabet("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
	alphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"),
	alphabet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
	alphabet("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"),
	alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._"),
	alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"),
	alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-"),
	alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!~"),
	alphabet("ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba9876543210+/"),
}

// mixed reports whether capitals and small letters occur: an alphabet of 64 letters uses both.
func mixed(m Class) bool { return m&(HexUp|Up) != 0 && m&(HexLow|Low) != 0 }

// clearText is a strict form of readable, for decodings that are guesses: nine in ten bytes are letters, digits and the
// commonest signs, and small letters prevail as they do in what people and programs write.
func clearText(v string) bool {
	if !readable(v) {
		return false
	}
	var plain, low int
	for i := range len(v) {
		c := classes[v[i]]
		if c&(Alnum|Space|At|Dot|Dash|Quote|Brace|Slash|Equal|Amp|Plus|High) != 0 || v[i] == ':' || v[i] == ',' {
			plain++
		}
		if c&(HexLow|Low|Digits) != 0 {
			low++
		}
	}
	return plain*20 >= len(v)*19 && low*2 >= len(v)
}
