package visit_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

func TestEveryProfileHasItsLook(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/": html(`<!doctype html><meta name=viewport content="width=device-width"><script>
const say = (who, n) => fetch('http://v.test/' + who + '/' + [n.language, n.userAgent.includes('Mobile'), n.maxTouchPoints, self.innerWidth].join('/'), {mode: 'no-cors'});
say('page', navigator);
new Worker(URL.createObjectURL(new Blob(["fetch('http://v.test/worker/' + [navigator.language, navigator.userAgent.includes('Mobile')].join('/'), {mode: 'no-cors'})"])));
</script>`),
	})
	for _, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		t.Run(kind, func(t *testing.T) {
			german := visit.Look{Locale: "de-DE"}
			v := newVisitor(t, kind, w, visit.Options{Dwell: time.Second, Looks: map[string]visit.Look{"phone": visit.Phone(), "de-DE": german}})
			for profile, want := range map[string][]string{
				"unasked":        {"/page/en-US/false/0/1366", "/worker/en-US/false"},
				"accepted-phone": {"/page/en-US/true/5/412", "/worker/en-US/true"},
				"rejected-de-DE": {"/page/de-DE/false/0/1366", "/worker/de-DE/false"},
				"unasked-2":      {"/page/en-US/false/0/1366", "/worker/en-US/false"},
			} {
				w.mu.Lock()
				w.got = nil
				w.mu.Unlock()
				var page *crawler.Page
				for ev, err := range v.Visit(t.Context(), crawler.Task{URL: "http://shop.test/", Profile: profile}) {
					require.NoError(t, err)
					page = ev.Page
				}
				require.Equal(t, crawler.Complete, page.Outcome, page.Reason)
				w.mu.Lock()
				said := map[string]bool{}
				for _, r := range w.got {
					said[r.uri] = true
					assert.Equal(t, strings.Contains(profile, "phone"), strings.Contains(r.header.Get("User-Agent"), "Mobile"), profile+" "+r.uri)
					assert.NotContains(t, r.header.Get("User-Agent"), "Headless")
					assert.Equal(t, strings.HasSuffix(profile, "de-DE"), strings.HasPrefix(r.header.Get("Accept-Language"), "de-DE"), profile+" "+r.uri)
				}
				w.mu.Unlock()
				for _, x := range want {
					assert.True(t, said[x], "%s: %s in %v", profile, x, said)
				}
			}
		})
	}
}
