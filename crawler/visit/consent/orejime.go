package consent

// Orejime is Orejime: https://github.com/boscop-fr/orejime
var Orejime = Platform{
	ID:    "orejime",
	Name:  "Orejime",
	Doc:   "https://github.com/boscop-fr/orejime",
	Popup: []string{`.orejime-Notice`, `.orejime-Banner`, `.orejime-Modal`},
	Accept: []Way{
		{`.orejime-Notice-saveButton`},
		{`.orejime-Banner-saveButton`},
		{`.orejime-Button--save.orejime-Notice-button`},
		{`.orejime-Modal-acceptAll`, `?.orejime-Modal-saveButton`},
	},
	Reject: []Way{
		{`.orejime-Notice-declineButton`},
		{`.orejime-Banner-declineButton`},
		{`.orejime-Button--decline`},
		{`.orejime-Notice-learnMoreButton`, `-.orejime-Modal input[type=checkbox]`, `.orejime-Modal-saveButton`},
		{`.orejime-Banner-learnMoreButton`, `-.orejime-Modal input[type=checkbox]`, `.orejime-Modal-saveButton`},
	},
	Recall: `orejime.prompt()`,
}
