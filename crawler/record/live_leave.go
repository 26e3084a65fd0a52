package record

import (
	"slices"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/record/cause"
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

// Going must be called before the page is hidden. It asks which scripts wait for it to go: where the protocol's session ends before
// that, as it does with frames of other sites and with pages that keep to themselves (Cross-Origin-Opener-Policy), this is all that
// is known of who sends then.
func (t *Tab) Going() {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.going = time.Now()
	for _, m := range t.members {
		if m.info.Type == "iframe" || m.info.Type == "page" {
			t.r.listen(m)
		}
	}
}

// listen asks for the handlers of a document's end.
func (r *Recorder) listen(m *member) {
	f := r.frames[m.info.ID]
	if f == nil {
		return
	}
	loader := f.loader
	_ = m.session.Ask("Runtime.evaluate", map[string]any{"expression": Own("window")}, func(decode func(any) error) {
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
					cause.Call        // scriptId, lineNumber and columnNumber of the handler
					Type       string `json:"type"`
				} `json:"listeners"`
			}
			if decode(&a) != nil {
				return
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			var handlers []cause.Call
			for _, l := range a.Listeners {
				if l.Type == "pagehide" || l.Type == "unload" || l.Type == "beforeunload" {
					handlers = append(handlers, l.Call)
				}
			}
			if m.leavers == nil {
				m.leavers = map[cause.LoaderID][]cause.Call{}
			}
			m.leavers[cause.LoaderID(loader)] = handlers
		})
	})
}

// unexplained reports whether a document sent the request and nobody tells why: the protocol's session with it had ended, and only
// Fetch saw it.
func (h *hop) unexplained() bool {
	return h.silent || !h.network && h.fetch != nil && h.kind != "document" && (h.member == nil || !h.member.outlives() && h.member.info.Type != "worker")
}

// speaker is the document in the frame that sent a request: the one before, if its origin says so, for what a document sends while
// it goes is told when the next one is there.
func (f *frame) speaker(headers []crawler.Header) speaker {
	origin := crawler.HeaderValue(headers, "Origin")
	if origin == "" || origin == "null" {
		origin = crawler.HeaderValue(headers, "Referer")
	}
	if f.last.loader != "" && !sameOrigin(origin, f.url) && sameOrigin(origin, f.last.url) {
		return f.last
	}
	return speaker{f.url, f.loader}
}
