package recipient

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed thirdparty.tsv
var thirdParty string

// list is a table of owners by host suffix, coarser than a vendor file: a public one or one of the user's.
type list struct {
	how    How
	owners map[string]*Recipient
}

// publicList is third-party-web's table (MIT, see thirdparty.LICENSE), written by gen_thirdparty.go. A line is
// name, company, category, homepage and host suffixes, parted by tabs and blanks.
var publicList = sync.OnceValue(func() *list {
	l := &list{how: ByList, owners: make(map[string]*Recipient, 8000)}
	for line := range strings.Lines(thirdParty) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 5 {
			continue
		}
		r := &Recipient{ID: kebab(f[0]), Name: f[0], Owner: f[1], Category: f[2], How: ByList}
		for host := range strings.FieldsSeq(f[4]) {
			l.owners[host] = r
		}
	}
	return l
})

// listed names the owner of a host by the lists, else by its registrable domain.
func (c *Catalog) listed(host string) Recipient {
	for _, l := range c.lists {
		var hit *Recipient
		suffixes(host, func(s string) bool {
			hit = l.owners[s]
			return hit != nil
		})
		if hit == nil {
			continue
		}
		// A list that knows a host of a vendor of the catalog names that vendor: the catalog knows its country.
		if v := c.names[strings.ToLower(hit.Name)]; v != nil {
			r := v.recipient(l.how, "")
			return r
		}
		return *hit
	}
	d := c.domain(host)
	return Recipient{ID: d, Name: d, How: Unknown}
}

// kebab makes an id of a name: "Google/Doubleclick Ads" gives "google-doubleclick-ads".
func kebab(name string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(name) {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
		} else {
			dash = true
		}
	}
	return b.String()
}
