package consent

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/signal"
	"github.com/tagscan/tagscan/crawler/visit/consent/wording"
)

// saying is what an entry says about the visitor's choice.
type saying struct {
	choice crawler.Consent // accepted, rejected; empty: it is not told
	// plain says that nothing else can be meant. "consent=1" may also mean that somebody was asked.
	plain  bool
	either bool   // it says yes to something and no to something, by names that only the site knows
	what   string // for a person: "IAB TCF string"
}

// said reads an entry that a site of its own keeps. It must be one that the visitor's click has written: "none" and [] say something
// only then.
func said(name, value string) saying {
	v := plainText(value)
	s := saying{what: "what the site itself keeps"}
	var parsed any
	if json.Unmarshal([]byte(v), &parsed) != nil {
		s.choice, s.plain = saidInText(name, v)
		return s
	}
	switch x := parsed.(type) {
	case string:
		s.choice, s.plain = saidInText(name, x)
	case []any:
		s.choice, s.plain = saidInList(name, x)
	case map[string]any:
		var t tally
		t.object(x, aboutConsent(name), 0)
		s.choice, s.plain = t.choice(), true
	default:
		s.choice, s.plain = saidInText(name, v)
	}
	return s
}

// tells reports whether an entry of a site's own may say what was chosen: it can be read, or it is so short that it is no id, and
// may turn out to be another after the opposite choice.
func tells(name, value string) bool {
	return said(name, value).choice != "" || code.MatchString(plainText(value))
}

// code is a short word or a number that can stand for a choice.
var code = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z_.-]{0,19}|\d{1,2})$`)

// plainText undoes percent-encoding, base64 around JSON, and quotes.
func plainText(value string) string {
	v := strings.TrimSpace(value)
	for range 2 {
		u, err := url.PathUnescape(v)
		if err != nil || u == v {
			break
		}
		v = u
	}
	if b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(v, "=")); err == nil && json.Valid(b) && strings.HasPrefix(string(b), "{") {
		return string(b)
	}
	return strings.Trim(v, `"`)
}

// Words by which programmers write choices, beside those that package signal reads as yes and no.
var (
	agreeing = wordSet("accept accepted acceptall all agree agreed allow allowed allowall granted full everything yes optin consented enable enabled true")
	refusing = wordSet("reject rejected rejectall decline declined declineall deny denied refuse refused none minimal min minimum basic no optout disabled false " +
		"revoked withdrawn")
	needed  = wordSet("necessary essential essentials required mandatory strict strictly technical technically functional needed only")
	negates = wordSet("not non without un")
	// "preferences_set=true" is the same whatever was preferred.
	asked = wordSet("set seen viewed shown displayed dismissed closed hidden hide answered saved stored interaction interacted done")
)

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		out[w] = true
	}
	return out
}

// parts cuts a name or a value into words in lower case, also where a capital follows a small letter.
func parts(s string) []string {
	var b strings.Builder
	small := false
	for _, c := range s {
		if unicode.IsUpper(c) && small || !unicode.IsLetter(c) {
			b.WriteByte(' ')
		}
		small = unicode.IsLower(c)
		if unicode.IsLetter(c) {
			b.WriteRune(unicode.ToLower(c))
		}
	}
	return strings.Fields(b.String())
}

// bare are yes and no without saying to what.
var bare = map[string]bool{
	"true": true, "1": true, "yes": true, "y": true, "on": true, "false": false, "0": false, "no": false, "n": false, "off": false,
}

// longestText is how many words a value has at most that is an answer and not a text.
const longestText = 12

// saidInText reads a value that is no JSON.
func saidInText(name, v string) (crawler.Consent, bool) {
	if yes, ok := bare[strings.ToLower(v)]; ok {
		return saidBare(name, yes)
	}
	if t, ok := pairs(name, v); ok {
		return t.choice(), true
	}
	words := parts(v)
	if len(words) == 0 || len(words) > longestText {
		return "", false
	}
	if c := saidInWords(words); c != "" {
		return c, true
	}
	switch wording.MeaningOf(v) {
	case wording.Accept:
		return crawler.Accepted, true
	case wording.Reject:
		return crawler.Rejected, true
	}
	return "", false
}

// saidBare reads a plain yes or no by the name of what it answers.
func saidBare(name string, yes bool) (choice crawler.Consent, plain bool) {
	about, open := false, false
	for _, w := range parts(name) {
		switch {
		case asked[w]:
			open = true
		case refusing[w] && w != "no":
			yes, about, plain = !yes, true, true
		case agreeing[w] && w != "all", signal.CategoryOf(w) != "" && signal.CategoryOf(w) != signal.Necessary:
			about, plain = true, true
		case w == "consent" || w == "cookies" || w == "cookie" || w == "gdpr" || w == "dsgvo" || w == "rgpd" || w == "hasconsent":
			about = true
		}
	}
	switch {
	case !about:
		return "", false
	case yes:
		return crawler.Accepted, plain && !open
	}
	return crawler.Rejected, true
}

// saidInWords reads the words of a value: "accepted", "necessary-only", "essential,statistics".
func saidInWords(words []string) crawler.Consent {
	var yes, no, must, more, not bool
	for _, w := range words {
		c := signal.CategoryOf(w)
		switch {
		case negates[w]:
			not = true
		case refusing[w]:
			no = true
		case agreeing[w]:
			yes = true
		case needed[w] || c == signal.Necessary:
			must = true
		case c != "":
			more = true
		}
	}
	switch {
	case no && (yes || more), not && no:
		return ""
	case no, must && !more && !not, not && (yes || more):
		return crawler.Rejected
	case yes || more, not && must:
		return crawler.Accepted
	}
	return ""
}

// saidInList reads a list of what was agreed to.
func saidInList(name string, list []any) (crawler.Consent, bool) {
	if !aboutConsent(name) {
		return "", false
	}
	var words []string
	for _, x := range list {
		s, ok := x.(string)
		if !ok {
			return "", false
		}
		words = append(words, parts(s)...)
	}
	if len(words) == 0 {
		return crawler.Rejected, true
	}
	return saidInWords(words), true
}

// aboutConsent reports whether a name is about consent.
func aboutConsent(name string) bool {
	for _, w := range parts(name) {
		switch w {
		case "cookie", "cookies", "consent", "consents", "gdpr", "dsgvo", "rgpd", "privacy", "categories", "purposes", "tracking", "cc", "cmp":
			return true
		}
		if agreeing[w] && w != "all" && w != "true" {
			return true
		}
	}
	return false
}

// pairs reads "analytics:yes,ads:no" and the like.
func pairs(name, v string) (t tally, ok bool) {
	fields := strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(",&|;!", r) })
	if len(fields) < 2 && !strings.ContainsAny(v, ":=") {
		return t, false
	}
	found := 0
	for _, f := range fields {
		key, value, cut := strings.Cut(f, ":")
		if !cut {
			key, value, cut = strings.Cut(f, "=")
		}
		if cut {
			found++
			t.leaf(key, strings.TrimSpace(value), aboutConsent(name))
		}
	}
	return t, found > 0 && found == len(fields)
}

// tally counts the answers in a record of several.
type tally struct{ yes, no, comfort int }

// deepest is how far nested records are read.
const deepest = 4

// object takes in the members of a JSON object. about says that what is around it is about consent.
func (t *tally) object(o map[string]any, about bool, depth int) {
	for key, v := range o {
		switch x := v.(type) {
		case map[string]any:
			if depth < deepest {
				t.object(x, about || aboutConsent(key), depth+1)
			}
		case []any:
			if c, ok := saidInList(key, x); ok {
				t.take(c)
			}
		case bool:
			t.leaf(key, map[bool]string{true: "true", false: "false"}[x], about)
		case float64:
			if x == 0 || x == 1 {
				t.leaf(key, map[bool]string{true: "1", false: "0"}[x == 1], about)
			}
		case string:
			t.leaf(key, x, about)
		}
	}
}

// leaf takes in one answer: of a category, or of a name that is about consent.
func (t *tally) leaf(key, value string, about bool) {
	switch c := signal.CategoryOf(key); {
	case c == signal.Necessary || needed[strings.ToLower(key)] && c != signal.Functional:
		return
	case c == signal.Functional:
		if signal.StateOf(value) == signal.Granted {
			t.comfort++
		}
		return
	case c == "" && !about && !aboutConsent(key):
		return
	}
	switch signal.StateOf(value) {
	case signal.Granted:
		t.yes++
	case signal.Denied:
		t.no++
	}
}

func (t *tally) take(c crawler.Consent) {
	switch c {
	case crawler.Accepted:
		t.yes++
	case crawler.Rejected:
		t.no++
	}
}

// choice is what the answers say as one; those that differ say neither.
func (t *tally) choice() crawler.Consent {
	switch {
	case t.yes > 0 && t.no == 0:
		return crawler.Accepted
	case t.no > 0 && t.yes == 0:
		return crawler.Rejected
	case t.yes+t.no == 0 && t.comfort > 0:
		return crawler.Accepted
	}
	return ""
}
