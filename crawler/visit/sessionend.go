package visit

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// restored is the session that visitors were given: what of it went into their browsers, and what had expired before.
type restored struct {
	live, expired []*network.CookieParam
	storage       []crawler.Storage
}

func sessionOf(o *Options) restored { return restored{o.Cookies, o.Expired, o.Storage} }

// Names of cookies.
var (
	// counting are those of services that count, ask for consent, or stand before a site: nobody is signed in by them.
	counting = regexp.MustCompile(`(?i)^(_ga|_gid|_gat|_gcl|_fb[pc]$|_hj|_uet|_pk_|_clck|_clsk|_tt|ajs_|amp_|amplitude|mp_|optanon|cookieconsent|cookie_?(notice|law)|euconsent|` +
		`didomi|__cf|_cfuv|cf_clearance|awsalb|bm_s|ak_bmsc|_abck|_px|datadome|incap_|visid_|nlbi_|__utm|_dc_gtm|intercom-)`)
	// signsIn are those that somebody is signed in by, and passing those that come and go while he is.
	signsIn = regexp.MustCompile(`(?i)sess|sid$|(^|[^a-z])sid|token|auth|jwt|login|logged|remember|identity|ticket`)
	passing = regexp.MustCompile(`(?i)csrf|xsrf|flash|state|nonce|return|redirect|verifier|pkce|consent|attempt|error|callback`)
)

// ended says why a session does not hold for the site of a page; "" if it may. jar is what the profile's browser had in the end; nil:
// that is not known.
func (s restored) ended(page string, jar []*network.Cookie) string {
	live, expired := ofSite(s.live, page), ofSite(s.expired, page)
	stored := slices.ContainsFunc(s.storage, func(e crawler.Storage) bool { return web.Site(e.Origin) == web.Site(page) })
	if len(live) == 0 && len(expired) > 0 && !stored {
		return "the session's cookies for this site have expired"
	}
	if jar == nil {
		return ""
	}
	for _, c := range live {
		key := (len(live) == 1 || signsIn.MatchString(c.Name)) && !passing.MatchString(c.Name)
		gone := key && !slices.ContainsFunc(jar, func(k *network.Cookie) bool {
			return k.Name == c.Name && k.Value != "" && siteOfCookie(k.Domain) == web.Site(page)
		})
		if gone {
			return "the site has taken the session's cookie away, so the session has ended"
		}
	}
	return ""
}

// siteOfCookie is the site of a cookie's domain, which begins with a dot if it is for the hosts below it, too.
func siteOfCookie(domain string) string { return web.Domain(strings.TrimPrefix(domain, ".")) }

// ofSite are the cookies of a page's site by which somebody may be signed in.
func ofSite(cookies []*network.CookieParam, page string) []*network.CookieParam {
	var out []*network.CookieParam
	for _, c := range cookies {
		if siteOfCookie(cmp.Or(c.Domain, web.Host(c.URL))) == web.Site(page) && !counting.MatchString(c.Name) {
			out = append(out, c)
		}
	}
	return out
}

// authSessions are the services of Auth.js that answer with nothing if nobody is signed in
// (https://next-auth.js.org/getting-started/rest-api).
var authSessions = regexp.MustCompile(`/auth/session$`)

// saysNobody reports whether an answer that is no error by its status says in its body that nobody is signed in.
func saysNobody(address string, r *crawler.Response) bool {
	if r.Status >= http.StatusBadRequest || r.Status == 0 || len(r.Body.Inline) == 0 || r.Body.Cut {
		return false
	}
	var top any
	if json.Unmarshal(r.Body.Inline, &top) != nil {
		return false
	}
	said, _ := top.(map[string]any)
	if authSessions.MatchString(pathOf(address)) && len(said) == 0 && (top == nil || said != nil) {
		return true
	}
	return refusesWho(said, whoami.MatchString(pathOf(address)), 0)
}

// refusesWho looks through the outer objects of such an answer. who: it is the answer to who is signed in.
func refusesWho(said map[string]any, who bool, depth int) bool {
	for name, value := range said {
		switch plain := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name)); plain {
		case "authenticated", "isauthenticated", "loggedin", "isloggedin", "signedin", "issignedin":
			if value == false {
				return true
			}
		case "isguest", "isanonymous", "guest", "anonymous":
			if who && value == true {
				return true
			}
		case "code", "status", "statuscode", "error", "errorcode", "type", "reason":
			if isRefusal(value) || depth < 2 && refusesIn(value, who, depth) {
				return true
			}
		case "errors", "extensions", "data", "result", "meta":
			_, list := value.([]any)
			entries := list && plain != "errors" // those of a catalogue have codes of their own
			if !entries && depth < 2 && refusesIn(value, who, depth) {
				return true
			}
		}
	}
	user, has := said["user"]
	return who && has && user == nil && len(said) == 1
}

// refusesIn looks into an object, or the first objects of a list.
func refusesIn(value any, who bool, depth int) bool {
	switch v := value.(type) {
	case map[string]any:
		return refusesWho(v, who, depth+1)
	case []any:
		return slices.ContainsFunc(v[:min(len(v), 5)], func(e any) bool {
			m, _ := e.(map[string]any)
			return m != nil && refusesWho(m, who, depth)
		})
	}
	return false
}

// refusals are the codes by which services say it.
var refusals = regexp.MustCompile(`(?i)^(401|unauthenticated|unauthori[sz]ed|not[-_ ]?(authenticated|logged[-_ ]?in|signed[-_ ]?in)|` +
	`(login|auth(entication)?|sign[-_ ]?in)[-_ ]?required|(session|token|jwt)[-_ ]?(has[-_ ])?(expired|invalid)|(invalid|expired)[-_ ]?(session|token))$`)

func isRefusal(value any) bool {
	switch v := value.(type) {
	case string:
		return refusals.MatchString(cmp.Or(strings.TrimSpace(v), "-"))
	case float64:
		return v == http.StatusUnauthorized
	}
	return false
}
