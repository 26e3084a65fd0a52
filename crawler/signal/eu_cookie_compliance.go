package signal

// EUCookieCompliance is the cookie of Drupal's EU Cookie Compliance: 0 is no; 1 and 2 are yes where the dialog has no categories, and
// where it has them that some were saved, which stand in a cookie of their own.
var EUCookieCompliance = Format{
	Kind:     "eu-cookie-compliance",
	Title:    "EU Cookie Compliance record (cookie-agreed)",
	Doc:      "https://www.drupal.org/project/eu_cookie_compliance",
	Names:    []string{"cookie-agreed"},
	Read:     readEUCookieCompliance,
	Examples: []Example{{"cookie-agreed", "0", Denied, "cookies denied"}, {"cookie-agreed", "2", Unknown, ""}},
}

func readEUCookieCompliance(r *Record, value string) {
	switch plain(value) {
	case "0":
		r.choose("cookies", Denied)
	case "1", "2":
		r.part("a choice was made", "yes")
	default:
		r.fault(FaultValue, "cookie-agreed is none of 0, 1 and 2")
		return
	}
	r.Chosen = Yes
}

// EUCookieComplianceCategories is the cookie that lists the categories that were agreed to.
var EUCookieComplianceCategories = Format{
	Kind:  "eu-cookie-compliance-categories",
	Title: "EU Cookie Compliance, categories agreed to (cookie-agreed-categories)",
	Doc:   "https://www.drupal.org/project/eu_cookie_compliance",
	Names: []string{"cookie-agreed-categories"},
	Read:  readEUCookieComplianceCategories,
	Examples: []Example{
		{"cookie-agreed-categories", "%5B%22essential%22%5D", Denied, "essential granted"},
		{"cookie-agreed-categories", `["essential","tracking"]`, Granted, ""},
		{"cookie-agreed-categories", "[]", Denied, ""},
	},
}

func readEUCookieComplianceCategories(r *Record, value string) {
	v, err := parseJSON(plainJSON(value))
	list, ok := v.([]any)
	if err != nil || !ok {
		r.fault(FaultSyntax, "cookie-agreed-categories is no JSON list")
		return
	}
	var names []string
	for _, name := range list {
		names = append(names, textOf(name))
	}
	r.agreedTo(names)
}

// agreedTo reads a list of the categories that were agreed to; the others are not named.
func (r *Record) agreedTo(names []string) {
	for _, name := range names {
		r.choose(name, Granted)
	}
	r.Chosen = Yes
	if len(names) == 0 {
		r.part("agreed to", "nothing")
	}
	if together(r.Purposes) == Unknown {
		r.Says = Denied
	}
}
