package consent

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/crawler/visit/consent/wording"
)

var (
	//go:embed dialog.js
	dialogScript string
	//go:embed read.js
	readScript string
)

// Page time that is given to things: for a dialog to appear (the slowest platforms ask their server first and wait for the
// page to be idle), between clicks, and for a dialog to go once it was answered.
const (
	appearTime = 6 * time.Second
	stepTime   = 2500 * time.Millisecond
	goTime     = 4 * time.Second
	tick       = 300 * time.Millisecond
)

// realShare is how much of a wait must pass in real time, too: frames and servers on a busy machine keep their own time.
const realShare = 2

// until looks again and again, with page time between the looks, until ok or until wait has passed.
func (a *answer) until(wait time.Duration, ok func() bool) bool {
	began := time.Now()
	for waited := time.Duration(0); ; waited += tick {
		if ok() {
			return true
		}
		if waited >= wait && time.Since(began) >= a.tab.Patient(wait)/realShare || a.tab.Wait(a.ctx, tick) != nil {
			return false
		}
	}
}

// Chooser answers dialogs for the profiles of a run. It remembers which profiles have chosen. It is safe for use by several
// goroutines.
type Chooser struct {
	mu    sync.Mutex
	chose map[string]crawler.Consent // by profile
	none  map[string]bool            // profiles that were shown no dialog on a page
	memo  memo
}

// NewChooser returns a Chooser that has chosen nothing.
func NewChooser() *Chooser {
	return &Chooser{chose: map[string]crawler.Consent{}, none: map[string]bool{}}
}

// State is the consent state in which a page of the task begins: that of the task once its profile has chosen, unasked
// before.
func (c *Chooser) State(t crawler.Task) crawler.Consent {
	if t.Consent != crawler.Accepted && t.Consent != crawler.Rejected {
		return t.Consent
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.chose[t.Profile]; ok {
		return s
	}
	return crawler.Unasked
}

// Answer looks for a dialog on the tab's page, makes the choice that the task wants, and says what was seen and done. It
// waits for a dialog only where one is to be expected: until the profile has chosen.
func (c *Chooser) Answer(ctx context.Context, tab *visit.Tab, task crawler.Task) (*crawler.Dialog, error) {
	a := &answer{ctx: ctx, tab: tab, want: task.Consent, pressed: map[string]bool{}, memo: &c.memo}
	want := task.Consent
	chosen := c.State(task) == want && (want == crawler.Accepted || want == crawler.Rejected)
	wait := appearTime
	if chosen || c.shownNone(task.Profile) {
		wait = stepTime / 2 // a dialog that comes again, or late in a visit to a site, comes at once
	}
	d := a.look(wait)
	if !d.Seen {
		c.mu.Lock()
		c.none[task.Profile] = true
		c.mu.Unlock()
		d.Puzzle = a.puzzle()
	}
	c.conclude(a, d, task, chosen)
	return d, a.failed
}

// Late looks once more before a page is left that had no dialog, and makes the choice. It returns nil if there is none still.
func (c *Chooser) Late(ctx context.Context, tab *visit.Tab, task crawler.Task) (*crawler.Dialog, error) {
	a := &answer{ctx: ctx, tab: tab, want: task.Consent, pressed: map[string]bool{}, memo: &c.memo}
	d := a.look(0)
	if !d.Seen {
		if d.Puzzle = a.puzzle(); d.Puzzle == "" {
			return nil, a.failed
		}
	}
	a.detail("it came late")
	c.conclude(a, d, task, c.State(task) == task.Consent && (task.Consent == crawler.Accepted || task.Consent == crawler.Rejected))
	return d, a.failed
}

// conclude makes the choice where there is one to make, and says what came of it.
func (c *Chooser) conclude(a *answer, d *crawler.Dialog, task crawler.Task, chosen bool) {
	want := task.Consent
	if d.Seen && (want == crawler.Accepted || want == crawler.Rejected) {
		if chosen {
			a.detail("asked again on a further page")
		}
		c.choose(a, d, task)
	}
	d.Reads = a.read()
	d.State = a.state(d, want, chosen)
	d.Detail = strings.Join(a.details, "; ")
}

// shownNone reports whether the profile has been on a page without a dialog.
func (c *Chooser) shownNone(profile string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.none[profile]
}

// choose makes the choice and notes it for the profile if it was seen to hold.
func (c *Chooser) choose(a *answer, d *crawler.Dialog, task crawler.Task) {
	if !a.click(task.Consent) {
		a.detail("no button for the choice could be told")
		d.Puzzle = "no button for the choice could be told"
		if b := a.boxOf(crawler.Unasked); b != nil {
			d.Puzzle = cut(b.Text, 120)
		}
		return
	}
	d.Action, d.At, d.Verified = task.Consent, a.at, a.gone() || a.again() && a.gone()
	if !d.Verified {
		a.detail("the dialog stayed")
		return
	}
	c.mu.Lock()
	c.chose[task.Profile] = task.Consent
	c.mu.Unlock()
}

// answer is one attempt on one page.
type answer struct {
	ctx      context.Context
	tab      *visit.Tab
	want     crawler.Consent
	platform *Platform       // nil: recognised by its words
	boxes    []*box          // of a dialog recognised by its words
	at       time.Time       // of the click that chose
	pressed  map[string]bool // selectors that were clicked
	mouse    func() bool     // clicks by script what was last clicked with the mouse; nil: a script clicked it
	details  []string
	stirred  bool
	memo     *memo
	stemList string // of the words, as JSON
	failed   error
}

// stems are the words that boxes are looked for with, as JSON.
func (a *answer) stems() string {
	if a.stemList == "" {
		b, _ := json.Marshal(wording.Stems()) // strings always marshal
		a.stemList = string(b)
	}
	return a.stemList
}

func (a *answer) detail(s string) { a.details = append(a.details, s) }

// eval runs an expression of dialog.js in a frame.
func (a *answer) eval(f visit.Frame, call string, result any) error {
	return a.tab.EvaluateIn(a.ctx, f, dialogScript+"\ntagscanConsent."+call, result)
}

// look waits for a dialog to appear.
func (a *answer) look(wait time.Duration) *crawler.Dialog {
	d := &crawler.Dialog{}
	for waited := time.Duration(0); ; waited += tick {
		if p := a.recognise(); p != nil {
			a.platform = p
			d.Seen, d.Platform = true, p.ID
			return d
		}
		// Words are less certain than a platform's own marks, which may still come: they are asked late.
		if waited >= wait/2 {
			if wait == appearTime {
				a.stir()
			}
			if b := a.boxOf(crawler.Unasked); b != nil {
				a.boxes = []*box{b}
				d.Seen, d.Platform = true, "heuristic"
				return d
			}
		}
		if waited >= wait || a.tab.Wait(a.ctx, tick) != nil {
			return d
		}
	}
}

// stir moves the mouse and the page a little, once, for some dialogs wait for the visitor to do so, and reaches into closed
// shadow roots.
func (a *answer) stir() {
	if a.stirred {
		return
	}
	a.stirred = true
	_ = a.tab.Move(a.ctx, stirX, stirY)
	_ = a.tab.Move(a.ctx, stirX+20, stirY+20)
	_ = a.tab.Wheel(a.ctx, stirX, stirY, stirBy)
	_ = a.tab.Wait(a.ctx, tick)
	_ = a.tab.Wheel(a.ctx, stirX, stirY, -stirBy)
	for _, f := range a.tab.Frames() {
		// The script must be there before roots are handed to it.
		if a.eval(f, "ready()", nil) == nil {
			_ = a.tab.EachClosedRoot(a.ctx, f, "tagscanConsent.adopt")
		}
	}
}

// Where the mouse is moved, and how far the page is scrolled and back: some dialogs wait for a tenth of a window.
const stirX, stirY, stirBy = 200, 300, 250

// recognise asks every frame for a known platform.
func (a *answer) recognise() *Platform {
	table := make([]map[string]any, 0, len(Platforms))
	for _, p := range Platforms {
		table = append(table, map[string]any{"id": p.ID, "frame": p.Frame, "popup": p.Popup})
	}
	arg, err := json.Marshal(table)
	if err != nil {
		a.failed = err
		return nil
	}
	for _, f := range a.tab.Frames() {
		var ids []string
		if a.eval(f, "platforms("+string(arg)+")", &ids) != nil || len(ids) == 0 {
			continue
		}
		if i := slices.IndexFunc(Platforms, func(p *Platform) bool { return p.ID == ids[0] }); i >= 0 {
			return Platforms[i]
		}
	}
	return nil
}

// click makes the choice: by the platform's own buttons, else by words.
func (a *answer) click(want crawler.Consent) bool {
	if a.platform != nil {
		for _, w := range a.platform.Of(want) {
			if a.walk(w) {
				return true
			}
		}
		a.detail("the platform's usual buttons are not there")
	}
	return a.byWords(want)
}

// walk goes a way. It is gone only if its first step is there, and has been gone only if all of it was.
func (a *answer) walk(w Way) bool {
	for i, step := range w {
		sel, kind := step, byte(0)
		if step[0] == '?' || step[0] == '-' {
			sel, kind = step[1:], step[0]
		}
		switch kind {
		case '-':
			for _, f := range a.tab.Frames() {
				var n int
				_ = a.eval(f, "uncheck("+quote(sel)+")", &n)
			}
			_ = a.tab.Wait(a.ctx, tick)
		case '?':
			a.press(sel, 0, last(w, i))
		default:
			wait := stepTime
			if i == 0 {
				wait = 0
			}
			// A way that was tried before may have gone the first steps of this one.
			if a.press(sel, wait, last(w, i)) || i < len(w)-1 && a.pressed[sel] {
				continue
			}
			if i == 0 || !a.again() || !a.press(sel, wait, last(w, i)) {
				return false
			}
		}
	}
	return true
}

// last reports whether step i of a way makes the choice: all that follows may be missing.
func last(w Way, i int) bool {
	for _, step := range w[i+1:] {
		if step[0] != '?' {
			return false
		}
	}
	return true
}

// press clicks the first visible element of a selector in any frame, waiting for it.
func (a *answer) press(sel string, wait time.Duration, chooses bool) bool {
	return a.until(wait, func() bool {
		for _, f := range a.tab.Frames() {
			var b *button
			if a.eval(f, "find("+quote(sel)+")", &b) == nil && b != nil {
				a.hit(f, *b, chooses)
				a.pressed[sel] = true
				return true
			}
		}
		return false
	})
}

// hit clicks with the mouse where the element lies free, else by script. The click that chooses changes the state in which
// requests are sent from then on.
func (a *answer) hit(f visit.Frame, b button, chooses bool) {
	if chooses {
		a.at = time.Now().UTC()
		a.tab.SetPhase(crawler.Choice)
		a.tab.SetConsent(a.want)
	}
	byScript := func() bool {
		var there bool
		return a.eval(f, fmt.Sprintf("click(%d)", b.N), &there) == nil && there
	}
	a.mouse = nil
	if b.Clear && a.tab.Click(a.ctx, f, b.X, b.Y) == nil {
		a.mouse = byScript
	} else {
		byScript()
	}
	_ = a.tab.Wait(a.ctx, tick)
}

// again clicks by script what the mouse clicked in vain: a click into a frame of another site may hit what lies around it.
func (a *answer) again() bool {
	click := a.mouse
	a.mouse = nil
	return click != nil && click()
}

// gone waits until the dialog is not seen any more.
func (a *answer) gone() bool { return a.until(goTime, func() bool { return !a.visible() }) }

func (a *answer) visible() bool {
	if a.platform != nil {
		sels, _ := json.Marshal(a.platform.Popup) // strings always marshal
		for _, f := range a.tab.Frames() {
			var seen bool
			if a.eval(f, "seen("+string(sels)+")", &seen) == nil && seen {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(a.boxes, func(b *box) bool { return !a.boxGone(b) })
}

// read asks the page what it believes.
func (a *answer) read() map[string]string {
	var out map[string]string
	if a.tab.EvaluateInPage(a.ctx, readScript, &out) != nil || len(out) == 0 {
		return nil
	}
	return maps.Clone(out)
}

// state is what may be said of the page's consent: what was chosen if it holds, unasked if nothing was, else unknown.
func (a *answer) state(d *crawler.Dialog, want crawler.Consent, chosen bool) string {
	const unknown = "unknown"
	if believed := believes(d.Reads); believed != "" && d.Action != "" && believed != d.Action {
		a.detail("the page's consent API says " + string(believed))
		return unknown
	}
	switch {
	case d.Action != "" && d.Verified:
		return string(d.Action)
	case d.Action != "":
		return unknown
	case d.Seen && (want == crawler.Accepted || want == crawler.Rejected):
		return unknown
	case d.Seen:
		return string(crawler.Unasked)
	case chosen:
		return string(want)
	case want == crawler.Accepted || want == crawler.Rejected:
		return unknown
	}
	return string(crawler.Unasked)
}

// believes is the choice that the page's consent APIs agree on; empty if they say nothing clear.
func believes(reads map[string]string) crawler.Consent {
	gcm := reads["gcm"]
	granted, denied := strings.Count(gcm, "=granted"), strings.Count(gcm, "=denied")
	switch {
	case granted > 0 && denied == 0:
		return crawler.Accepted
	case denied > 0 && granted == 0:
		return crawler.Rejected
	}
	tcf := reads["tcf"]
	if !strings.Contains(tcf, "useractioncomplete") && !strings.Contains(tcf, "tcloaded") {
		return ""
	}
	if strings.Contains(tcf, "purposes=0 ") {
		return crawler.Rejected
	}
	return ""
}

func quote(s string) string {
	b, _ := json.Marshal(s) // strings always marshal
	return string(b)
}
