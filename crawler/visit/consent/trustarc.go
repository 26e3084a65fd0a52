package consent

// TrustArc is TrustArc: https://trustarc.com/products/consent-consumer-rights/cookie-consent-manager/
var TrustArc = Platform{
	ID:    "trustarc",
	Name:  "TrustArc",
	Doc:   "https://trustarc.com/products/consent-consumer-rights/cookie-consent-manager/",
	Popup: []string{`#truste-consent-track`, `#consent_blackbar`, `#truste-consent-content`, `.truste_overlay`, `.truste_box_overlay`},
	Accept: []Way{
		{`#truste-consent-button`},
		{`.pdynamicbutton .call`},
		{`.acceptAllButtonLower`},
	},
	Reject: []Way{
		{`#truste-consent-required`},
		{`#truste-show-consent`, `.pdynamicbutton .required`},
		{`#truste-show-consent`, `.declineAllButtonLower`},
		{`#truste-show-consent`, `.rejectAll`, `?.submit`},
		{`.pdynamicbutton .required`},
		{`#truste-show-consent`, `-input[type=checkbox]`, `.submit`},
	},
	Reopen: []string{`#teconsent a`, `#teconsent`},
	Recall: `truste.eu.clickListener()`,
}
