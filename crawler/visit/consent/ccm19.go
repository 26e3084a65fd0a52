package consent

// CCM19 is CCM19: https://docs.ccm19.de/
var CCM19 = Platform{
	ID:    "ccm19",
	Name:  "CCM19",
	Doc:   "https://docs.ccm19.de/",
	Popup: []string{`#ccm-widget`, `.ccm-root .ccm-modal`},
	Accept: []Way{
		{`.ccm--save-settings[data-full-consent=true]`},
	},
	Reject: []Way{
		{`.ccm--decline-cookies`},
	},
	Recall: `CCM.openWidget()`,
}
