package consent

// CookieYes is CookieYes: https://www.cookieyes.com/documentation/
var CookieYes = Platform{
	ID:    "cookieyes",
	Name:  "CookieYes",
	Doc:   "https://www.cookieyes.com/documentation/",
	Popup: []string{`.cky-consent-container`, `.cky-modal.cky-modal-open`, `#cookie-law-info-bar`, `#cliSettingsPopup.cli-show`},
	Accept: []Way{
		{`.cky-btn-accept`},
		{`#wt-cli-accept-all-btn`},
		{`#cookie_action_close_header`},
	},
	Reject: []Way{
		{`.cky-btn-reject`},
		{`#cookie_action_close_header_reject`},
		{`#wt-cli-reject-btn`},
		{`.cky-btn-customize`, `-.cky-modal input[type=checkbox]`, `.cky-btn-preferences`},
	},
	Reopen: []string{`.cky-btn-revisit`},
	Recall: `revisitCkyConsent()`,
}
