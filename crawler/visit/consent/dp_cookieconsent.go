package consent

// DPCookieConsent is dp_cookieconsent (TYPO3): https://extensions.typo3.org/extension/dp_cookieconsent Its window is that of Cookie
// Consent, whose button to allow saves what is ticked here.
var DPCookieConsent = Platform{
	ID:    "dp-cookieconsent",
	Name:  "dp_cookieconsent (TYPO3)",
	Doc:   "https://extensions.typo3.org/extension/dp_cookieconsent",
	Popup: []string{`.cc-window:has(.dp--cookie-check)`},
	Accept: []Way{
		{`.cc-window:has(.dp--cookie-check) .cc-allow-all`},
	},
	Reject: []Way{
		{`.cc-window:has(.dp--cookie-check) .cc-deny`},
		{`-.dp--cookie-check input[type=checkbox]`, `.cc-window:has(.dp--cookie-check) .cc-allow`},
	},
	Reopen: []string{`.cc-revoke`},
}
