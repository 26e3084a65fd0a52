package decode

import (
	"strings"
	"unsafe"
)

// Base64 opens base64 in the standard and the URL-safe alphabet, with and without padding, and cut short.
var Base64 = Decoder{
	Name:   "base64",
	Doc:    "Base64 (RFC 4648) in either alphabet, padded or not. The whole value must be base64, and make sense decoded.",
	Kind:   Encoding,
	Rank:   300,
	Gate:   Gate{Min: 8, Chars: Alnum | Plus | Slash | Equal | Space | Control, Test: isBase64},
	Decode: func(o *Out, s string) bool { return o.base64(s, &stdAlphabet) },
	Examples: []Example{
		{In: "eyJlIjoiamFuZUBleGFtcGxlLm9yZyJ9", Path: ".e", Want: "jane@example.org"},
		{In: "amFuZUBleGFtcGxlLm9yZw==", Want: "jane@example.org"},
		{In: "amFuZUBleGFtcGxlLm9yZw", Want: "jane@example.org"},
		{In: "eyJhIjoiSmFuZSBEb2U+Pj4/Pz8ifQ==", Path: ".a", Want: "Jane Doe>>>???"},
		{In: "SmFuZQ==", Known: "Jane", Want: "Jane"},
		{In: "newsletter", Noise: true},
		{In: "homepagehero", Noise: true},
		{In: "GA1.2.1234567890", Noise: true},
	},
}

// Base64URL opens base64 with - and _.
var Base64URL = Decoder{
	Name:   "base64url",
	Doc:    "Base64 with - and _ in place of + and / (RFC 4648 section 5), padded or not.",
	Kind:   Encoding,
	Rank:   301,
	Gate:   Gate{Min: 8, Chars: Alnum | Dash | Equal | Dot, Needs: Dash, Test: isBase64},
	Decode: func(o *Out, s string) bool { return o.base64(s, &urlAlphabet) },
	Examples: []Example{
		{In: "eyJhIjoiSmFuZSBEb2U-Pj4_Pz8ifQ", Path: ".a", Want: "Jane Doe>>>???"},
		{In: "some-long-slug_of-words", Noise: true},
	},
}

var (
	stdAlphabet = alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
	urlAlphabet = alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
)

// alphabet returns the value of each letter, 255 for bytes that are none.
func alphabet(letters string) (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	for i := range len(letters) {
		t[letters[i]] = byte(i)
	}
	return t
}

// isBase64 reports whether padding is at the end alone, and the length is possible.
func isBase64(s string) bool {
	s = strings.TrimRight(s, "=\r\n ")
	if len(s) < 6 || strings.IndexByte(s, '=') >= 0 {
		return false
	}
	return strings.IndexByte(s, ' ') < 0 || strings.Count(s, " ")*12 <= len(s)
}

// base64 decodes s and gives it if it makes sense.
func (o *Out) base64(s string, letters *[256]byte) bool {
	padded := s[len(s)-1] == '='
	s = strings.TrimRight(s, "=\r\n .")
	var first [8]byte
	head := unsafe.String(&first[0], copy(first[:], unbase64(first[:0], s[:min(len(s), 8)], letters)))
	if media(head) || len(s) < 24 && !printable(head, 6) && !magic(head) {
		return false
	}
	b := unbase64(o.t.scratch[:0], s, letters)
	if len(b) < 4 {
		return false
	}
	o.t.scratch = b
	v := o.t.keep(b)
	if len(v) < 8 && (!padded || len(v) < 4) && (len(v) < 6 || !clearText(v) || shape(v)&^(Alnum|Dash|Dot) != 0) {
		return o.Known(v)
	}
	return o.Undone(v)
}

// unbase64 decodes s to the end of b, what it can: white space is skipped (a space is a + that a form ate, where it is not at a line's end),
// a last single letter ignored. It returns nil if another letter occurs.
func unbase64(b []byte, s string, letters *[256]byte) []byte {
	var acc uint32
	n := 0
	for i := range len(s) {
		v := letters[s[i]]
		if v == 255 {
			switch s[i] {
			case '\r', '\n':
				continue
			case ' ':
				v = letters['+']
			}
			if v == 255 {
				return nil
			}
		}
		acc = acc<<6 | uint32(v)
		if n++; n == 4 {
			b = append(b, byte(acc>>16), byte(acc>>8), byte(acc))
			acc, n = 0, 0
		}
	}
	switch n {
	case 2:
		b = append(b, byte(acc>>4))
	case 3:
		b = append(b, byte(acc>>10), byte(acc>>2))
	}
	return b
}
