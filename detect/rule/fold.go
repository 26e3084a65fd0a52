package rule

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plainLetters are letters that Unicode does not decompose, as people type them without the right keyboard.
var plainLetters = map[rune]string{
	'ß': "ss", 'ẞ': "SS", 'ø': "o", 'Ø': "O", 'æ': "ae", 'Æ': "AE", 'œ': "oe", 'Œ': "OE", 'ł': "l", 'Ł': "L",
	'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D", 'þ': "th", 'Þ': "Th", 'ı': "i",
}

// longLetters are letters with a customary spelling of two: Müller and Mueller.
var longLetters = strings.NewReplacer("ä", "ae", "Ä", "Ae", "ö", "oe", "Ö", "Oe", "ü", "ue", "Ü", "Ue",
	"å", "aa", "Å", "Aa", "ø", "oe", "Ø", "Oe", "ñ", "n", "Ñ", "N")

// fold spells a text in ASCII as far as it is Latin: marks go, ø becomes o, ß becomes ss.
func fold(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch p, ok := plainLetters[r]; {
		case ok:
			b.WriteString(p)
		case unicode.Is(unicode.Mn, r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// foldLong is fold with ö as oe, å as aa.
func foldLong(s string) string { return fold(longLetters.Replace(norm.NFC.String(s))) }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// spellings returns s and its ASCII spellings, without duplicates.
func spellings(s string) []string {
	if isASCII(s) {
		return []string{s}
	}
	return unique(s, norm.NFD.String(s), fold(s), foldLong(s))
}

// unique returns the texts that are not empty, each once, in order.
func unique(texts ...string) []string {
	out := texts[:0:0]
next:
	for _, t := range texts {
		if t == "" {
			continue
		}
		for _, o := range out {
			if o == t {
				continue next
			}
		}
		out = append(out, t)
	}
	return out
}

// digitsOf keeps the ASCII digits of s.
func digitsOf(s string) string { return keep(s, func(c byte) bool { return c >= '0' && c <= '9' }) }

// lettersOf keeps letters and digits of s, and everything that is not ASCII.
func lettersOf(s string) string { return keep(s, func(c byte) bool { return wordByte[c] }) }

func keep(s string, ok func(byte) bool) string {
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		if ok(s[i]) {
			b = append(b, s[i])
		}
	}
	return string(b)
}

// wordByte tells the bytes that make words: ASCII letters and digits, and all of UTF-8 beyond.
var wordByte = func() (t [256]bool) {
	for c := range 256 {
		t[c] = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
	}
	return t
}()
