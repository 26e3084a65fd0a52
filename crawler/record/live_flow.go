package record

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record/cause"
	"github.com/tagscan/tagscan/crawler/record/netlog"
)

// flow is everything known under one network request id: the hops of a redirect chain share it.
type flow struct {
	id       string
	tab      *Tab
	hops     []*hop
	sent     []*sentExtra     // headers on the wire, one for every hop that reached it, in order
	received []*receivedExtra // likewise
	fetched  []*paused        // waiting for their hop
}

// hop is one request on its way: what becomes a crawler.Request.
type hop struct {
	tab       *Tab
	of        *Tab // the tab that sent it, if it is told with another one
	nobodys   bool // which tab sent it is not known
	unsure    bool // another tab's hop may be the same, as far as is known
	member    *member
	flow      *flow
	url       string
	method    string
	kind      string // resource type, lower case
	headers   []crawler.Header
	wire      []crawler.Header // as sent, of the extra information
	body      []byte
	bodySeen  bool // body is all of it
	hasBody   bool
	cut       int          // about how long a body is of which the end was cut off; 0: none was
	lost      error        // why all of it was, if the sink would not have it
	kept      crawler.Body // body, once it is in the blobs
	storing   bool         // body is on its way there
	frame     string
	frameURL  string
	pageURL   string
	document  string // URL of the document that it was sent for
	loader    string // names the document
	refresh   bool   // the document before has asked for it, of a document
	initiator cause.Initiator
	silent    bool // nobody tells which script sent it: fetchLater, which the browser's own process sends
	sent      time.Time
	mono      float64
	phase     crawler.Phase
	consent   crawler.Consent
	prev      *hop

	network      bool            // the Network domain has it
	fetch        *paused         // the Fetch domain has it
	log          *netlog.Request // the network log has it
	unsent       bool            // the network log is whole and does not have it
	response     *wireResponse
	respExtra    *receivedExtra
	hasExtra     *bool // whether the network says that it had extra information
	cached       string
	failed       string
	blocked      string
	canceled     bool
	size         float64
	monoEnd      float64
	ended        time.Time
	answered     time.Time // when the head of the answer came
	heard        time.Time // when the last of its body came
	messages     []crawler.Message
	messageBytes int64
	answerBody   []byte    // of the response, if it was kept
	awaits       time.Time // a WebSocket's oldest unanswered message
	id           string    // of the crawler.Request, given at the end
	absent       bool      // it never reached the wire, as far as is known at the end
	vain         string    // what it waited for until then, as crawler.Request.Failed says it
	reason       *cause.Request
}

func (f *flow) last() *hop {
	if len(f.hops) == 0 {
		return nil
	}
	return f.hops[len(f.hops)-1]
}

// unread is how long after the last of an answer has come its end is waited for. A script that does not read the answer, as
// those do not that only send, leaves it open until it is forgotten.
const unread = 120 * time.Millisecond

// partPatience is how many times longer than for data a page waits for what it consists of, for nobody polls by means of that.
const partPatience = 4

// blocks reports whether a page may be waiting for the answer. patience is how long it waits for data, on a machine that is as
// many times faster as strain says.
func (h *hop) blocks(now time.Time, patience time.Duration, strain float64) bool {
	within := func(d time.Duration, at time.Time) bool { return now.Sub(at) <= time.Duration(float64(d)*strain) }
	switch {
	case !h.open():
		return false
	case h.isPart():
		limit := patience * partPatience
		return within(limit, h.sent) || within(2*limit, h.sent) && within(limit, h.turn(now))
	case !within(patience, h.sent):
		return false
	}
	return h.answered.IsZero() || within(unread, h.answered) || within(unread, h.heard)
}

// turn is when a request that was not answered yet could begin to wait for its answer. Chrome's cache has requests for one address wait
// for each other, over all tabs of a browser context, until the head of an answer is there: a script that answers late and may not be
// kept is fetched for one page after the other (measured with Chromium 156, with nothing attached to its pages but Page.enable).
func (h *hop) turn(now time.Time) time.Time {
	at := h.sent
	if h.method != http.MethodGet || !h.answered.IsZero() {
		return at
	}
	for _, t := range h.tab.r.tabs {
		if t == h.tab || t.context != h.tab.context {
			continue
		}
		for _, f := range t.flows {
			o := f.last()
			switch {
			case o == nil || o.url != h.url || o.method != h.method || o.sent.After(h.sent):
			case o.answered.IsZero() && o.ended.IsZero():
				return now // it has not come yet
			case o.answered.After(at):
				at = o.answered
			case o.ended.After(at) && o.answered.IsZero():
				at = o.ended
			}
		}
	}
	return at
}

// isPart reports whether the browser itself reads the answer, to its end, to make the page of it.
func (h *hop) isPart() bool {
	return h.kind == "document" || h.kind == "script" || h.kind == "stylesheet"
}

// open reports whether an answer that a page may wait for has not ended.
func (h *hop) open() bool {
	if !h.ended.IsZero() {
		return false
	}
	switch h.kind {
	case "websocket":
		return h.response == nil // Chrome opens those of one host one after the other
	case "ping", "eventsource", "webtransport", "media", "cspviolationreport", "prefetch":
		return false
	}
	return true
}

// flowOf returns the flow of a request id in a tab, new if need be.
func (r *Recorder) flowOf(id string, t *Tab) *flow {
	if f := r.requests[id]; f != nil {
		return f
	}
	f := &flow{id: id, tab: t}
	r.requests[id] = f
	t.flows[id] = f
	return f
}

// leaves reports whether a URL is one whose request leaves the browser.
func leaves(url string) bool {
	scheme, _, _ := strings.Cut(url, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "ws", "wss", "ftp":
		return true
	}
	return false
}

// add makes a new hop in a flow, unless the visit has had enough.
func (t *Tab) add(f *flow, m *member) *hop {
	if len(t.order) >= t.r.o.MaxRequests {
		t.cap("requests")
		return nil
	}
	h := &hop{tab: t, member: m, flow: f, sent: time.Now(), phase: t.phase, consent: t.meta.Task.Consent, pageURL: t.url(), prev: f.last()}
	f.hops = append(f.hops, h)
	t.order = append(t.order, h)
	return h
}

func (r *Recorder) onSent(m *member, ev chrome.Event) error {
	var e willBeSent
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	e.Request.arrived(ev)
	if !leaves(e.Request.URL) {
		return nil
	}
	r.followStack(m, e.Initiator.Stack)
	f := r.flowOf(e.ID, m.tab)
	if e.RedirectResponse != nil {
		if h := f.last(); h != nil {
			h.response, h.hasExtra = e.RedirectResponse, &e.RedirectExtra
			h.answered, h.ended, h.monoEnd = time.Now(), time.Now(), e.Mono
		}
	} else if h := f.last(); h != nil && h.network {
		return nil // the same request as another session saw it
	}
	h := f.claimed(e.Request.URL, e.RedirectResponse != nil)
	if h == nil && e.late() {
		h = m.tab.same(&e.Request, func(h *hop) bool { return !h.network && h.fetch != nil })
	}
	if h == nil {
		h = m.tab.add(f, m)
	}
	if h == nil {
		return nil
	}
	h.fill(m, &e)
	if i := f.waiting(h); i >= 0 {
		h.take(f.fetched[i])
		f.fetched = append(f.fetched[:i], f.fetched[i+1:]...)
	}
	if h.frame == m.tab.main.info.ID && h.kind == "document" && m == m.tab.main && m.tab.state.Started.IsZero() {
		m.tab.state.Started, m.tab.state.zeroMono = h.sent, h.mono
	}
	return nil
}

// late reports whether the browser's own process sends a request, for a page that has put it off (fetchLater).
func (e *willBeSent) late() bool {
	return e.Type == "Fetch" && e.Initiator.Stack == nil && e.Initiator.URL != "" && sameURL(e.DocumentURL, e.Request.URL)
}

// same returns the tab's hop that is a request which Network and Fetch have no common id for, nil if there is none.
func (t *Tab) same(q *wireRequest, fits func(*hop) bool) *hop {
	for _, h := range t.order {
		if fits(h) && h.method == q.Method && sameURL(h.url, q.URL) {
			return h
		}
	}
	return nil
}

// claimed returns the flow's hop that only Fetch has seen so far, if it is this request.
func (f *flow) claimed(url string, redirect bool) *hop {
	if h := f.last(); h != nil && !h.network && !redirect && sameURL(h.url, url) {
		return h
	}
	return nil
}

// waiting finds Fetch's evidence of a hop among what has no hop yet.
func (f *flow) waiting(h *hop) int {
	for i, p := range f.fetched {
		if p.Request.Method == h.method && sameURL(p.Request.URL, h.url) {
			return i
		}
	}
	return -1
}

// sameURL compares two URLs without their fragments.
func sameURL(a, b string) bool {
	a, _, _ = strings.Cut(a, "#")
	b, _, _ = strings.Cut(b, "#")
	return a == b
}

// fill takes what the Network domain knows.
func (h *hop) fill(m *member, e *willBeSent) {
	h.network, h.member = true, m
	h.url, _, _ = strings.Cut(e.Request.URL, "#")
	h.method, h.headers = e.Request.Method, e.Request.Headers
	h.kind = strings.ToLower(e.Type)
	h.frame, h.document, h.loader, h.mono, h.initiator = e.Frame, e.DocumentURL, e.Loader, e.Mono, e.Initiator
	h.hasBody = h.hasBody || e.Request.HasPostData
	if !h.bodySeen {
		h.carries(&e.Request)
	}
	if fr := h.tab.r.frames[h.frame]; fr != nil {
		h.frameURL = fr.url
		if h.kind == "document" {
			h.refresh, fr.refresh = fr.refresh, false
		} else if sameURL(h.document, h.url) {
			by := fr.speaker(h.headers)
			h.document, h.loader = by.url, by.loader // what the browser's own process asks for has itself as its document
			if e.late() {
				h.initiator, h.silent = cause.Initiator{Type: e.Initiator.Type}, true
			}
		}
	}
}

// onPaused lets the request go at once and keeps what it says: Fetch, on the browser's session, sees what pages send while
// they go away, and has the bytes of every body.
func (r *Recorder) onPaused(ev chrome.Event) error {
	p := new(paused)
	err := decodeEvent(ev.Params, p)
	p.Request.arrived(ev)
	if err != nil {
		p.ID = unreadID(ev)
	}
	if p.ID == "" {
		return err
	}
	args := map[string]any{"requestId": p.ID}
	if r.o.Inject != nil {
		if extra := r.o.Inject(p.Request.URL); len(extra) > 0 {
			args["headers"] = withHeaders(p.Request.Headers, extra)
		}
	}
	method := "Fetch.continueRequest"
	unknown := err != nil && r.o.Refuse != nil // what it is could not be read, and not everything may leave
	if unknown || err == nil && r.refuses(p) {
		// An aborted navigation leaves the page as it is.
		method, args, p.gone = "Fetch.failRequest", map[string]any{"requestId": p.ID, "errorReason": "Aborted"}, true
	}
	t, m := r.tabOf(p)
	r.letGo(&held{what: "a request was held", tab: t, session: ev.Session, let: letting(r.browser.Target(ev.Session), method, args)}, func(err error) {
		p.gone = p.gone || err != nil // it was given up while it was held
	})
	if err != nil || !leaves(p.Request.URL) {
		return err
	}
	if t != nil {
		t.paused(p, m)
		t.counts.Events++
		t.touch()
		return nil
	}
	r.keep(p)
	return nil
}

// withHeaders is a request's headers with some added or replaced, as Fetch.continueRequest wants them.
func withHeaders(have, extra []crawler.Header) []map[string]string {
	var out []map[string]string
	for _, h := range have {
		if crawler.HeaderValue(extra, h.Name) == "" {
			out = append(out, map[string]string{"name": h.Name, "value": h.Value})
		}
	}
	for _, h := range extra {
		out = append(out, map[string]string{"name": h.Name, "value": h.Value})
	}
	return out
}

// tabOf finds the tab that a paused request belongs to: by its network id, by its frame, or by its worker.
func (r *Recorder) tabOf(p *paused) (*Tab, *member) {
	if f := r.requests[p.NetworkID]; p.NetworkID != "" && f != nil {
		return f.tab, nil
	}
	if f := r.frames[p.Frame]; f != nil && f.tab != nil {
		return f.tab, f.member
	}
	if m := r.targets[p.Frame]; m != nil && m.tab != nil {
		return m.tab, m
	}
	return nil, nil
}

// paused joins Fetch's evidence with Network's, or keeps it until that comes.
func (t *Tab) paused(p *paused, m *member) {
	id := p.NetworkID
	if id == "" {
		if h := t.same(&p.Request, func(h *hop) bool { return h.silent && h.fetch == nil }); h != nil {
			h.take(p)
			return
		}
		id = "fetch:" + p.ID
	}
	f := t.r.flowOf(id, t)
	for _, h := range f.hops {
		if h.fetch == nil && h.method == p.Request.Method && sameURL(h.url, p.Request.URL) {
			h.take(p)
			return
		}
	}
	if len(f.hops) > 0 && f.last().network {
		f.fetched = append(f.fetched, p) // the next hop, announced by Fetch first
		return
	}
	h := t.add(f, m)
	if h == nil {
		return
	}
	h.announced(p)
	if fr := t.r.frames[p.Frame]; fr != nil {
		by := fr.speaker(h.headers)
		h.frameURL, h.document, h.loader = by.url, by.url, by.loader
	}
	h.take(p)
}

// announced fills in what Fetch tells of a hop that the network domain does not know.
func (h *hop) announced(p *paused) {
	h.url, _, _ = strings.Cut(p.Request.URL, "#")
	h.method, h.headers, h.kind, h.frame = p.Request.Method, p.Request.Headers, strings.ToLower(p.Type), p.Frame
}

// take adds what Fetch knows of a hop.
func (h *hop) take(p *paused) {
	h.fetch = p
	h.hasBody = h.hasBody || p.Request.HasPostData
	switch q := &p.Request; {
	case h.carries(q):
		h.store()
	case q.cut > 0 && !h.bodySeen:
		// The blobs hold whole bodies only; of this one the capture keeps what fits into it.
		b, _ := q.body()
		h.cut, h.lost, h.body = len(b)+q.cut/4*3, q.spillErr, bytes.Clone(b[:min(len(b), crawler.MaxInline)])
	}
	p.Request.PostData, p.Request.PostDataEntries = "", nil
	if len(h.headers) == 0 {
		h.headers = p.Request.Headers
	}
}

// carries takes the body that an event tells of its request, and reports whether it was whole.
func (h *hop) carries(q *wireRequest) bool {
	if q.cut > 0 {
		return false
	}
	b, ok := q.body()
	if ok = ok || !q.spilled.IsZero(); ok {
		h.body, h.kept, h.bodySeen, h.cut, h.lost = b, q.spilled, true, 0, nil
	}
	return ok
}

// onAuth answers a server that asks for a password: only with what belongs to its origin, else not at all.
func (r *Recorder) onAuth(ev chrome.Event) error {
	var e struct {
		ID        string `json:"requestId"`
		Challenge struct {
			Source string `json:"source"`
			Origin string `json:"origin"`
		} `json:"authChallenge"`
	}
	err := decodeEvent(ev.Params, &e)
	if err != nil {
		e.ID = unreadID(ev)
	}
	answer := map[string]any{"response": "CancelAuth"}
	if err == nil && r.o.Credentials != nil && e.Challenge.Source != "Proxy" {
		if user, password, ok := r.o.Credentials(e.Challenge.Origin); ok && !r.asked(e.ID) {
			answer = map[string]any{"response": "ProvideCredentials", "username": user, "password": password}
		}
	}
	args := map[string]any{"requestId": e.ID, "authChallengeResponse": answer}
	r.letGo(&held{what: "a request was held", session: ev.Session, let: letting(r.browser.Target(ev.Session), "Fetch.continueWithAuth", args)}, nil)
	return err
}

// asked reports whether a request was given its password before: a wrong one is not tried again.
func (r *Recorder) asked(id string) bool {
	if r.passwords[id] {
		return true
	}
	r.passwords[id] = true
	return false
}
