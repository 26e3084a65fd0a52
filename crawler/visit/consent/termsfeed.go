package consent

// TermsFeed is TermsFeed Privacy Consent: https://www.termsfeed.com/privacy-consent/
var TermsFeed = Platform{
	ID:    "termsfeed",
	Name:  "TermsFeed Privacy Consent",
	Doc:   "https://www.termsfeed.com/privacy-consent/",
	Popup: []string{`.termsfeed-com---nb`, `.cc_dialog.cc_css_reboot`},
	Accept: []Way{
		{`.termsfeed-com---nb .cc-nb-okagree`},
		{`.cc_dialog .cc_b_ok`},
	},
	Reject: []Way{
		{`.termsfeed-com---nb .cc-nb-reject`},
		{`.termsfeed-com---nb .cc-nb-changep`, `-input[cookie_consent_toggler=true]`, `.cc-cp-foot-save`},
		{`.cc_dialog .cc_b_cp`, `-.cc_cp_m_content_entry input`, `.cc_cp_f_save button`},
	},
	Reopen: []string{`#open_preferences_center`},
}
