package report

import (
	"html/template"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/harmless"
)

// SentTo counts the recipients that were sent identifying data.
func (p page) SentTo() string {
	n := 0
	for _, e := range p.Recipients {
		if e.identified() {
			n++
		}
	}
	return num(n)
}

// Grave counts the flows of high or critical severity.
func (p page) Grave() string {
	return num(p.Totals.Severity[rule.High] + p.Totals.Severity[rule.Critical])
}

// AllFlows counts the flows to third parties.
func (p page) AllFlows() int {
	n := 0
	for _, s := range p.Totals.Severity {
		n += s
	}
	return n
}

// Who is the name of a recipient, by its id.
func (p page) Who(id string) string {
	if id == recipient.FirstParty {
		return "the site"
	}
	for _, c := range p.Contacts {
		if c.ID == id {
			return harmless.Line(c.Name)
		}
	}
	return harmless.Line(id)
}

// flowView is a flow with its place in the list.
type flowView struct {
	*Flow
	Index int
	shots map[string]template.URL
}

// Flow is the flow at a place of the list.
func (p page) Flow(i int) flowView { return flowView{&p.Flows[i], i, p.Shots} }

// Shot is the screenshot of a page, or "".
func (f flowView) Shot(page string) template.URL { return f.shots[page] }

// maxSearched is how many kinds of page and fields the filter looks in: more would make the file heavy and help nobody.
const maxSearched = 25

// Search is the text that the filter looks in.
func (f flowView) Search() string {
	routes, fields := labels(f.Routes()), f.Fields()
	return strings.Join([]string{f.Name, f.Recipient, f.Title, string(f.Class), string(f.Form), strings.Join(routes[:min(maxSearched, len(routes))], " "),
		f.Fingerprint, strings.Join(fields[:min(maxSearched, len(fields))], " ")}, " ")
}

// Mild reports whether the flow is left out on paper.
func (f flowView) Mild() bool { return f.Severity < rule.Medium && !f.Verdict.Fails }

// Mild counts the flows that are left out on paper.
func (p page) Mild() int {
	n := 0
	for i := range p.Flows {
		if p.Flow(i).Mild() {
			n++
		}
	}
	return n
}

// spot is a field that a flow was sent in, with all kinds of page on which it was.
type spot struct {
	Where               decode.Where
	Field, Sender, Host string
	Severity            rule.Severity
	Routes              []string
}

// Spots folds the places of the flow by all but the kind of page: the worst first.
func (f flowView) Spots() []spot {
	var out []spot
	for _, p := range f.Places {
		i := slices.IndexFunc(out, func(s spot) bool {
			return s.Where == p.Where && s.Field == p.Field && s.Sender == p.Sender && s.Host == p.Host && s.Severity == p.Severity
		})
		if i < 0 {
			i = len(out)
			out = append(out, spot{Where: p.Where, Field: p.Field, Sender: p.Sender, Host: p.Host, Severity: p.Severity})
		}
		if !slices.Contains(out[i].Routes, p.Route) {
			out[i].Routes = append(out[i].Routes, p.Route)
		}
	}
	return out
}

// shownSights is how many sights of a flow are shown: one is enough for what is mild, and the rest is in findings.jsonl.
const shownSights = 2

// Sights are the most telling sights, of different fields or hosts.
func (f flowView) Sights() []Evidence {
	most := shownSights
	if f.Mild() {
		most = 1
	}
	var out []Evidence
	for _, e := range f.Flow.Sights() {
		told := slices.ContainsFunc(out, func(o Evidence) bool {
			return detect.FoldPath(o.Field) == detect.FoldPath(e.Field) && o.Where == e.Where && o.Host == e.Host
		})
		if !told && len(out) < most {
			out = append(out, e)
		}
	}
	return out
}

// LabelY is the base line of a node's label.
func (n *node) LabelY() float64 { return round(n.Y + n.H/2 + 4) }
