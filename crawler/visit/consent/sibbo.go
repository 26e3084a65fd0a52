package consent

// Sibbo is Sibbo CMP: https://sibboventures.com/
var Sibbo = Platform{
	ID:    "sibbo",
	Name:  "Sibbo CMP",
	Doc:   "https://sibboventures.com/",
	Popup: []string{`sibbo-cmp-layout`},
	Accept: []Way{
		{`#acceptAllMain`},
	},
	Reject: []Way{
		{`#rejectAllMain`},
	},
}
