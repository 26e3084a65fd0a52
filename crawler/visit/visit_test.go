package visit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

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

func TestThin(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/": html(`<!doctype html><title>Shop</title><a href="/b">b</a><a href="mailto:info@shop.test">x</a><form><input type=email name=mail></form>
<script src="http://tags.test/gtm.js"></script><iframe src="http://frame.test/f"></iframe><div style="height:5000px"></div>
<script>
addEventListener('pagehide', () => navigator.sendBeacon('http://v.test/pagehide', 'bye'));
document.addEventListener('visibilitychange', () => navigator.sendBeacon('http://v.test/hidden', document.visibilityState));
addEventListener('unload', () => navigator.sendBeacon('http://v.test/unload', 'u'));
addEventListener('beforeunload', () => navigator.sendBeacon('http://v.test/beforeunload', 'u'));
requestIdleCallback(() => fetch('http://v.test/idle'));
for (const s of [1,2,5,10,25]) setTimeout(() => fetch('http://v.test/t' + s, {method:'POST', body: 'late'+s}), s*1000);
new Worker(URL.createObjectURL(new Blob(['fetch("http://v.test/worker"); setTimeout(()=>fetch("http://v.test/workerlate"), 5000)']))); 
fetch('http://v.test/blob', {method:'POST', body: new Blob([new Uint8Array([0,255,254,1])])});
fetch('http://v.test/json', {method:'POST', headers: {'content-type':'application/json'}, body: '{"a":1}'});
</script>`),
		"tags.test/gtm.js": js(`const s=document.createElement('script'); s.src='http://vendor.test/v.js'; document.head.append(s);`),
		"vendor.test/v.js": js(`setTimeout(() => { const i = new Image(); i.src='http://v.test/px?e=1'; }, 300);`),
		"frame.test/f":     html(`<script>fetch('http://v.test/inframe'); setTimeout(()=>fetch('http://v.test/inframelate'), 20000); addEventListener('pagehide', () => navigator.sendBeacon('http://v.test/framehide', 'bye'));</script>`),
	})
	for _, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		t.Run(kind, func(t *testing.T) {
			w.got = nil
			v := newVisitor(t, kind, w, visit.Options{})
			start := time.Now()
			page, events := visitPage(t, v, "http://shop.test/")
			t.Log(time.Since(start))
			page.HTML = crawler.Body{}
			b, _ := json.MarshalIndent(page, "", " ")
			t.Log(string(b))
			out, _ := os.Create(filepath.Join("/tmp", "thin-"+kind+".jsonl"))
			seen := map[string]int{}
			for _, e := range events {
				if e.Request != nil && !e.Request.NotSent {
					u := e.Request.URL
					seen[e.Request.Method+" "+u[len("http://"):]]++
				}
				e.Page = nil
				b, _ := json.Marshal(e)
				fmt.Fprintln(out, string(b))
			}
			out.Close()
			for _, g := range w.got {
				k := g.method + " " + g.host + g.uri
				if seen[k]--; seen[k] < 0 {
					t.Errorf("missed %s %q", k, g.body)
				}
			}
			for k, n := range seen {
				if n > 0 {
					for _, e := range events {
						if e.Request != nil && e.Request.Method+" "+e.Request.URL[len("http://"):] == k {
							b, _ := json.Marshal(e)
							t.Log(string(b))
						}
					}
					time.Sleep(time.Second)
					for _, g := range w.got {
						if k == g.method+" "+g.host+g.uri {
							t.Log("came late")
						}
					}
					t.Errorf("not sent: %s", k)
				}
			}
			t.Log(len(w.got))
		})
	}
}
