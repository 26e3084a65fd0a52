package visit

import (
	"cmp"
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
