package consent

// AdOpt is AdOpt: https://goadopt.io/
var AdOpt = Platform{
	ID:    "adopt",
	Name:  "AdOpt",
	Doc:   "https://goadopt.io/",
	Popup: []string{`#cookie-banner:has(#adopt-accept-all-button)`, `#adopt-accept-all-button`},
	Accept: []Way{
		{`#adopt-accept-all-button`},
	},
	Reject: []Way{
		{`#adopt-reject-all-button`},
	},
	Reopen: []string{`#adopt-controller-button`},
}
