package record

import (
	"slices"

	"github.com/tagscan/tagscan/crawler"
)

// Leave goes from the page and its popups to blank ones; State.Left tells when the page has gone. Closing would end the protocol's
// session with a page before the page is told that it goes, and nothing would say which script sends what is sent then.
func (t *Tab) Leave() {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.leaving = true
	for _, m := range append(slices.Clone(t.popups), t.main) {
		_ = m.session.Send("Page.navigate", map[string]string{"url": blank})
	}
}

// Listen asks which scripts wait for the frames of other sites to go. Their sessions end before they do, so that this is all that
// is known of who sends then.
func (t *Tab) Listen() {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	for _, m := range t.members {
		if m.info.Type == "iframe" {
			t.r.listen(m)
		}
	}
}

// listen asks for the handlers of a document's end.
func (r *Recorder) listen(m *member) {
	_ = m.session.Ask("Runtime.evaluate", map[string]any{"expression": "window\n//# sourceURL=" + OwnScript + "leave"}, func(decode func(any) error) {
		var window struct {
			Result struct {
				ID string `json:"objectId"`
			} `json:"result"`
		}
		if decode(&window) != nil || window.Result.ID == "" {
			return
		}
		_ = m.session.Ask("DOMDebugger.getEventListeners", map[string]any{"objectId": window.Result.ID}, func(decode func(any) error) {
			var a struct {
				Listeners []struct {
					Type   string `json:"type"`
					Script string `json:"scriptId"`
					Line   int    `json:"lineNumber"`   // from 0
					Column int    `json:"columnNumber"` // from 0
				} `json:"listeners"`
			}
			if decode(&a) != nil {
				return
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			m.leavers = nil
			for _, l := range a.Listeners {
				if l.Type == "pagehide" || l.Type == "unload" || l.Type == "beforeunload" {
					m.leavers = append(m.leavers, wireFrame{Script: l.Script, Line: l.Line, Column: l.Column})
				}
			}
		})
	})
}

// unexplained reports whether a document sent the request when the protocol's session with it had ended: then only Fetch saw it,
// which does not know why.
func (h *hop) unexplained() bool {
	return !h.network && h.fetch != nil && h.kind != "document" && (h.member == nil || !h.member.outlives() && h.member.info.Type != "worker")
}

// leaver adds the script that sent an unexplained request, if only one was waiting for the document's end, else that it is not
// known.
func (c *causes) leaver(h *hop) {
	var only *wireFrame
	if m := h.member; m != nil {
		for i, f := range m.leavers {
			if only != nil && only.Script != f.Script {
				only = nil
				break
			}
			only = &m.leavers[i]
		}
	}
	if only == nil || h.member.scripts[only.Script] == nil {
		c.add(crawler.Cause{Kind: "unknown"})
		c.document(h.document, "")
		return
	}
	f := *only
	f.URL = h.member.scripts[f.Script].URL
	c.stack(&wireStack{Frames: []wireFrame{f}}, h.member, "")
}
