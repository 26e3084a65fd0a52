package signal

// CookiesJSR is the cookie of Drupal's COOKiES Consent Management: services with true or false.
var CookiesJSR = Format{
	Kind:  "cookiesjsr",
	Title: "COOKiES record (cookiesjsr)",
	Doc:   "https://www.drupal.org/project/cookies",
	Names: []string{"cookiesjsr"},
	Read:  func(r *Record, value string) { r.choicesRecord("COOKiES", value) },
	Examples: []Example{
		{"cookiesjsr", "%7B%22analytics%22%3Afalse%2C%22video%22%3Afalse%7D", Denied, "analytics, video denied"},
		{"cookiesjsr", `{"analytics":true,"video":true}`, Granted, ""},
	},
}
