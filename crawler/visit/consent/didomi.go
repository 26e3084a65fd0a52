package consent

// Didomi is Didomi: https://developers.didomi.io/cmp/web-sdk/consent-notice/notice
var Didomi = Platform{
	ID:    "didomi",
	Name:  "Didomi",
	Doc:   "https://developers.didomi.io/cmp/web-sdk/consent-notice/notice",
	Popup: []string{`#didomi-notice`, `#didomi-popup`, `.didomi-popup-container`},
	Accept: []Way{
		{`#didomi-notice-agree-button`},
		{`#btn-toggle-agree`, `#btn-toggle-save`},
	},
	Reject: []Way{
		{`#didomi-notice-disagree-button`},
		{`.didomi-continue-without-agreeing`},
		{`#didomi-notice-learn-more-button`, `#btn-toggle-disagree`, `?#btn-toggle-save`},
		{`#didomi-notice-learn-more-button`, `.didomi-consent-popup-actions button:first-child`, `?#btn-toggle-save`},
	},
	Reopen: []string{`.didomi-consent-popup-open`},
	Recall: `Didomi.preferences.show()`,
}
