package visit

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"
)

// typeTries is how often a text is typed into a field that holds something else then: a dialog may have come in between and taken the
// focus.
const typeTries = 2

// typeInto types a step's value into the field that was found last, key by key, and reads the field back. A consent dialog is answered
// before, for it may hold the focus.
func (r *replaying) typeInto(ctx context.Context, f Frame, s Step, el element) error {
	for range typeTries {
		if err := r.answer(ctx); err != nil {
			return err
		}
		if err := r.eval(ctx, f, "focus()", nil); err != nil {
			return err
		}
		before := r.tab.rec.State().Navigations
		if err := r.keys(ctx, s.Value, el.Tag == "INPUT"); err != nil {
			return err
		}
		held, err := r.holds(ctx, f, s)
		if err != nil || held || r.tab.rec.State().Navigations > before {
			return err
		}
	}
	return errors.New("the field does not hold what was typed into it")
}

// keys presses the keys of a text.
func (r *replaying) keys(ctx context.Context, text string, oneLine bool) error {
	for _, c := range text {
		if c == '\n' && oneLine {
			continue
		}
		for _, k := range kb.Encode(c) {
			if err := r.tab.rec.Main().Call(ctx, input.CommandDispatchKeyEvent, *k, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// holds reports whether the field holds what was typed, and gives it a moment to be filled. A field that is not there any more was done
// with: some forms go on by themselves after the last character.
func (r *replaying) holds(ctx context.Context, f Frame, s Step) (bool, error) {
	alternatives, err := json.Marshal(s.Selectors)
	if err != nil {
		return false, err
	}
	for range 3 {
		var now struct {
			There bool
			Value string
		}
		if err := r.eval(ctx, f, "holds("+string(alternatives)+")", &now); err != nil {
			return true, nil // the document has gone
		}
		if !now.There || sameText(s.Value, now.Value) {
			return true, nil
		}
		if err := r.tab.clock.pause(ctx, 100*time.Millisecond); err != nil {
			return false, err
		}
	}
	return false, nil
}

// sameText reports whether a field holds a text in the form that the site gives it: with other blanks and punctuation, in capitals, a
// country's code before a telephone number, a completion behind.
func sameText(typed, held string) bool {
	typed, held = plainText(typed), plainText(held)
	return typed == held || typed != "" && strings.Contains(held, typed)
}

// plainText is a text's letters and digits, in lower case. A text that has none is left alone.
func plainText(s string) string {
	plain := strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, s)
	if plain == "" {
		return strings.TrimSpace(s)
	}
	return plain
}

// answer answers a consent dialog that stands open, as the visitor's state wants it.
func (r *replaying) answer(ctx context.Context) error {
	if r.choice == nil {
		return nil
	}
	seen, err := r.choice.Late(ctx, r.tab, r.page)
	r.answered = r.answered || seen && r.page.Dialog.Action != ""
	return err
}

// answersConsent reports whether a step clicks a button of a consent dialog, by its names.
func (r *replaying) answersConsent(s Step) bool {
	if s.Type != "click" && s.Type != "doubleClick" {
		return false
	}
	for _, chain := range s.Selectors {
		for _, sel := range chain {
			for _, kind := range []string{"aria/", "text/"} {
				name, ok := strings.CutPrefix(sel, kind)
				if ok && r.choice.Presses(name) {
					return true
				}
			}
		}
	}
	return false
}
