package report

import (
	"html/template"
	"strings"

	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/harmless"
)

// SentTo counts the recipients that were sent identifying data.
func (p page) SentTo() string {
	n := 0
	for _, e := range p.Recipients {
		if len(e.Sent) > 0 {
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

// Search is the text that the filter looks in.
func (f flowView) Search() string {
	return strings.Join([]string{f.Name, f.Recipient, f.Title, string(f.Class), f.Route, f.Fingerprint, strings.Join(f.Fields, " ")}, " ")
}

// LabelY is the base line of a node's label.
func (n *node) LabelY() float64 { return round(n.Y + n.H/2 + 4) }
