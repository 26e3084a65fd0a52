package serve

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/cmd/internal/store"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/history"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock is a time that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// scanOf invents a scan of a site that sent e-mail addresses to some recipients, in clear.
func scanOf(site, id string, at time.Time, recipients ...string) *history.Scan {
	s := &history.Scan{Site: site, ID: id, At: at, Result: policy.Pass, Made: report.Made{Tool: "tagscan test", Catalog: "c1"},
		Covers: history.NewCoverage([]history.Look{{Route: "/", Consent: crawler.Unasked, Whole: 3}}), Assets: &history.Assets{}}
	for _, r := range recipients {
		k := detect.FlowKey{Recipient: r, Class: "contact.email", Consent: crawler.Unasked, Form: detect.Clear}
		s.Flows = append(s.Flows, history.Sight{FlowKey: k, Print: detect.FlowFingerprint(k), Severity: rule.High, Decision: policy.New, Requests: 3,
			Findings: 3, Detail: &history.Detail{Title: "E-mail address", Routes: []string{"/"}}})
		s.Parties = append(s.Parties, history.Party{ID: r, Requests: 3, Severity: rule.High, Detail: &history.PartyDetail{Name: r, Routes: 1}})
	}
	return s
}

// scripted is a scanner that does what it is told.
type scripted struct {
	mu     sync.Mutex
	orders []Order
	does   func(ctx context.Context, n int, o Order) (*history.Scan, error) // n from 1
}

func (x *scripted) Scan(ctx context.Context, o Order) (*history.Scan, error) {
	x.mu.Lock()
	x.orders = append(x.orders, o)
	n := len(x.orders)
	x.mu.Unlock()
	return x.does(ctx, n, o)
}

func (x *scripted) count() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.orders)
}

// sees makes scans that are all alike.
func sees(c *clock, recipients ...string) *scripted {
	return &scripted{does: func(_ context.Context, n int, o Order) (*history.Scan, error) {
		return scanOf(o.Site, fmt.Sprintf("%s-%d", o.Site, n), c.Now(), recipients...), nil
	}}
}

// world is a server and what it stands on.
type world struct {
	t           *testing.T
	clock       *clock
	sites, data string
	scanner     *scripted
	*Server
}

func newWorld(t *testing.T, files map[string]string, scanner *scripted, c *clock) *world {
	t.Helper()
	w := &world{t: t, clock: c, sites: t.TempDir(), data: t.TempDir(), scanner: scanner}
	write(t, w.sites, files)
	w.open()
	t.Cleanup(func() { w.Close() })
	return w
}

func (w *world) open() {
	w.t.Helper()
	s, err := Open(w.t.Context(), Options{Sites: w.sites, Data: w.data, Scanner: w.scanner, Now: w.clock.Now, Getenv: func(string) string { return "hunter2" }})
	require.NoError(w.t, err)
	s.retryAfter = 0
	w.Server = s
}

// working runs the queue while f does something.
func (w *world) working(f func()) {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	defer func() {
		stop()
		require.NoError(w.t, <-ended)
	}()
	f()
}

// until waits for something that the queue does.
func (w *world) until(what string, is func() bool) {
	w.t.Helper()
	require.Eventually(w.t, is, time.Minute, 10*time.Millisecond, what)
}

func (w *world) runs() (list []store.Run) {
	w.t.Helper()
	require.NoError(w.t, w.store.Do(w.t.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.Runs(store.RunFilter{})
		return err
	}))
	return list
}

func (w *world) ended(n int) func() bool {
	return func() bool {
		done := 0
		for _, r := range w.runs() {
			if r.State != store.Queued && r.State != store.Running {
				done++
			}
		}
		return done == n
	}
}

func (w *world) alerts() []store.Alert {
	w.t.Helper()
	list, err := w.store.Alerts(w.t.Context(), store.AlertFilter{})
	require.NoError(w.t, err)
	return list
}

const shop = "site: https://shop.example\nschedule: {every: 24h}\n"

func TestASiteIsScannedByItsScheduleAndRemembered(t *testing.T) {
	c := &clock{now: start}
	w := newWorld(t, map[string]string{"shop.yaml": shop, "serve.yaml": "allow_private: [10.1.0.0/16]\n"}, sees(c, "mixpanel"), c)
	w.working(func() {
		w.until("the first scan is made at once", w.ended(1))
		require.NoError(t, w.tick(t.Context()))
		assert.Len(t, w.runs(), 1, "and the next one waits for its time")
		c.pass(24 * time.Hour)
		require.NoError(t, w.tick(t.Context()))
		w.until("the second", w.ended(2))
		write(t, w.sites, map[string]string{"blog.yaml": "site: https://blog.example\n"})
		require.NoError(t, w.tick(t.Context()))
		w.until("a site that was added", w.ended(3))
	})
	scans, err := w.store.Scans(t.Context(), store.Filter{Site: "shop"})
	require.NoError(t, err)
	require.Len(t, scans, 2)
	o := w.scanner.orders[0]
	assert.Equal(t, filepath.Join(w.sites, "shop.yaml"), o.File)
	assert.Equal(t, filepath.Join(w.data, "runs", "shop"), o.Work, "files of other sites are not beside it")
	assert.Equal(t, o.Work, filepath.Dir(o.Dir))
	assert.Equal(t, []string{"10.1.0.0/16"}, o.AllowPrivate)
	for _, r := range w.runs() {
		assert.Equal(t, store.Done, r.State)
		assert.NotEmpty(t, r.Scan)
	}
}

// A scan is made in a working directory of its own: nothing that it is told is relative to that of the server.
func TestScansAreToldWholePaths(t *testing.T) {
	c := &clock{now: start}
	t.Chdir(t.TempDir())
	write(t, ".", map[string]string{"sites/shop.yaml": shop})
	scanner := sees(c)
	s, err := Open(t.Context(), Options{Sites: "sites", Data: "data", Scanner: scanner, Now: c.Now})
	require.NoError(t, err)
	w := &world{t: t, clock: c, scanner: scanner, Server: s}
	defer w.Close()
	w.working(func() { w.until("a scan", w.ended(1)) })
	o := scanner.orders[0]
	for _, path := range []string{o.File, o.Copy, o.Work, o.Dir} {
		assert.True(t, filepath.IsAbs(path), path)
	}
	assert.Equal(t, filepath.Join(s.data, "runs", "shop"), o.Work)
}

func TestOneScanOfASiteAtATime(t *testing.T) {
	c := &clock{now: start}
	release := make(chan struct{})
	slow := &scripted{does: func(_ context.Context, n int, o Order) (*history.Scan, error) {
		<-release
		return scanOf(o.Site, fmt.Sprint("run", n), c.Now()), nil
	}}
	w := newWorld(t, map[string]string{"shop.yaml": shop, "serve.yaml": "parallel: 4\n"}, slow, c)
	w.working(func() {
		w.until("a scan begins", func() bool { return slow.count() == 1 })
		for range 3 {
			c.pass(24 * time.Hour)
			require.NoError(t, w.tick(t.Context()))
		}
		assert.Len(t, w.runs(), 1)
		close(release)
		w.until("it ends", w.ended(1))
		require.NoError(t, w.tick(t.Context()))
		w.until("what became due meanwhile is one scan", w.ended(2))
	})
	assert.Equal(t, 2, slow.count())
}

func TestTwoServersOnOneStoreAreRefused(t *testing.T) {
	c := &clock{now: start}
	w := newWorld(t, map[string]string{"shop.yaml": shop}, sees(c), c)
	_, err := Open(t.Context(), Options{Sites: w.sites, Data: w.data, Scanner: w.scanner})
	require.ErrorIs(t, err, ErrLocked)
	assert.ErrorContains(t, err, fmt.Sprint("the process ", os.Getpid()))
}

// A process ends in the middle of a scan. The next one makes it again, at once; what the first still brings is refused.
func TestWhatIsOpenIsAdopted(t *testing.T) {
	c := &clock{now: start}
	w := newWorld(t, map[string]string{"shop.yaml": shop}, sees(c, "mixpanel"), c)
	require.NoError(t, w.tick(t.Context()))
	stale, site, err := w.claim(t.Context(), w.runs()[0].ID)
	require.NoError(t, err)
	require.NoError(t, w.Close())

	w.open()
	w.working(func() { w.until("the run is made", w.ended(1)) })
	r := w.runs()[0]
	assert.Equal(t, store.Done, r.State)
	assert.Equal(t, 2, r.Attempt)
	assert.NotEqual(t, stale.Node, r.Node)

	job := &river.Job[scanArgs]{JobRow: &rivertype.JobRow{}, Args: scanArgs{Run: stale.ID}}
	err = w.settle(t.Context(), job, stale, site, scanOf("shop", "late", c.Now(), "hotjar"), nil)
	require.ErrorIs(t, err, store.ErrFenced)
	scans, err := w.store.Scans(t.Context(), store.Filter{})
	require.NoError(t, err)
	require.Len(t, scans, 1, "nothing of the late result is remembered")
}

// A server that is stopped while it scans leaves the run open, and does not count that as a failure.
func TestAScanThatIsStoppedIsMadeAgain(t *testing.T) {
	c := &clock{now: start}
	scanner := &scripted{does: func(ctx context.Context, n int, o Order) (*history.Scan, error) {
		if n == 1 {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return scanOf(o.Site, "run2", c.Now()), nil
	}}
	w := newWorld(t, map[string]string{"shop.yaml": shop}, scanner, c)
	w.working(func() { w.until("it begins", func() bool { return scanner.count() == 1 }) })
	assert.Equal(t, store.Running, w.runs()[0].State)
	require.NoError(t, w.Close())
	w.open()
	w.working(func() { w.until("it is made", w.ended(1)) })
	assert.Equal(t, store.Done, w.runs()[0].State)
	assert.Zero(t, w.runs()[0].Failures)
}

// A scan that cannot be made is tried three times, and told once, however often that goes on; that it can be made again is told, too.
func TestAScanThatCannotBeMadeIsNews(t *testing.T) {
	c := &clock{now: start}
	broken := true
	scanner := &scripted{}
	scanner.does = func(_ context.Context, n int, o Order) (*history.Scan, error) {
		if broken {
			return nil, errors.New("no browser")
		}
		return scanOf(o.Site, fmt.Sprint("run", n), c.Now()), nil
	}
	w := newWorld(t, map[string]string{"shop.yaml": shop}, scanner, c)
	w.working(func() {
		w.until("the first is given up", w.ended(1))
		assert.Equal(t, mostFailures, scanner.count())
		c.pass(24 * time.Hour)
		require.NoError(t, w.tick(t.Context()))
		w.until("the second, too", w.ended(2))
		broken = false
		c.pass(24 * time.Hour)
		require.NoError(t, w.tick(t.Context()))
		w.until("the third is made", w.ended(3))
	})
	var told []string
	for _, a := range w.alerts() {
		told = append(told, a.Kind+" "+a.State+" "+a.Text)
	}
	assert.Equal(t, []string{"gap new no scan could be made: no browser", "gap gone scans can be made again"}, told)
	assert.Equal(t, "no browser", w.runs()[1].Note)
}

func TestWhatIsRefusedIsNotTriedAgain(t *testing.T) {
	c := &clock{now: start}
	scanner := &scripted{does: func(context.Context, int, Order) (*history.Scan, error) {
		return nil, fmt.Errorf("%w: no such persona", ErrRefused)
	}}
	w := newWorld(t, map[string]string{"shop.yaml": shop}, scanner, c)
	w.working(func() { w.until("it is given up", w.ended(1)) })
	assert.Equal(t, 1, scanner.count())
}

// A scan that waits for so long that it did not begin is news, and the server is not well.
func TestAScanThatDoesNotBeginIsNews(t *testing.T) {
	c := &clock{now: start}
	w := newWorld(t, map[string]string{"shop.yaml": shop}, sees(c), c)
	for range 3 { // nobody works the queue
		require.NoError(t, w.tick(t.Context()))
		c.pass(50 * time.Minute)
	}
	require.NoError(t, w.tick(t.Context()))
	require.Len(t, w.alerts(), 1)
	assert.Contains(t, w.alerts()[0].Text, "did not begin")
	assert.Equal(t, []string{"shop"}, w.late)
}

func TestAPausedSiteIsNotScanned(t *testing.T) {
	c := &clock{now: start}
	w := newWorld(t, map[string]string{"shop.yaml": shop}, sees(c), c)
	require.NoError(t, w.tick(t.Context()))
	require.NoError(t, w.store.Do(t.Context(), func(tx *store.Tx) error {
		watches, err := tx.Watches()
		require.NoError(t, err)
		x := watches["shop"]
		x.Paused = "release week"
		return errors.Join(tx.Drop(1, "x", c.Now()), tx.Keep(x))
	}))
	for range 3 {
		c.pass(24 * time.Hour)
		require.NoError(t, w.tick(t.Context()))
	}
	assert.Len(t, w.runs(), 1)
}

func TestOldRunsAreRemovedAndTheLastOneStays(t *testing.T) {
	c := &clock{now: time.Now()} // folders have the time of the machine
	w := newWorld(t, map[string]string{"shop.yaml": shop, "serve.yaml": "keep: 48h\n"}, sees(c), c)
	w.scanner.does = func(_ context.Context, n int, o Order) (*history.Scan, error) {
		return scanOf(o.Site, fmt.Sprint("run", n), c.Now()), os.MkdirAll(o.Dir, 0o700)
	}
	foreign := filepath.Join(w.data, "runs", "shop", "mine")
	require.NoError(t, os.MkdirAll(foreign, 0o700))
	w.working(func() {
		for n := range 3 {
			require.NoError(t, w.tick(t.Context()))
			w.until("a scan", w.ended(n+1))
			c.pass(24 * time.Hour)
		}
	})
	c.pass(24 * time.Hour)
	require.NoError(t, w.clear(t.Context(), &Settings{Keep: policy.Duration{Duration: 48 * time.Hour}}, c.Now()))
	left, err := os.ReadDir(filepath.Join(w.data, "runs", "shop"))
	require.NoError(t, err)
	require.Len(t, left, 2, "the last run, and what is not the server's")
	assert.Equal(t, filepath.Base(w.scanner.orders[2].Dir), left[0].Name())
}
