package consent

// PubTech is PubTech CMP: https://www.pubtech.ai/cmp What closes it says that it goes on without consent, as the Italian authority
// wants it.
var PubTech = Platform{
	ID:    "pubtech",
	Name:  "PubTech CMP",
	Doc:   "https://www.pubtech.ai/cmp",
	Popup: []string{`#pubtech-cmp #pt-actions`},
	Accept: []Way{
		{`#pubtech-cmp #pt-accept-all`},
		{`#pubtech-cmp #pt-actions button:nth-of-type(2)`},
	},
	Reject: []Way{
		{`#pubtech-cmp #pt-close`},
	},
}
