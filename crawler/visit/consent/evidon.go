package consent

// Evidon is Crownpeak (Evidon): https://community.crownpeak.com/t5/Universal-Consent-Platform-UCP/How-do-site-notices-work/ta-p/889 Its
// own button to decline hides the notice for the session and keeps no record.
var Evidon = Platform{
	ID:    "evidon",
	Name:  "Crownpeak (Evidon)",
	Doc:   "https://community.crownpeak.com/t5/Universal-Consent-Platform-UCP/How-do-site-notices-work/ta-p/889",
	Popup: []string{`#_evidon_banner`, `#evidon-prefdiag-overlay`},
	Accept: []Way{
		{`#_evidon-accept-button`},
	},
	Reject: []Way{
		{`#_evidon-decline-button`},
		{`#_evidon-option-button`, `#evidon-prefdiag-decline`},
	},
	Recall: `evidon.notice.showConsentTool()`,
}
