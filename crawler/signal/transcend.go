package signal

// Transcend is what Transcend's airgap.js stores: purposes with true or false, or "Auto" as long as nobody has chosen.
var Transcend = Format{
	Kind:  "transcend",
	Title: "Transcend record (tcmConsent)",
	Doc:   "https://docs.transcend.io/docs/consent/reference/privacy-and-security",
	Names: []string{"tcmconsent"},
	Read:  readTranscend,
	Examples: []Example{
		{"tcmConsent", `{"purposes":{"SaleOfInfo":false,"Analytics":false,"Functional":false,"Advertising":false},` +
			`"timestamp":"2026-11-28T10:00:00.000Z","confirmed":true}`, Denied, "SaleOfInfo, Analytics, Functional, Advertising denied"},
		{"tcmConsent", `{"purposes":{"Analytics":true,"Advertising":true,"Essential":true},"confirmed":true}`, Granted, ""},
		{"tcmConsent", `{"purposes":{"Analytics":"Auto"},"confirmed":false}`, Unknown, ""},
	},
}

func readTranscend(r *Record, value string) {
	o, ok := r.record("Transcend", value)
	if !ok {
		return
	}
	purposes := o.object("purposes")
	for _, m := range purposes {
		r.choose(m.key, stateOf(m.value))
	}
	r.at(o.get("timestamp"))
	r.Chosen = answerOf(o.get("confirmed"))
	if len(purposes) == 0 {
		r.fault(FaultSyntax, "the Transcend record names no purpose")
	}
}
