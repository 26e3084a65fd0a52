package consent

// Openli is Openli: https://openli.com/
var Openli = Platform{
	ID:    "openli",
	Name:  "Openli",
	Doc:   "https://openli.com/",
	Popup: []string{`#lm-cookie-wall-container`},
	Accept: []Way{
		{`#lm-accept-all`},
	},
	Reject: []Way{
		{`#lm-accept-necessary`},
	},
}
