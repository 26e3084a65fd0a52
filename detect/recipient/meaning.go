package recipient

import (
	"net/netip"
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// meaningFor makes a Meaning of a word, unless the field's value cannot be what the word says.
func meaningFor(i int, word string, f *decode.Field) (Meaning, bool) {
	switch {
	case word == "":
		return Meaning{}, false
	case neutralWords[word] != "":
		return Meaning{Field: i, Neutral: true, Name: word}, true
	case openWords[word] != "":
		return Meaning{Field: i, Name: word}, true
	}
	if f.Kind == decode.Null || web.Nothing(f.Value) || nothing[strings.ToLower(f.Value)] {
		return Meaning{Field: i, Neutral: true, Name: word}, true
	}
	if !plausible(rule.Class(word), f) {
		return Meaning{}, false
	}
	return Meaning{Field: i, Class: rule.Class(word), Name: word}, true
}

// nothing is how SDKs say, beside web.Nothing, that there is no value. $direct is Mixpanel's and PostHog's for no referrer; $remote,
// $remote_ip, {{auto}} and auto ask the server to take the connection's address (Amplitude, Rollbar, Sentry).
var nothing = map[string]bool{
	"$direct": true, "(direct)": true, "$remote": true, "$remote_ip": true, "{{auto}}": true, "auto": true, "{}": true, "[]": true,
}

// plausible keeps a class from values that cannot be of it: the vendor names the slot, the site fills it.
func plausible(c rule.Class, f *decode.Field) bool {
	v := f.Value
	switch c {
	case rule.IP:
		a, err := netip.ParseAddr(strings.TrimSpace(v))
		return err == nil && !a.IsUnspecified()
	case rule.Email:
		return strings.ContainsRune(v, '@') || strings.Contains(v, "%40") || longToken(v)
	case rule.Phone:
		return strings.ContainsAny(v, "0123456789")
	case rule.ClientID, rule.UserID, rule.SessionID, rule.SyncedID, rule.ClickID, rule.OrgID:
		return v != "0" && v != "-1"
	case rule.PageURL, rule.Referrer:
		return v != "about:blank" && v != "/"
	}
	return true
}

// longToken reports whether v holds a run of letters, digits, - and _ as long as a digest's.
func longToken(v string) bool {
	run := 0
	for i := range len(v) {
		switch b := v[i]; {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9', b == '-', b == '_', b == '+', b == '/':
			if run++; run >= 32 {
				return true
			}
		default:
			run = 0
		}
	}
	return false
}
