package report

import (
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
)

// Contradiction is two of the four facts about consent that cannot both be right: what was pressed, recorded, claimed and sent.
type Contradiction struct {
	ID            consent.ID                  `json:"id" redact:"-"`
	consent.Facts                             // those of the requests that show it
	Name          string                      `json:"name,omitempty" redact:"-"` // of the recipient
	Title         string                      `json:"title" redact:"-"`
	Sentence      string                      `json:"sentence" redact:"-"` // for a lawyer
	Do            string                      `json:"do" redact:"-"`
	Severity      rule.Severity               `json:"severity"`
	Verdict       policy.ContradictionVerdict `json:"verdict"`
}

// contradictions are those of the run, as they were judged.
func (b *Builder) contradictions(v policy.Verdict) []Contradiction {
	var out []Contradiction
	for _, c := range b.contra {
		info, _ := consent.InfoOf(c.ID)
		r := Contradiction{ID: c.ID, Facts: c.Facts, Title: info.Title, Severity: info.Severity, Do: info.Remedy}
		if p := b.parties[c.Recipient]; p != nil {
			r.Name = p.r.Name
		} else {
			r.Name = c.Recipient
		}
		r.Sentence = info.Sentence(r.Name)
		r.decide(v)
		out = append(out, r)
	}
	return out
}

// decide takes what a verdict says of the contradiction.
func (c *Contradiction) decide(v policy.Verdict) {
	c.Verdict = policy.ContradictionVerdict{}
	for _, d := range v.Contradictions {
		if d.ID == c.ID && d.Recipient == c.Recipient && d.Consent == c.Consent {
			c.Verdict = d
		}
	}
}

// contradictionsToJudge are those of the events so far.
func (b *Builder) contradictionsToJudge() []policy.Contradiction {
	var out []policy.Contradiction
	for _, c := range b.contra {
		j := policy.Contradiction{Contradiction: c}
		if p := b.parties[c.Recipient]; p != nil {
			j.To = p.r
		}
		out = append(out, j)
	}
	return out
}

// judgeAgain are the contradictions of a report that was made before.
func (m *Model) judgeAgain() []policy.Contradiction {
	var out []policy.Contradiction
	for _, c := range m.Consent.Contradictions {
		j := policy.Contradiction{Contradiction: consent.Contradiction{ID: c.ID, Facts: c.Facts}}
		for i := range m.Recipients {
			if m.Recipients[i].Recipient.ID == c.Recipient {
				j.To = m.Recipients[i].Recipient
			}
		}
		out = append(out, j)
	}
	return out
}

// Shown are the requests of a cell that a page shows as evidence: all that were kept where they contradict, else one.
func (c Cell) Shown() []consent.Sight {
	if len(c.Contradicts) > 0 {
		return c.Sights
	}
	return c.Sights[:min(1, len(c.Sights))]
}

// conclusion is the contradiction as detection says it.
func (c Contradiction) conclusion() detect.Conclusion {
	return detect.Conclusion{Contradiction: &consent.Contradiction{ID: c.ID, Facts: c.Facts}}
}

// FailingContradictions are those that fail the run; OtherContradictions are the rest.
func (m *Model) FailingContradictions() []Contradiction { return m.contradictionsThat(true) }

// OtherContradictions are those that do not fail the run.
func (m *Model) OtherContradictions() []Contradiction { return m.contradictionsThat(false) }

func (m *Model) contradictionsThat(fail bool) []Contradiction {
	var out []Contradiction
	for _, c := range m.Consent.Contradictions {
		if c.Verdict.Fails == fail {
			out = append(out, c)
		}
	}
	return out
}

// Evidence tells the four facts in a clause each: "pressed: refusal; recorded: …; claimed: …; sent: …".
func (c Contradiction) Evidence() string {
	parts := []string{"pressed: " + pressedWord(c.Consent, c.Pressed)}
	if len(c.Recorded) > 0 {
		parts = append(parts, "recorded: "+saidWords(c.Recorded, 3))
	}
	if c.Recipient != "" || len(c.Claimed) > 0 {
		parts = append(parts, "claimed: "+saidWords(c.Claimed, 4))
	}
	if c.Recipient != "" {
		parts = append(parts, "sent: "+sentWords(c.Sent))
	}
	if c.Count > 0 {
		parts = append(parts, plural(c.Count, "request"))
	}
	return strings.Join(parts, "; ")
}

// Where names the recipient and the state: "Google Ads, after refusal".
func (c Contradiction) Where() string {
	who := c.Name
	if c.Recipient == "" {
		who = "the site's own record"
	}
	return who + ", " + stateWord(c.Consent)
}

// Decision tells what the policy says of it.
func (c Contradiction) Decision() string {
	v := c.Verdict
	if v.Decision == policy.New {
		return "no rule of the policy speaks of it"
	}
	as := policy.FlowVerdict{Decision: v.Decision, Rule: v.Rule, Line: v.Line, Reason: v.Reason, Ref: v.Ref, Until: v.Until}
	return decisionText(Flow{Verdict: as})
}

// Way is the line of the policy that would allow it.
func (c Contradiction) Way() string {
	fields := []string{"contradiction: " + string(c.ID)}
	if c.Recipient != "" {
		fields = append(fields, "recipient: "+quoteYAML(c.Recipient))
	}
	return "- {" + strings.Join(append(fields, "consent: "+string(c.Consent), `reason: "…"`), ", ") + "}"
}

// pressedWord is what was pressed, in words.
func pressedWord(state, pressed crawler.Consent) string {
	switch {
	case state == crawler.GPC:
		return "nothing, Global Privacy Control on"
	case pressed == crawler.Rejected:
		return "refusal"
	case pressed == crawler.Accepted:
		return "consent"
	case pressed == crawler.Withdrawn:
		return "consent, then withdrawal"
	}
	return "nothing"
}

// saidWords tells at most n records or claims: "gcs=G100 (denied)".
func saidWords(list []consent.Said, n int) string {
	if len(list) == 0 {
		return "nothing"
	}
	var words []string
	for _, s := range list {
		words = append(words, saidWord(s))
	}
	return some(words, n)
}

// maxValue is how much of a value a line shows: a whole TC string may have two thousand characters.
const maxValue = 60

func saidWord(s consent.Said) string {
	word := s.Name
	if s.Value != "" {
		word += "=" + s.Value[:min(len(s.Value), maxValue)]
		if len(s.Value) > maxValue {
			word += "…"
		}
	}
	var told []string
	switch {
	case s.Text != "" && s.Value == "":
		told = append(told, s.Text)
	case s.Says != "unknown":
		told = append(told, s.Says)
	}
	if s.Why != "" && s.Why != s.Text {
		told = append(told, s.Why)
	}
	if len(told) == 0 {
		return word
	}
	return word + " (" + strings.Join(told, "; ") + ")"
}

func sentWords(cs []rule.Class) string {
	if len(cs) == 0 {
		return "nothing that identifies"
	}
	return joinWith(cs, manyOf, ", ")
}

// Asked is the dialog as it was met: facts, no judgement of it.
type Asked struct {
	Page         string   `json:"page,omitempty"` // address of a page that shows it
	Text         string   `json:"text,omitempty"`
	Shot         string   `json:"shot,omitempty" redact:"-"` // SHA-256 of a picture of that page
	ShotPage     string   `json:"shot_page,omitempty" redact:"-"`
	AcceptClicks int      `json:"accept_clicks,omitempty"` // fewest that consent took; 0: not known
	RefuseClicks int      `json:"refuse_clicks,omitempty"` // fewest that refusal took; 0: not known
	Ticked       []string `json:"ticked,omitempty"`        // what was on before anything was pressed
}

// asked gathers what the pages of a run say about the dialog; nil if none was seen.
func asked(pages []Page) *Asked {
	var a *Asked
	for _, p := range pages {
		d := p.Dialog
		if d == nil || !d.Seen {
			continue
		}
		if a == nil {
			a = &Asked{Page: p.URL}
		}
		if a.Text == "" {
			a.Text = d.Text
		}
		if a.Shot == "" && d.Action == "" && p.Shot != "" { // where something was pressed the dialog has gone
			a.Shot, a.ShotPage = p.Shot, p.ID
		}
		switch d.Action {
		case crawler.Accepted:
			a.AcceptClicks = fewer(a.AcceptClicks, d.Clicks)
		case crawler.Rejected:
			a.RefuseClicks = fewer(a.RefuseClicks, d.Clicks)
		}
		for _, t := range d.Ticked {
			if !slices.Contains(a.Ticked, t) {
				a.Ticked = append(a.Ticked, t)
			}
		}
	}
	return a
}

// fewer is the smaller of two counts, of which 0 is not known.
func fewer(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// Layers says on which layer of the dialog a choice can be made: each layer takes a click.
func (a *Asked) Layers() string {
	if a.AcceptClicks == 0 && a.RefuseClicks == 0 {
		return ""
	}
	word := func(n int) string {
		switch n {
		case 0:
			return "not known"
		case 1:
			return "1 click, on the first layer"
		}
		return plural(n, "click") + ", on layer " + itoa(n)
	}
	return "To accept: " + word(a.AcceptClicks) + ". To refuse: " + word(a.RefuseClicks) + "."
}
