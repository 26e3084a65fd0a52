package consent

// Truyo is Truyo: https://truyo.com/
var Truyo = Platform{
	ID:    "truyo",
	Name:  "Truyo",
	Doc:   "https://truyo.com/",
	Popup: []string{`#truyo-consent-module`},
	Accept: []Way{
		{`#acceptAllCookieButton`},
	},
	Reject: []Way{
		{`#declineAllCookieButton`},
	},
}
