package policy

import (
	"slices"

	"github.com/tagscan/tagscan/detect"
)

// Unstable reports whether the flow is one that would fail and was not seen again often enough to say that the site sends it.
func (v FlowVerdict) Unstable() bool {
	return (v.Decision == New || v.Decision == Forbidden) && v.Rule != NewPlace && v.Stability.Unstable()
}

// Unsettled are the flows that fail the run, were seen in one visit only, and are to be looked for again before they are
// told, if at most so many fresh visitors may look. v is the verdict on in.
func (v Verdict) Unsettled(in Input, most int) []detect.Flow {
	var out []detect.Flow
	for i, f := range v.Flows {
		s, open := f.Stability, f.Fails && f.Rule != NewPlace
		if f.Unstable() {
			open = true // it failed until somebody looked again
		}
		looked := max(s.Looks-1, 0) + s.Blind
		if open && in.Flows[i].Visits == 1 && looked < most && !s.Settled(most+1) {
			out = append(out, in.Flows[i])
		}
	}
	return out
}

// unstable counts the flows that do not fail because they are not stable.
func (v Verdict) unstable() (n int) {
	for _, f := range v.Flows {
		if f.Unstable() {
			n++
		}
	}
	return n
}

// notStable is the sentence on flows that do not fail because they are not stable; "" if there are none.
func notStable(v Verdict) string {
	n := v.unstable()
	if n == 0 {
		return ""
	}
	was := "was"
	if n > 1 {
		was = "were"
	}
	what := "flow"
	if !slices.ContainsFunc(v.Flows, func(f FlowVerdict) bool { return f.Unstable() && f.Decision == Forbidden }) {
		what = "new flow"
	}
	return " " + count(n, what) + " " + was + " not seen again by most fresh visitors: not stable."
}
