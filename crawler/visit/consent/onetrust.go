package consent

// OneTrust is OneTrust: https://my.onetrust.com/articles/en_US/Knowledge/UUID-d81787f6-685c-2262-36c3-5f1f3369e2a7
var OneTrust = Platform{
	ID:    "onetrust",
	Name:  "OneTrust",
	Doc:   "https://my.onetrust.com/articles/en_US/Knowledge/UUID-d81787f6-685c-2262-36c3-5f1f3369e2a7",
	Popup: []string{`#onetrust-banner-sdk`, `#onetrust-pc-sdk`},
	Accept: []Way{
		{`#onetrust-accept-btn-handler`},
		{`#accept-recommended-btn-handler`},
	},
	Reject: []Way{
		{`#onetrust-reject-all-handler`},
		{`#onetrust-pc-btn-handler`, `.ot-pc-refuse-all-handler`},
		{`?#onetrust-pc-btn-handler`, `-#onetrust-pc-sdk input.category-switch-handler`, `.save-preference-btn-handler`},
	},
	Reopen: []string{`#ot-sdk-btn`, `.ot-sdk-show-settings`, `.optanon-toggle-display`, `#ot-sdk-btn-floating button`},
	Recall: `OneTrust.ToggleInfoDisplay()`,
}
