package consent

// VanillaCookieConsent is vanilla-cookieconsent (orestbida): https://cookieconsent.orestbida.com/
var VanillaCookieConsent = Platform{
	ID:    "vanilla-cookieconsent",
	Name:  "vanilla-cookieconsent (orestbida)",
	Doc:   "https://cookieconsent.orestbida.com/",
	Popup: []string{`#cc-main .cm`, `#cc-main .pm`, `#cc--main #cm`, `#cc--main #s-cnt`},
	Accept: []Way{
		{`#cc-main .cm [data-role=all]`},
		{`#cc-main [data-role=all]`},
		{`#cc--main #s-all-bn`},
		{`#cc--main #c-p-bn`},
	},
	Reject: []Way{
		{`#cc-main .cm [data-role=necessary]`},
		{`#cc-main [data-role=necessary]`},
		{`#cc-main [data-role=show]`, `#cc-main .pm [data-role=necessary]`},
		{`#cc-main [data-role=show]`, `-#cc-main .pm input[type=checkbox]`, `#cc-main .pm [data-role=save]`},
		{`#cc--main #s-rall-bn`},
		{`#cc--main #c-s-bn`, `?#cc--main #s-rall-bn`},
	},
	Reopen: []string{`[data-cc="show-preferencesModal"]`, `[data-cc="c-settings"]`},
	Recall: `CookieConsent.showPreferences()`,
}
