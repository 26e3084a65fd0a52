package signal

import "strings"

// HubSpot is the cookie of HubSpot's dialog with categories: 1 is analytics, 2 advertisement, 3 functionality.
var HubSpot = Format{
	Kind:  "hubspot",
	Title: "HubSpot record (__hs_cookie_cat_pref)",
	Doc:   "https://knowledge.hubspot.com/privacy-and-consent/what-cookies-does-hubspot-set-in-a-visitor-s-browser",
	Names: []string{"__hs_cookie_cat_pref"},
	Read:  readHubSpot,
	Examples: []Example{
		{"__hs_cookie_cat_pref", "1:false,2:false,3:false", Denied, "1-3 denied"},
		{"__hs_cookie_cat_pref", "1:true_2:false_3:true", Mixed, ""},
	},
}

func readHubSpot(r *Record, value string) {
	categories := map[string]Category{"1": Statistics, "2": Advertising, "3": Functional}
	for _, m := range pairs(strings.ReplaceAll(plain(value), "_", ","), ",", ":") {
		s := stateOf(m.value)
		r.purpose(m.key, categories[m.key], s)
		r.part(strings.TrimSpace(string(categories[m.key])+" ("+m.key+")"), s.String())
	}
	r.Chosen = Yes
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the HubSpot record names no category")
	}
}

// HubSpotOptOut is the cookie of HubSpot's dialog without categories.
var HubSpotOptOut = Format{
	Kind:     "hubspot-opt-out",
	Title:    "HubSpot record (__hs_opt_out)",
	Doc:      "https://knowledge.hubspot.com/privacy-and-consent/what-cookies-does-hubspot-set-in-a-visitor-s-browser",
	Names:    []string{"__hs_opt_out"},
	Read:     readHubSpotOptOut,
	Examples: []Example{{"__hs_opt_out", "yes", Denied, ""}, {"__hs_opt_out", "no", Granted, ""}},
}

func readHubSpotOptOut(r *Record, value string) {
	switch stateOf(plain(value)) {
	case Granted: // opted out
		r.choose("cookies", Denied)
	case Denied:
		r.choose("cookies", Granted)
	default:
		r.fault(FaultValue, "__hs_opt_out is neither yes nor no")
	}
	r.Chosen = Yes
}
