package consent

// Gravito is Gravito: https://www.gravito.net/cmp/
var Gravito = Platform{
	ID:    "gravito",
	Name:  "Gravito",
	Doc:   "https://www.gravito.net/cmp/",
	Popup: []string{`.gravitoCMP-background-overlay`},
	Accept: []Way{
		{`#modalConfirmBtn.gravitoCMP-button`},
	},
	Reject: []Way{
		{`#modalSettingBtn.gravitoCMP-button`, `#allRejectBtn`},
	},
}
