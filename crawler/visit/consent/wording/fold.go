package wording

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plain are letters that sites write with and without their mark, or in two ways, and that Unicode does not take apart.
var plain = map[rune]rune{
	'ı': 'i', 'ł': 'l', 'đ': 'd', 'ς': 'σ', 'ґ': 'г', 'ё': 'е',
	// Arabic and Persian: https://www.unicode.org/reports/tr53/
	'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ى': 'ی', 'ي': 'ی', 'ك': 'ک', 'ة': 'ه',
}

// Fold makes text comparable: lower case, accents off, and every run of what is neither letter nor digit one blank.
func Fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(norm.NFKC.String(s))) {
		switch {
		case mark(r):
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			if p, ok := plain[r]; ok {
				r = p
			}
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return norm.NFC.String(b.String())
}

// mark reports whether a character is an accent or point that is often left out: those of Latin, Greek and Cyrillic, Hebrew
// and Arabic. The vowel signs of Indic scripts and Thai are no such marks.
func mark(r rune) bool {
	switch {
	case r >= 0x300 && r <= 0x36f, r >= 0x591 && r <= 0x5c7,
		r >= 0x610 && r <= 0x61a, r >= 0x64b && r <= 0x65f, r == 0x640, r == 0x670, r == 0xad:
		return true
	}
	return false
}

// spread pads a folded text so that every word has a blank of its own on both sides.
func spread(folded string) string {
	if folded == "" {
		return ""
	}
	return " " + strings.ReplaceAll(folded, " ", "  ") + " "
}
