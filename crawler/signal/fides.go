package signal

// Fides is the cookie of Ethyca's Fides: its notices with true or false.
var Fides = Format{
	Kind:  "fides",
	Title: "Fides record (fides_consent)",
	Doc:   "https://docs.ethyca.com/sdk/fides-js",
	Names: []string{"fides_consent"},
	Read:  readFides,
	Examples: []Example{
		{"fides_consent", `{"consent":{"advertising":false,"analytics":false,"essential":true},"identity":{"fides_user_device_id":"560ec2cf"},` +
			`"fides_meta":{"version":"0.9.0","updatedAt":"2026-11-28T10:00:00.000Z"}}`, Denied, "advertising, analytics denied; essential granted"},
		{"fides_consent", `{"consent":{"advertising":true,"analytics":true}}`, Granted, ""},
		{"fides_consent", `{"consent":{},"identity":{"fides_user_device_id":"560ec2cf"}}`, Unknown, ""},
	},
}

func readFides(r *Record, value string) {
	o, ok := r.record("Fides", value)
	if !ok {
		return
	}
	consent := o.object("consent")
	r.choicesOf(consent)
	r.identity("device", o.object("identity").text("fides_user_device_id"))
	meta := o.object("fides_meta")
	r.at(meta.get("updatedAt"))
	r.Chosen = answer(len(r.Purposes) > 0)
	if o.get("consent") == nil && len(meta) == 0 && len(o.object("identity")) == 0 {
		r.fault(FaultSyntax, "the Fides record has no consent")
		return
	}
	if len(r.Parts) == 0 {
		r.part("consent", "none yet")
	}
}
