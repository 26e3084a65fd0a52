package visit

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"

	"github.com/tagscan/tagscan/crawler/record"
)

// stroll does what a reader does: moves the mouse, and scrolls to the end and back, so that what waits for that loads
// and sends. It gives up on pages that grow for ever.
func (t *Tab) stroll(ctx context.Context) error {
	const screens = 12 // about three phone pages of text
	var size struct{ W, H, Page float64 }
	if err := t.Evaluate(ctx, `({W: innerWidth, H: innerHeight, Page: (document.scrollingElement || document.documentElement || {}).scrollHeight || 0})`, &size); err != nil {
		return err
	}
	if size.W == 0 || size.H == 0 {
		size.W, size.H = 1366, 768
	}
	t.hover(size.W/2, size.H/3)
	t.hover(size.W/3, size.H/2)
	for i := 0; i < screens && float64(i)*size.H*0.9 < size.Page; i++ {
		if err := t.scroll(ctx, size.W/2, size.H/2, size.H*0.9); err != nil {
			return err
		}
	}
	// What the page watches for coming into view is told with a frame, which needs real time too.
	for range 3 {
		if err := t.clock.grant(ctx, 100*time.Millisecond); err != nil {
			return err
		}
		if err := t.clock.pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// hover moves the mouse and does not wait for the page to notice: moves are told with the next frame, which a tab in the
// background may be a while without.
func (t *Tab) hover(x, y float64) {
	_ = t.rec.Main().Send("Input.dispatchMouseEvent", map[string]any{"type": "mouseMoved", "x": x, "y": y})
}

// scroll turns the mouse wheel over a point. If the page does not scroll, a script scrolls it: a dialog of the browser, such
// as the one for a link to another program, swallows the mouse.
func (t *Tab) scroll(ctx context.Context, x, y, dy float64) error {
	var before, after float64
	if err := t.Evaluate(ctx, `scrollY`, &before); err != nil {
		return err
	}
	_ = t.rec.Main().Send("Input.dispatchMouseEvent", map[string]any{"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": dy})
	for range 3 {
		if err := t.clock.grant(ctx, 50*time.Millisecond); err != nil {
			return err
		}
		if err := t.clock.pause(ctx, 4*time.Millisecond); err != nil {
			return err
		}
	}
	if err := t.Evaluate(ctx, `scrollY`, &after); err != nil || after > before {
		return err
	}
	if err := t.Evaluate(ctx, fmt.Sprintf(`void scrollTo({top: %f, behavior: "instant"})`, before+dy), nil); err != nil {
		return err
	}
	return t.clock.grant(ctx, 50*time.Millisecond)
}

// leave hides the page, freezes it and closes it, as a person and the browser do who turn to another tab, forget about the
// first one and close it later. What is sent meanwhile is waited for: until the page is gone and nothing more was seen for
// a moment.
func (t *Tab) leave(ctx context.Context) {
	main := t.rec.Main()
	if st := t.rec.State(); !st.Crashed && !st.Gone {
		t.hide(ctx)
		hidden, cancel := context.WithTimeout(ctx, 1500*time.Millisecond)
		for range 4 {
			_ = t.clock.grant(hidden, 50*time.Millisecond)
			_ = t.clock.pause(hidden, 8*time.Millisecond) // messages to workers need real time, and then a little of the page's
		}
		t.calm(hidden, 30*time.Millisecond, time.Second)
		cancel()
		_ = main.Send("Page.setWebLifecycleState", map[string]any{"state": "frozen"})
		_ = main.Send("Page.close", nil)
		gone, cancel := context.WithTimeout(ctx, 1500*time.Millisecond)
		_ = t.rec.Wait(gone, func(s record.State) bool { return s.Gone })
		cancel()
	}
	t.rec.Close(ctx)
	t.calm(ctx, 120*time.Millisecond, 1500*time.Millisecond)
}

// hide minimises the page's window, so that the page is truly hidden and its visibilitychange a real one. In a browser
// without windows the page is hidden when it is frozen.
func (t *Tab) hide(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	main := t.rec.Main()
	_ = main.Send("Emulation.setFocusEmulationEnabled", map[string]any{"enabled": false})
	w, err := cdp.Call(ctx, main, browser.GetWindowForTarget, browser.GetWindowForTargetParams{})
	if err != nil {
		return
	}
	_ = main.Call(ctx, "Browser.setWindowBounds", map[string]any{"windowId": w.WindowID, "bounds": map[string]any{"windowState": "minimized"}}, nil)
}

// calm waits until nothing is in flight and no new request was seen for quiet, at most for limit.
func (t *Tab) calm(ctx context.Context, quiet, limit time.Duration) {
	deadline := time.Now().Add(limit)
	last, since := t.rec.Traits().Requests, time.Now()
	for time.Now().Before(deadline) && time.Since(since) < quiet && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
		if n := t.rec.Traits().Requests; n != last || t.rec.Pending(300*time.Millisecond) > 0 {
			last, since = n, time.Now()
		}
	}
}
