package detect

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tagscan/tagscan/detect/decode"
)

// drawn reports whether s could have been drawn at random, so that seeing it twice is no accident: long enough, and
// neither a time, nor words, nor an address, nor a version.
func drawn(s string) bool {
	if len(s) < minStored || strings.ContainsAny(s, " \t\n<>\"") {
		return false
	}
	if twoNumbers.MatchString(s) {
		return true
	}
	return !isTime(s) && !isAddress(s) && !isWords(s) && !constantForm.MatchString(s) && !monotonous(s)
}

// constantForm matches what is the same for many: versions, numbers with a fraction, screen sizes, locales, versions of
// browsers, media types, nil UUIDs, the strings of consent frameworks.
var constantForm = regexp.MustCompile(`(?i)^(?:v?\d+(?:\.\d+){1,4}(?:[-+][a-z0-9.]+)?` + // 1.2.3-beta; a client id has longer numbers
	`|\d{2,5}x\d{2,5}(?:x\d+)?|[a-z]{2}[-_][a-z]{2}(?:[-_,;.].*)?|[a-z]+/[a-z0-9.+-]+` +
	`|0{8}-0{4}-0{4}-0{4}-0{12}|true|false|undefined|function.*|GTM-[A-Z0-9]+|G-[A-Z0-9]{6,12}|UA-\d+-\d+|AW-\d+` +
	`|C[A-Za-z0-9_-]{5}A[A-Za-z0-9_-]{5}A[A-Za-z0-9_.-]{20,}|C[O-S][A-Za-z0-9_-]{5}[O-S][A-Za-z0-9_-]{5}[A-H][A-Za-z0-9_.-]{14,}|C[O-S][A-Za-z0-9_-]{28,}\.[A-Za-z]AAAA[A-Za-z0-9_.-]*|C[O-S][A-Za-z0-9_-]{40,}|1[YN-]{3}|DB[A-Za-z]{4,5}~.*)$`)

// twoNumbers matches a random number and the second it was drawn in, as Google's client id is made.
var twoNumbers = regexp.MustCompile(`^\d{6,12}\.1[0-9]{9}$`)

var dateForm = regexp.MustCompile(`^(?:19|20)\d\d[-/.]?(?:0[1-9]|1[0-2])[-/.]?(?:0[1-9]|[12]\d|3[01])(?:$|[T ]?\d\d)|^(?i:mon|tue|wed|thu|fri|sat|sun),? `)

// Times that requests carry lie between these.
var (
	firstTime = time.Date(2001, 9, 9, 0, 0, 0, 0, time.UTC)
	lastTime  = time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC)
)

// isTime reports whether s is a date or a count of seconds, milli-, micro- or nanoseconds since 1970, in decimal or
// (milliseconds) in base 36.
func isTime(s string) bool {
	if dateForm.MatchString(s) {
		return true
	}
	whole, frac, _ := strings.Cut(s, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && (frac == "" || digits(frac)) {
		round := strings.HasSuffix(whole, "000") // finer than a browser's clock: only if it was made of milliseconds
		return len(whole) == 10 && plausibleTime(time.Unix(n, 0)) || len(whole) == 13 && plausibleTime(time.UnixMilli(n)) ||
			round && (len(whole) == 16 && plausibleTime(time.UnixMicro(n)) || len(whole) == 19 && plausibleTime(time.Unix(0, n)))
	}
	if len(s) == 8 && s == strings.ToLower(s) {
		if n, err := strconv.ParseInt(s, 36, 64); err == nil {
			t := time.UnixMilli(n)
			return t.After(time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)) && t.Before(time.Date(2032, 1, 1, 0, 0, 0, 0, time.UTC))
		}
	}
	return false
}

func plausibleTime(t time.Time) bool { return t.After(firstTime) && t.Before(lastTime) }

// isAddress reports whether s is a URL, a path or a host name.
func isAddress(s string) bool {
	return strings.Contains(s, "://") || strings.HasPrefix(s, "/") || strings.HasPrefix(s, "www.") || strings.HasPrefix(s, "data:") ||
		hostForm.MatchString(s)
}

var hostForm = regexp.MustCompile(`^(?:[a-z0-9-]+\.)+(?:com|net|org|io|co|de|fr|uk|eu|app|dev|example|test|js|css|html|json|png|svg)$`)

// kindOf is d for a digit, a for a letter, p for what may stand between the two in a token, x for anything else.
func kindOf(b byte) byte {
	switch {
	case b >= '0' && b <= '9':
		return 'd'
	case isLetter(b):
		return 'a'
	case strings.IndexByte("-_.~=+:", b) >= 0:
		return 'p'
	}
	return 'x'
}

// isWords reports whether s reads as words and small numbers: "control_group", "variant-b-2", "newsletterSignup".
func isWords(s string) bool {
	words := false
	for _, token := range strings.FieldsFunc(s, separates) {
		pieces := splitWords(token)
		switches, strange := 0, 0
		for i, p := range pieces {
			if kindOf(p[0]) == 'd' {
				if len(p) > 4 {
					return false
				}
			} else if len(p) >= 3 && pronounceable(p) {
				words = true
			} else if len(p) >= 3 {
				strange = max(strange, len(p))
			}
			if i > 0 && (kindOf(p[0]) == 'd') != (kindOf(pieces[i-1][0]) == 'd') {
				switches++
			}
		}
		if !reads(pieces) {
			return false
		}
		scattered := len(pieces) >= 4 && len(token)*2 < len(pieces)*5 // camels this small are no words
		if switches >= 3 || switches == 2 && strange > 0 || strange >= 5 || scattered {
			return false
		}
	}
	return words
}

// splitWords cuts a token where letters meet digits, and where lower case meets upper.
func splitWords(s string) []string {
	var out []string
	start := 0
	for i := 1; i < len(s); i++ {
		camel := isUpper(s[i]) && isLower(s[i-1])
		acronym := i+1 < len(s) && isUpper(s[i-1]) && isUpper(s[i]) && isLower(s[i+1])
		if camel || acronym || (kindOf(s[i]) == 'd') != (kindOf(s[i-1]) == 'd') {
			out = append(out, s[start:i])
			start = i
		}
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

func isUpper(b byte) bool  { return b >= 'A' && b <= 'Z' }
func isLetter(b byte) bool { return isUpper(b) || isLower(b) }
func isLower(b byte) bool  { return b >= 'a' && b <= 'z' }

// pronounceable reports whether letters look like a word of a language or a usual abbreviation: a vowel to every few
// consonants, and no capitals inside.
func pronounceable(w string) bool {
	vowels, run, worst := 0, 0, 0
	for _, r := range strings.ToLower(w) {
		if strings.ContainsRune("aeiouyäöüàéè", r) {
			vowels++
			run = 0
			continue
		}
		run++
		worst = max(worst, run)
	}
	return vowels*6 >= len(w) && worst <= 4
}

// monotonous reports whether s uses too few different characters to tell anybody apart.
func monotonous(s string) bool {
	var seen [256]bool
	n := 0
	for i := 0; i < len(s); i++ {
		if !seen[s[i]] {
			seen[s[i]] = true
			n++
		}
	}
	return n < 4
}

// separates reports whether r is neither a letter nor a digit of ASCII.
func separates(r rune) bool { return r < 0x80 && kindOf(byte(r)) != 'a' && kindOf(byte(r)) != 'd' }

// reads reports whether the letters of a token read as text: half of their pairs are usual ones. Too few letters do.
func reads(pieces []string) bool {
	usual, all := 0, 0
	for _, p := range pieces {
		for i := 0; i+1 < len(p); i++ {
			if !isLetter(p[i]) || !isLetter(p[i+1]) {
				continue
			}
			all++
			if decode.UsualPair(p[i], p[i+1]) {
				usual++
			}
		}
	}
	return all < 7 || usual*2 >= all
}
