// Package visit loads one page in one state: it opens a tab, navigates, waits until what the page does late is done (in
// the page's own time, which costs little), scrolls, lets others act on the tab, reads what there is to read, leaves so
// that what is sent on leaving is sent, and says how it ended. It holds the browser: starts it, spreads profiles over
// browser contexts, restarts it when it dies, replaces it when it has grown old. What left the browser is recorded by
// package record; which pages are visited is package discover's business, and consent dialogs are package consent's.
package visit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record"
)

// Options says how pages are visited. The zero value, with a browser, visits as an ordinary person would, 30 s each.
type Options struct {
	Chrome chrome.Options

	Timeout  time.Duration // of one visit, all in all; 0 is 60 s. What was seen until then is kept
	Load     time.Duration // until the page's load event; 0 is 30 s, never more than Timeout
	Dwell    time.Duration // page time that a page is given after it loaded; 0 is 30 s
	RealTime bool          // wait in real time, adaptively, instead of running the page's clock ahead

	// Tabs is how many pages are open at a time, however many are visited at once: while one that was turned away from still
	// goes, and what it sent is told, the next one is open already. Half as many blank tabs are kept ready. 0: as many as are
	// visited.
	Tabs int

	RecycleVisits int           // visits after which the browser is replaced; 0 is 500
	RecycleMemory int64         // bytes of browser memory after which it is replaced; 0 is 2 GB
	RecycleAfter  time.Duration // age after which it is replaced; 0 is 30 min

	Locale     string                 // "de-DE": navigator.language and Accept-Language; empty: the browser's
	Timezone   string                 // "Europe/Berlin"; empty: the machine's
	Location   *Location              // what the geolocation API says; nil: refused
	Viewport   Viewport               // zero: the window's
	Looks      map[string]Look        // by the end of a profile's name: "phone" for "accepted-phone"; "" for all others
	Origins    []Origin               // headers and passwords, each bound to one origin
	Cookies    []*network.CookieParam // put into every profile before its first page
	Storage    []crawler.Storage      // local storage put into every profile before its first page
	Screenshot bool                   // take a picture before leaving

	// Refuse is asked about every request before it is sent; true holds it back. It makes a scan read-only, for example.
	Refuse func(method, url string) bool

	// Recording is replayed in every profile before its first page; nil: none is. With NoSubmit, a step that submits a form
	// ends it.
	Recording *Recording
	NoSubmit  bool

	// SignIn is checked on every page once it has settled; nil: nobody is signed in. The zero value checks that no page asks
	// for a password.
	SignIn *SignIn

	// Interact fills forms and tries controls before the page is left; nil: nobody does.
	Interact *Interact

	// Choice answers consent dialogs; nil: none is looked for.
	Choice Choice

	// Before is called once there is room for a page, and may wait; the visit's time begins when it returns. An error ends the
	// visit before it began. nil: nothing is waited for.
	Before func(context.Context, crawler.Task) error

	// AfterLoad is called when the page has loaded and its first wave of work is over, BeforeLeave when all is done but
	// leaving. They may act on the tab; an error becomes the reason of a partial visit.
	AfterLoad, BeforeLeave func(context.Context, *Tab) error

	// Spill makes the sink of a request's body that is too long for the capture, as capture.Blobs.Sink does; the browser and the
	// recorder both get it. nil: bodies are held until the visit ends, and very long ones are cut.
	Spill func() (crawler.Sink, error)

	Logger *slog.Logger
}

// Choice answers consent dialogs. Package consent has one.
type Choice interface {
	// State is the consent state in which a page of the task begins.
	State(crawler.Task) crawler.Consent
	// Answer looks for a dialog once the page has loaded and makes the task's choice.
	Answer(context.Context, *Tab, crawler.Task) (*crawler.Dialog, error)
}

// Location is a place that the geolocation API reports.
type Location struct{ Latitude, Longitude, Accuracy float64 }

// Viewport is the size of the visible page in CSS pixels.
type Viewport struct {
	Width, Height int
	Mobile        bool
}

// Origin holds secrets that are sent to exactly one origin, "https://staging.example:8443", and to nobody else.
type Origin struct {
	Origin         string
	Headers        []crawler.Header
	User, Password string // HTTP authentication; empty: none
}

func (o Options) withDefaults() Options {
	if o.Timeout == 0 {
		o.Timeout = 60 * time.Second
	}
	if o.Load == 0 {
		o.Load = 30 * time.Second
	}
	o.Load = min(o.Load, o.Timeout)
	if o.Dwell == 0 {
		o.Dwell = 30 * time.Second
	}
	if o.RecycleVisits == 0 {
		o.RecycleVisits = 500
	}
	if o.RecycleMemory == 0 {
		o.RecycleMemory = 2 << 30
	}
	if o.RecycleAfter == 0 {
		o.RecycleAfter = 30 * time.Minute
	}
	if o.Locale != "" {
		o.Chrome.Language = o.Locale
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Chrome.Logger == nil {
		o.Chrome.Logger = o.Logger
	}
	return o
}

// Visitor visits pages, several at once if Visit is called from several goroutines. It holds one browser.
type Visitor struct {
	o      Options
	info   crawler.Browser
	pages  atomic.Int64
	ids    atomic.Int64
	quiet  sync.Map // URLs of workers that do nothing late
	timers sync.Map // by hash of a worker's script: the places that set a late timer, []int
	tabs   room     // of the pages that are open
	ready  room     // of the blank tabs that wait for a place in tabs

	parent *Visitor // of the visitor for the state gpc: the one that numbers what is recorded

	mu     sync.Mutex
	engine *engine  // nil: to be started
	gpc    *Visitor // nil: nobody asked for it yet
	closed bool
	errs   []error // what could not be cleaned up
	retire sync.WaitGroup
}

// New starts the browser.
func New(ctx context.Context, o Options) (*Visitor, error) {
	v := &Visitor{o: o.withDefaults(), tabs: newRoom(o.Tabs), ready: newRoom((o.Tabs + 1) / 2)}
	e, err := v.start(ctx)
	if err != nil {
		return nil, err
	}
	v.engine, v.info = e, e.browser.Info()
	return v, nil
}

// Browser says which browser visits, and how it is held.
func (v *Visitor) Browser() crawler.Browser { return v.info }

// CPU is the processor time that the present browser has used so far.
func (v *Visitor) CPU() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.engine == nil {
		return 0
	}
	return v.engine.browser.CPU()
}

// Close ends the browser. The error says what could not be cleaned up.
func (v *Visitor) Close() error {
	v.mu.Lock()
	e, gpc := v.engine, v.gpc
	v.engine, v.gpc, v.closed = nil, nil, true
	v.mu.Unlock()
	var gpcErr error
	if gpc != nil {
		gpcErr = gpc.Close()
	}
	if e != nil {
		e.close(v)
	}
	v.retire.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	return errors.Join(append(v.errs, gpcErr)...)
}

// nextID numbers pages, requests and scripts over all browsers of the visitor.
func (v *Visitor) nextID(kind string) string {
	if v.parent != nil {
		return v.parent.nextID(kind)
	}
	if kind == "p" {
		return "p" + strconv.FormatInt(v.pages.Add(1), 10)
	}
	return kind + strconv.FormatInt(v.ids.Add(1), 10)
}

// Visit loads the task's page and yields what was seen: requests, scripts, cookies, storage entries, notes, and the Page
// last. Events have no Seq; who writes them numbers them. A page's failure is its Page event, not an error: the error
// says that no visit is possible any more, for the browser cannot be started or ctx has ended before the visit began.
func (v *Visitor) Visit(ctx context.Context, task crawler.Task) iter.Seq2[crawler.Event, error] {
	v = v.of(task)
	return func(yield func(crawler.Event, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(crawler.Event{}, err)
			return
		}
		var events []crawler.Event
		for attempt := 0; ; attempt++ {
			e, err := v.borrow(ctx)
			if err != nil {
				yield(crawler.Event{}, err)
				return
			}
			p := newVisit(v, e, task)
			events, err = p.run(ctx)
			v.giveBack(e)
			if err != nil {
				yield(crawler.Event{}, err)
				return
			}
			if attempt > 0 || !p.browserLost() || ctx.Err() != nil {
				break
			}
			// The browser died under the page: another one tries it once more.
			note := crawler.Note{Level: "warn", Kind: "retry", Text: fmt.Sprintf("the browser was lost, %s is visited again: %v", task.URL, cmp.Or(e.browser.Err(), errNoTab))}
			if !yield(crawler.Event{Time: time.Now().UTC(), Note: &note}, nil) {
				return
			}
		}
		for _, ev := range events {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

// room is a number of places, each held by one visit at a time. There is no end of places in a nil one.
type room chan struct{}

func newRoom(places int) room {
	if places == 0 {
		return nil
	}
	return make(room, places)
}

// enter waits for a place. The func, which may be called more than once, gives it back.
func (r room) enter(ctx context.Context) (leave func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	select {
	case r <- struct{}{}:
		return sync.OnceFunc(func() { <-r }), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

var errNoTab = errors.New("it opens no tab")

// engine is one browser with its recorder and its profiles.
type engine struct {
	browser  *chrome.Browser
	recorder *record.Recorder
	started  time.Time
	replays  replays
	looks    *sync.Map // browser context to Look
	users    int
	visits   int
	old      bool
	broken   atomic.Bool // it opens no tabs any more
	front    sync.Mutex  // held by the visit whose page must be in front of its window

	mu       sync.Mutex
	profiles map[string]*profile
}

// profile is one browser context: its own cookies, storage and cache.
type profile struct {
	once sync.Once
	id   cdp.BrowserContextID
	err  error
}

// start launches a browser and begins to record it.
func (v *Visitor) start(ctx context.Context) (*engine, error) {
	o := v.o.Chrome
	o.NetLog, o.Spill = true, v.o.Spill
	b, err := chrome.Launch(ctx, o)
	if err != nil {
		return nil, err
	}
	e := &engine{browser: b, started: time.Now(), profiles: map[string]*profile{}, looks: &sync.Map{}}
	e.recorder, err = record.NewRecorder(ctx, b, record.LiveOptions{
		Scripts: v.documentScripts(), Inject: v.o.inject(), Credentials: v.o.credentials(), Setup: v.setUp(b, e.looks), Refuse: v.o.Refuse, NextID: v.nextID, Spill: v.o.Spill, Logger: v.o.Logger,
	})
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return e, nil
}

// borrow returns the browser to visit with, a new one if the last has died or is old.
func (v *Visitor) borrow(ctx context.Context) (*engine, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return nil, errors.New("the visitor is closed")
	}
	if e := v.engine; e != nil && (e.browser.Err() != nil || v.worn(e)) {
		e.old, v.engine = true, nil
		if e.users == 0 {
			v.retire.Go(func() { e.close(v) })
		}
	}
	if v.engine == nil {
		e, err := v.restart(ctx)
		if err != nil {
			return nil, err
		}
		v.engine = e
	}
	v.engine.users++
	v.engine.visits++
	return v.engine, nil
}

// restart starts a browser; a failure is tried again after a moment, for what killed the last one may still be there.
func (v *Visitor) restart(ctx context.Context) (*engine, error) {
	var err error
	for pause := 500 * time.Millisecond; pause <= 4*time.Second; pause *= 2 {
		var e *engine
		if e, err = v.start(ctx); err == nil {
			return e, nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
	return nil, fmt.Errorf("starting the browser again: %w", err)
}

// worn reports whether a browser has done enough.
func (v *Visitor) worn(e *engine) bool {
	if e.broken.Load() || e.visits >= v.o.RecycleVisits || time.Since(e.started) > v.o.RecycleAfter {
		return true
	}
	return e.users == 0 && e.visits%10 == 9 && e.browser.Memory() > v.o.RecycleMemory
}

// giveBack ends the use of a browser; the last user of an old one closes it.
func (v *Visitor) giveBack(e *engine) {
	v.mu.Lock()
	e.users--
	last := e.old && e.users == 0
	v.mu.Unlock()
	if last {
		v.retire.Go(func() { e.close(v) })
	}
}

func (e *engine) close(v *Visitor) {
	e.recorder.Close()
	if err := e.browser.Close(); err != nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.errs = append(v.errs, err)
	}
}
