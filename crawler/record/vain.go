package record

import (
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// How long a request that was not sent must have waited until what it waited for counts as not coming. Pages take their questions back,
// and ask again, all the time; a name, a connection and a preflight are there in a fraction of that, or at a busy moment a little later.
const (
	preflightWait  = time.Second
	connectionWait = 3 * time.Second
)

// inVain finds the requests that were never sent, for what must come before did not come until they were given up: by their page, or
// because that was left. end is when the tab was over.
func (a *account) inVain(end time.Time) {
	asked := map[*hop]*hop{}
	for _, h := range a.order {
		if main := a.preflighted(h); main != nil {
			asked[main] = h
		}
	}
	for _, h := range a.order {
		h.vain = h.waited(asked[h], end)
	}
}

// waited says what a request waited for in vain; "" if it was sent, or did not wait. before is its preflight; nil: it has none.
func (h *hop) waited(before *hop, end time.Time) string {
	if !h.absent || h.response != nil || h.cached != "" || h.blocked != "" || !h.givenUp() || h.phase == crawler.Leaving {
		return ""
	}
	if !h.ended.IsZero() {
		end = h.ended
	}
	switch {
	case before != nil && !before.absent:
		if before.response == nil && before.respExtra == nil && before.givenUp() && end.Sub(before.sent) >= preflightWait {
			return crawler.PreflightUnanswered
		}
	case end.Sub(h.sent) >= connectionWait && h.asks():
		return crawler.NotConnected
	}
	return ""
}

// givenUp reports whether nobody says more of an end than that the answer was not wanted any more.
func (h *hop) givenUp() bool {
	return h.failed == "" || h.failed == "net::ERR_ABORTED" || strings.HasPrefix(h.failed, "WebSocket is closed before")
}

// asks reports whether a request is one that pages send something with. Of scripts and documents it is told that they were not had.
func (h *hop) asks() bool {
	switch h.kind {
	case "fetch", "xhr", "ping", "image", "eventsource", "websocket":
		return true
	}
	return false
}
