package scan

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/visit/consent"
)

// slowStart is a site whose start page asks for consent and waits for a slow script, whose sitemap names light pages without a
// dialog, and which shows its links in another order and takes another time for each answer.
func slowStart(seed uint64) http.Handler {
	var mu sync.Mutex
	chance := rand.New(rand.NewPCG(seed, 1))
	links := []string{"/about", "/contact", "/items/red-lamp", "/items/blue-lamp", "/items/old-lamp", "/items/wall-lamp", "/terms"}
	const dialog = `<div id="cookie-banner" role="dialog" style="position:fixed;bottom:0;left:0;right:0;background:#fff;padding:20px">
		We use cookies and similar technologies to improve your experience. <button id="a">Accept all</button> <button id="r">Reject all</button></div>
		<script>
		const b = document.getElementById('cookie-banner');
		if (document.cookie.includes('choice=')) b.remove();
		for (const [id, v] of [['a', 'all'], ['r', 'none']]) {
			const k = document.getElementById(id);
			if (k) k.onclick = () => { document.cookie = 'choice=' + v + ';path=/'; b.remove() };
		}
		</script><script src="/slow.js"></script>`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		wait := time.Duration(chance.Int64N(int64(300 * time.Millisecond)))
		chance.Shuffle(len(links), func(i, k int) { links[i], links[k] = links[k], links[i] })
		menu := linksTo(links...)
		mu.Unlock()
		if r.URL.Path == "/slow.js" {
			wait += time.Second
		}
		select {
		case <-time.After(wait):
		case <-r.Context().Done():
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch {
		case r.URL.Path == "/":
			fmt.Fprint(w, menu+dialog)
		case r.URL.Path == "/slow.js":
			w.Header().Set("Content-Type", "text/javascript")
		case r.URL.Path == "/sitemap.xml":
			w.Header().Set("Content-Type", "text/xml")
			fmt.Fprint(w, "<urlset><url><loc>https://a.test/light</loc></url><url><loc>https://a.test/plain</loc></url></urlset>")
		case strings.HasPrefix(r.URL.Path, "/items/"):
			fmt.Fprint(w, `<main class="item"><h1>A lamp</h1><p class="price">9</p><div class="buy"><button>Buy</button></div></main>`)
		case r.URL.Path == "/robots.txt":
			http.NotFound(w, r)
		default:
			fmt.Fprint(w, text(r.URL.Path))
		}
	})
}

func TestAnUnchangedSiteIsScannedAlike(t *testing.T) {
	for seed := range uint64(2) {
		s := scanned(t, map[string]http.Handler{"a.test": slowStart(seed)}, func(o *Options) {
			o.States, o.MaxPages, o.PerRoute, o.Workers = allStates, 6, 2, 3
			o.Visit.Choice = consent.NewChooser()
		})
		pages := map[string]int{}
		states := map[crawler.Consent]int{}
		for _, p := range s.pages {
			require.Equal(t, crawler.Complete, p.Outcome, p.Reason)
			pages[strings.TrimPrefix(p.Task.URL, "https://a.test")]++
			states[p.Task.Consent]++
		}
		assert.Equal(t, map[string]int{"/": 3, "/contact": 3, "/items/blue-lamp": 3, "/about": 3, "/light": 3, "/plain": 3}, pages, "scan %d", seed)
		assert.Equal(t, map[crawler.Consent]int{crawler.Unasked: 6, crawler.Rejected: 6, crawler.Accepted: 6}, states)
		assert.Empty(t, s.of(crawler.GapState))
	}
}
