package consent

// Cookieman is cookieman (TYPO3): https://extensions.typo3.org/extension/cookieman
var Cookieman = Platform{
	ID:    "cookieman",
	Name:  "cookieman (TYPO3)",
	Doc:   "https://extensions.typo3.org/extension/cookieman",
	Popup: []string{`#cookieman-modal`},
	Accept: []Way{
		{`#cookieman-modal [data-cookieman-accept-all]`},
	},
	Reject: []Way{
		{`#cookieman-modal [data-cookieman-accept-none]`},
		{`-#cookieman-modal input[type=checkbox]`, `#cookieman-modal [data-cookieman-save]:not([data-cookieman-accept-all])`},
	},
	Reopen: []string{`[data-cookieman-show]`},
	Recall: `cookieman.show()`,
}
