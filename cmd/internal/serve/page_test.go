package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/cmd/internal/store"
	"github.com/tagscan/tagscan/report/history"
)

// browser asks for pages of a world.
type browser struct {
	t      *testing.T
	at     string
	client *http.Client
	header http.Header
}

// tokens of the roles, as serve.yaml has their hashes.
const viewerToken, operatorToken = "viewer-token-viewer-token-viewer", "operator-token-operator-token-op"

func withTokens(more string) string {
	return fmt.Sprintf("tokens:\n  - {name: vera, role: viewer, hash: %s}\n  - {name: otto, role: operator, hash: %s}\n%s",
		hashOf(viewerToken), hashOf(operatorToken), more)
}

// opened serves the page of a world and signs in with a token.
func (w *world) opened(token string) *browser {
	w.t.Helper()
	settings, _ := w.folder.Settings()
	s := httptest.NewUnstartedServer(nil)
	who := access{tokens: settings.Tokens, hosts: map[string]bool{s.Listener.Addr().String(): true}}
	s.Config.Handler = w.handler(who)
	s.Start()
	w.t.Cleanup(s.Close)
	jar, err := cookiejar.New(nil)
	require.NoError(w.t, err)
	b := &browser{t: w.t, at: s.URL, client: &http.Client{Jar: jar}, header: http.Header{}}
	if token != "" {
		code, _ := b.post("/sign-in", url.Values{"token": {token}})
		require.Equal(w.t, http.StatusOK, code)
	}
	return b
}

func (b *browser) do(method, path string, form url.Values) (int, string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.at+path, strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range b.header {
		req.Header[k] = v
	}
	if host := b.header.Get("Host"); host != "" {
		req.Host = host
	}
	res, err := b.client.Do(req)
	require.NoError(b.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(b.t, err)
	return res.StatusCode, string(body)
}

func (b *browser) post(path string, form url.Values) (int, string) {
	return b.do(http.MethodPost, path, form)
}

// page is a page that is there.
func (b *browser) page(path string) string {
	b.t.Helper()
	code, body := b.do(http.MethodGet, path, nil)
	require.Equal(b.t, http.StatusOK, code, "%s: %s", path, body)
	return body
}

// filled is a world with a history: hotjar comes on the third day and goes, and one day saw nothing.
func filled(t *testing.T) *world {
	c := &clock{now: start}
	w := newWorld(t, map[string]string{"shop.yaml": shop + "owner: <b>Jo</b>\n", "serve.yaml": withTokens("channels: {ops: {webhook: 'http://127.0.0.1:1/secret'}}\n"),
		"broken.yaml": "site: https://x.test\nscedule: daily\n"}, sees(c), c)
	for day, who := range [][]string{{"mixpanel"}, {"mixpanel"}, {"mixpanel", "hotjar"}, {"mixpanel"}, {"mixpanel"}} {
		s := scanOf("shop", fmt.Sprint("run", day), c.Now(), who...)
		s.Kept.Path = filepath.Join(w.data, "runs", s.ID)
		if day == 0 {
			require.NoError(t, os.MkdirAll(s.Kept.Path, 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(s.Kept.Path, reportFile), []byte("<p>the report</p>"), 0o600))
		}
		for i := range s.Parties {
			s.Parties[i].Detail.Owner = `<script>alert(1)</script>`
		}
		require.NoError(t, w.Remember(t.Context(), s))
		c.pass(24 * time.Hour)
	}
	return w
}

func TestThePages(t *testing.T) {
	w := filled(t)
	b := w.opened(operatorToken)
	assert.Contains(t, b.page("/"), "&lt;b&gt;Jo&lt;/b&gt;")
	assert.Contains(t, b.page("/"), `did you mean &#34;schedule&#34;?`, "a file with a mistake is told")
	site := b.page("/sites/shop")
	assert.Contains(t, site, "seen in 5 scans from 1 March 2026 to 5 March 2026")
	assert.Contains(t, site, "seen in one scan on 3 March 2026; it had not begun on 2 March 2026; it had ended on 4 March 2026")
	assert.Equal(t, 4, strings.Count(site, "<rect class=\"high"), "one bar, and one with its two doubts")
	assert.Contains(t, b.page("/scans/shop/run0"), "The whole report")
	assert.NotContains(t, b.page("/scans/shop/run1"), "The whole report")
	assert.Equal(t, "<p>the report</p>", b.page("/scans/shop/run0/report"))
	assert.Contains(t, b.page("/recipients"), "hotjar")
	assert.Contains(t, b.page("/recipients/hotjar"), "1 site of 1 (shop) sent e-mail address to hotjar")
	assert.Contains(t, b.page("/recipients/hotjar/as/csv"), "shop,hotjar,contact.email,clear,")
	assert.Contains(t, b.page("/data"), "E-mail address")
	assert.NotContains(t, b.page("/data"), "hotjar", "it gets nothing any more")
	assert.Contains(t, b.page("/alerts"), "webhook at http://127.0.0.1:1")
	assert.NotContains(t, b.page("/alerts"), "secret")
	assert.Contains(t, b.page("/metrics"), `tagscan_sites{result="pass"} 1`)
	for _, path := range []string{"/sites/nobody", "/scans/shop/none", "/scans/shop/run1/report", "/recipients/nobody", "/recipients/hotjar/as/doc", "/nothing"} {
		code, _ := b.do(http.MethodGet, path, nil)
		assert.Equal(t, http.StatusNotFound, code, path)
	}
	code, body := b.post("/channels/ops/test", url.Values{})
	assert.Equal(t, http.StatusOK, code)
	assert.Contains(t, body, "ops: the test failed")
}

// All pages are readable as they are: no script, nothing from elsewhere, nothing of a site's own as markup.
func TestPagesLoadNothing(t *testing.T) {
	w := filled(t)
	b := w.opened(operatorToken)
	foreign := regexp.MustCompile(`(?i)<script|<iframe|<img|\son\w+=|(src|action)="(https?:)?//|href="(https?:)?//|style="`)
	for _, path := range []string{"/", "/sites/shop", "/scans/shop/run0", "/recipients", "/recipients/mixpanel", "/data", "/alerts", "/audit", "/sign-in"} {
		page := b.page(path)
		assert.Empty(t, foreign.FindAllString(page, -1), path)
		assert.Equal(t, 1, strings.Count(page, "<h1>"), path)
		assert.Contains(t, page, `<html lang="en">`, path)
	}
	res, err := b.client.Get(b.at + "/")
	require.NoError(t, err)
	res.Body.Close()
	assert.Equal(t, policyHeader, res.Header.Get("Content-Security-Policy"))
	res, err = b.client.Get(b.at + "/scans/shop/run0/report")
	require.NoError(t, err)
	res.Body.Close()
	assert.Contains(t, res.Header.Get("Content-Security-Policy"), "sandbox", "a report has no rights of the page")
}

func TestNobodyLooksWithoutAToken(t *testing.T) {
	w := filled(t)
	b := w.opened("")
	for _, path := range []string{"/", "/sites/shop", "/alerts", "/recipients", "/data", "/audit", "/scans/shop/run0/report"} {
		page := b.page(path)
		assert.Contains(t, page, "Sign in", path)
		assert.NotContains(t, page, "mixpanel", path)
	}
	for _, path := range []string{"/api/v1/alerts", "/api/v1/sites", "/metrics"} {
		code, _ := b.do(http.MethodGet, path, nil)
		assert.Equal(t, http.StatusUnauthorized, code, path)
	}
	code, _ := b.post("/sites/shop/run", url.Values{})
	assert.Equal(t, http.StatusOK, code, "it leads to the sign-in")
	assert.Empty(t, w.runs())
	b.header.Set("Authorization", "Bearer "+viewerToken)
	assert.Contains(t, b.page("/api/v1/sites"), `"name":"shop"`)
}

func TestRoles(t *testing.T) {
	w := filled(t)
	b := w.opened(viewerToken)
	assert.NotContains(t, b.page("/sites/shop"), "Scan now")
	for _, path := range []string{"/sites/shop/run", "/sites/shop/pause", "/mutes", "/channels/ops/test", "/api/v1/sites/shop/run"} {
		code, _ := b.post(path, url.Values{"reason": {"x"}})
		assert.Equal(t, http.StatusForbidden, code, path)
	}
	code, _ := b.do(http.MethodGet, "/audit", nil)
	assert.Equal(t, http.StatusForbidden, code)
	assert.Empty(t, w.runs())
}

func TestWhatAnOperatorDoesIsDoneAndAudited(t *testing.T) {
	w := filled(t)
	b := w.opened(operatorToken)
	code, _ := b.post("/sites/shop/run", url.Values{})
	require.Equal(t, http.StatusOK, code)
	require.Len(t, w.runs(), 1)
	assert.Equal(t, byHand, w.runs()[0].Cause)
	code, body := b.post("/sites/shop/run", url.Values{})
	assert.Equal(t, http.StatusBadRequest, code)
	assert.Contains(t, body, "is being scanned, or about to be")
	code, _ = b.post("/sites/shop/pause", url.Values{})
	assert.Equal(t, http.StatusBadRequest, code, "without a reason")
	code, body = b.post("/sites/shop/pause", url.Values{"reason": {"release week"}})
	require.Equal(t, http.StatusOK, code)
	assert.Contains(t, body, "Paused: release week (otto)")
	code, _ = b.post("/sites/shop/resume", url.Values{})
	require.Equal(t, http.StatusOK, code)
	for _, until := range []string{"", "2026-01-01", "soon"} {
		code, _ = b.post("/mutes", url.Values{"site": {"shop"}, "reason": {"a trial"}, "until": {until}})
		assert.Equal(t, http.StatusBadRequest, code, "a mute needs an end")
	}
	code, body = b.post("/mutes", url.Values{"site": {"shop"}, "topic": {"hotjar"}, "reason": {"a trial"}, "until": {"2026-05-01"}})
	require.Equal(t, http.StatusOK, code)
	assert.Contains(t, body, "a trial")
	code, body = b.post("/mutes/1/end", url.Values{})
	require.Equal(t, http.StatusOK, code)
	assert.NotContains(t, body, "a trial")
	audit := b.page("/audit")
	for _, what := range []string{"signed in", "run", "pause", "release week", "resume", "mute", "unmute"} {
		assert.Contains(t, audit, what)
	}
	assert.Equal(t, 7-1, strings.Count(audit, "<td>otto</td>"))
}

// A page of another site cannot have anything done in the name of who is signed in here, nor read under a name that leads here.
func TestOtherSitesCannotAct(t *testing.T) {
	w := filled(t)
	b := w.opened(operatorToken)
	for name, header := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"} {
		b.header = http.Header{name: {header}}
		code, _ := b.post("/sites/shop/run", url.Values{})
		assert.Equal(t, http.StatusForbidden, code, name)
	}
	b.header = http.Header{"Host": {"evil.test"}}
	code, _ := b.do(http.MethodGet, "/", nil)
	assert.Equal(t, http.StatusMisdirectedRequest, code)
	assert.Empty(t, w.runs())
}

func TestASessionIsNew(t *testing.T) {
	w := filled(t)
	b := w.opened("")
	u, err := url.Parse(b.at)
	require.NoError(t, err)
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: sessionCookie, Value: "chosen-by-somebody"}})
	assert.Contains(t, b.page("/"), "Sign in")
	_, _ = b.post("/sign-in", url.Values{"token": {viewerToken}, "to": {"//evil.test/"}})
	assert.NotEqual(t, "chosen-by-somebody", b.client.Jar.Cookies(u)[0].Value)
	assert.Contains(t, b.page("/"), "Sign out vera")
	w.clock.pass(sessionTime + time.Minute)
	assert.Contains(t, b.page("/"), "Sign in", "it ends")
	_, _ = b.post("/sign-in", url.Values{"token": {viewerToken}})
	_, _ = b.post("/sign-out", url.Values{})
	assert.Contains(t, b.page("/"), "Sign in")
}

func TestTokensCannotBeTriedOut(t *testing.T) {
	w := filled(t)
	b := w.opened("")
	for range mostTries {
		code, _ := b.post("/sign-in", url.Values{"token": {"guess"}})
		require.Equal(t, http.StatusForbidden, code)
	}
	code, _ := b.post("/sign-in", url.Values{"token": {viewerToken}})
	assert.Equal(t, http.StatusForbidden, code, "not even the right one, for a minute")
	w.clock.pass(time.Minute)
	code, _ = b.post("/sign-in", url.Values{"token": {viewerToken}})
	assert.Equal(t, http.StatusOK, code)
}

func TestItListensToOthersOnlyWithWhatKeepsThemOut(t *testing.T) {
	tokens := []Token{{Name: "jo", Role: Viewer, Hash: hashOf("x")}}
	cert := TLS{Cert: "c.pem", Key: "k.pem"}
	for name, c := range map[string]struct {
		listen string
		s      Settings
		want   string
	}{
		"loopback":                    {"127.0.0.1:7343", Settings{}, ""},
		"IPv6":                        {"[::1]:7343", Settings{}, ""},
		"all":                         {"0.0.0.0:7343", Settings{}, "has no tokens"},
		"a name":                      {"watch.example:7343", Settings{}, "has no tokens"},
		"all, IPv6":                   {"[::]:7343", Settings{Tokens: tokens}, "would travel in clear"},
		"no URL":                      {"0.0.0.0:7343", Settings{Tokens: tokens, TLS: cert}, "needs url"},
		"TLS":                         {"0.0.0.0:7343", Settings{Tokens: tokens, TLS: cert, URL: "https://watch.example"}, ""},
		"behind a proxy":              {"10.0.0.1:7343", Settings{Tokens: tokens, BehindProxy: true, URL: "https://watch.example"}, ""},
		"behind a proxy on loopback":  {"127.0.0.1:7343", Settings{BehindProxy: true, URL: "https://watch.example"}, "has no tokens"},
		"tokens behind one, loopback": {"127.0.0.1:7343", Settings{BehindProxy: true, Tokens: tokens, URL: "https://watch.example"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, token, err := accessOf(t.TempDir(), c.listen, &c.s)
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, strings.Contains(name, "loopback") && !c.s.BehindProxy || name == "IPv6", token != "")
				return
			}
			require.ErrorIs(t, err, ErrOpen)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestTheLocalTokenStaysAndIsTheUsersOwn(t *testing.T) {
	dir := t.TempDir()
	_, a, err := accessOf(dir, "127.0.0.1:1", &Settings{})
	require.NoError(t, err)
	_, b, err := accessOf(dir, "127.0.0.1:1", &Settings{})
	require.NoError(t, err)
	assert.Equal(t, a, b)
	info, err := os.Stat(filepath.Join(dir, tokenFile))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestHealth(t *testing.T) {
	c := &clock{now: start}
	w := newWorld(t, map[string]string{"shop.yaml": shop, "serve.yaml": withTokens("")}, sees(c), c)
	b := w.opened("")
	code, body := b.do(http.MethodGet, "/healthz", nil)
	assert.Equal(t, http.StatusServiceUnavailable, code, body)
	require.NoError(t, w.tick(t.Context()))
	assert.Equal(t, "ok\n", b.page("/healthz"))
	c.pass(2 * time.Hour)
	require.NoError(t, w.tick(t.Context()))
	code, body = b.do(http.MethodGet, "/healthz", nil)
	assert.Equal(t, http.StatusServiceUnavailable, code)
	assert.Equal(t, "1 scans did not begin\n", body)
	c.pass(stale + time.Second)
	_, body = b.do(http.MethodGet, "/healthz", nil)
	assert.Equal(t, "nobody looks at the schedules\n", body)
}

func TestTheAPI(t *testing.T) {
	w := filled(t)
	b := w.opened("")
	b.header.Set("Authorization", "Bearer "+operatorToken)
	var want strings.Builder
	enc := json.NewEncoder(&want)
	for _, a := range w.alerts() {
		require.NoError(t, enc.Encode(a))
	}
	require.NotEmpty(t, want.String())
	assert.Equal(t, want.String(), b.page("/api/v1/alerts?site=shop"))
	assert.Empty(t, b.page("/api/v1/alerts?site=shop&since=2999-01-01"))
	assert.Empty(t, b.page("/api/v1/alerts?site=other"))
	code, _ := b.do(http.MethodGet, "/api/v1/alerts?since=soon", nil)
	assert.Equal(t, http.StatusBadRequest, code)
	assert.Contains(t, b.page("/api/v1/exposure?recipient=hotjar"), `"sentence":"1 site of 1`)
	assert.Equal(t, 5, strings.Count(b.page("/api/v1/scans?site=shop"), `"scan":`))
	code, _ = b.post("/api/v1/sites/shop/run", url.Values{})
	assert.Equal(t, http.StatusNoContent, code)
	assert.Len(t, w.runs(), 1)
}

// hundredsOfScans fills a store as 50 sites that are scanned each day of a year do.
func hundredsOfScans(b *testing.B, s *store.Store) {
	vendors := []string{"mixpanel", "google-analytics-4", "google-ads", "hotjar", "meta-pixel", "tiktok", "criteo", "segment"}
	for site := range 50 {
		var scans []*history.Scan
		for day := range 365 {
			n := 3 + (site+day/60)%6
			scans = append(scans, scanOf(fmt.Sprintf("site%02d", site), fmt.Sprintf("r%d-%d", site, day), start.AddDate(0, 0, day-365), vendors[:n]...))
		}
		_, err := s.Add(context.Background(), start, scans...)
		require.NoError(b, err)
	}
}

// BenchmarkPages asks for each page with 50 sites of 365 scans: first as nothing is known of what was asked before, and again.
func BenchmarkPages(b *testing.B) {
	sites, c := b.TempDir(), &clock{now: start}
	for i := range 50 {
		require.NoError(b, os.WriteFile(filepath.Join(sites, fmt.Sprintf("site%02d.yaml", i)), []byte("site: https://x.example\n"), 0o600))
	}
	s, err := Open(b.Context(), Options{Sites: sites, Data: b.TempDir(), Scanner: sees(c), Now: c.Now})
	require.NoError(b, err)
	defer s.Close()
	hundredsOfScans(b, s.store)
	h := s.handler(access{tokens: []Token{{Name: "x", Role: Operator, Hash: hashOf("x")}}, hosts: map[string]bool{"x": true}})
	ask := func(b *testing.B, path string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = "x"
		r.Header.Set("Authorization", "Bearer x")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(b, http.StatusOK, w.Code, w.Body.String())
	}
	for _, path := range []string{"/", "/sites/site07", "/scans/site07/r7-300", "/recipients", "/recipients/mixpanel", "/data", "/alerts", "/metrics"} {
		b.Run("first"+path, func(b *testing.B) {
			for b.Loop() {
				s.pages.forget()
				ask(b, path)
			}
		})
		b.Run("again"+path, func(b *testing.B) {
			for b.Loop() {
				ask(b, path)
			}
		})
	}
}
