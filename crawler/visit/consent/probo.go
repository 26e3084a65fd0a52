package consent

// Probo is Probo: https://www.npmjs.com/package/@probo/cookie-banner
var Probo = Platform{
	ID:    "probo",
	Name:  "Probo",
	Doc:   "https://www.npmjs.com/package/@probo/cookie-banner",
	Popup: []string{`probo-banner`, `probo-preference-panel`},
	Accept: []Way{
		{`probo-banner probo-accept-button button`},
		{`probo-accept-button button`},
	},
	Reject: []Way{
		{`probo-banner probo-reject-button button`},
		{`probo-reject-button button`},
		{`probo-customize-button button`, `-probo-category-toggle input`, `probo-save-button button`},
	},
	Reopen: []string{`probo-settings-link`},
}
