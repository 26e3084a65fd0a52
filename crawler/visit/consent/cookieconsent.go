package consent

// CookieConsent is Cookie Consent (Insites, Osano open source): https://github.com/osano/cookieconsent Other platforms have built on
// its window, and use its buttons otherwise.
var CookieConsent = Platform{
	ID:    "cookieconsent",
	Name:  "Cookie Consent (Insites, Osano open source)",
	Doc:   "https://github.com/osano/cookieconsent",
	Popup: []string{`.cc-window:not(#pandectes-banner, .csm-wrapper *, :has(.dp--cookie-check))`},
	Accept: []Way{
		{`.cc-window .cc-allow`},
		{`.cc-window .cc-accept-all`},
		{`.cc-window.cc-theme-classic .cc-dismiss`},
	},
	Reject: []Way{
		{`.cc-window .cc-deny`},
		{`.cc-window .cc-deny-all`},
	},
	Reopen: []string{`.cc-revoke`},
}
