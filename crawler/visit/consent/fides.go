package consent

// Fides is Fides (Ethyca): https://docs.ethyca.com/sdk/fides-js
var Fides = Platform{
	ID:    "fides",
	Name:  "Fides (Ethyca)",
	Doc:   "https://docs.ethyca.com/sdk/fides-js",
	Popup: []string{`#fides-banner`, `#fides-modal`},
	Accept: []Way{
		{`#fides-banner .fides-accept-all-button`},
		{`.fides-accept-all-button`},
	},
	Reject: []Way{
		{`#fides-banner .fides-reject-all-button`},
		{`.fides-manage-preferences-button`, `.fides-reject-all-button`},
		{`.fides-reject-all-button`},
	},
	Reopen: []string{`#fides-modal-link`},
	Recall: `Fides.showModal()`,
}
