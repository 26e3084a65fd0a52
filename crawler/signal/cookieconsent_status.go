package signal

// CookieConsentStatus is the cookie of Insites' Cookie Consent, whose dialog allows, denies, or informs and is dismissed.
var CookieConsentStatus = Format{
	Kind:  "cookieconsent-status",
	Title: "Cookie Consent record (cookieconsent_status)",
	Doc:   "https://www.osano.com/cookieconsent/documentation/",
	Names: []string{"cookieconsent_status"},
	Read:  readCookieConsentStatus,
	Examples: []Example{
		{"cookieconsent_status", "deny", Denied, ""}, {"cookieconsent_status", "allow", Granted, ""},
		{"cookieconsent_status", "dismiss", NotOptedOut, ""},
	},
}

func readCookieConsentStatus(r *Record, value string) {
	v := plain(value)
	switch v {
	case "allow", "deny":
		r.purpose("cookies", "", granted(v == "allow"))
	case "dismiss":
		r.purpose("cookies", "", NotOptedOut)
	default:
		r.fault(FaultValue, "cookieconsent_status is none of allow, deny and dismiss")
		return
	}
	r.Chosen = Yes
	r.part("status", v)
}
