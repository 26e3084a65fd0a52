package consent

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/crawler/visit/consent/wording"
)

// box is something on a page that has words of consent dialogs and buttons.
type box struct {
	N        int      `json:"n"`
	Where    string   `json:"where"` // apart, edge, frame, plain: see dialog.js
	Text     string   `json:"text"`
	Links    []string `json:"links"`    // what links in it say that lead elsewhere; part of Text
	Fields   int      `json:"fields"`   // to type an address or a name into
	Controls int      `json:"controls"` // boxes, switches and radio buttons
	Buttons  []button `json:"buttons"`
	frame    visit.Frame
}

type button struct {
	N      int      `json:"n"`
	Text   string   `json:"text"`
	Labels []string `json:"labels"` // Text, and what else names it
	Href   string   `json:"href"`   // of a link that leads elsewhere
	Own    bool     `json:"own"`    // such a link stays on the site
	X      float64  `json:"x"`
	Y      float64  `json:"y"`
	Clear  bool     `json:"clear"` // nothing lies over it
	known  *wording.Meaning
}

// meaning is what a button does. A link that leads elsewhere is a policy, a sign-in or a shop, unless it is the site's own way to
// answer, by its words and by its address.
func (k button) meaning() wording.Meaning {
	if k.known != nil {
		return *k.known
	}
	names := k.Labels
	if len(names) == 0 {
		names = []string{k.Text}
	}
	if k.Href != "" && !(k.Own && wording.IsChoiceLink(k.Href, names...)) {
		return wording.Other
	}
	return wording.MeaningOf(names...)
}

// all finds the boxes of all frames that have one of the stems, the main frame's first.
func (a *answer) all(stems string) []*box {
	var out []*box
	for _, f := range a.tab.Frames() {
		var boxes []*box
		if a.eval(f, "boxes("+stems+")", &boxes) != nil {
			continue
		}
		for _, b := range boxes {
			b.frame = f
			for i, k := range b.Buttons {
				b.Buttons[i].known = a.memo.meaning(k)
			}
			out = append(out, b)
		}
	}
	return out
}

// boxOf finds the box that is a consent dialog by its words and can lead to the choice; unasked means any.
func (a *answer) boxOf(want crawler.Consent) *box {
	for _, b := range a.all(a.stems()) {
		if b.fits(want) && a.memo.asks(b) {
			return b
		}
	}
	return nil
}

// anyText stands for no stem at all.
const anyText = `[""]`

// layerOf finds the second layer of a dialog that is open already: what can be answered at once, and not again what leads to it.
func (a *answer) layerOf() *box {
	for _, b := range a.all(anyText) {
		has := b.offers()
		if (has[wording.Reject] || has[wording.Save]) && b.isLayer() {
			return b
		}
	}
	return nil
}

// isLayer reports whether a box may be a second layer, which need not say any more what it is about. Others may be open over the
// page, which ask for something else.
func (b *box) isLayer() bool {
	t := wording.TopicsOf(b.Text)
	switch {
	case b.Where == "plain", b.Fields > 0 && t.Cookies == 0:
		return false
	case t.Cookies+t.Privacy > 0:
		return t.Cookies > 0 || t.Other == 0
	}
	return b.Controls > 0 && t.Other == 0
}

// asks reports whether a box asks for consent to cookies and the like.
func (b *box) asks() bool {
	d := wording.Dialog{Text: b.Text, Links: b.Links, Fields: b.Fields}
	for _, k := range b.Buttons {
		if k.meaning() != wording.Other {
			d.Buttons = append(d.Buttons, k.Text)
		}
	}
	return d.AsksForConsent()
}

// offers is what the buttons of a box mean.
func (b *box) offers() map[wording.Meaning]bool {
	has := map[wording.Meaning]bool{}
	for _, k := range b.Buttons {
		has[k.meaning()] = true
	}
	return has
}

// fits reports whether a box is a dialog that can lead to the choice. One button that accepts is enough to be a dialog only
// where the text speaks of cookies or consent, which asks asks for. What stands in the page's own text must offer a choice.
func (b *box) fits(want crawler.Consent) bool {
	has := b.offers()
	set := has[wording.Save] && b.Controls > 0
	if b.Where == "plain" && !(has[wording.Accept] && (has[wording.Reject] || has[wording.Settings]) && b.plainly() || set) {
		return false
	}
	if b.Where == "edge" && has[wording.Accept] && has[wording.Reject] && !b.plainly() {
		return false
	}
	switch want {
	case crawler.Accepted:
		return has[wording.Accept] || set
	case crawler.Rejected:
		return has[wording.Reject] || has[wording.Settings] || has[wording.Save]
	}
	return has[wording.Accept] || has[wording.Reject] || set
}

// plainly reports whether a button says more than yes: "Was this page about cookies helpful? Yes No" asks for nothing.
func (b *box) plainly() bool {
	return slices.ContainsFunc(b.Buttons, func(k button) bool { return k.meaning() == wording.Accept && !wording.IsYes(k.Text) })
}

// byWords makes the choice by what buttons say, with one second layer.
func (a *answer) byWords(want crawler.Consent) bool {
	b := a.boxOf(want)
	if b == nil {
		return false
	}
	a.watch(b)
	chooses := wording.Reject
	if want == crawler.Accepted {
		chooses = wording.Accept
	}
	has := b.offers()
	switch {
	case has[chooses]:
		return a.pressIn(b, chooses) && a.saveIfAsked(b)
	case has[wording.Save] && b.Controls > 0:
		return a.setIn(b, want) && a.pressIn(b, wording.Save)
	case !a.pressIn(b, wording.Settings):
		return false
	}
	_ = a.tab.Wait(a.ctx, 2*tick)
	layer := a.layerOf()
	if layer == nil {
		return false
	}
	a.watch(layer)
	a.noticeIn(layer.frame, layer.N)
	if a.pressIn(layer, chooses) {
		return a.saveIfAsked(layer)
	}
	return a.setIn(layer, want) && a.pressIn(layer, wording.Save)
}

// watch has a box count as part of the dialog, which has gone only when all of its boxes have.
func (a *answer) watch(b *box) {
	if a.platform == nil {
		a.boxes = append(a.boxes, b)
	}
}

// saveIfAsked saves where the choice only set the boxes of a layer, which stays until it is saved.
func (a *answer) saveIfAsked(b *box) bool {
	_ = a.tab.Wait(a.ctx, tick)
	if a.boxGone(b) {
		return true
	}
	layer := a.layerOf()
	if layer == nil || !layer.offers()[wording.Save] {
		return true // it has chosen, and goes by and by
	}
	a.watch(layer)
	return a.pressIn(layer, wording.Save)
}

// boxGone reports whether a box is not seen any more; so is one whose frame has gone.
func (a *answer) boxGone(b *box) bool {
	gone := true
	return a.eval(b.frame, fmt.Sprintf("gone(%d)", b.N), &gone) != nil || gone
}

// pressIn clicks the best button of a box that means m: the one that speaks of everything, else the first.
func (a *answer) pressIn(b *box, m wording.Meaning) bool {
	best := -1
	for i, k := range b.Buttons {
		if k.meaning() != m {
			continue
		}
		if best < 0 || !wording.OfAll(b.Buttons[best].Text) && wording.OfAll(k.Text) {
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
	a.hit(b.frame, *at, m != wording.Settings)
	return true
}

// shortest is how many characters a text needs beside its buttons to be more than a button that opens the settings again.
const shortest = 25

// puzzle is what stands apart from the page, speaks of cookies, has something to press, and was not understood; empty if there is
// nothing of the kind. An article about cookies has buttons, too.
func (a *answer) puzzle() string {
	for _, b := range a.all(a.stems()) {
		if b.Where != "apart" && b.Where != "frame" || !wording.SpeaksOfConsent(b.Text) {
			continue
		}
		rest, pressable := len([]rune(wording.Fold(b.Text))), false
		for _, k := range b.Buttons {
			name := wording.Fold(k.Text)
			rest -= len([]rune(name))
			pressable = pressable || name != "" && k.Href == ""
		}
		if pressable && rest >= shortest {
			return cut(b.Text, 120)
		}
	}
	return ""
}

// cut shortens a text for a person.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n])) + " …"
	}
	return s
}
