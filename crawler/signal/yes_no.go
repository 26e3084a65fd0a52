package signal

// YesOrNo are the cookies of small tools that know one question.
var YesOrNo = Format{
	Kind:  "yes-no",
	Title: "Cookie with one answer",
	Doc:   "https://wordpress.org/plugins/cookie-notice/",
	Names: []string{"cookie_notice_accepted", "blocksy_cookies_consent_accepted"},
	// The fourth is that of react-cookie-consent, and of others that write more than one answer into it.
	Weak: []string{"hasconsent", "cookie_consent", "cookie-consent", "cookieconsent", "cookies_accepted", "cookieaccepted"},
	Read: readYesOrNo,
	Examples: []Example{
		{"cookie_notice_accepted", "false", Denied, "cookies denied"}, {"hasConsent", "true", Granted, ""},
	},
}

func readYesOrNo(r *Record, value string) {
	s := stateOf(plain(value))
	if s == Unknown {
		r.fault(FaultValue, "the value is neither yes nor no")
		return
	}
	r.choose("cookies", s)
	r.Chosen = Yes
}
