package history

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

// flows compares flows by their fingerprints, which are of recipient, class, consent state and form.
func (d *differ) flows() {
	is := byPrint(d.cur)
	was := make([]map[string]report.Flow, len(d.runs))
	for i, m := range d.runs {
		was[i] = byPrint(m)
	}
	for _, f := range d.cur.Flows {
		if f.Recipient == recipient.FirstParty || d.renamed(f, d.old) {
			continue
		}
		o, known := d.before(f, was)
		switch {
		case known:
			d.changedFlow(o, f)
		case !d.lookedFor(f.Routes(), f.Consent, f.Recipient):
			d.hold(New, f)
		case d.retooled && requested(d.old, f):
			// The recipient was told the same before for all that can be seen: the new rules may only know better now.
			d.c.Tool = append(d.c.Tool, change(New, f, tell(f)+" (may have been so before: rules or catalog changed)"))
		case !solid(f):
			d.c.Also = append(d.c.Also, change(New, f, tell(f)+": only a guess"))
		default:
			d.c.Site = append(d.c.Site, change(New, f, tell(f)))
		}
	}
	told := map[string]bool{}
	for i := len(d.runs) - 1; i >= 0; i-- {
		for _, f := range d.runs[i].Flows {
			if _, ok := is[f.Fingerprint]; ok || told[f.Fingerprint] || f.Recipient == recipient.FirstParty || d.renamed(f, d.cur) {
				continue
			}
			told[f.Fingerprint] = d.missing(f, i, was)
		}
	}
}

// solid reports whether a flow is more than a guess: who receives it, and that it identifies somebody.
func solid(f report.Flow) bool { return !f.Weak && f.Confidence != detect.Possible }

func byPrint(m *report.Model) map[string]report.Flow {
	out := map[string]report.Flow{}
	for _, f := range m.Flows {
		out[f.Fingerprint] = f
	}
	return out
}

// before is a flow as it was before: in one of the runs that saw its kinds of page last, or in the last of all.
func (d *differ) before(f report.Flow, was []map[string]report.Flow) (report.Flow, bool) {
	runs := []int{len(was) - 1}
	for _, r := range f.Routes() {
		runs = append(runs, d.lastSeen(r, f.Consent, "")...)
	}
	slices.Sort(runs)
	for _, i := range slices.Backward(slices.Compact(runs)) {
		if o, ok := was[i][f.Fingerprint]; ok {
			return o, true
		}
	}
	return report.Flow{}, false
}

// missing tells of a flow of run i that is not there now, and reports whether it was told: not if a later run saw already that it is gone.
func (d *differ) missing(f report.Flow, i int, was []map[string]report.Flow) bool {
	standing, seen, steady := 0, true, true
	for _, r := range f.Routes() {
		last := d.lastSeen(r, f.Consent, "")
		if len(last) > 0 && last[0] > i {
			continue // a later run saw the page without it, or with it
		}
		standing++
		seen = seen && saw(d.sight, r, f.Consent) && !d.sight.BlindTo(f.Recipient)
		for _, k := range last {
			_, ok := was[k][f.Fingerprint]
			steady = steady && ok
		}
	}
	switch {
	case standing == 0:
		return false
	case !seen:
		d.hold(Gone, f)
	case !steady || !solid(f) || passing(d.stood, f.Recipient):
		d.c.Also = append(d.c.Also, change(Gone, f, tell(f)+": it comes and goes"))
	case d.retooled && requested(d.cur, f):
		d.c.Tool = append(d.c.Tool, change(Gone, f, tell(f)+" (may still be so: rules or catalog changed)"))
	default:
		d.c.Site = append(d.c.Site, change(Gone, f, tell(f)))
	}
	return true
}

// hold keeps a flow that cannot be compared: there are as many as a blind run hides, so they are told by recipient.
func (d *differ) hold(kind string, f report.Flow) {
	n := d.held[f.Recipient]
	if kind == New {
		n[0]++
	} else {
		n[1]++
	}
	d.held[f.Recipient] = n
	if worst, ok := d.heldFlow[f.Recipient]; !ok || f.Severity > worst.Severity {
		d.heldFlow[f.Recipient] = f
	}
}

// tellUnsure tells of flows that could not be compared, a line for each recipient.
func (d *differ) tellUnsure() {
	for _, id := range slices.Sorted(maps.Keys(d.held)) {
		n, f := d.held[id], d.heldFlow[id]
		kind, text := New, tell(f)
		if n[0] == 0 {
			kind = Gone
		}
		var parts []string
		if n[0] > 0 {
			parts = append(parts, plural(n[0], "flow")+" that the runs before could not see")
		}
		if n[1] > 0 {
			parts = append(parts, plural(n[1], "flow")+" that could not be seen this time")
		}
		if n[0]+n[1] > 1 {
			text = f.Name + ": " + strings.Join(parts, ", and ")
		}
		c := change(kind, f, text)
		d.c.Unsure = append(d.c.Unsure, c)
	}
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
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
			return !has(other, f.Recipient) && sharesHost(other, e) != ""
		}
	}
	return false
}

// requested reports whether a run sent requests to the recipient of a flow in its consent state.
func requested(m *report.Model, f report.Flow) bool {
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
		case f.Severity > o.Severity && f.Severity >= rule.Medium:
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
