package signal

import "strings"

// DataGrail is the cookie of DataGrail: categories with 1 or 0.
var DataGrail = Format{
	Kind:  "datagrail",
	Title: "DataGrail record (datagrail_consent_preferences)",
	Doc:   "https://docs.datagrail.io/docs/consent/",
	Names: []string{"datagrail_consent_preferences", "datagrail_consent_preferences_s"},
	Read:  readDataGrail,
	Examples: []Example{
		{"datagrail_consent_preferences", "dg-category-essential:1|dg-category-performance:0|dg-category-marketing:0", Denied,
			"essential granted; performance, marketing denied"},
		{"datagrail_consent_preferences", "dg-category-essential:1%7Cdg-category-marketing:1", Granted, ""},
	},
}

func readDataGrail(r *Record, value string) {
	for _, m := range pairs(plain(value), "|", ":") {
		r.choose(strings.TrimPrefix(m.key, "dg-category-"), stateOf(m.value))
	}
	r.Chosen = Yes
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the DataGrail record names no category")
	}
}
