package signal

import (
	"regexp"
	"strings"
)

// TrustArcPreferences is the cookie with the level that was chosen: 0 is required alone, 1 functional too, 2 advertising too.
var TrustArcPreferences = Format{
	Kind:  "trustarc-preferences",
	Title: "TrustArc record (notice_preferences)",
	Doc:   "https://trustarc.com/",
	Names: []string{"notice_preferences", "truste.eu.cookie.notice_preferences"},
	Read:  readTrustArcPreferences,
	Examples: []Example{
		{"notice_preferences", "2:", Granted, "0-2 granted"}, {"notice_preferences", "0:", Denied, "0 granted; 1-2 denied"},
		{"notice_preferences", "1:cb8350a2759273dccf1e483791e6f8fd", Mixed, ""},
	},
}

var (
	trustArcLevel  = regexp.MustCompile(`^([0-2]):(.*)$`)
	trustArcLevels = regexp.MustCompile(`^([0-2](?:[,|][0-2])*):(.*)$`)
	trustArcPermit = regexp.MustCompile(`^permit[ _]([1-3](?:[,|][1-3])*)`)
)

var trustArcCategories = []Category{Necessary, Functional, Advertising}

func readTrustArcPreferences(r *Record, value string) {
	m := trustArcLevel.FindStringSubmatch(plain(value))
	if m == nil {
		r.fault(FaultSyntax, "notice_preferences is no level with a colon")
		return
	}
	r.trustArc("012"[:m[1][0]-'0'+1], 0)
	r.identity("rest", m[2])
}

// trustArc tells the three levels; chosen has the digits of those that are on, counted from first.
func (r *Record) trustArc(chosen string, first int) {
	for i, c := range trustArcCategories {
		id := string(rune('0' + first + i))
		s := granted(strings.Contains(chosen, id))
		r.purpose(id, c, s)
		r.part(string(c)+" ("+id+")", s.String())
	}
	r.Chosen = Yes
}

// TrustArcLevels is the cookie that lists the levels that are on.
var TrustArcLevels = Format{
	Kind:  "trustarc-gdpr",
	Title: "TrustArc record (notice_gdpr_prefs)",
	Doc:   "https://trustarc.com/",
	Names: []string{"notice_gdpr_prefs", "truste.eu.cookie.notice_gdpr_prefs"},
	Read:  readTrustArcLevels,
	Examples: []Example{
		{"notice_gdpr_prefs", "0,1,2:", Granted, ""}, {"notice_gdpr_prefs", "0:", Denied, ""}, {"notice_gdpr_prefs", "0|2:", Mixed, ""},
	},
}

func readTrustArcLevels(r *Record, value string) {
	m := trustArcLevels.FindStringSubmatch(plain(value))
	if m == nil {
		r.fault(FaultSyntax, "notice_gdpr_prefs is no list of levels with a colon")
		return
	}
	r.trustArc(m[1], 0)
	r.identity("rest", m[2])
}

// TrustArcPermit is the cookie of TrustArc's interface for scripts; its levels count from 1.
var TrustArcPermit = Format{
	Kind:  "trustarc-permit",
	Title: "TrustArc record (cmapi_cookie_privacy)",
	Doc:   "https://trustarc.com/",
	Names: []string{"cmapi_cookie_privacy"},
	Read:  readTrustArcPermit,
	Examples: []Example{
		{"cmapi_cookie_privacy", "permit 1,2,3", Granted, ""}, {"cmapi_cookie_privacy", "permit_1|2", Mixed, ""},
		{"cmapi_cookie_privacy", "permit 1 required", Denied, "1 granted; 2-3 denied"},
	},
}

func readTrustArcPermit(r *Record, value string) {
	m := trustArcPermit.FindStringSubmatch(plain(value))
	if m == nil {
		r.fault(FaultSyntax, "cmapi_cookie_privacy permits nothing")
		return
	}
	r.trustArc(m[1], 1)
}
