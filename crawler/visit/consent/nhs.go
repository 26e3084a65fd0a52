package consent

// NHS is NHS.UK cookie consent: https://github.com/nhsuk/nhsuk-cookie-consent
var NHS = Platform{
	ID:    "nhs",
	Name:  "NHS.UK cookie consent",
	Doc:   "https://github.com/nhsuk/nhsuk-cookie-consent",
	Popup: []string{`#nhsuk-cookie-banner`},
	Accept: []Way{
		{`#nhsuk-cookie-banner__link_accept_analytics`},
	},
	Reject: []Way{
		{`#nhsuk-cookie-banner__link_accept`},
	},
}
