package recipient

import "strings"

// ByID returns the vendor with the id, or one that has it as a name or alias (whatever the case).
func (c *Catalog) ByID(id string) (*Vendor, bool) {
	v := c.byID[id]
	if v == nil {
		v = c.names[strings.ToLower(id)]
	}
	if v == nil {
		return nil, false
	}
	return v.Vendor, true
}

// All returns the vendors in order of their ids. They must not be changed.
func (c *Catalog) All() []*Vendor {
	out := make([]*Vendor, len(c.vendors))
	for i, v := range c.vendors {
		out[i] = v.Vendor
	}
	return out
}

// OwnerOf names who a host belongs to when there is no request to look at: of a script, a cookie's domain. A URL may be
// given instead of a host.
func (c *Catalog) OwnerOf(host string) Recipient {
	a := address{host: cleanHost(host), path: "/"}
	if strings.Contains(host, "://") {
		a = newAddress(host)
	}
	if _, own := c.claims(a.host, a.path, func(*endpoint) bool { return false }); own.vendor != nil {
		return own.vendor.recipient(ByDomain, "")
	}
	return c.listed(a.host)
}

// IsTagManager reports whether a script's URL is that of a tag manager, and of which.
func (c *Catalog) IsTagManager(script string) (Recipient, bool) {
	a := newAddress(script)
	name := a.host + a.path
	for i := range c.scripts {
		if c.scripts[i].vendor.TagManager && c.scripts[i].match(name) {
			return c.scripts[i].vendor.recipient(ByDomain, ""), true
		}
	}
	return Recipient{}, false
}

// ScriptOwner names the vendor whose library a script's URL is, wherever it is served from.
func (c *Catalog) ScriptOwner(script string) (Recipient, bool) {
	a := newAddress(script)
	name := a.host + a.path
	for i := range c.scripts {
		if c.scripts[i].match(name) {
			return c.scripts[i].vendor.recipient(ByDomain, ""), true
		}
	}
	return Recipient{}, false
}

// CookieMeaning says whose a cookie is by its name, and what it holds: a word as in Meaning.Name.
func (c *Catalog) CookieMeaning(name string) (r Recipient, word string, ok bool) {
	return meaningOfName(c.cookies, name)
}

// StorageMeaning is CookieMeaning for a key of web storage.
func (c *Catalog) StorageMeaning(key string) (r Recipient, word string, ok bool) {
	if r, word, ok = meaningOfName(c.storage, key); ok {
		return r, word, ok
	}
	return meaningOfName(c.cookies, key)
}

func meaningOfName(list []nameGlob, name string) (Recipient, string, bool) {
	for i := range list {
		if list[i].match(name) {
			return list[i].vendor.recipient(ByDomain, ""), list[i].word, true
		}
	}
	return Recipient{}, "", false
}
