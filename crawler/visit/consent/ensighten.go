package consent

// Ensighten is Ensighten Privacy: https://support.ensighten.com/
var Ensighten = Platform{
	ID:    "ensighten",
	Name:  "Ensighten Privacy",
	Doc:   "https://support.ensighten.com/",
	Popup: []string{`#ensNotifyBanner`, `#ensModalWrapper`},
	Accept: []Way{
		{`#ensAcceptAll`},
		{`#bannerAcceptButton`},
		{`#modalAcceptButton`},
	},
	Reject: []Way{
		{`#ensRejectAll`},
		{`#ensNotifyBanner #rejectAll`},
		{`#bannerRejectButton`},
		{`#ensOpenModal`, `-#ensModalWrapper .ensCheckbox`, `#ensSave`},
		{`#bannerOpenModal`, `-#ensModalWrapper .ensCheckbox`, `#modalSaveButton`},
	},
}
