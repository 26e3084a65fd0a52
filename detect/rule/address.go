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
		{URL: "https://vendor.example/c?zip=94105", Text: "94105"},
	},
	Misses: []Sample{
		{Body: `{"address":"0x52908400098527886E0F7030069857D2E4169EE7"}`}, {Body: `{"zip":"assets/app.zip"}`}, {Body: `{"address":"10.1.2.3"}`}, {Body: `{"store":{"address":"12 High Street"}}`},
		{Body: `{"street":"Street 1*"}`}, {Body: `{"zip":"true1"}`}, {Body: `{"address":"https://a.example/1"}`}, {Body: `{"postal":"0"}`}, {Body: `{"@type":"Organization","address":{"@type":"PostalAddress","streetAddress":"Ringweg 7b"}}`},
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
	yield(c.whole(ByField, conf))
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
