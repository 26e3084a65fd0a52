package signal

// Klaro is the cookie of Klaro: its services with true or false. The services' names are the site's.
var Klaro = Format{
	Kind:     "klaro",
	Title:    "Klaro record",
	Doc:      "https://klaro.org/docs/",
	Weak:     []string{"klaro"},
	Read:     func(r *Record, value string) { r.choicesRecord("Klaro", value) },
	Examples: []Example{{"klaro", "%7B%22matomo%22%3Afalse%2C%22youtube%22%3Atrue%7D", Mixed, "matomo denied; youtube granted"}},
}
