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
}

// TopicsOf reads a text, which may be in several languages.
func TopicsOf(text string) Topics {
	text = spread(Fold(text))
	if text == "" {
		return Topics{}
	}
	return Topics{Cookies: most(cookies, text), Privacy: most(privacy, text), Site: most(site, text), Other: most(other, text), Food: most(food, text)}
}

// most is the number of a kind's patterns that the language finds which finds most.
func most(k kind, text string) int {
	n := 0
	for _, l := range languages() {
		if re := l.patterns[k]; re != nil {
			n = max(n, len(re.FindAllStringIndex(l.prepared(text), -1)))
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
				seen[s] = true
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

// stemsOf are the longest fixed parts of patterns: of "your consent*" it is "your consent".
func stemsOf(patterns []string) []string {
	var out []string
	for _, p := range patterns {
		best := ""
		for _, w := range strings.Fields(p) {
			if w == "..." || strings.Contains(w, "/") {
				continue
			}
			for _, piece := range strings.Split(w, "*") {
				if f := Fold(piece); len([]rune(f)) > len([]rune(best)) {
					best = f
				}
			}
		}
		if best != "" {
			out = append(out, best)
		}
	}
	return out
}
