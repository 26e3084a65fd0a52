package consent

// Zaraz is Cloudflare Zaraz: https://developers.cloudflare.com/zaraz/consent-management/api/
var Zaraz = Platform{
	ID:    "zaraz",
	Name:  "Cloudflare Zaraz",
	Doc:   "https://developers.cloudflare.com/zaraz/consent-management/api/",
	Popup: []string{`.cf_modal`, `.cf_consent-buttons`},
	Accept: []Way{
		{`#cf_consent-buttons__accept-all`},
	},
	Reject: []Way{
		{`#cf_consent-buttons__reject-all`},
	},
	Recall: `(zaraz.consent.modal = true)`,
}
