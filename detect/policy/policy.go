// Package policy holds flows against what was agreed: allow and forbid rules, ignores with a reason and an expiry, a
// reviewed baseline; and gives the verdict of a run. It finds nothing and words nothing.
package policy

import "time"

// Decision is what the policy says of one flow.
type Decision string

const (
	Allowed   Decision = "allowed"
	New       Decision = "new" // neither allowed nor forbidden, and not in the baseline
	Forbidden Decision = "forbidden"
	Ignored   Decision = "ignored" // accepted with a reason, until a date
)

// FlowVerdict is the decision on one flow and why.
type FlowVerdict struct {
	Fingerprint string    `json:"fingerprint"`
	Decision    Decision  `json:"decision"`
	Rule        string    `json:"rule,omitempty"`   // the policy rule that decided: its id or "default", "baseline"
	Line        int       `json:"line,omitempty"`   // line of that rule in the policy file, from 1
	Reason      string    `json:"reason,omitempty"` // of an ignore or a baseline entry
	Ref         string    `json:"ref,omitempty"`    // contract reference ("DPA 2025-11, annex 2")
	Until       time.Time `json:"until,omitzero"`
}

// Result is the verdict of a run.
type Result string

const (
	Pass       Result = "pass"
	Fail       Result = "fail"
	Incomplete Result = "incomplete" // nothing against the policy, but not enough seen to say so
)

// Verdict is the judgement of a run.
type Verdict struct {
	Result   Result        `json:"result"`
	Sentence string        `json:"sentence"` // the verdict in one sentence
	Flows    []FlowVerdict `json:"flows"`
	Warnings []string      `json:"warnings,omitempty"` // rules that match nothing, ignores about to expire, baseline entries gone
}
