package consent

// CookieFirst is CookieFirst: https://support.cookiefirst.com/
var CookieFirst = Platform{
	ID:    "cookiefirst",
	Name:  "CookieFirst",
	Doc:   "https://support.cookiefirst.com/",
	Popup: []string{`.cookiefirst-root [role=dialog]`, `[data-cookiefirst-widget]`, `.cookiefirst-root .cookiefirst__dialog`},
	Accept: []Way{
		{`[data-cookiefirst-action=accept]`},
	},
	Reject: []Way{
		{`[data-cookiefirst-action=reject]`},
		{`[data-cookiefirst-action=adjust]`, `[data-cookiefirst-action=reject]`},
	},
	Recall: `CookieFirst.openPanel()`,
}
