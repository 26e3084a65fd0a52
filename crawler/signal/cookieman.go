package signal

import (
	"regexp"
	"strings"
)

// Cookieman is the cookie of the TYPO3 extension cookieman: the groups that were agreed to, with a bar between them.
var Cookieman = Format{
	Kind:  "cookieman",
	Title: "cookieman record (CookieConsent)",
	Doc:   "https://extensions.typo3.org/extension/cookieman",
	Weak:  []string{"cookieconsent"},
	Read:  readCookieman,
	Examples: []Example{
		{"CookieConsent", "mandatory", Denied, "mandatory granted"}, {"CookieConsent", "mandatory%7Cmarketing", Granted, ""},
	},
}

var cookiemanGroups = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\|[a-z][a-z0-9_-]*)*$`)

func readCookieman(r *Record, value string) {
	v := plain(value)
	groups := strings.Split(v, "|")
	if !cookiemanGroups.MatchString(v) || categoryOf(groups[0]) != Necessary {
		r.fault(FaultSyntax, "the cookieman record does not begin with a group that is necessary")
		return
	}
	r.agreedTo(groups)
}
