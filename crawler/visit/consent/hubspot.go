package consent

// HubSpot is HubSpot: https://developers.hubspot.com/docs/api/events/cookie-banner
var HubSpot = Platform{
	ID:    "hubspot",
	Name:  "HubSpot",
	Doc:   "https://developers.hubspot.com/docs/api/events/cookie-banner",
	Popup: []string{`#hs-eu-cookie-confirmation`, `#hs-banner-parent`, `#hs-modal`},
	Accept: []Way{
		{`#hs-eu-confirmation-button`},
		{`#hs-modal-accept-all`},
	},
	Reject: []Way{
		{`#hs-eu-decline-button`},
		{`#hs-modal-reject-all`},
		{`#hs-eu-cookie-settings-button`, `#hs-modal-reject-all`},
		{`#hs-eu-cookie-settings-button`, `-#hs-modal input[type=checkbox]`, `#hs-modal-save-settings`},
	},
	Recall: `(window._hsp = window._hsp || []).push(["showBanner"])`,
}
