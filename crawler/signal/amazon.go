package signal

// Amazon is the cookie by which sites tell Amazon's advertising about consent.
var Amazon = Format{
	Kind:  "amazon",
	Title: "Amazon consent (amzn_consent)",
	Doc:   "https://advertising.amazon.com/",
	Names: []string{"amzn_consent"},
	Read:  readAmazon,
	Examples: []Example{
		{"amzn_consent", `{"amzn_user_data":"DENIED","amzn_ad_storage":"DENIED"}`, Denied, "amzn_user_data, amzn_ad_storage denied"},
		{"amzn_consent", `{"geo":{"countryCode":"DE"},"amazonConsentFormat":{"amzn_user_data":"GRANTED","amzn_ad_storage":"DENIED"}}`, Mixed, ""},
	},
}

func readAmazon(r *Record, value string) {
	o, ok := r.record("Amazon", value)
	if !ok {
		return
	}
	r.amazon(o)
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the Amazon record names no purpose")
	}
}

func (r *Record) amazon(o object) {
	for _, m := range o {
		if inner, ok := m.value.(object); ok {
			r.amazon(inner)
			continue
		}
		switch m.key {
		case "amzn_user_data", "amzn_ad_storage":
			s := stateOf(m.value)
			r.purpose(m.key, Advertising, s)
			r.part(m.key, s.String())
		case "countryCode":
			r.Country = textOf(m.value)
			r.part("country", r.Country)
		}
	}
}
