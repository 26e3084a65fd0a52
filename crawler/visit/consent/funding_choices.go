package consent

// FundingChoices is Google Funding Choices: https://developers.google.com/funding-choices/fc-api-docs
var FundingChoices = Platform{
	ID:    "funding-choices",
	Name:  "Google Funding Choices",
	Doc:   "https://developers.google.com/funding-choices/fc-api-docs",
	Popup: []string{`.fc-consent-root`, `.fc-dialog-container`, `.fc-message-root`},
	Accept: []Way{
		{`.fc-cta-consent`},
		{`.fc-data-preferences-accept-all`},
	},
	Reject: []Way{
		{`.fc-cta-do-not-consent`},
		{`.fc-cta-manage-options`, `.fc-data-preferences-reject-all`, `?.fc-confirm-choices`},
		{`.fc-cta-manage-options`, `-.fc-dialog input[type=checkbox]`, `.fc-confirm-choices`},
	},
	Recall: `googlefc.callbackQueue.push(googlefc.showRevocationMessage)`,
}
