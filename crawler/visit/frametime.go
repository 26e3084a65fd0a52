package visit

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"

	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record"
)

// frameTime is how far the clock of a cross-site frame should have come. What Chrome reports about it cannot be counted
// on: frames that share a renderer share one clock, the first of their budgets to run out stops it for all of them, and
// the others run out at once when the next is given. So the clock itself is read.
type frameTime struct {
	begun time.Duration // what the frame's clock said when it was first seen
	given time.Duration // page time that it was given since
}

const (
	catchUpCap  = 2 * time.Second        // of real time for all frames of a page to catch up, each time the page has settled
	catchUpWait = 300 * time.Millisecond // for one frame to use up what it was given
	readWait    = 200 * time.Millisecond // for a frame to say what time it is
	behindBy    = 50 * time.Millisecond  // less is not worth a round
)

// meet notes what time it is in frames that are new.
func (c *clock) meet(ctx context.Context, frames []*chrome.Session) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, s := range frames {
		if c.frames[s.ID] != nil {
			continue
		}
		f := &frameTime{begun: time.Duration(time.Now().UnixNano())}
		c.frames[s.ID] = f
		wg.Go(func() {
			if now, ok := c.readClock(ctx, s); ok {
				mu.Lock()
				defer mu.Unlock()
				f.begun = now
			}
		})
	}
	wg.Wait()
}

// readClock returns the time of day in a frame. One that is busy or gone does not say.
func (c *clock) readClock(ctx context.Context, s *chrome.Session) (time.Duration, bool) {
	ctx, cancel := context.WithTimeout(ctx, c.browser.Patient(readWait))
	defer cancel()
	res, err := cdp.Call(ctx, s, runtime.Evaluate, runtime.EvaluateParams{Expression: record.Own("performance.timeOrigin + performance.now()"), ReturnByValue: new(true)})
	if err != nil || res.Result == nil {
		return 0, false
	}
	var ms float64
	if json.Unmarshal(res.Result.Value, &ms) != nil || ms <= 0 {
		return 0, false
	}
	return time.Duration(ms * float64(time.Millisecond)), true
}

// catchUp lets frames whose clock has fallen behind come to where the page's is, while that stands still. They are given
// time one after the other, for those that share a renderer catch up together.
func (c *clock) catchUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, c.browser.Patient(catchUpCap))
	defer cancel()
	policy := emulation.VirtualTimePolicyPauseIfNetworkFetchesPending
	for ctx.Err() == nil {
		behind := false
		for _, s := range c.tab.Clocks()[1:] {
			f := c.frames[s.ID]
			if f == nil {
				continue
			}
			now, ok := c.readClock(ctx, s)
			if n := f.begun + f.given - now; ok && n > behindBy {
				behind = true
				c.lend(ctx, s, policy, min(n, f.given))
			}
		}
		if !behind {
			clear(c.owed)
			return
		}
		policy = emulation.VirtualTimePolicyAdvance
	}
}

// lend gives one frame time and waits for a moment until it has used it up.
func (c *clock) lend(ctx context.Context, s *chrome.Session, policy emulation.VirtualTimePolicy, n time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, c.browser.Patient(catchUpWait))
	defer cancel()
	before := c.tab.Budgets()[s.ID]
	budget(s, policy, n)
	_ = c.tab.Wait(ctx, func(record.State) bool { return c.tab.Budgets()[s.ID] > before })
}

// even gives the page what a step of n that began at from has left it short of. It asks the page what time it is, for ends of
// other budgets than the last one's are still to come, and each stops the clock.
func (c *clock) even(ctx context.Context, page *chrome.Session, from time.Duration, policy emulation.VirtualTimePolicy, n time.Duration) {
	for range evenRounds {
		now, ok := c.readClock(ctx, page)
		short := n - (now - from)
		if !ok || short < evenBy || short > n { // more than all of it: it is another document
			return
		}
		c.lend(ctx, page, policy, short)
	}
}

const (
	evenBy     = 2 * time.Millisecond // how much shorter than it should be a step may be
	evenRounds = 6
)
