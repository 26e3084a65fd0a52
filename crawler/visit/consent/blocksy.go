package consent

// Blocksy is Blocksy: https://creativethemes.com/blocksy/docs/extensions/cookies-consent/
var Blocksy = Platform{
	ID:    "blocksy",
	Name:  "Blocksy",
	Doc:   "https://creativethemes.com/blocksy/docs/extensions/cookies-consent/",
	Popup: []string{`.cookie-notification:has(.ct-cookies-accept-button)`},
	Accept: []Way{
		{`.ct-cookies-accept-button`},
	},
	Reject: []Way{
		{`.ct-cookies-decline-button`},
	},
}
