package signal

// GlobalPrivacyControl is the header by which a browser says that its user opts out: https://www.w3.org/TR/gpc/
var GlobalPrivacyControl = Format{
	Kind:     "gpc",
	Title:    "Global Privacy Control",
	Doc:      "https://www.w3.org/TR/gpc/",
	Names:    []string{"sec-gpc", "globalprivacycontrol"},
	Weak:     []string{"gpc", "gpc_enabled", "isgpcenabled"},
	Claim:    true,
	Read:     readGPC,
	Examples: []Example{{"Sec-GPC", "1", Denied, "sale denied"}, {"gpc", "0", Unknown, ""}},
}

func readGPC(r *Record, value string) {
	if on, ok := r.bit("the Global Privacy Control", value); ok {
		r.GPC = answer(on)
		r.part("Global Privacy Control", yes(on))
		if on {
			r.Purposes = append(r.Purposes, Purpose{ID: "sale", Category: Sale, Basis: OptOut, State: Denied, InEffect: Denied})
		}
	}
}
