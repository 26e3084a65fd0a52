package signal

import "strconv"

// Pandectes is the cookie of Pandectes, base64 around JSON: a bit each for functionality, performance and targeting.
var Pandectes = Format{
	Kind:  "pandectes",
	Title: "Pandectes record (_pandectes_gdpr)",
	Doc:   "https://help.pandectes.io/en/article/how-to-check-and-interpret-the-consent-cookie-lityyv",
	Names: []string{"_pandectes_gdpr"},
	Read:  readPandectes,
	Examples: []Example{
		// {"status":"deny","timestamp":1795860000,"preferences":0,"id":"5f3a"}
		{"_pandectes_gdpr", "eyJzdGF0dXMiOiJkZW55IiwidGltZXN0YW1wIjoxNzk1ODYwMDAwLCJwcmVmZXJlbmNlcyI6MCwiaWQiOiI1ZjNhIn0=", Denied,
			"functionality, performance, targeting denied"},
		// {"status":"allow","timestamp":1795860000,"preferences":7,"id":"5f3a"}
		{"_pandectes_gdpr", "eyJzdGF0dXMiOiJhbGxvdyIsInRpbWVzdGFtcCI6MTc5NTg2MDAwMCwicHJlZmVyZW5jZXMiOjcsImlkIjoiNWYzYSJ9", Granted, ""},
	},
}

func readPandectes(r *Record, value string) {
	text, err := plainBase64(plain(value))
	if err != nil {
		r.fault(FaultAlphabet, "the Pandectes record is no base64: %v", err)
		return
	}
	o, ok := r.record("Pandectes", string(text))
	if !ok {
		return
	}
	bits, err := strconv.ParseUint(o.text("preferences"), 10, 3)
	if err != nil {
		r.fault(FaultValue, "the preferences of the Pandectes record are no number from 0 to 7")
		return
	}
	for i, name := range []string{"functionality", "performance", "targeting"} {
		r.choose(name, granted(bits>>i&1 == 1))
	}
	r.identity("consent id", o.text("id"))
	r.at(o.get("timestamp"))
	r.Chosen = Yes
}
