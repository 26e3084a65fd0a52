package signal

// GOVUK is the cookie of GOV.UK and of services that follow it: what is used beside the essential, with true or false.
var GOVUK = Format{
	Kind:  "govuk",
	Title: "GOV.UK record (cookies_policy)",
	Doc:   "https://www.gov.uk/help/cookies",
	Weak:  []string{"cookies_policy", "cookie_policy"},
	Read:  func(r *Record, value string) { r.choicesRecord("GOV.UK", value) },
	Examples: []Example{
		{"cookies_policy", `{"essential":true,"settings":false,"usage":false,"campaigns":false}`, Denied,
			"essential granted; settings, usage, campaigns denied"},
		{"cookies_policy", "%7B%22essential%22%3Atrue%2C%22usage%22%3Atrue%7D", Granted, ""},
	},
}

// GOVUKAnswered is the cookie by which GOV.UK knows that the visitor was asked. It is the same after yes and after no.
var GOVUKAnswered = Format{
	Kind:     "govuk-answered",
	Title:    "GOV.UK, dialog answered (cookies_preferences_set)",
	Doc:      "https://www.gov.uk/help/cookies",
	Names:    []string{"cookies_preferences_set", "cookie_preferences_set"},
	Read:     func(r *Record, value string) { r.answered(r.Name, value) },
	Examples: []Example{{"cookies_preferences_set", "true", Unknown, ""}},
}
