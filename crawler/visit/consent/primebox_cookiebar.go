package consent

// PrimeboxCookieBar is jquery.cookieBar (PrimeBox): https://www.primebox.co.uk/projects/jquery-cookiebar/
var PrimeboxCookieBar = Platform{
	ID:    "primebox-cookiebar",
	Name:  "jquery.cookieBar (PrimeBox)",
	Doc:   "https://www.primebox.co.uk/projects/jquery-cookiebar/",
	Popup: []string{`#cookie-bar:has(.cb-enable, .cb-disable)`},
	Accept: []Way{
		{`#cookie-bar .cb-enable`},
	},
	Reject: []Way{
		{`#cookie-bar .cb-disable`},
	},
}
