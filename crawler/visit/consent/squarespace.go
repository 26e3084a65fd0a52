package consent

// Squarespace is Squarespace: https://support.squarespace.com/hc/en-us/articles/360001264507
var Squarespace = Platform{
	ID:    "squarespace",
	Name:  "Squarespace",
	Doc:   "https://support.squarespace.com/hc/en-us/articles/360001264507",
	Popup: []string{`.cookie-banner-mount-point section`, `.sqs-cookie-banner-v2`},
	Accept: []Way{
		{`.cookie-banner-mount-point button.accept`},
		{`.sqs-cookie-banner-v2-accept`},
	},
	Reject: []Way{
		{`.cookie-banner-mount-point button.decline`},
		{`.sqs-cookie-banner-v2-deny`},
	},
}
