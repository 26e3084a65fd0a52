package visit_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// A service worker outlives the page that started it. What it sends later belongs to the profile it lives in, whatever
// other profiles have open, and to the folder that it serves.
func TestAServiceWorkerStaysWithItsProfile(t *testing.T) {
	page := html(`<!doctype html><link rel=icon href="data:,"><script>
navigator.serviceWorker.register('/sw.js'); navigator.serviceWorker.ready.then(r => r.active.postMessage(location.search));
</script>`)
	w := newWeb(t, map[string]http.HandlerFunc{
		"localhost/a": page, "localhost/b": page,
		"localhost/sw.js": js(`addEventListener('activate', e => e.waitUntil(clients.claim()));
addEventListener('message', e => e.waitUntil(fetch('http://v.test/say' + e.data)));`),
	})
	v := newVisitor(t, chrome.KindHeadlessShell, w, visit.Options{})
	var mu sync.Mutex
	var got []string
	see := func(profile, path string) {
		task := crawler.Task{URL: "http://localhost" + path + "?" + profile, Profile: profile, Route: "http://localhost" + path}
		for ev, err := range v.Visit(t.Context(), task) {
			if !assert.NoError(t, err) {
				return
			}
			if r := ev.Request; r != nil && crawler.HeaderValue(r.Headers, "Host") == "v.test" {
				mu.Lock()
				got = append(got, r.Profile+" "+r.URL+" "+r.Route)
				mu.Unlock()
			}
		}
	}
	for _, path := range []string{"/a", "/b"} {
		var both sync.WaitGroup
		both.Go(func() { see("one", path) })
		both.Go(func() { see("two", path) })
		both.Wait()
	}
	one, two := "one http://v.test/say?one http://localhost/", "two http://v.test/say?two http://localhost/"
	require.ElementsMatch(t, []string{one, one, two, two}, got)
}
