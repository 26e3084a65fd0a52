package signal

// Finsweet is the cookie of Finsweet's Cookie Consent for Webflow: categories with true or false.
var Finsweet = Format{
	Kind:  "finsweet",
	Title: "Finsweet record (fs-cc)",
	Doc:   "https://finsweet.com/components/cookie-consent",
	Names: []string{"fs-cc", "fs-consent"},
	Read:  readFinsweet,
	Examples: []Example{
		{"fs-cc", `{"id":"Hq1","consents":{"analytics":false,"essential":true,"marketing":false,"personalization":false,"uncategorized":false}}`,
			Denied, "analytics denied; essential granted; marketing, personalization, uncategorized denied"},
		{"fs-cc", "%7B%22id%22%3A%22Hq1%22%2C%22consents%22%3A%7B%22analytics%22%3Atrue%2C%22essential%22%3Atrue%7D%7D", Granted, ""},
	},
}

func readFinsweet(r *Record, value string) {
	o, ok := r.record("Finsweet", value)
	if !ok {
		return
	}
	r.identity("id", o.text("id"))
	r.choicesOf(o.object("consents"))
	r.Chosen = Yes
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the Finsweet record names no category")
	}
}
