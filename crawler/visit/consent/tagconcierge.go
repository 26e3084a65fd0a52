package consent

// TagConcierge is Tag Concierge Consent Mode Banner: https://tagconcierge.com/consent-mode-banner-cookie-consent-management
var TagConcierge = Platform{
	ID:    "tagconcierge",
	Name:  "Tag Concierge Consent Mode Banner",
	Doc:   "https://tagconcierge.com/consent-mode-banner-cookie-consent-management",
	Popup: []string{`#consent-banner-modal`, `#consent-banner-settings`},
	Accept: []Way{
		{`#consent-banner-modal [href="#accept"]`},
	},
	Reject: []Way{
		{`#consent-banner-modal [href="#reject"]`},
		{`#consent-banner-modal [href="#settings"]`, `#consent-banner-settings [href="#reject"]`},
	},
}
