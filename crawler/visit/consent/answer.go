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
	//go:embed storage.js
	storageScript string
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

// Chooser answers dialogs for the profiles of a run. It remembers what each has chosen. It is safe for use by several
// goroutines.
type Chooser struct {
	mu       sync.Mutex
	visitors map[string]*visitor // by profile
	memo     memo
}

// visitor is what is known of a profile.
type visitor struct {
	chose    crawler.Consent  // what it has chosen last; empty: nothing
	none     bool             // it was shown no dialog on some page
	before   entries          // what was there before its last click
	on       string           // Page.ID of that click
	had      map[place]string // of before, the records of consent
	written  map[place]bool   // entries that its clicks have set
	answered []string         // dialogs that it has answered
	platform *Platform        // whose dialog it answered
}

// NewChooser returns a Chooser that has chosen nothing.
func NewChooser() *Chooser { return &Chooser{visitors: map[string]*visitor{}} }

// visitor returns a copy of what is known of a profile.
func (c *Chooser) visitor(profile string) visitor {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v := c.visitors[profile]; v != nil {
		out := *v
		out.written, out.answered = maps.Clone(v.written), slices.Clone(v.answered)
		return out
	}
	return visitor{}
}

// note changes what is known of a profile.
func (c *Chooser) note(profile string, change func(*visitor)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.visitors[profile]
	if v == nil {
		v = &visitor{written: map[place]bool{}}
		c.visitors[profile] = v
	}
	change(v)
}

// State is the consent state in which a page of the task begins: what its profile has chosen, unasked before.
func (c *Chooser) State(t crawler.Task) crawler.Consent {
	if !Chooses(t.Consent) {
		return t.Consent
	}
	if s := c.visitor(t.Profile).chose; s != "" {
		return s
	}
	return crawler.Unasked
}

// next is what a visitor of a task is to choose on a page, now that it has chosen something or nothing: who withdraws has to
// consent first. Empty: nothing.
func next(want, chose crawler.Consent) crawler.Consent {
	switch {
	case !Chooses(want):
		return ""
	case want == crawler.Withdrawn && chose == "":
		return crawler.Accepted
	}
	return want
}

// on makes an attempt on a page.
func (c *Chooser) on(ctx context.Context, tab *visit.Tab, page *crawler.Page) *answer {
	v := c.visitor(page.Task.Profile)
	return &answer{
		ctx: ctx, tab: tab, page: page, visitor: v, want: next(page.Task.Consent, v.chose), pressed: map[string]bool{}, memo: &c.memo,
	}
}

// Answer looks for a dialog on the tab's page, makes the choice that the task wants, and says what was seen and done. It
// waits for a dialog only where one is to be expected: until the profile has chosen.
func (c *Chooser) Answer(ctx context.Context, tab *visit.Tab, page *crawler.Page) error {
	a := c.on(ctx, tab, page)
	if a.want == crawler.Withdrawn && a.visitor.chose == crawler.Accepted {
		c.withdraw(a)
		return a.failed
	}
	wait := appearTime
	if a.visitor.chose != "" || a.visitor.none {
		wait = stepTime / 2 // a dialog that comes again, or late in a visit to a site, comes at once
	}
	page.Dialog = a.look(wait)
	if !page.Dialog.Seen {
		c.note(page.Task.Profile, func(v *visitor) { v.none = true })
		page.Dialog.Puzzle = a.puzzle()
	}
	c.conclude(a)
	return a.failed
}

// Late looks once more before a page is left that had no dialog, and makes the choice.
func (c *Chooser) Late(ctx context.Context, tab *visit.Tab, page *crawler.Page) (bool, error) {
	a := c.on(ctx, tab, page)
	d := a.look(0)
	if !d.Seen {
		if d.Puzzle = a.puzzle(); d.Puzzle == "" {
			return false, a.failed
		}
	}
	page.Dialog = d
	a.detail("it came late")
	c.conclude(a)
	return true, a.failed
}

// Presses reports whether a button of that name answers consent dialogs.
func (c *Chooser) Presses(label string) bool { return wording.MeaningOf(label) != wording.Other }

// Leave reads what the site has on record before the page is left, and says whether it is what was chosen.
func (c *Chooser) Leave(ctx context.Context, tab *visit.Tab, page *crawler.Page) error {
	a := c.on(ctx, tab, page)
	e := a.entries()
	if a.visitor.on == page.ID {
		a.before = a.visitor.before
		c.wrote(a, e)
	}
	page.Records = append(page.Records, e.records(crawler.AtLeaving, a.visitor.written)...)
	if page.Dialog == nil {
		return a.failed
	}
	a.judge()
	page.Dialog.State = a.state()
	return a.failed
}

// conclude makes the choice where there is one to make, and says what came of it.
func (c *Chooser) conclude(a *answer) {
	d := a.page.Dialog
	if d.Seen && a.want != "" && a.want != crawler.Withdrawn {
		if a.visitor.chose != "" {
			a.detail("asked again on a further page")
		}
		c.choose(a)
	}
	d.State = a.state()
	d.Detail = strings.Join(slices.Compact(a.details), "; ")
}

// choose makes the choice and notes it for the profile if it was seen to be taken.
func (c *Chooser) choose(a *answer) {
	d := a.page.Dialog
	a.arrive()
	a.notice()
	if !a.click(a.want) {
		a.detail("no button for the choice could be told")
		d.Puzzle = "no button for the choice could be told"
		if b := a.boxOf(crawler.Unasked); b != nil {
			d.Puzzle = cut(b.Text, 120)
		}
		return
	}
	c.pressedIt(a)
}

// pressedIt waits for what comes of the click, reads the record, and notes the choice.
func (c *Chooser) pressedIt(a *answer) {
	d, name := a.page.Dialog, a.asked()
	d.Action, d.At, d.Again = a.want, a.at, slices.Contains(a.visitor.answered, name)
	gone := a.gone() || a.again() && a.gone()
	c.readBack(a)
	if !gone && d.Recorded != answers(a.want) {
		a.detail("the dialog stayed")
		return
	}
	c.note(a.page.Task.Profile, func(v *visitor) {
		v.chose, v.had, v.answered = a.want, arrival(a.page.Records), append(v.answered, name)
		if a.platform != nil {
			v.platform = a.platform
		}
	})
	a.visitor = c.visitor(a.page.Task.Profile)
}

// readBack reads what was recorded after the click. Some platforms take a moment.
func (c *Chooser) readBack(a *answer) {
	for range 3 {
		e := a.entries()
		c.wrote(a, e)
		records := e.records(crawler.AtAnswer, a.visitor.written)
		a.page.Records = append(slices.DeleteFunc(a.page.Records, func(r crawler.ConsentRecord) bool { return r.Stage == crawler.AtAnswer }), records...)
		if a.judge(); a.page.Dialog.Recorded != "" || a.tab.Wait(a.ctx, tick) != nil {
			return
		}
	}
}

// wrote notes which entries have changed since before the click.
func (c *Chooser) wrote(a *answer, e entries) {
	changed := e.since(a.before)
	c.note(a.page.Task.Profile, func(v *visitor) {
		for p := range changed {
			if p.source != fromAPI {
				v.written[p] = true
			}
		}
		v.before, v.on = a.before, a.page.ID
	})
	a.visitor = c.visitor(a.page.Task.Profile)
}

// answer is one attempt on one page.
type answer struct {
	ctx      context.Context
	tab      *visit.Tab
	page     *crawler.Page
	visitor  visitor
	want     crawler.Consent // empty: nothing is to be chosen
	before   entries         // of before the click
	platform *Platform       // nil: recognised by its words
	boxes    []*box          // of a dialog recognised by its words
	at       time.Time       // of the click that chose
	pressed  map[string]bool // selectors that were clicked
	mouse    func() bool     // clicks by script what was last clicked with the mouse; nil: a script clicked it
	details  []string
	stirred  bool
	stands   crawler.Consent // the choice that the record shows and that nobody asks about again; empty: none
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
				a.page.Dialog.Clicks += n
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
				if i < len(w)-1 {
					a.notice()
				}
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
	a.page.Dialog.Clicks++
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

// arrive reads what is there before the click.
func (a *answer) arrive() {
	a.before = a.entries()
	a.page.Records = append(a.page.Records, a.before.records(crawler.AtArrival, a.visitor.written)...)
}

// asked names the dialog that is answered, so that it is known again: its platform, or what it says, and the site that asks.
func (a *answer) asked() string {
	if a.platform != nil {
		return hostOf(a.page.Task.URL) + " " + a.platform.ID
	}
	text := ""
	if len(a.boxes) > 0 {
		text = cut(a.boxes[0].Text, 200)
	}
	return hostOf(a.page.Task.URL) + " " + text
}

// judge says what the records of the page say about the choice that was made, here or on an earlier page.
func (a *answer) judge() {
	d := a.page.Dialog
	chose := d.Action
	had := a.visitor.had
	if chose != "" {
		had = arrival(a.page.Records)
	} else if chose = a.visitor.chose; chose == "" {
		return
	}
	h, what := evidenceOf(a.page.Records, had).holds(chose, nil)
	if chose == crawler.Withdrawn {
		h, what = withdrawn(a.page.Records, had)
	}
	d.Recorded, d.Verified, a.stands = "", false, ""
	switch h {
	case agrees:
		d.Recorded = answers(chose)
		// Who has withdrawn may be asked anew. Who is asked again about what was answered was not heard.
		if !d.Seen || d.Action != "" && !d.Again || chose == crawler.Withdrawn {
			a.stands = chose
		}
		d.Verified = a.stands == a.page.Task.Consent
	case opposite:
		d.Recorded = map[crawler.Consent]crawler.Consent{crawler.Accepted: crawler.Rejected, crawler.Rejected: crawler.Accepted}[answers(chose)]
		if text := "the record says the opposite: " + what; !strings.Contains(d.Detail, text) {
			d.Detail = strings.TrimPrefix(d.Detail+"; "+text, "; ")
			a.detail(text)
		}
	}
}

// state is what may be said of the page's consent: what was chosen if the record says so, unasked if nothing was chosen, else
// unknown.
func (a *answer) state() string {
	const unknown = "unknown"
	switch {
	case a.stands != "":
		return string(a.stands)
	case a.want != "":
		return unknown
	}
	return string(crawler.Unasked)
}

func quote(s string) string {
	b, _ := json.Marshal(s) // strings always marshal
	return string(b)
}
