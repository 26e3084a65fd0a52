package signal

// Evidon is the cookie of Crownpeak's Evidon with its categories, by the customer's numbers. Who declines in the notice itself keeps none.
var Evidon = Format{
	Kind:  "evidon",
	Title: "Crownpeak record (_evidon_consent_cookie)",
	Doc:   "https://community.crownpeak.com/t5/Universal-Consent-Platform-UCP/How-do-site-notices-work/ta-p/889",
	Names: []string{"_evidon_consent_cookie"},
	Read:  readEvidon,
	Examples: []Example{
		{"_evidon_consent_cookie", `{"consent_date":"2026-11-28T10:00:00.000Z","categories":{"7":true},"vendors":{"7":{"14":true,"17":true}}}`,
			Granted, "7 granted"},
		{"_evidon_consent_cookie", `{"consent_date":"2026-11-28T10:00:00.000Z","categories":{"7":false},"vendors":{"7":{"14":false}}}`, Denied, ""},
		{"_evidon_consent_cookie", `{"consent_date":"2026-11-28T10:00:00.000Z","consent_type":1}`, Unknown, ""},
	},
}

func readEvidon(r *Record, value string) {
	o, ok := r.record("Crownpeak", value)
	if !ok {
		return
	}
	r.at(o.get("consent_date"))
	r.choicesOf(o.object("categories"))
	r.Chosen = Yes
	if r.Updated.IsZero() {
		r.fault(FaultSyntax, "the Crownpeak record has no date")
	}
}
