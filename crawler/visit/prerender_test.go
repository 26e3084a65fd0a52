package visit_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// A page that is rendered ahead lives as long as the one that had it rendered, and is not taken for it.
func TestPagesRenderedAhead(t *testing.T) {
	const ahead = `<link rel=icon href="data:,"><script type="speculationrules">{"prerender":[{"source":"list","urls":["/b"],"eagerness":"immediate"}]}</script>`
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/":   html(`<title>A</title>` + ahead),
		"shop.test/go": html(`<title>A</title>` + ahead + `<script>setTimeout(() => { location.href = '/b' }, 3000)</script>`),
		"shop.test/b": html(`<title>B</title><link rel=icon href="data:,"><script>const send = (w) => navigator.sendBeacon('http://v.test/' + w + '?' + document.prerendering);
send('now'); setTimeout(() => send('late'), 20000); document.addEventListener('prerenderingchange', () => send('shown')); addEventListener('pagehide', () => send('bye'))</script>`),
	})
	for _, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		t.Run(kind, func(t *testing.T) {
			v := newVisitor(t, kind, w, visit.Options{})
			for range 3 { // which of the two comes first was a matter of chance
				p, events := visitPage(t, v, "http://shop.test/")
				assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
				assert.Equal(t, "A", p.Title)
				for _, want := range []string{"now?true", "late?true"} {
					assert.True(t, hasRequest(events, "v.test/"+want), want)
				}
			}
			p, events := visitPage(t, v, "http://shop.test/go")
			assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
			assert.Equal(t, "B", p.Title)
			assert.Equal(t, "http://shop.test/b", p.URL)
			for _, want := range []string{"now?true", "shown?false", "late?false", "bye?false"} {
				assert.True(t, hasRequest(events, "v.test/"+want), want)
			}
		})
	}
}
