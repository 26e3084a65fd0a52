package signal

// Civic is the cookie of Civic's Cookie Control.
var Civic = Format{
	Kind:  "civic",
	Title: "Civic Cookie Control record (CookieControl)",
	Doc:   "https://www.civicuk.com/cookie-control/documentation",
	Names: []string{"cookiecontrol"},
	Read:  readCivic,
	Examples: []Example{
		{"CookieControl", `{"necessaryCookies":[],"optionalCookies":{"analytics":"revoked","marketing":"revoked"},"statement":{},` +
			`"consentDate":1795860000000,"consentExpiry":90,"interactedWith":true,"user":"0B1C"}`, Denied, "analytics, marketing denied"},
		{"CookieControl", `{"optionalCookies":{"analytics":"accepted"},"interactedWith":false}`, Granted, ""},
	},
}

func readCivic(r *Record, value string) {
	o, ok := r.record("Civic", value)
	if !ok {
		return
	}
	optional := o.get("optionalCookies")
	if optional == nil {
		r.fault(FaultSyntax, "the Civic record has no optional cookies")
		return
	}
	r.choicesOf(o.object("optionalCookies"))
	r.Chosen = answerOf(o.get("interactedWith"))
	r.at(o.get("consentDate"))
	r.identity("user", o.text("user"))
}
