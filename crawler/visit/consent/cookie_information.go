package consent

// CookieInformation is Cookie Information: https://support.cookieinformation.com/
var CookieInformation = Platform{
	ID:    "cookie-information",
	Name:  "Cookie Information",
	Doc:   "https://support.cookieinformation.com/",
	Popup: []string{`#coiOverlay`, `#coi-banner-wrapper`},
	Accept: []Way{
		{`#coiPage-1 .coi-banner__accept`},
		{`button.coi-banner__accept`},
	},
	Reject: []Way{
		{`#declineButton`},
		{`.coi-banner__decline`},
		{`#coiPage-2 .coi-banner__decline`},
	},
	Reopen: []string{`#Coi-Renew`},
	Recall: `CookieConsent.renew()`,
}
