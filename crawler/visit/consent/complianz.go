package consent

// Complianz is Complianz: https://complianz.io/docs/
var Complianz = Platform{
	ID:    "complianz",
	Name:  "Complianz",
	Doc:   "https://complianz.io/docs/",
	Popup: []string{`.cmplz-cookiebanner:not(.cmplz-dismissed)`, `#cc-window.cc-window`},
	Accept: []Way{
		{`.cmplz-cookiebanner .cmplz-accept`},
	},
	Reject: []Way{
		{`.cmplz-cookiebanner .cmplz-deny`},
		{`.cmplz-cookiebanner .cmplz-view-preferences`, `-.cmplz-cookiebanner input[type=checkbox]`, `.cmplz-cookiebanner .cmplz-save-preferences`},
	},
	Reopen: []string{`.cmplz-manage-consent`, `.cmplz-show-banner`},
}
