package consent

// Iubenda is iubenda: https://www.iubenda.com/en/help/1205-how-to-configure-your-cookie-solution-advanced-guide
var Iubenda = Platform{
	ID:    "iubenda",
	Name:  "iubenda",
	Doc:   "https://www.iubenda.com/en/help/1205-how-to-configure-your-cookie-solution-advanced-guide",
	Popup: []string{`#iubenda-cs-banner`, `#iubenda-iframe`},
	Accept: []Way{
		{`.iubenda-cs-accept-btn`},
		{`#iubenda-cs-accept-btn`},
	},
	Reject: []Way{
		{`.iubenda-cs-reject-btn`},
		{`.iubenda-cs-close-btn`},
		{`.iubenda-cs-customize-btn`, `.iub-cmp-reject-btn`},
		{`.iubenda-cs-customize-btn`, `?.purposes-btn-reject`, `#iubFooterBtn`},
	},
	Reopen: []string{`.iubenda-cs-preferences-link`, `.iubenda-tp-btn`},
	Recall: `_iub.cs.api.openPreferences()`,
}
