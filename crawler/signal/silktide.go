package signal

import "strings"

// Silktide is what Silktide Consent Manager stores, an entry a category, which stands at the end of its name.
var Silktide = Format{
	Kind:  "silktide",
	Title: "Silktide record of one category (stcm.consent.…)",
	Doc:   "https://silktide.com/consent-manager/docs/",
	Names: []string{"silktidecookiechoice_*", "stcm.consent.*"},
	Read:  readSilktide,
	Examples: []Example{
		{"silktideCookieChoice_analytics", "false", Denied, "analytics denied"}, {"stcm.consent.marketing", "true", Granted, "marketing granted"},
	},
}

func readSilktide(r *Record, value string) {
	prefix := "stcm.consent."
	if strings.HasPrefix(strings.ToLower(r.Name), "silktide") {
		prefix = "silktidecookiechoice_"
	}
	r.oneCategory(prefix, value)
}
