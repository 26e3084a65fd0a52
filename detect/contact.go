package detect

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/recipient"
)

// Contact is what a recipient learns by being connected to at all: the visitor's IP address and browser. It is one line
// of information a recipient, and no finding.
type Contact struct {
	Recipient recipient.Recipient
	Hosts     []string // sorted
	Requests  int
	UserAgent bool     // the User-Agent header was sent
	Hints     []string // high-entropy client hints sent as headers, lower case, sorted
	Referer   string   // what the Referer header told: "", origin, url
	Cookies   bool     // cookies were sent
	Notes     []string // what was seen and identifies nobody: "contact.email in query.em: hash of nothing"; sorted
}

// maxNotes and maxHosts bound the lists of a contact.
const (
	maxNotes = 20
	maxHosts = 200
)

type contactKey struct{ id, via string }

type contactBook struct{ contacts map[contactKey]*Contact }

func (b *contactBook) add(x *examined) {
	if x.own || x.job.request.NotSent {
		return
	}
	key := contactKey{x.match.Recipient.ID, x.match.Recipient.Via}
	c := b.contacts[key]
	if c == nil {
		if b.contacts == nil {
			b.contacts = map[contactKey]*Contact{}
		}
		c = &Contact{Recipient: x.match.Recipient}
		b.contacts[key] = c
	}
	c.Requests++
	c.Hosts = insert(c.Hosts, x.host, maxHosts)
	for _, n := range x.notes {
		c.Notes = insert(c.Notes, n, maxNotes)
	}
	c.readHeaders(x.job.request)
}

func (c *Contact) readHeaders(r *crawler.Request) {
	for _, h := range r.Headers {
		switch name := lowerASCII(h.Name); name {
		case "user-agent":
			c.UserAgent = true
		case "cookie":
			c.Cookies = true
		case "referer":
			switch _, rest, ok := strings.Cut(h.Value, "://"); {
			case !ok:
			case strings.Contains(strings.TrimSuffix(rest, "/"), "/"):
				c.Referer = "url"
			case c.Referer == "":
				c.Referer = "origin"
			}
		case "sec-ch-ua-full-version-list", "sec-ch-ua-platform-version", "sec-ch-ua-model", "sec-ch-ua-arch", "sec-ch-ua-bitness",
			"sec-ch-ua-full-version", "sec-ch-ua-wow64", "sec-ch-ua-form-factors":
			c.Hints = insert(c.Hints, name, 0)
		}
	}
}

// list returns the contacts by name.
func (b *contactBook) list() []Contact {
	out := make([]Contact, 0, len(b.contacts))
	for c := range maps.Values(b.contacts) {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Contact) int {
		return cmp.Or(cmp.Compare(a.Recipient.ID, b.Recipient.ID), cmp.Compare(a.Recipient.Via, b.Recipient.Via))
	})
	return out
}
