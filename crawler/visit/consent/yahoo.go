package consent

// Yahoo is Yahoo: https://legal.yahoo.com/ie/en/yahoo/privacy/cookies/index.html
var Yahoo = Platform{
	ID:    "yahoo",
	Name:  "Yahoo",
	Doc:   "https://legal.yahoo.com/ie/en/yahoo/privacy/cookies/index.html",
	Popup: []string{`#consent-page`, `form.consent-form`},
	Accept: []Way{
		{`#consent-page button[value=agree]`},
		{`form.consent-form button[value=agree]`},
	},
	Reject: []Way{
		{`#consent-page button[value=reject]`},
		{`form.consent-form button[value=reject]`},
	},
}
