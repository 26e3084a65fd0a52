package consent

// Civic is Civic Cookie Control: https://www.civicuk.com/cookie-control/documentation/
var Civic = Platform{
	ID:    "civic",
	Name:  "Civic Cookie Control",
	Doc:   "https://www.civicuk.com/cookie-control/documentation/",
	Popup: []string{`#ccc-notify`, `#ccc #ccc-module`, `#ccc-overlay`},
	Accept: []Way{
		{`#ccc-notify-accept`},
		{`#ccc-recommended-settings`},
	},
	Reject: []Way{
		{`#ccc-notify-reject`},
		{`#ccc-reject-settings`},
	},
	Reopen: []string{`#ccc-icon`},
	Recall: `CookieControl.open()`,
}
