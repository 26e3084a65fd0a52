package signal

// Orejime is the cookie of Orejime, of Klaro's shape.
var Orejime = Format{
	Kind:  "orejime",
	Title: "Orejime record",
	Doc:   "https://orejime.boscop.fr/",
	Weak:  []string{"orejime", "eu-consent"},
	Read:  func(r *Record, value string) { r.choicesRecord("Orejime", value) },
	Examples: []Example{
		{"eu-consent", `{"analytics":false,"ads":false}`, Denied, ""},
		{"eu-consent", "{%22analytics%22:true%2C%22ads%22:true}", Granted, "analytics, ads granted"},
	},
}
