package consent

// CookieCompliance is Cookie Compliance (hu-manity.co): https://cookie-compliance.co/documentation/getting-started One button saves;
// the level of consent is chosen before, of which the first is the least.
var CookieCompliance = Platform{
	ID:    "cookie-compliance",
	Name:  "Cookie Compliance (hu-manity.co)",
	Doc:   "https://cookie-compliance.co/documentation/getting-started",
	Popup: []string{`#hu.hu-visible`},
	Accept: []Way{
		{`?[data-hu-action=cookies-notice-consent-choices-3]`, `#hu-cookies-save`},
	},
	Reject: []Way{
		{`?[data-hu-action=cookies-notice-consent-choices-1]`, `#hu-cookies-save`},
	},
	Reopen: []string{`[data-hu-action=cookies-notice-revoke]`},
}
