package detect

import (
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/recipient"
)

// Owners names whose a host is where there is no request to look at: that of a script, of a cookie, of a link in a chain
// of causes. Who receives a request is never asked of it: Judged says that.
type Owners struct {
	catalog *recipient.Catalog
	own     web.Sites
}

// NewOwners makes the Owners of a site, which is given by hosts, registrable domains or URLs.
func NewOwners(c *recipient.Catalog, site ...string) *Owners {
	return &Owners{catalog: c, own: web.SitesOf(site...)}
}

// Of names the owner of a host or of an address.
func (o *Owners) Of(host string) recipient.Recipient {
	if o.own.Own(host) {
		return recipient.Recipient{ID: recipient.FirstParty, Name: "the site itself", How: recipient.OwnHost}
	}
	return o.catalog.OwnerOf(host)
}

// Owners are those of the site that the captures are of. It is complete once Conclude has read them, and is complete from
// its first conclusion on.
func (r *Run) Owners() *Owners {
	o := NewOwners(r.a.catalog, r.k.firstParty...)
	sites := r.k.asked
	if !r.k.seeded {
		sites = r.k.sites
	}
	for s := range sites {
		o.own.Add(s)
	}
	return o
}
