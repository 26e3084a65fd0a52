package signal

// CookieInformation is the cookie of Cookie Information.
var CookieInformation = Format{
	Kind:  "cookie-information",
	Title: "Cookie Information record (CookieInformationConsent)",
	Doc:   "https://support.cookieinformation.com/",
	Names: []string{"cookieinformationconsent"},
	Read:  readCookieInformation,
	Examples: []Example{
		{"CookieInformationConsent", `{"website_uuid":"0a2a","timestamp":"2026-11-28T10:00:00.108Z","consent_url":"https://shop.example/",` +
			`"user_uid":"d4b3","consents_approved":["cookie_cat_necessary"],"consents_denied":["cookie_cat_functional","cookie_cat_statistic",` +
			`"cookie_cat_marketing"]}`, Denied,
			"cookie_cat_necessary granted; cookie_cat_functional, cookie_cat_statistic, cookie_cat_marketing denied"},
	},
}

func readCookieInformation(r *Record, value string) {
	o, ok := r.record("Cookie Information", value)
	if !ok {
		return
	}
	for _, of := range []struct {
		key   string
		state State
	}{{"consents_approved", Granted}, {"consents_denied", Denied}} {
		for _, id := range o.list(of.key) {
			r.choose(textOf(id), of.state)
		}
	}
	r.at(o.text("timestamp"))
	r.identity("page", o.text("consent_url"))
	r.identity("user id", o.text("user_uid"))
	r.identity("user agent", o.text("user_agent"))
	r.Chosen = Yes
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the Cookie Information record names no category")
	}
}
