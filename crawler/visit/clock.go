package visit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/target"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record"
)

// The steps in which a page's clock is run ahead, and how long things are waited for in between. What is waited for in real time is
// meant for a machine that has nothing else to do, and stretched on a busy one.
const (
	step     = time.Second             // with the clock held by Chrome while the page waits for the network
	breath   = 6 * time.Millisecond    // of real time after each step while a page begins, for what takes real time and is no network, such as IndexedDB
	young    = 10 * time.Second        // how long a page begins, in its own time
	fineStep = 100 * time.Millisecond  // with the clock held by tagscan alone, which looks only between steps
	patience = 1500 * time.Millisecond // a request in flight for longer is a long poll: it holds nothing
	stepWait = 1200 * time.Millisecond // for a step to be done
	realCap  = 20 * time.Second        // of real time for all waiting of one page
	// starvation lets a page that always has a task ready reach its next timer all the same.
	starvation = 500
)

// errStuck is the error of a page whose main thread does not come back.
var errStuck = errors.New("the page's main thread is busy for ever")

// errSlow is the error of a page that was not given all its time: it may have had more to send.
var errSlow = errors.New("the page took too long for each second of its own")

// clock gives a page time: by running the page's own clock ahead in steps, with looks at the network between them, or
// in real time.
type clock struct {
	tab      *record.Tab
	browser  *chrome.Browser
	virtual  bool
	spent    time.Duration // page time given since load
	real     time.Duration // real time spent for it, less what the machine's other work took of it
	skew     time.Duration
	fallback string
	started  time.Time
	lame     map[target.SessionID]int           // steps that a frame was late for
	uneven   bool                               // a step was made again: that its budgets are used up, which are two, does not tell of which step
	owed     map[target.SessionID]time.Duration // time that a document was given and has not used up: a new budget replaces the old one
	frames   map[target.SessionID]*frameTime

	giving  atomic.Bool  // time is being given
	rested  atomic.Int64 // when that was last over, in Unix nanoseconds
	meddled atomic.Bool  // somebody else gave the page's documents time
}

func newClock(t *record.Tab, browser *chrome.Browser, o Options) *clock {
	return &clock{tab: t, browser: browser, virtual: !o.RealTime, lame: map[target.SessionID]int{}, owed: map[target.SessionID]time.Duration{}, frames: map[target.SessionID]*frameTime{}}
}

// result says how the page's waiting was done.
func (c *clock) result() crawler.Clock {
	mode := "real"
	if c.virtual {
		mode = "virtual"
	}
	return crawler.Clock{Mode: mode, PageTime: c.spent, Skew: c.skew, Fallback: c.fallback}
}

// settle lets the page live until it has had upTo of page time since its load event. In real time a page that is quiet
// is not waited for any longer.
func (c *clock) settle(ctx context.Context, upTo time.Duration) error {
	if c.started.IsZero() {
		c.started = time.Now()
	}
	if !c.virtual {
		return c.settleReal(ctx, upTo)
	}
	for c.spent < upTo {
		if err := c.grant(ctx, min(step, upTo-c.spent)); err != nil {
			return err
		}
		if c.real > realCap {
			return fmt.Errorf("%w: %v of %v in %v", errSlow, c.spent.Round(time.Second), upTo, realCap)
		}
	}
	c.catchUp(ctx)
	return nil
}

// workerWait is the real time that workers are given whose clock cannot be run ahead: shared and service workers, and
// those of cross-site frames. Timers of up to 8 s fire in it, for which workerSlack is left.
const (
	workerWait  = 8500 * time.Millisecond
	workerSlack = 500 * time.Millisecond
)

// attend waits in real time for workers that live in it, and gives the page a little time now and then to take their
// messages. A worker whose script did nothing late on an earlier page is not waited for again, but one that is being installed or
// activated is.
func (c *clock) attend(ctx context.Context, quiet *sync.Map, upTo time.Duration) error {
	if !c.virtual {
		return nil
	}
	longest := workerWait - workerSlack + c.browser.Patient(workerSlack)
	upTo = min(upTo, longest)
	waited := map[string]bool{}
	for {
		busy := false
		for _, w := range c.tab.RealWorkers() {
			_, known := quiet.Load(w.URL)
			if age := time.Since(w.Since); !known && age < upTo || w.Busy && age < longest {
				busy, waited[w.URL] = true, true
			}
		}
		if !busy {
			break
		}
		if c.fallback == "" {
			c.fallback = "real time: for workers whose clock cannot be run ahead"
		}
		if err := c.pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
		if err := c.grant(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	for _, w := range c.tab.RealWorkers() {
		if waited[w.URL] && w.Last.Sub(w.Since) < time.Second {
			quiet.Store(w.URL, true)
		}
	}
	return nil
}

// grant gives the page an amount of its time; at least one step.
func (c *clock) grant(ctx context.Context, d time.Duration) error {
	if !c.virtual {
		return c.idle(ctx, d)
	}
	begun := time.Now()
	c.giving.Store(true)
	defer func() {
		c.real += c.unstrained(time.Since(begun))
		c.rested.Store(time.Now().UnixNano())
		c.giving.Store(false)
	}()
	c.uneven = c.uneven || c.meddled.Load()
	for d > 0 {
		c.quiet(ctx)
		n, policy := min(step, d), emulation.VirtualTimePolicyPauseIfNetworkFetchesPending
		if held, awaited := c.heldOpen(); held {
			// A stream or a long poll would stop the clock for ever, and an answer over a socket would not stop it at all.
			n, policy = min(step/2, d), emulation.VirtualTimePolicyAdvance
			if awaited {
				n = min(fineStep, d)
			}
		}
		if err := c.run(ctx, policy, n); err != nil {
			return err
		}
		c.spent += n
		d -= n
		if n == step && c.spent <= young {
			if err := c.pause(ctx, c.browser.Patient(breath)); err != nil {
				return err
			}
		}
	}
	return nil
}

// heldOpen reports whether the page has connections that Chrome's own rule for stopping the clock does not understand, and
// whether it waits for an answer over one of them.
func (c *clock) heldOpen() (held, awaited bool) {
	tr := c.tab.Traits()
	return tr.Sockets > 0 || tr.EventSources > 0 || tr.Polls > 0, !tr.Awaited.IsZero()
}

// quiet waits until nothing that the page may wait for is in flight, or for stepWait. What becomes of an answer that nobody
// reads is told by time alone, so it looks again and again.
func (c *clock) quiet(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, c.browser.Patient(stepWait))
	defer cancel()
	for ctx.Err() == nil && c.tab.Pending(patience) > 0 {
		tick, cancel := context.WithTimeout(ctx, heldEvery)
		err := c.tab.Wait(tick, func(record.State) bool { return c.tab.Pending(patience) == 0 })
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return
		}
	}
}

// unstrained is the part of a duration that is not due to the machine's other work.
func (c *clock) unstrained(d time.Duration) time.Duration {
	return time.Duration(float64(d) / c.browser.Strain())
}

// run advances the clock of every document's renderer by n and waits until the page's has arrived.
func (c *clock) run(ctx context.Context, policy emulation.VirtualTimePolicy, n time.Duration) error {
	docs := c.tab.Clocks()
	c.meet(ctx, docs[1:])
	for _, s := range docs {
		c.owed[s.ID] += n
		if f := c.frames[s.ID]; f != nil {
			f.given += n
		}
	}
	page := docs[0]
	if c.uneven {
		if from, ok := c.readClock(ctx, page); ok {
			defer c.even(ctx, page, from, policy, n)
		}
	}
	for range 2 {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		before := c.tab.Budgets()
		for _, s := range docs {
			budget(s, policy, c.owed[s.ID])
		}
		holding := policy == emulation.VirtualTimePolicyPauseIfNetworkFetchesPending
		err := c.arrived(ctx, docs, before, holding)
		if errors.Is(err, context.DeadlineExceeded) && err != errHeld && c.browserWasBusy(ctx) {
			err = c.arrived(ctx, docs, before, holding)
		}
		for id, n := range c.tab.Budgets() {
			if n > before[id] {
				delete(c.owed, id)
			}
		}
		if err == nil || c.owed[page.ID] == 0 { // it may have arrived a moment after it was given up
			return nil
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		c.uneven = true
		docs = slices.DeleteFunc(docs, func(s *chrome.Session) bool { return c.owed[s.ID] == 0 })
		policy = emulation.VirtualTimePolicyAdvance
	}
	_ = c.tab.Main().Send("Runtime.terminateExecution", nil)
	return errStuck
}

// budget lets the clock of a document's renderer run on by d. It does nothing for less than a millisecond: Chrome takes a budget of
// none for one without end (measured with Chromium 156: five hours in a second).
func budget(s *chrome.Session, policy emulation.VirtualTimePolicy, d time.Duration) {
	if d < time.Millisecond {
		return
	}
	_ = s.Send(emulation.CommandSetVirtualTimePolicy, emulation.SetVirtualTimePolicyParams{
		Policy: policy, Budget: new(float64(d.Milliseconds())), MaxVirtualTimeTaskStarvationCount: starvation,
	})
}

// promptly is how fast a browser answers that has nothing else to do.
const promptly = 200 * time.Millisecond

// browserWasBusy waits for the browser itself to answer, and reports whether that took long: one that writes the message of a
// long upload tells nothing of its pages meanwhile. That is no time of the page. A frozen browser is ended by its own watch.
func (c *clock) browserWasBusy(ctx context.Context) bool {
	begun := time.Now()
	_, err := cdp.Call(ctx, c.browser.Session(), browser.GetVersion, cdp.Empty{})
	waited := c.unstrained(time.Since(begun))
	c.real -= waited
	return err == nil && waited > promptly
}

// arrived waits until the page's budget is used up, and for a moment longer until those of its frames are. A frame that
// was late twice is not waited for again: frames that share a renderer share one clock, and only one of them reports.
func (c *clock) arrived(ctx context.Context, docs []*chrome.Session, before map[target.SessionID]int, holding bool) error {
	if err := c.spend(ctx, docs[0], before[docs[0].ID], holding); err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, c.browser.Patient(frameGrace))
	defer cancel()
	if c.tab.Wait(wait, func(record.State) bool { return len(c.late(docs[1:], before)) == 0 }) != nil {
		for _, id := range c.late(docs[1:], before) {
			c.lame[id]++
		}
	}
	return nil
}

// spend waits until the page has used up its budget. holding says that Chrome holds the clock for the network: then it fails
// with errHeld once the only thing that can hold it is an answer that nobody reads.
func (c *clock) spend(ctx context.Context, page *chrome.Session, before int, holding bool) error {
	deadline := time.Now().Add(c.browser.Patient(stepWait))
	for {
		tick, cancel := context.WithTimeout(ctx, heldEvery)
		err := c.tab.Wait(tick, func(record.State) bool { return c.tab.Budgets()[page.ID] > before })
		cancel()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case c.tab.Main().ID != page.ID: // another has taken its place, which was rendered ahead
			return nil
		case !errors.Is(err, context.DeadlineExceeded) || time.Now().After(deadline):
			return err
		case holding && c.tab.Traits().Polls > 0 && c.tab.Pending(patience) == 0:
			return errHeld
		}
	}
}

// heldEvery is how often a page that does not use its time up is looked at.
const heldEvery = 40 * time.Millisecond

// errHeld is the error of a step whose clock Chrome holds for an answer that never ends.
var errHeld = fmt.Errorf("an answer that nobody reads: %w", context.DeadlineExceeded)

// frameGrace is how long a step waits for frames whose clock is behind the page's.
const frameGrace = 100 * time.Millisecond

// late lists the frames whose budget is not used up yet.
func (c *clock) late(docs []*chrome.Session, before map[target.SessionID]int) []target.SessionID {
	now := c.tab.Budgets()
	var ids []target.SessionID
	for _, s := range docs {
		if n, there := now[s.ID]; there && n <= before[s.ID] && c.lame[s.ID] < 2 {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// idle waits in real time.
func (c *clock) idle(ctx context.Context, d time.Duration) error {
	c.spent += d
	return c.pause(ctx, d)
}

// pause waits in real time without counting it as the page's.
func (c *clock) pause(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, d, errIdle)
	defer cancel()
	err := c.tab.Wait(ctx, func(record.State) bool { return false })
	if errors.Is(err, errIdle) {
		return nil
	}
	return err
}

var errIdle = errors.New("the time is over")

// quietFor is how long nothing must have happened for a page to count as settled in real time.
const quietFor = time.Second

// settleReal waits until nothing is in flight and nothing new was asked for during quietFor, at most until upTo.
func (c *clock) settleReal(ctx context.Context, upTo time.Duration) error {
	quietSince := time.Now()
	last := c.tab.Traits().Requests
	for c.spent < upTo {
		begun := time.Now()
		if err := c.idle(ctx, 100*time.Millisecond); err != nil {
			return err
		}
		c.real += c.unstrained(time.Since(begun))
		tr := c.tab.Traits()
		if tr.Requests != last || c.tab.Pending(patience) > 0 {
			last, quietSince = tr.Requests, time.Now()
		}
		if time.Since(quietSince) >= c.browser.Patient(quietFor) {
			return nil
		}
	}
	return nil
}
