package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/consent"
)

// AcceptedContradiction is a contradiction about consent that was accepted as it is. One that a rule forbids is not accepted by a
// baseline: the rule is to be changed.
type AcceptedContradiction struct {
	ID        consent.ID      `yaml:"contradiction"`
	Recipient string          `yaml:"recipient,omitempty"` // empty: of the site's own record
	Consent   crawler.Consent `yaml:"consent,omitempty"`
	Reason    string          `yaml:"reason,omitempty"` // that of the file if there is none
	Accepted  Date            `yaml:"accepted,omitempty"`
	Until     Date            `yaml:"until,omitempty"` // last day; without one it holds until it is taken out
}

// speaksOf reports whether the entry is about the contradiction.
func (a *AcceptedContradiction) speaksOf(id consent.ID, recipient string, state crawler.Consent) bool {
	return a.ID == id && a.Recipient == recipient && a.Consent == state
}

// contradiction is what accepts one now, or nil.
func (b *Baseline) contradiction(c *Contradiction, now time.Time) *AcceptedContradiction {
	if b == nil {
		return nil
	}
	for i := range b.Contradictions {
		a := &b.Contradictions[i]
		if a.speaksOf(c.ID, c.Recipient, c.Consent) && !a.Until.Passed(now) {
			return a
		}
	}
	return nil
}

// acceptContradictions adds those that are new, in place of what there was of the same before, and counts them.
func (b *Baseline) acceptContradictions(v Verdict, a Acceptance) (added int) {
	for _, c := range v.Contradictions {
		if c.Decision != New {
			continue
		}
		b.Contradictions = slices.DeleteFunc(b.Contradictions, func(x AcceptedContradiction) bool { return x.speaksOf(c.ID, c.Recipient, c.Consent) })
		b.Contradictions = append(b.Contradictions, AcceptedContradiction{
			ID: c.ID, Recipient: c.Recipient, Consent: c.Consent, Reason: a.Reason, Accepted: Date{a.Now}, Until: Date{a.Until},
		})
		added++
	}
	slices.SortFunc(b.Contradictions, func(x, y AcceptedContradiction) int {
		return cmp.Or(strings.Compare(x.Recipient, y.Recipient), strings.Compare(string(x.Consent), string(y.Consent)),
			strings.Compare(string(x.ID), string(y.ID)))
	})
	return added
}

// inheritContradictions gives those without a reason that of the file.
func (b *Baseline) inheritContradictions() error {
	for i := range b.Contradictions {
		a := &b.Contradictions[i]
		switch {
		case strings.TrimSpace(a.Reason) != "":
		case strings.TrimSpace(b.Reason) == "":
			return fmt.Errorf("the accepted contradiction %s needs a reason", a.ID)
		default:
			a.Reason = b.Reason
			if a.Accepted.IsZero() {
				a.Accepted = b.Since
			}
		}
	}
	return nil
}

// writeContradictions writes a line for each.
func (b *Baseline) writeContradictions(s *strings.Builder) {
	if len(b.Contradictions) > 0 {
		s.WriteString("contradictions:\n")
	}
	for _, a := range b.Contradictions {
		parts := []string{"contradiction: " + yamlWord(string(a.ID))}
		if a.Recipient != "" {
			parts = append(parts, "recipient: "+yamlWord(a.Recipient))
		}
		if a.Consent != "" {
			parts = append(parts, "consent: "+yamlWord(string(a.Consent)))
		}
		if a.Reason != b.Reason || a.Accepted.Format(time.DateOnly) != b.Since.Format(time.DateOnly) {
			parts = append(parts, "reason: "+yamlWord(a.Reason))
			if !a.Accepted.IsZero() {
				parts = append(parts, "accepted: "+a.Accepted.Format(time.DateOnly))
			}
		}
		if !a.Until.IsZero() {
			parts = append(parts, "until: "+a.Until.Format(time.DateOnly))
		}
		s.WriteString("- {" + strings.Join(parts, ", ") + "}\n")
	}
}
