package consent

// CookieNotice is Cookie Notice (hu-manity.co): https://wordpress.org/plugins/cookie-notice/
var CookieNotice = Platform{
	ID:    "cookie-notice",
	Name:  "Cookie Notice (hu-manity.co)",
	Doc:   "https://wordpress.org/plugins/cookie-notice/",
	Popup: []string{`#cookie-notice .cookie-notice-container`},
	Accept: []Way{
		{`#cn-accept-cookie`},
		{`#cookie-notice [data-cookie-set=accept]`},
	},
	Reject: []Way{
		{`#cn-refuse-cookie`},
		{`#cookie-notice [data-cookie-set=refuse]`},
	},
	Reopen: []string{`.cn-revoke-cookie`},
}
