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
		{"form", m.Form}, {"place", m.Place}, {"country", m.Country}, {"severity", m.Severity}} {
		if len(c.list) > 0 {
			parts = append(parts, c.name+" "+strings.Join(c.list, "|"))
		}
	}
	return strings.Join(parts, ", ")
}

// rules are all allow and forbid rules in the order of the file.
func (r *Rules) rules() []Rule {
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

// Decide returns the rule that decides a flow, and whether any speaks of it. Of the rules that fit, one beats another if
// it is narrower in at least one way (recipient or category, class, route, consent, form, place, country, severity) and
// wider in none: so "allow mixpanel its client ids" beats "forbid client ids". Of those that nothing beats, one that
// forbids wins over one that allows, and the first in the file over a later one.
func (r *Rules) Decide(f detect.Flow) (Rule, bool) {
	best := r.unbeaten(f)
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

func (r *Rules) fitting(f detect.Flow) []Rule {
	var out []Rule
	for _, x := range r.rules() {
		if x.fits(f, x.Action == Allow) {
			out = append(out, x)
		}
	}
	return out
}

func (r *Rules) unbeaten(f detect.Flow) []Rule {
	fit := r.fitting(f)
	var out []Rule
	for i, x := range fit {
		if !slices.ContainsFunc(fit, func(y Rule) bool { return narrower(y.narrowness(), fit[i].narrowness()) }) {
			out = append(out, x)
		}
	}
	return out
}

// Explain returns the rule that decides a flow, and in words why it and no other.
func (r *Rules) Explain(f detect.Flow) (Rule, string) {
	win, ok := r.Decide(f)
	if !ok {
		return Rule{}, fmt.Sprintf("no rule speaks of %s sent to %s on %s (%s), so the default decides: %s",
			f.Class, f.Recipient.ID, f.Route, f.Consent, r.fallback())
	}
	why := fmt.Sprintf("line %d, %q, decides", win.Line, win.Name())
	var beaten, tied []string
	open := r.unbeaten(f)
	for _, x := range r.fitting(f) {
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
	return win, why
}

// ignore returns the ignore that tolerates a flow now, or nil.
func (r *Rules) ignore(f detect.Flow, now time.Time) *Ignore {
	for i := range r.Ignore {
		if ig := &r.Ignore[i]; ig.speaksOf(f) && !ig.Until.Passed(now) {
			return ig
		}
	}
	return nil
}

func (ig *Ignore) speaksOf(f detect.Flow) bool {
	if len(ig.Fingerprint) > 0 && !covers(ig.Fingerprint, f) {
		return false
	}
	return ig.fits(f, true)
}

// covers reports whether the prints cover every finding of a flow: one that is not covered is a different leak.
func covers(prints Strings, f detect.Flow) bool {
	own := f.Fingerprints
	if len(own) == 0 {
		own = []string{f.Fingerprint}
	}
	return !slices.ContainsFunc(own, func(p string) bool { return !slices.ContainsFunc(prints, func(n string) bool { return names(n, p) }) })
}

// minPrint is how many digits of a fingerprint name it: reports show 12.
const minPrint = 8

// names reports whether n is a fingerprint or a beginning of it that is long enough to name it.
func names(n, print string) bool {
	return n == print || len(n) >= minPrint && strings.HasPrefix(print, n)
}

// use notes which rules and entries speak of a flow.
func (j *judge) use(f detect.Flow) {
	if j.used == nil {
		j.used, j.ignored, j.met = map[int]bool{}, map[int]bool{}, map[string]bool{}
	}
	for _, r := range j.cfg.Policy.fitting(f) {
		j.used[r.Line] = true
	}
	for _, ig := range j.cfg.Policy.Ignore {
		if ig.speaksOf(f) {
			j.ignored[ig.Line] = true
		}
	}
	j.met[f.Fingerprint] = true
	for _, p := range f.Fingerprints {
		j.met[p] = true
	}
}

// soon is how long before its end an ignore or baseline entry is reported.
const soon = 14 * 24 * time.Hour

// warnings tells what in the policy and the baseline needs a person: rules and ignores that speak of nothing, what has
// expired or is about to, and baseline entries that no longer occur.
func (j *judge) warnings(in Input) []string {
	var out []string
	for _, r := range j.cfg.Policy.rules() {
		if !j.used[r.Line] {
			out = append(out, fmt.Sprintf("line %d: rule %q matches nothing", r.Line, r.Name()))
		}
	}
	for _, ig := range j.cfg.Policy.Ignore {
		day := ig.Until.Format(time.DateOnly)
		switch {
		case ig.Until.Passed(j.now):
			out = append(out, fmt.Sprintf("line %d: ignore expired on %s (%s)", ig.Line, day, ig.Reason))
		case !j.ignored[ig.Line]:
			out = append(out, fmt.Sprintf("line %d: ignore matches nothing and can go (%s)", ig.Line, ig.Reason))
		case ig.Until.Passed(j.now.Add(soon)):
			out = append(out, fmt.Sprintf("line %d: ignore expires on %s (%s)", ig.Line, day, ig.Reason))
		}
	}
	out = append(out, j.unusedScripts(in)...)
	return append(out, j.base.warnings(in, j.met, j.now)...)
}
