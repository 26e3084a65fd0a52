package har

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
)

// address is where the entry's request went: its URL as it stands, put together again where a tool left the scheme, the
// host or the query to other members. "" if it cannot be known.
func (e *harEntry) address() string {
	r := &e.Request
	raw := web.WithoutFragment(strings.TrimSpace(string(r.URL)))
	if !hasScheme(raw) {
		raw = r.withScheme(raw)
	}
	if !namesHost(raw) {
		return ""
	}
	if raw == "" || strings.Contains(raw, "?") || len(r.QueryString) == 0 || !strings.Contains(raw, "://") {
		return raw
	}
	return raw + "?" + string(formBody(r.QueryString, ""))
}

// namesHost reports whether an address that leads to a host names one. What else of it is no address is sent as it stands.
func namesHost(raw string) bool {
	scheme, rest, found := strings.Cut(raw, "://")
	switch strings.ToLower(scheme) {
	case "http", "https", "ws", "wss":
	default:
		return true
	}
	if end := strings.IndexAny(rest, `/?\`); end >= 0 {
		rest = rest[:end]
	}
	u, err := url.Parse(scheme + "://" + rest + "/")
	return found && err == nil && u.Hostname() != ""
}

// schemeName is what stands before the colon (RFC 3986, 3.1). A host and its port look alike, but for the digits.
var (
	schemeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
	hostPort   = regexp.MustCompile(`^[A-Za-z0-9.-]+:\d+(?:/|\?|$)`)
	hostName   = regexp.MustCompile(`^(?:(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)+[A-Za-z0-9-]{2,}\.?|` +
		`\d+\.\d+\.\d+\.\d+|localhost)(?::\d+)?$`)
)

func hasScheme(raw string) bool {
	return strings.HasPrefix(raw, "https://") || schemeName.MatchString(raw) && !hostPort.MatchString(raw)
}

// withScheme completes a URL that begins with slashes, a host or a path. Only what names a host for certain is taken for
// one: what follows two slashes, what the Host header names too, and what looks like a domain.
func (r *harRequest) withScheme(raw string) string {
	host := r.header("Host", ":authority")
	first, _, _ := strings.Cut(raw, "/")
	first, _, _ = strings.Cut(first, "?")
	switch {
	case raw == "" || strings.ContainsAny(raw, " \t\r\n"):
		return ""
	case strings.HasPrefix(raw, "//"):
		raw = raw[2:]
	case raw[0] == '/' && host != "":
		raw = host + raw
	case raw[0] == '/' || first == "":
		return ""
	case !strings.EqualFold(first, host) && !hostName.MatchString(first):
		return ""
	}
	u, err := url.Parse(r.scheme(raw) + "://" + raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return r.scheme(raw) + "://" + raw
}

// scheme is what HTTP/2 says it is, or that of port 80, or that of the page that asked; else https.
func (r *harRequest) scheme(rest string) string {
	host, _, _ := strings.Cut(rest, "/")
	socket := strings.EqualFold(r.header("Upgrade"), "websocket")
	s := r.header(":scheme")
	switch {
	case s != "":
	case strings.HasSuffix(host, ":80"), strings.HasPrefix(r.header("Origin", "Referer"), "http://"):
		s = "http"
	default:
		s = "https"
	}
	if socket {
		s = strings.Replace(s, "http", "ws", 1)
	}
	return s
}

// header is the value of the first of the named headers that is there.
func (r *harRequest) header(names ...string) string {
	for _, name := range names {
		if v := r.Headers.value(name); v != "" {
			return v
		}
	}
	return ""
}

// value is that of the first pair with the name, whatever its case.
func (ps harPairs) value(name string) string {
	for _, p := range ps {
		if strings.EqualFold(string(p.Name), name) {
			return string(p.Value)
		}
	}
	return ""
}

// leavesNothing reports whether a URL is the browser's own, or a file's: a network panel lists it, and nothing is sent.
func leavesNothing(raw string) bool {
	scheme, _, _ := strings.Cut(raw, ":")
	switch strings.ToLower(scheme) {
	case "about", "blob", "chrome", "chrome-error", "chrome-search", "chrome-untrusted", "data", "devtools", "edge", "file",
		"filesystem", "javascript", "moz-icon", "opera", "resource", "view-source", "brave":
		return true
	}
	return false
}
