package scan

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
)

// A sitemap that the site names and that shows something else is not there, unless it is kept from whoever is no browser.
func TestWhatIsAnsweredInsteadOfASitemap(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		kind crawler.GapKind
	}{
		"a challenge":                      {`<title>Just a moment...</title><script>window._cf_chl_opt={}</script>Verifying you are human`, crawler.GapSitemap},
		"a challenge that is a page":       {`<!doctype html><html><title>Just a moment...</title><body><p>Verifying you are human. This may take a few seconds.</p><script>window._cf_chl_opt={}</script></body></html>`, crawler.GapSitemap},
		"a script that nobody knows":       {`<html><head><script>document.cookie="k="+f(7);location.reload()</script></head><body></body></html>`, crawler.GapSitemap},
		"an error as JSON":                 {`{"error": "forbidden"}`, crawler.GapSitemap},
		"the site's own page":              {`<!doctype html><title>Bread</title><h1>Bread</h1><a href=/rye>Rye</a><a href=/wheat>Wheat</a><script src=/a.js></script>`, crawler.GapPageMissing},
		"a page that says that it is none": {`<!doctype html><title>Page not found</title><h1>Page not found</h1>`, crawler.GapPageMissing},
		"an application's shell":           {`<!doctype html><title>Shop</title><div id="root"></div><script type=module src=/assets/index.js></script>`, crawler.GapPageMissing},
		"words that say so":                {"404 page not found", crawler.GapPageMissing},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, c.body) }))
		at := srv.URL + "/s.xml"
		k := &crawl{}
		for _, err := range discover.Sitemap(t.Context(), srv.Client(), at) {
			k.sitemapUnread(err, "")
		}
		require.Len(t, k.sitemapGaps, 1, name)
		assert.Equal(t, c.kind, k.sitemapGaps[0].Kind, name)

		guessed := &crawl{}
		for _, err := range discover.Sitemap(t.Context(), srv.Client(), at) {
			guessed.sitemapUnread(err, at)
		}
		srv.Close()
		assert.Empty(t, guessed.sitemapGaps, "%s, and nobody named it", name)
	}
}
