package record

import (
	"time"

	"github.com/chromedp/cdproto/target"

	"github.com/tagscan/tagscan/crawler/chrome"
)

// held is what the browser holds until it is told to let it go: a request, or a target that waits to be started. It is noted
// until the browser has answered.
type held struct {
	what    string // for a person
	tab     *Tab   // that it belongs to; nil: not known
	session target.SessionID
	since   time.Time
	let     func(then func(error)) error // tells the browser to let it go
	again   bool                         // that was done a second time
}

// letting is the command of a session that lets something go.
func letting(s *chrome.Session, method string, params any) func(func(error)) error {
	return func(then func(error)) error { return s.SendThen(method, params, then) }
}

// letGo has the browser let something go, and calls then, which may be nil, with its answer. The caller holds the lock.
func (r *Recorder) letGo(h *held, then func(error)) {
	h.since = time.Now()
	r.held[h] = true
	err := h.let(func(err error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.held, h)
		if then != nil {
			then(err)
		}
	})
	if err != nil { // nobody is there to hold anything
		delete(r.held, h)
	}
}

// Free lets go once more what the browser has held of the tab, or of none, for longer than d although it was told to let it go, and
// says what of the tab that was.
func (t *Tab) Free(d time.Duration) []string {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	var freed []string
	for h := range t.r.held {
		if h.again || time.Since(h.since) < d || h.tab != t && h.tab != nil {
			continue
		}
		h.again = true
		_ = h.let(func(error) {})
		if h.tab == t {
			freed = append(freed, h.what)
		}
	}
	return freed
}

// startUnread starts the target of an event that could not be read as a whole: it would wait for ever.
func (r *Recorder) startUnread(ev chrome.Event) {
	var e struct {
		Session target.SessionID `json:"sessionId"`
	}
	if decodeEvent(ev.Params, &e) == nil && e.Session != "" {
		_ = r.browser.Target(e.Session).Send("Runtime.runIfWaitingForDebugger", nil)
	}
}

// unreadID is the id of the request that an event holds which could not be read as a whole; empty if not even that can be read.
func unreadID(ev chrome.Event) string {
	var e struct {
		ID string `json:"requestId"`
	}
	if decodeEvent(ev.Params, &e) != nil {
		return ""
	}
	return e.ID
}

// releaseAll forgets what a session that is gone held. The caller holds the lock.
func (r *Recorder) releaseAll(s target.SessionID) {
	for h := range r.held {
		if h.session == s {
			delete(r.held, h)
		}
	}
}
