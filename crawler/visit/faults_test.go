package visit_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

var (
	faultCount = flag.Int("faults", 18, "visits with a fault each that TestRandomFaults makes")
	faultSeed  = flag.Uint64("fault-seed", 1, "which faults TestRandomFaults draws")
)

// fault is something that goes wrong during a visit: the page does it, or it is done to the browser.
type fault struct {
	name string
	page http.HandlerFunc     // nil: an ordinary page
	do   func(*visit.Visitor) // at a random moment of the visit; nil: nothing
}

const ordinary = `<h1>x</h1><iframe src="http://other.test/"></iframe><script>for (const t of [0, 1000, 4000, 9000]) setTimeout(() => fetch('http://v.test/t' + t), t)</script>`

var faults = []fault{
	{"browser killed", nil, func(v *visit.Visitor) { signal(visit.BrowserOf(v), syscall.SIGKILL) }},
	{"browser frozen", nil, func(v *visit.Visitor) { signal(visit.BrowserOf(v), syscall.SIGSTOP) }},
	{"renderers killed", nil, func(v *visit.Visitor) {
		for _, pid := range renderers(visit.BrowserOf(v)) {
			signal(pid, syscall.SIGKILL)
		}
	}},
	{"renderers frozen", nil, func(v *visit.Visitor) {
		for _, pid := range renderers(visit.BrowserOf(v)) {
			signal(pid, syscall.SIGSTOP)
		}
	}},
	{"connection cut", nil, visit.EndBrowser},
	{"never answers", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, nil},
	{"reset mid-body", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.Header().Set("Content-Length", "100000")
		io.WriteString(rw, ordinary)
		rw.(http.Flusher).Flush()
		if c, _, err := http.NewResponseController(rw).Hijack(); err == nil {
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}
	}, nil},
	{"dialogs", html(`<script>onbeforeunload = (e) => e.preventDefault(); setInterval(() => { alert(1); confirm(2); prompt(3) }, 20)</script>`), nil},
	{"endless loop", html(`<script>setTimeout(() => { for (;;); }, 300)</script>`), nil},
	{"endless loop while parsing", html(`<script>for (;;);</script>`), nil},
	{"redirect loop", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, r.URL.String(), http.StatusFound)
	}, nil},
	{"reload loop", html(`<script>setTimeout(() => location.reload(), 10)</script>`), nil},
	{"download", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Disposition", "attachment; filename=x.bin")
		rw.Write(make([]byte, 1<<20))
	}, nil},
	{"popups", html(`<script>for (let i = 0; i < 20; i++) open('http://pop.test/?' + i)</script>`), nil},
	{"huge page", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		line := "<p>" + strings.Repeat("text ", 200) + "</p>\n"
		for range 20_000_000 / len(line) {
			io.WriteString(rw, line)
		}
	}, nil},
}

// signal sends a signal to one process; never to a group.
func signal(pid int, s syscall.Signal) {
	if pid > 1 {
		_ = syscall.Kill(pid, s)
	}
}

// renderers returns the processes of a browser that hold pages.
func renderers(browser int) []int {
	var out []int
	for pid, cmd := range commands() {
		if group, err := syscall.Getpgid(pid); err == nil && group == browser && strings.Contains(cmd, "--type=renderer") {
			out = append(out, pid)
		}
	}
	return out
}

// commands returns the command lines of all processes.
func commands() map[int]string {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	out := map[int]string{}
	for _, f := range files {
		pid, _ := strconv.Atoi(strings.Split(f, "/")[2])
		if b, err := os.ReadFile(f); err == nil {
			out[pid] = string(b)
		}
	}
	return out
}

// The budget of a visit with a fault, and the longest that it may take: a machine that has too much to do is waited for, up to
// tenfold.
const (
	faultBudget  = 10 * time.Second
	faultLongest = 10 * faultBudget
)

// tally counts what became of the visits.
type tally struct {
	mu       sync.Mutex
	outcomes map[string]map[string]int // by fault
	longest  map[string]time.Duration
	retries  int
}

func (c *tally) add(name string, p crawler.Page, retried bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.outcomes[name] == nil {
		c.outcomes[name] = map[string]int{}
	}
	c.outcomes[name][string(p.Outcome)]++
	c.longest[name] = max(c.longest[name], p.Ended.Sub(p.Started))
	if retried {
		c.retries++
	}
}

// String is a table with a line for each fault.
func (c *tally) String() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.outcomes)) {
		fmt.Fprintf(&b, "%-28s longest %5.1f s  %v\n", name, c.longest[name].Seconds(), c.outcomes[name])
	}
	fmt.Fprintf(&b, "visited again because the browser was lost: %d", c.retries)
	return b.String()
}

// TestRandomFaults makes many visits during each of which something goes wrong, and a visit of a good page after each.
func TestRandomFaults(t *testing.T) {
	pages := map[string]http.HandlerFunc{"ordinary.test/": html(ordinary), "other.test/": html(`<p>framed`), "pop.test/": html(`<p>popup`)}
	for i, f := range faults {
		pages[fmt.Sprintf("f%d.test/", i)] = f.page
		if f.page == nil {
			pages[fmt.Sprintf("f%d.test/", i)] = html(ordinary)
		}
	}
	w := newWeb(t, pages)
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	before := runtime.NumGoroutine()
	done := tally{outcomes: map[string]map[string]int{}, longest: map[string]time.Duration{}}
	var wg sync.WaitGroup
	for worker, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		wg.Go(func() {
			draw := rand.New(rand.NewPCG(*faultSeed, uint64(worker)))
			breakVisits(t, w, kind, draw, *faultCount/2, &done)
		})
	}
	wg.Wait()
	t.Logf("seed %d\n%s", *faultSeed, &done)
	w.CloseClientConnections()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), before, "goroutines are left")
	mine := fmt.Sprintf("-%d-", os.Getpid())
	for pid, cmd := range commands() {
		assert.False(t, strings.Contains(cmd, "/tagscan-") && strings.Contains(cmd, mine), "process %d is left", pid)
	}
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), "tagscan-*"+mine+"*"))
	assert.Empty(t, left, "profile directories are left")
}

// dealt draws n faults: each once before any comes again.
func dealt(draw *rand.Rand, n int) []int {
	var out []int
	for len(out) < n {
		out = append(out, draw.Perm(len(faults))...)
	}
	return out[:n]
}

// breakVisits makes n visits with a fault in a browser of its own, which it closes.
func breakVisits(t *testing.T, w *web, kind string, draw *rand.Rand, n int, done *tally) {
	bin, err := chrome.Find(chrome.FindOptions{Kind: kind})
	if !assert.NoError(t, err) {
		return
	}
	v, err := visit.New(t.Context(), visit.Options{
		Timeout: faultBudget, Load: 3 * time.Second, Dwell: 10 * time.Second,
		Chrome: chrome.Options{Binary: bin, Map: []string{"*=" + w.Listener.Addr().String()}, Ping: 2 * time.Second},
	})
	if !assert.NoError(t, err) {
		return
	}
	for _, i := range dealt(draw, n) {
		f := faults[i]
		after := time.Duration(draw.IntN(1500)) * time.Millisecond
		timer := time.AfterFunc(after, func() {
			if f.do != nil {
				f.do(v)
			}
		})
		page, _, retried := faulty(t, v, fmt.Sprintf("http://f%d.test/", i))
		timer.Stop()
		for _, pid := range renderers(visit.BrowserOf(v)) {
			signal(pid, syscall.SIGCONT) // a frozen renderer is no page's yet, perhaps: only who froze it can know
		}
		done.add(f.name, page, retried)
		assert.Contains(t, []crawler.Outcome{crawler.Complete, crawler.Partial, crawler.Blocked, crawler.Failed}, page.Outcome, f.name)
		assert.True(t, page.Outcome == crawler.Complete || page.Reason != "", "%s: no reason", f.name)
		assert.LessOrEqual(t, page.Ended.Sub(page.Started), faultLongest, "%s, %v after the start: %s", f.name, after, page.Reason)

		good, events, again := faulty(t, v, "http://ordinary.test/")
		done.add("good page after a fault", good, again)
		assert.Equal(t, crawler.Complete, good.Outcome, "after %s: %s", f.name, good.Reason)
		assert.True(t, hasRequest(events, "v.test/t9000"), "after %s: a late request is missing", f.name)
	}
	assert.NoError(t, v.Close())
}

// faulty makes one visit; it also reports whether it had to be made again.
func faulty(t *testing.T, v *visit.Visitor, url string) (page crawler.Page, events []crawler.Event, retried bool) {
	for ev, err := range v.Visit(context.Background(), crawler.Task{URL: url, Profile: "a", Consent: crawler.Unasked}) {
		require.NoError(t, err)
		events = append(events, ev)
		retried = retried || ev.Note != nil && ev.Note.Kind == "retry"
		if ev.Page != nil {
			page = *ev.Page
		}
	}
	return page, events, retried
}
