package scan

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/cmd/internal/console"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/fixtures"
)

// sent is one request as far as browser and server can both tell of it.
type sent struct{ method, url, cookie, body string }

// TestACrawlTellsWhatTheServerGot visits a site with several tabs and two visitors at once, and compares all that the
// capture says was sent with all that arrived: nothing missing, nothing told twice, nothing given to the other visitor.
func TestACrawlTellsWhatTheServerGot(t *testing.T) {
	site, err := fixtures.Breach()
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	server, err := fixtures.Serve(ctx, site)
	require.NoError(t, err)
	t.Cleanup(func() { stop(); server.Wait() })
	binary, err := chrome.Find(chrome.FindOptions{})
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "run")
	res, err := Run(ctx, Options{
		Tool: "test", Seeds: []string{server.URL()}, Dir: dir, States: []crawler.Consent{crawler.Unasked, crawler.Accepted},
		MaxPages: 20, PerRoute: 3, Workers: 4, Budget: 3 * time.Minute,
		Visit:   visit.Options{Chrome: chrome.Options{Binary: binary, Map: server.MapRules(), Insecure: true}},
		Console: console.New(io.Discard, console.Options{}), Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	assert.Equal(t, res.Pages, res.Seen)
	assert.GreaterOrEqual(t, res.Pages, 10)

	got, told := map[sent]int{}, map[sent]int{}
	for _, r := range server.Received() {
		if r.Header.Get("Sec-Fetch-Mode") == "" {
			continue // tagscan's own look at robots.txt and the sitemap
		}
		got[sent{r.Method, r.URL, r.Header.Get("Cookie"), string(r.Body)}]++
	}
	run, err := capture.Open(dir)
	require.NoError(t, err)
	for ev, err := range run.Events() {
		require.NoError(t, err)
		if r := ev.Request; r != nil && !r.NotSent {
			assert.Empty(t, r.Unseen, r.URL)
			body, err := r.Body.Bytes(run.Blobs)
			require.NoError(t, err)
			told[sent{r.Method, r.URL, crawler.HeaderValue(r.Headers, "Cookie"), string(body)}]++
		}
	}
	require.NotEmpty(t, got)
	for k, n := range got {
		assert.Equal(t, n, told[k], "%s %s: arrived and told", k.method, k.url)
	}
	for k, n := range told {
		if got[k] == 0 {
			assert.Fail(t, "told and never arrived", "%d times %s %s", n, k.method, k.url)
		}
	}
	assert.True(t, run.Manifest.Whole)
}
