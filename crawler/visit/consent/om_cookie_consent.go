package consent

// OMCookieConsent is OM Cookie Manager (TYPO3): https://olli-machts.de/en/extension/cookie-manager
var OMCookieConsent = Platform{
	ID:    "om-cookie-consent",
	Name:  "OM Cookie Manager (TYPO3)",
	Doc:   "https://olli-machts.de/en/extension/cookie-manager",
	Popup: []string{`.tx-om-cookie-consent [data-omcookie-panel].active`},
	Accept: []Way{
		{`[data-omcookie-panel-save=all]`},
	},
	Reject: []Way{
		{`[data-omcookie-panel-save=min]`},
		{`-input[data-omcookie-panel-grp]`, `[data-omcookie-panel-save=save]`},
	},
	Reopen: []string{`[data-omcookie-panel-show]`},
}
