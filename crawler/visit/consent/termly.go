package consent

// Termly is Termly: https://help.termly.io/
var Termly = Platform{
	ID:    "termly",
	Name:  "Termly",
	Doc:   "https://help.termly.io/",
	Popup: []string{`#termly-code-snippet-support [role=alertdialog]`, `#termly-code-snippet-support [role=dialog]`, `[data-tid=banner-accept]`},
	Accept: []Way{
		{`[data-tid=banner-accept]`},
		{`.t-acceptAllButton`},
	},
	Reject: []Way{
		{`[data-tid=banner-decline]`},
		{`.t-declineButton`},
		{`.t-declineAllButton`},
		{`.t-preference-button`, `.t-declineAllButton`, `?.t-saveButton`},
		{`[data-tid=banner-preferences]`, `[data-tid=preferences-decline-all]`, `?[data-tid=preferences-save]`},
	},
	Reopen: []string{`.termly-display-preferences`},
	Recall: `displayPreferenceModal()`,
}
