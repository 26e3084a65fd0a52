// Package visit loads one page in one state: it opens a tab, navigates, waits until what the page does late is done (in
// the page's own time, which costs little), scrolls, lets others act on the tab, reads what there is to read, leaves so
// that what is sent on leaving is sent, and says how it ended. It holds the browsers: starts one for every profile, another
// one when it dies or has grown old. What left the browser is recorded by
// package record; which pages are visited is package discover's business, and consent dialogs are package consent's.
package visit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chromedp/cdproto/network"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
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

	FirstID int64 // the highest number in an id that is taken, as by what was recorded before

	RecycleVisits int           // visits after which the browser is replaced; 0 is 500
	RecycleMemory int64         // bytes that all browsers may use; one that uses more than its share is replaced; 0 is 2 GB
	RecycleAfter  time.Duration // age after which it is replaced; 0 is 30 min

	Locale     string                 // "de-DE": navigator.language and Accept-Language; empty: the browser's
	Timezone   string                 // "Europe/Berlin"; empty: the machine's
	Location   *Location              // what the geolocation API says; nil: refused
	Viewport   Viewport               // zero: the window's
	Looks      map[string]Look        // by the end of a profile's name: "phone" for "accepted-phone"; "" for all others
	Origins    []Origin               // headers and passwords, each bound to one origin
	Cookies    []*network.CookieParam // put into every profile before its first page
	Expired    []*network.CookieParam // of a session, which cannot be put there any more
	Storage    []crawler.Storage      // web storage put into every profile before its first page; of the area session into every tab
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

	// Network is what stands between the browser and the network; nil: nothing does.
	Network Network

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

// Choice answers consent dialogs. Package consent has one. What it sees and does it writes into the page: Dialog and Records.
type Choice interface {
	// State is the consent state in which a page of the task begins.
	State(crawler.Task) crawler.Consent
	// Answer looks for a dialog once the page has loaded and makes the choice of the page's task.
	Answer(context.Context, *Tab, *crawler.Page) error
	// Late does so once more before a page is left on which none was seen, and reports whether there was one now.
	Late(context.Context, *Tab, *crawler.Page) (bool, error)
	// Presses reports whether a button of that name answers consent dialogs.
	Presses(label string) bool
	// Leave reads what the site has on record before the page is left.
	Leave(context.Context, *Tab, *crawler.Page) error
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

// Visitor visits pages, several at once if Visit is called from several goroutines. Every profile has a browser of its own:
// what a page sends while it goes is told by the browser and not by the page, and then the process is the proof of who sent
// it.
type Visitor struct {
	o      Options
	info   crawler.Browser
	pages  atomic.Int64
	ids    atomic.Int64
	quiet  sync.Map // URLs of workers that do nothing late
	timers sync.Map // by hash of a worker's script: the places that set a late timer, []int
	tabs   room     // of the pages that are open, in all browsers
	ready  room     // of the blank tabs that wait for a place in tabs

	retire sync.WaitGroup

	mu       sync.Mutex // never taken before that of a profile
	engines  map[*engine]bool
	spare    *engine // started by New, for the first profile that is asked for; nil: it has it
	profiles map[profileKey]*profile
	rest     []crawler.Event // of browsers that have ended, and not yielded yet
	closed   bool
	errs     []error // what could not be cleaned up
}

// New starts the browser of the first profile; those of others start with their first page.
func New(ctx context.Context, o Options) (*Visitor, error) {
	v := &Visitor{
		o: o.withDefaults(), tabs: newRoom(o.Tabs), ready: newRoom((o.Tabs + 1) / 2),
		engines: map[*engine]bool{}, profiles: map[profileKey]*profile{},
	}
	v.pages.Store(o.FirstID)
	v.ids.Store(o.FirstID)
	e, err := v.start(ctx, v.o.Chrome)
	if err != nil {
		return nil, err
	}
	v.spare, v.info = e, e.browser.Info()
	return v, nil
}

// Browser says which browser visits, and how it is held.
func (v *Visitor) Browser() crawler.Browser { return v.info }

// CPU is the processor time that the browsers which are there have used so far.
func (v *Visitor) CPU() (sum time.Duration) {
	for _, e := range v.present() {
		sum += e.browser.CPU()
	}
	return sum
}

// Memory is what the browsers which are there use, in bytes.
func (v *Visitor) Memory() (sum int64) {
	for _, e := range v.present() {
		sum += e.browser.Memory()
	}
	return sum
}

// present lists the browsers that have not ended.
func (v *Visitor) present() []*engine {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Collect(maps.Keys(v.engines))
}

// End says that no more pages are visited in a profile: its browser ends with the visits that are under way.
func (v *Visitor) End(name string) {
	v.mu.Lock()
	profiles := slices.Collect(maps.Values(v.profiles))
	v.mu.Unlock()
	for _, p := range profiles {
		if p.key.name == name {
			p.mu.Lock()
			p.release(v)
			p.mu.Unlock()
		}
	}
}

// Settle ends all browsers and returns what they had left to tell, as Rest does, and lets further visits start others. Call
// it when no visit is under way.
func (v *Visitor) Settle() []crawler.Event {
	v.mu.Lock()
	profiles := slices.Collect(maps.Values(v.profiles))
	v.mu.Unlock()
	for _, p := range profiles {
		p.mu.Lock()
		p.release(v)
		p.mu.Unlock()
	}
	v.retire.Wait()
	return v.takeRest()
}

// Rest ends all browsers and returns what they had left to tell: requests that were seen to leave only after their page was
// told, and those whose page is not known. Call it when no visit is under way and none will be.
func (v *Visitor) Rest() []crawler.Event {
	v.end()
	return v.takeRest()
}

func (v *Visitor) takeRest() []crawler.Event {
	v.mu.Lock()
	defer v.mu.Unlock()
	rest := v.rest
	v.rest = nil
	for _, ev := range rest {
		v.explain(ev.Request)
	}
	return rest
}

// end ends all browsers, whoever uses them. No other is started.
func (v *Visitor) end() {
	v.mu.Lock()
	v.closed, v.spare = true, nil
	v.mu.Unlock()
	for _, e := range v.present() {
		v.retire.Go(func() { e.close(v) })
	}
	v.retire.Wait()
}

// Close ends all browsers. The error says what could not be cleaned up.
func (v *Visitor) Close() error {
	v.end()
	v.mu.Lock()
	defer v.mu.Unlock()
	return errors.Join(v.errs...)
}

// nextID numbers pages, requests and scripts over all browsers of the visitor.
func (v *Visitor) nextID(kind string) string {
	if kind == "p" {
		return "p" + strconv.FormatInt(v.pages.Add(1), 10)
	}
	return kind + strconv.FormatInt(v.ids.Add(1), 10)
}

// Visit loads the task's page and yields what was seen: requests, scripts, cookies, storage entries, notes, and the Page
// last. Events have no Seq; who writes them numbers them. A page's failure is its Page event, not an error: the error
// says that no visit is possible any more, for the browser cannot be started or ctx has ended before the visit began.
func (v *Visitor) Visit(ctx context.Context, task crawler.Task) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(crawler.Event{}, err)
			return
		}
		var events []crawler.Event
		profile := v.profile(task)
		for attempt := 0; ; attempt++ {
			e, err := profile.borrow(ctx, v)
			if err != nil {
				yield(crawler.Event{}, err)
				return
			}
			p := newVisit(v, e, task)
			events, err = p.run(ctx)
			profile.giveBack(e, v)
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
		for _, ev := range append(v.takeRest(), events...) {
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
