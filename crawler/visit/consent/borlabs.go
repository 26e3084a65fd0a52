package consent

// Borlabs is Borlabs Cookie: https://borlabs.io/borlabs-cookie/
var Borlabs = Platform{
	ID:    "borlabs",
	Name:  "Borlabs Cookie",
	Doc:   "https://borlabs.io/borlabs-cookie/",
	Popup: []string{`#BorlabsCookieBox`, `#BorlabsCookieBox .brlbs-cmpnt-dialog-backdrop`, `#BorlabsCookieBox [role=dialog]`, `.brlbs-cmpnt-dialog`},
	Accept: []Way{
		{`#BorlabsCookieBox [data-cookie-accept-all]`},
		{`.brlbs-btn-accept-all`},
		{`#CookieBoxSaveButton[data-cookie-accept]`},
	},
	Reject: []Way{
		{`#BorlabsCookieBox [data-cookie-refuse]`},
		{`.brlbs-btn-accept-only-essential`},
		{`.brlbs-btn-reject-all`},
		{`#CookieBoxPreferencesShow`, `-#BorlabsCookieBox input[type=checkbox]`, `#CookiePrefSave`},
	},
	Reopen: []string{`.borlabs-cookie-open-dialog-preferences`, `.borlabs-cookie-preference`},
	Recall: `BorlabsCookie.Dialog.open()`,
}
