package consent

// ReactCookieConsent is react-cookie-consent: https://www.npmjs.com/package/react-cookie-consent
var ReactCookieConsent = Platform{
	ID:    "react-cookie-consent",
	Name:  "react-cookie-consent",
	Doc:   "https://www.npmjs.com/package/react-cookie-consent",
	Popup: []string{`.CookieConsent:has(#rcc-confirm-button)`, `#rcc-confirm-button`},
	Accept: []Way{
		{`#rcc-confirm-button`},
	},
	Reject: []Way{
		{`#rcc-decline-button`},
	},
}
