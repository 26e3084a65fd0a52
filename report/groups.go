package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// Party is the flows to one recipient that a reader is told of together.
type Party struct {
	Recipient string // id
	Name      string
	Severity  rule.Severity // of the worst flow
	Flows     []Flow        // as they come: the worst first
}

// parties gathers flows by recipient; the order is that of each one's worst flow.
func parties(flows []Flow) []*Party {
	by := map[string]*Party{}
	var out []*Party
	for _, f := range flows {
		p := by[f.Recipient]
		if p == nil {
			p = &Party{Recipient: f.Recipient, Name: f.Name, Severity: f.Severity}
			by[f.Recipient] = p
			out = append(out, p)
		}
		p.Flows = append(p.Flows, f)
	}
	return out
}

// third are the flows to third parties.
func (m *Model) third() []Flow {
	return slices.DeleteFunc(slices.Clone(m.Flows), func(f Flow) bool { return f.Recipient == recipient.FirstParty })
}

// Failing are the flows that fail the run, by recipient.
func (m *Model) Failing() []*Party {
	return parties(slices.DeleteFunc(slices.Clone(m.Flows), func(f Flow) bool { return !f.Verdict.Fails }))
}

// Unstable are the flows that do not fail the run only because fresh visitors mostly did not see them again.
func (m *Model) Unstable() []Flow {
	return slices.DeleteFunc(slices.Clone(m.Flows), func(f Flow) bool { return !f.Verdict.Unstable() })
}

// Others are the other flows to third parties, which do not fail the run, by recipient.
func (m *Model) Others() []*Party {
	return parties(slices.DeleteFunc(m.third(), func(f Flow) bool { return f.Verdict.Fails || f.Verdict.Unstable() }))
}

// Why tells in one clause why flows fail that are told together: the decisions among them.
func (p *Party) Why() string {
	var out []string
	for _, f := range p.Flows {
		why := "new: nobody agreed to it"
		switch v := f.Verdict; {
		case v.Rule == policy.NewPlace:
			why = "accepted, and now in a new place" + lineOf(v)
		case v.Decision == policy.Forbidden:
			why = "forbidden by " + v.Rule + lineOf(v)
		case v.Decision == policy.Ignored:
			why = "accepted, and everything fails this policy"
		}
		if !slices.Contains(out, why) {
			out = append(out, why)
		}
	}
	return strings.Join(out, "; ")
}

// Way is a way to let failing flows pass: a line, and where it belongs.
type Way struct {
	Under string // allow, ignore: the list of the policy; run: a command
	Line  string // "- {recipient: mixpanel, class: [contact.email], consent: accepted}"
}

// String is the line with where it belongs: "allow: - {…}".
func (w Way) String() string { return w.Under + ": " + w.Line }

// Ways are the lines that would let the failing flows pass, and no others: rules under "allow" for what is new, entries
// under "ignore" for what a rule forbids and for what no contract makes right. What is new only in its place is for the
// baseline.
func (p *Party) Ways() []Way {
	type state struct {
		consent crawler.Consent
		form    detect.Form
	}
	classes := map[state][]string{}
	var order []state
	var tolerate, moved []string
	for _, f := range p.Flows {
		switch {
		case f.Verdict.Rule == policy.NewPlace:
			moved = append(moved, short(f.Fingerprint))
		case f.Verdict.Decision == policy.Forbidden && f.Verdict.Rule != "default", isNever(f.Class):
			tolerate = append(tolerate, short(f.Fingerprint))
		default:
			k := state{f.Consent, f.Form}
			if k.form != detect.Clear && p.clear(f) {
				continue // who agrees to the clear text agrees to less
			}
			if classes[k] == nil {
				order = append(order, k)
			}
			classes[k] = append(classes[k], string(f.Class))
		}
	}
	slices.SortFunc(order, func(a, b state) int {
		return cmp.Or(cmp.Compare(slices.Index(stateOrder, a.consent), slices.Index(stateOrder, b.consent)), cmp.Compare(a.form, b.form))
	})
	var out []Way
	for _, k := range order {
		form := ""
		if k.form != detect.Clear && k.form != "" {
			form = ", form: " + string(k.form)
		}
		slices.Sort(classes[k])
		out = append(out, Way{"allow", fmt.Sprintf("- {recipient: %s, class: [%s], consent: %s%s}", quoteYAML(p.Recipient),
			strings.Join(classes[k], ", "), cmp.Or(k.consent, crawler.Unknown), form)})
	}
	if len(tolerate) > 0 {
		out = append(out, Way{"ignore", "- {fingerprint: [" + strings.Join(quoted(tolerate), ", ") + "], reason: WHY, until: YYYY-MM-DD}"})
	}
	if len(moved) > 0 {
		out = append(out, Way{"run", "tagscan accept RUN --reason WHY " + strings.Join(moved, " ")})
	}
	return out
}

// clear reports whether a rule is shown that allows the class in clear in the state of a flow.
func (p *Party) clear(f Flow) bool {
	return slices.ContainsFunc(p.Flows, func(o Flow) bool {
		ruled := o.Verdict.Rule != policy.NewPlace && (o.Verdict.Decision != policy.Forbidden || o.Verdict.Rule == "default")
		return ruled && o.Form == detect.Clear && o.Class == f.Class && o.Consent == f.Consent
	})
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = quoteYAML(s)
	}
	return out
}

// Stop is what ends the flows at their source: the vendor's settings.
func (p *Party) Stop() []string {
	var out []string
	for _, f := range p.Flows {
		if f.Do != "" && !slices.Contains(out, f.Do) {
			out = append(out, f.Do)
		}
	}
	return out
}

// fieldName is a field with the part of the request it stands in: "query.em", "body.user.id".
func (e Evidence) fieldName() string {
	if strings.HasPrefix(e.Field, string(e.Where)) || e.Field == "" {
		return e.Field
	}
	return string(e.Where) + " " + e.Field
}

// line tells one sight: "body.user.email = j***@e***.org (base64 › json), sent by app.js".
func (e Evidence) line(reveal bool) string {
	s := e.fieldName() + " = " + e.shown(reveal)
	if len(e.Chain) > 0 {
		s += " (" + strings.Join(e.Chain, " › ") + ")"
	}
	if by := sentBy(e); by != "" {
		s += ", sent by " + by
	}
	return s
}

// brief is line with the nearest hand alone: what loaded it is in the other formats.
func (e Evidence) brief(reveal bool) string {
	e.Via = e.Via[:min(1, len(e.Via))]
	return e.line(reveal)
}
