package record

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// Close closes the page and its popups. What is sent while it goes is recorded until Release.
func (t *Tab) Close(ctx context.Context) {
	t.r.mu.Lock()
	ids := []string{t.main.info.ID}
	for _, p := range t.popups {
		ids = append(ids, p.info.ID)
	}
	t.r.mu.Unlock()
	for _, id := range slices.Backward(ids) {
		_ = t.r.browser.Session().Send("Target.closeTarget", map[string]any{"targetId": id})
	}
}

// Release ends the recording of the tab and returns what was recorded: requests and scripts in the order in which they
// began, and the count of it all. It must be called once for every tab, after Close. The recorder goes on while what was
// recorded is told.
func (t *Tab) Release(ctx context.Context) (iter.Seq[crawler.Event], crawler.Completeness) {
	whole := t.hear(ctx)
	t.putAway(ctx)
	a := t.tell(whole, false)
	return a.events(), a.counts
}

// tell ends the recording of the tab; whole and last are as in testify.
func (t *Tab) tell(whole, last bool) *account {
	a := t.take(whole, last)
	a.number(t.r.o.NextID)
	a.settle()
	close(t.settled)
	return a
}

// take takes out what was recorded of the tab, and of others what is told with it.
func (t *Tab) take(whole, last bool) *account {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.r.settleStrays()
	t.admit(last)
	slices.SortStableFunc(t.order, func(a, b *hop) int { return a.sent.Compare(b.sent) })
	t.join()
	paid := t.testify(whole, last)
	a := t.account()
	a.paid, a.connections = paid, t.webrtcGaps(last)
	for _, h := range t.order {
		if told := a.owed[h]; told != nil {
			h.sender().owes(h, told, t.settled)
		}
	}
	t.r.remember(t, time.Now())
	t.forget()
	return a
}

// forget frees everything that the recorder holds of the tab.
func (t *Tab) forget() {
	r := t.r
	r.tabs = slices.DeleteFunc(r.tabs, func(o *Tab) bool { return o == t })
	for id, f := range r.requests {
		if f.tab == t {
			delete(r.requests, id)
		}
	}
	for id, f := range r.frames {
		if f.tab == t {
			delete(r.frames, id)
		}
	}
	for id, m := range r.targets {
		if m.tab == t {
			delete(r.targets, id)
		}
	}
	for _, m := range r.members {
		if m.tab == t {
			m.tab = nil
			if m.outlives() { // it works on, for another page
				r.targets[m.info.ID], m.tab = m, r.newestIn(m.info.Context, m.info.URL)
			}
		}
	}
	t.flows, t.order, t.scripts, t.uses, t.members, t.popups = nil, nil, nil, nil, nil, nil
	t.main.scripts = nil // the tab itself is remembered for a while
}

// outlives reports whether a target is not bound to the page that started it.
func (m *member) outlives() bool {
	return m.info.Type == "service_worker" || m.info.Type == "shared_worker"
}

// inherit gives a new tab the workers of its browser context that no open page owns.
func (t *Tab) inherit() {
	for _, m := range t.r.members {
		if m.tab == nil && m.outlives() && m.info.Context == t.context {
			m.tab = t
		}
	}
}

// join deals the extra information of each flow out to its hops, in order: only hops that reached the network have it.
func (t *Tab) join() {
	for _, f := range t.flows {
		sent, received := f.sent, f.received
		for _, h := range f.hops {
			if h.hasExtra != nil && !*h.hasExtra {
				continue
			}
			if len(sent) > 0 {
				h.wire, sent = sent[0].Headers, sent[1:]
			}
			if len(received) > 0 && (h.response != nil || !h.ended.IsZero() || len(f.hops) == 1) {
				h.respExtra, received = received[0], received[1:]
			}
		}
	}
}

// saysEmpty reports whether headers as sent say that a body has no bytes: that of an empty Blob, which the protocol announces
// and has nothing to show of.
func saysEmpty(headers []crawler.Header) bool {
	return strings.TrimSpace(crawler.HeaderValue(headers, "Content-Length")) == "0"
}

// notSent reports whether the request never reached the wire. Headers as sent, which the network stack reports when it
// writes them, prove that one did; so does an answer that came from no cache. A request that only Fetch saw was let go to
// the network while its page went away.
func (h *hop) notSent() bool {
	switch {
	case h.log != nil && h.log.Traced && !h.log.Written && (h.failed != "" || !h.log.Waits(time.Now())):
		return h.response == nil && h.respExtra == nil // given up before its turn came: its page or frame may have gone without a word
	case h.log != nil:
		return false
	case h.unsent && len(h.wire) == 0:
		return true
	case h.kind == "websocket":
		return len(h.wire) == 0
	case h.kind == "webtransport":
		return h.response == nil
	case h.cached != "" && (h.respExtra == nil || h.cached != "disk" && len(h.wire) == 0):
		return len(h.wire) == 0 || h.cached == "disk"
	case len(h.wire) > 0 || h.respExtra != nil:
		return false
	case h.response != nil:
		return h.hasExtra != nil && !*h.hasExtra && h.internal()
	case h.failed != "" || h.blocked != "":
		return true
	}
	return h.fetch == nil || h.fetch.gone
}

// internal reports whether an answer was made up inside the browser: an upgrade to https by HSTS, a redirect by a rule.
func (h *hop) internal() bool {
	return h.response.Status == 307 && h.response.RemoteIP == "" || h.cached != ""
}
