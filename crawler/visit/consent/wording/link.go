package wording

import (
	"net/url"
	"regexp"
)

// linkTopic are words of addresses that are about consent.
var linkTopic = regexp.MustCompile(`(?i)cookie|consent|gdpr|dsgvo|rgpd|tracking|opt-?(?:in|out)|eprivacy`)

// IsChoiceLink reports whether a link answers a consent dialog when it is followed: its words agree or refuse, and its address is
// about consent.
func IsChoiceLink(address string, labels ...string) bool {
	m := MeaningOf(labels...)
	if m != Accept && m != Reject {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && linkTopic.MatchString(u.Path+"?"+u.RawQuery)
}
