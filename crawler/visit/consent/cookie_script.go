package consent

// CookieScript is Cookie-Script: https://support.cookie-script.com/
var CookieScript = Platform{
	ID:    "cookie-script",
	Name:  "Cookie-Script",
	Doc:   "https://support.cookie-script.com/",
	Popup: []string{`#cookiescript_injected`, `#cookiescript_injected_wrapper`},
	Accept: []Way{
		{`#cookiescript_accept`},
	},
	Reject: []Way{
		{`#cookiescript_reject`},
		{`?#cookiescript_manage`, `-#cookiescript_injected input[type=checkbox]`, `#cookiescript_save`},
	},
	Reopen: []string{`#cookiescript_badge`},
	Recall: `CookieScript.instance.show()`,
}
