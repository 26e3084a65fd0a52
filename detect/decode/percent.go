package decode

import (
	"strings"
	"unicode/utf8"
	"unsafe"
)

// PercentEncoding undoes %XX. It is applied until nothing is left to undo, one entry in the chain each time.
var PercentEncoding = Decoder{
	Name: "percent",
	Doc:  "Percent-encoding of URLs (RFC 3986): %40 is @. Values are often encoded twice when one URL carries another.",
	Kind: Encoding,
	Rank: 200,
	Gate: Gate{Min: 3, Needs: Percent, Test: hasPercent},
	Decode: func(o *Out, s string) bool {
		if strings.IndexByte(s, ' ') >= 0 && strings.Contains(s, "://") { // a text with a URL in it, which is taken apart first
			return false
		}
		plain, u := o.t.unpercent(s, false)
		if u&undidPercent == 0 {
			return false
		}
		if printable(plain, len(plain)) || o.t.interesting(plain) {
			o.Text(plain)
			return true
		}
		return o.Opens(plain)
	},
	Examples: []Example{
		{In: "jane%40example.org", Want: "jane@example.org"},
		{In: "jane%2540example.org", Want: "jane@example.org"},
		{In: "J%C3%BCrgen%20M%C3%BCller", Want: "Jürgen Müller"},
		{In: "J%FCrgen M%FCller", Want: "Jürgen Müller"},
		{In: "100%", Noise: true},
		{In: "50% of %zz", Noise: true},
	},
}

func hasPercent(s string) bool {
	for {
		i := strings.IndexByte(s, '%')
		if i < 0 || i+2 >= len(s) {
			return false
		}
		if unhex[s[i+1]] < 16 && unhex[s[i+2]] < 16 {
			return true
		}
		s = s[i+1:]
	}
}

// undo is what unpercent did.
type undo uint8

const (
	undidPercent undo = 1 << iota
	undidPlus
)

// unpercent undoes %XX and, in a form, + for a space. What is no valid sequence stays. A + stays where a sender that
// forgot to encode it must have meant it: before a phone number, and in the local part of an e-mail address, if it is not
// the space before one.
func (t *Tree) unpercent(s string, form bool) (string, undo) {
	p := strings.IndexByte(s, '%')
	if !form || strings.IndexByte(s, '+') < 0 {
		if p < 0 {
			return s, 0
		}
		form = false
	}
	var u undo
	high := false
	b := t.scratch[:0]
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && unhex[s[i+1]] < 16 && unhex[s[i+2]] < 16:
			c = unhex[s[i+1]]<<4 | unhex[s[i+2]]
			i += 2
			u |= undidPercent
			high = high || c >= utf8.RuneSelf
		case c == '+' && form && !t.meantPlus(s, i):
			c = ' '
			u |= undidPlus
		}
		b = append(b, c)
	}
	t.scratch = b
	if u == 0 {
		return s, 0
	}
	if plain := unsafe.String(unsafe.SliceData(b), len(b)); high && printable(plain, len(b)) && badUTF8(plain) {
		b = fromLatin1(b)
	}
	return t.keep(b), u
}

// fromLatin1 reads b as ISO 8859-1, in which old pages send their forms: M%FCller.
func fromLatin1(b []byte) []byte {
	text := make([]byte, 0, len(b)+len(b)/4)
	for _, c := range b {
		text = utf8.AppendRune(text, rune(c))
	}
	return text
}

// meantPlus reports whether the + at i stands for itself.
func (t *Tree) meantPlus(s string, i int) bool {
	if i == 0 {
		return len(s) > 7 && classes[s[1]]&Digits != 0
	}
	local, domain := addressParts(s[i+1:])
	if local == "" {
		return false
	}
	from := i
	for from > 0 && classes[s[from-1]]&(Alnum|Dash|Dot|Plus) != 0 {
		from--
	}
	address := local + "@" + domain
	switch {
	case t.interesting(address): // "write+to+jane@…"
		return false
	case t.interesting(s[from:i] + "+" + address): // "jane+shop@…"
		return true
	}
	spaces := strings.Count(s, "+") - strings.Count(s[from:i+1], "+")
	return spaces == 0 && strings.IndexByte(s[from:i], '+') < 0 // a sender that writes a space so encodes what is a +
}

// addressParts returns the parts of the e-mail address that s starts with, its @ encoded or not; none: "".
func addressParts(s string) (local, domain string) {
	at := run(s)
	rest, ok := strings.CutPrefix(s[at:], "@")
	if !ok {
		rest, ok = strings.CutPrefix(s[at:], "%40")
	}
	if !ok || at == 0 {
		return "", ""
	}
	return s[:at], rest[:run(rest)]
}

// run returns the length of the letters, digits, dots and dashes that s starts with.
func run(s string) int {
	i := 0
	for i < len(s) && classes[s[i]]&(Alnum|Dash|Dot) != 0 {
		i++
	}
	return i
}

// unhex has the value of a hexadecimal digit, 255 for other bytes.
var unhex = hexTable()

func hexTable() (t [256]byte) {
	for i := range t {
		switch c := byte(i); {
		case c >= '0' && c <= '9':
			t[i] = c - '0'
		case c >= 'a' && c <= 'f':
			t[i] = c - 'a' + 10
		case c >= 'A' && c <= 'F':
			t[i] = c - 'A' + 10
		default:
			t[i] = 255
		}
	}
	return t
}
