package visit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp/kb"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record"
)

// Tab is the page of a visit, for code that acts on it: consent dialogs, forms, recorded flows. What it does reaches the
// page as a person's mouse and keyboard would. Scripts run in a world of their own: the page can neither see nor change
// them. Every call has a deadline of its own besides that of its context.
type Tab struct {
	rec     *record.Tab
	v       *Visitor
	browser *chrome.Browser
	context cdp.BrowserContextID
	clock   *clock
	front   bool // it was put in front of its window
}

// evalTimeout bounds a script in a page: one in an endless loop never answers.
const evalTimeout = 5 * time.Second

// inputTimeout bounds one event of mouse or keyboard.
const inputTimeout = 1500 * time.Millisecond

// world is the name of the isolated world that scripts run in.
const world = "tagscan"

// Frame is a document on the tab.
type Frame struct {
	ID, Parent, URL string
	csp             string // of the header that the document came with
	session         *chrome.Session
}

// Frames lists the documents on the tab, the main one first.
func (t *Tab) Frames() []Frame {
	var out []Frame
	for _, f := range t.rec.Frames() {
		out = append(out, Frame{ID: f.ID, Parent: f.Parent, URL: f.URL, csp: f.CSP, session: f.Session})
	}
	return out
}

// URL is the main document's.
func (t *Tab) URL() string { return t.rec.State().URL }

// Evaluate runs an expression in the main document, waits for its promise if it is one, and stores its JSON value in
// result, which may be nil.
func (t *Tab) Evaluate(ctx context.Context, expression string, result any) error {
	return t.EvaluateIn(ctx, Frame{ID: string(t.rec.Target()), session: t.rec.Main()}, expression, result)
}

// EvaluateIn runs an expression in a frame, wherever its renderer is.
func (t *Tab) EvaluateIn(ctx context.Context, f Frame, expression string, result any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, t.browser.Patient(evalTimeout), fmt.Errorf("%w: a script took %v", record.ErrTimeout, evalTimeout))
	defer cancel()
	w, err := f.world(ctx)
	if err != nil {
		return err
	}
	res, err := cdp.Call(ctx, f.session, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ContextID: w, ReturnByValue: new(true), AwaitPromise: new(true), UserGesture: new(true),
	})
	return decode(res, err, result)
}

// world makes tagscan's own world in a frame, or returns it.
func (f Frame) world(ctx context.Context) (runtime.ExecutionContextID, error) {
	w, err := cdp.Call(ctx, f.session, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: cdp.FrameID(f.ID), WorldName: world})
	return w.ExecutionContextID, err
}

// EvaluateInPage runs an expression in the main document's own world, where it sees the page's variables and the page
// sees what it does. It is for reading what the page's scripts offer, such as consent APIs.
func (t *Tab) EvaluateInPage(ctx context.Context, expression string, result any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, t.browser.Patient(evalTimeout), fmt.Errorf("%w: a script took %v", record.ErrTimeout, evalTimeout))
	defer cancel()
	res, err := cdp.Call(ctx, t.rec.Main(), runtime.Evaluate, runtime.EvaluateParams{
		Expression: record.Own(expression), ReturnByValue: new(true), AwaitPromise: new(true), UserGesture: new(true),
	})
	return decode(res, err, result)
}

// alive reports whether the page's main thread answers within a second of an idle machine.
func (t *Tab) alive(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, t.browser.Patient(time.Second))
	defer cancel()
	_, err := cdp.Call(ctx, t.rec.Main(), runtime.Evaluate, runtime.EvaluateParams{Expression: record.Own("1")})
	return err == nil
}

func decode(res runtime.EvaluateResult, err error, result any) error {
	if err != nil {
		return err
	}
	if d := res.ExceptionDetails; d != nil {
		text := d.Text
		if d.Exception != nil && d.Exception.Description != "" {
			text = d.Exception.Description
		}
		return errors.New("script: " + text)
	}
	if result == nil || res.Result == nil || len(res.Result.Value) == 0 {
		return nil
	}
	if err := json.Unmarshal(res.Result.Value, result); err != nil {
		return fmt.Errorf("script: reading its value: %w", err)
	}
	return nil
}

// EvaluateAll runs an expression in every frame and calls each with the frame and a function that decodes its value. A
// frame that does not answer is left out.
func (t *Tab) EvaluateAll(ctx context.Context, expression string, each func(f Frame, value json.RawMessage)) {
	for _, f := range t.Frames() {
		var v json.RawMessage
		if err := t.EvaluateIn(ctx, f, expression, &v); err == nil {
			each(f, v)
		}
	}
}

// Cookies are those that the main document's requests carry, HttpOnly ones too, by name.
func (t *Tab) Cookies(ctx context.Context) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, t.browser.Patient(evalTimeout))
	defer cancel()
	res, err := cdp.Call(ctx, t.rec.Main(), network.GetCookies, network.GetCookiesParams{URLs: []string{t.URL()}})
	if err != nil {
		return nil, fmt.Errorf("cookies: %w", err)
	}
	out := make(map[string]string, len(res.Cookies))
	for _, c := range res.Cookies {
		out[c.Name] = c.Value
	}
	return out, nil
}

// offset returns where a frame's content begins on the tab, in CSS pixels of the main frame's viewport.
func (t *Tab) offset(ctx context.Context, f Frame) (x, y float64, err error) {
	frames := t.Frames()
	for f.Parent != "" {
		i := indexFrame(frames, f.Parent)
		if i < 0 {
			return 0, 0, errors.New("the frame is gone")
		}
		parent := frames[i]
		dx, dy, err := ownerPosition(ctx, parent.session, f.ID)
		if err != nil {
			return 0, 0, err
		}
		// Boxes are relative to the target's own main frame, so every frame of the same renderer is done with.
		x, y = x+dx, y+dy
		for parent.Parent != "" && parent.session.ID == frames[indexFrame(frames, parent.ID)].session.ID {
			up := indexFrame(frames, parent.Parent)
			if up < 0 || frames[up].session.ID != parent.session.ID {
				break
			}
			parent = frames[up]
		}
		f = parent
	}
	return x, y, nil
}

func indexFrame(frames []Frame, id string) int {
	for i, f := range frames {
		if f.ID == id {
			return i
		}
	}
	return -1
}

// ownerPosition returns where the content of a frame's element begins in the viewport of the target that s speaks to.
func ownerPosition(ctx context.Context, s *chrome.Session, frame string) (x, y float64, err error) {
	var owner struct {
		Node int64 `json:"backendNodeId"`
	}
	if err := s.Call(ctx, "DOM.getFrameOwner", map[string]any{"frameId": frame}, &owner); err != nil {
		return 0, 0, err
	}
	var box struct {
		Model struct {
			Content []float64 `json:"content"`
		} `json:"model"`
	}
	if err := s.Call(ctx, "DOM.getBoxModel", map[string]any{"backendNodeId": owner.Node}, &box); err != nil {
		return 0, 0, err
	}
	if len(box.Model.Content) < 2 {
		return 0, 0, errors.New("the frame has no box")
	}
	return box.Model.Content[0], box.Model.Content[1], nil
}

// Click presses and releases the left mouse button at a point of a frame's viewport, in CSS pixels.
func (t *Tab) Click(ctx context.Context, f Frame, x, y float64) error {
	ctx, cancel := context.WithTimeout(ctx, t.browser.Patient(evalTimeout))
	defer cancel()
	dx, dy, err := t.offset(ctx, f)
	if err != nil {
		return fmt.Errorf("click: %w", err)
	}
	t.hover(x+dx, y+dy)
	for _, typ := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		p := input.DispatchMouseEventParams{Type: typ, X: x + dx, Y: y + dy, Button: input.MouseButtonLeft, ClickCount: 1}
		if err := t.input(ctx, input.CommandDispatchMouseEvent, p); err != nil {
			return fmt.Errorf("click: %w", err)
		}
	}
	return t.clock.grant(ctx, 100*time.Millisecond)
}

// input sends an input event. Its answer comes only when the page has handled it, which needs page time.
func (t *Tab) input(ctx context.Context, method string, params any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, t.browser.Patient(inputTimeout), fmt.Errorf("%w: the page took no input", record.ErrTimeout))
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- t.rec.Main().Call(ctx, method, params, nil) }()
	for {
		select {
		case err := <-done:
			return err
		case <-time.After(50 * time.Millisecond):
			if err := t.clock.grant(ctx, 20*time.Millisecond); err != nil {
				return err
			}
		}
	}
}

// Move moves the mouse to a point of the tab's viewport.
func (t *Tab) Move(ctx context.Context, x, y float64) error {
	return t.input(ctx, input.CommandDispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: x, Y: y})
}

// Wheel turns the mouse wheel by dy CSS pixels over a point of the tab's viewport.
func (t *Tab) Wheel(ctx context.Context, x, y, dy float64) error {
	// cdproto leaves a delta of 0 out, and Chrome wants both.
	return t.input(ctx, input.CommandDispatchMouseEvent, map[string]any{"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": dy})
}

// Type presses the keys of a text, one by one, into what has the focus, and lets 30 ms of page time pass after each.
func (t *Tab) Type(ctx context.Context, text string) error {
	for _, r := range text {
		for _, k := range kb.Encode(r) {
			if err := t.input(ctx, input.CommandDispatchKeyEvent, *k); err != nil {
				return fmt.Errorf("typing: %w", err)
			}
		}
		if err := t.clock.grant(ctx, 30*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// Patient stretches a wait in real time that is meant for an idle machine to what it takes on this one at present.
func (t *Tab) Patient(d time.Duration) time.Duration { return t.browser.Patient(d) }

// Wait lets page time pass.
func (t *Tab) Wait(ctx context.Context, d time.Duration) error { return t.clock.grant(ctx, d) }

// SetPhase says what is being done to the page from now on; requests carry it.
func (t *Tab) SetPhase(p crawler.Phase) { t.rec.SetPhase(p) }

// SetConsent says which consent state requests are sent in from now on.
func (t *Tab) SetConsent(c crawler.Consent) { t.rec.SetConsent(c) }
