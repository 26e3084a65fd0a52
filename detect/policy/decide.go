package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/detect"
)

// Name is the rule's id; without one what it does and to what.
func (r Rule) Name() string {
	if r.ID != "" {
		return r.ID
	}
	return strings.TrimSpace(string(r.Action) + " " + r.Match.String())
}

// String lists the conditions: "recipient mixpanel, class online.*".
func (m *Match) String() string {
	var parts []string
	for _, c := range []struct {
		name string
		list Strings
	}{{"recipient", m.Recipient}, {"category", m.Category}, {"class", m.Class}, {"consent", m.Consent}, {"route", m.Route},
		{"form", m.Form}, {"place", m.Place}, {"country", m.Country}, {"severity", m.Severity}, {"contradiction", m.Contradiction}} {
		if len(c.list) > 0 {
			parts = append(parts, c.name+" "+strings.Join(c.list, "|"))
		}
	}
	return strings.Join(parts, ", ")
}

// ruleset is rules in the order of the file.
type ruleset []Rule

// rules are all allow and forbid rules in the order of the file.
func (r *Rules) rules() ruleset {
	all := slices.Concat(r.Allow, r.Forbid)
	for i := range all {
		all[i].Action = Allow
		if i >= len(r.Allow) {
			all[i].Action = Forbid
		}
	}
	slices.SortStableFunc(all, func(a, b Rule) int { return a.Line - b.Line })
	return all
}

// Decide returns the rule that decides a place of a flow, and whether any speaks of it. Of the rules that fit, one beats
// another if it is narrower in at least one way (recipient or category, class, route, consent, form, place, country,
// severity) and wider in none: so "allow mixpanel its client ids" beats "forbid client ids". Of those that nothing beats,
// one that forbids wins over one that allows, and the first in the file over a later one.
func (r *Rules) Decide(f detect.Flow, p detect.Place) (Rule, bool) { return r.rules().decide(&f, &p) }

// about are the rules that may speak of places of the flow.
func (rs ruleset) about(f *detect.Flow) ruleset {
	var out ruleset
	for _, r := range rs {
		if r.fitsFlow(f) {
			out = append(out, r)
		}
	}
	return out
}

func (rs ruleset) decide(f *detect.Flow, p *detect.Place) (Rule, bool) {
	return rs.fitting(f, p).winner()
}

// winner is the rule of those that fit that decides.
func (rs ruleset) winner() (Rule, bool) {
	best := rs.unbeaten()
	if len(best) == 0 {
		return Rule{}, false
	}
	for _, b := range best {
		if b.Action == Forbid {
			return b, true
		}
	}
	return best[0], true
}

func (rs ruleset) fitting(f *detect.Flow, p *detect.Place) ruleset {
	var out ruleset
	for _, x := range rs {
		if x.fits(f, p, x.Action == Allow) {
			out = append(out, x)
		}
	}
	return out
}

// unbeaten are the rules of those that fit that no other of them beats.
func (rs ruleset) unbeaten() ruleset {
	var out ruleset
	for i, x := range rs {
		if !slices.ContainsFunc(rs, func(y Rule) bool { return narrower(y.narrowness(), rs[i].narrowness()) }) {
			out = append(out, x)
		}
	}
	return out
}

// Explain returns the rule that decides a flow, and in words why it and no other, and for which places where they are not
// decided alike.
func (r *Rules) Explain(f detect.Flow) (Rule, string) {
	rules := r.rules()
	all := placesOf(&f)
	worst, others := 0, 0
	var win Rule
	rank := -1
	for i := range all {
		x, ok := rules.decide(&f, &all[i])
		if n := worstOf(x, ok); n > rank {
			worst, win, rank = i, x, n
		}
	}
	for i := range all {
		x, _ := rules.decide(&f, &all[i])
		if x.Line != win.Line || x.Name() != win.Name() {
			others++
		}
	}
	why := r.explain(rules, &f, &all[worst], win, rank)
	if others > 0 {
		why += fmt.Sprintf("; so for %s, and otherwise for %s of %d", all[worst].Route, count(others, "place"), len(all))
	}
	return win, why
}

// worstOf ranks what a rule means for a flow: forbidden over undecided over allowed.
func worstOf(r Rule, decided bool) int {
	switch {
	case decided && r.Action == Forbid:
		return 2
	case !decided:
		return 1
	}
	return 0
}

func (r *Rules) explain(rules ruleset, f *detect.Flow, p *detect.Place, win Rule, rank int) string {
	if rank == worstOf(Rule{}, false) {
		return fmt.Sprintf("no rule speaks of %s sent to %s (%s, %s), so the default decides: %s",
			f.Class, f.Recipient.ID, f.Form, f.Consent, r.fallback())
	}
	why := fmt.Sprintf("line %d, %q, decides", win.Line, win.Name())
	fit := rules.fitting(f, p)
	open := fit.unbeaten()
	var beaten, tied []string
	for _, x := range fit {
		label := fmt.Sprintf("%q (line %d)", x.Name(), x.Line)
		switch {
		case x.Line == win.Line && x.Action == win.Action && x.Name() == win.Name():
		case slices.ContainsFunc(open, func(o Rule) bool { return o.Line == x.Line && o.Name() == x.Name() }):
			tied = append(tied, label)
		default:
			beaten = append(beaten, label)
		}
	}
	if len(beaten) > 0 {
		why += "; narrower rules beat " + strings.Join(beaten, ", ")
	}
	if len(tied) > 0 {
		why += "; " + strings.Join(tied, ", ") + " fit as well, and "
		if win.Action == Forbid {
			why += "forbidding wins"
		} else {
			why += "the first in the file wins"
		}
	}
	if len(beaten)+len(tied) == 0 {
		why += "; no other rule speaks of the flow"
	}
	return why
}

// placesOf are the places of a flow; of one that is told without any, one that is like the flow.
func placesOf(f *detect.Flow) []detect.Place {
	if len(f.Places) > 0 {
		return f.Places
	}
	return []detect.Place{{Severity: f.Severity, Confidence: f.Confidence, Weak: f.Recipient.Weak, Findings: f.Findings}}
}

// ignore returns the ignore that tolerates a place of a flow now, or nil.
func (r *Rules) ignore(f *detect.Flow, p *detect.Place, now time.Time) *Ignore {
	for i := range r.Ignore {
		if ig := &r.Ignore[i]; !ig.Until.Passed(now) && ig.speaksOf(f, p) {
			return ig
		}
	}
	return nil
}

func (ig *Ignore) speaksOf(f *detect.Flow, p *detect.Place) bool {
	if len(ig.Fingerprint) > 0 && !slices.ContainsFunc(ig.Fingerprint, func(n string) bool { return names(n, f.Fingerprint) || names(n, p.Fingerprint) }) {
		return false
	}
	return ig.fits(f, p, true)
}

// minPrint is how many digits of a fingerprint name it: reports show 12.
const minPrint = 8

// names reports whether n is a fingerprint or a beginning of it that is long enough to name it.
func names(n, print string) bool {
	return n == print || len(n) >= minPrint && strings.HasPrefix(print, n)
}

// use notes which rules and ignores speak of a place.
func (j *judge) use(f *detect.Flow, p *detect.Place, fit ruleset) {
	for _, r := range fit {
		j.used[r.Line] = true
	}
	for i := range j.cfg.Policy.Ignore {
		if ig := &j.cfg.Policy.Ignore[i]; !j.ignored[ig.Line] && ig.speaksOf(f, p) {
			j.ignored[ig.Line] = true
		}
	}
}

// soon is how long before its end an ignore or baseline entry is reported.
const soon = 14 * 24 * time.Hour

// warnings tells what in the policy and the baseline needs a person: ignores and rules that allow which speak of nothing, what has
// expired or is about to, and baseline entries that no longer occur. What speaks of nothing is told of a run that saw all that it was
// to see.
func (j *judge) warnings(in Input, whole bool) []string {
	var out []string
	for _, r := range j.rules {
		if whole && r.Action == Allow && !j.used[r.Line] { // what is forbidden is meant to be met nowhere
			out = append(out, fmt.Sprintf("line %d: rule %q matches nothing", r.Line, r.Name()))
		}
	}
	for _, ig := range j.cfg.Policy.Ignore {
		day := ig.Until.Format(time.DateOnly)
		switch {
		case ig.Until.Passed(j.now):
			out = append(out, fmt.Sprintf("line %d: ignore expired on %s (%s)", ig.Line, day, ig.Reason))
		case whole && !j.ignored[ig.Line]:
			out = append(out, fmt.Sprintf("line %d: ignore matches nothing and can go (%s)", ig.Line, ig.Reason))
		case ig.Until.Passed(j.now.Add(soon)):
			out = append(out, fmt.Sprintf("line %d: ignore expires on %s (%s)", ig.Line, day, ig.Reason))
		}
	}
	if whole {
		out = append(out, j.unusedScripts(in)...)
	}
	return append(out, j.base.warnings(in, j.now, whole)...)
}
