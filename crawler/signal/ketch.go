package signal

import "strings"

// Ketch is the cookie and storage of Ketch: purposes with a status, JSON in base64.
var Ketch = Format{
	Kind:  "ketch",
	Title: "Ketch record (_ketch_consent_v1_)",
	Doc:   "https://docs.ketch.com/",
	Names: []string{"_ketch_consent_v1_"},
	Read:  readKetch,
	Examples: []Example{
		// {"analytics":{"status":"denied"},"essential_services":{"status":"granted"},"behavioral_advertising":{"status":"denied"}}
		{"_ketch_consent_v1_", "eyJhbmFseXRpY3MiOnsic3RhdHVzIjoiZGVuaWVkIn0sImVzc2VudGlhbF9zZXJ2aWNlcyI6eyJzdGF0dXMiOiJncmFudGVkIn0sImJlaGF2" +
			"aW9yYWxfYWR2ZXJ0aXNpbmciOnsic3RhdHVzIjoiZGVuaWVkIn19", Denied,
			"analytics denied; essential_services granted; behavioral_advertising denied"},
	},
}

func readKetch(r *Record, value string) {
	text := plainJSON(value)
	if !strings.HasPrefix(text, "{") {
		b, err := plainBase64(text)
		if err != nil {
			r.fault(FaultSyntax, "the Ketch record is no base64")
			return
		}
		text = string(b)
	}
	o, ok := r.record("Ketch", text)
	if !ok {
		return
	}
	for _, m := range o {
		status, _ := m.value.(object)
		if s := stateOf(status.get("status")); s != Unknown {
			r.choose(m.key, s)
		}
	}
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the Ketch record names no purpose")
	}
}
