package signal

import (
	"regexp"
	"strings"
)

// CommandersAct is the cookie of Commanders Act's TrustCommander. Its first character is 0 for consent, 1 for refusal.
var CommandersAct = Format{
	Kind:  "commanders-act",
	Title: "Commanders Act record (TC_PRIVACY)",
	Doc:   "https://community.commandersact.com/consent-management/knowledge-base/consent-cookie",
	Names: []string{"tc_privacy"},
	Read:  readCommandersAct,
	Examples: []Example{
		{"TC_PRIVACY", "0@002|12|3441@1%2C3@4@1592900933049@1592900933049", Granted, "1, 3-4 granted"},
		{"TC_PRIVACY", "1%40012%7C26%7C4221%40%404%401592900933049%401592900933049", Denied, ""},
		{"TC_PRIVACY", "0@002@12@34@1%2C3@4@1592900933049,1592900933049,1624436933049", Granted, ""},
	},
}

var unixMillis = regexp.MustCompile(`^\d{13}(,\d{13})*$`)

// readCommandersAct finds the times, as older and newer cookies differ in what stands before: status, versions, banner, site,
// then the categories and those that cannot be chosen.
func readCommandersAct(r *Record, value string) {
	fields := strings.Split(plain(value), "@")
	times := 0
	for i, f := range fields {
		if i >= 3 && unixMillis.MatchString(f) {
			times = i
			break
		}
	}
	status := fields[0]
	switch {
	case status != "0" && status != "1":
		r.fault(FaultSyntax, "TC_PRIVACY begins with neither 0 nor 1")
		return
	case times == 0:
		r.fault(FaultTruncated, "TC_PRIVACY has no time")
		return
	}
	s := granted(status == "0")
	r.Says, r.Chosen = s, Yes
	r.part("status", map[State]string{Granted: "consent", Denied: "refusal"}[s])
	for id := range strings.SplitSeq(fields[times-2], ",") {
		if id != "" {
			r.choose(id, s)
		}
	}
	for id := range strings.SplitSeq(fields[times-1], ",") {
		if id != "" {
			r.purpose(id, Necessary, Granted)
			r.part(id, "always on")
		}
	}
	at, _, _ := strings.Cut(fields[times], ",")
	r.at(at)
}
