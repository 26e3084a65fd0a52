package signal

// Shopify is the cookie of Shopify's Customer Privacy API. Its categories are letters: analytics, marketing, preferences, sale;
// "1" is yes, "0" no, empty no choice.
var Shopify = Format{
	Kind:  "shopify",
	Title: "Shopify record (_tracking_consent)",
	Doc:   "https://shopify.dev/docs/api/customer-privacy",
	Names: []string{"_tracking_consent"},
	Read:  readShopify,
	Examples: []Example{
		{"_tracking_consent", `{"con":{"CMP":{"a":"0","m":"0","p":"0","s":""}},"v":"2.1","region":"DEBE","reg":"GDPR"}`, Denied,
			"analytics, marketing, preferences denied; sale unknown"},
		{"_tracking_consent", `{"v":"2.1","con":{"CMP":{"a":"","m":"","p":"","s":""}},"region":"USCA","reg":"CCPA"}`, Unknown, ""},
	},
}

var shopifyPurposes = map[string]struct {
	name     string
	category Category
}{"a": {"analytics", Statistics}, "m": {"marketing", Advertising}, "p": {"preferences", Functional}, "s": {"sale", Sale}}

func readShopify(r *Record, value string) {
	o, ok := r.record("Shopify", value)
	if !ok {
		return
	}
	choices := o.object("con").object("CMP")
	if choices == nil {
		r.fault(Syntax, "the Shopify record has no choices")
		return
	}
	r.Chosen = No
	for _, m := range choices {
		p, known := shopifyPurposes[m.key]
		if !known {
			continue
		}
		s := stateOf(m.value)
		if s != Unknown {
			r.Chosen = Yes
		}
		r.purpose(p.name, p.category, s)
		r.part(p.name, s.String())
	}
	r.Country = o.text("region")
	r.partf("region", "%s", r.Country)
	r.partf("law", "%s", o.text("reg"))
}
