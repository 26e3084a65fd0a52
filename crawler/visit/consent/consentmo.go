package consent

// Consentmo is Consentmo: https://help.consentmo.com/
var Consentmo = Platform{
	ID:    "consentmo",
	Name:  "Consentmo",
	Doc:   "https://help.consentmo.com/",
	Popup: []string{`.csm-wrapper`},
	Accept: []Way{
		{`.csm-wrapper .cc-allow`},
	},
	Reject: []Way{
		{`.csm-wrapper .cc-deny`},
		{`.csm-wrapper .cc-settings`, `.csm-wrapper .cc-deny`},
	},
}
