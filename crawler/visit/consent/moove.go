package consent

// Moove is GDPR Cookie Compliance (Moove): https://www.mooveagency.com/wordpress/gdpr-cookie-compliance-plugin/
var Moove = Platform{
	ID:    "moove",
	Name:  "GDPR Cookie Compliance (Moove)",
	Doc:   "https://www.mooveagency.com/wordpress/gdpr-cookie-compliance-plugin/",
	Popup: []string{`#moove_gdpr_cookie_info_bar:not(.moove-gdpr-info-bar-hidden)`, `#moove_gdpr_cookie_modal`},
	Accept: []Way{
		{`.moove-gdpr-infobar-allow-all`},
		{`.moove-gdpr-modal-allow-all`},
	},
	Reject: []Way{
		{`.moove-gdpr-infobar-reject-btn`},
		{`.moove-gdpr-modal-reject-all`},
	},
	Reopen: []string{`[data-href*="moove_gdpr_cookie_modal"]`, `#moove_gdpr_save_popup_settings_button`},
}
