package record

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// parsed is a script that ran, and where.
type parsed struct {
	*scriptParsed
	member *member
}

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
// began, and the count of it all. It must be called once for every tab, after Close.
func (t *Tab) Release(ctx context.Context) (iter.Seq[crawler.Event], crawler.Completeness) {
	whole := t.r.wire != nil && t.hear(ctx)
	t.putAway(ctx)
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.r.settleStrays()
	if len(t.r.tabs) == 1 { // whatever is left over can only be this tab's
		for _, s := range t.r.strays {
			t.paused(s.ev, nil)
		}
		t.r.strays = nil
	}
	slices.SortStableFunc(t.order, func(a, b *hop) int { return a.sent.Compare(b.sent) })
	t.join()
	t.testify(whole)
	for _, h := range t.order {
		h.id = t.r.o.NextID("r")
	}
	c := newCauses(t)
	events := make([]crawler.Event, 0, len(t.order)+len(t.scripts))
	for _, h := range t.order {
		req := t.request(h, c)
		if req.NotSent {
			req.Unseen = "" // nothing of it left, so nothing is missing
			if h.outlives() {
				t.owed = append(t.owed, req)
			}
		} else {
			t.counts.Requests++
		}
		if req.Unseen != "" {
			t.counts.BodiesMissing++
		}
		events = append(events, crawler.Event{Time: h.sent.UTC(), Request: req})
	}
	events = append(events, t.scriptEvents(c)...)
	counts := t.counts
	t.forget()
	t.r.remember(t, time.Now())
	return slices.Values(events), counts
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
	t.flows, t.order, t.scripts, t.members, t.popups = nil, nil, nil, nil, nil
	t.main.scripts = nil // the tab itself is remembered for a while
}

// outlives reports whether a target is not bound to the page that started it.
func (m *member) outlives() bool {
	return m.info.Type == "service_worker" || m.info.Type == "shared_worker"
}

// placeOf is the folder of a worker's script, which bounds the pages that it can serve: the route of what it sends, for
// which of the open pages made it do so cannot be known. Where the script has no address of its own, it is elsewhere.
func placeOf(script, elsewhere string) string {
	u, err := url.Parse(script)
	if err != nil || u.Host == "" {
		return elsewhere
	}
	return u.Scheme + "://" + u.Host + path.Join("/", path.Dir(u.EscapedPath()))
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

// request makes the crawler's request of a hop.
func (t *Tab) request(h *hop, c *causes) *crawler.Request {
	visit := cmp.Or(h.of, t).meta
	q := &crawler.Request{
		ID: h.id, Page: visit.Page, PageURL: h.pageURL, Profile: visit.Task.Profile, Consent: h.consent, Route: visit.Task.Route, Phase: h.phase,
		URL: h.url, Method: h.method, Headers: h.wire, Type: h.kind, Time: h.sent.UTC(),
		Failed: h.failed, Messages: h.messages, Source: h.source(),
	}
	if len(q.Headers) == 0 {
		q.Headers = h.headers
	}
	q.Headers = slices.DeleteFunc(slices.Clone(q.Headers), func(x crawler.Header) bool { return strings.HasPrefix(x.Name, ":") })
	q.Body = crawler.NewBody(h.body)
	switch {
	case !h.kept.IsZero():
		q.Body = h.kept
	case h.cut > 0:
		q.Body.Cut, q.Body.Size = true, h.length(q.Headers)
		q.Unseen = h.whyCut(q.Body.Size)
	case h.kind == "webtransport":
		q.Unseen = "the browser does not tell the streams and datagrams of a WebTransport"
	case h.hasBody && !h.bodySeen && !saysEmpty(q.Headers):
		q.Unseen = "the browser did not tell the body"
	}
	if q.PageURL == "" || q.PageURL == blank {
		q.PageURL = t.url()
	}
	if h.member != nil && h.member.outlives() {
		q.Route = placeOf(h.member.info.URL, q.Route)
	}
	q.Frame = t.frameOf(h)
	if h.member != nil {
		q.Target = crawler.Target{ID: h.member.info.ID, Type: targetType(h.member), URL: h.member.info.URL}
	}
	if h.prev != nil {
		q.Redirect = h.prev.id
	}
	q.Initiator = crawler.Initiator{Type: strings.ToLower(h.initiator.Type), Chain: c.of(h)}
	if h.prev != nil {
		q.Initiator.Type = "redirect"
	}
	if t.state.zeroMono > 0 && h.mono > 0 {
		q.PageTime = mono(t.state.zeroMono, h.mono)
	}
	q.Response = h.answer()
	if h.blocked != "" && q.Failed == "" {
		q.Failed = "blocked: " + h.blocked
	}
	q.NotSent = h.notSent()
	if was := h.owed; was != nil {
		q.Type, q.Frame, q.Target, q.Initiator, q.PageTime, q.Phase = was.Type, was.Frame, was.Target, was.Initiator, was.PageTime, was.Phase
	}
	return q
}

// saysEmpty reports whether headers as sent say that a body has no bytes: that of an empty Blob, which the protocol announces
// and has nothing to show of.
func saysEmpty(headers []crawler.Header) bool {
	return strings.TrimSpace(crawler.HeaderValue(headers, "Content-Length")) == "0"
}

// frameOf is the frame of a request, which a preflight shares with what it asks leave for.
func (t *Tab) frameOf(h *hop) crawler.Frame {
	if main := h.preflighted(); main != nil && h.frame == "" {
		return t.frameOf(main)
	}
	out := crawler.Frame{ID: h.frame, URL: h.frameURL}
	if f := t.r.frames[h.frame]; f != nil {
		out.Parent = f.parent
	}
	if h.document != "" && h.kind != "document" {
		out.URL = h.document
	}
	return out
}

// targetType is the kind of target in the crawler's words.
func targetType(m *member) string {
	switch {
	case m.popup:
		return "popup"
	case m.info.Subtype == "prerender":
		return "prerender"
	case strings.Contains(m.info.Type, "worklet"):
		return "worklet"
	}
	return m.info.Type
}

func (h *hop) source() string {
	switch {
	case !h.network && h.fetch == nil:
		return "netlog"
	case h.network && h.fetch != nil:
		return "both"
	case h.fetch != nil:
		return "fetch"
	}
	return "network"
}

// notSent reports whether the request never reached the wire. Headers as sent, which the network stack reports when it
// writes them, prove that one did; so does an answer that came from no cache. A request that only Fetch saw was let go to
// the network while its page went away.
func (h *hop) notSent() bool {
	switch {
	case h.log != nil && h.log.traced && !h.log.written && (h.failed != "" || !h.log.waits()):
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

// answer makes the head of the response.
func (h *hop) answer() *crawler.Response {
	r := h.response
	if r == nil && h.respExtra == nil {
		return nil
	}
	if r == nil {
		r = &wireResponse{Status: h.respExtra.Status, Headers: h.respExtra.Headers}
	}
	out := &crawler.Response{
		Status: r.Status, Proto: r.Protocol, Headers: r.Headers, MIME: r.MIME, FromCache: h.cached,
		Size: int64(max(h.size, r.Size)), Duration: mono(h.mono, h.monoEnd),
	}
	if h.respExtra != nil {
		out.Headers = h.respExtra.Headers
	}
	out.Body = crawler.NewBody(h.answerBody)
	if r.RemoteIP != "" {
		out.Address = net.JoinHostPort(strings.Trim(r.RemoteIP, "[]"), strconv.Itoa(r.RemotePort))
	}
	return out
}

// scriptEvents lists the scripts that ran, each content once for every document or worker.
func (t *Tab) scriptEvents(c *causes) []crawler.Event {
	var out []crawler.Event
	seen := map[string]bool{}
	for _, p := range t.scripts {
		key := p.Hash + " " + p.URL + " " + p.Aux.Frame + " " + p.loader + " " + p.member.info.ID
		if seen[key] {
			continue
		}
		seen[key] = true
		c.at = place{p.loader, p.Aux.Frame, p.since}
		h := c.asked(p.URL)
		s := &crawler.Script{
			ID: t.r.o.NextID("s"), Page: t.meta.Page, URL: p.URL, SHA256: p.Hash, Size: p.Length,
			Kind: p.kind(h), Target: targetType(p.member), LoadedBy: c.ofScript(p), Frame: p.document,
		}
		if f := t.r.frames[p.Aux.Frame]; f != nil && f.loader == p.loader {
			s.Frame = f.url // the document may have changed its address since
		}
		if s.Kind == "inline" {
			s.Position = fmt.Sprintf("%d:%d", p.Line+1, p.Column+1)
			s.URL = ""
		}
		if h != nil && p.URL != "" {
			s.Request = h.id
		}
		out = append(out, crawler.Event{Time: time.Now().UTC(), Script: s})
	}
	return out
}

// kind is the script's in the crawler's words; h is the request that fetched it, or the document that it stands in.
func (p *parsed) kind(h *hop) string {
	u, err := url.Parse(p.URL)
	switch {
	case p.URL == "" || err == nil && u.Scheme == "":
		return "eval"
	case p.URL == p.member.info.URL && strings.HasSuffix(p.member.info.Type, "worker"):
		return "worker"
	case fetchedDocument(h):
		return "inline"
	case p.Module:
		return "module"
	}
	return "external"
}
