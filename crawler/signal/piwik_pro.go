package signal

// PiwikPRO is the cookie of Piwik PRO's consent manager: per type of consent 1 for yes, 0 for no, -1 for no decision.
var PiwikPRO = Format{
	Kind:  "piwik-pro",
	Title: "Piwik PRO record (ppms_privacy_…)",
	Doc:   "https://developers.piwik.pro/docs/overview-consent-manager-js-api",
	Names: []string{"ppms_privacy_*"},
	Read:  readPiwikPRO,
	Examples: []Example{
		{"ppms_privacy_283ac5bc-49a7", `{"visitorId":"3b3e","domain":{"normalized":"shop.example"},"consents":{"analytics":{"status":0},` +
			`"remarketing":{"status":0}}}`, Denied, "analytics, remarketing denied"},
		{"ppms_privacy_283ac5bc-49a7", `{"consents":{"analytics":{"status":1},"remarketing":{"status":1}}}`, Granted, ""},
		{"ppms_privacy_283ac5bc-49a7", `{"consents":{"analytics":{"status":-1}}}`, Unknown, ""},
	},
}

func readPiwikPRO(r *Record, value string) {
	o, ok := r.record("Piwik PRO", value)
	if !ok {
		return
	}
	r.identity("visitor", o.text("visitorId"))
	consents := o.object("consents")
	r.Chosen = No
	for _, m := range consents {
		of, _ := m.value.(object)
		s := stateOf(of.get("status"))
		r.choose(m.key, s)
		if s != Unknown {
			r.Chosen = Yes
		}
	}
	if len(consents) == 0 {
		r.fault(FaultSyntax, "the Piwik PRO record names no type of consent")
	}
}
