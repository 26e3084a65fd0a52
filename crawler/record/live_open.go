package record

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
)

// Anchor opens the window of a browser context, with a blank page in front that stays there. Tabs are opened behind it: a
// window of its own for each costs a third more of the browser's work.
func (r *Recorder) Anchor(ctx context.Context, browserContext cdp.BrowserContextID) error {
	t, err := r.create(ctx, target.CreateTargetParams{URL: blank, BrowserContextID: browserContext, Background: new(true)})
	if err != nil {
		return fmt.Errorf("opening a window: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.anchors[string(browserContext)] = t.main.info.ID
	t.forget()
	return nil
}

// Behind puts the tab and its popups behind the blank page in front of their window.
func (t *Tab) Behind() {
	t.r.mu.Lock()
	anchor := t.r.anchors[t.context]
	t.r.mu.Unlock()
	if anchor != "" {
		_ = t.r.browser.Session().Send("Target.activateTarget", map[string]any{"targetId": anchor})
	}
}

// Open makes a new tab in a browser context, in which everything will be recorded. Begin with it before it is navigated, or
// Discard it. It lies behind the context's other tabs, and is told that it has the focus, so that it is shown and painted.
func (r *Recorder) Open(ctx context.Context, browserContext cdp.BrowserContextID) (*Tab, error) {
	t, err := r.create(ctx, target.CreateTargetParams{URL: blank, BrowserContextID: browserContext, Background: new(true)})
	if err != nil {
		return nil, fmt.Errorf("opening a tab: %w", err)
	}
	// Answers come in order: once this one is here, recording is on.
	if _, err := cdp.Call(ctx, t.Main(), page.GetFrameTree, cdp.Empty{}); err != nil {
		t.Discard(ctx)
		return nil, fmt.Errorf("opening a tab: %w", err)
	}
	return t, nil
}

// Begin begins a visit in a tab that Open made: what belongs to no other tab may be this one's from now on. Close and Release
// it afterwards.
func (t *Tab) Begin(meta Meta) {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.meta, t.opened = meta, time.Now()
	t.states = []state{{meta.Task.Consent, t.opened}}
	if !slices.Contains(t.r.visitors, meta.Task.Profile) {
		t.r.visitors = append(t.r.visitors, meta.Task.Profile)
	}
	t.r.tabs = append(t.r.tabs, t)
	t.inherit()
}

// Discard closes a tab in which no visit began.
func (t *Tab) Discard(ctx context.Context) {
	t.Close(ctx)
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.forget()
}

// create makes a page and waits until it is attached.
func (r *Recorder) create(ctx context.Context, p target.CreateTargetParams) (*Tab, error) {
	r.mu.Lock()
	r.opening[string(p.BrowserContextID)]++
	r.mu.Unlock()
	res, err := cdp.Call(ctx, r.browser.Session(), target.CreateTarget, p)
	t := r.claim(ctx, string(p.BrowserContextID), string(res.TargetID), err)
	if err == nil && t == nil {
		_ = r.browser.Session().Send("Target.closeTarget", map[string]any{"targetId": res.TargetID})
		err = errors.New("the page was never attached")
	}
	return t, err
}

// claim waits for the page that Open made and takes it. Pages that appeared meanwhile and are nobody's are popups.
func (r *Recorder) claim(ctx context.Context, browserContext, id string, failed error) *Tab {
	var t *Tab
	for failed == nil && t == nil && ctx.Err() == nil {
		r.mu.Lock()
		t = r.fresh[id]
		r.mu.Unlock()
		if t == nil {
			select {
			case <-ctx.Done():
			case <-r.browser.Done():
				failed = r.browser.Err()
			case <-time.After(2 * time.Millisecond):
			}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.fresh, id)
	if r.opening[browserContext]--; r.opening[browserContext] > 0 {
		return t
	}
	for other, popup := range r.fresh {
		if owner := r.newestIn(browserContext, ""); popup.context == browserContext && owner != nil && owner != t {
			r.adopt(popup, owner)
			delete(r.fresh, other)
		}
	}
	return t
}

// adopt makes a tab that turned out to be a popup part of the tab that it belongs to.
func (r *Recorder) adopt(popup, owner *Tab) {
	for _, m := range popup.members {
		m.tab = owner
		owner.joined(m)
	}
	if popup.tab != nil {
		popup.tab.tab = owner
	}
	for _, f := range r.frames {
		if f.tab == popup {
			f.tab = owner
		}
	}
	for id, f := range popup.flows {
		owner.flows[id] = f
	}
	for _, h := range popup.order {
		h.tab = owner
	}
	owner.order = append(owner.order, popup.order...)
	owner.scripts = append(owner.scripts, popup.scripts...)
	owner.uses = append(owner.uses, popup.uses...)
	popup.main.popup = true
	owner.popups = append(owner.popups, popup.main)
}
