package consent

// Cookiebot is Cookiebot: https://support.cookiebot.com/hc/en-us/articles/360003793854
var Cookiebot = Platform{
	ID:    "cookiebot",
	Name:  "Cookiebot",
	Doc:   "https://support.cookiebot.com/hc/en-us/articles/360003793854",
	Popup: []string{`#CybotCookiebotDialog`},
	Accept: []Way{
		{`#CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll`},
		{`#CybotCookiebotDialogBodyButtonAccept`},
		{`#CybotCookiebotDialogBodyLevelButtonAccept`},
	},
	Reject: []Way{
		{`#CybotCookiebotDialogBodyButtonDecline`},
		{`#CybotCookiebotDialogBodyLevelButtonLevelOptinDeclineAll`},
		{`?#CybotCookiebotDialogBodyLevelButtonCustomize`, `-#CybotCookiebotDialog input[type=checkbox]`, `#CybotCookiebotDialogBodyLevelButtonLevelOptinAllowallSelection`},
	},
	Reopen: []string{`#CookiebotWidget button, #CookiebotWidget`},
	Recall: `Cookiebot.renew()`,
}
