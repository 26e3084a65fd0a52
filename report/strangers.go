package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect/recipient"
)

// Stranger is a recipient that the catalog of vendors has no file for, with what the run knows of it: enough to find out whose it
// is, and to write the file.
type Stranger struct {
	ID        string   `json:"id" redact:"-"` // its registrable domain
	Hosts     []string `json:"hosts"`
	Requests  int      `json:"requests"`
	FirstPage string   `json:"first_page,omitempty"` // where it was met first, in the order of visit
	Scripts   []string `json:"scripts,omitempty"`    // addresses of its scripts that ran, without query
	BroughtBy []string `json:"brought_by,omitempty" redact:"-"`
	Sent      []string `json:"sent,omitempty" redact:"-"` // titles of the classes it was sent
}

// maxStrangerScripts is how many scripts of a stranger are named: the first tell whose they are.
const maxStrangerScripts = 5

// strangers lists the unknown recipients, those with the most requests first.
func (b *Builder) strangers(m *Model) []Stranger {
	var out []Stranger
	for i := range m.Recipients {
		e := &m.Recipients[i]
		if e.Recipient.How != recipient.Unknown || e.Requests == 0 {
			continue
		}
		s := Stranger{ID: e.Recipient.ID, Hosts: e.Hosts, Requests: e.Requests, FirstPage: b.parties[e.Recipient.ID].met}
		for _, x := range e.Sent {
			s.Sent = append(s.Sent, x.Title)
		}
		for _, by := range e.BroughtBy {
			s.BroughtBy = append(s.BroughtBy, by.Name)
		}
		for _, script := range m.Scripts {
			if script.Owner == s.ID && script.URL != "" && len(s.Scripts) < maxStrangerScripts && !slices.Contains(s.Scripts, script.URL) {
				s.Scripts = append(s.Scripts, script.URL)
			}
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Stranger) int {
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), strings.Compare(a.ID, b.ID))
	})
	return out
}
