package signal

import "strings"

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
		{"_tracking_consent", `{"lim":["GDPR"],"v":"2.0","con":{"GDPR":"0"},"reg":"GDPR"}`, Denied, "GDPR denied"},
		{"_tracking_consent", "3.AMPS_USVA_f_f_-DlBBsijT9252dNjR-wT4w", Unknown, ""},
	},
}

var shopifyPurposes = map[string]struct {
	name     string
	category Category
}{"a": {"analytics", Statistics}, "m": {"marketing", Advertising}, "p": {"preferences", Functional}, "s": {"sale", Sale}}

func readShopify(r *Record, value string) {
	if rest, third := strings.CutPrefix(plain(value), "3."); third {
		// The third version is not documented: letters of the purposes, a region, two flags, and an id.
		r.part("version", "3")
		r.identity("rest", rest)
		return
	}
	o, ok := r.record("Shopify", value)
	if !ok {
		return
	}
	choices := o.object("con")
	if inner := choices.object("CMP"); inner != nil {
		choices = inner
	}
	if choices == nil {
		r.fault(FaultSyntax, "the Shopify record has no choices")
		return
	}
	r.Chosen = No
	for _, m := range choices {
		r.shopifyChoice(m.key, stateOf(m.value))
	}
	r.Country = o.text("region")
	r.partf("region", "%s", r.Country)
	r.partf("law", "%s", o.text("reg"))
}

// shopifyChoice adds a category by its letter, or a law by its name, as the second version has it.
func (r *Record) shopifyChoice(key string, s State) {
	p, known := shopifyPurposes[key]
	if !known {
		p.name = key
	}
	if s != Unknown {
		r.Chosen = Yes
	}
	r.purpose(p.name, p.category, s)
	r.part(p.name, s.String())
}
