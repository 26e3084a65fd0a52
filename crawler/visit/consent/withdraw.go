package consent

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/crawler/visit/consent/wording"
)

// withdraw takes back, on a page of its own, what the visitor has consented to: by what the site offers for that, it opens the dialog
// again, and refuses there. What is tried first is what a visitor would click, then the platform's API.
func (c *Chooser) withdraw(a *answer) {
	d := &crawler.Dialog{}
	a.page.Dialog = d
	a.arrive()
	for _, open := range []func(*Chooser) bool{a.reopen, a.byLabel, a.recall} {
		if !open(c) {
			continue
		}
		d.Seen = true
		if a.platform != nil {
			d.Platform = a.platform.ID
		}
		if d.Recorded == crawler.Rejected || a.refuse() { // the click may have withdrawn at once
			c.pressedIt(a)
			break
		}
	}
	if d.Action == "" {
		a.detail("no way to withdraw consent was found")
	}
	d.State = a.state()
	d.Detail = strings.Join(slices.Compact(a.details), "; ")
}

// refuse refuses in the dialog that is open again. Some have no button for it by then, only boxes and a button that saves.
func (a *answer) refuse() bool {
	if a.platform = a.shown(); a.platform != nil {
		for _, w := range a.platform.Of(crawler.Rejected) {
			if a.walk(w) {
				return true
			}
		}
	}
	return a.byWords(crawler.Rejected) || a.inLayer(crawler.Rejected)
}

// shown waits for a platform's dialog to be there, or any.
func (a *answer) shown() (p *Platform) {
	a.until(stepTime, func() bool {
		p = a.recognise()
		return p != nil || a.layerOf() != nil
	})
	return p
}

// inLayer refuses in an open layer, which need not ask for anything any more.
func (a *answer) inLayer(want crawler.Consent) bool {
	layer := a.layerOf()
	if layer == nil {
		return false
	}
	a.watch(layer)
	if a.pressIn(layer, wording.Reject) {
		return a.saveIfAsked(layer)
	}
	return a.setIn(layer, want) && a.pressIn(layer, wording.Save)
}

// platforms are those that may have been asked to be opened again: the one that the visitor has answered first.
func (a *answer) platforms() []*Platform {
	out := slices.Clone(Platforms)
	if p := a.visitor.platform; p != nil {
		out = append([]*Platform{p}, out...)
	}
	return out
}

// reopen clicks what a platform puts into the page for it.
func (a *answer) reopen(*Chooser) bool {
	for _, p := range a.platforms() {
		for _, sel := range p.Reopen {
			if a.press(sel, 0, false) && a.opened() {
				return true
			}
		}
	}
	return false
}

// recall asks the platform's API, and that of the IAB's framework.
func (a *answer) recall(*Chooser) bool {
	var calls []string
	for _, p := range a.platforms() {
		if p.Recall != "" {
			calls = append(calls, p.Recall)
		}
	}
	calls = append(calls, `__tcfapi("displayConsentUi", 2, () => {})`)
	for _, call := range slices.Compact(calls) {
		var called bool
		if a.tab.EvaluateInPage(a.ctx, "(() => { try { "+call+"; return true } catch { return false } })()", &called) == nil && called && a.opened() {
			return true
		}
	}
	return false
}

// opened waits for something that can be answered.
func (a *answer) opened() bool {
	return a.until(stepTime, func() bool { return a.recognise() != nil || a.layerOf() != nil || a.boxOf(crawler.Rejected) != nil })
}

// byLabel clicks what says that consent can be changed or withdrawn: a link at the end of the page, a floating button.
func (a *answer) byLabel(c *Chooser) bool {
	for _, o := range a.openers() {
		var at *button
		if a.eval(o.frame, fmt.Sprintf("at(%d)", o.button.N), &at) != nil || at == nil {
			continue
		}
		withdraws := wording.Withdraws(o.button.Labels...)
		if withdraws {
			a.at = time.Now().UTC()
		}
		a.hit(o.frame, *at, withdraws)
		if a.opened() {
			return true
		}
		if withdraws && a.withdrawn() {
			return true
		}
	}
	return false
}

// withdrawn reports whether the record says no by now: some links withdraw at once.
func (a *answer) withdrawn() bool {
	records := a.entries().records(crawler.AtAnswer, a.visitor.written)
	h, _ := withdrawn(records, arrival(a.page.Records))
	if h == agrees {
		a.page.Dialog.Recorded = crawler.Rejected
	}
	return h == agrees
}

// opener is something to click that says that it is about consent.
type opener struct {
	frame  visit.Frame
	button button
}

// maxOpeners is how many are tried: a page has one, at its end and perhaps in its menu.
const maxOpeners = 4

// openers are those of all frames, what withdraws before what opens settings.
func (a *answer) openers() []opener {
	var withdraw, settings []opener
	for _, f := range a.tab.Frames() {
		var found []button
		if a.eval(f, "openers()", &found) != nil {
			continue
		}
		for _, b := range found {
			switch {
			case wording.Withdraws(b.Labels...):
				withdraw = append(withdraw, opener{f, b})
			case wording.ReopensSettings(b.Labels...):
				settings = append(settings, opener{f, b})
			}
		}
	}
	all := append(withdraw, settings...)
	return all[:min(len(all), maxOpeners)]
}
