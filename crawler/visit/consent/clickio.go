package consent

// Clickio is Clickio Consent: https://docs.clickio.com/books/clickio-consent-cmp
var Clickio = Platform{
	ID:    "clickio",
	Name:  "Clickio Consent",
	Doc:   "https://docs.clickio.com/books/clickio-consent-cmp",
	Popup: []string{`#cl-consent`},
	Accept: []Way{
		{`#cl-consent [data-role=b_agree]`},
	},
	Reject: []Way{
		{`#cl-consent [data-role=b_disagree]`},
		{`#cl-consent [data-role=b_options]`, `.cl-consent-popup [data-role=alloff]`, `[data-role=b_save]`},
	},
}
