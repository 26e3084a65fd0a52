package scan

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/cmd/internal/console"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/fixtures"
)

// site serves pages by path; a path that begins with "301 " or "302 " redirects there.
func site(pages map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		status, to, _ := strings.Cut(body, " ")
		switch {
		case !ok:
			http.NotFound(w, r)
		case status == "301" || status == "302":
			http.Redirect(w, r, to, map[string]int{"301": 301, "302": 302}[status])
		default:
			if r.URL.Path != "/robots.txt" {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
			}
			fmt.Fprint(w, body)
		}
	})
}

// links is a page with links.
func linksTo(to ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<title>%d links</title><h1>What there is to see here</h1>", len(to))
	for _, l := range to {
		fmt.Fprintf(&b, "<a href=%q>%s</a> ", l, l)
	}
	return b.String()
}

func text(words string) string {
	return "<title>" + words + "</title><p>This page is about " + words + "</p>"
}

// seen is what a scan leaves that these tests look at.
type seen struct {
	pages  []*crawler.Page
	gaps   []crawler.Gap
	result Result
}

// urls are the addresses that were asked for, in order.
func (s seen) urls() (list []string) {
	for _, p := range s.pages {
		list = append(list, p.Task.URL)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (s seen) of(k crawler.GapKind) (list []crawler.Gap) {
	return slices.DeleteFunc(slices.Clone(s.gaps), func(g crawler.Gap) bool { return g.Kind != k })
}

// scanned scans a small web. change may change the options.
func scanned(t *testing.T, hosts map[string]http.Handler, change func(*Options)) seen {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	server, err := fixtures.Serve(ctx, fixtures.Site{Name: "whole", URL: "https://a.test/", Hosts: hosts})
	require.NoError(t, err)
	t.Cleanup(func() { stop(); server.Wait() })
	binary, err := chrome.Find(chrome.FindOptions{})
	require.NoError(t, err)
	o := Options{
		Tool: "test", Seeds: []string{server.URL()}, Dir: filepath.Join(t.TempDir(), "run"), States: []crawler.Consent{crawler.Unasked},
		MaxPages: 20, PerRoute: 3, Workers: 2, Budget: 3 * time.Minute,
		Visit:   visit.Options{Dwell: time.Second, Chrome: chrome.Options{Binary: binary, Map: server.MapRules(), Insecure: true}},
		Console: console.New(io.Discard, console.Options{}), Logger: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&o)
	}
	var s seen
	s.result, err = Run(ctx, o)
	require.NoError(t, err)
	run, err := capture.Open(o.Dir)
	require.NoError(t, err)
	for ev, err := range run.Events() {
		require.NoError(t, err)
		if ev.Page != nil {
			s.pages = append(s.pages, ev.Page)
		}
		if ev.Gap != nil {
			s.gaps = append(s.gaps, *ev.Gap)
		}
	}
	return s
}

func TestASiteThatHasMovedIsScannedWhereItIs(t *testing.T) {
	s := scanned(t, map[string]http.Handler{
		"a.test": site(map[string]string{"/": "301 https://www.b.test/shop", "/robots.txt": "User-agent: *\n"}),
		"www.b.test": site(map[string]string{
			"/shop": linksTo("/one", "/two", "https://c.test/"), "/one": text("apples"), "/two": text("pears"), "/three": text("plums"),
			"/sitemap.xml": "<urlset><url><loc>https://www.b.test/three</loc></url></urlset>",
		}),
	}, nil)
	assert.Equal(t, []string{"https://a.test/", "https://www.b.test/one", "https://www.b.test/three", "https://www.b.test/two"}, s.urls())
	moved := s.of(crawler.GapStartMoved)
	require.Len(t, moved, 1)
	assert.Equal(t, "https://a.test/", moved[0].Where, "the address that was asked for")
	assert.Contains(t, moved[0].Text, "b.test")
	assert.Equal(t, "b.test", s.pages[0].Adopted)
	assert.Empty(t, s.of(crawler.GapLedElsewhere))
	left := s.of(crawler.GapLinksLeftOut)
	require.Len(t, left, 1)
	assert.Equal(t, "https://c.test/", left[0].Where)
}

func TestAStartThatLeadsToAGateIsNoSite(t *testing.T) {
	hosts := map[string]http.Handler{
		"a.test":         site(map[string]string{"/": "302 https://consent.b.test/?login_hint=jo.doe%40example.org", "/robots.txt": "User-agent: *\n", "/c": text("cherries")}),
		"consent.b.test": site(map[string]string{"/": linksTo("/more", "https://a.test/c"), "/more": text("cookies")}),
	}
	s := scanned(t, hosts, nil)
	assert.Equal(t, []string{"https://a.test/", "https://a.test/c"}, s.urls(), "the gate's own pages are not the site's")
	led := s.of(crawler.GapLedElsewhere)
	require.Len(t, led, 1)
	assert.Equal(t, "https://a.test/", led[0].Where, "the address that was asked for")
	assert.Contains(t, led[0].Text, "b.test")
	assert.Contains(t, led[0].Text, "302")
	assert.Empty(t, s.pages[0].Adopted)
	s = scanned(t, hosts, func(o *Options) { o.FirstParty = []string{"b.test"} })
	assert.Equal(t, []string{"https://a.test/", "https://a.test/c", "https://consent.b.test/more"}, s.urls())
	assert.Empty(t, s.of(crawler.GapLedElsewhere), "the user says that it is the site's")
}

func TestPagesThatAllEndAtOneAreTold(t *testing.T) {
	pages := map[string]string{"/": linksTo("/a", "/b", "/c", "/d", "/e", "/about"), "/about": text("us"), "/age": `<title>Hello</title><p>You must be eighteen to see our wines</p><button>I am</button>`}
	for _, p := range []string{"a", "b", "c", "d", "e"} {
		pages["/"+p] = "302 /age?next=/" + p
	}
	s := scanned(t, map[string]http.Handler{"a.test": site(pages)}, nil)
	same := s.of(crawler.GapSamePage)
	require.Len(t, same, 1, "%v", s.gaps)
	assert.Equal(t, "https://a.test/age", same[0].Where)
	assert.Equal(t, 5, same[0].N())
}

func TestWhatIsKnownAndNotVisitedIsTold(t *testing.T) {
	s := scanned(t, map[string]http.Handler{"a.test": site(map[string]string{
		"/":     linksTo("/exit", "/logout", "/orders/9/cancel", "/consent?c=all", "/private", "/x1", "/x2", "https://b.test/"),
		"/exit": text("doors"), "/x1": text("ex"), "/listed": text("lists"), "/robots.txt": "User-agent: *\nDisallow: /secret\nDisallow: /private\n",
	})}, func(o *Options) {
		o.List, o.MaxPages = []string{"https://a.test/secret", "https://a.test/listed"}, 3
	})
	assert.Equal(t, []string{"https://a.test/", "https://a.test/exit", "https://a.test/listed"}, s.urls())
	named := s.of(crawler.GapNamedNotVisited)
	require.Len(t, named, 1)
	assert.Equal(t, "https://a.test/secret", named[0].Where)
	assert.Contains(t, named[0].Text, "robots.txt")
	waiting := s.of(crawler.GapNotVisited)
	require.Len(t, waiting, 1)
	assert.Equal(t, 3, waiting[0].N())
	assert.Contains(t, waiting[0].Text, "limit of 3 pages")
	var left []string
	for _, g := range s.of(crawler.GapLinksLeftOut) {
		left = append(left, g.Where)
	}
	assert.ElementsMatch(t, []string{"https://a.test/logout", "https://a.test/orders/9/cancel", "https://a.test/consent?c=all", "https://b.test/"}, left)
}

func TestAPageOfButtonsAndAStartPageThatIsKeptOut(t *testing.T) {
	hosts := map[string]http.Handler{
		"a.test": site(map[string]string{"/": `<title>App</title><h1>Our application</h1><div id=m></div><script>
			for (const w of ['Products', 'Prices', 'About us']) { const b = document.createElement('button'); b.textContent = w; b.onclick = () => { location.href = '/' + w }; m.append(b) }
			m.className = 'main-menu'</script>`}),
		"b.test": site(map[string]string{"/": text("nothing"), "/robots.txt": "User-agent: *\nDisallow: /\n"}),
	}
	s := scanned(t, hosts, nil)
	ends := s.of(crawler.GapNoLinks)
	require.Len(t, ends, 1, "%v", s.gaps)
	assert.Equal(t, 3, ends[0].N())
	s = scanned(t, hosts, func(o *Options) { o.Seeds = []string{"https://b.test/"} })
	assert.Zero(t, s.result.Pages)
	assert.Contains(t, s.result.Cause.Text, "robots.txt keeps the start page out")
	assert.Contains(t, s.result.Cause.Hint, "--ignore-robots")
	require.Len(t, s.of(crawler.GapNamedNotVisited), 1)
}
