package rule

import "strings"

// PlaceField finds town, region and country of the visitor by the name of their field.
var PlaceField = Rule{
	ID:    "place-field",
	Class: Coarse,
	Doc:   "Town, region or country of the visitor, in a field that is named for it.",
	Why:   "With a user id it narrows down who it is; the recipient keeps it with the profile.",
	Do:    "Switch off location in the vendor's settings, or let only the country through.",
	Needs: NeedLeaf,
	Names: true,
	Find:  findPlace,
	Hits: []Sample{
		{Body: `{"geo":{"city":"Villach"}}`, Text: "Villach"},
		{Body: `{"user":{"country":"AT"}}`, Text: "AT"},
		{Body: `{"$city":"São Paulo","$region":"SP"}`, Text: "São Paulo"},
		{Body: `{"context":{"location":{"region":"Carinthia"}}}`, Text: "Carinthia"}, {URL: "https://vendor.example/c?geo:city=Kapaa&geo:postalcode=96746", Text: "Kapaa", Class: Coarse},
		{URL: "https://vendor.example/c?user_country=Austria", Text: "Austria"},
	},
	Misses: []Sample{
		{Body: `{"store":{"city":"Villach"}}`}, {Body: `{"state":"open"}`}, {Body: `{"country":"us"}`}, {Body: `{"region":"eu-west-1"}`}, {Body: `{"geo":"off"}`}, {Body: `{"city":"{{city}}"}`},
		{Body: `{"location":"https://shop.example/"}`}, {Body: `{"aws":{"region":"us1"}}`}, {Body: `{"section":{"region":"main"}}`},
	},
}

func findPlace(c *Context, yield func(Match)) {
	v := c.v
	if len(v) > 60 || len(v) < 2 || isNothing(v) || isLabel(v) || isURL(v) || letterShare(v) < 90 || strings.ContainsAny(v, "/_@<>{}:=*") || c.foreign() || c.onMap() || c.siteOwn(v) || c.labels() || c.thing() {
		return
	}
	own := len(c.name.tokens) > 1 && (c.name.has(identity) || strings.HasPrefix(c.name.flat, "geo") || strings.HasPrefix(c.name.flat, "ip")) ||
		strings.HasPrefix(c.name.key, "$") || strings.HasPrefix(c.name.flat, "mp")
	around := c.name.inGeo() || c.personal() || own || c.Meant[c.i] == Coarse
	switch c.name.pkey {
	case "city":
		if digitsOf(v) != "" || len(v) < 3 && !around || isSlug(v) && !around {
			return
		}
	case "geo":
		if !around || len(v) < 3 || isSlug(v) || strings.ToLower(v) == v {
			return
		}
	default:
		if c.name.pkey == "region" && c.name.weak && !(v[0] >= 'A' && v[0] <= 'Z') && v[0] < 0x80 {
			return
		}
		if !around && !c.beside(Address) && !c.besidePlace() || isSlug(v) && !isRegionCode(v) || digitsOf(v) != "" {
			return
		}
	}
	m := c.whole(ByField, Likely)
	if c.name.pkey == "city" && c.inAddress() && !c.ofLookup() {
		m.Class = Address
	}
	yield(m)
}

// inAddress reports a part of a postal address: the names around say so, or a street or post code stands beside it.
func (c *Context) inAddress() bool {
	if c.name.inAddress() {
		return true
	}
	geo := c.name.directly(geoName) // a lookup of the IP address gives post codes too, but no streets
	for _, n := range c.siblings {
		if n.class == Address && !n.weak && (!geo || n.pkey == "street") {
			return true
		}
	}
	return false
}

// inAddress reports an address among the names around, nearer than any place.
func (n *nameInfo) inAddress() bool {
	for i := len(n.outer) - 1; i >= 0; i-- {
		switch w := outerWords[n.outer[i]]; {
		case w&addressName != 0:
			return true
		case w&geoName != 0:
			return false
		}
	}
	return false
}

// ofLookup reports a part of a place that was looked up, by the IP address mostly, as its name says: geo:city, ip_zip.
func (c *Context) ofLookup() bool {
	return len(c.name.tokens) > 1 && lookupWords[c.name.tokens[0]]
}

var lookupWords = wordSet(`geo geoip ip ipgeo ipinfo maxmind location`)

// inGeo reports whether the nearest names around are about a place.
func (n *nameInfo) inGeo() bool {
	return len(n.outer) > 0 && outerWords[n.outer[len(n.outer)-1]]&(geoName|addressName) != 0
}

// besidePlace reports another part of a place in the same object.
func (c *Context) besidePlace() bool {
	for _, n := range c.siblings {
		if n.class == Coarse && n.pkey != c.name.pkey || n.class == Precise {
			return true
		}
	}
	return false
}

// isRegionCode reports ISO 3166-2: US-CA.
func isRegionCode(v string) bool {
	return len(v) >= 4 && len(v) <= 6 && v[2] == '-' && strings.ToUpper(v) == v
}
