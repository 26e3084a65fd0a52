package consent

// Tealium is Tealium Consent Manager: https://docs.tealium.com/iq-tag-management/consent/
var Tealium = Platform{
	ID:    "tealium",
	Name:  "Tealium Consent Manager",
	Doc:   "https://docs.tealium.com/iq-tag-management/consent/",
	Popup: []string{`#__tealiumGDPRecModal`, `#__tealiumGDPRcpPrefs`, `#__tealiumImplicitmodal`},
	Accept: []Way{
		{`#cm-acceptAll`},
		{`#__tealiumGDPRecModal #yes_consent`, `#consent_prompt_submit`},
	},
	Reject: []Way{
		{`#cm-acceptNone`},
		{`#consent_prompt_decline`},
		{`#__tealiumGDPRecModal #no_consent`, `?#consent_prompt_submit`},
	},
	Recall: `utag.gdpr.showConsentPreferences()`,
}
