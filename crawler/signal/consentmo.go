package signal

import "strings"

// Consentmo is the cookie of Consentmo with the categories that were switched off; it is empty if none was.
var Consentmo = Format{
	Kind:  "consentmo",
	Title: "Consentmo, categories switched off (cookieconsent_preferences_disabled)",
	Doc:   "https://help.consentmo.com/",
	Names: []string{"cookieconsent_preferences_disabled"},
	Read:  readConsentmo,
	Examples: []Example{
		{"cookieconsent_preferences_disabled", "analytics%2Cmarketing%2Cfunctionality", Denied,
			"functionality, analytics, marketing denied"},
		{"cookieconsent_preferences_disabled", "", Granted, ""},
		{"cookieconsent_preferences_disabled", "marketing", Mixed, ""},
	},
}

var consentmoCategories = []string{"functionality", "analytics", "marketing"}

func readConsentmo(r *Record, value string) {
	off := map[string]bool{}
	for name := range strings.SplitSeq(plain(value), ",") {
		off[strings.TrimSpace(name)] = true
	}
	known := 0
	for _, name := range consentmoCategories {
		r.choose(name, granted(!off[name]))
		if off[name] {
			known++
		}
	}
	r.Chosen = Yes
	if known == 0 && !off[""] {
		r.Purposes = nil
		r.fault(FaultValue, "none of the categories of the Consentmo record is known")
	}
}
