package wording

import "unicode/utf8"

// longestLink is how many characters the name of a link has at most that does something.
const longestLink = 70

// Withdraws reports whether a link or button says that consent is taken back by it. Contracts are withdrawn from, too.
func Withdraws(labels ...string) bool {
	return anyOf(labels, func(l string) bool { return takesBack(l) && aboutConsent(l) })
}

// ReopensSettings reports whether a link or button says that the settings of cookies, or of privacy, are opened by it.
func ReopensSettings(labels ...string) bool {
	return anyOf(labels, func(l string) bool { return MeaningOf(l) == Settings && aboutConsent(l) })
}

func anyOf(labels []string, is func(string) bool) bool {
	for _, l := range labels {
		if utf8.RuneCountInString(l) <= longestLink && is(l) {
			return true
		}
	}
	return false
}

// aboutConsent reports whether a short name is about consent or what it is asked for.
func aboutConsent(label string) bool {
	t := TopicsOf(label)
	return t.Cookies+t.Privacy > 0 && t.Food == 0
}

// takesBack reports whether any language has words of taking something back in a label.
func takesBack(label string) bool {
	text := spread(Fold(label))
	has, _ := scriptsOf(text)
	for _, l := range languages() {
		if l.mayRead(has) && l.has(withdraw, text) {
			return true
		}
	}
	return false
}
