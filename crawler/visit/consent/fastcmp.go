package consent

// FastCMP is FastCMP: https://corporate.fastcmp.com/
var FastCMP = Platform{
	ID:    "fastcmp",
	Name:  "FastCMP",
	Doc:   "https://corporate.fastcmp.com/",
	Popup: []string{`.fast-cmp-home-accept`},
	Accept: []Way{
		{`.fast-cmp-home-accept button`},
	},
	Reject: []Way{
		{`.fast-cmp-home-refuse button`},
	},
}
