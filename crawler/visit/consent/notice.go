package consent

import (
	"encoding/json"
	"slices"

	"github.com/tagscan/tagscan/crawler/visit"
)

// notice takes down what the dialog says and what is ticked in it, before anything more is pressed. A layer that has opened adds to
// what was ticked.
func (a *answer) notice() {
	if a.platform == nil {
		for _, b := range a.boxes {
			a.noticeIn(b.frame, b.N)
		}
		return
	}
	for _, f := range a.tab.Frames() {
		a.noticeIn(f, a.platform.Popup)
	}
}

// noticeIn takes it down of one element: the number of a box, or the selectors of a platform's dialog.
func (a *answer) noticeIn(f visit.Frame, what any) {
	arg, err := json.Marshal(what)
	if err != nil {
		a.failed = err
		return
	}
	var says *struct {
		Text   string   `json:"text"`
		Ticked []string `json:"ticked"`
	}
	if a.eval(f, "says("+string(arg)+")", &says) != nil || says == nil {
		return
	}
	d := a.page.Dialog
	if d.Text == "" {
		d.Text = says.Text
	}
	for _, label := range says.Ticked {
		if !slices.Contains(d.Ticked, label) {
			d.Ticked = append(d.Ticked, label)
		}
	}
}
