package rule

import "strings"

// AddressField finds postal addresses by the name of their field.
var AddressField = Rule{
	ID:    "address-field",
	Class: Address,
	Doc:   "A street or post code in a field that is named for one.",
	Why:   "It says where a person lives.",
	Do:    "Leave addresses out of events; a country is enough for reports.",
	Needs: NeedLeaf | NeedDigit,
	Names: true,
	Find:  findAddress,
	Hits: []Sample{
		{Body: `{"address":{"street":"Ringweg 7b"}}`, Text: "Ringweg 7b"},
		{Body: `{"shipping":{"address1":"12 High Street, Flat 2"}}`, Text: "12 High Street, Flat 2"},
		{Body: `{"traits":{"address":{"postalCode":"SW1A 1AA"}}}`, Text: "SW1A 1AA"},
		{URL: "https://vendor.example/c?zip=94105", Text: "94105"}, {URL: "https://vendor.example/c?ct=graz&zp=8010&fn=jo", Text: "8010"},
		{URL: "https://vendor.example/c?geo:postalcode=96746", Text: "96746", Class: Coarse}, {URL: "https://ads.example/bid?tradedesk_zipCode=96819", Text: "96819", Class: Coarse},
	},
	Misses: []Sample{
		{Body: `{"address":"0x52908400098527886E0F7030069857D2E4169EE7"}`}, {Body: `{"zip":"assets/app.zip"}`}, {Body: `{"address":"10.1.2.3"}`}, {Body: `{"store":{"address":"12 High Street"}}`},
		{Body: `{"street":"Street 1*"}`}, {Body: `{"zip":"true1"}`}, {Body: `{"address":"https://a.example/1"}`}, {Body: `{"postal":"0"}`}, {Body: `{"@type":"Organization","address":{"@type":"PostalAddress","streetAddress":"Ringweg 7b"}}`},
		{URL: "https://ads.example/p?cp=558566&ct=1"}, {URL: "https://vendor.example/cgi?pc=151175539"}, {URL: "https://risk.example/ping?ph=419298480&cp=ae5f1c9d22"}, {URL: "https://tags.example/pixel?cp=2523&cs=1"},
	},
}

func findAddress(c *Context, yield func(Match)) {
	v := c.v
	if isNothing(v) || isLabel(v) || isURL(v) || len(v) > 160 || digestShape(v) != "" || strings.ContainsAny(v, "@<>{}*=_|\\") || c.foreign() || c.onMap() || c.siteOwn(v) || c.thing() {
		return
	}
	d := digitsOf(v)
	conf := Certain
	if c.name.pkey == "postcode" {
		if c.name.weak && !c.personal() && !c.besideAddress() {
			return // zp, pc, cp: each vendor's own abbreviation of something
		}
		if len(v) < 3 || len(v) > 10 || len(d) < 2 || strings.ContainsAny(v, "./:,") || d == v && sameDigits(d) || isWordy(v) {
			return
		}
	} else {
		if len(v) < 5 || letterShare(v) < 30 || !strings.Contains(v, " ") && c.name.weak || strings.HasPrefix(v, "0x") || !strings.ContainsAny(v, " .") {
			return
		}
		if c.name.weak {
			conf = Likely
		}
	}
	m := c.whole(ByField, conf)
	if c.name.pkey == "postcode" && !c.personal() && (c.ofLookup() || c.exchange()) {
		m.Class = Coarse // where the connection is, for the price of an advertisement
	}
	yield(m)
}

// besideAddress reports another part of a person's address in the same object, under a name that means nothing else or that
// advertising firms use for it (Meta's ct, st, zp).
func (c *Context) besideAddress() bool {
	for j, n := range c.siblings {
		v := strings.TrimSpace(c.Tree.Fields[j].Value)
		switch {
		case n.class == Address && !n.weak, n.class == Coarse && !n.weak && n.pkey == "city", n.class == Name && !n.weak:
			return true
		case (n.class == Coarse && n.pkey == "city" || n.class == Name) && letterShare(v) > 90 && len(v) > 2 && !isLabel(v):
			return true
		}
	}
	return false
}

// isWordy reports a text with a word of four small letters and more.
func isWordy(v string) bool {
	run := 0
	for i := range len(v) {
		if v[i] >= 'a' && v[i] <= 'z' {
			run++
			if run >= 4 {
				return true
			}
		} else {
			run = 0
		}
	}
	return false
}
