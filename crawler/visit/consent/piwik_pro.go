package consent

// PiwikPRO is Piwik PRO: https://developers.piwik.pro/docs/overview-consent-manager-js-api
var PiwikPRO = Platform{
	ID:    "piwik-pro",
	Name:  "Piwik PRO",
	Doc:   "https://developers.piwik.pro/docs/overview-consent-manager-js-api",
	Popup: []string{`#ppms_cm_popup_overlay`, `#ppms_cm_bar_overlay`},
	Accept: []Way{
		{`#ppms_cm_agree-to-all`},
		{`.ppms_cm_agree-to-all`},
	},
	Reject: []Way{
		{`#ppms_cm_reject-all`},
		{`.ppms_cm_reject-all`},
	},
	Reopen: []string{`#ppms_cm_open-popup`, `.ppms_cm_open-popup_link`},
	Recall: `ppms.cm.api("openConsentForm")`,
}
