package record

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/target"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record/cause"
	"github.com/tagscan/tagscan/crawler/web"
)

// Tab is one page being visited, with everything that belongs to it: frames, workers, popups. Its methods are safe for
// concurrent use; the recorder's lock guards its fields.
type Tab struct {
	r       *Recorder
	meta    Meta
	context string
	tab     *member // the tab target, which outlives cross-site navigations
	main    *member // the page target
	members []*member
	popups  []*member
	phase   crawler.Phase
	changed chan struct{} // closed and replaced with every event; nil if nobody waits
	flows   map[string]*flow
	order   []*hop
	scripts []*parsed
	uses    []*use
	counts  crawler.Completeness
	state   State
	opened  time.Time
	ended   time.Time       // when it was released
	address string          // of the main frame, the last that is known
	shown   map[string]bool // documents that its frames showed; of more than maxShown not all
	hosts   map[string]bool // of pages that it showed, popups among them
	states  []state         // of consent, in order
	targets map[string]bool
	hold    *hold // nil: the tab may go anywhere
	reports bool  // the page has something to report

	handedOver bool // the page has gone and one that was rendered ahead is to take its place

	going    time.Time     // when the page began to be left
	leaving  bool          // it is left for a blank one
	owed     []*debt       // what it was told of as not sent, and may be yet
	settled  chan struct{} // closed when the tab is over and what it owes is explained
	released bool          // it is told; what is seen of it later is told with another tab
}

// Meta is what a visit is about; it is copied into what is recorded.
type Meta struct {
	Page string // Page.ID
	Task crawler.Task
}

// State is what has happened to a tab so far.
type State struct {
	Started     time.Time // of the first navigation; zero before
	DOM         time.Time // DOMContentLoaded of the main frame
	Loaded      time.Time // load event of the main frame
	Stopped     time.Time // when the main frame stopped to load, with or without a load event
	Runaway     bool      // it navigates on and on
	Status      int       // HTTP status of the main document
	DocumentErr string    // net::ERR_… of the main document
	Download    bool      // the main document is a download
	MIME        string    // of the main document
	URL         string    // of the main frame
	Crashed     bool
	OutOfMemory bool // that is why it crashed
	Exceptions  int  // that no script of the main frame's document caught
	Dialogs     int  // alert, confirm, prompt, beforeunload
	Navigations int  // of the main frame
	Budgets     int  // virtual time budgets that ran out, in any session
	Popups      int
	RuleSets    int  // sets of speculation rules that the page has given, those again that were given again
	Gone        bool // the page was closed by somebody else
	Left        bool // the page was left for a blank one

	zeroMono float64 // the protocol's clock when the main document was asked for
}

func newTab(r *Recorder, m *member) *Tab {
	t := &Tab{r: r, context: m.info.Context, main: m, tab: m.parent, flows: map[string]*flow{}, phase: crawler.Load, opened: time.Now(), targets: map[string]bool{}, settled: make(chan struct{})}
	r.frames[m.info.ID] = &frame{id: m.info.ID, tab: t, member: m}
	return t
}

// joined takes a target into the tab. The caller holds the lock.
func (t *Tab) joined(m *member) {
	t.members = append(t.members, m)
	if !t.targets[m.info.ID] {
		t.targets[m.info.ID] = true
		t.counts.Targets++
	}
	switch {
	case m.popup:
		t.state.Popups = len(t.popups)
		t.r.frames[m.info.ID] = &frame{id: m.info.ID, tab: t, member: m, url: m.info.URL}
		if len(t.popups) > t.r.o.MaxPopups {
			t.cap(fmt.Sprintf("more than %d popups", t.r.o.MaxPopups))
			_ = t.r.browser.Session().Send("Target.closeTarget", map[string]any{"targetId": t.popups[0].info.ID})
			t.popups = t.popups[1:]
		}
	case m.info.Type == "page" && m.parent == t.tab && m.info.Subtype == "":
		t.main = m
		t.r.frame(m.info.ID, "", t, m)
	case m.info.Type == "iframe" || m.info.Type == "page":
		t.r.frame(m.info.ID, m.info.ParentFrame, t, m)
	}
}

// frame notes that a frame lives in a target.
func (r *Recorder) frame(id, parent string, t *Tab, m *member) *frame {
	f := r.frames[id]
	if f == nil {
		f = &frame{id: id, url: m.info.URL}
		r.frames[id] = f
	}
	f.tab, f.member = t, m
	if parent != "" && f.parent == "" {
		f.parent = parent
		if p := r.frames[parent]; p != nil {
			f.under, f.parentURL = p.loader, p.url
		}
	}
	return f
}

// left takes a target out of the tab. The caller holds the lock.
func (t *Tab) left(m *member) {
	t.members = slices.DeleteFunc(t.members, func(o *member) bool { return o == m })
	switch {
	case m == t.main && slices.ContainsFunc(t.members, (*member).ahead):
		t.handedOver = true // most likely to the page rendered ahead; if it was closed, its tab goes too
	case m == t.main, m == t.tab && t.handedOver:
		t.state.Gone = true
	}
	t.touch()
}

// touch wakes those who wait for something to happen. The caller holds the lock.
func (t *Tab) touch() {
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// cap notes a limit that cut something off. The caller holds the lock.
func (t *Tab) cap(what string) {
	if !slices.Contains(t.counts.CapsReached, what) {
		t.counts.CapsReached = append(t.counts.CapsReached, what)
	}
}

// url is the main frame's. The caller holds the lock.
func (t *Tab) url() string {
	if f := t.r.frames[t.main.info.ID]; f != nil {
		return f.url
	}
	return t.address
}

// showed reports whether a frame of the tab may have shown a document. The caller holds the lock.
func (t *Tab) showed(u string) bool { return t.shown[u] || len(t.shown) == maxShown }

// maxShown is how many addresses of a tab are remembered.
const maxShown = 1000

// show notes the address of a frame. The caller holds the lock.
func (t *Tab) show(address string, main bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return
	}
	if t.shown == nil {
		t.shown, t.hosts = map[string]bool{}, map[string]bool{}
	}
	if len(t.shown) < maxShown {
		t.shown[web.WithoutFragment(address)] = true
	}
	if main {
		t.address, t.hosts[u.Hostname()] = address, true
	}
}

// ErrTimeout is the error of a Wait that ran out of time.
var ErrTimeout = errors.New("timeout")

// Wait returns when done, called with the tab's state after every event, is true, or when ctx ends, the browser dies or
// the renderer crashes; the error says which.
func (t *Tab) Wait(ctx context.Context, done func(State) bool) error {
	for {
		t.r.mu.Lock()
		st := t.snapshot()
		if t.changed == nil {
			t.changed = make(chan struct{})
		}
		changed := t.changed
		t.r.mu.Unlock()
		switch {
		case done(st):
			return nil
		case st.Crashed:
			return chrome.ErrCrashed
		case st.Gone:
			return chrome.ErrDetached
		}
		select {
		case <-changed:
		case <-t.r.browser.Done():
			return t.r.browser.Err()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// State returns what has happened so far.
func (t *Tab) State() State {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return t.snapshot()
}

func (t *Tab) snapshot() State {
	s := t.state
	s.URL = t.url()
	return s
}

// Main is the connection to the page. It may change when the tab navigates.
func (t *Tab) Main() *chrome.Session {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return t.main.session
}

// Target is the id of the page.
func (t *Tab) Target() target.ID {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return target.ID(t.main.info.ID)
}

// Clocks returns a connection for the page and for one cross-site frame or page rendered ahead in every other renderer, for the
// documents of one renderer share one clock. A frame whose renderer is not known yet is left out.
func (t *Tab) Clocks() []*chrome.Session {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	out, have := []*chrome.Session{t.main.session}, map[string]bool{"": true, t.main.isolate: true}
	for _, m := range t.members {
		if (m.info.Type == "iframe" || m.info.Type == "page" && m.ahead()) && !have[m.isolate] {
			have[m.isolate] = true
			out = append(out, m.session)
		}
	}
	return out
}

// FrameInfo is one frame of a tab at this moment.
type FrameInfo struct {
	ID, Parent, URL string
	CSP             string          // Content-Security-Policy header that the document came with
	Session         *chrome.Session // of the target that the frame lives in
}

// Frames returns the frames that are there, the main one first. Frames of popups and of pages that are rendered ahead are not
// among them.
func (t *Tab) Frames() []FrameInfo {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	var out []FrameInfo
	csp := t.policies()
	for _, f := range t.r.frames {
		if f.tab == t && !f.member.popup && !f.member.ahead() && slices.Contains(t.members, f.member) {
			out = append(out, FrameInfo{ID: f.id, Parent: f.parent, URL: f.url, CSP: csp[f.id], Session: f.member.session})
		}
	}
	slices.SortFunc(out, func(a, b FrameInfo) int {
		if (a.Parent == "") != (b.Parent == "") {
			if a.Parent == "" {
				return -1
			}
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// SetPhase says what is being done to the page from now on; requests carry it.
func (t *Tab) SetPhase(p crawler.Phase) {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.phase = p
}

// SetConsent says which consent state requests are sent in from now on.
func (t *Tab) SetConsent(c crawler.Consent) {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.meta.Task.Consent = c
	t.states = append(t.states, state{c, time.Now()})
}

// Pending counts requests in flight that a page may wait for: no beacons, event streams, media or long polls, which are
// those of data that are older than patience, on an idle machine.
func (t *Tab) Pending(patience time.Duration) int {
	strain := t.r.browser.Strain()
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	now, n := time.Now(), 0
	for _, f := range t.flows {
		if h := f.last(); h != nil && h.blocks(now, patience, strain) {
			n++
		}
	}
	return n
}

// longPoll is the age from which a request that is not answered is taken for a long poll.
const longPoll = 1500 * time.Millisecond

// Traits says what of the tab's traffic virtual time would change.
type Traits struct {
	Sockets      int       // WebSockets that are open
	Awaited      time.Time // when a WebSocket last sent what was not answered yet; zero: nothing
	EventSources int
	Polls        int // answers that have been awaited for longer than any page waits, and those that nobody reads
	Workers      int // dedicated, shared and service workers, whose timers run in real time
	LastRequest  time.Time
	Requests     int
}

// Traits returns them.
func (t *Tab) Traits() Traits {
	strain := t.r.browser.Strain()
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	var tr Traits
	for _, m := range t.members {
		if strings.HasSuffix(m.info.Type, "worker") {
			tr.Workers++
		}
	}
	for _, f := range t.flows {
		h := f.last()
		if h == nil {
			continue
		}
		if h.network && h.open() && !h.blocks(time.Now(), longPoll, strain) {
			tr.Polls++
		}
		switch h.kind {
		case "websocket":
			if h.ended.IsZero() {
				tr.Sockets++
				if h.awaits.After(tr.Awaited) {
					tr.Awaited = h.awaits
				}
			}
		case "eventsource":
			if h.ended.IsZero() {
				tr.EventSources++
			}
		}
	}
	tr.Requests = len(t.order)
	if n := len(t.order); n > 0 {
		tr.LastRequest = t.order[n-1].sent
	}
	return tr
}

// WorkerInfo is a worker whose clock cannot be run ahead.
type WorkerInfo struct {
	URL         string
	Since, Last time.Time       // when it was attached, and when it last asked for something
	Session     *chrome.Session // the connection to it
	Scripts     []ScriptInfo    // that it runs
	Busy        bool            // it is a service worker that is still being installed or activated
}

// ScriptInfo is a script that runs.
type ScriptInfo struct {
	ID      string // of the debugger
	Hash    string // SHA-256 of its source, hex
	Session *chrome.Session
}

// RealWorkers lists the shared and service workers and those that cross-site frames started.
func (t *Tab) RealWorkers() []WorkerInfo {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	last := map[*member]time.Time{}
	for _, h := range t.order {
		if h.sent.After(last[h.member]) {
			last[h.member] = h.sent
		}
	}
	var out []WorkerInfo
	for _, m := range t.members {
		inFrame := m.info.Type == "worker" && m.parent != nil && m.parent.info.Type != "page"
		if m.info.Type != "shared_worker" && m.info.Type != "service_worker" && !inFrame {
			continue
		}
		w := WorkerInfo{URL: m.info.URL, Since: m.since, Last: last[m], Session: m.session, Busy: m.busy}
		for _, s := range m.scripts {
			w.Scripts = append(w.Scripts, ScriptInfo{ID: string(s.ID), Hash: s.Hash, Session: m.session})
		}
		out = append(out, w)
	}
	return out
}

// Readers are the scripts that run in the documents of an origin, "https://shop.example": those that can read what is typed there.
func (t *Tab) Readers(origin string) []ScriptInfo {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	var out []ScriptInfo
	for _, p := range t.scripts {
		f := t.r.frames[string(p.Frame)]
		if f != nil && cause.LoaderID(f.loader) == p.Loader && sameOrigin(f.url, origin) {
			out = append(out, ScriptInfo{ID: string(p.ID), Hash: p.Hash, Session: p.member.session})
		}
	}
	return out
}

// sameOrigin reports whether two URLs have one scheme, host and port.
func sameOrigin(a, b string) bool {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	return errA == nil && errB == nil && ua.Scheme == ub.Scheme && ua.Host == ub.Host
}

// Budgets counts, by session, the virtual time budgets that ran out.
func (t *Tab) Budgets() map[target.SessionID]int {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	out := map[target.SessionID]int{}
	for _, m := range t.members {
		out[m.session.ID] = m.budgets
	}
	return out
}
