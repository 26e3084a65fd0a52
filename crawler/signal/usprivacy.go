package signal

import "strings"

// USPrivacy is the IAB's US Privacy string of California's first law, deprecated since 31 January 2024 and still sent.
var USPrivacy = Format{
	Kind:  "us_privacy",
	Title: "IAB US Privacy string",
	Doc:   "https://github.com/InteractiveAdvertisingBureau/USPrivacy/blob/master/CCPA/US%20Privacy%20String.md",
	Names: []string{
		"us_privacy", "usprivacy", "usprivacystring", "us_privacy_string", "iabusprivacy_string", "uc_usprivacy", "usp_string", "uspstring",
	},
	Weak:  []string{"ccpa", "ccpa_consent", "usp", "usp_consent", "ccpa_ps", "ccpastring"},
	Bare:  func(v string) bool { return len(v) == 4 && v[0] == '1' && strings.Trim(v[1:], "YN-") == "" },
	Claim: true,
	Read:  readUSPrivacy,
	Examples: []Example{
		{"us_privacy", "1YYN", Denied, "sale denied"},
		{"usprivacy", "1YNN", NotOptedOut, "sale not opted out"},
		{"", "1---", Unknown, "sale unknown"},
	},
}

func readUSPrivacy(r *Record, value string) {
	v := strings.ToUpper(plain(value))
	switch {
	case v == "":
		r.fault(FaultEmpty, "the US Privacy string is empty")
		return
	case v[0] != '1':
		r.fault(FaultVersion, "the US Privacy string begins with %q, and there is only version 1", v[:1])
		return
	case len(v) < 4:
		r.fault(FaultTruncated, "the US Privacy string has %d characters instead of 4", len(v))
		return
	case len(v) > 4:
		r.fault(FaultTrailing, "the US Privacy string has %d characters instead of 4", len(v))
		return
	}
	if i := strings.IndexFunc(v[1:], func(c rune) bool { return c != 'Y' && c != 'N' && c != '-' }); i >= 0 {
		r.fault(FaultAlphabet, "character %d of the US Privacy string is none of Y, N and -", i+2)
		return
	}
	words := map[byte]string{'Y': "yes", 'N': "no", '-': "not applicable"}
	r.part("version", "1")
	r.part("notice given", words[v[1]])
	r.part("opted out of sale", words[v[2]])
	r.part("covered by the service provider agreement", words[v[3]])
	s := map[byte]State{'Y': Denied, 'N': NotOptedOut}[v[2]]
	r.Purposes = append(r.Purposes, Purpose{ID: "sale", Category: Sale, Basis: OptOut, State: s, InEffect: s})
}
