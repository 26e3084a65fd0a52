package console

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
)

// hidden stands for what is not shown.
const hidden = "***"

var (
	addressIn = regexp.MustCompile(`(?i)\b(?:https?|wss?)://[^\s"'<>\x60]+`)
	queryIn   = regexp.MustCompile(`([?&;][^\s=&;?"'<>]{1,64}=)([^\s&;#"'<>]+)`)
	emailIn   = regexp.MustCompile(`(?i)[a-z0-9._+'-]+(?:@|%40|%2540)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}`)
)

// Mask hides in the addresses of a text what may say who somebody is or let somebody in: user and password, the values of queries,
// fragments, and what identifies in a path. E-mail addresses are hidden wherever they stand. What is left names the page: hosts,
// paths, the names of parameters, and numbers of a few digits.
func Mask(s string) string {
	if !strings.ContainsAny(s, "@%?&:") {
		return s
	}
	s = addressIn.ReplaceAllStringFunc(s, maskAddress)
	s = queryIn.ReplaceAllStringFunc(s, func(m string) string {
		name, value, _ := strings.Cut(m, "=")
		value, behind := sentence(value)
		if harmless(value) {
			return m
		}
		return name + "=" + hidden + behind
	})
	return emailIn.ReplaceAllString(s, hidden)
}

// maskAddress masks all of an address but its query.
func maskAddress(raw string) string {
	raw, behind := sentence(raw)
	raw, _, fragment := strings.Cut(raw, "#")
	before, query, asked := strings.Cut(raw, "?")
	scheme, rest, _ := strings.Cut(before, "://")
	host, path, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = hidden + "@" + host[i+1:]
	}
	segments := strings.Split(path, "/")
	for i, seg := range segments {
		segments[i] = maskSegment(seg)
	}
	out := scheme + "://" + host
	if strings.Contains(rest, "/") {
		out += "/" + strings.Join(segments, "/")
	}
	if asked {
		out += "?" + maskQuery(query)
	}
	if fragment {
		out += "#" + hidden
	}
	return out + behind
}

// sentence takes the punctuation of a sentence from the end of an address in it.
func sentence(s string) (address, behind string) {
	address = strings.TrimRight(s, ".,:;!)")
	return address, s[len(address):]
}

// maskQuery hides what stands in a query without a name.
func maskQuery(q string) string {
	parts := strings.Split(q, "&")
	for i, p := range parts {
		name, value, named := strings.Cut(p, "=")
		switch {
		case !named && !harmless(p):
			parts[i] = maskSegment(p)
		case named && !harmless(value):
			parts[i] = maskSegment(name) + "=" + hidden
		}
	}
	return strings.Join(parts, "&")
}

// maskSegment hides a segment of a path that identifies. Numbers of a few digits stay, for a reader must find the page.
func maskSegment(seg string) string {
	plain, err := url.PathUnescape(seg)
	if err != nil {
		plain = seg
	}
	if harmless(plain) || web.FoldName(plain) == plain {
		return seg
	}
	return hidden
}

// maxDigits is how many digits say nothing of anybody: fewer than a telephone number has.
const maxDigits = 6

func harmless(s string) bool {
	return s == hidden || len(s) <= maxDigits && strings.Trim(s, "0123456789") == ""
}
