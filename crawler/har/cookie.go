package har

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// cookieJar tells the cookies of a HAR, each once, and notices where the HAR cannot hold all that were sent.
type cookieJar struct {
	told   map[crawler.Cookie]bool // without page and who set them
	values map[[3]string]bool      // of these: site, name, value

	sent    bool // a request carried a cookie that is more than a placeholder
	masked  int  // requests whose Cookie header is a placeholder
	own     []crawler.Cookie
	expects int // requests to the site that would have carried one of its cookies
	stripped
}

const (
	maxCookies    = 20_000 // told of one HAR
	maxOwnCookies = 100    // of the site's, remembered to see whether they come back
)

// of returns the cookies that an entry is the first to show: those that its request carried, and those that its response
// set and did not delete. A response says more of a cookie than its name and value, so it tells it again.
func (j *cookieJar) of(e *harEntry, r *crawler.Request) []crawler.Cookie {
	if j.told == nil {
		j.told, j.values = map[crawler.Cookie]bool{}, map[[3]string]bool{}
	}
	var out []crawler.Cookie
	tell := func(c crawler.Cookie) {
		value := [3]string{web.Domain(strings.TrimPrefix(c.Domain, ".")), c.Name, c.Value}
		c.Profile, c.Consent = r.Profile, r.Consent
		key := c
		key.SetBy = ""
		if c.Name == "" || j.told[key] || c.SetBy == "" && j.values[value] || len(j.told) >= maxCookies {
			return
		}
		j.told[key], j.values[value] = true, true
		c.Page = r.Page
		out = append(out, c)
	}
	for _, c := range requestCookiesOf(e, r) {
		tell(c)
	}
	for _, c := range responseCookiesOf(e, r) {
		tell(c)
	}
	return out
}

// requestCookiesOf are those of the list, whose attributes DevTools write, else those of the header.
func requestCookiesOf(e *harEntry, r *crawler.Request) []crawler.Cookie {
	if len(e.Request.Cookies) > 0 {
		return listed(e.Request.Cookies, web.Host(r.URL), "")
	}
	var out []crawler.Cookie
	for _, h := range requestCookies(r.Headers) {
		out = append(out, crawler.Cookie{Name: string(h.Name), Value: string(h.Value), Domain: web.Host(r.URL)})
	}
	return out
}

// responseCookiesOf are those of the Set-Cookie headers, else those of the list.
func responseCookiesOf(e *harEntry, r *crawler.Request) []crawler.Cookie {
	if r.Response == nil {
		return nil
	}
	var out []crawler.Cookie
	for _, c := range setCookies(r.Response.Headers) {
		out = append(out, cookieOf(c, web.Host(r.URL), r.Time)...)
		if n := len(out); n > 0 {
			out[n-1].SetBy = r.ID
		}
	}
	if len(out) == 0 {
		out = listed(e.Response.Cookies, web.Host(r.URL), r.ID)
	}
	return out
}

// setCookies parses Set-Cookie headers; several that a tool joined with line breaks are several.
func setCookies(hs []crawler.Header) []*http.Cookie {
	var out []*http.Cookie
	for _, h := range hs {
		if !strings.EqualFold(h.Name, "Set-Cookie") {
			continue
		}
		for line := range strings.SplitSeq(h.Value, "\n") {
			if c, err := http.ParseSetCookie(strings.TrimSpace(line)); err == nil {
				out = append(out, c)
			}
		}
	}
	return out
}

// cookieOf is the cookie that a response set at that time: one, or none if it was deleted.
func cookieOf(c *http.Cookie, host string, at time.Time) []crawler.Cookie {
	out := crawler.Cookie{
		Name: c.Name, Value: c.Value, Domain: host, Path: c.Path, HTTPOnly: c.HttpOnly, Secure: c.Secure, SameSite: sameSite[c.SameSite],
	}
	if c.Domain != "" {
		out.Domain = strings.ToLower(c.Domain)
	}
	switch {
	case c.MaxAge < 0, c.MaxAge == 0 && !c.Expires.IsZero() && c.Expires.Before(at):
		return nil
	case c.MaxAge > 0 && !at.IsZero():
		out.Expires = at.Add(time.Duration(min(c.MaxAge, maxAge)) * time.Second)
	case c.MaxAge == 0:
		out.Expires = c.Expires.UTC()
	}
	return []crawler.Cookie{out}
}

// maxAge bounds an age in seconds that a page made up; browsers keep cookies for 400 days at most.
const maxAge = 100 * 365 * 24 * 3600

var sameSite = map[http.SameSite]string{http.SameSiteLaxMode: "Lax", http.SameSiteStrictMode: "Strict", http.SameSiteNoneMode: "None"}

// listed are the cookies of a list as tools write it.
func listed(list harCookies, host, setBy string) []crawler.Cookie {
	var out []crawler.Cookie
	for _, c := range list {
		domain := strings.ToLower(cmp.Or(string(c.Domain), host))
		out = append(out, crawler.Cookie{Name: string(c.Name), Value: string(c.Value), Domain: domain, Path: string(c.Path),
			Expires: parseHARTime(string(c.Expires)), HTTPOnly: c.HTTPOnly, Secure: c.Secure, SameSite: string(c.SameSite), SetBy: setBy})
	}
	return out
}

// watch looks at a request for signs that the HAR lacks cookies. site is the registrable domain of the site.
func (j *cookieJar) watch(e *harEntry, r *crawler.Request, site string) {
	if r.NotSent {
		return
	}
	switch value := crawler.HeaderValue(r.Headers, "Cookie"); {
	case value == "":
	case allPlaceholders(value):
		j.masked++
	default:
		j.sent = true
	}
	j.stripped.watch(e, r)
	if site == "" || web.Site(r.URL) != site {
		return
	}
	if j.carries(r) {
		j.expects++
		if isNavigation(r) || isOfElement(r) {
			j.expects++ // a script may ask for a request without cookies, visitors and elements of the site cannot
		}
	}
	if r.Response == nil || r.Time.IsZero() || len(j.own) >= maxOwnCookies {
		return
	}
	for _, c := range setCookies(r.Response.Headers) {
		for _, kept := range cookieOf(c, web.Host(r.URL), r.Time) {
			kept.Expires = r.Time.Add(r.Response.Duration) // from when on it is sent
			if isNavigation(r) {
				kept.Expires = r.Time // what a document loads comes after its headers
			}
			if kept.Path == "" || kept.Path[0] != '/' {
				kept.Path = defaultPath(r.URL)
			}
			j.own = append(j.own, kept)
		}
	}
}

// isOfElement reports whether a script, style sheet or picture was loaded, as far as the tool or the answer says.
func isOfElement(r *crawler.Request) bool {
	switch r.Type {
	case "script", "stylesheet", "image":
		return true
	case "":
		return r.Response != nil && elementType.MatchString(r.Response.MIME)
	}
	return false
}

var elementType = regexp.MustCompile(`(?i)javascript|^text/css$|^image/`)

// carries reports whether a browser would have sent one of the site's cookies with the request (RFC 6265, 5.4).
func (j *cookieJar) carries(r *crawler.Request) bool {
	switch crawler.HeaderValue(r.Headers, "Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default:
		return false
	}
	if r.Type == "preflight" || r.Method == "OPTIONS" {
		return false
	}
	host, path := web.Host(r.URL), pathOf(r.URL)
	for _, c := range j.own {
		domain := strings.TrimPrefix(c.Domain, ".")
		switch {
		case r.Time.Before(c.Expires), isNavigation(r) && r.Time.Equal(c.Expires), c.Secure && !strings.HasPrefix(r.URL, "https:"):
		case host != domain && (!strings.HasSuffix(host, "."+domain)):
		case path == c.Path, strings.HasPrefix(path, strings.TrimSuffix(c.Path, "/")+"/"):
			return true
		}
	}
	return false
}

func pathOf(raw string) string {
	_, rest, _ := strings.Cut(web.WithoutQuery(raw), "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return "/"
}

// defaultPath is that of a cookie without one (RFC 6265, 5.1.4).
func defaultPath(raw string) string {
	path := pathOf(raw)
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}

// placeholder is what tools that clean a HAR write instead of a value.
var placeholder = regexp.MustCompile(`(?i)^\W*(?:\w{1,20} )?` +
	`(?:redacted|removed|sanitized|sanitised|hidden|masked|scrubbed|filtered|stripped|omitted|obfuscated)\W*$|^[*x•]{3,}$`)

// allPlaceholders reports whether no cookie of the header has a value of its own.
func allPlaceholders(header string) bool {
	for pair := range strings.SplitSeq(header, ";") {
		pair = strings.TrimSpace(pair)
		_, value, named := strings.Cut(pair, "=")
		if !named {
			value = pair
		}
		if !placeholder.MatchString(value) {
			return false
		}
	}
	return true
}

// lacks says why the HAR cannot hold the cookies that were sent. A site without cookies gives no reason: only what
// contradicts itself does. isDevTools: Chrome's panel saved it.
func (j *cookieJar) lacks(isDevTools bool) (text string, n int) {
	switch {
	case j.sent:
		return "", 0
	case j.masked > 0:
		return "the cookies of requests are replaced by placeholders", j.masked
	case j.expects > 1:
		return "the site set cookies, and requests to it carry none", j.expects
	}
	if n := j.stripped.count(); n > 0 && isDevTools {
		return "headers were taken out of requests: they are shorter than they were", n
	}
	return "", 0
}

// stripped notices that DevTools left headers out. Since Chrome 130 an export has no Cookie, Set-Cookie and Authorization
// headers unless one asks for sensitive data, but headersSize is still that of all of them
// (https://chromium.googlesource.com/devtools/devtools-frontend/+/acd96a60464188fbf7c4476ec883ec65bba3dfdf). It is only
// known over HTTP/1.
type stripped struct {
	seen  bool // a header that such an export leaves out
	hosts map[string]*sizes
}

type sizes struct{ sized, short int }

const (
	maxStrippedHosts = 1000
	// minStripped is the shortest header that can be missing, "Cookie: a=b" and its line's end. Differences of less are
	// those of how lines are counted.
	minStripped = len("Cookie: a=b\r\n")
)

func (s *stripped) watch(e *harEntry, r *crawler.Request) {
	s.seen = s.seen || e.Request.header("Cookie", "Authorization") != "" || len(e.Request.Cookies) > 0 || len(e.Response.Cookies) > 0 ||
		r.Response != nil && crawler.HeaderValue(r.Response.Headers, "Set-Cookie") != ""
	missing, ok := e.Request.headersMissing()
	if !ok || s.seen {
		return
	}
	if s.hosts == nil {
		s.hosts = map[string]*sizes{}
	}
	host := web.Host(r.URL)
	n := s.hosts[host]
	if n == nil {
		if len(s.hosts) >= maxStrippedHosts {
			return
		}
		n = &sizes{}
		s.hosts[host] = n
	}
	n.sized++
	if missing >= minStripped {
		n.short++
	}
}

// headersMissing is by how many bytes the headers are less than headersSize; false if it cannot be told.
func (r *harRequest) headersMissing() (int, bool) {
	if r.HeadersSize <= 0 || len(r.Headers) == 0 || !strings.HasPrefix(strings.ToLower(string(r.HTTPVersion)), "http/1") {
		return 0, false
	}
	raw := web.WithoutFragment(string(r.URL))
	_, rest, _ := strings.Cut(raw, "://")
	target := "/"
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		target = rest[i:]
	}
	n := len(r.Method) + len(" ") + len(target) + len(" HTTP/1.1\r\n") + len("\r\n")
	for _, h := range r.Headers {
		n += len(h.Name) + len(": ") + len(h.Value) + len("\r\n")
	}
	return int(r.HeadersSize) - n, true
}

// count is how many requests to hosts are too short, where all to that host are.
func (s *stripped) count() int {
	if s.seen {
		return 0
	}
	n := 0
	for _, h := range s.hosts {
		if h.short == h.sized {
			n += h.short
		}
	}
	return n
}
