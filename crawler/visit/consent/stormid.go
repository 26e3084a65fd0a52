package consent

// StormID is Storm ID cookie-banner: https://www.npmjs.com/package/@stormid/cookie-banner
var StormID = Platform{
	ID:    "stormid",
	Name:  "Storm ID cookie-banner",
	Doc:   "https://www.npmjs.com/package/@stormid/cookie-banner",
	Popup: []string{`.privacy-banner:has(.privacy-banner__accept)`},
	Accept: []Way{
		{`.privacy-banner__accept`},
	},
	Reject: []Way{
		{`.privacy-banner__reject`},
	},
}
