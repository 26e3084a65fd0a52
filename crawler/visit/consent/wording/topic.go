package wording

import (
	"sort"
	"strings"
)

// Topics is what a text speaks of: how many words of each kind it has, over all languages.
type Topics struct {
	Cookies int // cookies, trackers, the consent to them
	Privacy int // privacy and consent, which may be the small print of something else
	Site    int // a web site, a browser, a device
	Other   int // something else that is asked for
	Food    int // cookies to eat
	Purpose int // what is done with cookies that nobody eats
}

// TopicsOf reads a text, which may be in several languages.
func TopicsOf(text string) Topics {
	text = spread(Fold(text))
	if text == "" {
		return Topics{}
	}
	return Topics{
		Cookies: most(cookies, text), Privacy: most(privacy, text), Site: most(site, text), Other: most(other, text), Food: most(food, text),
		Purpose: most(purpose, text),
	}
}

// most is the number of a kind's patterns that the language finds which finds most.
func most(k kind, text string) int {
	n := 0
	has, _ := scriptsOf(text)
	for _, l := range languages() {
		if re := l.patterns[k]; re != nil && l.mayRead(has) {
			if prepared := l.prepared(text); l.may(prepared, k) {
				n = max(n, len(re.FindAllStringIndex(prepared, -1)))
			}
		}
	}
	return n
}

// Stems are beginnings of words, folded, of which one at least is in every text that speaks of cookies, consent or privacy:
// scripts in a page use them to leave out what cannot be a consent dialog.
func Stems() []string {
	seen := map[string]bool{}
	for _, l := range languages() {
		for _, k := range []kind{cookies, privacy} {
			for _, s := range l.stems[k] {
				seen[strings.ReplaceAll(s, "  ", " ")] = true
			}
		}
	}
	var out []string
	for s := range seen {
		if !covered(s, seen) {
			out = append(out, s)
		}
	}
	sort.Strings(out)
	return out
}

// covered reports whether a shorter stem finds what s finds.
func covered(s string, stems map[string]bool) bool {
	for i := range s {
		if i > 0 && stems[s[:i]] {
			return true
		}
	}
	return false
}

// stemsOf are the longest fixed parts of patterns, as they stand in a prepared text: of "your consent*" it is "consent". A pattern
// with alternatives alone has one for each.
func (l *language) stemsOf(patterns []string) []string {
	var out []string
	for _, p := range patterns {
		best := ""
		var either []string
		for _, w := range strings.Fields(p) {
			switch {
			case w == "...":
			case strings.Contains(w, "/"):
				if either == nil {
					either = strings.Split(w, "/")
				}
			default:
				best = longer(best, l.fixed(w))
			}
		}
		if best == "" {
			for _, w := range either {
				out = append(out, l.fixed(w))
			}
			continue
		}
		out = append(out, best)
	}
	return out
}

// fixed is the longest part of a word of a pattern that has no "*".
func (l *language) fixed(word string) string {
	best := ""
	for _, piece := range strings.Split(word, "*") {
		best = longer(best, Fold(piece))
	}
	if l.unspaced {
		return strings.ReplaceAll(best, " ", "")
	}
	return strings.ReplaceAll(best, " ", "  ")
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// Phrases are all phrases of all languages, of buttons and of dialogs, for tests of what reads them elsewhere.
func Phrases() []string {
	var out []string
	for _, l := range languages() {
		for _, list := range l.phrases {
			out = append(out, list...)
		}
	}
	sort.Strings(out)
	return out
}
