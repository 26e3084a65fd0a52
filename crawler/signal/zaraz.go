package signal

// Zaraz is the cookie of Cloudflare Zaraz: the site's purposes, by ids of four letters, with true or false.
var Zaraz = Format{
	Kind:  "zaraz",
	Title: "Cloudflare Zaraz record (cf_consent)",
	Doc:   "https://developers.cloudflare.com/zaraz/consent-management/",
	Weak:  []string{"cf_consent", "zaraz-consent"},
	Read:  func(r *Record, value string) { r.choicesRecord("Zaraz", value) },
	Examples: []Example{
		{"cf_consent", `{"AbCd":false,"EfGh":false}`, Denied, "AbCd, EfGh denied"}, {"zaraz-consent", `{"AbCd":true,"EfGh":true}`, Granted, ""},
	},
}
