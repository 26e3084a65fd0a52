package record

import (
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
)

// flowFor finds the flow that an event is about; nil if it is none that is recorded.
func (r *Recorder) flowFor(id string) *flow { return r.requests[id] }

func (r *Recorder) onSentExtra(m *member, ev chrome.Event) error {
	var e sentExtra
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	f := r.flowOf(e.ID, m.tab)
	f.sent = append(f.sent, &e)
	return nil
}

func (r *Recorder) onResponseExtra(m *member, ev chrome.Event) error {
	var e receivedExtra
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	f := r.flowOf(e.ID, m.tab)
	f.received = append(f.received, &e)
	return nil
}

func (r *Recorder) onResponse(m *member, ev chrome.Event) error {
	var e responseReceived
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	f := r.flowFor(e.ID)
	if f == nil || f.last() == nil || f.last().response != nil {
		return nil
	}
	h := f.last()
	h.response, h.hasExtra, h.answered, h.monoEnd = &e.Response, &e.HasExtra, time.Now(), e.Mono
	switch {
	case h.cached != "":
	case e.Response.FromServiceWorker:
		h.cached = "service-worker"
	case e.Response.FromPrefetchCache:
		h.cached = "prefetch"
	case e.Response.FromDiskCache:
		h.cached = "disk"
	}
	if st := &m.tab.state; h.isMainDocument() {
		st.Status, st.MIME = e.Response.Status, e.Response.MIME
	}
	return nil
}

// isMainDocument reports whether the hop fetches the document of the tab's main frame.
func (h *hop) isMainDocument() bool {
	return h.kind == "document" && h.tab.main != nil && h.frame == h.tab.main.info.ID
}

func (r *Recorder) onData(_ *member, ev chrome.Event) error {
	var e finished
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if f := r.flowFor(e.ID); f != nil && f.last() != nil {
		f.last().heard = time.Now()
	}
	return nil
}

func (r *Recorder) onFinished(m *member, ev chrome.Event) error {
	var e finished
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if f := r.flowFor(e.ID); f != nil && f.last() != nil {
		h := f.last()
		h.size, h.monoEnd, h.ended = e.Size, e.Mono, time.Now()
	}
	return nil
}

func (r *Recorder) onFailed(m *member, ev chrome.Event) error {
	var e failedLoad
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	f := r.flowFor(e.ID)
	if f == nil || f.last() == nil {
		return nil
	}
	h := f.last()
	h.ended, h.monoEnd = time.Now(), e.Mono
	h.failed, h.blocked, h.canceled = e.Error, e.Blocked, e.Canceled
	if e.CORS != nil {
		h.failed = strings.TrimSpace(h.failed + " CORS: " + e.CORS.Error)
	}
	if h.isMainDocument() && !m.popup {
		m.tab.state.DocumentErr = e.Error
	}
	return nil
}

func (r *Recorder) onCached(m *member, ev chrome.Event) error {
	var e finished
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if f := r.flowFor(e.ID); f != nil && f.last() != nil {
		f.last().cached = "memory"
	}
	return nil
}

func (r *Recorder) onSocketCreated(m *member, ev chrome.Event) error {
	return r.socket(m, ev, "websocket")
}

func (r *Recorder) onTransportCreated(m *member, ev chrome.Event) error {
	return r.socket(m, ev, "webtransport")
}

func (r *Recorder) socket(m *member, ev chrome.Event, kind string) error {
	var e socketCreated
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	f := r.flowOf(e.ID+e.Transport, m.tab)
	if f.last() != nil {
		return nil
	}
	h := m.tab.add(f, m)
	if h == nil {
		return nil
	}
	h.url, _, _ = strings.Cut(e.URL, "#")
	h.method, h.kind, h.initiator, h.network, h.bodySeen = "GET", kind, e.Initiator, true, true
	if kind == "webtransport" {
		h.method = "CONNECT"
	}
	h.frame = m.info.ID
	if fr := r.frames[h.frame]; fr != nil {
		h.frameURL, h.document, h.loader = fr.url, fr.url, fr.loader
	}
	return nil
}

func (r *Recorder) onTransportUp(m *member, ev chrome.Event) error {
	var e socketCreated
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if f := r.flowFor(e.Transport); f != nil && f.last() != nil {
		f.last().answered = time.Now()
		f.last().response = &wireResponse{Status: 200, Protocol: "h3"}
	}
	return nil
}

// onSocketHandshake keeps the request and the answer of a WebSocket's opening.
func (r *Recorder) onSocketHandshake(m *member, ev chrome.Event) error {
	var e socketHandshake
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	f := r.flowFor(e.ID)
	if f == nil || f.last() == nil {
		return nil
	}
	h := f.last()
	if e.Request != nil {
		h.wire = e.Request.Headers
	}
	if e.Response != nil {
		h.answered = time.Now()
		h.response = &wireResponse{URL: h.url, Status: e.Response.Status, Headers: e.Response.Headers, Protocol: "http/1.1"}
		if len(e.Response.RequestHeaders) > 0 {
			h.wire = e.Response.RequestHeaders
		}
	}
	return nil
}

func (r *Recorder) onSocketSent(m *member, ev chrome.Event) error { return r.message(ev, true) }

func (r *Recorder) onSocketReceived(m *member, ev chrome.Event) error { return r.message(ev, false) }

func (r *Recorder) message(ev chrome.Event, sent bool) error {
	var e socketFrame
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if f := r.flowFor(e.ID); f != nil && f.last() != nil {
		h := f.last()
		if sent && h.awaits.IsZero() {
			h.awaits = time.Now()
		} else if !sent {
			h.awaits = time.Time{}
		}
		h.keep(crawler.Message{Sent: sent, Time: time.Now().UTC(), Opcode: e.Response.Opcode, Data: crawler.NewBody(e.data())})
	}
	return nil
}

// keep stores a message, within the limits of a socket. What was sent matters more than what came.
func (h *hop) keep(m crawler.Message) {
	o := h.tab.r.o
	h.tab.counts.Messages++
	if len(h.messages) >= o.MaxMessages || h.messageBytes+m.Data.Size > o.MaxSocketBytes {
		h.tab.cap("messages of " + h.url)
		return
	}
	h.messageBytes += m.Data.Size
	h.messages = append(h.messages, m)
}

func (r *Recorder) onSocketClosed(m *member, ev chrome.Event) error {
	var e finished
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if f := r.flowFor(e.ID); f != nil && f.last() != nil {
		f.last().ended = time.Now()
	}
	return nil
}

func (r *Recorder) onSocketError(m *member, ev chrome.Event) error {
	var e struct {
		ID    string `json:"requestId"`
		Error string `json:"errorMessage"`
	}
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if f := r.flowFor(e.ID); f != nil && f.last() != nil {
		f.last().failed = e.Error
	}
	return nil
}

func (r *Recorder) onSourceMessage(m *member, ev chrome.Event) error {
	var e sourceMessage
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if f := r.flowFor(e.ID); f != nil && f.last() != nil {
		h := f.last()
		h.kind = "eventsource"
		h.keep(crawler.Message{Time: time.Now().UTC(), Data: crawler.NewBody([]byte(e.Data))})
	}
	return nil
}
