package consent

// Osano is Osano: https://developers.osano.com/cmp/javascript-api/developer-documentation-consent-javascript-api
var Osano = Platform{
	ID:    "osano",
	Name:  "Osano",
	Doc:   "https://developers.osano.com/cmp/javascript-api/developer-documentation-consent-javascript-api",
	Popup: []string{`.osano-cm-dialog`, `.osano-cm-window__dialog`},
	Accept: []Way{
		{`.osano-cm-accept-all`},
		{`.osano-cm-button--type_accept`},
		{`.osano-cm-accept`},
	},
	Reject: []Way{
		{`.osano-cm-denyAll`},
		{`.osano-cm-button--type_denyAll`},
		{`.osano-cm-button--type_deny`},
		{`.osano-cm-deny`},
		{`?.osano-cm-manage`, `-.osano-cm-dialog input[type=checkbox]`, `.osano-cm-save`},
	},
	Reopen: []string{`.osano-cm-widget`},
	Recall: `Osano.cm.showDrawer("osano-cm-dom-info-dialog-open")`,
}
