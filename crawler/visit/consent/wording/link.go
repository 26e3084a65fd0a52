package wording

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	// linkTopic are words of addresses that are about consent; linkAnswer are answers in them, as programmers write them.
	linkTopic  = regexp.MustCompile(`(?i)cookie|consent|gdpr|dsgvo|rgpd|tracking|opt-?(?:in|out)|eprivacy`)
	linkAnswer = regexp.MustCompile(`(?i)^(?:all|min|minimal|none|(?:accept|allow|reject)(?:ed)?(?:-?all)?|agree|decline|refuse|deny|denied|` +
		`necessary|essential|required|functional|yes|no|ok|on|off|true|false|1|0|granted|grant|revoke|withdraw|opt-?in|opt-?out)$`)
)

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

// IsChoiceAddress reports whether an address alone says that following it answers a consent dialog, such as /consent?c=all and
// /cookies/accept: a crawler must leave it out. A page about cookies is none.
func IsChoiceAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	about := linkTopic.MatchString(u.Path)
	for name, values := range u.Query() {
		for _, v := range values {
			if linkAnswer.MatchString(v) && (about || linkTopic.MatchString(name)) {
				return true
			}
		}
	}
	if !about {
		return false
	}
	for _, segment := range strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' || r == '.' }) {
		// A number is the page of a list.
		if len(segment) > 1 && linkAnswer.MatchString(segment) {
			return true
		}
	}
	return false
}
