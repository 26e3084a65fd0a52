package consent

// EUCookieCompliance is EU Cookie Compliance (Drupal): https://www.drupal.org/project/eu_cookie_compliance
var EUCookieCompliance = Platform{
	ID:    "eu-cookie-compliance",
	Name:  "EU Cookie Compliance (Drupal)",
	Doc:   "https://www.drupal.org/project/eu_cookie_compliance",
	Popup: []string{`#sliding-popup`},
	Accept: []Way{
		{`.eu-cookie-compliance-banner .agree-button`, `?#sliding-popup .hide-popup-button`},
	},
	Reject: []Way{
		{`.eu-cookie-compliance-banner .decline-button`},
		{`-.eu-cookie-compliance-categories input[type=checkbox]`, `.eu-cookie-compliance-save-preferences-button`},
	},
	Reopen: []string{`.eu-cookie-withdraw-tab`},
	Recall: `Drupal.eu_cookie_compliance.toggleWithdrawBanner()`,
}
