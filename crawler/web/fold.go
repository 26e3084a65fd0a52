package web

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// What stands for a folded text. A placeholder tells the kind and nothing of the value, so it can be shown and hashed.
const (
	anEmail = "{email}"
	aUUID   = "{uuid}"
	aNumber = "{n}"
	aDate   = "{date}"
	aHash   = "{hash}"
	anID    = "{id}"
	aSlug   = "{slug}" // words with an id among them, and names of things that were learned
	aText   = "{text}"
)

var (
	reEmail  = regexp.MustCompile(`(?i)^[^@\s/]{1,64}(@|%40|\[at\])[^@\s/]{1,64}\.[a-z]{2,24}$`)
	reUUID   = regexp.MustCompile(`(?i)^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$`)
	rePhone  = regexp.MustCompile(`^\+?[0-9][0-9 ()./-]{5,}$`)
	reDigits = regexp.MustCompile(`^[0-9]+$`)
	reDigest = regexp.MustCompile(`(?i)^[0-9a-f]{16,}$`)

	reDate     = regexp.MustCompile(`^(19|20)\d\d[-._/]?(0?[1-9]|1[0-2])([-._/]?(0?[1-9]|[12]\d|3[01]))?$`)
	reNumber   = regexp.MustCompile(`^[+-]?\d+([.,]\d+)*$`)
	reHex      = regexp.MustCompile(`(?i)^(0x)?[0-9a-f]{8,}$`)
	reToken    = regexp.MustCompile(`^[A-Za-z0-9_-]{10,}$`)
	reTagged   = regexp.MustCompile(`^[A-Za-z]{1,8}[_:-][A-Za-z0-9]{6,}$`) // cus_NffrFeUfNV2Hib
	reSlugPart = regexp.MustCompile(`^[a-z]{0,2}\d{3,}$`)
	reWordPart = regexp.MustCompile(`^([A-Za-z]+\d*|\d+[A-Za-z]{0,3})$`) // words, v2, 10bit
	reExt      = regexp.MustCompile(`^\.[A-Za-z][A-Za-z0-9]{1,4}$`)
	reLocale   = regexp.MustCompile(`^[a-z]{2}([-_]([A-Za-z]{2}|[A-Z][a-z]{3}|419))?$`)
)

const (
	// minOpaque is the length from which a text that mixes letters and digits without reading as a word is taken for an
	// identifier: shorter ones are ordinary names ("utm_source2", "checkout-v3").
	minOpaque = 16
	// maxPlain is the length from which a text of letters alone may be hexadecimal.
	maxPlain = 32
	// maxSegment is the length in bytes over which a segment is text, not a name of a page.
	maxSegment = 80
)

// FoldName returns what stands for a name, be it of a field or in a path, that is as a whole the value of one person or
// thing: "4711" becomes "{n}", an e-mail address "{email}", an opaque token "{id}". Every other name stays as it is.
func FoldName(s string) string {
	switch {
	case plain(s):
		return s
	case isEmail(s):
		return anEmail
	case reUUID.MatchString(s):
		return aUUID
	case rePhone.MatchString(s), reDigits.MatchString(s):
		return aNumber
	case reDigest.MatchString(s):
		return aHash
	case opaque(s):
		return anID
	}
	return s
}

// FoldSegment returns what stands for a segment of a path, in clear, in a route. Beside what FoldName folds these are
// dates, short ids, and words with an id among them, before an ending (".html") and in a list (";id=7") as well. Words
// stay as they are, those with a small number (/windows-11, /v2) and languages (/en, /pt-BR) included.
func FoldSegment(s string) string {
	if plain(s) {
		return s
	}
	if ext := path.Ext(s); reExt.MatchString(ext) && len(ext) < len(s) && !isEmail(s) {
		base := strings.TrimSuffix(s, ext)
		if folded := foldWhole(base); folded != base {
			return folded + ext
		}
	}
	if folded := foldWhole(s); folded != s || !strings.ContainsAny(s, ";,=") {
		return folded
	}
	return foldList(s)
}

// foldWhole folds a segment that is no list and has no ending.
func foldWhole(s string) string {
	letters, digits, upper := census(s)
	switch {
	case plain(s), IsLocale(s):
		return s
	case isEmail(s):
		return anEmail
	case reUUID.MatchString(s):
		return aUUID
	case reDate.MatchString(s):
		return aDate
	case reNumber.MatchString(s), rePhone.MatchString(s):
		return aNumber
	case reHex.MatchString(s) && digits > 0 && (letters > 0 || len(s) > 8):
		return aHash
	case len(s) > maxSegment && !opaque(s):
		return aText
	case tagged(s, digits, upper), reToken.MatchString(s) && mixed(s, letters, digits, upper):
		return anID
	case isSlugWithID(s):
		return aSlug
	case isWords(s):
		return s
	}
	return FoldName(s)
}

// foldList folds the parts of a list in a segment (RFC 3986, 3.3), of parameters the values.
func foldList(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		end := strings.IndexAny(s, ";,")
		if end < 0 {
			end = len(s)
		}
		if name, value, ok := strings.Cut(s[:end], "="); ok {
			b.WriteString(FoldName(name) + "=" + foldWhole(value))
		} else {
			b.WriteString(foldWhole(name))
		}
		if end < len(s) {
			b.WriteByte(s[end])
			end++
		}
		s = s[end:]
	}
	return b.String()
}

// plain reports whether s has neither digits nor an @ in any spelling, as most names: nothing of it is folded.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= '0' && c <= '9' || c == '@' || c == '[' || c >= 0x80 {
			return false
		}
	}
	return len(s) < maxPlain
}

// isEmail reports an e-mail address in any spelling, and everything else with an @ and a dot: handles, versions.
func isEmail(s string) bool {
	if !strings.Contains(s, "@") && !strings.Contains(s, "%40") && !strings.Contains(s, "[") {
		return false
	}
	s = strings.ReplaceAll(s, "%2E", ".")
	return reEmail.MatchString(s) || strings.Contains(s, "@") && strings.Contains(s, ".")
}

// joints may stand between the letters and digits of a token.
const joints = "-_.~=+:"

// opaque reports whether s looks drawn, not named: no spaces, and its letters and digits change places often.
func opaque(s string) bool {
	if len(s) < minOpaque {
		return false
	}
	switches, digits := 0, 0
	for i := range len(s) {
		c := s[i]
		digit := isDigit(c)
		if !digit && !isLetter(c) && strings.IndexByte(joints, c) < 0 {
			return false
		}
		if digit {
			digits++
		}
		if i > 0 && digit != isDigit(s[i-1]) {
			switches++
		}
	}
	return digits >= 2 && switches >= 4
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// isWords reports whether s is made of words and small numbers: "top-10-of-the-5-best", "step-1-of-3".
func isWords(s string) bool {
	read := 0
	for part := range strings.FieldsFuncSeq(s, isJoint) {
		if !reWordPart.MatchString(part) {
			return false
		}
		if len(part) > 2 && strings.Trim(part, "0123456789") == part {
			read++
		}
	}
	return read >= 2
}

func isJoint(r rune) bool { return strings.ContainsRune(joints, r) }

func census(s string) (letters, digits, upper int) {
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'A' && c <= 'Z':
			upper++
			letters++
		case c >= 'a' && c <= 'z':
			letters++
		}
	}
	return letters, digits, upper
}

// tagged recognises ids that say what they are of, as Stripe's: cus_NffrFeUfNV2Hib.
func tagged(s string, digits, upper int) bool {
	return reTagged.MatchString(s) && digits > 0 && (upper > 0 || digits > 2) && !strings.Contains(s[1:], "-")
}

// mixed recognises ids of a mixed alphabet: both cases and digits (YouTube), capitals and digits alone (ULID), or a long
// run of letters and digits.
func mixed(s string, letters, digits, upper int) bool {
	if strings.Count(s, "-") > 1 && letters > 3*digits {
		return false // words
	}
	switch lower := letters - upper; {
	case digits >= 1 && upper >= 2 && lower >= 2:
		return true
	case digits >= 3 && upper >= 5 && lower == 0:
		return true
	}
	return digits >= 4 && letters >= 4 && len(s) >= minOpaque && !strings.ContainsAny(s, "-_")
}

// isSlugWithID recognises "red-shoe-12345", "12345-red-shoe", "red-shoe-p12345".
func isSlugWithID(s string) bool {
	parts := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune("-_~.", r) })
	return len(parts) >= 2 && slices.ContainsFunc(parts, reSlugPart.MatchString)
}

// IsLocale recognises "en", "pt-BR", "zh_Hans", "es-419".
func IsLocale(s string) bool { return reLocale.MatchString(s) }

// FoldPath folds the segments of an escaped path.
func FoldPath(escaped string) string { return "/" + strings.Join(foldPath(escaped), "/") }

// foldPath splits an escaped path and folds each segment by its shape.
func foldPath(escaped string) []string {
	segments := strings.Split(strings.Trim(escaped, "/"), "/")
	for i := 0; i < len(segments); i++ {
		if n := DateAt(segments[i:]); n > 0 {
			segments = slices.Replace(segments, i, i+n, aDate)
			continue
		}
		s, err := url.PathUnescape(segments[i])
		if err != nil {
			s = segments[i]
		}
		if folded := FoldSegment(s); folded != s {
			segments[i] = folded
		}
	}
	return segments
}

// DateAt returns how many segments from the first on are a year, a month and perhaps a day; 0 if they are not.
func DateAt(segments []string) int {
	for _, n := range []int{3, 2} {
		if len(segments) >= n && len(segments[0]) == 4 && reDate.MatchString(strings.Join(segments[:n], "/")) {
			return n
		}
	}
	return 0
}
