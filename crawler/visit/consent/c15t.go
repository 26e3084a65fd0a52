package consent

// C15t is c15t: https://c15t.com/docs/frameworks/react/components/consent-banner
var C15t = Platform{
	ID:   "c15t",
	Name: "c15t",
	Doc:  "https://c15t.com/docs/frameworks/react/components/consent-banner",
	Popup: []string{
		`[data-testid=consent-banner-root]`,
		`[data-testid=iab-consent-banner-root]`,
		`[data-testid=consent-dialog-root]`,
	},
	Accept: []Way{
		{`[data-testid=consent-banner-accept-button]`},
		{`[data-testid=iab-consent-banner-accept-button]`},
		{`[data-testid=consent-widget-footer-accept-button]`},
	},
	Reject: []Way{
		{`[data-testid=consent-banner-reject-button]`},
		{`[data-testid=iab-consent-banner-reject-button]`},
		{`[data-testid=consent-widget-reject-button]`},
		{`[data-testid=consent-banner-customize-button]`, `[data-testid=consent-widget-reject-button]`},
	},
}
