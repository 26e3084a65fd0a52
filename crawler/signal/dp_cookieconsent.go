package signal

// DPCookieConsent is the cookie of the TYPO3 extension dp_cookieconsent: its boxes, checked or not.
var DPCookieConsent = Format{
	Kind:  "dp-cookieconsent",
	Title: "dp_cookieconsent record (dp_cookieconsent_status)",
	Doc:   "https://extensions.typo3.org/extension/dp_cookieconsent",
	Names: []string{"dp_cookieconsent_status"},
	Read:  readDPCookieConsent,
	Examples: []Example{
		{"dp_cookieconsent_status", `{"status":"approved","checkboxes":[{"name":"statistics","checked":false},{"name":"marketing","checked":false}]}`,
			Denied, "statistics, marketing denied"},
		{"dp_cookieconsent_status", `{"status":"approved","checkboxes":[{"name":"statistics","checked":true}]}`, Granted, ""},
	},
}

func readDPCookieConsent(r *Record, value string) {
	o, ok := r.record("dp_cookieconsent", value)
	if !ok {
		return
	}
	for _, box := range o.list("checkboxes") {
		if of, ok := box.(object); ok && of.text("name") != "" {
			r.choose(of.text("name"), stateOf(of.get("checked")))
		}
	}
	r.Chosen = answer(o.text("status") != "open")
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the dp_cookieconsent record has no boxes")
	}
}
