package consent

// Amazon is Amazon: https://www.amazon.de/privacyprefs
var Amazon = Platform{
	ID:    "amazon",
	Name:  "Amazon",
	Doc:   "https://www.amazon.de/privacyprefs",
	Popup: []string{`#sp-cc`, `#sp-cc-wrapper`},
	Accept: []Way{
		{`#sp-cc-accept`},
	},
	Reject: []Way{
		{`#sp-cc-rejectall-link`},
	},
}
