package visit_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// hostile lists pages that do their worst. Each is to end in its outcome within the budget, with what was sent before
// recorded, and the next page is to be as good as ever.
var hostile = []struct {
	name    string
	page    http.HandlerFunc
	outcome crawler.Outcome
	reason  string // how the reason begins
	sees    string // a request that must be recorded
}{
	{"alert", html(`<script>alert(1); fetch('http://v.test/seen')</script>`), crawler.Complete, "", "v.test/seen"},
	{"dialogs", html(`<script>confirm('a'); prompt('b'); alert('c'); onbeforeunload = (e) => { e.preventDefault(); return 'no' }; fetch('http://v.test/seen')</script>`), crawler.Complete, "", "v.test/seen"},
	{"alert for ever", html(`<script>fetch('http://v.test/seen'); setTimeout(() => { for (;;) alert(1) }, 100)</script>`), crawler.Partial, "", "v.test/seen"},
	{"loop while parsing", html(`<script>new Image().src = 'http://v.test/seen'</script><script>for (;;);</script>`), crawler.Partial, "timeout", ""},
	{"loop after load", html(`<script>fetch('http://v.test/seen'); setTimeout(() => { for (;;); }, 500)</script>`), crawler.Partial, "", "v.test/seen"},
	{"loop while going", html(`<script>onpagehide = () => { navigator.sendBeacon('http://v.test/seen'); for (;;); }</script>`), crawler.Complete, "", "v.test/seen"},
	{"alerts while going", html(`<script>onpagehide = onunload = () => { navigator.sendBeacon('http://v.test/seen'); alert(1); debugger; location = 'http://elsewhere.test/'; open('http://elsewhere.test/') }</script>`), crawler.Complete, "", "v.test/seen"},
	{"elsewhere while going", html(`<script>onbeforeunload = () => { navigator.sendBeacon('http://v.test/seen'); location = 'http://elsewhere.test/'; history.back() }</script>`), crawler.Complete, "", "v.test/seen"},
	{"debugger", html(`<script>debugger; setInterval(() => { debugger }, 50); fetch('http://v.test/seen')</script>`), crawler.Complete, "", "v.test/seen"},
	{"out of memory", html(`<script>fetch('http://v.test/seen').finally(() => setTimeout(() => { const a = []; for (;;) a.push(new Array(1e5).fill({})) }, 50))</script>`), crawler.Partial, "", "v.test/seen"},
	{"never ends", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		io.WriteString(rw, `<script>fetch('http://v.test/seen')</script>`)
		for r.Context().Err() == nil {
			io.WriteString(rw, "<p>and so on</p>\n")
			rw.(http.Flusher).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	}, crawler.Partial, "timeout", "v.test/seen"},
	// Its head came, so something was seen; but no document ever began.
	{"drip", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Length", "1000")
		for range 1000 {
			if r.Context().Err() != nil {
				return
			}
			io.WriteString(rw, " ")
			rw.(http.Flusher).Flush()
			time.Sleep(300 * time.Millisecond)
		}
	}, crawler.Failed, "timeout", "hostile.test"},
	{"never answers", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, crawler.Failed, "timeout", "hostile.test"},
	{"polls for ever", html(`<script>(function p() { fetch('http://v.test/seen').finally(() => setTimeout(p, 200)) })()</script>`), crawler.Complete, "", "v.test/seen"},
	{"long poll", html(`<script>fetch('http://slow.test/poll'); setTimeout(() => fetch('http://v.test/seen'), 8000)</script>`), crawler.Complete, "", "v.test/seen"},
	{"busy tasks", html(`<script>const c = new MessageChannel(); c.port1.onmessage = () => c.port2.postMessage(0); c.port2.postMessage(0); setTimeout(() => fetch('http://v.test/seen'), 8000)</script>`), crawler.Complete, "", "v.test/seen"},
	{"2,000 requests", html(`<script>(async () => { for (let i = 0; i < 20; i++) await Promise.all([...Array(100).keys()].map((j) => fetch('http://v.test/seen?' + (i * 100 + j), {mode: 'no-cors'}))) })()</script>`), crawler.Complete, "", "v.test/seen?1999"},
	{"redirect loop", func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/", http.StatusFound) }, crawler.Failed, "redirects", "hostile.test"},
	{"reload loop", html(`<script>fetch('http://v.test/seen', {keepalive: true}); setTimeout(() => location.reload(), 10)</script>`), crawler.Partial, "", "v.test/seen"},
	{"meta refresh loop", html(`<meta http-equiv=refresh content="0">x`), crawler.Partial, "", "hostile.test"},
	{"download", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Disposition", "attachment; filename=x.bin")
		rw.Header().Set("Content-Type", "application/octet-stream")
		rw.Write(make([]byte, 1<<20))
	}, crawler.Blocked, "download", "hostile.test"},
	{"download without end", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Disposition", "attachment; filename=x.bin")
		for chunk := make([]byte, 64<<10); r.Context().Err() == nil; {
			if _, err := rw.Write(chunk); err != nil {
				return
			}
		}
	}, crawler.Blocked, "download", "hostile.test"},
	{"socket that never stops", html(`<script>const w = new WebSocket('ws://socket.test/echo'); w.onopen = () => setInterval(() => { w.send('x') }, 8); fetch('http://v.test/seen')</script>`), crawler.Partial, "caps: messages of ws://socket.test/echo", "v.test/seen"},
	{"events that never stop", html(`<script>new EventSource('/events'); fetch('http://v.test/seen')</script>`), crawler.Partial, "", "v.test/seen"},
	{"script of 50 MB", html(`<script src="/giant.js"></script><script>fetch('http://v.test/seen')</script>`), crawler.Complete, "", "v.test/seen"},
	{"password", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		http.Error(rw, "no", http.StatusUnauthorized)
	}, crawler.Blocked, "", "hostile.test"},
	{"204", func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNoContent) }, crawler.Blocked, "no_content", "hostile.test"},
	{"500", func(rw http.ResponseWriter, _ *http.Request) {
		http.Error(rw, "broken", http.StatusInternalServerError)
	}, crawler.Blocked, "status: the server answered 500", "hostile.test"},
	{"popups", html(`<script>for (let i = 0; i < 20; i++) open('http://pop.test/p?' + i)</script>`), crawler.Partial, "caps", "pop.test/p?0"},
	{"reset", func(rw http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(rw).Hijack()
		if err == nil {
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}
	}, crawler.Failed, "connect", "hostile.test"},
	{"cut short", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Length", "100000")
		io.WriteString(rw, "<p>not all")
		panic(http.ErrAbortHandler)
	}, "", "", "hostile.test"},
	{"bytes", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=shift_jis")
		rw.Header().Set("X-Bytes", "\xff\xfe\x83")
		io.WriteString(rw, "\x83\x65<script>fetch('http://v.test/seen?\x83\x65\xff', {method: 'POST', body: new Uint8Array([255, 0, 254])})</script>")
	}, crawler.Complete, "", "v.test/seen?"},
	{"gzip bomb", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(rw)
		chunk := make([]byte, 1<<20)
		for range 200 {
			z.Write(chunk)
		}
		z.Close()
	}, "", "", "hostile.test"},
	{"big document", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		io.WriteString(rw, `<script>fetch('http://v.test/seen')</script>`)
		line := "<p>" + strings.Repeat("text ", 200) + "</p>\n"
		for range 50_000_000 / len(line) {
			io.WriteString(rw, line)
		}
	}, "", "", "v.test/seen"},
	{"asks for everything", html(`<script>try{Notification.requestPermission()}catch(e){} navigator.geolocation.getCurrentPosition(()=>{}); navigator.mediaDevices&&navigator.mediaDevices.getUserMedia({audio:true}).catch(()=>{}); print(); location.href='mailto:a@b.c'; fetch('http://v.test/seen')</script><input type=file id=f><script>document.getElementById('f').click()</script>`), crawler.Complete, "", "v.test/seen"},
	{"file frame", html(`<iframe src="file:///etc/hostname"></iframe><script>fetch('http://v.test/seen')</script>`), crawler.Complete, "", "v.test/seen"},
}

// chatter sends events as fast as they are taken.
func chatter(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/event-stream")
	for r.Context().Err() == nil {
		if _, err := io.WriteString(rw, "data: x\n\n"); err != nil {
			return
		}
	}
}

// giant is a script of 50 MB.
func giant(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Type", "text/javascript")
	line := "// " + strings.Repeat("x", 1000) + "\n"
	for range 50_000_000 / len(line) {
		io.WriteString(rw, line)
	}
}

// budget is the time of a visit, and ends how long it may last at the most: a machine that has too much to do is waited for,
// up to tenfold.
const (
	budget = 10 * time.Second
	ends   = 10 * budget
)

func TestHostilePages(t *testing.T) {
	pages := map[string]http.HandlerFunc{
		"slow.test/poll": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"pop.test/p":     html(`<script>fetch('http://v.test/popup')</script>`),
		"socket.test/echo": func(rw http.ResponseWriter, r *http.Request) {
			c, err := websocket.Accept(rw, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // any origin: the page is another host by design
			if err != nil {
				return
			}
			defer c.CloseNow()
			for {
				if _, _, err := c.Read(r.Context()); err != nil || c.Write(r.Context(), websocket.MessageText, []byte("y")) != nil {
					return
				}
			}
		},
		"good.test/": html(`<script>setTimeout(() => fetch('http://v.test/good'), 5000)</script>`),
	}
	for i, h := range hostile {
		host := fmt.Sprintf("h%d.hostile.test/", i)
		pages[host], pages[host+"events"], pages[host+"giant.js"] = h.page, chatter, giant
	}
	w := newWeb(t, pages)
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{Timeout: budget, Load: 3 * time.Second})
	for i, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			start := time.Now()
			page, events := visitPage(t, v, fmt.Sprintf("http://h%d.hostile.test/", i))
			t.Logf("%v %s %q", time.Since(start).Round(time.Millisecond), page.Outcome, page.Reason)
			assert.Less(t, time.Since(start), ends, "it holds up the scan")
			if h.outcome != "" {
				assert.Equal(t, h.outcome, page.Outcome, page.Reason)
			}
			assert.True(t, strings.HasPrefix(page.Reason, h.reason), page.Reason)
			if h.sees != "" {
				assert.True(t, hasRequest(events, h.sees), "the request to %s is missing", h.sees)
			}
			start = time.Now()
			good, events := visitPage(t, v, "http://good.test/")
			assert.Equal(t, crawler.Complete, good.Outcome, good.Reason)
			assert.True(t, hasRequest(events, "v.test/good"))
			assert.Less(t, time.Since(start), ends, "the page before it is still in the way")
		})
	}
}

func hasRequest(events []crawler.Event, part string) bool {
	for _, e := range events {
		if e.Request != nil && !e.Request.NotSent && strings.Contains(e.Request.URL, part) {
			return true
		}
	}
	return false
}

// A browser that writes a long message answers nothing meanwhile, and its pages seem to hang. Stopping it does the same.
func TestABusyBrowserIsNoHangingPage(t *testing.T) {
	var v *visit.Visitor
	v = newVisitor(t, chrome.KindHeadlessShell, newWeb(t, map[string]http.HandlerFunc{
		"shop.test/": html(`<script>setTimeout(() => fetch('/stop'), 15000); setTimeout(() => fetch('/after'), 25000)</script>`),
		"shop.test/stop": func(rw http.ResponseWriter, _ *http.Request) {
			pid := visit.BrowserOf(v)
			signal(pid, syscall.SIGSTOP)
			time.AfterFunc(4500*time.Millisecond, func() { signal(pid, syscall.SIGCONT) }) // longer than two steps are waited for
		},
	}), visit.Options{})
	p, events := visitPage(t, v, "http://shop.test/")
	assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
	assert.True(t, hasRequest(events, "/after"))
}

func TestAddressesThatAreNoPages(t *testing.T) {
	w := newWeb(t, nil)
	v := newVisitor(t, chrome.KindHeadlessShell, w, visit.Options{Chrome: chrome.Options{Map: []string{"nowhere.test=~NOTFOUND", "closed.test=127.0.0.1:9"}}, Load: 5 * time.Second})
	for _, c := range []struct {
		url     string
		outcome crawler.Outcome
		reason  string
	}{
		{"file:///etc/hostname", crawler.Failed, "url"},
		{"chrome://version", crawler.Failed, "url"},
		{"javascript:alert(1)", crawler.Failed, "url"},
		{"data:text/html,x", crawler.Failed, "url"},
		{"http://nowhere.test/", crawler.Failed, "dns"},
		{"https://shop.test/", crawler.Failed, "tls"},
		{"http://closed.test/", crawler.Failed, "connect"},
	} {
		t.Run(c.url, func(t *testing.T) {
			page, events := visitPage(t, v, c.url)
			assert.Equal(t, c.outcome, page.Outcome)
			assert.True(t, strings.HasPrefix(page.Reason, c.reason+":"), page.Reason)
			for _, e := range events {
				require.False(t, e.Request != nil && !e.Request.NotSent, "claimed as sent: %+v", e.Request)
			}
		})
	}
}

// A server that breaks off its streams is told from a page that is there.
func TestBrokenProtocolsAreToldAsSuch(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	v := newVisitor(t, chrome.KindHeadlessShell, &web{Server: s}, visit.Options{Chrome: chrome.Options{Insecure: true}, Load: 5 * time.Second})
	page, _ := visitPage(t, v, "https://shop.test/")
	assert.Equal(t, crawler.Failed, page.Outcome)
	assert.True(t, strings.HasPrefix(page.Reason, "protocol: net::ERR_HTTP2_"), page.Reason)
}
