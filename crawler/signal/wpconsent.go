package signal

// WPConsent is the cookie of WPConsent: categories or services with true or false.
var WPConsent = Format{
	Kind:  "wpconsent",
	Title: "WPConsent record (wpconsent_preferences)",
	Doc:   "https://wpconsent.com/docs/what-is-wpconsent",
	Names: []string{"wpconsent_preferences"},
	Read:  func(r *Record, value string) { r.choicesRecord("WPConsent", value) },
	Examples: []Example{
		{"wpconsent_preferences", `{"essential":true,"statistics":false,"marketing":false}`, Denied,
			"essential granted; statistics, marketing denied"},
		{"wpconsent_preferences", `{"essential":true,"statistics":true,"marketing":true}`, Granted, ""},
	},
}
