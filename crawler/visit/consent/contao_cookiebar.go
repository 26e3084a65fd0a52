package consent

// ContaoCookiebar is Contao Cookiebar: https://github.com/oveleon/contao-cookiebar
var ContaoCookiebar = Platform{
	ID:    "contao-cookiebar",
	Name:  "Contao Cookiebar",
	Doc:   "https://github.com/oveleon/contao-cookiebar",
	Popup: []string{`.contao-cookiebar`},
	Accept: []Way{
		{`.contao-cookiebar [data-accept-all]`},
	},
	Reject: []Way{
		{`.contao-cookiebar [data-deny-all]`},
		{`-.contao-cookiebar input[name="cookie[]"]`, `.contao-cookiebar [data-save]`},
	},
	Recall: `cookiebar.show(1)`,
}
