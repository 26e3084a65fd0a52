package visit

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp/kb"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/record"
)

//go:embed replay.js
var replayJS string

// replayed is the recording in one browser, which is that of one profile.
type replayed struct {
	once sync.Once
	err  error
}

// replay replays the recording in the browser if that was not done yet, and returns what was seen meanwhile. err says that
// the profile is not where the recording leads to.
func (e *engine) replay(ctx context.Context, v *Visitor, task crawler.Task) (events []crawler.Event, err error) {
	if v.o.Recording == nil {
		return nil, nil
	}
	r := &e.replayed
	r.once.Do(func() {
		p := newVisit(v, e, crawler.Task{URL: v.o.Recording.start(), Profile: task.Profile, Consent: task.Consent, Via: "flow"})
		events, r.err = p.replay(ctx)
	})
	return events, r.err
}

// replay is the visit that a recording makes.
func (p *visit) replay(ctx context.Context) ([]crawler.Event, error) {
	rec := p.v.o.Recording
	ctx, cancel := p.e.browser.WithPatience(ctx, 3*p.v.o.Timeout, fmt.Errorf("%w: the recording took %v", record.ErrTimeout, 3*p.v.o.Timeout))
	defer cancel()
	if err := p.open(ctx); err != nil {
		p.page.Outcome, p.page.Reason = crawler.Failed, "browser: "+err.Error()
		return p.events(nil), err
	}
	p.begin()
	p.tab.shown()
	// A recording was made in real time, and waits for what its steps cause.
	p.tab.clock.virtual = false
	seen := p.guard(ctx)
	var failed error
	r := &replaying{tab: p.tab, rec: rec, forbid: p.v.o.NoSubmit, page: &p.page, choice: p.v.o.Choice}
	for i, s := range rec.Steps {
		if s.Type == "close" {
			break
		}
		if failed = r.nth(ctx, i+1, s); failed != nil {
			break
		}
	}
	if failed == nil {
		failed = r.stillHeld(ctx)
	}
	if failed != nil {
		p.partial("flow", failed)
	}
	_ = p.tab.clock.settle(ctx, 2*time.Second)
	if p.v.o.Choice != nil {
		if err := p.recorded(ctx, p.tab); err != nil {
			p.stopped("record of consent", err)
		}
	}
	if err := p.collect(ctx); err != nil {
		p.stopped("collect", err)
	}
	seen()
	return p.split(p.leave()), failed
}

// split gives every document that the recording came through a Page of its own: the requests from one main document to the
// next belong to it. The last is the visit's own, which was looked at in the end.
func (p *visit) split(events []crawler.Event) []crawler.Event {
	var starts []int
	for i, ev := range events {
		if r := ev.Request; r != nil && r.Type == "document" && r.Frame.Parent == "" && r.Target.Type == "page" && r.Redirect == "" {
			starts = append(starts, i)
		}
	}
	if len(starts) < 2 {
		return events
	}
	out := make([]crawler.Event, 0, len(events)+len(starts))
	for n, from := range starts[:len(starts)-1] {
		to, doc := starts[n+1], events[from].Request
		if n == 0 {
			from = 0
		}
		g := crawler.Page{
			ID: p.v.nextID("p"), Task: p.page.Task, URL: doc.URL, Outcome: p.page.Outcome, Reason: p.page.Reason,
			Started: doc.Time, Ended: events[to].Request.Time, Clock: p.page.Clock,
		}
		g.Task.URL = doc.URL
		if doc.Response != nil {
			g.Status = doc.Response.Status
		}
		for _, ev := range events[from:to] {
			switch {
			case ev.Request != nil:
				ev.Request.Page = g.ID
				g.Counts.Requests++
			case ev.Script != nil:
				ev.Script.Page = g.ID
			case ev.Use != nil:
				ev.Use.Page = g.ID
			}
			out = append(out, ev)
		}
		out = append(out, crawler.Event{Time: g.Ended, Page: &g})
	}
	last := starts[len(starts)-1]
	p.page.Task.URL = events[last].Request.URL
	return append(out, events[last:]...)
}

// replaying is a recording under way.
type replaying struct {
	tab       *Tab
	rec       *Recording
	forbid    bool // to submit
	submitted bool
	page      *crawler.Page
	choice    Choice       // nil: nobody answers consent dialogs
	answered  bool         // one was, and not by the recording
	typed     []typedField // that nothing was done with yet
	keyed     bool         // the last change was typed into a field
}

// nth does the step of a number. Before one that acts on the page the fields are read back that it may send.
func (r *replaying) nth(ctx context.Context, n int, s Step) error {
	if s.acts() {
		if err := r.stillHeld(ctx); err != nil {
			return err
		}
	}
	if err := r.step(ctx, s); err != nil {
		return fmt.Errorf("step %d (%s): %w", n, s.about(), err)
	}
	if s.Type == "change" && r.keyed {
		r.filled(n, s)
	}
	return nil
}

// step does one step and waits for what it causes.
func (r *replaying) step(ctx context.Context, s Step) error {
	limit := r.rec.timeout(s)
	ctx, cancel := r.tab.browser.WithPatience(ctx, max(limit, time.Second)+10*time.Second, fmt.Errorf("%w: it took too long", record.ErrTimeout))
	defer cancel()
	before := r.tab.rec.State().Navigations
	if err := r.do(ctx, s, limit); err != nil {
		return err
	}
	return r.arrive(ctx, before, s)
}

func (r *replaying) do(ctx context.Context, s Step, limit time.Duration) error {
	main := r.tab.rec.Main()
	switch s.Type {
	case "setViewport":
		return main.Call(ctx, "Emulation.setDeviceMetricsOverride", map[string]any{"width": s.Width, "height": s.Height, "deviceScaleFactor": max(s.Scale, 1), "mobile": s.Mobile}, nil)
	case "emulateNetworkConditions":
		return main.Call(ctx, "Network.emulateNetworkConditions", map[string]any{"offline": false, "latency": s.Latency, "downloadThroughput": orNone(s.Download), "uploadThroughput": orNone(s.Upload)}, nil)
	case "navigate":
		return r.navigate(ctx, s.URL)
	case "keyDown", "keyUp":
		return r.key(ctx, s)
	case "waitForExpression":
		return r.poll(ctx, limit, func() (bool, error) {
			var ok bool
			err := r.tab.EvaluateInPage(ctx, "Promise.resolve("+s.Expression+").then(Boolean)", &ok)
			return ok, err
		})
	case "customStep":
		return nil // it is another program's
	}
	f, err := r.frame(ctx, s)
	if err != nil {
		return err
	}
	if s.Type == "scroll" && len(s.Selectors) == 0 {
		return r.eval(ctx, f, fmt.Sprintf("forget(), tagscanReplay.scroll(%v, %v)", s.X, s.Y), nil)
	}
	el, err := r.find(ctx, f, s, limit)
	if err != nil && r.answered && r.answersConsent(s) {
		return nil // it has been answered by now
	}
	if err != nil || s.Type == "waitForElement" {
		return err
	}
	switch s.Type {
	case "scroll":
		return r.eval(ctx, f, fmt.Sprintf("scroll(%v, %v)", s.X, s.Y), nil)
	case "change":
		return r.change(ctx, f, s, el)
	}
	return r.mouse(ctx, f, s, el)
}

func orNone(n float64) float64 {
	if n <= 0 {
		return -1
	}
	return n
}

// element is what replay.js says of what it found.
type element struct {
	Count    int
	Error    string
	Tag      string
	Type     string
	Submits  bool
	Visible  bool
	Editable bool
}

func (r *replaying) eval(ctx context.Context, f Frame, call string, result any) error {
	return r.tab.EvaluateIn(ctx, f, replayJS+"\ntagscanReplay."+call, result)
}

// find waits until one of the step's selectors finds what it wants.
func (r *replaying) find(ctx context.Context, f Frame, s Step, limit time.Duration) (element, error) {
	var el element
	alternatives, err := json.Marshal(s.Selectors)
	if err != nil {
		return el, err
	}
	acts := s.Type != "waitForElement"
	err = r.poll(ctx, limit, func() (bool, error) {
		el = element{}
		if err := r.eval(ctx, f, fmt.Sprintf("find(%s, %t)", alternatives, acts || s.Visible != nil && *s.Visible), &el); err != nil {
			return false, err
		}
		if acts {
			return el.Count > 0, nil
		}
		want := 1
		if s.Count != nil {
			want = *s.Count
		}
		switch s.Operator {
		case "==":
			return el.Count == want, nil
		case "<=":
			return el.Count <= want, nil
		}
		return el.Count >= want, nil
	})
	if err != nil && el.Error != "" {
		return el, fmt.Errorf("the selector cannot be used: %s", el.Error)
	}
	if errors.Is(err, errWaited) {
		return el, fmt.Errorf("nothing that can be seen matched one of %s in %v", alternatives, limit)
	}
	return el, err
}

var errWaited = errors.New("it did not become true in time")

// poll asks until ok, or for limit.
func (r *replaying) poll(ctx context.Context, limit time.Duration, ask func() (bool, error)) error {
	for deadline := time.Now().Add(limit); ; {
		ok, err := ask()
		if ok {
			return nil
		}
		if time.Now().After(deadline) {
			if err != nil {
				return err
			}
			return errWaited
		}
		if err := r.tab.clock.pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// frame is where a step happens.
func (r *replaying) frame(ctx context.Context, s Step) (Frame, error) {
	frames := r.tab.Frames()
	f := frames[0]
	if s.Target != "" && s.Target != "main" {
		for _, x := range frames {
			if x.URL == s.Target {
				f = x
			}
		}
	}
	for _, n := range s.Frame {
		id, err := childFrame(ctx, f, n)
		if err != nil {
			return f, fmt.Errorf("frame %v: %w", s.Frame, err)
		}
		frames = r.tab.Frames()
		i := indexFrame(frames, id)
		if i < 0 {
			return f, fmt.Errorf("frame %v is not there", s.Frame)
		}
		f = frames[i]
	}
	return f, nil
}

// childFrame returns the id of the nth frame in a document.
func childFrame(ctx context.Context, f Frame, n int) (string, error) {
	w, err := cdp.Call(ctx, f.session, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: cdp.FrameID(f.ID), WorldName: world})
	if err != nil {
		return "", err
	}
	var res struct {
		Result struct {
			Object string `json:"objectId"`
		} `json:"result"`
	}
	if err := f.session.Call(ctx, "Runtime.evaluate", map[string]any{"expression": fmt.Sprintf("document.querySelectorAll('iframe, frame')[%d]", n), "contextId": w.ExecutionContextID}, &res); err != nil {
		return "", err
	}
	var node struct {
		Node struct {
			Frame string `json:"frameId"`
		} `json:"node"`
	}
	if err := f.session.Call(ctx, "DOM.describeNode", map[string]any{"objectId": res.Result.Object}, &node); err != nil || node.Node.Frame == "" {
		return "", errors.New("it is not there")
	}
	return node.Node.Frame, nil
}

// navigate goes to a URL; arrive waits for it.
func (r *replaying) navigate(ctx context.Context, url string) error {
	done := make(chan error, 1)
	go func() {
		res, err := cdp.Call(ctx, r.tab.rec.Main(), page.Navigate, page.NavigateParams{URL: url, TransitionType: page.TransitionTypeTyped})
		if err == nil && res.ErrorText != "" {
			err = navigationError{text: res.ErrorText}
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// arrive waits a moment for a navigation to begin, longer if the recording knows of one, and then until its document has
// loaded. A main document that the server refused is an error only if the step asked for it.
func (r *replaying) arrive(ctx context.Context, before int, s Step) error {
	expected := s.Type == "navigate"
	for _, a := range s.Asserted {
		expected = expected || a.Type == "navigation"
	}
	begin := 250 * time.Millisecond
	if expected {
		begin = 3 * time.Second
	}
	moved := func(st record.State) bool { return st.Navigations > before }
	wait, cancel := context.WithTimeout(ctx, r.tab.browser.Patient(begin))
	err := r.tab.rec.Wait(wait, moved)
	cancel()
	if err != nil && !moved(r.tab.rec.State()) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return nil // it stayed within the document
	}
	wait, cancel = r.tab.browser.WithPatience(ctx, 10*time.Second, context.DeadlineExceeded)
	defer cancel()
	_ = r.tab.rec.Wait(wait, func(st record.State) bool { return !st.Loaded.IsZero() || !st.Stopped.IsZero() })
	return r.tab.clock.pause(ctx, 100*time.Millisecond)
}

// submit notes that a form is about to be submitted.
func (r *replaying) submit() error {
	if r.forbid {
		return errors.New("it submits a form, which --submit=false forbids")
	}
	r.submitted = true
	r.tab.SetPhase(crawler.Submit)
	return nil
}

func (r *replaying) mouse(ctx context.Context, f Frame, s Step, el element) error {
	if el.Submits && s.Type != "hover" {
		if err := r.submit(); err != nil {
			return err
		}
	}
	var at struct{ X, Y float64 }
	if err := r.eval(ctx, f, fmt.Sprintf("place(%s, %s)", number(s.OffsetX), number(s.OffsetY)), &at); err != nil {
		return err
	}
	dx, dy, err := r.tab.offset(ctx, f)
	if err != nil {
		return err
	}
	at.X, at.Y = at.X+dx, at.Y+dy
	if err := r.tab.Move(ctx, at.X, at.Y); err != nil || s.Type == "hover" {
		return err
	}
	button := input.MouseButtonLeft
	switch s.Button {
	case "secondary":
		button = input.MouseButtonRight
	case "auxiliary":
		button = input.MouseButtonMiddle
	}
	clicks := int64(1)
	if s.Type == "doubleClick" {
		clicks = 2
	}
	for n := int64(1); n <= clicks; n++ {
		for _, typ := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
			e := map[string]any{"type": typ, "x": at.X, "y": at.Y, "button": button, "clickCount": n}
			if err := r.tab.rec.Main().Send(input.CommandDispatchMouseEvent, e); err != nil {
				return err
			}
		}
	}
	if !el.isField() && (r.choice == nil || !r.answersConsent(s)) {
		r.typed = nil // whatever the click did, a form may be empty after it
	}
	return r.tab.clock.pause(ctx, 30*time.Millisecond)
}

func number(n *float64) string {
	if n == nil {
		return "null"
	}
	return fmt.Sprint(*n)
}

// change fills a field: key by key where there are keys for it.
func (r *replaying) change(ctx context.Context, f Frame, s Step, el element) error {
	if !r.submitted {
		r.tab.SetPhase(crawler.Typing)
	}
	r.keyed = el.Tag == "TEXTAREA" || el.Editable || el.Tag == "INPUT" && strings.Contains(" text email password search tel url number ", " "+el.Type+" ")
	if !r.keyed {
		return r.eval(ctx, f, "set("+quote(s.Value)+")", nil)
	}
	return r.typeInto(ctx, f, s, el)
}

// key presses or releases a key by its name.
func (r *replaying) key(ctx context.Context, s Step) error {
	enter := s.Key == "Enter" || s.Key == "NumpadEnter"
	if enter && s.Type == "keyDown" {
		if err := r.submit(); err != nil {
			return err
		}
	}
	e := map[string]any{"type": s.Type, "key": s.Key}
	for c, k := range kb.Keys {
		if k.Key == s.Key {
			e["code"], e["windowsVirtualKeyCode"] = k.Code, k.Windows
			if s.Type == "keyDown" && k.Print {
				e["text"] = string(c)
			}
			break
		}
	}
	switch {
	case enter:
		e["code"], e["windowsVirtualKeyCode"] = "Enter", 13
		if s.Type == "keyDown" {
			e["text"] = "\r"
		}
	case s.Type == "keyDown" && e["text"] == nil:
		e["type"] = "rawKeyDown"
	}
	if enter {
		r.typed = nil
	}
	return r.tab.rec.Main().Call(ctx, input.CommandDispatchKeyEvent, e, nil)
}
