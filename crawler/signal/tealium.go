package signal

import (
	"regexp"
	"strings"
)

// Tealium is the cookie of Tealium's consent manager: consent as a whole, and c1 to c15 for its categories where there are any.
var Tealium = Format{
	Kind:  "tealium",
	Title: "Tealium record (CONSENTMGR)",
	Doc:   "https://docs.tealium.com/iq-tag-management/consent/",
	Names: []string{"consentmgr"},
	Read:  readTealium,
	Examples: []Example{
		{"CONSENTMGR", "ts:1795860000000%7Cconsent:false", Denied, ""},
		{"CONSENTMGR", "c1:1%7Cc2:1%7Cc3:1%7Cts:1795860000000%7Cconsent:true", Granted, "c1, c2, c3 granted"},
		{"CONSENTMGR", "c1:1%7Cc2:0%7Cc3:0%7Cts:1795860000000%7Cconsent:true", Mixed, ""},
	},
}

var tealiumCategory = regexp.MustCompile(`^c\d{1,2}$`)

func readTealium(r *Record, value string) {
	whole := Unknown
	for _, m := range pairs(plain(value), "|", ":") {
		switch {
		case m.key == "consent":
			whole = stateOf(m.value)
			r.part("consent", whole.String())
		case m.key == "ts":
			r.at(m.value)
		case tealiumCategory.MatchString(strings.ToLower(m.key)):
			r.choose(m.key, stateOf(m.value))
		}
	}
	if whole == Unknown && len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "CONSENTMGR says neither yes nor no")
		return
	}
	r.Chosen = Yes
	if whole == Denied || len(r.Purposes) == 0 {
		r.Says = whole // the categories are what the prompt offered
	}
}
