package consent

// CookieConsent is Cookie Consent (Insites, Osano open source): https://github.com/osano/cookieconsent
var CookieConsent = Platform{
	ID:    "cookieconsent",
	Name:  "Cookie Consent (Insites, Osano open source)",
	Doc:   "https://github.com/osano/cookieconsent",
	Popup: []string{`.cc-window.cc-banner`, `.cc-window.cc-floating`, `.cc-window`},
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
