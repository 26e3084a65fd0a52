package consent

// Google is Google: https://policies.google.com/technologies/cookies
var Google = Platform{
	ID:    "google",
	Name:  "Google",
	Doc:   "https://policies.google.com/technologies/cookies",
	Popup: []string{`#L2AGLb`, `form[action*="//consent."][action$="/save"]`},
	Accept: []Way{
		{`#L2AGLb`},
		{`form[action*="//consent."][action$="/save"]:has([name=set_eom][value=false]) button`},
	},
	Reject: []Way{
		{`#W0wltc`},
		{`form[action*="//consent."][action$="/save"]:has([name=set_eom][value=true]) button`},
	},
}
