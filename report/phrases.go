package report

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/rule"
)

// titleOf is the heading of a class.
func titleOf(c rule.Class) string {
	info, _ := rule.InfoOf(c)
	return info.Title
}

// manyOf is how a sentence about all users speaks of a class.
func manyOf(c rule.Class) string {
	info, _ := rule.InfoOf(c)
	return info.Many
}

// countryName is the English name of a country code; the code itself if it has none.
func countryName(code string) string {
	if code == "" {
		return ""
	}
	r, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if n := display.English.Regions().Name(r); n != "" {
		return n
	}
	return code
}

// list joins words as a sentence does: "a, b and c".
func list(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// some joins at most n words and counts the rest: "a, b and 3 more".
func some(words []string, n int) string {
	if len(words) <= n+1 {
		return list(words)
	}
	return strings.Join(words[:n], ", ") + " and " + num(len(words)-n) + " more"
}

// plural counts things: "1 page", "2,000 pages".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	if s, ok := strings.CutSuffix(one, "y"); ok && one != "day" {
		return num(n) + " " + s + "ies"
	}
	return num(n) + " " + one + "s"
}

// num writes a number with thousands apart.
func num(n int) string {
	s := []byte{}
	digits := []byte(itoa(n))
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			s = append(s, ',')
		}
		s = append(s, d)
	}
	return string(s)
}

var stateOrder = []crawler.Consent{crawler.Unasked, crawler.GPC, crawler.Rejected, crawler.Accepted, crawler.Withdrawn, crawler.Unknown}

var stateWords = map[crawler.Consent]string{
	crawler.Unasked:   "before any choice",
	crawler.Rejected:  "after refusal",
	crawler.Accepted:  "after consent",
	crawler.GPC:       "with Global Privacy Control",
	crawler.Withdrawn: "after withdrawal",
	crawler.Unknown:   "consent unknown",
}

// stateWord is how a reader speaks of a consent state.
func stateWord(c crawler.Consent) string {
	if w, ok := stateWords[c]; ok {
		return w
	}
	if c == "" {
		return "consent unknown"
	}
	return string(c)
}

// StateWord is how a reader speaks of a consent state: "after refusal".
func StateWord(c crawler.Consent) string { return stateWord(c) }

// sortStates puts consent states into the order in which a visitor meets them.
func sortStates(cs []crawler.Consent) []crawler.Consent {
	slices.SortFunc(cs, func(a, b crawler.Consent) int {
		ia, ib := slices.Index(stateOrder, a), slices.Index(stateOrder, b)
		if ia != ib {
			return ia - ib
		}
		return strings.Compare(string(a), string(b))
	})
	return slices.Compact(cs)
}
