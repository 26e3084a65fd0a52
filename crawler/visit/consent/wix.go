package consent

// Wix is Wix: https://support.wix.com/en/article/about-your-cookie-banner
var Wix = Platform{
	ID:   "wix",
	Name: "Wix",
	Doc:  "https://support.wix.com/en/article/about-your-cookie-banner",
	Popup: []string{
		`[data-hook=ccsu-banner-wrapper]`,
		`[data-hook=consent-banner-root-container]`,
		`[data-comp-type=cookie-banner-root-wix]`,
	},
	Accept: []Way{
		{`[data-hook=ccsu-banner-accept]`},
		{`[data-hook=consent-banner-apply-button]`},
	},
	Reject: []Way{
		{`[data-hook=ccsu-banner-decline-all]`},
		{`[data-hook=consent-banner-decline-all-button]`},
	},
}
