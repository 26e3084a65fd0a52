package consent

// Ketch is Ketch: https://docs.ketch.com/
var Ketch = Platform{
	ID:    "ketch",
	Name:  "Ketch",
	Doc:   "https://docs.ketch.com/",
	Popup: []string{`#lanyard_root [role=dialog]`, `#ketch-banner`, `#ketch-consent-banner`},
	Accept: []Way{
		{`#ketch-banner-button-primary`},
		{`#lanyard_root button[aria-label^=Accept]`},
	},
	Reject: []Way{
		{`#ketch-banner-button-secondary`},
		{`#lanyard_root button[aria-label^=Reject]`},
	},
	Recall: `ketch("showPreferences")`,
}
