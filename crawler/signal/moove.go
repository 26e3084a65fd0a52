package signal

// Moove is the cookie of Moove's plugin for WordPress: three categories with "1" or "0".
var Moove = Format{
	Kind:  "moove",
	Title: "Moove GDPR record (moove_gdpr_popup)",
	Doc:   "https://wordpress.org/plugins/gdpr-cookie-compliance/",
	Names: []string{"moove_gdpr_popup"},
	Read:  readMoove,
	Examples: []Example{
		{"moove_gdpr_popup", `{"strict":"1","thirdparty":"0","advanced":"0"}`, Denied, "strict granted; thirdparty, advanced denied"},
		{"moove_gdpr_popup", "%7B%22strict%22%3A%221%22%2C%22thirdparty%22%3A%221%22" +
			"%2C%22advanced%22%3A%220%22%2C%22version%22%3A%221%22%7D", Mixed, ""},
	},
}

func readMoove(r *Record, value string) {
	o, ok := r.record("Moove", value)
	if !ok {
		return
	}
	for _, m := range o {
		switch m.key {
		case "strict", "thirdparty", "advanced", "performance", "preference":
			r.choose(m.key, stateOf(m.value))
		}
	}
	r.Chosen = Yes
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the Moove record names no category")
	}
}
