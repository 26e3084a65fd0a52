package consent

// CookiesJSR is COOKiES Consent Management (Drupal): https://www.drupal.org/project/cookies
var CookiesJSR = Platform{
	ID:    "cookiesjsr",
	Name:  "COOKiES Consent Management (Drupal)",
	Doc:   "https://www.drupal.org/project/cookies",
	Popup: []string{`#cookiesjsr .cookiesjsr-banner`, `.cookiesjsr-layer`},
	Accept: []Way{
		{`.cookiesjsr-btn.allowAll`},
	},
	Reject: []Way{
		{`.cookiesjsr-btn.denyAll`},
		{`.cookiesjsr-settings`, `.cookiesjsr-btn.denyAll`},
	},
	Reopen: []string{`[href="#editCookieSettings"]`},
}
