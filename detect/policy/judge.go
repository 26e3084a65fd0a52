package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/recipient"
)

// Judge holds a run against what was agreed. cfg and base may be nil: then every flow to a third party that is of medium
// severity or worse is new and fails the run. now decides what has expired.
//
// A flow is decided by the first of these that speaks of it:
//
//  1. what goes to the site itself is allowed, unless a rule names the recipient "first-party";
//  2. an ignore that has not expired: ignored;
//  3. the most specific rule of the policy, see Rules.Decide: allowed or forbidden;
//  4. the baseline, if its entry has not expired: ignored. An entry forgives what a rule forbids only if it was accepted
//     knowing that (its "was" says forbidden);
//  5. the policy's default: allow, forbid, or review (new).
//
// Forbidden and new flows fail the run from the policy's severity threshold on; with fail_on: any, ignored ones do too.
// A guess never fails it: a recipient that only looks like one, or a finding that is only possible.
//
// Fail outranks incomplete, incomplete outranks pass. A run is incomplete if a gap of a kind that the policy's
// incomplete_on names was not closed (Rules.incomplete); nothing else in tagscan decides that.
func Judge(in Input, cfg *Config, base *Baseline, now time.Time) Verdict {
	j := judge{cfg: cfg.orDefault(), base: base, now: now}
	v := Verdict{Flows: []FlowVerdict{}}
	for _, f := range in.Flows {
		v.Flows = append(v.Flows, j.flow(f))
	}
	v.Scripts = j.scripts(in)
	v.Gaps = j.gaps(in)
	v.Warnings = j.warnings(in)
	v.Result = j.result(v)
	v.Sentence = sentence(v, in, j.cfg)
	return v
}

// judge is one judgement in progress. It counts what was used, so that what was not can be told.
type judge struct {
	cfg     *Config
	base    *Baseline
	now     time.Time
	used    map[int]bool    // rules by line
	ignored map[int]bool    // ignores by line
	met     map[string]bool // fingerprints that occurred
}

func (j *judge) flow(f detect.Flow) FlowVerdict {
	v := FlowVerdict{FlowKey: f.Key(), Fingerprint: f.Fingerprint}
	r, ok := j.cfg.Policy.Decide(f)
	j.use(f)
	entry := j.base.find(f, j.now)
	ig := j.cfg.Policy.ignore(f, j.now)
	switch {
	case f.Recipient.ID == recipient.FirstParty && !(ok && slices.Contains(r.Recipient, recipient.FirstParty)):
		v.Decision, v.Rule = Allowed, "first-party"
	case ig != nil:
		v.Decision, v.Rule, v.Line, v.Reason, v.Until, v.Ref = Ignored, "ignore", ig.Line, ig.Reason, ig.Until.Time, ig.Ref
	case ok && r.Action == Allow:
		v.Decision, v.Rule, v.Line, v.Ref, v.Reason = Allowed, r.Name(), r.Line, r.Ref, r.Reason
	case ok && !(entry != nil && entry.Was == Forbidden):
		v.Decision, v.Rule, v.Line, v.Ref, v.Reason = Forbidden, r.Name(), r.Line, r.Ref, r.Reason
	case entry != nil:
		v.Decision, v.Rule, v.Reason, v.Until = Ignored, "baseline", entry.Reason, entry.Until.Time
	default:
		v.Decision, v.Rule, v.Line = j.cfg.Policy.fallback(), "default", j.cfg.Policy.Line
	}
	v.Fails = j.fails(v, f)
	return v
}

func (j *judge) fails(v FlowVerdict, f detect.Flow) bool {
	if f.Recipient.Weak || f.Confidence == detect.Possible || f.Severity < j.cfg.Policy.threshold() {
		return false
	}
	switch j.cfg.Policy.FailOn {
	case FailNever:
		return false
	case FailAny:
		return v.Decision != Allowed
	}
	return v.Decision == New || v.Decision == Forbidden
}

func (j *judge) result(v Verdict) Result {
	bad := slices.ContainsFunc(v.Flows, func(f FlowVerdict) bool { return f.Fails }) ||
		slices.ContainsFunc(v.Scripts, func(s ScriptVerdict) bool { return s.Fails })
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
	newN, forbidden := 0, 0
	for i, f := range v.Flows {
		if in.Flows[i].Recipient.ID != recipient.FirstParty {
			third[in.Flows[i].Recipient.ID] = true
		}
		if !f.Fails {
			continue
		}
		fails++
		switch f.Decision {
		case New:
			newN++
		case Forbidden:
			forbidden++
		}
	}
	scripts := 0
	for _, s := range v.Scripts {
		if s.Fails {
			scripts++
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
		if rest := fails - forbidden - newN; rest > 0 {
			parts = append(parts, count(rest, "accepted flow")+" (everything fails this policy)")
		}
		if scripts > 0 {
			parts = append(parts, count(scripts, "script")+" against the inventory")
		}
		return strings.Join(parts, ", ") + "."
	case Incomplete:
		return incompleteSentence(v.Gaps)
	}
	switch {
	case len(third) == 0:
		return "No third party was sent anything that identifies a person."
	case cfg.Policy.FailOn == FailNever:
		return "Nothing is judged (fail_on: never); " + count(len(third), "third party") + " received identifying data."
	case len(cfg.Policy.Allow)+len(cfg.Policy.Forbid) == 0 && cfg.Policy.fallback() == New:
		return "Nothing of severity " + cfg.Policy.threshold().String() + " or worse is new; " + count(len(third), "third party") + " received identifying data."
	}
	return "Everything that was sent is agreed to; " + count(len(third), "third party") + " received identifying data."
}

func incompleteSentence(gaps []Gap) string {
	return "Nothing against the policy was seen, but not enough was seen to call it clean: " + unseen(gaps) + "."
}

// unseen counts what makes a run incomplete.
func unseen(gaps []Gap) string {
	n := 0
	for _, g := range gaps {
		if g.Incomplete {
			n++
		}
	}
	return count(n, "gap")
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
