package signal

// TermsFeed is the cookie of TermsFeed with the levels that were agreed to.
var TermsFeed = Format{
	Kind:  "termsfeed",
	Title: "TermsFeed record (cookie_consent_level)",
	Doc:   "https://www.termsfeed.com/privacy-consent/",
	Weak:  []string{"cookie_consent_level"},
	Read:  func(r *Record, value string) { r.choicesRecord("TermsFeed", value) },
	Examples: []Example{
		{"cookie_consent_level", "%7B%22strictly-necessary%22%3Atrue%2C%22functionality%22%3Afalse%2C%22tracking%22%3Afalse%2C" +
			"%22targeting%22%3Afalse%7D", Denied, "strictly-necessary granted; functionality, tracking, targeting denied"},
		{"cookie_consent_level", `{"strictly-necessary":true,"functionality":true,"tracking":true,"targeting":true}`, Granted, ""},
	},
}

// TermsFeedAnswered is the cookie by which TermsFeed knows that the visitor was asked. It is the same after yes and after no, whatever
// its name says.
var TermsFeedAnswered = Format{
	Kind:     "termsfeed-answered",
	Title:    "TermsFeed, dialog answered (cookie_consent_user_accepted)",
	Doc:      "https://www.termsfeed.com/privacy-consent/",
	Names:    []string{"cookie_consent_user_accepted"},
	Read:     func(r *Record, value string) { r.answered("cookie_consent_user_accepted", value) },
	Examples: []Example{{"cookie_consent_user_accepted", "true", Unknown, ""}},
}

// answered reads a record that says that a choice was made, and not which.
func (r *Record) answered(name, value string) {
	r.Chosen = answerOf(plain(value))
	if r.Chosen == NotSaid {
		r.fault(FaultValue, "%s is neither yes nor no", name)
		return
	}
	r.part("a choice was made", r.Chosen.String())
}
