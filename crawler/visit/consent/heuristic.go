package consent

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// boxOf finds the box that is a consent dialog by its words.
func (a *answer) boxOf(want crawler.Consent) *box { return a.boxAbout(topics, want, (*box).asks) }

// layerOf finds the second layer of a dialog that is open already, which need not say any more what it is about.
func (a *answer) layerOf() *box {
	return a.boxAbout(layerTopics, crawler.Rejected, func(*box) bool { return true })
}

// boxAbout finds the box that speaks of the topics and is one of those that are meant. For a choice it wants a box that offers
// it, or a second layer on the way to it; unasked means any.
func (a *answer) boxAbout(topics string, want crawler.Consent, meant func(*box) bool) *box {
	for _, f := range a.tab.Frames() {
		var boxes []box
		if a.eval(f, "boxes("+quote(topics)+")", &boxes) != nil {
			continue
		}
		for i := range boxes {
			boxes[i].frame = f
			if boxes[i].fits(want) && meant(&boxes[i]) {
				return &boxes[i]
			}
		}
	}
	return nil
}

// asks reports whether a box asks for consent to cookies and the like. Others ask for something else with the same buttons, such
// as leave to notify or an address for the newsletter, and have a privacy policy below: to refuse those is no refusal of
// cookies.
func (b *box) asks() bool {
	plain := b.Text
	for _, link := range b.Links {
		plain = strings.ReplaceAll(plain, link, " ")
	}
	of := func(re *regexp.Regexp, s string) int { return len(re.FindAllString(s, -1)) }
	cookies, others := of(cookieWords, plain), of(otherWords, plain)
	switch {
	case b.Fields > 0 && (others > 0 || cookies == 0):
		return false
	case cookies > 0:
		return 2*cookies >= others
	case others > 0:
		return false
	case cookieWords.MatchString(b.Text): // "we use these", with the word in the link alone
		return true
	}
	has := b.offers()
	return privacyWords.MatchString(plain) && has[accepts] && (has[rejects] || has[settings])
}

// offers is what the buttons of a box mean.
func (b *box) offers() map[meaning]bool {
	has := map[meaning]bool{}
	for _, k := range b.Buttons {
		has[meaningOf(k.Text)] = true
	}
	return has
}

// fits reports whether a box is a consent dialog that can lead to the choice. One button that accepts is enough to be a
// dialog only where the text speaks of cookies or consent, which boxes asks for.
func (b *box) fits(want crawler.Consent) bool {
	has := b.offers()
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
	layer := a.layerOf()
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
	if layer := a.layerOf(); layer != nil && a.visible() {
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
