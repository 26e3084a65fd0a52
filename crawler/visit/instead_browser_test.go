package visit_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/shown"
	"github.com/tagscan/tagscan/crawler/visit"
)

// answers serves a document with a status, header lines and a body.
func answers(status int, body string, headers ...string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			rw.Header().Set(name, value)
		}
		rw.WriteHeader(status)
		io.WriteString(rw, body)
	}
}

// hiding are the kinds of gaps of a page behind which something may have been sent.
func hiding(p crawler.Page) []string {
	var out []string
	for _, g := range p.Gaps {
		if info, _ := crawler.InfoOfGap(g.Kind); info.Hides {
			out = append(out, string(g.Kind))
		}
	}
	return out
}

// kinds are the kinds of all gaps of a page, each with what it is about.
func kinds(p crawler.Page) []string {
	var out []string
	for _, g := range p.Gaps {
		out = append(out, strings.TrimSpace(string(g.Kind)+" "+g.Where))
	}
	return out
}

// What a browser shows of a page gives the same answer as its HTML alone, on which the tables are tested.
func TestSeenAgreesWithTheBrowser(t *testing.T) {
	type sample struct {
		html string
		wall string
	}
	var samples []sample
	hosts := map[string]http.HandlerFunc{}
	for i, w := range shown.Walls {
		if i%4 == 0 { // a page takes a second
			samples = append(samples, sample{w.Hits[0], w.Name}, sample{w.Misses[0], ""})
		}
	}
	for i, s := range samples {
		hosts[fmt.Sprintf("shop.test/%d", i)] = sampleHandler(s.html)
	}
	w := newWeb(t, hosts)
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{})
	for i, s := range samples {
		p, _ := visitPage(t, v, fmt.Sprintf("http://shop.test/%d", i))
		if s.wall == "" {
			assert.Equal(t, crawler.Complete, p.Outcome, "%s\n%s", s.html, p.Reason)
			continue
		}
		assert.Equal(t, crawler.Blocked, p.Outcome, s.html)
		assert.Contains(t, p.Reason, s.wall, s.html)
	}
}

// sampleHandler answers with a page as the table of walls writes it.
func sampleHandler(sample string) http.HandlerFunc {
	head, body, found := strings.Cut(sample, "\n\n")
	if !found || strings.HasPrefix(sample, "<") {
		head, body = "", sample
	}
	status, headers := http.StatusOK, []string(nil)
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		if n, err := strconv.Atoi(line); err == nil {
			status = n
		} else if line != "" {
			headers = append(headers, line)
		}
	}
	return answers(status, "<!doctype html><link rel=icon href='data:,'>"+body, headers...)
}

const icon = `<!doctype html><link rel=icon href="data:,">`

// Pages that are complete, odd as they are, and pages that are not, through a browser.
func TestAPageIsCompleteIfItWasSeen(t *testing.T) {
	text := `<h1>Blue jackets</h1><p>Made of wool, in three sizes, and sent within two days.</p>`
	wine := `<title>Wine</title><style>#age { position: fixed; inset: 0; background: #222c }</style><h1>Wine</h1><div id=age><h2>Are you 18 or older?</h2>
		<p>You must be of legal drinking age to enter this site.</p><button>Yes, I am over 18</button> <button>No, leave</button></div>`
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/tiny":         html(icon + `<p>Hello`),
		"shop.test/px":           html(icon + `<script>fetch('http://v.test/px')</script>`),
		"shop.test/root":         html(icon + `<div id=root></div>` + text),
		"shop.test/shadow":       html(icon + `<my-app></my-app><script>const r = document.querySelector('my-app').attachShadow({mode: 'open'}); r.innerHTML = '<p>All of it is in here.</p>'</script>`),
		"shop.test/closed":       html(icon + `<my-app style="display:block"></my-app><script>const r = document.querySelector('my-app').attachShadow({mode: 'closed'}); r.innerHTML = '<p style="height:200px">All of it is in here.</p>'</script>`),
		"shop.test/late":         html(icon + `<div id=root></div><script src="/late.js"></script>`),
		"shop.test/late.js":      js(`setTimeout(() => root.innerHTML = '<p>There it is, after twelve seconds.</p>', 12000)`),
		"shop.test/anon":         html(icon + text + `<button>Sign in</button><script>fetch('/api/me')</script>`),
		"shop.test/api/me":       answers(401, `{}`),
		"shop.test/stats":        html(icon + text + `<script src="http://v.test/404.js"></script><img src="/404.png">`),
		"shop.test/404.png":      answers(404, ""),
		"v.test/404.js":          answers(404, ""),
		"shop.test/csp":          answers(200, icon+text+`<script src="http://v.test/tag.js"></script>`, "Content-Security-Policy: script-src 'self'"),
		"shop.test/sri":          html(icon + text + `<script src="/x.js" integrity="sha384-AAAA"></script>`),
		"shop.test/x.js":         js(`1`),
		"shop.test/framed":       html(icon + text + `<iframe src="http://f.test/deny"></iframe>`),
		"f.test/deny":            answers(200, "no", "X-Frame-Options: DENY"),
		"shop.test/cookies":      html(icon + `<div id=root></div><div id=cookie-banner style="position:fixed;bottom:0">We use cookies <button>OK</button></div><script src="/none.js"></script>`),
		"shop.test/none.js":      answers(404, ""),
		"shop.test/main.1a2b.js": answers(404, ""),
		"shop.test/html":         html(icon + `<div id=root></div><script src="/fallback"></script>`),
		"shop.test/fallback":     html(icon + `<div id=root></div>`),
		"shop.test/threw":        html(icon + `<div id=root></div><script src="/threw.js"></script>`),
		"shop.test/threw.js":     js(`throw new Error('no')`),
		"shop.test/api":          html(icon + `<div id=root><nav><a href="/a">A</a></nav><p id=p>Loading</p></div><script>fetch('/api/data').then((r) => r.ok || (p.textContent = 'Something went wrong. Try again.'))</script>`),
		"shop.test/api/data":     answers(500, ""),
		"shop.test/back":         html(icon + `<title>Back soon</title><h1>We’ll be back soon</h1><p>A presto`),
		"shop.test/busy":         answers(503, icon+`<h1>Busy</h1>`, "Retry-After: 30"),
		"shop.test/ssr":          html(icon + text + `<script src="/main.1a2b.js"></script>`),
		"shop.test/refused":      html(icon + text + `<iframe src="http://f.test/403"></iframe><script src="http://v.test/503.js"></script><script src="http://v.test/page.js"></script>`),
		"f.test/403":             answers(403, "no"),
		"v.test/503.js":          answers(503, "no"),
		"v.test/page.js":         answers(200, "<!doctype html><title>no</title>", "X-Content-Type-Options: nosniff"),
		"shop.test/account": func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "/login?next=/account", http.StatusFound)
		},
		"shop.test/login":    html(icon + `<title>Log in</title><h1>Log in</h1><form><input type=email name=email placeholder="Your e-mail"><button>Continue</button></form>`),
		"shop.test/file.pdf": answers(200, "%PDF-1.4", "Content-Type: application/pdf"),
		"shop.test/file.csv": answers(200, "a,b", "Content-Type: text/csv", "Content-Disposition: attachment; filename=a.csv"),
		"shop.test/leaves":   html(icon + `<script>location = 'http://other.test/there'</script>`),
		"shop.test/refresh":  html(icon + `<meta http-equiv=refresh content="1;url=http://other.test/there"><p>One moment`),
		"other.test/there":   html(icon + text),
		"shop.test/wine":     html(icon + wine + `<p>` + strings.Repeat("It grows on the hill behind the house. ", 12) + `</p><a href="/about">About</a>`),
		"shop.test/vault":    html(icon + wine + `<footer><a href="/imprint">Imprint</a></footer>`),
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{})
	for _, c := range []struct {
		path    string
		outcome crawler.Outcome
		word    string   // of the reason
		gaps    []string // all of them
	}{
		{"/tiny", crawler.Complete, "", nil},
		{"/px", crawler.Complete, "", nil},
		{"/root", crawler.Complete, "", nil},
		{"/shadow", crawler.Complete, "", nil},
		{"/closed", crawler.Complete, "", nil},
		{"/late", crawler.Complete, "", nil},
		{"/anon", crawler.Complete, "", nil},
		{"/stats", crawler.Complete, "", []string{"load-missing http://v.test/404.js"}},
		{"/csp", crawler.Complete, "", []string{"load-missing http://v.test/tag.js"}},
		{"/sri", crawler.Complete, "", []string{"load-missing http://shop.test/x.js"}},
		{"/framed", crawler.Complete, "", []string{"load-missing http://f.test/deny"}},
		{"/leaves", crawler.Complete, "", nil},
		{"/refresh", crawler.Complete, "", nil},
		{"/login", crawler.Complete, "", nil},
		{"/wine", crawler.Complete, "", nil},

		{"/cookies", crawler.Blocked, "empty-page", []string{"empty-page http://shop.test/cookies", "load-missing http://shop.test/none.js"}},
		{"/html", crawler.Blocked, "empty-page", []string{"empty-page http://shop.test/html", "load-missing http://shop.test/fallback"}},
		{"/threw", crawler.Blocked, "empty-page", []string{"empty-page http://shop.test/threw"}},
		{"/api", crawler.Blocked, "empty-page", []string{"empty-page http://shop.test/api"}},
		{"/back", crawler.Blocked, "maintenance", []string{"maintenance http://shop.test/back"}},
		{"/busy", crawler.Blocked, "maintenance", []string{"maintenance http://shop.test/busy"}},
		{"/vault", crawler.Blocked, "page-blocked", []string{"page-blocked http://shop.test/vault"}},
		{"/account", crawler.Blocked, "sign-in", []string{"login http://shop.test/login?next=/account"}},
		{"/file.pdf", crawler.Blocked, "download", []string{"download http://shop.test/file.pdf"}},
		{"/file.csv", crawler.Blocked, "download", []string{"download http://shop.test/file.csv"}},
		{"/refused", crawler.Complete, "", []string{"load-failed http://f.test/403", "load-failed http://v.test/503.js", "load-failed http://v.test/page.js"}},
		{"/ssr", crawler.Complete, "", []string{"load-missing http://shop.test/main.1a2b.js", "load-failed http://shop.test/ssr"}},
	} {
		p, _ := visitPage(t, v, "http://shop.test"+c.path)
		word, _, _ := strings.Cut(p.Reason, ":")
		assert.Equal(t, c.outcome, p.Outcome, "%s: %s", c.path, p.Reason)
		assert.Equal(t, c.word, word, "%s: %s", c.path, p.Reason)
		assert.ElementsMatch(t, c.gaps, kinds(p), c.path)
		switch c.path {
		case "/leaves", "/refresh":
			assert.Equal(t, "http://other.test/there", p.URL)
		}
	}
}

// A link that is answered with nothing is no page; who names such an address is told that it was not shown.
func TestALinkToNothingIsNoPage(t *testing.T) {
	w := newWeb(t, nil) // answers 204
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{})
	for via, want := range map[string][]string{"link": {"download http://shop.test/out"}, "seed": nil} {
		for ev, err := range v.Visit(t.Context(), crawler.Task{URL: "http://shop.test/out", Profile: "a", Via: via}) {
			require.NoError(t, err)
			if p := ev.Page; p != nil {
				assert.Equal(t, crawler.Blocked, p.Outcome)
				assert.Equal(t, want, kinds(*p), via)
			}
		}
	}
}

// With a session, an application that learns from its services that nobody is signed in is not seen.
func TestASessionThatDoesNotHoldIsTold(t *testing.T) {
	text := `<h1>Dashboard</h1><p>Welcome to the dashboard of your shop, with all that was sold today.</p>`
	w := newWeb(t, map[string]http.HandlerFunc{
		"app.test/":          html(icon + text + `<button>Log in</button><script>fetch('/api/me'); fetch('/api/plans')</script>`),
		"app.test/api/me":    answers(401, `{}`),
		"app.test/in":        html(icon + text + `<button>Log out</button><form><input type=email placeholder=Newsletter><button>Subscribe</button></form><script>fetch('/api/user'); fetch('/api/admin')</script>`),
		"app.test/api/user":  answers(200, `{}`),
		"app.test/api/admin": answers(403, `{}`),
		"app.test/sso":       html(icon + `<h1>Acme</h1><button>Continue with Okta</button>`),
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{SignIn: &visit.SignIn{}})
	for path, want := range map[string]crawler.Outcome{"/": crawler.Blocked, "/sso": crawler.Blocked, "/in": crawler.Complete} {
		p, _ := visitPage(t, v, "http://app.test"+path)
		assert.Equal(t, want, p.Outcome, "%s %s", path, p.Reason)
		if want == crawler.Blocked {
			assert.Equal(t, []string{"login"}, hiding(p), path)
			assert.True(t, strings.HasPrefix(p.Reason, "sign-in: "), p.Reason)
		} else {
			assert.Empty(t, hiding(p), path)
		}
	}
}

// The clock of a service worker cannot be run ahead: a timer that it was not waited for is told, if it was set at all.
func TestALateTimerOfAWorkerIsTold(t *testing.T) {
	register := func(script string) http.HandlerFunc {
		return html(icon + `<p>Hello<script>navigator.serviceWorker.register('` + script + `')</script>`)
	}
	w := newWeb(t, map[string]http.HandlerFunc{
		"localhost/a":        register("/late.js"),
		"localhost/late.js":  js(`addEventListener('activate', (e) => { setTimeout(() => fetch('http://v.test/late'), 20000); });`),
		"localhost/b":        register("/never.js"),
		"localhost/never.js": js(`addEventListener('sync', function later() { setTimeout(() => fetch('http://v.test/never'), 20000); }); setTimeout(() => fetch('http://v.test/soon'), 1000)`),
		"localhost/d":        register("/busy.js"),
		"localhost/busy.js":  js(`addEventListener('activate', (e) => e.waitUntil(fetch('/slow').then(() => fetch('http://v.test/busy'))));`),
		"localhost/slow":     func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"localhost/c":        html(icon + `<p>Hello<script>new Worker('/own.js')</script>`),
		"localhost/own.js":   js(`setTimeout(() => fetch('http://v.test/own'), 20000)`),
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{})
	see := func(path string) (crawler.Page, []crawler.Event) {
		var events []crawler.Event
		for ev, err := range v.Visit(context.Background(), crawler.Task{URL: "http://localhost" + path, Profile: path[1:]}) {
			require.NoError(t, err)
			events = append(events, ev)
		}
		return *events[len(events)-1].Page, events
	}
	p, _ := see("/a")
	assert.Equal(t, []string{"late-timer http://localhost/late.js"}, kinds(p))
	p, _ = see("/d")
	assert.Equal(t, []string{"late-timer http://localhost/busy.js"}, kinds(p), "it waits for something else than a timer")
	p, events := see("/b")
	assert.Empty(t, kinds(p))
	assert.True(t, hasRequest(events, "v.test/soon"))
	p, events = see("/c")
	assert.Empty(t, kinds(p), "the clock of the page's own worker is run ahead")
	assert.True(t, hasRequest(events, "v.test/own"))
}

// The same form with another script beside it is another thing to try.
func TestAFormIsTypedIntoForEveryScript(t *testing.T) {
	hosts := map[string]http.HandlerFunc{}
	const forms = `<form><label>E-mail <input type=email name=email></label></form><script>window.page = {"number": "PAGE"}</script>`
	for i := range 6 {
		n := strconv.Itoa(i)
		hosts["shop.test/p"+n] = html(icon + strings.ReplaceAll(forms, "PAGE", n) + `<script src="http://v.test/` + n + `.js"></script>`)
		hosts["v.test/"+n+".js"] = js(`document.addEventListener('change', (e) => fetch('http://v.test/got` + n + `', {method: 'POST', body: e.target.value}))`)
		hosts["shop.test/q"+n] = html(icon + strings.ReplaceAll(forms, "PAGE", n) + `<script src="http://v.test/same.js"></script>`)
	}
	hosts["v.test/same.js"] = js(`document.addEventListener('change', (e) => fetch('http://v.test/typed', {method: 'POST', body: e.target.value}))`)
	w := newWeb(t, hosts)
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{Interact: &visit.Interact{Persona: map[string][]string{"email": {"ana@bell.example"}}}})
	got, same := 0, 0
	for i := range 6 {
		p, events := visitPage(t, v, fmt.Sprintf("http://shop.test/p%d", i))
		assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
		assert.Empty(t, p.Gaps)
		if hasRequest(events, fmt.Sprintf("v.test/got%d", i)) {
			got++
		}
		_, events = visitPage(t, v, fmt.Sprintf("http://shop.test/q%d", i))
		if hasRequest(events, "v.test/typed") {
			same++
		}
	}
	assert.Equal(t, 6, got)
	assert.Equal(t, 2, same, "where the same scripts are")
}
