package consent

// Ezoic is Ezoic: https://support.ezoic.com/
var Ezoic = Platform{
	ID:    "ezoic",
	Name:  "Ezoic",
	Doc:   "https://support.ezoic.com/",
	Popup: []string{`#ez-cookie-dialog-wrapper`},
	Accept: []Way{
		{`#ez-accept-all`},
	},
	Reject: []Way{
		{`#ez-reject-all`},
		{`#ez-manage-settings`, `-#ez-cookie-dialog input[type=checkbox]`, `#ez-save-settings`},
	},
}
