package consent

// Finsweet is Finsweet Cookie Consent (Webflow): https://finsweet.com/components/cookie-consent
var Finsweet = Platform{
	ID:    "finsweet",
	Name:  "Finsweet Cookie Consent (Webflow)",
	Doc:   "https://finsweet.com/components/cookie-consent",
	Popup: []string{`[fs-cc=banner]`, `[fs-consent-element=banner]`},
	Accept: []Way{
		{`[fs-cc=banner] [fs-cc=allow]`},
		{`[fs-consent-element=banner] [fs-consent-element=allow]`},
	},
	Reject: []Way{
		{`[fs-cc=banner] [fs-cc=deny]`},
		{`[fs-consent-element=banner] [fs-consent-element=deny]`},
		{`[fs-cc=open-preferences]`, `-[fs-cc=preferences] input[type=checkbox]`, `[fs-cc=preferences] [fs-cc=submit]`},
		{
			`[fs-consent-element=open-preferences]`,
			`-[fs-consent-element=preferences] input[type=checkbox]`,
			`[fs-consent-element=submit]`,
		},
	},
	Reopen: []string{`[fs-cc=manager]`, `[fs-consent-element=manager]`},
}
