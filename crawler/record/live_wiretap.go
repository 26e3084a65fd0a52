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

// openHelper opens an empty page in the background that is no tab of the crawl, and returns the session that speaks to it.
func (r *Recorder) openHelper(ctx context.Context) (target.SessionID, error) {
	s := r.browser.Session()
	res, err := cdp.Call(ctx, s, target.CreateTarget, target.CreateTargetParams{URL: blank, Background: new(true)})
	if err != nil {
		return "", err
	}
	var a struct {
		Session target.SessionID `json:"sessionId"`
	}
	err = s.Call(ctx, "Target.attachToTarget", map[string]any{"targetId": res.TargetID, "flatten": true}, &a)
	return a.Session, err
}

// openWire starts to read the network log of the browser, if it has one, and opens the page that barriers are made from.
func (r *Recorder) openWire(ctx context.Context) error {
	log := r.browser.NetLog()
	if log == nil {
		return nil
	}
	r.wire = netlog.New(netlog.Options{Barrier: barrierURL})
	go func() { _ = r.wire.Read(log) }() // it ends when the browser does; those who wait for more are told why there is none
	session, err := r.openHelper(ctx)
	if err != nil {
		return err
	}
	r.helper = r.browser.Target(session)
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

// hear waits until the network log has come up to now and has everything that was let go: a beacon of a page that went may be on its
// way for a while yet. It reports whether the log got there.
func (t *Tab) hear(ctx context.Context) bool { return t.r.hearOut(ctx, t.onTheirWay) }

// hear does the same for what is told of no open tab.
func (r *Recorder) hear(ctx context.Context) bool { return r.hearOut(ctx, r.onTheirWay) }

// hearOut waits until the log has come up to now and nothing is on its way. Limits of time are stretched by the machine's strain.
func (r *Recorder) hearOut(ctx context.Context, onTheirWay func(strain float64) int) bool {
	if r.wire == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, r.browser.Patient(lateWait))
	defer cancel()
	for {
		whole := r.barrier(ctx)
		if !whole || ctx.Err() != nil || onTheirWay(r.browser.Strain()) == 0 {
			return whole
		}
		select {
		case <-ctx.Done():
			return whole
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// onTheirWay counts what may be sent yet although it was told as not sent, and what only Fetch has seen so far.
func (r *Recorder) onTheirWay(strain float64) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.past {
		if within(t.ended, goneWait, strain) {
			n += len(t.owed)
		}
	}
	for _, s := range r.strays {
		if within(s.at, goneWait, strain) {
			n++
		}
	}
	return n
}

// within reports whether something is no longer ago than d, on an idle machine.
func within(at time.Time, d time.Duration, strain float64) bool {
	return time.Since(at).Seconds() <= d.Seconds()*strain
}

// lateWait is how long a request that was let go may take to reach the wire after its page went.
const lateWait = 2500 * time.Millisecond

// goneWait is the same for one that its page has given up by going.
const goneWait = 700 * time.Millisecond

// outlives reports whether a request may reach the wire although the page says that it ended: beacons and what else is kept alive
// go on when the page has gone.
func (h *hop) outlives() bool {
	if h.failed != aborted || h.fetch != nil && h.fetch.gone {
		return false
	}
	asThePageWent := !h.tab.going.IsZero() && h.sent.After(h.tab.going)
	return h.kind == "ping" || asThePageWent
}

// aborted is how Chrome says that nobody waits for an answer any more.
const aborted = "net::ERR_ABORTED"

// onTheirWay counts requests that cannot be told whole yet: those whose body Fetch is yet to tell, and those that Fetch let go and that
// neither reached the wire nor ended for certain.
func (t *Tab) onTheirWay(strain float64) (n int) {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	own := map[address][]*hop{} // those that the log may have something of
	awaited := false
	for _, h := range t.order {
		if h.awaitsFetch(strain) {
			n++
		}
		if h.log == nil {
			own[h.address()] = append(own[h.address()], h)
			awaited = awaited || h.awaitsWire(strain)
		}
	}
	var rivals map[address][]*hop
	if awaited {
		rivals = t.rivals()
	}
	now := time.Now()
	for at, hops := range own {
		t.r.wire.Look(at.method, at.url, func(sent []*netlog.Request) {
			if slices.ContainsFunc(sent, func(q *netlog.Request) bool { return q.Waits(now) }) {
				n++
			}
			if !slices.ContainsFunc(hops, func(h *hop) bool { return h.awaitsWire(strain) }) {
				return
			}
			logged := map[*hop]bool{}
			for _, p := range deal(rivals[at], sent) {
				logged[p.h] = true
			}
			for _, h := range hops {
				if !logged[h] && h.awaitsWire(strain) {
					n++
				}
			}
		})
	}
	return n
}

// awaitsFetch reports whether Fetch is yet to tell the body of a request. It does so for the browser, on another way than the page's
// own session, which may be ahead.
func (h *hop) awaitsFetch(strain float64) bool {
	switch {
	case h.fetch != nil, !h.network, h.bodySeen, h.blocked != "", h.cached != "":
		return false
	case h.failed != "" && !h.outlives():
		return false
	case h.member != nil && h.member.outlives(): // Fetch does not always tell what those send
		return false
	}
	return (h.kind == "ping" || h.kind == "fetch" || h.kind == "xhr") && within(h.sent, lateWait, strain)
}

// awaitsWire reports whether a request that Fetch let go is yet to reach the wire or to end.
func (h *hop) awaitsWire(strain float64) bool {
	switch {
	case h.fetch == nil, h.fetch.gone, h.cached != "", h.response != nil, len(h.flow.sent) > 0:
		return false
	case h.failed != "":
		return h.outlives() && within(h.sent, goneWait, strain)
	}
	return within(h.sent, lateWait, strain)
}

// barrierWait is how long the network log may be behind.
const barrierWait = 1500 * time.Millisecond

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
