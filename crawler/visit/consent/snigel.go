package consent

// Snigel is Snigel AdConsent: https://snigel.com/adconsent
var Snigel = Platform{
	ID:    "snigel",
	Name:  "Snigel AdConsent",
	Doc:   "https://snigel.com/adconsent",
	Popup: []string{`.snigel-cmp-framework`},
	Accept: []Way{
		{`.snigel-cmp-framework #accept-choices`},
	},
	Reject: []Way{
		{`.snigel-cmp-framework #sn-b-custom`, `-.snigel-cmp-framework input[type=checkbox]`, `#sn-b-save`},
	},
}
