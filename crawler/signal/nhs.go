package signal

// NHS is the cookie of NHS.UK's cookie consent: four categories, of which preferences are on for everybody.
var NHS = Format{
	Kind:  "nhs",
	Title: "NHS.UK record (nhsuk-cookie-consent)",
	Doc:   "https://github.com/nhsuk/nhsuk-cookie-consent",
	Names: []string{"nhsuk-cookie-consent"},
	Read:  readNHS,
	Examples: []Example{
		{"nhsuk-cookie-consent", "%7B%22necessary%22%3Atrue%2C%22preferences%22%3Atrue%2C%22statistics%22%3Afalse%2C%22marketing%22%3Afalse%2C" +
			"%22consented%22%3Atrue%2C%22version%22%3A4%7D", Mixed, "necessary, preferences granted; statistics, marketing denied"},
		{"nhsuk-cookie-consent", `{"necessary":true,"preferences":true,"statistics":true,"marketing":true,"version":4}`, Granted, ""},
	},
}

func readNHS(r *Record, value string) {
	o, ok := r.record("NHS.UK", value)
	if !ok {
		return
	}
	for _, m := range o {
		switch m.key {
		case "necessary", "preferences", "statistics", "marketing":
			r.choose(m.key, stateOf(m.value))
		case "consented":
			r.Chosen = answerOf(m.value)
			r.part("a choice was made", r.Chosen.String())
		}
	}
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the NHS.UK record names no category")
	}
}
