package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// Judge holds a run against what was agreed. cfg and base may be nil: then every flow to a third party that is of medium
// severity or worse is new and fails the run. now decides what has expired.
//
// Each place of a flow is decided by the first of these that speaks of it:
//
//  1. what goes to the site itself is allowed, unless a rule names the recipient "first-party";
//  2. an ignore that has not expired: ignored;
//  3. the most specific rule of the policy, see Rules.Decide: allowed or forbidden;
//  4. the baseline, if its entry has not expired: ignored. An entry forgives what a rule forbids only if it was accepted
//     knowing that (its "was" says forbidden), and only where it was seen;
//  5. the policy's default: allow, forbid, or review (new).
//
// The decision on the flow is that of its worst place: forbidden over new over ignored over allowed. A place that the
// baseline does not know of a flow that is accepted is told and changes nothing, unless new_place says that it is to fail.
//
// Forbidden and new places fail the run from the policy's severity threshold on; with fail_on: any, ignored ones do too.
// A guess never fails it: a recipient that only looks like one, or a finding that is only possible; nor does a new or
// forbidden flow that fresh visitors of its page mostly did not see again (Input.Again).
//
// Fail outranks incomplete, incomplete outranks pass. A run is incomplete if a gap of a kind that the policy's
// incomplete_on names was not closed (Rules.incomplete); nothing else in tagscan decides that.
func Judge(in Input, cfg *Config, base *Baseline, now time.Time) Verdict {
	j := judge{cfg: cfg.orDefault(), base: base, now: now, again: in.Again, used: map[int]bool{}, ignored: map[int]bool{}}
	j.rules = j.cfg.Policy.rules()
	v := Verdict{Flows: []FlowVerdict{}}
	for _, f := range in.Flows {
		v.Flows = append(v.Flows, j.flow(f))
	}
	v.Scripts = j.scripts(in)
	v.Contradictions = j.contradictions(in)
	v.Gaps = j.gaps(in)
	sight := SightOf(in.Pages, v.Gaps)
	v.News = j.news(in, sight)
	v.Warnings = j.warnings(in, v.whole())
	v.Result = j.result(v)
	v.Sentence = sentence(v, in, j.cfg) + notStable(v) + newsClause(v)
	return v
}

// judge is one judgement in progress. It counts what was used, so that what was not can be told.
type judge struct {
	cfg     *Config
	rules   ruleset
	base    *Baseline
	now     time.Time
	again   map[string]detect.Stability
	used    map[int]bool // rules by line
	ignored map[int]bool // ignores by line
}

// flow decides a flow by its places.
func (j *judge) flow(f detect.Flow) FlowVerdict {
	rules, entry := j.rules.about(&f), j.base.find(f, j.now)
	places := placesOf(&f)
	decided := make([]FlowVerdict, len(places))
	worst := 0
	var also []string
	for i := range places {
		p := &places[i]
		fit := rules.fitting(&f, p)
		j.use(&f, p, fit)
		decided[i] = j.place(&f, p, fit, entry)
		if graver(decided[i], decided[worst]) {
			worst = i
		}
		if entry != nil && !j.base.knows(&f, p) && decided[i].Decision != New {
			also = append(also, p.Route)
		}
	}
	v := decided[worst]
	v.FlowKey, v.Fingerprint, v.Stability = f.Key(), f.Fingerprint, j.again[f.Fingerprint]
	v.Fails = v.Fails && !v.Unstable()
	v.Also = sorted(also)
	on, all := []string{}, true
	for i, d := range decided {
		same := d.Decision == v.Decision && d.Rule == v.Rule && d.Line == v.Line
		if all = all && same; same {
			on = append(on, places[i].Route)
		}
	}
	if !all {
		v.On = sorted(on)
	}
	return v
}

// sorted are the distinct strings in order.
func sorted(ss []string) []string {
	slices.Sort(ss)
	return slices.Compact(ss)
}

// decisions are the decisions, the gravest last.
var decisions = []Decision{Allowed, Ignored, New, Forbidden}

// graver reports whether a is worse than b: what fails first, then by the decision.
func graver(a, b FlowVerdict) bool {
	if a.Fails != b.Fails {
		return a.Fails
	}
	return slices.Index(decisions, a.Decision) > slices.Index(decisions, b.Decision)
}

// place decides one place of a flow, of which the rules speak that fit.
func (j *judge) place(f *detect.Flow, p *detect.Place, fit ruleset, entry *agreement) FlowVerdict {
	var v FlowVerdict
	r, ok := fit.winner()
	ig := j.cfg.Policy.ignore(f, p, j.now)
	known := j.base.knows(f, p) || j.stands(f, p.Route)
	switch {
	case f.Recipient.ID == recipient.FirstParty && !(ok && slices.Contains(r.Recipient, recipient.FirstParty)):
		v.Decision, v.Rule = Allowed, "first-party"
	case ig != nil:
		v.Decision, v.Rule, v.Line, v.Reason, v.Until, v.Ref = Ignored, "ignore", ig.Line, ig.Reason, ig.Until.Time, ig.Ref
	case ok && r.Action == Allow && !known && j.newPlaceFails(p, &r):
		v.Decision, v.Rule, v.Line = New, NewPlace, r.Line
	case ok && r.Action == Allow:
		v.Decision, v.Rule, v.Line, v.Ref, v.Reason = Allowed, r.Name(), r.Line, r.Ref, r.Reason
	case ok && !(entry != nil && entry.forgives(p)):
		v.Decision, v.Rule, v.Line, v.Ref, v.Reason = Forbidden, r.Name(), r.Line, r.Ref, r.Reason
	case entry != nil && !known && j.newPlaceFails(p, nil):
		v.Decision, v.Rule = New, NewPlace
	case entry != nil:
		v.Decision, v.Rule, v.Reason, v.Until = Ignored, "baseline", entry.Reason, entry.Until.Time
	default:
		v.Decision, v.Rule, v.Line = j.cfg.Policy.fallback(), "default", j.cfg.Policy.Line
	}
	v.Fails = j.fails(v.Decision, p)
	return v
}

// NewPlace is the name of the rule that decided if an accepted flow fails because of where it is.
const NewPlace = "new_place"

// Words of new_place beside kinds of pages.
const (
	placeFails = "fail"
	placeQuiet = "quiet"
)

// newPlaceFails reports whether a new place of an accepted flow fails: as the rule that allows the flow says, else as the
// policy does. r may be nil.
func (j *judge) newPlaceFails(p *detect.Place, r *Rule) bool {
	list := j.cfg.Policy.NewPlace
	if r != nil && len(r.NewPlace) > 0 {
		list = r.NewPlace
	}
	return slices.ContainsFunc(list, func(w string) bool {
		return w == placeFails || w != placeQuiet && routeGlob(w, p.Route)
	})
}

func (j *judge) fails(d Decision, p *detect.Place) bool {
	return p.Solid() && j.cfg.Policy.fails(d, p.Severity)
}

// fails reports whether something that was decided so fails a run, by its severity.
func (r *Rules) fails(d Decision, s rule.Severity) bool {
	if s < r.threshold() {
		return false
	}
	switch r.FailOn {
	case FailNever:
		return false
	case FailAny:
		return d != Allowed
	}
	return d == New || d == Forbidden
}

func (j *judge) result(v Verdict) Result {
	bad := slices.ContainsFunc(v.Flows, func(f FlowVerdict) bool { return f.Fails }) ||
		slices.ContainsFunc(v.Scripts, func(s ScriptVerdict) bool { return s.Fails }) ||
		slices.ContainsFunc(v.Contradictions, func(c ContradictionVerdict) bool { return c.Fails }) ||
		slices.ContainsFunc(v.News, func(n News) bool { return n.Fails })
	switch {
	case bad:
		return Fail
	case slices.ContainsFunc(v.Gaps, func(g Gap) bool { return g.Incomplete }):
		return Incomplete
	}
	return Pass
}

func sentence(v Verdict, in Input, cfg *Config) string {
	fails, third := 0, map[string]bool{}
	newN, forbidden, moved := 0, 0, 0
	for i, f := range v.Flows {
		if in.Flows[i].Recipient.ID != recipient.FirstParty && f.Class.Identifies() {
			third[in.Flows[i].Recipient.ID] = true
		}
		if !f.Fails {
			continue
		}
		fails++
		switch {
		case f.Rule == NewPlace:
			moved++
		case f.Decision == New:
			newN++
		case f.Decision == Forbidden:
			forbidden++
		}
	}
	contradictions := 0
	for _, c := range v.Contradictions {
		if c.Fails {
			contradictions++
		}
	}
	scripts := 0
	for _, s := range v.Scripts {
		if s.Fails {
			scripts++
		}
	}
	news := 0
	for _, n := range v.News {
		if n.Fails {
			news++
		}
	}
	switch v.Result {
	case Fail:
		var parts []string
		if forbidden > 0 {
			parts = append(parts, count(forbidden, "forbidden flow"))
		}
		if newN > 0 {
			parts = append(parts, count(newN, "flow")+" that nobody agreed to")
		}
		if moved > 0 {
			parts = append(parts, count(moved, "accepted flow")+" in a new place")
		}
		if rest := fails - forbidden - newN - moved; rest > 0 {
			parts = append(parts, count(rest, "accepted flow")+" (everything fails this policy)")
		}
		if contradictions > 0 {
			parts = append(parts, count(contradictions, "contradiction")+" about consent")
		}
		if scripts > 0 {
			parts = append(parts, count(scripts, "script")+" against the inventory")
		}
		if news > 0 {
			parts = append(parts, count(news, "change")+" of the site")
		}
		return strings.Join(parts, ", ") + "."
	case Incomplete:
		return incompleteSentence(v, cfg)
	}
	return passSentence(v, len(third), cfg)
}

func count(n int, one string) string {
	switch {
	case n == 1:
		return "1 " + one
	case strings.HasSuffix(one, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(one, "y"))
	}
	return fmt.Sprintf("%d %ss", n, one)
}
