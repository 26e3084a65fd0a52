package consent

// Enzuzo is Enzuzo: https://www.enzuzo.com/
var Enzuzo = Platform{
	ID:    "enzuzo",
	Name:  "Enzuzo",
	Doc:   "https://www.enzuzo.com/",
	Popup: []string{`#ez-cookie-notification`},
	Accept: []Way{
		{`#ez-cookie-notification__accept`},
	},
	Reject: []Way{
		{`#ez-cookie-notification__decline`},
	},
}
