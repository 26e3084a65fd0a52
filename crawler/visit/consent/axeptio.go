package consent

// Axeptio is Axeptio: https://support.axeptio.eu/
var Axeptio = Platform{
	ID:    "axeptio",
	Name:  "Axeptio",
	Doc:   "https://support.axeptio.eu/",
	Popup: []string{`#axeptio_overlay .axeptio_mount > *`, `#axeptio_overlay [role=dialog]`, `#axeptio_main_button_overlay`, `#axeptio_btn_acceptAll`},
	Accept: []Way{
		{`#axeptio_btn_acceptAll`},
	},
	Reject: []Way{
		{`#axeptio_btn_dismiss`},
		{`#axeptio_btn_rejectAll`},
		{`#axeptio_btn_configure`, `#axeptio_btn_dismiss`},
		{`#axeptio_btn_configure`, `-#axeptio_overlay input[type=checkbox]`, `#axeptio_btn_next`},
	},
	Reopen: []string{`#axeptio_main_button`},
	Recall: `openAxeptioCookies()`,
}
