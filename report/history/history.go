// Package history holds the reports of two runs against each other and tells what is new, gone or changed: recipients,
// flows, scripts, cookies, consent. It keeps changes of the site apart from those that tagscan's own catalog and rules may
// have made, and never calls gone what was not looked for well enough. It keeps no runs: that is for the command.
package history

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/recipient"
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
func Diff(old, cur *report.Model) *report.Changes {
	d := &differ{old: old, cur: cur, c: &report.Changes{Since: old.Run.ID, At: old.Run.Started, Site: []report.Change{}}}
	d.seen = map[place]bool{}
	for _, p := range cur.Pages {
		if p.Outcome == crawler.Complete {
			d.seen[place{p.Route, p.Consent}] = true
		}
	}
	d.asked = map[place]bool{}
	for _, p := range old.Pages {
		d.asked[place{p.Route, p.Consent}] = true
	}
	d.tool()
	d.recipients()
	d.flows()
	d.scripts()
	d.cookies()
	d.consent()
	for _, list := range [][]report.Change{d.c.Site, d.c.Tool, d.c.Unsure, d.c.Also} {
		slices.SortStableFunc(list, worse)
	}
	d.c.Site = underRecipients(d.c.Site)
	d.c.Summary = summary(d.c)
	return d.c
}

type place struct {
	route   string
	consent crawler.Consent
}

type differ struct {
	old, cur *report.Model
	c        *report.Changes
	seen     map[place]bool // kinds of page and states that were seen completely this time
	asked    map[place]bool // those that were visited last time
	retooled bool           // tagscan's catalog or rules differ between the runs
}

// worse puts new before changed before gone, and the grave first.
func worse(a, b report.Change) int {
	kinds := []string{New, Changed, Gone}
	whats := []string{"tagscan", "recipient", "flow", "consent", "script", "cookie"}
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

func (d *differ) unsure(what, id string, sev rule.Severity, format string, args ...any) {
	d.c.Unsure = append(d.c.Unsure, report.Change{Kind: Gone, What: what, ID: id, Severity: sev, Text: fmt.Sprintf(format, args...)})
}

// tool notes that tagscan itself changed between the runs.
func (d *differ) tool() {
	for _, v := range []struct{ name, old, cur string }{
		{"tagscan", d.old.Made.Tool, d.cur.Made.Tool}, {"the catalog of vendors", d.old.Made.Catalog, d.cur.Made.Catalog},
		{"rules and decoders", d.old.Made.Rules, d.cur.Made.Rules},
	} {
		if v.old != v.cur {
			d.retooled = true
			d.c.Tool = append(d.c.Tool, report.Change{Kind: Changed, What: "tagscan", ID: v.name, Text: v.name + " changed from " + or(v.old, "unknown") + " to " + or(v.cur, "unknown")})
		}
	}
}

func or(s, or string) string {
	if s == "" {
		return or
	}
	return s
}

// recipients compares by hosts as well as by ids: the same hosts under another name is the catalog's doing, not the site's.
func (d *differ) recipients() {
	was, is := byID(d.old), byID(d.cur)
	for _, e := range d.cur.Recipients {
		id := e.Recipient.ID
		if o, ok := was[id]; ok {
			d.moved(o, e)
			continue
		}
		if prev := sharesHost(d.old, e); prev != "" {
			d.c.Tool = append(d.c.Tool, report.Change{Kind: Changed, What: "recipient", ID: id, Severity: e.Severity,
				Text: prev + " is now known as " + e.Recipient.Name})
			continue
		}
		d.site(New, "recipient", id, e.Severity, "%s receives requests%s", named(e), what(e))
	}
	for _, e := range d.old.Recipients {
		id := e.Recipient.ID
		if _, ok := is[id]; ok || sharesHost(d.cur, e) != "" {
			continue
		}
		if d.covered(flowsOf(d.old, id)) {
			d.site(Gone, "recipient", id, e.Severity, "%s receives nothing any more", named(e))
		} else {
			d.unsure("recipient", id, e.Severity, "%s was not seen", named(e))
		}
	}
}

// moved tells of a recipient that is reached behind a host of the site's own now, where blockers and readers of the
// requests do not see it, or no longer.
func (d *differ) moved(was, is report.Exposure) {
	switch id := is.Recipient.ID; {
	case was.Recipient.Via == "" && is.Recipient.Via != "":
		d.site(Changed, "recipient", id, max(is.Severity, rule.Medium), "%s is reached only through the site's own host %s now", named(is), is.Recipient.Via)
	case was.Recipient.Via != "" && is.Recipient.Via == "":
		d.site(Changed, "recipient", id, rule.Info, "%s is reached directly, not only through %s", named(is), was.Recipient.Via)
	}
}

func byID(m *report.Model) map[string]report.Exposure {
	out := map[string]report.Exposure{}
	for _, e := range m.Recipients {
		out[e.Recipient.ID] = e
	}
	return out
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
			if slices.Contains(e.Hosts, h) {
				return x.Recipient.Name
			}
		}
	}
	return ""
}

func flowsOf(m *report.Model, id string) []report.Flow {
	var out []report.Flow
	for _, f := range m.Flows {
		if f.Recipient == id {
			out = append(out, f)
		}
	}
	return out
}

// covered reports whether what is missing can be called gone: every kind of page and state it was seen in was seen
// completely this time. What had no flows is held against all places of the last run.
func (d *differ) covered(flows []report.Flow) bool {
	for _, f := range flows {
		if !d.saw(f) {
			return false
		}
	}
	if len(flows) == 0 {
		for p := range d.asked {
			if !d.seen[p] {
				return false
			}
		}
	}
	return true
}

// saw reports whether every kind of page that a flow was seen on was seen completely this time, in its consent state.
func (d *differ) saw(f report.Flow) bool {
	for _, r := range f.Routes() {
		if !d.seen[place{r, f.Consent}] {
			return false
		}
	}
	return true
}

// lookedFor reports whether the last run visited a kind of page that the flow is seen on now.
func (d *differ) lookedFor(f report.Flow) bool {
	return slices.ContainsFunc(f.Routes(), func(r string) bool { return d.asked[place{r, f.Consent}] })
}

// flows compares flows by their fingerprints, which are of recipient, class, consent state and form.
func (d *differ) flows() {
	was, is := map[string]report.Flow{}, map[string]report.Flow{}
	for _, f := range d.old.Flows {
		was[f.Fingerprint] = f
	}
	for _, f := range d.cur.Flows {
		is[f.Fingerprint] = f
	}
	for _, f := range d.cur.Flows {
		if f.Recipient == recipient.FirstParty || d.renamed(f, d.old) {
			continue
		}
		o, ok := was[f.Fingerprint]
		switch {
		case !ok && d.lookedFor(f) && d.retooled && d.requested(d.old, f):
			// The recipient was told the same before for all that can be seen: the new rules may only know better now.
			d.c.Tool = append(d.c.Tool, change(New, f, tell(f)+" (may have been so before: rules or catalog changed)"))
		case !ok:
			d.c.Site = append(d.c.Site, change(New, f, tell(f)))
		default:
			d.changedFlow(o, f)
		}
	}
	for _, f := range d.old.Flows {
		if _, ok := is[f.Fingerprint]; ok || f.Recipient == recipient.FirstParty || d.renamed(f, d.cur) {
			continue
		}
		switch {
		case !d.saw(f):
			d.c.Unsure = append(d.c.Unsure, change(Gone, f, tell(f)))
		case d.retooled && d.requested(d.cur, f):
			d.c.Tool = append(d.c.Tool, change(Gone, f, tell(f)+" (may still be so: rules or catalog changed)"))
		default:
			d.c.Site = append(d.c.Site, change(Gone, f, tell(f)))
		}
	}
}

// change is a difference in a flow.
func change(kind string, f report.Flow, text string) report.Change {
	return report.Change{Kind: kind, What: "flow", ID: f.Fingerprint, Of: f.Recipient, Severity: f.Severity, Text: text}
}

// renamed reports whether the recipient of a flow exists in the other run under another id.
func (d *differ) renamed(f report.Flow, other *report.Model) bool {
	mine := d.cur
	if other == d.cur {
		mine = d.old
	}
	for _, e := range mine.Recipients {
		if e.Recipient.ID == f.Recipient {
			_, same := byID(other)[f.Recipient]
			return !same && sharesHost(other, e) != ""
		}
	}
	return false
}

// requested reports whether a run sent requests to the recipient of a flow in its consent state.
func (d *differ) requested(m *report.Model, f report.Flow) bool {
	for _, e := range m.Recipients {
		if e.Recipient.ID == f.Recipient {
			return slices.Contains(e.Consents, f.Consent) || f.Consent == ""
		}
	}
	return false
}

// changedFlow tells what is different about a flow that was there before. That it is worse is a change of the site; on which
// further kinds of page it is, is told apart: a page that was not visited before is no news about a vendor.
func (d *differ) changedFlow(o, f report.Flow) {
	if o.Severity != f.Severity {
		ch := change(Changed, f, tell(f)+": severity "+o.Severity.String()+" became "+f.Severity.String())
		switch {
		case d.retooled:
			d.c.Tool = append(d.c.Tool, ch)
		case f.Severity > o.Severity:
			d.c.Site = append(d.c.Site, ch)
		default:
			d.c.Also = append(d.c.Also, ch)
		}
	}
	var also []string
	for _, r := range minus(f.Routes(), o.Routes()) {
		also = append(also, label(r))
	}
	if len(also) > 0 {
		d.c.Also = append(d.c.Also, change(Changed, f, tell(f)+": also on "+few(also)))
	}
}

func minus(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// tell is a flow in a line: what, to whom, in which state, on which kinds of page.
func tell(f report.Flow) string {
	s := f.What() + " to " + f.Name
	if f.Consent != "" {
		s += " (" + string(f.Consent) + ")"
	}
	var on []string
	for _, r := range f.Routes() {
		on = append(on, label(r))
	}
	return s + " on " + few(on)
}

// few lists at most three and counts the rest.
func few(list []string) string {
	if len(list) <= 3 {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:3], ", "), len(list)-3)
}

// label is the path of a kind of page.
func label(route string) string {
	if _, rest, ok := strings.Cut(route, "://"); ok {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			return rest[i:]
		}
	}
	return or(route, "(page unknown)")
}
