package consent

// Dreamlab is DreamLab CMP: https://cmp.dreamlab.pl/
var Dreamlab = Platform{
	ID:    "dreamlab",
	Name:  "DreamLab CMP",
	Doc:   "https://cmp.dreamlab.pl/",
	Popup: []string{`.cmp-popup_popup`},
	Accept: []Way{
		{`.cmp-popup_popup .cmp-intro_acceptAll`},
	},
	Reject: []Way{
		{`.cmp-popup_popup .cmp-intro_rejectAll`, `?.cmp-popup_popup .cmp-details_rejectAll`},
	},
}
