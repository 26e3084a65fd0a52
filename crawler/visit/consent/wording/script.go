package wording

import "unicode"

// scripts are told apart so that most languages need not look at a text at all.
var scripts = []*unicode.RangeTable{
	unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Arabic, unicode.Hebrew,
	unicode.Devanagari, unicode.Thai, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
}

// scriptsOf counts the letters of a text by script.
func scriptsOf(text string) (count [11]int, total int) {
	for _, r := range text {
		for i, s := range scripts {
			if unicode.Is(s, r) {
				count[i]++
				total++
				break
			}
		}
	}
	return count, total
}

// writtenIn are the scripts of a language's own words: most have "OK" and "cookie" in Latin letters, too.
func writtenIn(patterns string) (in [11]bool) {
	const own = 20 // a script of a twentieth of the letters is one of its own; Latin ones need a fifth
	count, total := scriptsOf(patterns)
	for i, n := range count {
		in[i] = n*own > total
	}
	if total > 0 && count[0]*5 < total {
		in[0] = false
	}
	return in
}

// mayRead reports whether a text has letters that the language is written in.
func (l *language) mayRead(has [11]int) bool {
	for i, n := range has {
		if n > 0 && l.scripts[i] {
			return true
		}
	}
	return false
}
