package consent

// ConsentManager is consentmanager: https://help.consentmanager.net/books/cmp/page/javascript-api
var ConsentManager = Platform{
	ID:    "consentmanager",
	Name:  "consentmanager",
	Doc:   "https://help.consentmanager.net/books/cmp/page/javascript-api",
	Popup: []string{`#cmpbox`, `#cmpbox2`},
	Accept: []Way{
		{`.cmpboxbtnyes`},
		{`#cmpbntyestxt`},
		{`#cmpwelcomebtnyes a`},
	},
	Reject: []Way{
		{`.cmpboxbtnno`},
		{`#cmpbntnotxt`},
		{`#cmpwelcomebtnno a`},
		{`.cmpboxbtncustom`, `?.cmpboxbtnrejectcustomchoices`, `.cmpboxbtnno`},
		{`.cmpboxbtncustom`, `-#cmpbox2 input[type=checkbox]`, `.cmpboxbtnsave`},
		{`#cmpwelcomebtncustom a`, `.cmpboxbtnno`},
	},
	Reopen: []string{`#cmpbuttonfooter`, `.cmpmorelink`},
	Recall: `__cmp("showScreenAdvanced")`,
}
