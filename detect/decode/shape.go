package decode

import (
	"unicode/utf8"
)

// Class is a set of byte classes.
type Class uint32

const (
	Digit27 Class = 1 << iota // 2 to 7: digits of base32
	Digit                     // 0 1 8 9
	HexLow                    // a to f
	Low                       // g to z
	HexUp                     // A to F
	Up                        // G to Z
	Plus
	Slash
	Dash // - and _
	Equal
	Percent
	Amp
	Space
	Control // below space, and DEL
	High    // 0x80 and above
	Dot
	List // , ; : | ~ * ! $
	Backslash
	Quote // " and '
	Brace // { } [ ] ( )
	Angle // < >
	At
	Other // # ^ ` ?

	Digits  = Digit | Digit27
	Hex     = Digits | HexLow | HexUp
	Letters = HexLow | Low | HexUp | Up
	Alnum   = Digits | Letters
)

var classes = classTable()

func classTable() (t [256]Class) {
	for i := range t {
		t[i] = classOf(byte(i))
	}
	return t
}

func classOf(c byte) Class {
	switch {
	case c >= '2' && c <= '7':
		return Digit27
	case c >= '0' && c <= '9':
		return Digit
	case c >= 'a' && c <= 'f':
		return HexLow
	case c >= 'g' && c <= 'z':
		return Low
	case c >= 'A' && c <= 'F':
		return HexUp
	case c >= 'G' && c <= 'Z':
		return Up
	case c < ' ' || c == 0x7f:
		return Control
	case c >= 0x80:
		return High
	}
	switch c {
	case '+':
		return Plus
	case '/':
		return Slash
	case '-', '_':
		return Dash
	case '=':
		return Equal
	case '%':
		return Percent
	case '&':
		return Amp
	case ' ':
		return Space
	case '.':
		return Dot
	case ',', ';', ':', '|', '~', '*', '!', '$':
		return List
	case '\\':
		return Backslash
	case '"', '\'':
		return Quote
	case '{', '}', '[', ']', '(', ')':
		return Brace
	case '<', '>':
		return Angle
	case '@':
		return At
	}
	return Other
}

// shape returns the classes that occur in s.
func shape(s string) (c Class) {
	for i := range len(s) {
		c |= classes[s[i]]
	}
	return c
}

// readable reports whether s reads as text: valid UTF-8, nine characters in ten printable (all of them if it is short),
// a run of three letters or digits, and mostly letters, digits and the signs that values are made of. Of random bytes
// of length 8 one in 30,000 passes.
func readable(s string) bool {
	if len(s) < 4 {
		return false
	}
	var odd, sign, run, longest, n int
	for i := 0; i < len(s); {
		c := s[i]
		n++
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 && len(s)-i >= utf8.UTFMax {
				return false
			}
			if r < 0xa0 || r >= 0xe000 && r < 0xf900 || r > 0x1ffff || len(s) < 20 && !script(r) {
				odd++
			}
			i += size
			run++
			longest = max(longest, run)
			continue
		}
		i++
		switch k := classes[c]; {
		case k&Alnum != 0:
			run++
			longest = max(longest, run)
			continue
		case k&Control != 0:
			if c != '\n' && c != '\r' && c != '\t' {
				odd++
			}
		case k&(Other|Backslash|Amp|Plus|List|Angle|Percent|Equal) != 0:
			sign++
		}
		run = 0
		if n == 16 && odd > 4 {
			return false
		}
	}
	if longest < 3 {
		return false
	}
	if n < 20 {
		return odd == 0 && sign*4 <= n
	}
	return odd*10 <= n && sign*2 <= n
}

// script reports whether a character is of a script that people write names in: the blocks from Latin to Thai, Georgian,
// kana, Han and Hangul.
func script(r rune) bool {
	return r < 0x0e80 || r >= 0x10a0 && r < 0x1200 || r >= 0x1e00 && r < 0x2070 || r >= 0x3000 && r < 0xa000 || r >= 0xac00 && r < 0xd7a4
}

// printable reports whether the first n bytes of s could start a text.
func printable(s string, n int) bool {
	for i := range min(n, len(s)) {
		if c := s[i]; c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// badUTF8 reports whether s is not UTF-8; a character cut off at the end is forgiven.
func badUTF8(s string) bool {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 && (len(s)-i >= utf8.UTFMax || utf8.FullRuneInString(s[i:])) {
			return true
		}
		i += n
	}
	return false
}
