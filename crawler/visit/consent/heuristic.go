package consent

import (
	"fmt"

	"github.com/tagscan/tagscan/crawler"
)

// boxOf finds the box that is a consent dialog by its words.
func (a *answer) boxOf(want crawler.Consent) *box { return a.boxAbout(topics, want) }

// boxAbout finds the box that speaks of the topics. For a choice it wants a box that offers it, or a second
// layer on the way to it; unasked means any.
func (a *answer) boxAbout(topics string, want crawler.Consent) *box {
	for _, f := range a.tab.Frames() {
		var boxes []box
		if a.eval(f, "boxes("+quote(topics)+")", &boxes) != nil {
			continue
		}
		for i := range boxes {
			boxes[i].frame = f
			if boxes[i].fits(want) {
				return &boxes[i]
			}
		}
	}
	return nil
}

// fits reports whether a box is a consent dialog that can lead to the choice. One button that accepts is enough to be a
// dialog only where the text speaks of cookies or consent, which boxes asks for.
func (b *box) fits(want crawler.Consent) bool {
	has := map[meaning]bool{}
	for _, k := range b.Buttons {
		has[meaningOf(k.Text)] = true
	}
	switch want {
	case crawler.Accepted:
		return has[accepts]
	case crawler.Rejected:
		return has[rejects] || has[settings] || has[saves]
	}
	return has[accepts] || has[rejects]
}

// byWords makes the choice by what buttons say, with one second layer.
func (a *answer) byWords(want crawler.Consent) bool {
	b := a.boxOf(want)
	if b == nil {
		return false
	}
	if a.platform == nil {
		a.box = b
	}
	if want == crawler.Accepted {
		return a.pressIn(b, accepts)
	}
	if a.pressIn(b, rejects) {
		return true
	}
	if !a.pressIn(b, settings) {
		return false
	}
	_ = a.tab.Wait(a.ctx, 2*tick)
	layer := a.boxAbout(layerTopics, crawler.Rejected)
	if layer == nil {
		return false
	}
	if a.pressIn(layer, rejects) {
		a.saveIfAsked()
		return true
	}
	var unchecked int
	if a.eval(layer.frame, fmt.Sprintf("uncheckIn(%d)", layer.N), &unchecked) != nil {
		return false
	}
	return a.pressIn(layer, saves)
}

// saveIfAsked saves where refusing in the second layer only set its boxes.
func (a *answer) saveIfAsked() {
	_ = a.tab.Wait(a.ctx, tick)
	if layer := a.boxAbout(layerTopics, crawler.Rejected); layer != nil && a.visible() {
		a.pressIn(layer, saves)
	}
}

// pressIn clicks the best button of a box that means m: the one that speaks of everything, else the first.
func (a *answer) pressIn(b *box, m meaning) bool {
	best := -1
	for i, k := range b.Buttons {
		if meaningOf(k.Text) != m {
			continue
		}
		if best < 0 || (!allWords.MatchString(spread(b.Buttons[best].Text)) && allWords.MatchString(spread(k.Text))) {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	var at *button
	if a.eval(b.frame, fmt.Sprintf("at(%d)", b.Buttons[best].N), &at) != nil || at == nil {
		return false
	}
	a.hit(b.frame, *at, m != settings)
	return true
}
