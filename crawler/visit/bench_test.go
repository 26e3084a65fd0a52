package visit_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// The benchmark's site has 60 pages of 40 requests each, 600 KB when nothing is cached: 25 pictures of its own and 8 tags of
// others, which may be cached, and 7 hits that tags send, which may not, five of them answered 50 to 400 ms late. Later a
// page sends from timers, and when it is hidden and closed.
const (
	benchPages  = 60
	benchOwn    = 25
	benchTags   = 8
	benchHits   = 7
	benchWeight = 600_000 / (benchOwn + benchTags) // bytes of a picture or a tag
)

// benchTimers are the seconds after which a page sends something.
var benchTimers = []int{1, 2, 3, 5, 8, 12, 18, 25}

// benchLate is how late hits are answered, by their number; 0: at once.
var benchLate = [benchHits]time.Duration{0, 50 * time.Millisecond, 100 * time.Millisecond, 0, 200 * time.Millisecond, 300 * time.Millisecond, 400 * time.Millisecond}

// benchSite serves the pages and counts, by page, what they send.
type benchSite struct {
	*httptest.Server
	cached bool // hits may be cached too, and are answered at once: what is left is work alone
	mu     sync.Mutex
	got    map[string]int // "3 t25": page 3, timer of 25 s
}

func newBenchSite(tb testing.TB, cached bool) *benchSite {
	s := &benchSite{got: map[string]int{}, cached: cached}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	tb.Cleanup(s.Close)
	return s
}

func (s *benchSite) serve(rw http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(strings.Trim(r.URL.Path, "/abcdefghijklmnopqrstuvwxyz."))
	h := rw.Header()
	switch {
	case strings.HasPrefix(r.URL.Path, "/p"):
		h.Set("Content-Type", "text/html")
		io.WriteString(rw, s.page(n))
	case r.URL.Path == "/send":
		s.mu.Lock()
		s.got[r.URL.RawQuery]++
		s.mu.Unlock()
		rw.WriteHeader(http.StatusNoContent)
	case strings.HasPrefix(r.URL.Path, "/hit") && !s.cached:
		time.Sleep(benchLate[n])
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Type", "image/svg+xml")
		io.WriteString(rw, `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`)
	default:
		h.Set("Content-Type", "image/svg+xml")
		if strings.HasSuffix(r.URL.Path, ".js") {
			h.Set("Content-Type", "text/javascript")
		}
		h.Set("Cache-Control", "max-age=3600")
		fmt.Fprintf(rw, "/* %s */", strings.Repeat("x", benchWeight))
	}
}

func (s *benchSite) page(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><title>%d</title><p>page</p>", n)
	for i := range benchOwn {
		fmt.Fprintf(&b, "<img src=/own%d.svg alt=''>", i)
	}
	for i := range benchTags {
		fmt.Fprintf(&b, "<script async src=http://v%d.test/tag%d.js></script>", i, i)
	}
	query := fmt.Sprintf("?page=%d", n)
	if s.cached {
		query = ""
	}
	for i := range benchHits {
		fmt.Fprintf(&b, "<script>new Image().src = 'http://v%d.test/hit%d%s'</script>", i, i, query)
	}
	fmt.Fprintf(&b, "<script>const send = (w) => navigator.sendBeacon('http://v0.test/send?%d ' + w);\n", n)
	for _, t := range benchTimers {
		fmt.Fprintf(&b, "setTimeout(() => fetch('http://v0.test/send?%d t%d', {mode: 'no-cors'}), %d);\n", n, t, t*1000)
	}
	b.WriteString("addEventListener('pagehide', () => send('bye')); document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') send('hidden') }, {once: true});</script>")
	return b.String()
}

// lost logs what should have arrived or been recorded and was not, and counts it.
func (s *benchSite) lost(b *testing.B, recorded map[string]bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	check := func(what string) {
		if s.got[what] == 0 || !recorded["http://v0.test/send?"+what] {
			n++
			b.Logf("lost: %s, arrived: %t, recorded: %t", what, s.got[what] > 0, recorded["http://v0.test/send?"+what])
		}
	}
	for p := range benchPages {
		for _, t := range benchTimers {
			check(fmt.Sprintf("%d%%20t%d", p, t))
		}
		for _, w := range []string{"bye", "hidden"} {
			check(fmt.Sprintf("%d%%20%s", p, w))
		}
	}
	return n
}

// BenchmarkCrawl compares a browser that opens 60 pages and waits for their load event, and nothing else, with visits that
// give each page 30 s of its own time and record everything. Its metrics: ratio, of the wall times; cpu-ratio, of the
// browsers' processor times, which other work on the machine disturbs less; pages/min; go-%, the CPU of this process in per
// cent of the browser's; lost, what should have been sent or recorded and was not. In the one called cached, no answer is
// late and all may be cached. Run it with -benchtime 5x; the figures are medians.
func BenchmarkCrawl(b *testing.B) {
	for _, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		for _, tabs := range []int{1, 2, 4, 8} {
			b.Run(fmt.Sprintf("%s/tabs=%d", kind, tabs), func(b *testing.B) { benchCrawl(b, kind, tabs, false) })
		}
		b.Run(kind+"/tabs=4/cached", func(b *testing.B) { benchCrawl(b, kind, 4, true) })
	}
}

func benchCrawl(b *testing.B, kind string, tabs int, cached bool) {
	bin, err := chrome.Find(chrome.FindOptions{Kind: kind})
	require.NoError(b, err)
	var ratios, cpus, rates, shares, bares []float64
	lost := 0
	for b.Loop() {
		site := newBenchSite(b, cached)
		o := chrome.Options{Binary: bin, Map: []string{"*=" + site.Listener.Addr().String()}}
		bare, bareCPU := benchBare(b, o, tabs)
		site.got = map[string]int{}
		own, ownCPU, share, recorded := benchVisits(b, o, tabs)
		lost += site.lost(b, recorded)
		ratios, rates = append(ratios, own.Seconds()/bare.Seconds()), append(rates, benchPages/own.Minutes())
		cpus = append(cpus, ownCPU.Seconds()/max(bareCPU.Seconds(), 0.001))
		shares, bares = append(shares, share), append(bares, benchPages/bare.Minutes())
		site.Close()
	}
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(median(cpus), "cpu-ratio")
	b.ReportMetric(median(rates), "pages/min")
	b.ReportMetric(median(bares), "bare-pages/min")
	b.ReportMetric(median(shares), "go-%")
	b.ReportMetric(float64(lost), "lost")
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// eachPage calls do for every page, in several goroutines.
func eachPage(tabs int, do func(url string)) time.Duration {
	urls := make(chan string)
	begun := time.Now()
	var wg sync.WaitGroup
	for range tabs {
		wg.Go(func() {
			for u := range urls {
				do(u)
			}
		})
	}
	for i := range benchPages {
		urls <- fmt.Sprintf("http://shop.test/p%d", i)
	}
	close(urls)
	wg.Wait()
	return time.Since(begun)
}

// benchBare opens the pages in fresh tabs of one context and waits for load.
func benchBare(b *testing.B, o chrome.Options, tabs int) (took, used time.Duration) {
	br, err := chrome.Launch(b.Context(), o)
	require.NoError(b, err)
	defer br.Close()
	ctx, s := context.Background(), br.Session()
	c, err := cdp.Call(ctx, s, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	require.NoError(b, err)
	used = -br.CPU()
	took = eachPage(tabs, func(url string) {
		t, err := cdp.Call(ctx, s, target.CreateTarget, target.CreateTargetParams{URL: "about:blank", BrowserContextID: c.BrowserContextID, Background: new(true)})
		require.NoError(b, err)
		a, err := cdp.Call(ctx, s, target.AttachToTarget, target.AttachToTargetParams{TargetID: t.TargetID, Flatten: new(true)})
		require.NoError(b, err)
		tab := br.Target(a.SessionID)
		loaded, stop := tab.Subscribe("Page.loadEventFired")
		defer stop()
		_, err = cdp.Call(ctx, tab, page.Enable, page.EnableParams{})
		require.NoError(b, err)
		_, err = cdp.Call(ctx, tab, page.Navigate, page.NavigateParams{URL: url})
		require.NoError(b, err)
		<-loaded
		_, err = cdp.Call(ctx, s, target.CloseTarget, target.CloseTargetParams(t))
		require.NoError(b, err)
	})
	return took, used + br.CPU()
}

// benchVisits visits the pages; it returns the time, this process's CPU in per cent of the browser's, and the addresses of the
// timers' and leaving requests that were recorded.
func benchVisits(b *testing.B, o chrome.Options, tabs int) (took, used time.Duration, share float64, recorded map[string]bool) {
	v, err := visit.New(b.Context(), visit.Options{Chrome: o, Tabs: tabs})
	require.NoError(b, err)
	var mu sync.Mutex
	recorded = map[string]bool{}
	var before, after unix.Rusage
	require.NoError(b, unix.Getrusage(unix.RUSAGE_SELF, &before))
	used = -v.CPU()
	took = eachPage(2*tabs, func(url string) { // what was closed is still being told while the next page is open
		for ev, err := range v.Visit(context.Background(), crawler.Task{URL: url, Profile: "bench"}) {
			require.NoError(b, err)
			if ev.Page != nil && ev.Page.Outcome != crawler.Complete {
				b.Logf("%s: %s %s", url, ev.Page.Outcome, ev.Page.Reason)
			}
			if r := ev.Request; r != nil && !r.NotSent && strings.Contains(r.URL, "/send?") {
				mu.Lock()
				recorded[r.URL] = true
				mu.Unlock()
			}
		}
	})
	used += v.CPU()
	require.NoError(b, unix.Getrusage(unix.RUSAGE_SELF, &after))
	require.NoError(b, v.Close())
	own := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	return took, used, 100 * own.Seconds() / max(used.Seconds(), 0.001), recorded
}
