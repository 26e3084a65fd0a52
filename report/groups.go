package report

import (
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/policy"
)

// group is what a reader is told in one go: the flows of one class to one recipient that the policy decides alike. On
// which pages and in which states they were seen are parts of one sentence.
type group struct {
	Flow   // the worst
	Flows  []Flow
	Routes []string
	States []crawler.Consent
	Prints []string
}

// grouped gathers flows that a reader takes for one; the order is that of each group's worst flow.
func grouped(flows []Flow) []*group {
	type key struct {
		recipient, via, class string
		weak                  bool
		decision              policy.Decision
		rule                  string
	}
	by := map[key]*group{}
	var out []*group
	for _, f := range flows {
		k := key{f.Recipient, f.Via, string(f.Class), f.Weak, f.Verdict.Decision, f.Verdict.Rule}
		g := by[k]
		if g == nil {
			g = &group{Flow: f}
			by[k] = g
			out = append(out, g)
		}
		g.Flows = append(g.Flows, f)
		g.Prints = append(g.Prints, f.Fingerprint)
		if !slices.Contains(g.Routes, f.Route) {
			g.Routes = append(g.Routes, f.Route)
		}
		g.States = append(g.States, f.Consent)
	}
	for _, g := range out {
		g.States = sortStates(g.States)
	}
	return out
}

// where tells on which kinds of page: the first as a URL, the others by their paths.
func (g *group) where() string {
	var rest []string
	for _, r := range g.Routes[1:] {
		rest = append(rest, routeLabel(r))
	}
	if len(rest) == 0 {
		return g.Routes[0]
	}
	return some(append([]string{g.Routes[0]}, rest...), 3)
}

// when tells in which consent states.
func (g *group) when() string {
	var ws []string
	for _, s := range g.States {
		ws = append(ws, stateWord(s))
	}
	return list(ws)
}

// fieldName is a field with the part of the request it stands in: "query.em", "body.user.id".
func (e Evidence) fieldName() string {
	if strings.HasPrefix(e.Field, string(e.Where)) || e.Field == "" {
		return e.Field
	}
	return string(e.Where) + " " + e.Field
}
