package visit_test

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

func TestTheCaptureHasWhatBindsScripts(t *testing.T) {
	t.Parallel()
	const lib = "window.pinned = 1"
	sum := sha256.Sum256([]byte(lib))
	pin := "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	answer := func(kind, body string, headers ...string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", kind)
			rw.Header().Set("Access-Control-Allow-Origin", "*")
			for _, v := range headers {
				rw.Header().Add("Content-Security-Policy", v)
			}
			io.WriteString(rw, body)
		}
	}
	big := `{"pad":"` + strings.Repeat("x", 100<<10) + `"}`
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/": answer("text/html", `<meta http-equiv=Content-Security-Policy content="object-src 'none'">
			<script src="http://cdn.test/lib.js" integrity="`+pin+`" crossorigin></script><script src="http://cdn.test/free.js"></script>
			<iframe src="http://ads.test/frame" sandbox="allow-scripts allow-forms"></iframe><iframe srcdoc="<p>x" sandbox></iframe><iframe src="/plain"></iframe>
			<script>for (const u of ['/api/me', '/api/big', 'http://ads.test/other']) fetch(u)</script>`, "img-src *", "frame-ancestors 'self'"),
		"cdn.test/lib.js":       answer("text/javascript", lib),
		"cdn.test/free.js":      answer("text/javascript", "window.free = 1"),
		"ads.test/frame":        answer("text/html", "<p>ad", "base-uri 'none'"),
		"shop.test/plain":       answer("text/html", "<script>document.cookie = 'seen=1'</script>"),
		"shop.test/api/me":      answer("application/json", `{"email":"ida@shop.test"}`),
		"shop.test/api/big":     answer("application/json", big),
		"ads.test/other":        answer("application/json", `{"ad":1}`),
		"shop.test/favicon.ico": answer("image/x-icon", ""),
	})
	v := newVisitor(t, chrome.KindHeadlessShell, w, visit.Options{})
	p, events := visitPage(t, v, "http://shop.test/")
	require.Equal(t, crawler.Complete, p.Outcome, p.Reason)

	reach := map[string]crawler.Reach{}
	for _, r := range p.Reach {
		reach[r.Frame] = r
	}
	assert.Equal(t, "img-src *, frame-ancestors 'self', object-src 'none'", reach["http://shop.test/"].CSP)
	assert.Equal(t, "base-uri 'none'", reach["http://ads.test/frame"].CSP)
	assert.Equal(t, reach["http://shop.test/"].CSP, reach["about:srcdoc"].CSP, "a document without an address has its parent's")
	assert.Empty(t, reach["http://shop.test/plain"].CSP)
	assert.Empty(t, reach["http://shop.test/"].Sandbox)
	assert.Equal(t, "allow-scripts allow-forms", reach["http://ads.test/frame"].Sandbox)
	assert.Equal(t, "(empty)", reach["about:srcdoc"].Sandbox)

	pins, bodies := map[string]string{}, map[string]string{}
	for _, ev := range events {
		if s := ev.Script; s != nil && s.URL != "" {
			pins[s.URL] = s.Integrity
		}
		if r := ev.Request; r != nil && r.Response != nil {
			bodies[r.URL] = string(r.Response.Body.Inline)
		}
	}
	assert.Equal(t, map[string]string{"http://cdn.test/lib.js": pin, "http://cdn.test/free.js": ""}, pins)
	assert.Equal(t, `{"email":"ida@shop.test"}`, bodies["http://shop.test/api/me"])
	assert.Equal(t, "<p>ad", bodies["http://ads.test/frame"])
	assert.Contains(t, bodies["http://shop.test/"], "/api/big")
	for _, u := range []string{"http://shop.test/api/big", "http://ads.test/other", "http://cdn.test/lib.js"} {
		assert.Empty(t, bodies[u], u)
	}
}
