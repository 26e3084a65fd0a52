package detect

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
)

// minPhone is how many digits in a row are as many as a telephone number has.
const minPhone = 7

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

// MaskURL returns a URL without query and fragment, the segments of its path that identify somebody folded: e-mail
// addresses, telephone numbers, UUIDs, opaque tokens. So findings name pages. Short numbers stay, for a reader must find the
// page. What is not a URL comes back empty.
func MaskURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	segs := strings.Split(u.EscapedPath(), "/")
	for i, s := range segs {
		segs[i] = maskSegment(s)
	}
	return u.Scheme + "://" + u.Host + cmp.Or(strings.Join(segs, "/"), "/")
}

// maskSegment masks one URL segment, and each part of a matrix list in it (";u=…").
func maskSegment(seg string) string {
	plain, err := url.PathUnescape(seg)
	if err != nil {
		plain = seg
	}
	if f := maskPart(plain); f != plain {
		return f
	}
	if !strings.ContainsAny(plain, ";=,") {
		return seg
	}
	parts := strings.FieldsFunc(plain, func(r rune) bool { return r == ';' || r == ',' })
	for i, p := range parts {
		k, v, ok := strings.Cut(p, "=")
		if ok {
			parts[i] = k + "=" + maskPart(v)
		} else {
			parts[i] = maskPart(p)
		}
	}
	return strings.Join(parts, ";")
}

func maskPart(s string) string {
	if digits(s) && len(s) < minPhone {
		return s
	}
	return web.FoldName(s)
}
