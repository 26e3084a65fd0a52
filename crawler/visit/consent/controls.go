package consent

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/visit/consent/wording"
)

// control is a box, a switch or a radio button in a dialog.
type control struct {
	N     int    `json:"n"`
	Type  string `json:"type"` // box, radio
	On    bool   `json:"on"`
	Fixed bool   `json:"fixed"` // it cannot be changed
	Group string `json:"group"` // radio buttons of which one is on
	Label string `json:"label"`
	Value string `json:"value"` // value or id
}

// Values of options, as programmers write them: for those whose label is not understood.
var (
	valueNo = regexp.MustCompile(`(?i)(^|[^a-z])` +
		`(reject|decline|deny|denied|refuse|no|none|off|false|0|necessary|essential|required|minimal|disable)([^a-z]|$)`)
	valueYes = regexp.MustCompile(`(?i)(^|[^a-z])(accept|agree|allow|yes|all|on|true|1|granted|enable)([^a-z]|$)`)
)

// setIn sets what can be set in a box as the choice wants it, and looks whether it is so. What is necessary stays as it is.
func (a *answer) setIn(b *box, want crawler.Consent) bool {
	list := a.controls(b)
	if c, ok := unanswered(list, want); ok {
		a.detail(fmt.Sprintf("no option of %q was understood", cut(c.Label, 40)))
		return false
	}
	wrong := toClick(list, want)
	if want != crawler.Accepted && len(wrong) > 1 && a.clear(b) {
		wrong = toClick(a.controls(b), want)
	}
	for _, c := range wrong {
		var on bool
		_ = a.eval(b.frame, fmt.Sprintf("set(%d)", c.N), &on)
		a.page.Dialog.Clicks++
	}
	if len(wrong) == 0 {
		return true
	}
	_ = a.tab.Wait(a.ctx, tick)
	if left := toClick(a.controls(b), want); len(left) > 0 {
		a.detail(fmt.Sprintf("%d of its boxes could not be set: %q", len(left), cut(left[0].Label, 40)))
		return false
	}
	return true
}

// clear presses what switches all boxes off at once, if there is such a button, as a visitor would: it takes fewer clicks.
func (a *answer) clear(b *box) bool {
	i := slices.IndexFunc(b.Buttons, func(k button) bool { return k.Href == "" && wording.ClearsBoxes(k.Text) })
	if i < 0 {
		return false
	}
	var at *button
	if a.eval(b.frame, fmt.Sprintf("at(%d)", b.Buttons[i].N), &at) != nil || at == nil {
		return false
	}
	a.hit(b.frame, *at, false)
	return true
}

// controls are what can be set in a box, as it is now.
func (a *answer) controls(b *box) []control {
	var list []control
	if a.eval(b.frame, fmt.Sprintf("controls(%d)", b.N), &list) != nil {
		return nil
	}
	return list
}

// unanswered finds a group of radio buttons of which none stands for the choice.
func unanswered(list []control, want crawler.Consent) (control, bool) {
	answered := map[string]bool{}
	for _, c := range list {
		if c.Type == "radio" && c.stands() == want {
			answered[c.Group] = true
		}
	}
	for _, c := range list {
		if c.Type == "radio" && !c.Fixed && !answered[c.Group] {
			return c, true
		}
	}
	return control{}, false
}

// toClick decides which controls to click. Of radio buttons it is the one that says so.
func toClick(list []control, want crawler.Consent) []control {
	var out []control
	for _, c := range list {
		switch {
		case c.Fixed:
		case c.Type == "radio":
			if c.stands() == want && !c.On {
				out = append(out, c)
			}
		case c.On == (want == crawler.Accepted), wording.IsNecessary(c.Label):
		default:
			out = append(out, c)
		}
	}
	return out
}

// stands is the choice that a radio button stands for; empty if that is not understood.
func (c control) stands() crawler.Consent {
	switch m := wording.MeaningOf(c.Label); {
	case m == wording.Reject, wording.IsNo(c.Label), wording.IsNecessary(c.Label):
		return crawler.Rejected
	case m == wording.Accept, wording.IsYes(c.Label), wording.OfAll(c.Label):
		return crawler.Accepted
	}
	switch no, yes := valueNo.MatchString(c.Value), valueYes.MatchString(c.Value); {
	case no && !yes:
		return crawler.Rejected
	case yes && !no:
		return crawler.Accepted
	}
	return ""
}
