package consent

// Klaro is Klaro: https://klaro.org/docs
var Klaro = Platform{
	ID:    "klaro",
	Name:  "Klaro",
	Doc:   "https://klaro.org/docs",
	Popup: []string{`.klaro .cookie-notice:not(.cookie-notice-hidden)`, `.klaro .cookie-modal`},
	Accept: []Way{
		{`.klaro .cookie-notice .cm-btn-success`},
		{`.klaro .cm-btn-accept-all`},
		{`.klaro .cookie-modal .cm-btn-accept-all`},
	},
	Reject: []Way{
		{`.klaro .cn-decline`},
		{`.klaro .cm-btn-decline`},
		{`.klaro .cn-learn-more`, `.klaro .cookie-modal .cn-decline`},
		{`?.klaro .cn-learn-more`, `-.klaro .cookie-modal input[type=checkbox]`, `.klaro .cookie-modal .cm-btn-accept`},
	},
	Recall: `klaro.show(undefined, true)`,
}
