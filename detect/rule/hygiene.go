package rule

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
	"unicode"

	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
)

// nothing are further values that stand for no value where a person's is expected, without blanks.
var nothing = wordSet(`nil yes no on off na unknown anonymous guest default test
	-- --- _ . ? 0 1 -1 00 000 0000 notset unset not_set (notset) [object object] [objectobject] notavailable not_available unavailable
	redacted <redacted> removed filtered [filtered] masked hidden omitted private string text value email phone name required optional
	logged_out loggedout logged-out not-logged-in anon visitor user undefinedundefined nullnull infinity invalid missing blank`)

// isNothing reports whether a value stands for no value: null, a template that was not filled in, a mask, a label.
func isNothing(v string) bool {
	v = strings.TrimSpace(v)
	if web.Nothing(v) || len(v) <= 24 && nothing[strings.ToLower(strings.ReplaceAll(v, " ", ""))] {
		return true
	}
	return isTemplate(v) || isMask(v)
}

// isTemplate reports a placeholder of a template language: {{email}}, ${email}, %%EMAIL%%, ##Email##, <email_omitted>, [EMAIL], __x__.
func isTemplate(v string) bool {
	return between(v, looseMarks[:]) || Unfilled(v)
}

// Unfilled reports a placeholder between marks that nothing but a template has: {{email}}, ${email}, %%EMAIL%%, ##Email##.
func Unfilled(v string) bool {
	return between(v, templateMarks[:]) || strings.Contains(v, "{{") && strings.Contains(v, "}}") && len(v) < maxPlaceholder || isMacro(v)
}

// maxPlaceholder is the length in bytes below which a text between marks is a placeholder rather than a text with marks.
const maxPlaceholder = 80

// templateMarks enclose placeholders of template languages; looseMarks do so too, but also lists and values.
var (
	templateMarks = [...][2]string{
		{"{{", "}}"}, {"${", "}"}, {"%%", "%%"}, {"<%", "%>"}, {"{%", "%}"}, {"#{", "}"}, {"*|", "|*"}, {"@@", "@@"}, {"##", "##"},
	}
	looseMarks = [...][2]string{{"<", ">"}, {"[[", "]]"}, {"__", "__"}, {"[", "]"}, {"{", "}"}, {"$", "$"}}
)

// between reports a short text enclosed in one of the pairs of marks.
func between(v string, marks [][2]string) bool {
	if len(v) >= maxPlaceholder {
		return false
	}
	for _, p := range marks {
		inside, ok := strings.CutPrefix(v, p[0])
		if !ok {
			continue
		}
		if inside, ok = strings.CutSuffix(inside, p[1]); ok && inside != "" && !strings.ContainsAny(inside, "<>\":,") {
			return true
		}
	}
	return false
}

// isMacro reports a macro of an advertising server that nobody filled in, whole or what percent decoding left of it: $UID,
// $(USER_ID), [TIMESTAMP], %%ADVERTISING_IDENTIFIER_PLAIN%%.
func isMacro(v string) bool {
	if len(v) < 3 || len(v) > 80 {
		return false
	}
	if strings.HasPrefix(v, "$(") && strings.HasSuffix(v, ")") || strings.HasSuffix(v, "%%") || strings.HasPrefix(v, "%%") {
		return true
	}
	name := strings.TrimPrefix(v, "$")
	return name != v && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// isMask reports a value of mask characters alone.
func isMask(v string) bool {
	for _, r := range v {
		if !strings.ContainsRune("*•●xX#-_. @", r) {
			return false
		}
	}
	return !strings.ContainsAny(v, "xX") || len(v) > 3
}

// isLabel reports words that label a form field rather than fill it.
func isLabel(v string) bool {
	return len(v) <= 40 && labels[Squeeze(v)]
}

var labels = wordSet(`firstname lastname name fullname yourname email emailaddress youremail phone phonenumber telephone address street city zip zipcode postcode
	postalcode country state region vorname nachname telefon adresse strasse ort plz prenom nom dateofbirth birthday gender sex password username text tel number date select
	input textarea checkbox radio hidden submit button search enteryouremail entername company organization message field label placeholder givenname familyname surname
	streetaddress message1 entertext typehere birthdate anrede straße required optional string varchar integer boolean email1 emailfield phonefield passwort motdepasse contraseña newpassword oldpassword benutzername kennwort`)

// isSlug reports a name of a thing in code: hero-banner, cta_button, Header2.
func isSlug(v string) bool {
	if strings.ContainsAny(v, "_/\\:;=<>{}[]()|#$%&+*!?\"0123456789") {
		return true
	}
	return strings.Contains(v, "-") && strings.ToLower(v) == v && !strings.Contains(v, " ")
}

// isURL reports an absolute address, or one without a scheme.
func isURL(v string) bool {
	low := strings.ToLower(v[:min(8, len(v))])
	return strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "//") && len(v) > 4 && strings.Contains(v, ".")
}

// isEpoch reports digits that are a Unix time in seconds, milliseconds or microseconds from 2001 to 2036.
func isEpoch(d string) bool {
	if strings.Trim(d, "0123456789") != "" {
		return false
	}
	switch len(d) {
	case 10:
		return d >= "1000000000" && d <= "2090000000"
	case 13:
		return d >= "1000000000000" && d <= "2090000000000"
	case 16:
		return d >= "1000000000000000" && d <= "2090000000000000"
	}
	return false
}

// isArticleNumber reports an EAN-8, UPC, EAN-13 or ISBN-13 with a valid check digit.
func isArticleNumber(d string) bool {
	if len(d) != 8 && len(d) != 12 && len(d) != 13 {
		return false
	}
	sum := 0
	for i := range len(d) {
		n := int(d[i] - '0')
		if (len(d)-i)%2 == 0 {
			n *= 3
		}
		sum += n
	}
	return sum%10 == 0
}

// emptyDigests are the digests of values that are none: hashing is on, and nothing was there to hash.
var emptyDigests = sync.OnceValue(func() map[string]string {
	return digestsOf("", " ", "undefined", "null", "none", "false", "true", "[object Object]", "n/a", "unknown", "anonymous", "0",
		"test", "NaN", "{}", "[]", "guest", "1", "email", "-", "None", "NULL", "not set", "(not set)", "\n")
})

// testDigests are the digests of addresses that testers type.
var testDigests = sync.OnceValue(func() map[string]string {
	return digestsOf("test@test.com", "test@example.com", "user@example.com", "qa@example.com", "admin@example.com", "demo@example.com",
		"john.doe@example.com", "jane.doe@example.com", "test@test.de", "foo@bar.com", "test@gmail.com")
})

// digestsOf makes a table of the digests of texts, spelled as they are compared, each with its text.
func digestsOf(texts ...string) map[string]string {
	m := map[string]string{}
	for _, v := range texts {
		for _, h := range hashers {
			if h.size < 16 {
				continue
			}
			for _, s := range digestSpellings(h.sum([]byte(v))) {
				if _, ok := m[s]; !ok {
					m[s] = v
				}
			}
		}
	}
	return m
}

// digestSpellings are hex in lower case and base64 without padding, as they are compared.
func digestSpellings(sum []byte) []string {
	return []string{hex.EncodeToString(sum), base64.RawStdEncoding.EncodeToString(sum)}
}

// ofNothing returns what a digest is the digest of, if that is no value at all.
func ofNothing(v string) (string, bool) { return digestIn(emptyDigests(), v) }

// ofTester reports the digest of an address that testers type.
func ofTester(v string) bool {
	_, ok := digestIn(testDigests(), v)
	return ok
}

func digestIn(table map[string]string, v string) (string, bool) {
	if s, ok := table[strings.ToLower(v)]; ok {
		return s, true
	}
	s, ok := table[strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(v), "=")]
	return s, ok
}

// digestShape returns the likely hash function of a text that looks like a digest, or "".
func digestShape(v string) string {
	if v, ok := strings.CutPrefix(v, "0x"); ok {
		return digestShape(v)
	}
	allHex, lower, upper := true, false, false
	for i := range len(v) {
		allHex = allHex && isHex(v[i])
		lower = lower || v[i] >= 'a' && v[i] <= 'f'
		upper = upper || v[i] >= 'A' && v[i] <= 'F'
	}
	if allHex && (lower != upper || len(v) >= 32 && lower == upper && !lower) {
		switch len(v) {
		case 32:
			return "md5"
		case 40:
			return "sha1"
		case 56:
			return "sha224"
		case 64:
			return "sha256"
		case 96:
			return "sha384"
		case 128:
			return "sha512"
		}
		return ""
	}
	switch trimmed := strings.TrimRight(v, "="); {
	case !base64Alphabet(trimmed) || !mixed(trimmed):
	case len(trimmed) == 43:
		return "sha256"
	case len(trimmed) == 22 && len(v) == 24:
		return "md5"
	case len(trimmed) == 27:
		return "sha1"
	case len(trimmed) == 86:
		return "sha512"
	}
	return ""
}

func base64Alphabet(v string) bool {
	for i := range len(v) {
		if c := v[i]; !(wordByte[c] && c < 0x80 || c == '+' || c == '/' || c == '-' || c == '_') {
			return false
		}
	}
	return v != ""
}

// mixed reports capitals, small letters and digits in one token.
func mixed(v string) bool {
	return strings.ContainsAny(v, "0123456789") && strings.ToUpper(v) != v && strings.ToLower(v) != v
}

// random reports a token that looks drawn by lot: no word, no counter.
func random(v string) bool {
	if len(v) < 8 || len(v) > 256 || strings.ContainsAny(v, " <>{}\"\\\n") {
		return false
	}
	digits, letters := 0, 0
	var seen [256]bool
	kinds := 0
	for i := range len(v) {
		c := v[i]
		if c >= 0x80 {
			return false
		}
		if !seen[c] {
			seen[c] = true
			kinds++
		}
		switch {
		case isDigit(c):
			digits++
		case isLetter(c):
			letters++
		}
	}
	if kinds < 4 || digits+letters < 8 {
		return false
	}
	return digits >= 8 || digits >= 2 && letters >= 2 || mixed(v) || digits+letters == len(v) && writesNothing(v)
}

// writesNothing reports a long run of letters, with hardly a digit, whose pairs of letters are too seldom those of words: of
// words half are usual, of letters drawn by lot a quarter. One in a hundred ids in base 36 has fewer than two digits.
func writesNothing(v string) bool {
	if len(v) < 16 {
		return false
	}
	pairs, usual := 0, 0
	for i := 0; i+1 < len(v); i++ {
		if isLetter(v[i]) && isLetter(v[i+1]) {
			pairs++
			if decode.UsualPair(v[i], v[i+1]) {
				usual++
			}
		}
	}
	return pairs >= 10 && usual*3 < pairs
}

const nilUUID = "00000000-0000-0000-0000-000000000000"

// isUUID reports 8-4-4-4-12 hex digits.
func isUUID(v string) bool {
	if len(v) != 36 {
		return false
	}
	for i := range len(v) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if v[i] != '-' {
				return false
			}
		} else if !isHex(v[i]) {
			return false
		}
	}
	return true
}

// letterShare is how much of a text is letters, in percent of its characters other than blanks.
func letterShare(v string) int {
	letters, all := 0, 0
	for _, r := range v {
		if unicode.IsSpace(r) {
			continue
		}
		all++
		if unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) {
			letters++
		}
	}
	if all == 0 {
		return 0
	}
	return letters * 100 / all
}
