package detect

import "strings"

// Mask hides a text but keeps what a reader needs to recognise it: the shape of an e-mail address ("m***@g***.com"), the
// first character of anything else and its length class.
func Mask(s string) string {
	if at := strings.LastIndexByte(s, '@'); at > 0 && at < len(s)-1 && !strings.ContainsAny(s, " /\n") {
		domain := s[at+1:]
		tld := ""
		if dot := strings.LastIndexByte(domain, '.'); dot > 0 {
			tld = domain[dot:]
			domain = domain[:dot]
		}
		return first(s[:at]) + "***@" + first(domain) + "***" + tld
	}
	switch n := len([]rune(s)); {
	case n == 0:
		return ""
	case n <= 3:
		return "***"
	default:
		return first(s) + "***"
	}
}

func first(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// MaskURL returns a URL without query and fragment, the segments of its path that identify somebody folded: as findings
// name pages. What is not a URL comes back empty.
func MaskURL(raw string) string { return maskURL(raw) }
