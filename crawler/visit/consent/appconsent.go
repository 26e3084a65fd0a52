package consent

// AppConsent is AppConsent (SFBX): https://docs.sfbx.io/ Its dialog is a document without an address in a frame.
var AppConsent = Platform{
	ID:    "appconsent",
	Name:  "AppConsent (SFBX)",
	Doc:   "https://docs.sfbx.io/",
	Frame: `^about:`,
	Popup: []string{`.button__acceptAll`},
	Accept: []Way{
		{`.button__acceptAll`},
	},
	Reject: []Way{
		{`.button__refuseAll`},
		{`.button__skip`},
	},
}
