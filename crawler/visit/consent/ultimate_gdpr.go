package consent

// UltimateGDPR is Ultimate GDPR (createIT): https://codecanyon.net/item/ultimate-gdpr-compliance-toolkit-for-wordpress/21704224
var UltimateGDPR = Platform{
	ID:    "ultimate-gdpr",
	Name:  "Ultimate GDPR (createIT)",
	Doc:   "https://codecanyon.net/item/ultimate-gdpr-compliance-toolkit-for-wordpress/21704224",
	Popup: []string{`#ct-ultimate-gdpr-cookie-popup`},
	Accept: []Way{
		{`#ct-ultimate-gdpr-cookie-accept`},
	},
	Reject: []Way{
		{`#ct-ultimate-gdpr-cookie-reject`},
		{
			`#ct-ultimate-gdpr-cookie-change-settings`,
			`.ct-ultimate-gdpr-cookie-modal-slider [for=cookie0]`,
			`#ct-ultimate-gdpr-cookie-modal-body .save`,
		},
	},
	Reopen: []string{`#ct-ultimate-gdpr-cookie-open`},
}
