package consent

// DataGrail is DataGrail: https://docs.datagrail.io/docs/consent/
var DataGrail = Platform{
	ID:    "datagrail",
	Name:  "DataGrail",
	Doc:   "https://docs.datagrail.io/docs/consent/",
	Popup: []string{`.dg-consent-banner`, `.dg-app`},
	Accept: []Way{
		{`button.dg-button.accept_all`},
	},
	Reject: []Way{
		{`button.dg-button.reject_all`},
		{`button.dg-button.essential_only`},
		{`button.dg-button.open_layer`, `button.dg-button.reject_all`},
	},
	Recall: `DG_BANNER_API.showConsentBanner()`,
}
