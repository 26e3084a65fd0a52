package report

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

type cookieKey struct{ name, domain, path string }

type cookie struct {
	c        Cookie
	consents map[crawler.Consent]bool
	values   set // as far as they are long enough to be told apart
}

// carriedKey is a cookie that a request to a third party carried.
type carriedKey struct{ recipient, host, name string }

// storedKey is a value from cookies or storage that a recipient was sent.
type storedKey struct{ recipient, value string }

// minTraced is the length in bytes from which a value found at a recipient is taken for that of a cookie: shorter
// ones ("true", "en-GB") are everywhere.
const minTraced = 8

func (b *Builder) cookie(c *crawler.Cookie, e crawler.Event) {
	domain := strings.ToLower(strings.TrimPrefix(c.Domain, "."))
	k := cookieKey{c.Name, domain, c.Path}
	owner := b.ownerOf(domain)
	ck := b.cookies[k]
	if ck == nil {
		ck = &cookie{consents: map[crawler.Consent]bool{}, values: set{}, c: Cookie{
			Name: c.Name, Domain: domain, Owner: owner.ID, ThirdSite: isThird(owner), HTTPOnly: c.HTTPOnly,
			Secure: c.Secure, SameSite: c.SameSite,
		}}
		b.cookies[k] = ck
	}
	if c.Consent != "" {
		ck.consents[c.Consent] = true
	}
	if !c.Expires.IsZero() && !e.Time.IsZero() {
		if d := c.Expires.Sub(e.Time).Hours() / 24; d > ck.c.Days {
			ck.c.Days = math.Round(d*10) / 10
		}
	}
	ck.c.Blocked = cmp.Or(ck.c.Blocked, c.Blocked)
	if c.SetBy != "" && ck.c.SetBy == "" {
		b.setBy(ck, c)
	}
	if len(c.Value) >= minTraced && len(ck.values) < 8 {
		ck.values.add(c.Value)
	}
}

func (b *Builder) setBy(ck *cookie, c *crawler.Cookie) {
	if u, err := url.Parse(c.SetBy); err == nil && u.Host != "" {
		ck.c.SetBy, ck.c.SetByID = u.Host+u.Path, b.ownerOf(u.Hostname()).ID
		return
	}
	if v := b.visits[c.Page]; v != nil && v.party[c.SetBy] != "" {
		ck.c.SetByID = v.party[c.SetBy]
		ck.c.SetBy = "response"
	}
}

func (b *Builder) sortedCookies() []Cookie {
	received := map[cookieKey]set{}
	get := func(k cookieKey) set {
		if received[k] == nil {
			received[k] = set{}
		}
		return received[k]
	}
	for k, ck := range b.cookies {
		for c := range b.carried {
			if c.name == k.name && (c.host == k.domain || strings.HasSuffix(c.host, "."+k.domain)) {
				get(k).add(c.recipient)
			}
		}
		for v := range ck.values {
			for s := range b.stored {
				if len(s.value) >= minTraced && (v == s.value || strings.Contains(v, s.value) || strings.Contains(s.value, v)) {
					get(k).add(s.recipient)
				}
			}
		}
	}
	out := make([]Cookie, 0, len(b.cookies))
	for k, ck := range b.cookies {
		c := ck.c
		c.Consents = sortStates(keys(ck.consents))
		c.Received = received[k].list()
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Cookie) int {
		return cmp.Or(strings.Compare(a.Domain, b.Domain), strings.Compare(a.Name, b.Name), cmp.Compare(a.Days, b.Days))
	})
	return out
}
