package signal

// Iubenda is the cookie of iubenda, whose name ends with the number of a policy. Purposes are 1 necessary, 2 functionality,
// 3 experience, 4 measurement, 5 marketing.
var Iubenda = Format{
	Kind:  "iubenda",
	Title: "iubenda record (_iub_cs-…)",
	Doc:   "https://www.iubenda.com/en/help/",
	Names: []string{"_iub_cs-*"},
	Read:  readIubenda,
	Examples: []Example{
		{"_iub_cs-12345678", `{"timestamp":"2026-11-28T10:00:00.000Z","version":"1.60.0",` +
			`"purposes":{"1":true,"2":false,"3":false,"4":false,"5":false},"id":12345678,"cons":{"rand":"ab12"}}`, Denied,
			"1 granted; 2-5 denied"},
		{"_iub_cs-1", `{"consent":true,"timestamp":"2026-11-28T10:00:00.000Z"}`, Granted, ""},
	},
}

func readIubenda(r *Record, value string) {
	categories := map[string]Category{"1": Necessary, "2": Functional, "3": Functional, "4": Statistics, "5": Advertising}
	o, ok := r.record("iubenda", value)
	if !ok {
		return
	}
	for _, m := range o.object("purposes") {
		s := stateOf(m.value)
		r.purpose(m.key, categories[m.key], s)
		r.part("purpose "+m.key, s.String())
	}
	if s := stateOf(o.get("consent")); len(r.Purposes) == 0 && s != Unknown {
		r.choose("consent", s)
	}
	r.at(o.text("timestamp"))
	r.identity("rand", o.object("cons").text("rand"))
	r.Chosen = Yes
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the iubenda record names no purpose")
	}
}
