package consent

// Tarteaucitron is tarteaucitron.js: https://tarteaucitron.io/
var Tarteaucitron = Platform{
	ID:    "tarteaucitron",
	Name:  "tarteaucitron.js",
	Doc:   "https://tarteaucitron.io/",
	Popup: []string{`#tarteaucitronAlertBig`, `#tarteaucitronAlertSmall #tarteaucitronManager`, `#tarteaucitron`},
	Accept: []Way{
		{`#tarteaucitronPersonalize2`},
		{`#tarteaucitronAllAllowed`},
		{`#tarteaucitronPersonalize`},
	},
	Reject: []Way{
		{`#tarteaucitronAllDenied2`},
		{`#tarteaucitronCloseAlert`, `#tarteaucitronAllDenied`},
		{`#tarteaucitronAllDenied`},
	},
	Reopen: []string{`#tarteaucitronIcon #tarteaucitronManager`, `#tarteaucitronManager`},
	Recall: `tarteaucitron.userInterface.openPanel()`,
}
