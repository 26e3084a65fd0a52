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
	"github.com/tagscan/tagscan/crawler/record/netlog"
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
	r.wire = netlog.New(netlog.Options{Barrier: barrierURL})
	go func() { _ = r.wire.Read(log) }() // it ends when the browser does; those who wait for more are told why there is none
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
	n := r.barriers
	r.mu.Unlock()
	mark := fmt.Sprint(barrierURL, n)
	for _, u := range []string{mark, mark + "-push"} {
		_ = r.helper.Send("Network.loadNetworkResource", map[string]any{
			"frameId": r.helperFrame, "url": u, "options": map[string]any{"disableCache": true, "includeCredentials": false},
		})
	}
	ctx, cancel := context.WithTimeout(ctx, r.browser.Patient(barrierWait))
	defer cancel()
	for {
		passed, further, err := r.wire.Passed()
		if passed >= n || err != nil {
			return passed >= n
		}
		select {
		case <-further:
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
	type address struct{ method, url string }
	type logged struct {
		sent, wanted int
		waits        bool
	}
	log := map[address]*logged{}
	now, n := time.Now(), 0
	for _, h := range t.order {
		at := address{h.method, h.url}
		l := log[at]
		if l == nil {
			l = &logged{}
			l.sent, l.waits = t.r.wire.Sent(h.method, h.url, now)
			log[at] = l
		}
		l.wanted++
		if l.waits || h.mayBeOnItsWay(now) && l.sent < l.wanted {
			n++
		}
	}
	return n
}

// mayBeOnItsWay reports whether the protocol lets expect that a request, which Fetch let go, is written yet.
func (h *hop) mayBeOnItsWay(now time.Time) bool {
	switch {
	case h.fetch == nil, h.fetch.gone, h.cached != "", h.response != nil, len(h.flow.sent) > 0, now.Sub(h.sent) > lateWait:
		return false
	case h.failed != "":
		return h.outlives() && now.Sub(h.sent) < goneWait
	}
	return true
}

// barrierWait is how long the network log may be behind.
const barrierWait = 1500 * time.Millisecond

// testify adds what the network log knows to the hops of a tab. whole says that the log has come up to now: then what it
// does not have was not sent.
func (t *Tab) testify(whole bool) {
	if t.r.wire == nil {
		return
	}
	for _, h := range t.order {
		if !h.mayBeOnWire() {
			continue
		}
		q := t.r.wire.Take(h.method, h.url, h.sent)
		if q == nil {
			h.unsent = whole
			continue
		}
		h.log = q
		if len(h.wire) == 0 || h.kind == "websocket" && crawler.HeaderValue(h.wire, "Cookie") == "" {
			h.wire = q.Headers
		}
		if h.kept.IsZero() && h.cut == 0 && (q.Chunked || len(q.Body) > 0 && len(h.body) == 0) {
			h.body, h.bodySeen, h.hasBody = q.Body, !q.BodyCut, true
		}
	}
	for _, q := range t.takeLate() {
		t.witnessed(q)
	}
	t.r.wire.Forget(t.r.askedSince(time.Now().Add(-maxLogAge)))
}

// maxLogAge is how long the log keeps what nobody has asked for.
const maxLogAge = 3 * time.Minute

// askedSince is the moment before which nothing of the log will be asked for: at, or when the oldest open tab began.
func (r *Recorder) askedSince(at time.Time) time.Time {
	for _, t := range r.tabs {
		if t.opened.Before(at) {
			at = t.opened
		}
	}
	return at
}

// mayBeOnWire reports whether a hop is one that the log can know: no answer from a cache or a service worker alone.
func (h *hop) mayBeOnWire() bool {
	if h.kind == "webtransport" {
		return false
	}
	return len(h.wire) > 0 || h.cached == "" || h.respExtra != nil
}

// told are the messages of a socket. Those that a WebSocket sent are taken from the wire, if the protocol had not all of them: it
// does not tell the bytes of a Blob.
func (h *hop) told() []crawler.Message {
	if h.log == nil || !h.log.Socket || h.log.Lost {
		return h.messages
	}
	var sent []int
	for i, m := range h.messages {
		if m.Sent && m.Opcode <= 2 {
			sent = append(sent, i)
		}
	}
	written, ok := netlog.Messages(h.log.Stream)
	if !ok || len(written) < len(sent) {
		return h.messages
	}
	out := slices.Clone(h.messages)
	for n, i := range sent {
		if out[i].Data.Size == 0 && len(written[n].Data) > 0 {
			out[i].Data, out[i].Opcode = crawler.NewBody(written[n].Data), written[n].Opcode
		}
	}
	for _, m := range written[len(sent):] {
		out = append(out, crawler.Message{Sent: true, Time: time.Now().UTC(), Opcode: m.Opcode, Data: crawler.NewBody(m.Data)})
	}
	return out
}
