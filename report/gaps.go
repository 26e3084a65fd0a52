package report

import (
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
)

// GapLine tells what was not seen in one line: how often, what, whose, where and in which consent states. Every format
// shows it so.
func (m *Model) GapLine(g policy.Gap) string {
	s := g.Text
	if g.Count > 1 {
		s += " (×" + num(g.Count) + ")"
	}
	if g.Recipient != "" && g.Recipient != recipient.FirstParty {
		s = m.nameOf(g.Recipient) + ": " + s
	}
	if len(g.Where) > 0 {
		s += ": " + strings.Join(g.Where, ", ")
		if g.More > 0 {
			s += " and " + num(g.More) + " more"
		}
	}
	if states := gapStates(g); states != "" {
		s += " (" + states + ")"
	}
	return s
}

// gapStates names the consent states of a gap, unless it is of the visitor that every run has.
func gapStates(g policy.Gap) string {
	var words []string
	for _, c := range sortStates(append([]crawler.Consent(nil), g.Consents...)) {
		words = append(words, stateWord(c))
	}
	if len(g.Consents) == 1 && g.Consents[0] == crawler.Unasked {
		return ""
	}
	return list(words)
}

// nameOf is the name of a recipient, or its id where the report has no more.
func (m *Model) nameOf(id string) string {
	for _, e := range m.Recipients {
		if e.Recipient.ID == id {
			return e.Recipient.Name
		}
	}
	return id
}

// Incomplete are the gaps that make the run incomplete; Told are the others.
func (m *Model) Incomplete() []policy.Gap { return m.gapsThat(true) }

// Told are the gaps that make nothing incomplete.
func (m *Model) Told() []policy.Gap { return m.gapsThat(false) }

func (m *Model) gapsThat(incomplete bool) []policy.Gap {
	var out []policy.Gap
	for _, g := range m.Verdict.Gaps {
		if g.Incomplete == incomplete {
			out = append(out, g)
		}
	}
	return out
}
