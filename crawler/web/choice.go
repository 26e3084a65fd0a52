package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var (
	// choiceTopic are words of addresses that are about consent.
	choiceTopic = regexp.MustCompile(`(?i)cookie|consent|gdpr|dsgvo|rgpd|tracking|opt-?(?:in|out)|eprivacy`)
	// choiceAnswer are answers in them, as programmers write them.
	choiceAnswer = regexp.MustCompile(`(?i)^(?:all|min|minimal|none|(?:accept|allow|reject)(?:ed)?(?:-?all)?|agree|decline|refuse|deny|denied|` +
		`necessary|essential|required|functional|granted|grant|revoke|withdraw|opt-?in|opt-?out)$`)
	// choiceSwitch are answers that say nothing by themselves: only beside a name that is about consent.
	choiceSwitch = regexp.MustCompile(`(?i)^(?:yes|no|ok|on|off|true|false|1|0)$`)
	// listParams are parameters that narrow or sort a list.
	listParams = []string{"sort", "order", "filter", "status", "view", "show", "type", "category", "page", "q", "tab"}
)

// IsChoiceAddress reports whether an address alone says that following it answers a consent dialog, such as /consent?c=all and
// /cookies/accept: a crawler must leave it out. A page about cookies is none.
func IsChoiceAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	about := choiceTopic.MatchString(u.Path)
	for name, values := range u.Query() {
		named := choiceTopic.MatchString(name)
		if Carried(name) {
			continue
		}
		answers := named || about && !slices.Contains(listParams, strings.ToLower(name))
		for _, v := range values {
			if answers && choiceAnswer.MatchString(v) || named && choiceSwitch.MatchString(v) {
				return true
			}
		}
	}
	segments := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' || r == '.' })
	for i, s := range segments {
		// A number is the page of a list.
		answers := choiceAnswer.MatchString(s) || len(s) > 1 && choiceSwitch.MatchString(s)
		others := slices.Concat(segments[:i], segments[i+1:]) // what says "opt-out" about nothing else is a page about it
		if answers && slices.ContainsFunc(others, choiceTopic.MatchString) {
			return true
		}
	}
	return false
}
