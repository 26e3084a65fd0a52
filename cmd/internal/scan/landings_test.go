package scan

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// hop is a visit: what was asked for, where it ended, what it showed.
type hop struct{ from, to, gist string }

// own are pages that show themselves, each something else.
func own(paths ...string) (hops []hop) {
	for _, p := range paths {
		hops = append(hops, hop{p, p, "of " + p})
	}
	return hops
}

// led are addresses that end at another one.
func led(to string, paths ...string) (hops []hop) {
	for _, p := range paths {
		hops = append(hops, hop{p, to, "target"})
	}
	return hops
}

// back are addresses that end at another one that names them.
func back(to string, paths ...string) (hops []hop) {
	for _, p := range paths {
		hops = append(hops, hop{p, to + "?next=" + p, "target"})
	}
	return hops
}

// shell are addresses that show one text.
func shell(paths ...string) (hops []hop) {
	for _, p := range paths {
		hops = append(hops, hop{p, p, "shell"})
	}
	return hops
}

func numbered(prefix string, n int) (paths []string) {
	for i := range n {
		paths = append(paths, fmt.Sprintf("%s%c", prefix, 'a'+i))
	}
	return paths
}

func join(lists ...[]hop) (all []hop) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func at(path string) string {
	if len(path) > 0 && path[0] == '/' {
		return "https://a.test" + path
	}
	return path
}

func landingGaps(signedIn bool, profiles map[string][]hop) []crawler.Gap {
	l := newLandings(signedIn)
	for profile, hops := range profiles {
		for _, h := range hops {
			p := &crawler.Page{Task: crawler.Task{URL: at(h.from), Route: web.Route(at(h.from)), Profile: profile}, URL: at(h.to), Title: "Shop", Outcome: crawler.Complete}
			l.page(p, h.gist)
		}
	}
	return l.gaps()
}

func TestOnePageInsteadOfMany(t *testing.T) {
	for name, c := range map[string]struct {
		signedIn bool
		hops     []hop
		n        int
		where    string
	}{
		"the session ends, sign-in with e-mail alone": {true, join(own(numbered("/p/", 5)...), back("/login", numbered("/q/", 10)...)), 10, "https://a.test/login"},
		"the session ends near the end":               {true, join(own(numbered("/p/", 17)...), back("/account/sign-in", "/x", "/y", "/z")), 3, "https://a.test/account/sign-in"},
		"the session ends, sign-in of another site":   {true, join(own(numbered("/p/", 17)...), back("https://id.other.test/u/continue", "/x", "/y", "/z")), 3, "https://id.other.test/u/continue"},
		"the session ends, the start page is shown":   {true, join(own(numbered("/p/", 16)...), led("/", "/x", "/y", "/z", "/w")), 4, "https://a.test/"},
		"a site behind a sign-in":                     {false, join(own("/login"), back("/login", "/", "/a", "/b", "/c")), 4, "https://a.test/login"},
		"an age gate":                                 {false, join(own("/imprint"), back("/age", "/", "/a", "/b")), 3, "https://a.test/age"},
		"a queue on another site":                     {false, led("https://queue.test/?c=shop&t=1", "/", "/a", "/b", "/c"), 4, "https://queue.test/"},
		"a limit in the middle of the crawl":          {false, join(own(numbered("/p/", 12)...), led("/sorry", "/a", "/b", "/c", "/d", "/e")), 5, "https://a.test/sorry"},
		"a routed application":                        {true, join(own("/#/a", "/#/b"), led("/#/login", "/#/c", "/#/d", "/#/e")), 3, "https://a.test/#/login"},
		"maintenance at every address":                {false, join(own("/"), shell("/a", "/b", "/c")), 3, "https://a.test/a"},
		"maintenance begins":                          {false, join(own(numbered("/p/", 12)...), shell("/a", "/b", "/c", "/d")), 4, "https://a.test/a"},
	} {
		gaps := landingGaps(c.signedIn, map[string][]hop{"unasked": c.hops})
		require.Len(t, gaps, 1, name)
		assert.Equal(t, crawler.GapSamePage, gaps[0].Kind, name)
		assert.Equal(t, c.n, gaps[0].N(), name)
		assert.Equal(t, c.where, gaps[0].Where, name)
		assert.NotContains(t, gaps[0].Text, "://", name)
	}
}

func TestOrdinaryRedirectsAreNoGap(t *testing.T) {
	for name, c := range map[string]struct {
		signedIn bool
		hops     []hop
	}{
		"a few old addresses":                     {false, join(own(numbered("/p/", 17)...), led("/", "/x", "/y", "/z"))},
		"old goods at the end":                    {false, join(own(numbered("/p/", 12)...), led("/shoes", "/shoes/1", "/shoes/2", "/shoes/3", "/shoes/4"))},
		"old pages lead home at the end":          {false, join(own(numbered("/p/", 12)...), led("/", "/x", "/y", "/z", "/w"))},
		"an account's pages of an unknown":        {false, join(own(numbered("/p/", 5)...), back("/login", "/account", "/orders", "/wishlist"))},
		"an account's pages come last":            {false, join(own(numbered("/p/", 6)...), back("/login", "/account", "/orders", "/wishlist", "/addresses"))},
		"language of the start page":              {false, join(led("/en/", "/", "/home", "/index.html", "/en-us"), own("/en/about"))},
		"start page with its language":            {false, join(led("/en/home", "/", "/home", "/index.html"), own("/en/about"))},
		"a shop that is elsewhere":                {false, join(own("/", "/tour", "/music"), led("https://shop.b.test/", "/shop", "/store", "/merch"))},
		"slash, www, scheme and index":            {false, []hop{{"/a", "/a/", "1"}, {"/b", "https://www.a.test/b", "2"}, {"/c", "http://a.test/c", "3"}, {"/d/index.html", "/d/", "4"}}},
		"filters of one page":                     {false, []hop{{"/list?a=1", "/list", "1"}, {"/list?a=2", "/list", "1"}, {"/list?a=3", "/list", "1"}, {"/list?a=4", "/list", "1"}}},
		"two pages only":                          {true, join(own("/"), back("/login", "/a", "/b"))},
		"signed in, old goods lead to their list": {true, join(own(numbered("/p/", 12)...), led("/shoes", "/shoes/1", "/shoes/2", "/shoes/3"))},
		"a few pages that are coming soon":        {false, join(own(numbered("/p/", 9)...), shell("/a", "/b", "/c"), own("/z"))},
		"pages whose document says nothing":       {false, []hop{{"/a", "/a", ""}, {"/b", "/b", ""}, {"/c", "/c", ""}}},
		"every page is its own":                   {true, own(numbered("/p/", 20)...)},
		"short links to many places":              {false, []hop{{"/go/1", "https://b.test/x", "1"}, {"/go/2", "https://b.test/y", "2"}, {"/go/3", "https://c.test/", "3"}}},
	} {
		assert.Empty(t, landingGaps(c.signedIn, map[string][]hop{"unasked": c.hops}), name)
	}
}

func TestVisitorsWhoSawTheSameAreToldOnce(t *testing.T) {
	gaps := landingGaps(true, map[string][]hop{
		"unasked":  join(own("/"), back("/login", "/a", "/b", "/c")),
		"accepted": join(own("/"), back("/login", "/b", "/c", "/d")),
		"rejected": own("/", "/a", "/b"),
	})
	require.Len(t, gaps, 1)
	assert.Equal(t, 4, gaps[0].N())
	assert.Empty(t, gaps[0].Profile)
	gaps = landingGaps(true, map[string][]hop{"unasked": own("/"), "accepted": back("/login", "/b", "/c", "/d")})
	require.Len(t, gaps, 1)
	assert.Equal(t, "accepted", gaps[0].Profile)
}

func TestWhoWasTurnedAwayIsToldElsewhere(t *testing.T) {
	l := newLandings(true)
	for _, p := range []string{"/a", "/b", "/c"} {
		l.page(&crawler.Page{Task: crawler.Task{URL: at(p)}, URL: at("/login"), Outcome: crawler.Blocked}, "")
	}
	assert.Empty(t, l.gaps())
}

func TestSignInAddresses(t *testing.T) {
	for _, a := range []string{"a.test/login", "a.test/users/sign_in", "a.test/auth", "login.a.test/x", "sso.a.test", "a.test/oauth2/authorize", "a.test/konto/anmelden", "a.test/connexion", "a.test#/login"} {
		assert.True(t, isSignIn(a), a)
	}
	for _, a := range []string{"a.test", "a.test/blog/logistics", "a.test/authors", "a.test/signs", "author.test/x", "a.test/sessional"} {
		assert.False(t, isSignIn(a), a)
	}
}

// What is shown of one site says nothing of another that the scan began with.
func TestEachSiteThatAScanBeganWithIsLookedAtByItself(t *testing.T) {
	visit := func(l *landings, via, from, to string) {
		p := &crawler.Page{Task: crawler.Task{URL: from, Route: web.Route(from), Profile: "unasked", Via: via}, URL: to, Title: "Shop", Outcome: crawler.Complete}
		l.page(p, "of "+to)
	}
	scan := func(bad, good int) []crawler.Gap {
		l := newLandings(false)
		visit(l, "seed", "https://a.test/", "https://a.test/")
		visit(l, "seed", "https://b.test/", "https://b.test/")
		for _, p := range numbered("/p/", bad) {
			visit(l, "link", "https://a.test"+p, "https://a.test/")
		}
		for _, p := range numbered("/q/", good) {
			visit(l, "link", "https://b.test"+p, "https://b.test"+p)
		}
		return l.gaps()
	}
	gaps := scan(8, 22)
	require.Len(t, gaps, 1)
	assert.Equal(t, 8, gaps[0].N())
	assert.Equal(t, "https://a.test/", gaps[0].Where)
	assert.Equal(t, "unasked", gaps[0].Profile)
	assert.Contains(t, gaps[0].Text, "9 were asked for")
	assert.Empty(t, scan(2, 22), "two old addresses")

	l := newLandings(false) // one site has moved, and its old addresses lead to where they are now
	p := &crawler.Page{Task: crawler.Task{URL: "https://a.test/", Via: "seed", Profile: "unasked"}, URL: "https://www.c.test/", Adopted: "c.test", Outcome: crawler.Complete}
	l.page(p, "start")
	visit(l, "seed", "https://b.test/", "https://b.test/")
	for _, p := range numbered("/p/", 3) {
		visit(l, "sitemap", "https://a.test"+p, "https://www.c.test/")
	}
	for _, p := range numbered("/q/", 9) {
		visit(l, "link", "https://www.c.test"+p, "https://www.c.test"+p)
	}
	assert.Empty(t, l.gaps())
}
