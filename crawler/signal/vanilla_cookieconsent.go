package signal

// CookieConsentJS is the cookie of vanilla-cookieconsent. It lists the categories that were accepted, and not the others.
var CookieConsentJS = Format{
	Kind:  "vanilla-cookieconsent",
	Title: "CookieConsent record (cc_cookie)",
	Doc:   "https://cookieconsent.orestbida.com/reference/api-reference.html",
	Names: []string{"cc_cookie"},
	Read:  readCookieConsentJS,
	Examples: []Example{
		{"cc_cookie", `{"categories":["necessary"],"revision":0,"data":null,"consentTimestamp":"2026-11-28T10:00:00.000Z","consentId":"7a1c",` +
			`"services":{"necessary":[],"analytics":[]},"languageCode":"en","lastConsentTimestamp":"2026-11-28T10:00:00.000Z"}`, Denied,
			"necessary granted; analytics denied"},
		{"cc_cookie", `{"categories":["necessary","analytics"],"services":{"necessary":[],"analytics":["ga"]}}`, Granted, ""},
	},
}

func readCookieConsentJS(r *Record, value string) {
	o, ok := r.record("CookieConsent", value)
	if !ok {
		return
	}
	accepted := map[string]bool{}
	for _, id := range append(o.list("categories"), o.list("level")...) { // "level" until version 2
		accepted[textOf(id)] = true
		r.choose(textOf(id), Granted)
	}
	// The services are named by category, the refused ones too.
	for _, m := range o.object("services") {
		if !accepted[m.key] {
			r.choose(m.key, Denied)
		}
	}
	r.Language = o.text("languageCode")
	r.Created = timeOf(o.text("consentTimestamp"))
	r.at(o.text("lastConsentTimestamp"))
	r.identity("consent id", o.text("consentId"))
	r.Chosen = Yes
	if len(r.Purposes) == 0 {
		r.Says = Denied
	}
	if !r.Grants() && together(r.Purposes) == Unknown {
		r.Says = Denied
	}
}
