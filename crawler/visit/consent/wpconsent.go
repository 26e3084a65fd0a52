package consent

// WPConsent is WPConsent: https://wpconsent.com/docs/what-is-wpconsent
var WPConsent = Platform{
	ID:    "wpconsent",
	Name:  "WPConsent",
	Doc:   "https://wpconsent.com/docs/what-is-wpconsent",
	Popup: []string{`#wpconsent-banner-holder.wpconsent-banner-visible`, `#wpconsent-preferences-modal`},
	Accept: []Way{
		{`#wpconsent-banner-holder .wpconsent-accept-all`},
		{`.wpconsent-accept-all`},
	},
	Reject: []Way{
		{`#wpconsent-cancel-all`},
		{`#wpconsent-preferences-all`, `-#wpconsent-preferences-modal input[type=checkbox]`, `.wpconsent-save-preferences`},
		{`-#wpconsent-preferences-modal input[type=checkbox]`, `#wpconsent-preferences-modal .wpconsent-save-preferences`},
	},
	Reopen: []string{`#wpconsent-consent-floating`},
	Recall: `WPConsent.showPreferences()`,
}
