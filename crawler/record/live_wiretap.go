package record

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"

	"github.com/tagscan/tagscan/crawler"
)

// barrierURL begins the addresses that tagscan asks Chrome for to learn how far its network log has come. The port is one
// that Chrome refuses, so nothing is sent.
const barrierURL = "http://127.0.0.1:1/tagscan-"

// openWire starts to read the network log of the browser, if it has one, and opens the page that barriers are made from.
func (r *Recorder) openWire(ctx context.Context) error {
	log := r.browser.NetLog()
	if log == nil {
		return nil
	}
	r.wire = newWiretap(log)
	s := r.browser.Session()
	res, err := cdp.Call(ctx, s, target.CreateTarget, target.CreateTargetParams{URL: blank, Background: new(true)})
	if err != nil {
		return err
	}
	var a struct {
		Session string `json:"sessionId"`
	}
	if err := s.Call(ctx, "Target.attachToTarget", map[string]any{"targetId": res.TargetID, "flatten": true}, &a); err != nil {
		return err
	}
	r.helper = r.browser.Target(target.SessionID(a.Session))
	tree, err := cdp.Call(ctx, r.helper, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return err
	}
	r.helperFrame = string(tree.FrameTree.Frame.ID)
	return r.helper.Call(ctx, "Network.enable", nil, nil)
}

// barrier waits until the network log has come as far as now. Chrome writes it a dozen events at a time, so the barrier is
// pushed out by a second request behind it. It reports whether the log got there.
func (r *Recorder) barrier(ctx context.Context) bool {
	if r.wire == nil {
		return false
	}
	r.mu.Lock()
	r.barriers++
	mark := fmt.Sprintf("%s%d", barrierURL, r.barriers)
	r.mu.Unlock()
	for _, u := range []string{mark, mark + "-push"} {
		_ = r.helper.Send("Network.loadNetworkResource", map[string]any{
			"frameId": r.helperFrame, "url": u, "options": map[string]any{"disableCache": true, "includeCredentials": false},
		})
	}
	ctx, cancel := context.WithTimeout(ctx, r.browser.Patient(barrierWait))
	defer cancel()
	for {
		r.wire.mu.Lock()
		seen, changed, broken := r.wire.marks[mark], r.wire.changed, r.wire.broken
		r.wire.mu.Unlock()
		if seen || broken != nil {
			return seen
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		case <-r.browser.Done():
			return false
		}
	}
}

// hear waits until the network log has come up to now and has everything that Fetch let go: a beacon of a page that went
// may be on its way for a while yet. It reports whether the log got there.
func (t *Tab) hear(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, t.r.browser.Patient(lateWait))
	defer cancel()
	for {
		whole := t.r.barrier(ctx)
		if !whole || ctx.Err() != nil || t.onTheirWay() == 0 {
			return whole
		}
		select {
		case <-ctx.Done():
			return whole
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// lateWait is how long a request that was let go may take to reach the wire after its page went.
const lateWait = 2500 * time.Millisecond

// goneWait is the same for one that its page has given up by going.
const goneWait = 700 * time.Millisecond

// outlives reports whether a request may reach the wire although the page says that it ended: beacons and what else is kept alive
// go on when the page has gone.
func (h *hop) outlives() bool {
	return h.failed == aborted && h.fetch != nil && !h.fetch.gone && (h.kind == "ping" || !h.tab.going.IsZero() && h.sent.After(h.tab.going))
}

// aborted is how Chrome says that nobody waits for an answer any more.
const aborted = "net::ERR_ABORTED"

// onTheirWay counts requests that Fetch let go and that neither reached the wire nor ended for certain.
func (t *Tab) onTheirWay() int {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	w := t.r.wire
	w.mu.Lock()
	defer w.mu.Unlock()
	wanted := map[string]int{}
	n := 0
	for _, h := range t.order {
		key := h.method + " " + h.url
		wanted[key]++
		if slices.ContainsFunc(w.sent[key], (*loggedRequest).waits) {
			n++
			continue
		}
		if h.fetch == nil || h.fetch.gone || h.cached != "" || h.response != nil || len(h.flow.sent) > 0 || time.Since(h.sent) > lateWait {
			continue
		}
		if h.failed != "" && !(h.outlives() && time.Since(h.sent) < goneWait) {
			continue
		}
		if len(w.sent[key]) < wanted[key] {
			n++
		}
	}
	return n
}

// barrierWait is how long the network log may be behind.
const barrierWait = 1500 * time.Millisecond

// testify adds what the network log knows to the hops of a tab. whole says that the log has come up to now: then what it
// does not have was not sent.
func (t *Tab) testify(whole bool) {
	w := t.r.wire
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range t.order {
		if !h.mayBeOnWire() {
			continue
		}
		q := w.find(h.method, h.url, h.sent)
		if q == nil {
			h.unsent = whole
			continue
		}
		h.log = q
		if len(h.wire) == 0 || h.kind == "websocket" && crawler.HeaderValue(h.wire, "Cookie") == "" {
			h.wire = q.headers
		}
		if h.kept.IsZero() && h.cut == 0 && (q.chunked || len(q.body) > 0 && len(h.body) == 0) {
			h.body, h.bodySeen, h.hasBody = q.body, !q.bodyCut, true
		}
		if q.frames != nil && !q.frames.lost {
			h.correct(q.frames)
		}
	}
	for _, q := range w.takeOf(t) {
		t.witnessed(q)
	}
	w.sweep(time.Now())
}

// mayBeOnWire reports whether a hop is one that the log can know: no answer from a cache or a service worker alone.
func (h *hop) mayBeOnWire() bool {
	if h.kind == "webtransport" {
		return false
	}
	return len(h.wire) > 0 || h.cached == "" || h.respExtra != nil
}

// correct replaces the messages that a WebSocket sent by what was written to the wire, if the protocol had not all of them:
// it does not tell the bytes of a Blob.
func (h *hop) correct(f *socketFrames) {
	var sent []int
	for i, m := range h.messages {
		if m.Sent && m.Opcode <= 2 {
			sent = append(sent, i)
		}
	}
	if len(f.messages) < len(sent) {
		return
	}
	for n, i := range sent {
		if h.messages[i].Data.Size == 0 && len(f.messages[n]) > 0 {
			h.messages[i].Data, h.messages[i].Opcode = crawler.NewBody(f.messages[n]), f.opcodes[n]
		}
	}
	for n := len(sent); n < len(f.messages); n++ {
		h.messages = append(h.messages, crawler.Message{Sent: true, Time: time.Now().UTC(), Opcode: f.opcodes[n], Data: crawler.NewBody(f.messages[n])})
	}
}
