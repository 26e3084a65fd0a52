package signal

// Probo is the cookie of Probo's banner: what was pressed, and the site's categories with true or false.
var Probo = Format{
	Kind:  "probo",
	Title: "Probo record (probo_consent)",
	Doc:   "https://www.npmjs.com/package/@probo/cookie-banner",
	Names: []string{"probo_consent"},
	Read:  readProbo,
	Examples: []Example{
		{"probo_consent", `{"bid":"b1","v":2,"vid":"6f1c","action":"REJECT_ALL","data":{"necessary":true,"analytics":false,"marketing":false}}`,
			Denied, "necessary granted; analytics, marketing denied"},
		{"probo_consent", "%7B%22bid%22%3A%22b1%22%2C%22vid%22%3A%226f1c%22%2C%22action%22%3A%22ACCEPT_ALL%22%2C%22data%22%3A%7B%22analytics%22%3Atrue%7D%7D",
			Granted, ""},
	},
}

func readProbo(r *Record, value string) {
	o, ok := r.record("Probo", value)
	if !ok {
		return
	}
	r.choicesOf(o.object("data"))
	r.part("pressed", o.text("action"))
	r.identity("visitor", o.text("vid"))
	r.Chosen = Yes
	if o.text("action") == "GPC" {
		r.Chosen, r.GPC = No, Yes
	}
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the Probo record names no category")
	}
}
