package consent

// Silktide is Silktide Consent Manager: https://silktide.com/consent-manager/docs/
var Silktide = Platform{
	ID:    "silktide",
	Name:  "Silktide Consent Manager",
	Doc:   "https://silktide.com/consent-manager/docs/",
	Popup: []string{`#stcm-banner`, `#silktide-banner`, `#stcm-modal`, `#silktide-modal`},
	Accept: []Way{
		{`#stcm-banner .accept-all`},
		{`#silktide-banner .accept-all`},
		{`#stcm-modal .preferences-accept-all`},
		{`#silktide-modal .preferences-accept-all`},
	},
	Reject: []Way{
		{`#stcm-banner .reject-all`},
		{`#silktide-banner .reject-all`},
		{`#stcm-modal .preferences-reject-all`},
		{`#silktide-modal .preferences-reject-all`},
	},
	Reopen: []string{`#stcm-icon`, `#silktide-cookie-icon`},
}
