package consent

// Pandectes is Pandectes: https://help.pandectes.io/en/article/how-to-check-and-interpret-the-consent-cookie-lityyv
var Pandectes = Platform{
	ID:    "pandectes",
	Name:  "Pandectes",
	Doc:   "https://help.pandectes.io/en/article/how-to-check-and-interpret-the-consent-cookie-lityyv",
	Popup: []string{`#pandectes-banner`},
	Accept: []Way{
		{`#pandectes-banner .cc-allow`},
	},
	Reject: []Way{
		{`#pandectes-banner .cc-deny`},
		{`#pandectes-banner .cc-settings`, `.pd-cp-ui-rejectAll`, `?.pd-cp-ui-save`},
	},
}
