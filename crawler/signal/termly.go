package signal

// Termly is the storage of Termly: an object with the consent in it, and the consent alone.
var Termly = Format{
	Kind:  "termly",
	Title: "Termly record (TERMLY_API_CACHE)",
	Doc:   "https://help.termly.io/",
	Names: []string{"termly_api_cache", "termly_cookie_consent"},
	Read:  readTermly,
	Examples: []Example{
		{"TERMLY_API_CACHE", `{"TERMLY_COOKIE_CONSENT":{"createdAt":"2026-11-28T10:00:00.000Z","value":{"performance":false,"analytics":false,` +
			`"advertising":false,"social_networking":false,"essential":true,"unclassified":false}},"TERMLY_VISITOR":{"value":"7a1c"}}`, Denied,
			"performance, analytics, advertising, social_networking denied; essential granted; unclassified denied"},
		{"TERMLY_COOKIE_CONSENT", `{"essential":true,"analytics":true}`, Granted, ""},
	},
}

func readTermly(r *Record, value string) {
	o, ok := r.record("Termly", value)
	if !ok {
		return
	}
	if visitor := o.object("TERMLY_VISITOR"); visitor != nil {
		r.identity("visitor", visitor.text("value"))
	}
	if inner := o.object("TERMLY_COOKIE_CONSENT"); inner != nil {
		o = inner
	}
	r.at(o.get("createdAt"))
	if inner := o.object("value"); inner != nil {
		o = inner
	}
	r.choicesOf(o)
	r.Chosen = Yes
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the Termly record names no purpose")
	}
}
