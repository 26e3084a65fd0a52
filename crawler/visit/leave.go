package visit

import (
	"context"
	"fmt"
	"time"

	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record"
)

// How a page is scrolled. 25 screens are a long article; what goes on behind them is jumped over.
const (
	screens   = 25
	lookFor   = 2200 * time.Millisecond // of page time at each stop: advertisements count as seen after one second, films after two (https://www.mediaratingcouncil.org, viewable impressions)
	glanceFor = 1100 * time.Millisecond // the same on pages of many screens
	restFor   = 3300 * time.Millisecond // the same at the end
	glance    = 250 * time.Millisecond  // where time is real, at every stop
	frameWait = 300 * time.Millisecond  // of real time, for the page to be painted twice
)

// stroll does what a reader does: moves the mouse, and scrolls to the end, so that what waits for that loads and sends. At
// every stop the page is painted, for only then is it told what has come into view, and given time to be looked at. It
// gives up on pages that grow for ever.
func (t *Tab) stroll(ctx context.Context) error {
	var size struct{ W, H, Page float64 }
	if err := t.Evaluate(ctx, `(focus(), {W: innerWidth, H: innerHeight, Page: (document.scrollingElement || document.documentElement || {}).scrollHeight || 0})`, &size); err != nil {
		return err
	}
	if size.W == 0 || size.H == 0 {
		size.W, size.H = 1366, 768
	}
	defer t.hover(outside, outside) // above the page, where the mouse goes to leave it
	t.hover(size.W/2, size.H/3)
	t.hover(size.W/3, size.H/2)
	d := lookFor
	if size.Page > 12*size.H {
		d = glanceFor
	}
	at, err := t.look(ctx, d)
	turns := true // the wheel scrolls the page: what covers it, such as the browser's question about a link to another program, may swallow it
	for i := 0; err == nil && i < screens && at+size.H < size.Page; i++ {
		from := at
		if turns {
			turns = t.Wheel(ctx, size.W/2, size.H/2, size.H*0.9) == nil
			at, err = t.look(ctx, d)
			turns = turns && at > from
		}
		if err == nil && at <= from {
			at, err = t.scrollTo(ctx, fmt.Sprint(from+size.H*0.9), d)
		}
		if at <= from {
			break // it is as far as it goes
		}
	}
	switch {
	case err != nil || size.Page <= size.H:
		return err
	case at+size.H < size.Page:
		_, err = t.scrollTo(ctx, "document.documentElement.scrollHeight", restFor)
		return err
	}
	return t.clock.grant(ctx, t.pause(restFor-d))
}

// shown has Chrome paint a page behind others like one in front, each time that something has changed: what nobody looks at is
// not told that it was scrolled. A screencast looks; no picture of it is ever sent. headless-shell paints all pages alike.
func (t *Tab) shown() {
	if t.browser.Info().Kind != chrome.KindHeadlessShell {
		_ = t.rec.Main().Send("Page.startScreencast", map[string]any{"format": "jpeg", "quality": 1, "maxWidth": 16, "maxHeight": 16, "everyNthFrame": 1 << 30})
	}
}

// scrollTo has a script scroll the page and looks at it.
func (t *Tab) scrollTo(ctx context.Context, top string, d time.Duration) (float64, error) {
	if err := t.Evaluate(ctx, fmt.Sprintf(`void scrollTo({top: %s, behavior: "instant"})`, top), nil); err != nil {
		return 0, err
	}
	return t.look(ctx, d)
}

// pause is how long a stop of some page time takes: no longer than a glance where time is real.
func (t *Tab) pause(d time.Duration) time.Duration {
	if !t.clock.virtual {
		return min(d, glance)
	}
	return d
}

// hover moves the mouse and does not wait for the page to notice: moves are told with the next frame, which a tab in the
// background may be a while without.
func (t *Tab) hover(x, y float64) {
	_ = t.rec.Main().Send("Input.dispatchMouseEvent", map[string]any{"type": "mouseMoved", "x": x, "y": y})
}

// look waits until the page was painted, lets it be looked at, and returns how far it is scrolled.
func (t *Tab) look(ctx context.Context, d time.Duration) (float64, error) {
	at, err := t.painted(ctx)
	if err != nil {
		return at, err
	}
	return at, t.clock.grant(ctx, t.pause(d))
}

// painted waits until the page was painted twice, at most for frameWait, and returns how far it is scrolled. Frames come in
// real time and only while the page's own time goes on.
func (t *Tab) painted(ctx context.Context) (float64, error) {
	var at float64
	done := make(chan error, 1)
	limit, cancel := context.WithTimeout(ctx, t.browser.Patient(frameWait))
	defer cancel()
	go func() {
		done <- t.Evaluate(limit, `new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(scrollY))))`, &at)
	}()
	for {
		select {
		case err := <-done:
			if err != nil && ctx.Err() == nil && limit.Err() != nil { // it is not painted, but it may be scrolled
				err = t.Evaluate(ctx, `scrollY`, &at)
			}
			return at, err
		case <-time.After(4 * time.Millisecond):
			if err := t.clock.grant(ctx, 15*time.Millisecond); err != nil {
				<-done
				return at, err
			}
		}
	}
}

// leave hides the page, freezes it, and leaves it, as a person and the browser do who turn to another tab, forget about the first
// one and are done with it later. What is sent meanwhile is waited for: until the page is gone and nothing more was seen for a
// moment. turned is called as soon as the page is hidden.
func (t *Tab) leave(ctx context.Context, turned func()) {
	main := t.rec.Main()
	if st := t.rec.State(); !st.Crashed && !st.Gone {
		t.rec.Going()
		t.hide()
		turned()
		hidden, cancel := t.browser.WithPatience(ctx, hideWait, context.DeadlineExceeded)
		rounds := 1
		if t.rec.Traits().Workers > 0 {
			rounds = 4 // messages to workers need real time, and then a little of the page's
		}
		for range rounds {
			_ = t.clock.grant(hidden, 50*time.Millisecond)
			_ = t.clock.pause(hidden, t.browser.Patient(8*time.Millisecond))
		}
		t.calm(hidden, 25*time.Millisecond, time.Second)
		cancel()
		_ = main.Send("Page.setWebLifecycleState", map[string]any{"state": "frozen"})
		t.rec.Leave()
		gone, cancel := t.browser.WithPatience(ctx, goWait, context.DeadlineExceeded)
		_ = t.rec.Wait(gone, func(s record.State) bool { return s.Left })
		cancel()
	}
	t.rec.Close(ctx)
	turned() // if the page was gone already
	t.calm(ctx, 120*time.Millisecond, 1500*time.Millisecond)
}

const (
	hideWait = 1500 * time.Millisecond // for what a page does once it is hidden
	goWait   = 1500 * time.Millisecond // for a page to be left
)

// reported waits for what Chrome uploads of a page that has gone: what it had to report, and how its requests went.
func (t *Tab) reported() {
	if !t.rec.Reports(!t.v.o.Chrome.Insecure) { // where certificates are not checked, Chrome logs no network errors
		return
	}
	ctx, cancel := t.browser.WithPatience(context.Background(), reportWait, context.DeadlineExceeded)
	defer cancel()
	t.rec.Reported(ctx)
}

// reportWait is how long reports may take: with --short-reporting-delay, two to three seconds.
const reportWait = 3500 * time.Millisecond

// outside is a place above and beside the page, where the mouse goes to close it. A page that is hidden at once is not told.
const outside = -10

// hide turns away from the page: it lies behind another and has the focus no more, so its visibilitychange is a real one.
func (t *Tab) hide() {
	if t.front || t.rec.State().Popups > 0 {
		t.rec.Behind()
	}
	_ = t.rec.Main().Send("Emulation.setFocusEmulationEnabled", map[string]any{"enabled": false})
	_ = t.rec.Main().Send("Page.stopScreencast", nil)
}

// calm waits until nothing is in flight and no new request was seen for quiet, at most for limit, both of an idle machine.
func (t *Tab) calm(ctx context.Context, quiet, limit time.Duration) {
	quiet, limit = t.browser.Patient(quiet), t.browser.Patient(limit)
	deadline := time.Now().Add(limit)
	last, since := t.rec.Traits().Requests, time.Now()
	for time.Now().Before(deadline) && time.Since(since) < quiet && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
		if n := t.rec.Traits().Requests; n != last || t.rec.Pending(300*time.Millisecond) > 0 {
			last, since = n, time.Now()
		}
	}
}
