package consent

// CookiesEUBanner is cookies-eu-banner: https://www.npmjs.com/package/cookies-eu-banner
var CookiesEUBanner = Platform{
	ID:    "cookies-eu-banner",
	Name:  "cookies-eu-banner",
	Doc:   "https://www.npmjs.com/package/cookies-eu-banner",
	Popup: []string{`#cookies-eu-banner`},
	Accept: []Way{
		{`#cookies-eu-accept`},
	},
	Reject: []Way{
		{`#cookies-eu-reject`},
	},
}
