package consent

// LiveRamp is LiveRamp Privacy Manager: https://docs.liveramp.com/privacy-manager/en/cmp-docs.html
var LiveRamp = Platform{
	ID:    "liveramp",
	Name:  "LiveRamp Privacy Manager",
	Doc:   "https://docs.liveramp.com/privacy-manager/en/cmp-docs.html",
	Frame: `^https://[^/]*\.privacymanager\.io/`,
	Popup: []string{`#save`, `#saveAndExit`},
	Accept: []Way{
		{`#save`},
	},
	Reject: []Way{
		{`#denyAll`, `?.okButton`},
		{`#manageSettings`, `-[role=checkbox]`, `#saveAndExit`, `?.okButton`},
	},
}
