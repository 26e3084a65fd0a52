package policy

import (
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/recipient"
)

// passSentence says why a run passes: third parties got something, or were not seen to. What the policy lets pass without looking, flows
// that nobody agreed to and gaps that could hide more, is said beside it: a run that nothing can fail is not a clean one.
func passSentence(v Verdict, third int, cfg *Config) string {
	blind := ""
	if n := forgiven(v.Gaps); n > 0 {
		blind = " " + count(n, "gap") + " that this policy lets pass could hide more."
	}
	received := count(third, "third party") + " received identifying data"
	switch {
	case third == 0 && blind != "":
		return "No third party was seen to be sent anything that identifies a person, but not everything was seen." + blind
	case third == 0:
		return "No third party was sent anything that identifies a person."
	case cfg.Policy.FailOn == FailNever:
		return received + notAgreed(v) + "; nothing of it is judged (fail_on: never)." + blind
	case len(cfg.Policy.Allow)+len(cfg.Policy.Forbid) == 0 && cfg.Policy.fallback() == New:
		return "Nothing of severity " + cfg.Policy.threshold().String() + " or worse is new; " + received + "." + blind
	}
	return "Everything that was sent is agreed to; " + received + "." + blind
}

// incompleteSentence says that too little was seen, and, where nothing is judged, what was.
func incompleteSentence(v Verdict, cfg *Config) string {
	seen := "Nothing against the policy was seen"
	if third := receivers(v); cfg.Policy.FailOn == FailNever && third > 0 {
		seen = count(third, "third party") + " received identifying data" + notAgreed(v) + ", of which nothing is judged (fail_on: never)"
	}
	return seen + ", but not enough was seen to call it clean: " + count(counting(v.Gaps), "gap") + "."
}

// receivers counts the third parties that got what identifies a person.
func receivers(v Verdict) int {
	third := map[string]bool{}
	for _, f := range v.Flows {
		if f.Recipient != recipient.FirstParty && f.Class.Identifies() {
			third[f.Recipient] = true
		}
	}
	return len(third)
}

// notAgreed says how many flows nobody agreed to; empty: none.
func notAgreed(v Verdict) string {
	n := 0
	for _, f := range v.Flows {
		if f.Decision == New || f.Decision == Forbidden {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return ", by " + count(n, "flow") + " that nobody agreed to"
}

// counting counts the gaps that make a run incomplete.
func counting(gaps []Gap) (n int) {
	for _, g := range gaps {
		if g.Incomplete {
			n++
		}
	}
	return n
}

// forgiven counts those that could hide something and that the policy lets pass. That no page was seen is not one more.
func forgiven(gaps []Gap) (n int) {
	hides := func(g Gap) bool {
		info, known := crawler.InfoOfGap(g.Kind)
		return !g.Incomplete && (info.Hides || !known)
	}
	for _, g := range gaps {
		if hides(g) && (g.Kind != crawler.GapNoPage || !slices.ContainsFunc(gaps, func(o Gap) bool { return o.Kind != g.Kind && hides(o) })) {
			n++
		}
	}
	return n
}
