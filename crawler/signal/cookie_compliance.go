package signal

// CookieCompliance is the cookie of hu-manity's Cookie Compliance: four categories by number, of which the first is what a site
// cannot do without.
var CookieCompliance = Format{
	Kind:  "cookie-compliance",
	Title: "Cookie Compliance record (hu-consent)",
	Doc:   "https://cookie-compliance.co/documentation/getting-started",
	Names: []string{"hu-consent"},
	Read:  readCookieCompliance,
	Examples: []Example{
		{"hu-consent", `{"consent":true,"consentLevel":1,"consentID":"1cfd5dbc","categories":{"1":true,"2":false,"3":false,"4":false}}`,
			Denied, "1 granted; 2-4 denied"},
		{"hu-consent", `{"consent":true,"consentLevel":3,"categories":{"1":true,"2":true,"3":true,"4":true}}`, Granted, ""},
	},
}

func readCookieCompliance(r *Record, value string) {
	o, ok := r.record("Cookie Compliance", value)
	if !ok {
		return
	}
	r.identity("consent id", o.text("consentID"))
	for _, m := range o.object("categories") {
		s := stateOf(m.value)
		category := Category("")
		if m.key == "1" {
			category = Necessary
		}
		r.purpose(m.key, category, s)
		r.part("category "+m.key, s.String())
	}
	r.Chosen = Yes
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the Cookie Compliance record names no category")
	}
}
