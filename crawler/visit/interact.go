package visit

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

//go:embed forms.js
var formsJS string

// Bounds of what is done to one page, so that no page takes all the time of a run.
const (
	maxFields   = 40
	maxControls = 12
	maxChoices  = 8
	maxRoutes   = 3
	interactCap = 30 * time.Second // of real time, for all of it
	debounce    = 2500 * time.Millisecond
	keyPause    = 25 * time.Millisecond // of page time between two keys
	clickPause  = 400 * time.Millisecond
	// enough is how often the same form is filled in one profile while the same scripts can read it: the one in every page's
	// footer is not filled for ever.
	enough = 2
	// maxForms is how often the same form is filled in one profile, whatever scripts there are.
	maxForms = 50
)

// Interact fills the forms of a page with a persona, key by key, tries its controls, and ticks boxes and moves sliders there and
// back. It submits nothing, follows no link and uses no control that might do harm; the documents that are there stay. It is for
// sites whose owner allows it, and leaves the frames of other sites alone.
type Interact struct {
	Persona map[string][]string     // values by persona key
	Avoid   func(url string) string // why a link is not to be tried; "" if it may be. nil: all may
	mu      sync.Mutex
	filled  map[string]int // by profile and form, and by these and the scripts that can read it
	code    sync.Map       // by hash of a script: whether it does something, bool
}

// again reports whether a form was filled often enough in a profile with the scripts that can read it, or too often for another
// time, and counts it.
func (in *Interact) again(profile, readers string, fs []filling) (enoughSeen, tooOften bool) {
	var b strings.Builder
	b.WriteString(profile)
	for _, f := range fs {
		fmt.Fprintf(&b, "\x00%s %s %s", f.key, f.Name, f.Type)
	}
	form := b.String()
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.filled == nil {
		in.filled = map[string]int{}
	}
	if in.filled[form+"\x01"+readers] >= enough {
		return true, false
	}
	if in.filled[form] >= maxForms {
		return false, true
	}
	in.filled[form]++
	in.filled[form+"\x01"+readers]++
	return false, false
}

// interact is what a visit does with Options.Interact.
func (p *visit) interact(ctx context.Context) error {
	in := p.v.o.Interact
	if in == nil || p.instead != nil || p.facts.Status >= http.StatusBadRequest {
		return nil
	}
	ctx, cancel := p.e.browser.WithPatience(ctx, interactCap, errInteractCap)
	defer cancel()
	leave := p.tab.rec.Stay()
	defer leave()
	a := &acting{in: in, tab: p.tab, task: p.task, typed: map[string][]string{}, done: map[string]bool{}}
	err := a.all(ctx)
	if len(a.typed) > 0 {
		p.page.Typed = a.typed
	}
	late := ctx.Err() != nil && errors.Is(context.Cause(ctx), errInteractCap)
	for _, missed := range a.missed(late) {
		missed.Kind, missed.Where = crawler.GapNotTyped, p.tab.URL()
		p.gap(missed)
	}
	if late {
		return errInteractCap
	}
	return err
}

var errInteractCap = fmt.Errorf("not everything was filled and tried in %v", interactCap)

// acting is one page being acted on.
type acting struct {
	in    *Interact
	tab   *Tab
	task  crawler.Task
	typed map[string][]string
	done  map[string]bool // frame and number of a field that was filled

	often  int // forms that were filled too often before
	over   int // fields of a page beyond its limit
	failed int // fields that took nothing of what was typed
}

// missed says what was not filled.
func (a *acting) missed(late bool) []crawler.Gap {
	var out []crawler.Gap
	for _, m := range []struct {
		n    int
		text string
	}{
		{a.often, fmt.Sprintf("a form that was filled %d times before was not filled again, though other scripts can read it here", maxForms)},
		{a.over, fmt.Sprintf("fields were not filled: no more than %d of a page are", maxFields)},
		{a.failed, "fields took nothing of what was typed"},
	} {
		if m.n > 0 {
			out = append(out, crawler.Gap{Count: m.n, Text: m.text})
		}
	}
	if late {
		out = append(out, crawler.Gap{Text: errInteractCap.Error()})
	}
	return out
}

func (a *acting) all(ctx context.Context) error {
	if err := a.keys(ctx, kb.Tab); err != nil { // who listens to all keys hears one also where there is no field
		return err
	}
	if err := a.fillAll(ctx); err != nil {
		return err
	}
	if err := a.chooseAll(ctx); err != nil {
		return err
	}
	clicked, err := a.clickAll(ctx)
	if err != nil {
		return err
	}
	routed, err := a.routes(ctx)
	if err != nil || clicked+routed == 0 {
		return err
	}
	return a.fillAll(ctx) // what has appeared since
}

// eval calls a function of forms.js in a frame.
func (a *acting) eval(ctx context.Context, f Frame, call string, result any) error {
	return a.tab.EvaluateIn(ctx, f, formsJS+"\ntagscanForms."+call, result)
}

// fillAll fills the fields of every frame that were not filled yet, and waits for those who look a moment later.
func (a *acting) fillAll(ctx context.Context) error {
	n := 0
	for _, f := range a.tab.Frames() {
		var fields []field
		if a.eval(ctx, f, "fields()", &fields) != nil {
			continue
		}
		fields = slices.DeleteFunc(fields, func(x field) bool { return a.done[fmt.Sprint(f.ID, " ", x.N)] })
		fs := fill(fields, a.in.Persona)
		if len(fs) == 0 {
			continue
		}
		if seen, often := a.in.again(a.task.Profile, a.readers(ctx, f), fs); seen || often {
			a.often += map[bool]int{true: 1}[often]
			continue
		}
		for i, x := range fs {
			if n >= maxFields {
				a.over += len(fs) - i
				break
			}
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			a.done[fmt.Sprint(f.ID, " ", x.N)] = true
			if err := a.fillOne(ctx, f, x); err != nil {
				return err
			}
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return a.tab.Wait(ctx, debounce)
}

// fillOne fills one field as a person does: goes there, types, goes on.
func (a *acting) fillOne(ctx context.Context, f Frame, x filling) error {
	a.tab.SetPhase(crawler.Typing)
	if x.Type == "select" || x.Type == "date" || x.Type == "month" {
		if a.eval(ctx, f, fmt.Sprintf("set(%d, %s)", x.N, quote(x.value)), nil) == nil {
			a.note(x)
		}
		return a.tab.Wait(ctx, clickPause)
	}
	var at struct {
		X, Y  float64
		Clear bool
	}
	if err := a.eval(ctx, f, fmt.Sprintf("place(%d)", x.N), &at); err != nil {
		a.failed++ // the field is gone
		return nil
	}
	if at.Clear {
		_ = a.tab.Click(ctx, f, at.X, at.Y)
	}
	var focused bool
	if a.eval(ctx, f, fmt.Sprintf("focus(%d)", x.N), &focused) != nil || !focused {
		a.failed++
		return nil
	}
	if err := a.keys(ctx, x.value); err != nil {
		return err
	}
	var value string
	if a.eval(ctx, f, fmt.Sprintf("value(%d)", x.N), &value) == nil && value != "" {
		a.note(x)
	} else {
		a.failed++
	}
	_ = a.eval(ctx, f, fmt.Sprintf("blur(%d)", x.N), nil)
	return a.tab.Wait(ctx, clickPause)
}

// note keeps what was typed: the whole of what was dealt out to boxes, and nothing that is too short to be told again.
func (a *acting) note(x filling) {
	v := x.value
	if x.whole != "" {
		v = x.whole
	}
	known := len(a.in.Persona[x.key]) > 0 || x.key == "first_name" || x.key == "last_name"
	if known && !slices.Contains(a.typed[x.key], v) {
		a.typed[x.key] = append(a.typed[x.key], v)
	}
}

// keys presses the keys of a text, one by one. A line's end is none: it would submit.
func (a *acting) keys(ctx context.Context, text string) error {
	for _, r := range text {
		if r == '\n' || r == '\r' {
			continue
		}
		for _, k := range kb.Encode(r) {
			if err := a.tab.rec.Main().Send(input.CommandDispatchKeyEvent, *k); err != nil {
				return fmt.Errorf("typing: %w", err)
			}
		}
		if err := a.tab.clock.nudge(ctx, keyPause); err != nil {
			return err
		}
	}
	return nil
}

// nudge gives the page a little of its time at once, whatever is in flight: a page that sends something with every key
// must not hold up the next one.
func (c *clock) nudge(ctx context.Context, d time.Duration) error {
	if !c.virtual {
		return c.idle(ctx, d)
	}
	begun := time.Now()
	defer func() { c.real += time.Since(begun) }()
	c.spent += d
	return c.run(ctx, emulation.VirtualTimePolicyAdvance, d)
}

// clickAll uses the controls of the page and of frames of its own site that neither navigate nor send.
func (a *acting) clickAll(ctx context.Context) (int, error) {
	n := 0
	said := map[string]int{}
	for _, f := range a.ownFrames() {
		var cs []control
		if a.eval(ctx, f, "controls()", &cs) != nil {
			continue
		}
		for _, c := range cs {
			name := c.Text + "\x00" + c.Label
			if n >= maxControls {
				return n, nil
			}
			if c.reserve() != "" || said[name] >= 2 {
				continue
			}
			said[name]++ // a list has the same control in every row
			ok, err := a.click(ctx, f, fmt.Sprintf("at(%d)", c.N))
			if err != nil {
				return n, err
			}
			if ok {
				n++
			}
		}
	}
	return n, nil
}

// ownFrames lists the page and its frames of the same site.
func (a *acting) ownFrames() []Frame {
	all := a.tab.Frames()
	return slices.DeleteFunc(all, func(f Frame) bool { return f.Parent != "" && web.Site(f.URL) != web.Site(all[0].URL) })
}

// chooseAll ticks boxes and moves sliders, and puts each back as it was.
func (a *acting) chooseAll(ctx context.Context) error {
	n := 0
	for _, f := range a.ownFrames() {
		var cs []control
		if a.eval(ctx, f, "choices()", &cs) != nil {
			continue
		}
		for _, c := range cs {
			if c.reserve() != "" {
				continue
			}
			if n++; n > maxChoices {
				return nil
			}
			for _, back := range []bool{false, true} {
				if err := a.choose(ctx, f, c, back); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (a *acting) choose(ctx context.Context, f Frame, c control, back bool) error {
	if c.Type != "range" {
		_, err := a.click(ctx, f, fmt.Sprintf("choice(%d, %t)", c.N, back))
		return err
	}
	var focused bool
	if a.eval(ctx, f, fmt.Sprintf("slide(%d)", c.N), &focused) != nil || !focused {
		return nil
	}
	key := kb.ArrowRight
	if back {
		key = kb.ArrowLeft
	}
	if err := a.keys(ctx, key); err != nil {
		return err
	}
	return a.tab.Wait(ctx, clickPause)
}

// click clicks what forms.js finds, if nothing lies over it.
func (a *acting) click(ctx context.Context, f Frame, where string) (bool, error) {
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	var at struct {
		X, Y  float64
		Clear bool
	}
	if a.eval(ctx, f, where, &at) != nil || !at.Clear {
		return false, nil
	}
	if a.tab.Click(ctx, f, at.X, at.Y) != nil {
		return false, nil
	}
	return true, a.tab.Wait(ctx, clickPause)
}

// routes opens a few routes of a page that changes its address by itself, and comes back. A link that would load a document
// is held back, and after two of these no other is tried: the page is none of that kind.
func (a *acting) routes(ctx context.Context) (int, error) {
	main := a.tab.Frames()[0]
	var links []control
	if a.eval(ctx, main, "links()", &links) != nil {
		return 0, nil
	}
	opened, held := 0, 0
	for _, l := range links {
		l.Opens = true
		if l.reserve() != "" || (l.Method != "" && !strings.EqualFold(l.Method, "get")) || a.in.Avoid != nil && a.in.Avoid(l.URL) != "" {
			continue
		}
		if opened >= maxRoutes || held >= 2 {
			break
		}
		before := a.href(ctx)
		if ok, err := a.click(ctx, main, fmt.Sprintf("link(%d)", l.N)); err != nil {
			return opened, err
		} else if !ok {
			continue
		}
		if after := a.href(ctx); after == before || after == "" {
			held++
			continue
		}
		opened++
		if err := a.tab.Wait(ctx, debounce); err != nil {
			return opened, err
		}
		if err := a.fillAll(ctx); err != nil {
			return opened, err
		}
		_ = a.tab.Evaluate(ctx, "void history.back()", nil)
		if err := a.tab.Wait(ctx, clickPause); err != nil {
			return opened, err
		}
	}
	return opened, nil
}

func (a *acting) href(ctx context.Context) string {
	var u string
	_ = a.tab.Evaluate(ctx, "location.href", &u)
	return u
}

// quote writes a text as JavaScript does.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
