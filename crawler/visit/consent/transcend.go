package consent

// Transcend is Transcend: https://docs.transcend.io/docs/consent/reference/privacy-and-security
var Transcend = Platform{
	ID:    "transcend",
	Name:  "Transcend",
	Doc:   "https://docs.transcend.io/docs/consent/reference/privacy-and-security",
	Popup: []string{`#consentManagerMainDialog`},
	Accept: []Way{
		{`#consentManagerMainDialog .accept-or-reject-all-button-row button:first-of-type`},
	},
	Reject: []Way{
		{`#consentManagerMainDialog .accept-or-reject-all-button-row button:nth-of-type(2)`},
	},
	Recall: `transcend.showConsentManager()`,
}
