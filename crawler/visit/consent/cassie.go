package consent

// Cassie is Cassie: https://trustcassie.com/
var Cassie = Platform{
	ID:    "cassie",
	Name:  "Cassie",
	Doc:   "https://trustcassie.com/",
	Popup: []string{`.cassie-pre-banner`, `.cassie-cookie-modal`},
	Accept: []Way{
		{`.cassie-accept-all`},
	},
	Reject: []Way{
		{`.cassie-reject-all`},
	},
}
