// Package history holds the report of a run against those before it and tells what is new, gone or changed: recipients,
// flows, contradictions about consent, security headers. Each kind of page and consent state is held against the last run that saw
// it, so that what one run did not see is no change of the site. It keeps changes of the site apart from those that tagscan's
// own catalog and rules may have made. It keeps no runs: that is for the command.
package history

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

// Kinds of change.
const (
	New     = "new"
	Gone    = "gone"
	Changed = "changed"
)

// Diff tells what differs in cur from old.
func Diff(old, cur *report.Model) *report.Changes { return Since([]*report.Model{old}, cur) }

// Since tells what differs in cur from the runs before it, the oldest first; there must be one.
func Since(before []*report.Model, cur *report.Model) *report.Changes {
	d := newDiffer(before, cur)
	d.tool()
	d.flows()
	d.recipients()
	d.standing()
	d.contradictions()
	d.scripts()
	d.cookies()
	d.tellUnsure()
	for _, list := range [][]report.Change{d.c.Site, d.c.Tool, d.c.Unsure, d.c.Also} {
		slices.SortStableFunc(list, worse)
	}
	d.c.Site = underRecipients(d.c.Site)
	d.c.Summary = summary(d.c)
	return d.c
}

// differ is one comparison in progress.
type differ struct {
	runs   []*report.Model // before cur, the oldest first
	sights []*policy.Sight // how far each of them could see
	old    *report.Model   // the last of them that saw anything
	cur    *report.Model
	sight  *policy.Sight
	stood  *policy.Standing // how the site stood when each part of it was seen last
	c      *report.Changes

	retooled bool              // tagscan's catalog or rules differ between the runs
	held     map[string][2]int // flows of a recipient that could not be compared: that are there now, and that were
	heldFlow map[string]report.Flow
}

func newDiffer(before []*report.Model, cur *report.Model) *differ {
	d := &differ{runs: before, cur: cur, sight: sightOf(cur), old: before[len(before)-1], stood: &policy.Standing{},
		held: map[string][2]int{}, heldFlow: map[string]report.Flow{}}
	asIs := func(s string) string { return s }
	for _, m := range before {
		s := sightOf(m)
		d.sights = append(d.sights, s)
		d.stood = m.Standing.Keep(d.stood, s, asIs)
		if s.Any() {
			d.old = m
		}
	}
	d.c = &report.Changes{Since: d.old.Run.ID, At: d.old.Run.Started, Site: []report.Change{}}
	return d
}

func sightOf(m *report.Model) *policy.Sight { return policy.SightOf(m.Input().Pages, m.Verdict.Gaps) }

// saw reports whether a run saw a kind of page completely in a consent state; in any, where nobody knows whose visit it was.
func saw(s *policy.Sight, route string, c crawler.Consent) bool {
	if s.Saw(route, c) {
		return true
	}
	if c != "" && c != crawler.Unknown {
		return false
	}
	return slices.ContainsFunc(states, func(c crawler.Consent) bool { return s.Saw(route, c) })
}

// states are those of visits, without and with a choice.
var states = []crawler.Consent{"", crawler.Unasked, crawler.Rejected, crawler.Accepted, crawler.Withdrawn, crawler.GPC, crawler.Unknown}

// memory is how many of the runs that saw a kind of page last are asked what was there: what comes and goes is missing in one.
const memory = 2

// lastSeen are the runs that saw a kind of page last, the latest first, without those that were blind to the recipient.
func (d *differ) lastSeen(route string, c crawler.Consent, recipient string) []int {
	var out []int
	for i := len(d.runs) - 1; i >= 0 && len(out) < memory; i-- {
		if saw(d.sights[i], route, c) && !d.sights[i].BlindTo(recipient) {
			out = append(out, i)
		}
	}
	return out
}

// lookedFor reports whether it could have been met before what is met now on some kind of page in a consent state: one of the runs saw
// such a page, or there was none though a run saw all that there was.
func (d *differ) lookedFor(routes []string, c crawler.Consent, recipient string) bool {
	return slices.ContainsFunc(routes, func(route string) bool {
		if len(d.lastSeen(route, c, recipient)) > 0 {
			return true
		}
		asked := slices.ContainsFunc(d.runs, func(m *report.Model) bool {
			return slices.ContainsFunc(m.Pages, func(p report.Page) bool { return p.Route == route })
		})
		return !asked && d.wholeBefore(c)
	})
}

// wholeBefore reports whether the last run that saw anything saw all that it was to see, in the consent state.
func (d *differ) wholeBefore(c crawler.Consent) bool {
	whole := !slices.ContainsFunc(d.old.Verdict.Gaps, func(g policy.Gap) bool { return g.Incomplete })
	return whole && slices.ContainsFunc(d.old.Pages, func(p report.Page) bool {
		return p.Outcome == crawler.Complete && (p.Consent == c || c == "" || c == crawler.Unknown)
	})
}

// worse puts new before changed before gone, and the grave first.
func worse(a, b report.Change) int {
	kinds := []string{New, Changed, Gone}
	whats := []string{"tagscan", "recipient", "flow", "consent", "contradiction", "header", "script", "cookie"}
	return cmp.Or(
		cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
		cmp.Compare(slices.Index(whats, a.What), slices.Index(whats, b.What)),
		cmp.Compare(b.Severity, a.Severity),
		strings.Compare(a.Text, b.Text), strings.Compare(a.ID, b.ID),
	)
}

// underRecipients puts what is new about a recipient that is new itself, or gone with one that is gone, below it.
func underRecipients(sorted []report.Change) []report.Change {
	out := make([]report.Change, 0, len(sorted))
	under := map[[2]string]bool{}
	for _, c := range sorted {
		if c.What == "recipient" {
			under[[2]string{c.Kind, c.ID}] = true
		}
	}
	for _, c := range sorted {
		if c.What == "flow" && under[[2]string{c.Kind, c.Of}] {
			continue
		}
		out = append(out, c)
		if c.What != "recipient" {
			continue
		}
		for _, f := range sorted {
			if f.What == "flow" && f.Kind == c.Kind && f.Of == c.ID {
				f.Under = true
				out = append(out, f)
			}
		}
	}
	return out
}

func (d *differ) site(kind, what, id string, sev rule.Severity, format string, args ...any) {
	d.c.Site = append(d.c.Site, report.Change{Kind: kind, What: what, ID: id, Severity: sev, Text: fmt.Sprintf(format, args...)})
}

func (d *differ) also(kind, what, id string, sev rule.Severity, format string, args ...any) {
	d.c.Also = append(d.c.Also, report.Change{Kind: kind, What: what, ID: id, Severity: sev, Text: fmt.Sprintf(format, args...)})
}

func (d *differ) unsure(kind, what, id string, sev rule.Severity, format string, args ...any) {
	d.c.Unsure = append(d.c.Unsure, report.Change{Kind: kind, What: what, ID: id, Severity: sev, Text: fmt.Sprintf(format, args...)})
}

// tool notes that tagscan itself changed between the runs.
func (d *differ) tool() {
	for _, v := range []struct{ name, old, cur string }{
		{"tagscan", d.old.Made.Tool, d.cur.Made.Tool}, {"the catalog of vendors", d.old.Made.Catalog, d.cur.Made.Catalog},
		{"rules and decoders", d.old.Made.Rules, d.cur.Made.Rules},
	} {
		if v.old != v.cur {
			d.retooled = true
			text := v.name + " changed from " + or(v.old, "unknown") + " to " + or(v.cur, "unknown")
			d.c.Tool = append(d.c.Tool, report.Change{Kind: Changed, What: "tagscan", ID: v.name, Text: text})
		}
	}
}

func or(s, or string) string {
	if s == "" {
		return or
	}
	return s
}

// recent are the runs that a recipient is looked for in: the last that saw anything, and those after it and right before.
func (d *differ) recent() []*report.Model {
	var out []*report.Model
	n := 0
	for i := len(d.runs) - 1; i >= 0 && n < memory; i-- {
		out = append(out, d.runs[i])
		if d.sights[i].Any() {
			n++
		}
	}
	return out
}

// recipients compares by hosts as well as by ids: the same hosts under another name is the catalog's doing, not the site's. It comes
// after the flows, which say more.
func (d *differ) recipients() {
	for _, e := range d.cur.Recipients {
		id := e.Recipient.ID
		if slices.ContainsFunc(d.recent(), func(m *report.Model) bool { return has(m, id) }) {
			continue
		}
		prev := sharesHost(d.old, e)
		flows := slices.ContainsFunc(d.c.Site, func(c report.Change) bool { return c.What == "flow" && c.Of == id })
		switch {
		case prev != "":
			d.c.Tool = append(d.c.Tool, report.Change{Kind: Changed, What: "recipient", ID: id, Severity: e.Severity,
				Text: prev + " is now known as " + e.Recipient.Name})
		case flows:
			d.site(New, "recipient", id, e.Severity, "%s receives requests%s", named(e), what(e))
		case d.held[id] != [2]int{}: // its flows are told so
		case !d.couldHaveCalled(id):
			d.unsure(New, "recipient", id, e.Severity, "%s receives requests", named(e))
		case passing(&d.cur.Standing, id):
			d.also(New, "recipient", id, e.Severity, "%s receives requests: it comes and goes, and is sent nothing that identifies", named(e))
		default:
			d.site(New, "recipient", id, e.Severity, "%s receives requests%s", named(e), what(e))
		}
	}
}

func has(m *report.Model, id string) bool {
	return slices.ContainsFunc(m.Recipients, func(e report.Exposure) bool { return e.Recipient.ID == id })
}

// couldHaveCalled reports whether a recipient would have been met before where it is now.
func (d *differ) couldHaveCalled(id string) bool {
	for _, v := range d.cur.Standing.Vendors {
		if v.ID != id {
			continue
		}
		return slices.ContainsFunc(v.Consent, func(c string) bool { return d.lookedFor(v.On, crawler.Consent(c), id) })
	}
	return true
}

func passing(s *policy.Standing, id string) bool {
	return slices.ContainsFunc(s.Vendors, func(v policy.Vendor) bool { return v.ID == id && v.Passing })
}

func named(e report.Exposure) string {
	s := e.Recipient.Name
	if e.Recipient.Owner != "" && e.Recipient.Owner != s {
		s += " (" + e.Recipient.Owner + ")"
	}
	return s
}

func what(e report.Exposure) string {
	var ws []string
	for _, s := range e.Sent {
		ws = append(ws, strings.ToLower(s.Title))
	}
	if len(ws) == 0 {
		return ""
	}
	return " with " + strings.Join(ws, ", ")
}

// sharesHost returns the name of the recipient in m that had a host of e, if it had another id.
func sharesHost(m *report.Model, e report.Exposure) string {
	for _, x := range m.Recipients {
		if x.Recipient.ID == e.Recipient.ID {
			continue
		}
		for _, h := range x.Hosts {
			if slices.Contains(e.Hosts, h) && !slices.Contains(e.Hosts, e.Recipient.Via) {
				return x.Recipient.Name
			}
		}
	}
	return ""
}

// standing tells what of the site is not as it was beside its flows: the same news that a baseline tells.
func (d *differ) standing() {
	told := map[string]bool{}
	for _, n := range d.cur.Standing.Since(d.stood, d.sight) {
		switch n.Kind {
		case policy.NewsGone:
			told[n.Recipient] = true
			if d.renamedTo(n.Recipient) == "" {
				d.site(Gone, "recipient", n.Recipient, n.Severity, "%s", n.Text)
			}
		case policy.NewsMoved, policy.NewsDirect:
			d.site(Changed, "recipient", n.Recipient, n.Severity, "%s", n.Text)
		case policy.NewsHeader:
			d.site(Changed, "header", n.ID, n.Severity, "%s", n.Text)
		default:
			d.site(Changed, "consent", n.ID, n.Severity, "%s", n.Text)
		}
	}
	for _, e := range d.old.Recipients {
		id := e.Recipient.ID
		switch {
		case told[id] || has(d.cur, id) || sharesHost(d.cur, e) != "" || d.held[id] != [2]int{}:
		case passing(d.stood, id) || passing(&d.old.Standing, id):
			d.also(Gone, "recipient", id, rule.Info, "%s was not met: it comes and goes", named(e))
		default:
			d.unsure(Gone, "recipient", id, e.Severity, "%s was not met", named(e))
		}
	}
}

// renamedTo is the name under which a recipient of the last run is known now, if it has another; "" if not.
func (d *differ) renamedTo(id string) string {
	for _, e := range d.old.Recipients {
		if e.Recipient.ID == id {
			return sharesHost(d.cur, e)
		}
	}
	return ""
}

// contradictions compares what contradicts the visitor's choice, a line for each kind, recipient and state.
func (d *differ) contradictions() {
	same := func(a report.Contradiction) func(report.Contradiction) bool {
		return func(b report.Contradiction) bool {
			return a.ID == b.ID && a.Recipient == b.Recipient && a.Consent == b.Consent
		}
	}
	in := func(m *report.Model, c report.Contradiction) bool {
		return slices.ContainsFunc(m.Consent.Contradictions, same(c))
	}
	id := func(c report.Contradiction) string {
		return strings.Join([]string{string(c.ID), c.Recipient, string(c.Consent)}, " ")
	}
	text := func(c report.Contradiction) string { return c.Sentence + " (" + c.Where() + ")" }
	for _, c := range d.cur.Consent.Contradictions {
		switch before := d.lastIn(c.Consent, c.Recipient); {
		case slices.ContainsFunc(before, func(m *report.Model) bool { return in(m, c) }):
		case len(before) == 0:
			d.unsure(New, "contradiction", id(c), c.Severity, "%s", text(c))
		default:
			d.site(New, "contradiction", id(c), c.Severity, "%s", text(c))
		}
	}
	for _, c := range d.old.Consent.Contradictions {
		before := d.lastIn(c.Consent, c.Recipient)
		switch {
		case in(d.cur, c):
		case !d.sight.State(c.Consent) || d.sight.BlindTo(c.Recipient):
			d.unsure(Gone, "contradiction", id(c), rule.Info, "%s", text(c))
		case slices.ContainsFunc(before, func(m *report.Model) bool { return !in(m, c) }):
			d.also(Gone, "contradiction", id(c), rule.Info, "%s", text(c))
		default:
			d.site(Gone, "contradiction", id(c), rule.Info, "%s", text(c))
		}
	}
}

// lastIn are the runs that saw a consent state last, the latest first, without those that were blind to the recipient.
func (d *differ) lastIn(c crawler.Consent, recipient string) (out []*report.Model) {
	for i := len(d.runs) - 1; i >= 0 && len(out) < memory; i-- {
		if d.sights[i].State(c) && !d.sights[i].BlindTo(recipient) {
			out = append(out, d.runs[i])
		}
	}
	return out
}
