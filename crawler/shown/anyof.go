package shown

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// anyOf is many patterns of which one is to match. Each has words one of which is in every text that it matches, so that most need not be
// tried: hundreds of phrases in one expression take a hundred times as long.
type anyOf []guarded

type guarded struct {
	re   *regexp.Regexp
	need []string // in lower case; none: unknown
}

// MatchString reports whether one of them matches.
func (ps anyOf) MatchString(text string) bool {
	low := folded(text)
	for i := range ps {
		if ps[i].mayMatch(low) && ps[i].re.MatchString(text) {
			return true
		}
	}
	return false
}

func (g *guarded) mayMatch(low string) bool {
	for _, word := range g.need {
		if strings.Contains(low, word) {
			return true
		}
	}
	return len(g.need) == 0
}

// guard compiles patterns, each between two others.
func guard(before, after string, patterns []string) anyOf {
	out := make(anyOf, len(patterns))
	for i, p := range patterns {
		p = letters(p)
		out[i].re = regexp.MustCompile(before + p + after)
		if tree, err := syntax.Parse(`(?i)(?:`+p+`)`, syntax.Perl); err == nil {
			out[i].need = needed(tree.Simplify())
		}
	}
	return out
}

// needed are texts one of which is in all that an expression matches; nil if there are none.
func needed(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{folded(string(re.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			some := needed(sub)
			if some == nil {
				return nil
			}
			all = append(all, some...)
		}
		return all
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if some := needed(sub); some != nil && (best == nil || shortest(some) > shortest(best)) {
				best = some
			}
		}
		return best
	}
	return nil
}

// folded is a text in lower case, as expressions that heed no case see it: to them these are one letter each.
func folded(text string) string { return oneLetter.Replace(strings.ToLower(text)) }

var oneLetter = strings.NewReplacer("ς", "σ", "\u0345", "ι", "\u00b5", "μ")

func shortest(words []string) int {
	n := len(words[0])
	for _, w := range words {
		n = min(n, len(w))
	}
	return n
}
