package consent

// WPCookieConsent is WP Cookie Consent (WPEka): https://wordpress.org/plugins/gdpr-cookie-consent/
var WPCookieConsent = Platform{
	ID:    "wp-cookie-consent",
	Name:  "WP Cookie Consent (WPEka)",
	Doc:   "https://wordpress.org/plugins/gdpr-cookie-consent/",
	Popup: []string{`#gdpr-cookie-consent-bar`},
	Accept: []Way{
		{`#gdpr-cookie-consent-bar #cookie_action_accept_all`},
		{`#gdpr-cookie-consent-bar #cookie_action_accept`},
	},
	Reject: []Way{
		{`#gdpr-cookie-consent-bar #cookie_action_reject`},
	},
	Reopen: []string{`#gdpr-cookie-consent-show-again`},
}
