package consent

// Quantcast is Quantcast Choice, InMobi CMP: https://support.inmobi.com/choice
var Quantcast = Platform{
	ID:    "quantcast",
	Name:  "Quantcast Choice, InMobi CMP",
	Doc:   "https://support.inmobi.com/choice",
	Popup: []string{`.qc-cmp2-container`, `.qc-cmp2-main`, `#qc-cmp2-ui`},
	Accept: []Way{
		{`#qc-cmp2-ui #accept-btn`},
		{`.qc-cmp2-summary-buttons button[mode=primary]`},
		{`.qc-cmp2-footer #accept-btn`},
	},
	Reject: []Way{
		{`#qc-cmp2-ui #disagree-btn`},
		{`#qc-cmp2-ui #reject-btn`},
		{`#more-options-btn`, `#disagree-all-btn`, `?#save-btn`},
		{`#more-options-btn`, `.qc-cmp2-header-links button:first-child`, `.qc-cmp2-footer button[mode=primary]`},
		{`.qc-cmp2-summary-buttons button[mode=secondary]:first-child`, `.qc-cmp2-header-links button:first-child`, `.qc-cmp2-footer button[mode=primary]`},
	},
	Recall: `__tcfapi("displayConsentUi", 2, () => {})`,
}
