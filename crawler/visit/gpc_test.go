package visit_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// What a page, its frames and workers say is sent on as the path /says/WHO/VALUE.
const gpcSays = `fetch('http://v.test/says/WHO/' + navigator.globalPrivacyControl, {mode: 'no-cors'})`

func TestGlobalPrivacyControlIsSaidEverywhereInItsStateAlone(t *testing.T) {
	says := func(who string) string { return strings.ReplaceAll(gpcSays, "WHO", who) }
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/": html(`<!doctype html><script>` + says("page") + `; new Worker('/w.js')</script>
<iframe src="http://other.test/f"></iframe><img src="http://pixel.test/i"><form action=/x></form>`),
		"other.test/f":   html(`<script>` + says("frame") + `</script>`),
		"shop.test/w.js": js(says("worker")),
	})
	for _, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		t.Run(kind, func(t *testing.T) {
			v := newVisitor(t, kind, w, visit.Options{Dwell: 2e9})
			for state, want := range map[crawler.Consent]string{crawler.GPC: "true", crawler.Unasked: "false"} {
				w.mu.Lock()
				w.got = nil
				w.mu.Unlock()
				var page *crawler.Page
				for ev, err := range v.Visit(t.Context(), crawler.Task{URL: "http://shop.test/", Profile: string(state), Consent: state}) {
					require.NoError(t, err)
					page = ev.Page
				}
				require.Equal(t, crawler.Complete, page.Outcome, page.Reason)
				w.mu.Lock()
				said := map[string]bool{}
				for _, r := range w.got {
					said[r.host+r.uri] = true
					if state == crawler.GPC {
						assert.Equal(t, "1", r.header.Get("Sec-Gpc"), r.host+r.uri)
					} else {
						assert.Empty(t, r.header.Get("Sec-Gpc"), r.host+r.uri)
					}
				}
				w.mu.Unlock()
				for _, who := range []string{"page", "frame", "worker"} {
					got := said["v.test/says/"+who+"/"+want] || want == "false" && said["v.test/says/"+who+"/undefined"]
					assert.True(t, got, "%s in %s: %v", who, state, said)
				}
			}
		})
	}
}
