package history

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

// scripts tells that a third party's script is not pinned any more, which is a change of the site. That its bytes are others, that it
// has another name or that there is one more is what releases do every night: it is counted, by owner. Whose code runs where a payment
// is made is for the script inventory and new_place of a policy.
func (d *differ) scripts() {
	was, is := byURL(d.old), byURL(d.cur)
	more := map[string]*[3]int{} // by owner: new, other bytes, gone
	count := func(s *scripts, i int) {
		if more[s.owner()] == nil {
			more[s.owner()] = &[3]int{}
		}
		more[s.owner()][i]++
	}
	for _, u := range slices.Sorted(maps.Keys(is)) {
		o, ok := was[u]
		s := is[u]
		switch {
		case !ok:
			count(s, 0)
		case o.pinned && !s.pinned && s.id != recipient.FirstParty:
			d.site(Changed, "script", u, rule.Medium, "script %s is not pinned by integrity any more", u)
		case len(minus(s.hashes, o.hashes)) > 0:
			count(s, 1)
		}
	}
	for u, s := range was {
		if _, ok := is[u]; !ok {
			count(s, 2)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(more)) {
		n := more[name]
		var parts []string
		for i, word := range []string{"new", "with other bytes", "not met"} {
			if n[i] > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n[i], word))
			}
		}
		d.also(Changed, "script", name, rule.Info, "scripts of %s: %s", name, strings.Join(parts, ", "))
	}
}

type scripts struct {
	hashes   []string
	name, id string
	pinned   bool
}

func byURL(m *report.Model) map[string]*scripts {
	out := map[string]*scripts{}
	for _, s := range m.Scripts {
		if s.URL == "" {
			continue // inline code has no name to compare by: what is in it shows in flows
		}
		x := out[s.URL]
		if x == nil {
			x = &scripts{name: s.OwnerName, id: s.Owner, pinned: true}
			out[s.URL] = x
		}
		if !slices.Contains(x.hashes, s.SHA256) {
			x.hashes = append(x.hashes, s.SHA256)
		}
		x.pinned = x.pinned && s.Integrity != ""
	}
	return out
}

func (s *scripts) owner() string {
	if s.id == recipient.FirstParty {
		return "the site itself"
	}
	return or(s.name, "an unknown owner")
}

// cookies tells that scripts can read a cookie that they could not; names that come and go are counted.
func (d *differ) cookies() {
	was, is := byCookie(d.old), byCookie(d.cur)
	var fresh, gone []string
	for _, k := range slices.Sorted(maps.Keys(is)) {
		o, ok := was[k]
		c := is[k]
		switch {
		case !ok:
			fresh = append(fresh, c.Name)
		case o.HTTPOnly && !c.HTTPOnly:
			d.site(Changed, "cookie", k, rule.Medium, "cookie %s of %s can be read by scripts now", c.Name, c.Domain)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(was)) {
		if _, ok := is[k]; !ok {
			gone = append(gone, was[k].Name)
		}
	}
	if len(fresh) > 0 {
		d.also(New, "cookie", "new", rule.Info, "cookies: %s", few(slices.Compact(fresh)))
	}
	if len(gone) > 0 {
		d.also(Gone, "cookie", "gone", rule.Info, "cookies that were not met: %s", few(slices.Compact(gone)))
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

// counted are the words for what has changed, in the order of a summary.
var counted = []struct{ what, one, many string }{
	{"recipient", "recipient", "recipients"}, {"flow", "flow", "flows"}, {"consent", "consent behaviour", "consent behaviours"},
	{"contradiction", "contradiction about consent", "contradictions about consent"}, {"header", "security header", "security headers"},
	{"script", "script", "scripts"}, {"cookie", "cookie", "cookies"},
}

// summary counts the changes of the site: "1 recipient and 2 flows new, 1 script changed".
func summary(c *report.Changes) string {
	if len(c.Site) == 0 {
		return nothing(c)
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
		for _, w := range counted {
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

// nothing says that the site did not change, as far as can be told.
func nothing(c *report.Changes) string {
	switch {
	case len(c.Unsure) > 0:
		return "Nothing changed as far as could be seen; not all could be compared."
	case len(c.Tool) > 0:
		return "Nothing changed on the site; tagscan itself did."
	case len(c.Also) > 0:
		return "Nothing changed but details."
	}
	return "Nothing changed."
}
