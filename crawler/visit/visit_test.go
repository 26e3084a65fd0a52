package visit_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// web is a server that stands for every host name; what it received is the truth.
type web struct {
	*httptest.Server
	mu  sync.Mutex
	got []received
}

type received struct {
	host, method, uri string
	header            http.Header
	body              []byte
}

func newWeb(t *testing.T, handle map[string]http.HandlerFunc) *web {
	t.Helper()
	w := &web{}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.mu.Lock()
		w.got = append(w.got, received{r.Host, r.Method, r.URL.RequestURI(), r.Header.Clone(), b})
		w.mu.Unlock()
		if h := handle[r.Host+r.URL.Path]; h != nil {
			h(rw, r)
			return
		}
		rw.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		rw.Header().Set("Access-Control-Allow-Credentials", "true")
		rw.Header().Set("Access-Control-Allow-Headers", "content-type")
		rw.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(w.Close)
	return w
}

func html(body string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(rw, body)
	}
}

func js(body string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/javascript")
		io.WriteString(rw, body)
	}
}

func newVisitor(t *testing.T, kind string, w *web, o visit.Options) *visit.Visitor {
	t.Helper()
	bin, err := chrome.Find(chrome.FindOptions{Kind: kind})
	require.NoError(t, err)
	o.Chrome.Binary = bin
	o.Chrome.Map = append(o.Chrome.Map, "*="+w.Listener.Addr().String())
	v, err := visit.New(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, v.Close()) })
	return v
}

func visitPage(t *testing.T, v *visit.Visitor, url string) (crawler.Page, []crawler.Event) {
	t.Helper()
	var events []crawler.Event
	for ev, err := range v.Visit(context.Background(), crawler.Task{URL: url, Profile: "a", Consent: crawler.Unasked}) {
		require.NoError(t, err)
		events = append(events, ev)
	}
	last := events[len(events)-1]
	require.NotNil(t, last.Page)
	return *last.Page, events
}

// TestMain fails if a test leaves a process or a profile directory of a browser behind.
func TestMain(m *testing.M) {
	code := m.Run()
	mine := fmt.Sprintf("-%d-", os.Getpid())
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), "tagscan-*"+mine+"*"))
	cmds, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, c := range cmds {
		if b, err := os.ReadFile(c); err == nil && strings.Contains(string(b), "/tagscan-") && strings.Contains(string(b), mine) {
			left = append(left, c)
		}
	}
	if len(left) > 0 {
		fmt.Fprintln(os.Stderr, "left behind:", left)
		code = 1
	}
	os.Exit(code)
}

// sentList names what was received, sorted: "POST v.test/x body".
func (w *web) sentList(host string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, g := range w.got {
		if g.host == host {
			out = append(out, strings.TrimSpace(g.method+" "+g.uri+" "+string(g.body)))
		}
	}
	slices.Sort(out)
	return out
}

// recordedList names what was recorded as sent, in the same way.
func recordedList(events []crawler.Event, host string) []string {
	var out []string
	for _, e := range events {
		if r := e.Request; r != nil && !r.NotSent && strings.HasPrefix(r.URL, "http://"+host+"/") {
			out = append(out, strings.TrimSpace(r.Method+" "+strings.TrimPrefix(r.URL, "http://"+host)+" "+string(r.Body.Inline)))
		}
	}
	slices.Sort(out)
	return out
}

// lively is a page that sends early, late, from a frame, from a worker, when idle and while it goes.
var lively = map[string]http.HandlerFunc{
	"shop.test/": html(`<!doctype html><title>Shop</title><link rel=icon href="data:,"><a href="/b">b</a><a href="mailto:info@shop.test">x</a><form><input type=email autocomplete=email name=mail></form>
<script src="http://tags.test/gtm.js"></script><iframe src="http://frame.test/f"></iframe><div style="height:5000px"></div>
<script>
localStorage.setItem('visitor', 'v-1'); document.cookie = 'own=1';
addEventListener('pagehide', () => navigator.sendBeacon('http://v.test/pagehide', 'bye'));
document.addEventListener('visibilitychange', () => navigator.sendBeacon('http://v.test/hidden', document.visibilityState), {once: true});
requestIdleCallback(() => fetch('http://v.test/idle'));
for (const s of [1, 2, 5, 10, 25]) setTimeout(() => fetch('http://v.test/t' + s, {method: 'POST', body: 'late' + s}), s * 1000);
new Worker(URL.createObjectURL(new Blob(['fetch("http://v.test/worker")'])));
fetch('http://v.test/blob', {method: 'POST', body: new Blob(['\u0000\u00ff'])});
fetch('http://v.test/answer').then(r => r.status).then(s => fetch('http://v.test/after-' + s));
const c = new AbortController(); fetch('http://v.test/patient', {signal: AbortSignal.timeout(3000)}).then(() => fetch('http://v.test/in-time'), () => fetch('http://v.test/too-late'));
</script>`),
	"tags.test/gtm.js": js("// the tag manager\nconst s = document.createElement('script'); s.src = 'http://vendor.test/v.js'; document.head.append(s);"),
	"vendor.test/v.js": js("setTimeout(() => { const i = new Image(); i.src = 'http://v.test/px?e=1' }, 300);"),
	"frame.test/f":     html(`<script>fetch('http://v.test/inframe'); setTimeout(() => fetch('http://v.test/inframelate'), 20000); addEventListener('pagehide', () => navigator.sendBeacon('http://v.test/framehide', 'bye'))</script>`),
	"v.test/patient": func(rw http.ResponseWriter, _ *http.Request) {
		time.Sleep(300 * time.Millisecond)
		rw.Header().Set("Access-Control-Allow-Origin", "*")
	},
}

func TestVirtualTimeSendsWhatRealTimeSends(t *testing.T) {
	var first []string
	for _, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		for _, real := range []bool{false, true} {
			if real && kind == chrome.KindHeadlessShell {
				continue // one real half minute is enough
			}
			t.Run(fmt.Sprintf("%s real=%v", kind, real), func(t *testing.T) {
				w := newWeb(t, lively)
				v := newVisitor(t, kind, w, visit.Options{RealTime: real, AfterLoad: func(ctx context.Context, tab *visit.Tab) error {
					if real {
						return tab.Wait(ctx, 26*time.Second) // adaptive settling would leave the quiet page before
					}
					return nil
				}})
				page, events := visitPage(t, v, "http://shop.test/")
				assert.Equal(t, crawler.Complete, page.Outcome, page.Reason)
				assert.Equal(t, w.sentList("v.test"), recordedList(events, "v.test"), "what was recorded is not what arrived")
				if first == nil {
					first = w.sentList("v.test")
					assert.Len(t, first, 18, "%q", first)
				}
				assert.Equal(t, first, w.sentList("v.test"), "another way of waiting, another traffic")
				assert.Equal(t, map[bool]string{true: "real", false: "virtual"}[real], page.Clock.Mode)
				assert.NotContains(t, first, "GET /too-late")
			})
		}
	}
}

func TestVisitReadsThePage(t *testing.T) {
	w := newWeb(t, lively)
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{})
	page, events := visitPage(t, v, "http://shop.test/")
	assert.Equal(t, "Shop", page.Title)
	assert.Equal(t, []string{"http://shop.test/b", "http://frame.test/f"}, page.Links)
	assert.Equal(t, []string{"info@shop.test"}, page.Facts.Emails)
	require.NotEmpty(t, page.Reach)
	assert.Equal(t, []string{"email/email/mail"}, page.Reach[0].Fields)
	assert.Equal(t, []string{"local:visitor"}, page.Reach[0].Storage)
	assert.Equal(t, []string{"own"}, page.Reach[0].Cookies)
	assert.Contains(t, string(page.HTML.Inline), "<title>Shop</title>")
	assert.InDelta(t, 30*time.Second, page.Clock.Skew, float64(8*time.Second))
	var cookie, storage, script bool
	for _, e := range events {
		cookie = cookie || e.Cookie != nil && e.Cookie.Name == "own" && e.Cookie.Value == "1"
		storage = storage || e.Storage != nil && e.Storage.Key == "visitor" && e.Storage.Value == "v-1"
		script = script || e.Script != nil && e.Script.URL == "http://vendor.test/v.js" && len(e.Script.SHA256) == 64
		if r := e.Request; r != nil && strings.Contains(r.URL, "/px") {
			var chain []string
			for _, c := range r.Initiator.Chain {
				chain = append(chain, c.URL)
			}
			assert.Equal(t, []string{"http://vendor.test/v.js", "http://tags.test/gtm.js", "http://shop.test/"}, slices.Compact(chain))
		}
	}
	assert.True(t, cookie)
	assert.True(t, storage)
	assert.True(t, script)
}

func TestSecretsReachTheirOriginAlone(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{
		"staging.test/": func(rw http.ResponseWriter, r *http.Request) {
			if u, p, _ := r.BasicAuth(); u != "ann" || p != "hunter2" {
				rw.Header().Set("WWW-Authenticate", `Basic realm="staging"`)
				http.Error(rw, "who are you", http.StatusUnauthorized)
				return
			}
			html(`<link rel=icon href="data:,"><script src="http://v.test/v.js"></script><img src="/away"><script>fetch('/api')</script>`)(rw, r)
		},
		"staging.test/away": func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "http://v.test/landed", http.StatusFound)
		},
		"asks.test/": func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("WWW-Authenticate", `Basic realm="staging"`)
			http.Error(rw, "who are you", http.StatusUnauthorized)
		},
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{Origins: []visit.Origin{{
		Origin: "http://staging.test", Headers: []crawler.Header{{Name: "X-Gate", Value: "canary-7f3"}}, User: "ann", Password: "hunter2",
	}}})
	page, _ := visitPage(t, v, "http://staging.test/")
	require.Equal(t, crawler.Complete, page.Outcome, page.Reason)
	page, _ = visitPage(t, v, "http://asks.test/")
	assert.Equal(t, crawler.Blocked, page.Outcome)
	hosts := map[string]bool{}
	for _, g := range w.got {
		hosts[g.host] = true
		if g.host == "staging.test" {
			assert.Equal(t, "canary-7f3", g.header.Get("X-Gate"), g.uri)
			continue
		}
		all := fmt.Sprint(g)
		assert.NotContains(t, all, "canary-7f3")
		assert.Empty(t, g.header.Get("Authorization"))
	}
	assert.True(t, hosts["v.test"] && hosts["asks.test"] && hosts["staging.test"])
}

func TestProfilesShareNothing(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/": func(rw http.ResponseWriter, r *http.Request) {
			if c, err := r.Cookie("id"); err == nil {
				rw.Header().Set("X-Saw", c.Value)
			} else {
				http.SetCookie(rw, &http.Cookie{Name: "id", Value: r.URL.Query().Get("new")})
			}
			html("<p>hello")(rw, r)
		},
	})
	v := newVisitor(t, chrome.KindHeadlessShell, w, visit.Options{})
	saw := func(profile, query string) string {
		for ev, err := range v.Visit(t.Context(), crawler.Task{URL: "http://shop.test/?new=" + query, Profile: profile}) {
			require.NoError(t, err)
			if r := ev.Request; r != nil && r.Type == "document" && r.Response != nil {
				return crawler.HeaderValue(r.Response.Headers, "X-Saw")
			}
		}
		return "no document"
	}
	assert.Equal(t, "", saw("a", "one"))
	assert.Equal(t, "", saw("b", "two"))
	assert.Equal(t, "one", saw("a", "x"))
	assert.Equal(t, "two", saw("b", "x"))
}

// Every profile has a browser of its own, from its first page until it is said to be over.
func TestProfilesHaveBrowsersOfTheirOwn(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{"shop.test/": html("<p>hello")})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{Dwell: time.Second})
	see := func(profile string) {
		for _, err := range v.Visit(t.Context(), crawler.Task{URL: "http://shop.test/", Profile: profile}) {
			require.NoError(t, err)
		}
	}
	require.Equal(t, 1, visit.Browsers(v))
	see("a")
	first := visit.BrowserOf(v)
	require.NotZero(t, first)
	see("a")
	assert.Equal(t, first, visit.BrowserOf(v), "it keeps its browser")
	see("b")
	assert.Equal(t, 2, visit.Browsers(v))
	v.End("a")
	require.Eventually(t, func() bool { return visit.Browsers(v) == 1 }, time.Minute, 10*time.Millisecond)
	assert.NotEqual(t, first, visit.BrowserOf(v))
	assert.Empty(t, v.Rest())
	assert.Zero(t, visit.Browsers(v))
	for _, err := range v.Visit(t.Context(), crawler.Task{URL: "http://shop.test/", Profile: "a"}) {
		assert.Error(t, err, "no more pages after the rest")
	}
}

func TestThirdPartyCookies(t *testing.T) {
	for setting, want := range map[string]string{"allowed": "tp=1", "blocked": ""} {
		t.Run(setting, func(t *testing.T) {
			w := newWeb(t, map[string]http.HandlerFunc{
				"shop.test/":  html(`<iframe src="https://v.test/set"></iframe>`),
				"shop.test/2": html(`<script>fetch('https://v.test/get', {credentials: 'include', mode: 'no-cors'})</script>`),
				"v.test/set": func(rw http.ResponseWriter, _ *http.Request) {
					rw.Header().Add("Set-Cookie", "tp=1; SameSite=None; Secure")
				},
			})
			secure := newTLSWeb(t, w)
			v := newVisitor(t, chrome.KindChrome, w, visit.Options{Chrome: chrome.Options{ThirdPartyCookies: setting, Insecure: true, Map: []string{"v.test:443=" + secure}}})
			visitPage(t, v, "http://shop.test/")
			visitPage(t, v, "http://shop.test/2")
			sent := "not asked"
			for _, g := range w.got {
				if g.uri == "/get" {
					sent = g.header.Get("Cookie")
				}
			}
			assert.Equal(t, want, sent)
			assert.Equal(t, setting, v.Browser().ThirdPartyCookies)
		})
	}
}

// newTLSWeb serves the same handlers over TLS and returns the address.
func newTLSWeb(t *testing.T, w *web) string {
	t.Helper()
	s := httptest.NewTLSServer(w.Config.Handler)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestNothingSaysHeadless(t *testing.T) {
	for _, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		t.Run(kind, func(t *testing.T) {
			w := newWeb(t, map[string]http.HandlerFunc{
				"shop.test/": html(`<link rel=icon href="data:,"><iframe src="http://frame.test/"></iframe><script>
const tell = 'const tell = (w) => fetch("http://v.test/" + w, {method: "POST", body: JSON.stringify([navigator.userAgent, navigator.webdriver, navigator.languages, (navigator.userAgentData || {}).brands])})';
eval(tell + '; tell("page")'); new Worker(URL.createObjectURL(new Blob([tell + '; tell("worker")'])));</script>`),
				"frame.test/": html(`<script>fetch("http://v.test/frame", {method: "POST", body: JSON.stringify([navigator.userAgent, navigator.webdriver, navigator.languages])})</script>`),
			})
			v := newVisitor(t, kind, w, visit.Options{})
			visitPage(t, v, "http://shop.test/")
			assert.NotContains(t, v.Browser().UserAgent, "Headless")
			seen := map[string]bool{}
			for _, g := range w.got {
				assert.Equal(t, v.Browser().UserAgent, g.header.Get("User-Agent"), g.uri)
				assert.NotContains(t, fmt.Sprint(g.header), "Headless", g.uri)
				assert.NotEmpty(t, g.header.Get("Accept-Language"), g.uri)
				if g.host == "v.test" {
					seen[g.uri] = true
					assert.NotContains(t, string(g.body), "Headless", g.uri)
					assert.NotContains(t, string(g.body), "true", g.uri)
					assert.Contains(t, string(g.body), "en-US", g.uri)
				}
			}
			assert.Len(t, seen, 3)
		})
	}
}

func TestALostBrowserIsReplaced(t *testing.T) {
	w := newWeb(t, lively)
	var kill func()
	v := newVisitor(t, chrome.KindHeadlessShell, w, visit.Options{AfterLoad: func(context.Context, *visit.Tab) error {
		if kill != nil {
			kill()
			kill = nil
		}
		return nil
	}})
	pid := browserOf(t)
	kill = func() { require.NoError(t, syscall.Kill(pid, syscall.SIGKILL)) }
	page, events := visitPage(t, v, "http://shop.test/")
	assert.Equal(t, crawler.Complete, page.Outcome, page.Reason)
	require.NotNil(t, events[0].Note, "the retry is not told")
	assert.Equal(t, "retry", events[0].Note.Kind)
	assert.Equal(t, 1, strings.Count(strings.Join(recordedList(events, "v.test"), "\n"), "POST /t25"))
}

// browserOf finds the main process of the newest browser that this process started.
func browserOf(t *testing.T) int {
	t.Helper()
	cmds, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, c := range cmds {
		b, err := os.ReadFile(c)
		if err != nil || !strings.Contains(string(b), fmt.Sprintf("-%d-", os.Getpid())) || strings.Contains(string(b), "--type=") || !strings.Contains(string(b), "--remote-debugging-pipe") {
			continue
		}
		pid, err := strconv.Atoi(strings.Split(c, "/")[2])
		require.NoError(t, err)
		return pid
	}
	t.Fatal("no browser")
	return 0
}

func TestOutOfMemoryIsACrash(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/": html(`<script>fetch('http://v.test/seen').finally(() => setTimeout(() => { const a = []; for (;;) a.push(new Array(1e5).fill(a)) }, 50))</script>`),
	})
	v := newVisitor(t, chrome.KindHeadlessShell, w, visit.Options{Timeout: 30 * time.Second, Chrome: chrome.Options{HeapMB: 96}})
	page, events := visitPage(t, v, "http://shop.test/")
	assert.Equal(t, crawler.Partial, page.Outcome)
	assert.Contains(t, page.Reason, "crash")
	assert.True(t, hasRequest(events, "v.test/seen"))
}

func TestACancelledVisitKeepsWhatItSaw(t *testing.T) {
	w := newWeb(t, lively)
	ctx, cancel := context.WithCancel(t.Context())
	v := newVisitor(t, chrome.KindHeadlessShell, w, visit.Options{AfterLoad: func(context.Context, *visit.Tab) error {
		cancel()
		return nil
	}})
	var last crawler.Event
	n := 0
	for ev, err := range v.Visit(ctx, crawler.Task{URL: "http://shop.test/"}) {
		require.NoError(t, err)
		last = ev
		n++
	}
	require.NotNil(t, last.Page)
	assert.Equal(t, crawler.Partial, last.Page.Outcome)
	assert.Contains(t, last.Page.Reason, "interrupted")
	assert.Greater(t, n, 5)
	for _, err := range v.Visit(ctx, crawler.Task{URL: "http://shop.test/"}) {
		require.ErrorIs(t, err, context.Canceled)
	}
}
