package visit

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// typedField is a field that a step has typed into.
type typedField struct {
	n        int // of the step
	step     Step
	document int // how many navigations there were by then
}

// filled notes that a step has typed into its field. What was typed into it before counts no more.
func (r *replaying) filled(n int, s Step) {
	r.typed = slices.DeleteFunc(r.typed, func(t typedField) bool {
		return t.step.Target == s.Target && slices.Equal(t.step.Frame, s.Frame) && reflect.DeepEqual(t.step.Selectors, s.Selectors)
	})
	r.typed = append(r.typed, typedField{n, s, r.tab.rec.State().Navigations})
}

// stillHeld reads every field back that was typed into and that nothing was done with yet: some pages empty or cut a field only when it
// has lost the focus. The error names the step that typed.
func (r *replaying) stillHeld(ctx context.Context) error {
	for _, t := range r.typed {
		if r.tab.rec.State().Navigations > t.document {
			continue // its document has gone
		}
		now, there := r.nowIn(ctx, t.step)
		if there && lostText(t.step.Value, now) {
			return fmt.Errorf("step %d (%s): the field does not hold any more what was typed into it", t.n, t.step.about())
		}
	}
	return nil
}

// nowIn is what a step's field holds by now; false if the field is not there or not seen any more: it was done with.
func (r *replaying) nowIn(ctx context.Context, s Step) (string, bool) {
	f, err := r.frame(ctx, s)
	if err != nil {
		return "", false
	}
	alternatives, err := json.Marshal(s.Selectors)
	if err != nil {
		return "", false
	}
	var now struct {
		There bool
		Value string
	}
	if err := r.eval(ctx, f, "forget(), tagscanReplay.holds("+string(alternatives)+")", &now); err != nil {
		return "", false
	}
	return now.Value, now.There
}

// lostText reports whether a field that held a text is empty or holds only a part of it. What else a page makes of a text when it is
// done with is its own form of it: dates the other way round, a mask in the place of digits, zeros less.
func lostText(typed, held string) bool {
	if strings.TrimSpace(typed) == "" {
		return false
	}
	seen := strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, held)
	if seen == "" {
		return true
	}
	whole, part := plainText(typed), plainText(held)
	if strings.TrimLeft(whole, "0") == strings.TrimLeft(part, "0") {
		return false
	}
	return utf8.RuneCountInString(seen) < utf8.RuneCountInString(whole) && strings.Contains(whole, part)
}

// acts reports whether a step does more than fill a field: it may send what is in the fields.
func (s Step) acts() bool {
	switch s.Type {
	case "click", "doubleClick":
		return true
	case "keyDown":
		return s.Key == "Enter" || s.Key == "NumpadEnter"
	}
	return false
}

// isField reports whether an element takes what is typed or chosen. A click on one only goes there.
func (e element) isField() bool {
	switch e.Tag {
	case "INPUT":
		return !slices.Contains([]string{"submit", "button", "image", "reset"}, e.Type)
	case "TEXTAREA", "SELECT", "LABEL", "OPTION":
		return true
	}
	return e.Editable
}
