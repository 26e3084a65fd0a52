package signal

import "strings"

// CookieYes is the cookie of CookieYes.
var CookieYes = Format{
	Kind:    "cookieyes",
	Title:   "CookieYes record (cookieyes-consent)",
	Doc:     "https://www.cookieyes.com/documentation/",
	Names:   []string{"cookieyes-consent", "cky-consent"},
	Bare:    func(v string) bool { return strings.Contains(v, "consent:") && strings.Contains(v, ",necessary:yes") },
	AnyName: true,
	Read:    readCookieYes,
	Examples: []Example{
		{"cookieyes-consent", "consentid:aDFk,consent:yes,action:yes,necessary:yes,functional:no,analytics:no,performance:no,advertisement:no",
			Denied, "necessary granted; functional, analytics, performance, advertisement denied"},
		{"cookieyes-consent", "consent:yes,action:yes,necessary:yes,functional:yes,analytics:yes,performance:yes,advertisement:yes", Granted, ""},
	},
}

func readCookieYes(r *Record, value string) {
	for _, m := range pairs(plain(value), ",", ":") {
		switch m.key {
		case "consentid":
			r.identity("consent id", m.value)
		case "action":
			r.Chosen = answerOf(m.value)
			r.part("a choice was made", r.Chosen.String())
		case "consent":
			r.part("consent", m.value)
		case "lastRenewedDate":
			r.at(m.value)
		default:
			r.choose(m.key, stateOf(m.value))
		}
	}
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the CookieYes record has no categories")
	}
}

// CookieLawInfo are the cookies of CookieYes' plugin for WordPress, one a category, which stands in the name.
var CookieLawInfo = Format{
	Kind:     "cookielawinfo",
	Title:    "CookieYes record of one category (cookielawinfo-checkbox-…)",
	Doc:      "https://wordpress.org/plugins/cookie-law-info/",
	Names:    []string{"cookielawinfo-checkbox-*"},
	Read:     readCookieLawInfo,
	Examples: []Example{{"cookielawinfo-checkbox-analytics", "no", Denied, "analytics denied"}},
}

func readCookieLawInfo(r *Record, value string) {
	r.oneCategory("cookielawinfo-checkbox-", value)
}

// oneCategory reads a cookie that has the state of the one category that its name ends with.
func (r *Record) oneCategory(prefix, value string) {
	s := stateOf(plain(value))
	if s == Unknown {
		r.fault(FaultValue, "the value of the category is neither yes nor no")
		return
	}
	category := strings.TrimPrefix(strings.ToLower(r.Name), prefix)
	if category == "" {
		category = "category"
	}
	r.choose(category, s)
}
