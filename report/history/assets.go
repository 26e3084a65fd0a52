package history

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

// scripts compares scripts with a URL by their contents. Inline code has no name to compare by: what is in it shows in
// flows and hosts, and each page's inline state would only make noise.
func (d *differ) scripts() {
	was, is := byURL(d.old), byURL(d.cur)
	for _, u := range slices.Sorted(maps.Keys(is)) {
		o, ok := was[u]
		s := is[u]
		switch {
		case !ok:
			d.site(New, "script", u, scriptWeight(s), "script %s (%s)%s", u, owner(s), loadedBy(s))
		case len(minus(s.hashes, o.hashes)) > 0 && len(minus(o.hashes, s.hashes)) > 0 || len(o.hashes) < len(s.hashes):
			d.site(Changed, "script", u, scriptWeight(s), "script %s (%s): %s became %s", u, owner(s), brief(o.hashes), brief(minus(s.hashes, o.hashes)))
		case !o.pinned && s.pinned:
			d.site(Changed, "script", u, rule.Info, "script %s is pinned by integrity now", u)
		case o.pinned && !s.pinned:
			d.site(Changed, "script", u, rule.Medium, "script %s is not pinned by integrity any more", u)
		}
	}
	for _, u := range slices.Sorted(maps.Keys(was)) {
		if _, ok := is[u]; ok {
			continue
		}
		s := was[u]
		if d.routesSeen(s.routes) {
			d.site(Gone, "script", u, rule.Info, "script %s (%s)", u, owner(s))
		} else {
			d.unsure("script", u, rule.Info, "script %s (%s)", u, owner(s))
		}
	}
}

type scripts struct {
	hashes, routes []string
	owner, id, by  string
	pinned         bool
}

func byURL(m *report.Model) map[string]*scripts {
	out := map[string]*scripts{}
	for _, s := range m.Scripts {
		if s.URL == "" {
			continue
		}
		x := out[s.URL]
		if x == nil {
			x = &scripts{owner: s.OwnerName, id: s.Owner, by: s.LoadedBy, pinned: true}
			out[s.URL] = x
		}
		if !slices.Contains(x.hashes, s.SHA256) {
			x.hashes = append(x.hashes, s.SHA256)
			slices.Sort(x.hashes)
		}
		x.routes = append(x.routes, s.Routes...)
		x.pinned = x.pinned && s.Integrity != ""
	}
	return out
}

func scriptWeight(s *scripts) rule.Severity {
	if s.id == recipient.FirstParty {
		return rule.Info
	}
	return rule.Medium
}

func owner(s *scripts) string {
	if s.id == recipient.FirstParty {
		return "the site's own"
	}
	return or(s.owner, "owner unknown")
}

func loadedBy(s *scripts) string {
	if s.by == "" {
		return ""
	}
	return ", loaded by " + s.by
}

func brief(hashes []string) string {
	var out []string
	for _, h := range hashes {
		out = append(out, h[:min(len(h), 12)])
	}
	return strings.Join(out, ", ")
}

// routesSeen reports whether each of the routes had a complete visit this time.
func (d *differ) routesSeen(routes []string) bool {
	for _, r := range routes {
		if !slices.ContainsFunc(d.cur.Pages, func(p report.Page) bool { return p.Route == r && p.Outcome == crawler.Complete }) {
			return false
		}
	}
	return true
}

// Lifetimes differ from run to run by the time of day; a change is told from this factor on.
const lifetimeFactor = 1.5

func (d *differ) cookies() {
	was, is := byCookie(d.old), byCookie(d.cur)
	for _, k := range slices.Sorted(maps.Keys(is)) {
		o, ok := was[k]
		c := is[k]
		sev := rule.Low
		if c.ThirdSite || len(c.Received) > 0 {
			sev = rule.Medium
		}
		switch {
		case !ok:
			d.site(New, "cookie", k, sev, "cookie %s of %s", c.Name, c.Domain)
		case len(minus(c.Received, o.Received)) > 0:
			d.site(Changed, "cookie", k, rule.Medium, "cookie %s of %s is received by %s now", c.Name, c.Domain, strings.Join(minus(c.Received, o.Received), ", "))
		case c.Days > o.Days*lifetimeFactor && c.Days > o.Days+1, o.Days > c.Days*lifetimeFactor && o.Days > c.Days+1:
			d.site(Changed, "cookie", k, rule.Low, "cookie %s of %s lives %.0f days instead of %.0f", c.Name, c.Domain, c.Days, o.Days)
		case o.HTTPOnly && !c.HTTPOnly:
			d.site(Changed, "cookie", k, rule.Medium, "cookie %s of %s can be read by scripts now", c.Name, c.Domain)
		}
	}
	all := true
	for p := range d.asked {
		all = all && d.seen[p]
	}
	for _, k := range slices.Sorted(maps.Keys(was)) {
		c := was[k]
		if _, ok := is[k]; ok {
			continue
		}
		if all {
			d.site(Gone, "cookie", k, rule.Info, "cookie %s of %s", c.Name, c.Domain)
		} else {
			d.unsure("cookie", k, rule.Info, "cookie %s of %s", c.Name, c.Domain)
		}
	}
}

// byCookie names cookies by domain and name.
func byCookie(m *report.Model) map[string]report.Cookie {
	out := map[string]report.Cookie{}
	for _, c := range m.Cookies {
		out[c.Domain+" "+c.Name] = c
	}
	return out
}

// consent tells of recipients that are contacted in a state in which they were not before, and of states whose choice
// is verified no more.
func (d *differ) consent() {
	was := map[string]report.MatrixRow{}
	for _, r := range d.old.Consent.Rows {
		was[r.ID] = r
	}
	for _, r := range d.cur.Consent.Rows {
		o, ok := was[r.ID]
		if !ok {
			continue
		}
		for i, s := range d.cur.Consent.States {
			j := slices.IndexFunc(d.old.Consent.States, func(x report.State) bool { return x.Consent == s.Consent })
			if j < 0 || i >= len(r.Cells) || j >= len(o.Cells) {
				continue
			}
			before, now := o.Cells[j], r.Cells[i]
			switch {
			case before.Requests == 0 && now.Requests > 0:
				d.site(New, "consent", r.ID+" "+string(s.Consent), now.Severity, "%s is contacted %s, as it was not before", r.Name, stateOf(s.Consent))
			case before.Requests > 0 && now.Requests == 0 && d.stateSeen(s.Consent):
				d.site(Gone, "consent", r.ID+" "+string(s.Consent), rule.Info, "%s is not contacted %s any more", r.Name, stateOf(s.Consent))
			}
		}
	}
	for _, s := range d.cur.Consent.States {
		for _, o := range d.old.Consent.States {
			if o.Consent == s.Consent && o.Dialogs > 0 && s.Dialogs == 0 {
				d.site(Changed, "consent", "dialog "+string(s.Consent), rule.Medium, "no consent dialog was seen %s; last time it was on %d pages", stateOf(s.Consent), o.Dialogs)
			}
		}
	}
}

// stateSeen reports whether every kind of page of the last run in a state was seen completely this time.
func (d *differ) stateSeen(c crawler.Consent) bool {
	for p := range d.asked {
		if p.consent == c && !d.seen[p] {
			return false
		}
	}
	return true
}

func stateOf(c crawler.Consent) string {
	switch c {
	case crawler.Rejected:
		return "after refusal"
	case crawler.Accepted:
		return "after consent"
	case crawler.Withdrawn:
		return "after withdrawal"
	case crawler.GPC:
		return "with Global Privacy Control"
	case crawler.Unknown:
		return "in an unknown state of consent"
	}
	return "before any choice"
}

// summary counts the changes of the site: "1 recipient and 2 flows new, 1 script changed".
func summary(c *report.Changes) string {
	if len(c.Site) == 0 {
		if n := len(c.Also); n > 0 && len(c.Tool) == 0 {
			return "Nothing changed but where known flows were seen."
		}
		if len(c.Tool) > 0 {
			return "Nothing changed on the site; tagscan itself did."
		}
		return "Nothing changed."
	}
	var parts []string
	for _, kind := range []string{New, Changed, Gone} {
		n := map[string]int{}
		for _, x := range c.Site {
			if x.Kind == kind {
				n[x.What]++
			}
		}
		var words []string
		for _, w := range []struct{ what, one, many string }{{"recipient", "recipient", "recipients"}, {"flow", "flow", "flows"},
			{"consent", "consent behaviour", "consent behaviours"}, {"script", "script", "scripts"}, {"cookie", "cookie", "cookies"}} {
			switch k := n[w.what]; {
			case k == 1:
				words = append(words, "1 "+w.one)
			case k > 1:
				words = append(words, fmt.Sprintf("%d %s", k, w.many))
			}
		}
		if len(words) > 0 {
			last := words[len(words)-1]
			if rest := words[:len(words)-1]; len(rest) > 0 {
				last = strings.Join(rest, ", ") + " and " + last
			}
			parts = append(parts, kind+": "+last)
		}
	}
	s := strings.Join(parts, "; ")
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
