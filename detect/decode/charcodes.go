package decode

import (
	"strings"
	"unicode/utf8"
)

// CharCodes opens lists of character codes or bytes.
var CharCodes = Decoder{
	Name: "char-codes",
	Doc:  "Lists of character codes: 106,97,110,101 or [106,97,…], as String.fromCharCode and Uint8Array print them, also in hexadecimal (0x6a) and, for bytes, packed again.",
	Kind: Encoding,
	Rank: 90,
	Gate: Gate{Min: 11, Chars: Hex | Low | Space | List | Brace | Dash | Dot, Test: isCodes},
	Decode: func(o *Out, s string) bool {
		codes := charCodes(s)
		if len(codes) < 4 {
			return false
		}
		chars := make([]byte, 0, len(codes))
		bytes := true
		for _, c := range codes {
			chars = utf8.AppendRune(chars, c)
			bytes = bytes && c < 256
		}
		if bytes {
			raw := make([]byte, 0, len(codes))
			for _, c := range codes {
				raw = append(raw, byte(c))
			}
			if v := string(raw); !badUTF8(v) || magic(v) {
				chars = raw
			}
		}
		v := string(chars)
		if len(codes) < 6 && !o.t.interesting(v) {
			return false
		}
		return o.Undone(v)
	},
	Examples: []Example{
		{In: "106,97,110,101,64,101,120,97,109,112,108,101,46,111,114,103", Want: "jane@example.org"},
		{In: "[106, 97, 110, 101, 64, 101, 120, 97, 109, 112, 108, 101, 46, 111, 114, 103, 47, 120]", Want: "jane@example.org/x"},
		{In: "106 97 110 101 64 101 120", Want: "jane@ex"},
		{In: `{"k":[74,97,110,101]}`, Path: ".k", Known: "Jane", Want: "Jane"},
		{In: "0x6a,0x61,0x6e,0x65,0x40,0x65,0x78", Want: "jane@ex"},
		{In: "1920,1080,24,60,1,2,3", Noise: true},
		{In: "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]", Noise: true},
	},
}

func isCodes(s string) bool {
	c := s[0]
	if c == '[' || c == '{' {
		c = s[1]
	}
	if classes[c]&Digits == 0 || strings.IndexByte(s, ':') >= 0 {
		return false
	}
	return strings.ContainsAny(s[:min(len(s), 8)], ", ;|-.")
}

// charCodes reads a list of codes with one separator; nil if it is none.
func charCodes(s string) (codes []rune) {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "["); ok {
		s = strings.TrimSuffix(inner, "]")
	}
	i := 0
	for i < len(s) && (classes[s[i]]&Hex != 0 || s[i] == 'x') {
		i++
	}
	if i == len(s) {
		return nil
	}
	sep := s[i]
	for i := 0; i < len(s); {
		for i < len(s) && s[i] == ' ' {
			i++
		}
		base, from := rune(10), i
		if strings.HasPrefix(s[i:], "0x") {
			base, from = 16, i+2
			i += 2
		}
		var n rune
		for i < len(s) && rune(unhex[s[i]]) < base {
			n = n*base + rune(unhex[s[i]])
			if i++; n > 0x10ffff {
				return nil
			}
		}
		if i == from || n == 0 && len(codes) == 0 {
			return nil
		}
		codes = append(codes, n)
		if i < len(s) {
			if s[i] != sep {
				return nil
			}
			i++
		}
	}
	return codes
}
