package visit_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// Who brought a script is told also where it is called through another's wrapper, and nothing that tagscan does in a page is a cause.
func TestCausesGoThroughWrappersAndLeaveOutTagscan(t *testing.T) {
	js := func(body string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "text/javascript")
			_, _ = rw.Write([]byte(body))
		}
	}
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/":     html(`<link rel=icon href="data:,"><form><input name=email></form><script src="http://wrap.test/w.js"></script><script src="http://tm.test/tm.js"></script><script src="http://v.test/mask.js"></script><script src="http://v.test/hide.js"></script><script src="http://v.test/css.js"></script>`),
		"shop.test/w.js": js(`fetch('http://v.test/worker', {mode: 'no-cors'})`),
		"v.test/css.js":  js(`const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = 'http://v.test/a.css'; document.head.append(l)`),
		"v.test/a.css": func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "text/css")
			_, _ = rw.Write([]byte("body { background: url(http://v.test/styled) }"))
		},
		"v.test/mask.js": js("fetch('http://v.test/masked', {mode: 'no-cors'})\n//# sourceURL=http://innocent.test/x.js"),
		"v.test/hide.js": js("fetch('http://v.test/hidden', {mode: 'no-cors'})\n//# sourceURL=tagscan://idle"),
		"wrap.test/w.js": js(`const add = EventTarget.prototype.addEventListener; EventTarget.prototype.addEventListener = function (t, f, o) { return add.call(this, t, function (e) { return f.call(this, e) }, o) }`),
		"tm.test/tm.js":  js(`const s = document.createElement('script'); s.src = 'http://v.test/v.js'; document.head.append(s)`),
		"v.test/v.js": js(`document.querySelector('input').addEventListener('blur', () => fetch('http://v.test/blur', {mode: 'no-cors'}));
addEventListener('scroll-or-so', () => fetch('http://v.test/wrapped', {mode: 'no-cors'})); dispatchEvent(new Event('scroll-or-so'));
new Worker('/w.js'); requestIdleCallback(() => fetch('http://v.test/idle', {mode: 'no-cors'}))`),
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{Interact: &visit.Interact{Persona: map[string][]string{"email": {"ana@bell.example"}}}})
	_, events := visitPage(t, v, "http://shop.test/")
	chains := map[string][]string{}
	for _, ev := range events {
		if r := ev.Request; r != nil && r.URL == "http://shop.test/w.js" {
			for _, c := range r.Initiator.Chain {
				chains["w.js"] = append(chains["w.js"], c.URL)
			}
		}
		if r := ev.Request; r != nil && strings.HasPrefix(r.URL, "http://v.test/") && !strings.HasSuffix(r.URL, ".js") {
			var urls []string
			for _, c := range r.Initiator.Chain {
				urls = append(urls, c.URL)
			}
			chains[strings.TrimPrefix(r.URL, "http://v.test/")] = slices.Compact(urls)
		}
	}
	assert.Equal(t, []string{"http://v.test/v.js", "http://wrap.test/w.js", "http://v.test/v.js", "http://tm.test/tm.js", "http://shop.test/"}, chains["wrapped"])
	assert.Equal(t, []string{"http://v.test/v.js", "http://tm.test/tm.js", "http://shop.test/"}, chains["idle"])
	assert.Equal(t, []string{"http://v.test/v.js", "http://tm.test/tm.js", "http://shop.test/"}, slices.Compact(chains["w.js"]))
	assert.Equal(t, []string{"http://shop.test/w.js", "http://v.test/v.js", "http://tm.test/tm.js", "http://shop.test/"}, chains["worker"])
	assert.Equal(t, []string{"http://v.test/a.css", "http://v.test/css.js", "http://shop.test/"}, chains["styled"])
	assert.Equal(t, []string{"http://v.test/mask.js", "http://shop.test/"}, chains["masked"], "a script says that it is another")
	assert.Equal(t, []string{"http://v.test/hide.js", "http://shop.test/"}, chains["hidden"], "a script says that it is tagscan's")
	assert.Equal(t, []string{"http://v.test/v.js", "http://wrap.test/w.js", "http://tm.test/tm.js", "http://shop.test/"}, chains["blur"])
}

// chainsOf visits a page of v.test's customers and returns, by path, who is told to have caused each request to col.test: addresses
// of scripts and documents, nearest first, or the kind of what has none.
func chainsOf(t *testing.T, kind string, handle map[string]http.HandlerFunc) (map[string][]string, []crawler.Script) {
	t.Helper()
	page, events := visitPage(t, newVisitor(t, kind, newWeb(t, handle), visit.Options{}), "http://shop.test/")
	require.Equal(t, crawler.Complete, page.Outcome, page.Reason)
	return chainsIn(events), madeFromText(events)
}

// madeFromText lists the scripts that a page is said to have made from text.
func madeFromText(events []crawler.Event) (out []crawler.Script) {
	for _, ev := range events {
		if s := ev.Script; s != nil && s.Kind == "eval" {
			out = append(out, *s)
		}
	}
	return out
}

// chainsIn returns what chainsOf does, of the requests that were sent.
func chainsIn(events []crawler.Event) map[string][]string {
	chains := map[string][]string{}
	for _, ev := range events {
		r := ev.Request
		if r == nil || r.NotSent || !strings.Contains(r.URL, "://col.test/") {
			continue
		}
		var names []string
		for _, c := range r.Initiator.Chain {
			_, name, _ := strings.Cut(c.URL, "://")
			if name == "" {
				name = c.URL
			}
			if c.Kind == "unknown" || c.Kind == "eval" {
				name = c.Kind
			}
			names = append(names, name)
		}
		_, path, _ := strings.Cut(r.URL, "://col.test/")
		chains[path] = slices.Compact(names)
	}
	return chains
}

// send is code that sends something.
func send(path string) string {
	return "navigator.sendBeacon('http://col.test/" + path + "', 'x');"
}

// onEvents sends a beacon at each of some events.
func onEvents(name string, events ...string) string {
	s := ""
	for _, e := range events {
		s += "addEventListener('" + e + "', () => {" + send(name+"-"+e) + "});"
	}
	return s
}

// What is sent while a page goes away names its sender, and where nobody can tell who sent it, no one is named.
func TestCausesOfWhatIsSentOnLeaving(t *testing.T) {
	leaving := []string{"pagehide", "unload", "beforeunload"}
	pages := map[string]http.HandlerFunc{
		"shop.test/":          html(`<link rel=icon href="data:,"><script src="http://tm.test/tm.js"></script><iframe src="/same.html"></iframe><iframe src="http://one.test/"></iframe><iframe src="http://two.test/"></iframe>`),
		"tm.test/tm.js":       js(`for (const n of ['a', 'b']) { const s = document.createElement('script'); s.src = 'http://' + n + '.test/' + n + '.js'; document.head.append(s) }`),
		"a.test/a.js":         js(onEvents("a", leaving...)),
		"b.test/b.js":         js(onEvents("b", leaving...) + "setTimeout(() => open('http://shop.test/popup'), 2000)"),
		"shop.test/popup":     html(`<link rel=icon href="data:,"><script src="http://a.test/p.js"></script>`),
		"a.test/p.js":         js(onEvents("p", "pagehide")),
		"shop.test/same.html": html(`<script src="http://a.test/s.js"></script>`),
		"a.test/s.js":         js(onEvents("s", "pagehide")),
		"one.test/":           html(`<script src="http://a.test/o.js"></script>`),
		"a.test/o.js":         js(onEvents("o", "pagehide")),
		"two.test/":           html(`<script src="http://a.test/t.js"></script><script src="http://b.test/u.js"></script>`),
		"a.test/t.js":         js(onEvents("t", "pagehide")),
		"b.test/u.js":         js(onEvents("u", "pagehide")),
	}
	for _, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		t.Run(kind, func(t *testing.T) {
			chains, made := chainsOf(t, kind, pages)
			assert.Empty(t, made, "what tagscan itself evaluates in pages and frames is not theirs")
			for _, e := range leaving {
				assert.Equal(t, []string{"a.test/a.js", "tm.test/tm.js", "shop.test/"}, chains["a-"+e], e)
				assert.Equal(t, []string{"b.test/b.js", "tm.test/tm.js", "shop.test/"}, chains["b-"+e], e)
			}
			assert.Equal(t, []string{"a.test/p.js", "shop.test/popup", "b.test/b.js", "tm.test/tm.js", "shop.test/"}, chains["p-pagehide"], "in a popup")
			assert.Equal(t, []string{"a.test/s.js", "shop.test/same.html", "shop.test/"}, chains["s-pagehide"], "in a frame of the same site")
			assert.Equal(t, []string{"a.test/o.js", "one.test/", "shop.test/"}, chains["o-pagehide"], "in a frame of another site, where nobody else waits for its end")
			if kind == chrome.KindChrome { // headless-shell has sites share a renderer, and the session of the page tells all
				assert.Equal(t, []string{"unknown", "two.test/", "shop.test/"}, chains["t-pagehide"], "in a frame of another site, where two wait for its end")
				assert.Equal(t, []string{"unknown", "two.test/", "shop.test/"}, chains["u-pagehide"], "in a frame of another site, where two wait for its end")
			}
		})
	}
}

// Every document has causes of its own: a script that two load is explained in each as it came there, and frames and code that
// scripts make lead on to those.
func TestCausesAreThoseOfTheDocument(t *testing.T) {
	chains, _ := chainsOf(t, chrome.KindChrome, map[string]http.HandlerFunc{
		"shop.test/":       html(`<link rel=icon href="data:,"><script>var doc = 'first'</script><script src="http://v.test/both.js"></script><script>setTimeout(() => location = '/second', 3000)</script>`),
		"shop.test/second": html(`<link rel=icon href="data:,"><script>var doc = 'second'</script><script src="http://tm.test/tm.js"></script><script src="http://v.test/away.js"></script><iframe src="http://one.test/"></iframe>`),
		"tm.test/tm.js":    js(`for (const n of ['both', 'make']) { const s = document.createElement('script'); s.src = 'http://v.test/' + n + '.js'; document.head.append(s) }`),
		"v.test/both.js":   js(`navigator.sendBeacon('http://col.test/both-' + doc, 'x'); addEventListener('pagehide', () => navigator.sendBeacon('http://col.test/hide-' + doc, 'x'))`),
		"v.test/make.js": js(`const add = (f, html) => { const i = document.createElement('iframe'); f(i, html); document.documentElement.append(i) };
add((i, h) => i.srcdoc = h, "<script>` + send("srcdoc") + `<\/script>");
add((i, h) => i.src = URL.createObjectURL(new Blob([h], {type: 'text/html'})), "<script>` + send("blob") + `<\/script>");
const i = new Image(); i.setAttribute('onerror', "` + send("onerror") + `"); i.src = 'data:,';
setTimeout("` + send("timer") + `");
const v = document.createElement('video'); v.poster = 'http://col.test/poster'; document.documentElement.append(v)`),
		"v.test/away.js": func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "http://real.test/real.js", http.StatusFound)
		},
		"real.test/real.js": js(send("real")),
		"one.test/":         html(`<meta http-equiv=refresh content="1;url=http://one.test/next"><script src="http://a.test/o.js"></script>`),
		"a.test/o.js":       js(onEvents("o", "pagehide")),
		"one.test/next":     html(`<script>` + send("next") + `</script>`),
	})
	assert.Equal(t, []string{"v.test/both.js", "shop.test/"}, chains["both-first"])
	assert.Equal(t, []string{"v.test/both.js", "shop.test/"}, chains["hide-first"])
	assert.Equal(t, []string{"v.test/both.js", "tm.test/tm.js", "shop.test/second"}, chains["both-second"])
	assert.Equal(t, []string{"v.test/both.js", "tm.test/tm.js", "shop.test/second"}, chains["hide-second"])
	assert.Equal(t, []string{"about:srcdoc", "v.test/make.js", "tm.test/tm.js", "shop.test/second"}, chains["srcdoc"])
	if assert.NotEmpty(t, chains["blob"]) {
		assert.Equal(t, []string{"v.test/make.js", "tm.test/tm.js", "shop.test/second"}, chains["blob"][1:])
	}
	assert.Equal(t, []string{"shop.test/second"}, chains["onerror"])
	assert.Equal(t, []string{"eval", "v.test/make.js", "tm.test/tm.js", "shop.test/second"}, chains["timer"])
	assert.Equal(t, []string{"v.test/make.js", "tm.test/tm.js", "shop.test/second"}, chains["poster"])
	assert.Equal(t, []string{"real.test/real.js", "shop.test/second"}, chains["real"])
	assert.Equal(t, []string{"a.test/o.js", "one.test/", "shop.test/second"}, chains["o-pagehide"], "sent by a document of a frame when the next comes")
	assert.Equal(t, []string{"one.test/next", "one.test/", "shop.test/second"}, chains["next"], "refreshed")
}

// A page that keeps to itself gets another renderer with every other, also with a blank one; the browser's own process sends what
// fetchLater puts off.
func TestCausesOfPagesThatKeepToThemselves(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.Host + r.URL.Path {
		case "shop.test/":
			rw.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
			html(`<link rel=icon href="data:,"><script src="https://v.test/v.js"></script>`)(rw, r)
		case "v.test/v.js":
			js(`addEventListener('pagehide', () => navigator.sendBeacon('https://col.test/hide', 'x')); fetchLater('https://col.test/later', {method: 'POST', body: 'x', mode: 'no-cors'})`)(rw, r)
		}
	}))
	defer server.Close()
	o := visit.Options{}
	o.Chrome.Insecure = true
	_, events := visitPage(t, newVisitor(t, chrome.KindChrome, &web{Server: server}, o), "https://shop.test/")
	chains := chainsIn(events)
	assert.Equal(t, []string{"v.test/v.js", "shop.test/"}, chains["hide"], "told by who waited for it")
	if assert.Len(t, chains["later"], 2) { // Network may tell that it was put off; Fetch alone cannot
		assert.Contains(t, []string{"unknown", "v.test/v.js"}, chains["later"][0])
		assert.Equal(t, "shop.test/", chains["later"][1])
	}
}
