package consent

// Acris is ACRIS Cookie Consent (Shopware): https://store.shopware.com/en/acris27083f/cookie-consent-manager.html
var Acris = Platform{
	ID:    "acris",
	Name:  "ACRIS Cookie Consent (Shopware)",
	Doc:   "https://store.shopware.com/en/acris27083f/cookie-consent-manager.html",
	Popup: []string{`.acris-cookie-consent`},
	Accept: []Way{
		{`#ccConsentAcceptAllButton`},
	},
	Reject: []Way{
		{`#ccAcceptOnlyFunctional`},
	},
}
