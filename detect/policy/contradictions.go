package policy

import (
	"slices"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// Contradiction is one about consent, with who it is about.
type Contradiction struct {
	consent.Contradiction
	To recipient.Recipient // zero if it is about the site's own record
}

// severity is that of its kind.
func (c *Contradiction) severity() rule.Severity {
	info, _ := consent.InfoOf(c.ID)
	return info.Severity
}

// ContradictionVerdict is the decision on one contradiction, and why.
type ContradictionVerdict struct {
	ID        consent.ID      `json:"id"`
	Recipient string          `json:"recipient"` // id; empty for the site's own record
	Consent   crawler.Consent `json:"consent"`
	Decision  Decision        `json:"decision"`
	Fails     bool            `json:"fails,omitempty"`
	Rule      string          `json:"rule,omitempty"` // the policy rule that decided: its id or "default"
	Line      int             `json:"line,omitempty"` // line of that rule in the policy file, from 1
	Reason    string          `json:"reason,omitempty"`
	Ref       string          `json:"ref,omitempty"`
	Until     time.Time       `json:"until,omitzero"`
}

// contradictions decides each as a flow of its severity is decided: an ignore that has not expired, else the most specific rule that
// speaks of contradictions, else the baseline, else the policy's default.
func (j *judge) contradictions(in Input) []ContradictionVerdict {
	var out []ContradictionVerdict
	for i := range in.Contradictions {
		out = append(out, j.contradiction(&in.Contradictions[i]))
	}
	return out
}

func (j *judge) contradiction(c *Contradiction) ContradictionVerdict {
	v := ContradictionVerdict{ID: c.ID, Recipient: c.Recipient, Consent: c.Consent}
	var fit ruleset
	for _, r := range j.rules {
		if r.fitsContradiction(c) {
			j.used[r.Line] = true
			fit = append(fit, r)
		}
	}
	r, ok := fit.winner()
	ig, known := j.tolerated(c), j.base.contradiction(c, j.now)
	switch {
	case ig != nil:
		v.Decision, v.Rule, v.Line, v.Reason, v.Until, v.Ref = Ignored, "ignore", ig.Line, ig.Reason, ig.Until.Time, ig.Ref
	case ok && r.Action == Allow:
		v.Decision, v.Rule, v.Line, v.Ref, v.Reason = Allowed, r.Name(), r.Line, r.Ref, r.Reason
	case ok:
		v.Decision, v.Rule, v.Line, v.Ref, v.Reason = Forbidden, r.Name(), r.Line, r.Ref, r.Reason
	case known != nil:
		v.Decision, v.Rule, v.Reason, v.Until = Ignored, "baseline", known.Reason, known.Until.Time
	default:
		v.Decision, v.Rule, v.Line = j.cfg.Policy.fallback(), "default", j.cfg.Policy.Line
	}
	v.Fails = j.cfg.Policy.fails(v.Decision, c.severity()) || ok && ig == nil && r.Action == Forbid && j.cfg.Policy.FailOn != FailNever
	return v
}

// tolerated is the ignore that speaks of a contradiction and has not expired, or nil.
func (j *judge) tolerated(c *Contradiction) *Ignore {
	var found *Ignore
	for i := range j.cfg.Policy.Ignore {
		ig := &j.cfg.Policy.Ignore[i]
		if len(ig.Fingerprint) > 0 || !ig.fitsContradiction(c) {
			continue
		}
		j.ignored[ig.Line] = true
		if found == nil && !ig.Until.Passed(j.now) {
			found = ig
		}
	}
	return found
}

// fitsContradiction reports whether a contradiction is spoken of. Only a rule that names kinds of them does: others are about flows.
func (m *Match) fitsContradiction(c *Contradiction) bool {
	return len(m.Contradiction) > 0 && one(m.Contradiction, glob, string(c.ID)) &&
		one(m.Recipient, glob, c.Recipient) &&
		one(m.Category, glob, append([]string{c.To.Category}, c.To.Also...)...) &&
		one(m.Consent, equal, string(c.Consent)) &&
		one(m.Country, inCountry, country(c.To)) &&
		one(m.Severity, severityFits, c.severity().String())
}

// checkContradiction says what is wrong with the condition; "" if nothing is.
func (m *Match) checkContradiction() string {
	for _, w := range m.Contradiction {
		fits := func(id string) bool { return one(Strings{w}, glob, id) || one(Strings{trimNot(w)}, glob, id) }
		if !slices.ContainsFunc(contradictionWords, fits) {
			return "contradiction: " + notOneOf(w, contradictionWords)
		}
	}
	if len(m.Contradiction) > 0 && len(m.Class)+len(m.Route)+len(m.Form)+len(m.Place) > 0 {
		return "contradiction: goes with recipient, category, consent, country and severity; class, route, form and place are of flows"
	}
	return ""
}

func trimNot(w string) string {
	if len(w) > 0 && w[0] == '!' {
		return w[1:]
	}
	return w
}

// contradictionWords are the kinds that a policy can name.
var contradictionWords = func() []string {
	var out []string
	for _, i := range consent.Infos {
		out = append(out, string(i.ID))
	}
	return out
}()
