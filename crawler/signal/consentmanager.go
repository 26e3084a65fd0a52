package signal

import "strings"

// ConsentManager are the cookies of consentmanager with the purposes and vendors that are on, by its own numbers. Some of them are
// on without being asked for, which the cookie does not tell, so that it says nothing as a whole.
var ConsentManager = Format{
	Kind:  "consentmanager",
	Title: "consentmanager record (__cmpcpc…, __cmpcvc…)",
	Doc:   "https://help.consentmanager.net/",
	Names: []string{"__cmpcpc*", "__cmpcvc*"},
	Read:  readConsentManager,
	Examples: []Example{
		{"__cmpcpcx17155", "__51_52_54__", Unknown, ""}, {"__cmpcvcu6055", "__s23_c456_U__", Unknown, ""}, {"__cmpcpcu6055", "____", Unknown, ""},
	},
}

func readConsentManager(r *Record, value string) {
	v := plain(value)
	if !strings.HasPrefix(v, "__") || !strings.HasSuffix(v, "__") || len(v) < 4 {
		r.fault(FaultSyntax, "the consentmanager record does not stand between underscores")
		return
	}
	for id := range strings.SplitSeq(strings.Trim(v, "_"), "_") {
		if id != "" {
			r.vendor(id, Granted)
		}
	}
	r.vendorParts()
	if len(r.Vendors) == 0 {
		r.part("on", "none")
	}
}
