// Package policy holds flows against what was agreed: allow and forbid rules, ignores with a reason and an expiry, a
// reviewed baseline; and gives the verdict of a run. It finds nothing and words nothing.
package policy

import (
	"time"

	"github.com/tagscan/tagscan/detect"
)

// Decision is what the policy says of one flow.
type Decision string

const (
	Allowed   Decision = "allowed"
	New       Decision = "new" // neither allowed nor forbidden, and not in the baseline
	Forbidden Decision = "forbidden"
	Ignored   Decision = "ignored" // accepted with a reason, until a date
)

// FlowVerdict is the decision on one flow and why: that of its worst place.
type FlowVerdict struct {
	detect.FlowKey
	Fingerprint string    `json:"fingerprint"`
	Decision    Decision  `json:"decision"`
	Fails       bool      `json:"fails,omitempty"`  // it makes the run fail
	Rule        string    `json:"rule,omitempty"`   // the policy rule that decided: its id or "default", "baseline", "new_place"
	Line        int       `json:"line,omitempty"`   // line of that rule in the policy file, from 1
	Reason      string    `json:"reason,omitempty"` // of an ignore or a baseline entry
	Ref         string    `json:"ref,omitempty"`    // contract reference ("DPA 2025-11, annex 2")
	Until       time.Time `json:"until,omitzero"`
	// On are the kinds of page that the decision is about, sorted; empty if it is about all places of the flow.
	On []string `json:"on,omitempty"`
	// Stability is how often the flow was seen when it was looked for again. One that is not stable does not fail.
	Stability detect.Stability `json:"stability,omitzero"`
	// Also are the kinds of page that the baseline does not know yet for this flow: told, and nothing more.
	Also []string `json:"also,omitempty"`
}

// ScriptDecision is what the script inventory says of one script on one route.
type ScriptDecision string

const (
	ScriptAllowed    ScriptDecision = "allowed"
	ScriptUnlisted   ScriptDecision = "unlisted"     // no source of the inventory allows it
	ScriptUnpinned   ScriptDecision = "no-integrity" // integrity is required and missing
	ScriptUnowned    ScriptDecision = "unjustified"  // allowed by source, but without owner and written justification
	ScriptChanged    ScriptDecision = "changed"      // other bytes than at the last review
	ScriptUnreviewed ScriptDecision = "unreviewed"   // its bytes are in no review yet
)

// ScriptVerdict is the decision on one script.
type ScriptVerdict struct {
	URL      string         `json:"url,omitempty"`
	SHA256   string         `json:"sha256"`
	Route    string         `json:"route"`
	Decision ScriptDecision `json:"decision"`
	Why      string         `json:"why,omitempty"`  // in words
	Line     int            `json:"line,omitempty"` // line of the inventory that decided, from 1
	Fails    bool           `json:"fails,omitempty"`
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
	Result   Result          `json:"result"`
	Sentence string          `json:"sentence"` // the verdict in one sentence
	Flows    []FlowVerdict   `json:"flows"`
	Scripts  []ScriptVerdict `json:"scripts,omitempty"`
	// Contradictions are the decisions on those about consent, in the order of the input.
	Contradictions []ContradictionVerdict `json:"contradictions,omitempty"`
	News           []News                 `json:"news,omitempty"`     // what of the site is not as it was, beside flows
	Gaps           []Gap                  `json:"gaps"`               // what was not seen; what makes the run incomplete first
	Warnings       []string               `json:"warnings,omitempty"` // rules that match nothing, ignores about to expire, baseline entries gone
}
