package consent

// CookieHub is CookieHub: https://docs.cookiehub.com/
var CookieHub = Platform{
	ID:    "cookiehub",
	Name:  "CookieHub",
	Doc:   "https://docs.cookiehub.com/",
	Popup: []string{`.ch2-dialog.ch2-visible`, `.ch2-dialog`},
	Accept: []Way{
		{`.ch2-allow-all-btn`},
	},
	Reject: []Way{
		{`.ch2-deny-all-btn`},
		{`.ch2-open-settings-btn`, `.ch2-deny-all-btn`},
	},
	Reopen: []string{`.ch2-icon`},
	Recall: `cookiehub.openSettings()`,
}
