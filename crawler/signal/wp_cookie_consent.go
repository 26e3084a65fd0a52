package signal

// WPCookieConsent is the cookie of WPEka's WP Cookie Consent: categories with yes or no.
var WPCookieConsent = Format{
	Kind:  "wp-cookie-consent",
	Title: "WP Cookie Consent record (wpl_user_preference)",
	Doc:   "https://wordpress.org/plugins/gdpr-cookie-consent/",
	Names: []string{"wpl_user_preference"},
	Read:  func(r *Record, value string) { r.choicesRecord("WP Cookie Consent", value) },
	Examples: []Example{
		{"wpl_user_preference", `{"necessary":"yes","marketing":"no","analytics":"no","preferences":"no","unclassified":"no"}`, Denied,
			"necessary granted; marketing, analytics, preferences, unclassified denied"},
		{"wpl_user_preference", "%7B%22necessary%22%3A%22yes%22%2C%22marketing%22%3A%22yes%22%7D", Granted, ""},
	},
}
