package recipient

import (
	"net/netip"
	"regexp"
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
	if f.Kind == decode.Null || harmless(rule.Class(word), f.Value) || web.Nothing(f.Value) || nothing[strings.ToLower(f.Value)] {
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

// sdkName is how a library or a platform calls itself: amplitude-ts/2.11.9, Web. It says what the site runs, not what the visitor has.
var sdkName = regexp.MustCompile(`^(?i:web|browser|js|javascript|desktop web|@?[a-z][a-z0-9_.@/-]*[-_/](?:ts|js|web|browser|sdk|analytics|javascript|tracker)[a-z-]*(?:[/@-]?v?\d[\w.]*)?)$`)

// escapes is text that is only percent escapes: a comma, a blank.
var escapes = regexp.MustCompile(`^(?:%[0-9A-Fa-f]{2})+$`)

// harmless reports a value that fills the slot of a class and says nothing: no amount, no time, the name of a library, a switch.
func harmless(c rule.Class, v string) bool {
	switch c {
	case rule.Purchase:
		return strings.Trim(v, "0.,") == "" || currency.MatchString(v)
	case rule.UserAgent:
		return sdkName.MatchString(v)
	case rule.ClickID, rule.SyncedID:
		return len(v) < minToken || escapes.MatchString(v)
	case rule.ClientID, rule.UserID:
		return escapes.MatchString(v)
	}
	return false
}

// minToken is how long what two parties know a visitor by is at least; one and two characters are switches and regions.
const minToken = 3

// currency is a code of ISO 4217: which currency a shop sells in says nothing of what was bought.
var currency = regexp.MustCompile(`^[A-Z]{3}$`)

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
		return v != "0" && v != "-1" && !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://")
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
