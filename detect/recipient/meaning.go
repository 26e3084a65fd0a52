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
	if f.Kind == decode.Null || harmless(rule.Class(word), f.Value) || isNothing(f.Value) {
		return Meaning{Field: i, Neutral: true, Name: word}, true
	}
	if !plausible(rule.Class(word), f) {
		return Meaning{}, false
	}
	return Meaning{Field: i, Class: rule.Class(word), Name: word}, true
}

// isNothing reports a value that stands for none: a word for nothing, a placeholder that no template filled in.
func isNothing(v string) bool {
	return web.Nothing(v) || nothing[strings.ToLower(v)] || rule.Unfilled(v)
}

// nothing is how SDKs say, beside web.Nothing, that there is no value. $direct is Mixpanel's and PostHog's for no referrer; $remote,
// $remote_ip, {{auto}} and auto ask the server to take the connection's address (Amplitude, Rollbar, Sentry).
var nothing = map[string]bool{
	"$direct": true, "(direct)": true, "$remote": true, "$remote_ip": true, "{{auto}}": true, "auto": true, "{}": true, "[]": true,
	"optout": true, "opt_out": true, "opt-out": true,
}

// sdkName is how a library or a platform calls itself: amplitude-ts/2.11.9, Web. It says what the site runs, not what the visitor has.
var sdkName = regexp.MustCompile(`^(?i:web|browser|js|javascript|desktop web|@?[a-z][a-z0-9_.@/-]*` +
	`[-_/](?:ts|js|web|browser|sdk|analytics|javascript|tracker)[a-z-]*(?:[/@-]?v?\d[\w.]*)?)$`)

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
		return strings.ContainsRune(v, '@') || strings.Contains(v, "%40") || longToken(v) && !browserID.MatchString(v)
	case rule.Phone:
		return strings.ContainsAny(v, "0123456789")
	case rule.ClientID, rule.UserID, rule.SessionID, rule.SyncedID, rule.ClickID, rule.OrgID:
		return v != "0" && v != "-1" && !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://")
	case rule.Purchase:
		return !visitNumber.MatchString(v)
	case rule.PageURL, rule.Referrer:
		return v != "about:blank" && v != "/"
	}
	return true
}

// browserID is how libraries name browsers: a UUID (RFC 9562), alone or with the vendor's mark behind it.
var browserID = regexp.MustCompile(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?:-[0-9A-Za-z]{0,16})?$`)

// visitNumber is a visitor's number at Google Analytics: a random number and the second of the first visit. Sites that have no
// order number yet send it where one is asked for.
var visitNumber = regexp.MustCompile(`^\d{6,10}\.1\d{9}$`)

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
