package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chromedp/cdproto/target"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record/apis"
	"github.com/tagscan/tagscan/crawler/record/cause"
	"github.com/tagscan/tagscan/crawler/record/netlog"
	"github.com/tagscan/tagscan/crawler/record/webrtc"
)

// LiveOptions says what a Recorder records and where it stops.
type LiveOptions struct {
	MaxRequests    int   // per visit; 0 is 20,000
	MaxMessages    int   // per WebSocket or EventSource; 0 is 2,000
	MaxSocketBytes int64 // per WebSocket or EventSource, kept; 0 is 5 MB
	MaxPopups      int   // popups of a visit that may stay open; 0 is 10
	Scripts        []string
	// Document scripts run in every document before its own. They must be plain functions of their own and leave no trace.

	// Inject returns headers to add to a request. It is called for every request before it is sent, redirect hops included,
	// and must return none but for the exact origins that the headers belong to.
	Inject func(url string) []crawler.Header
	// Credentials answers a server that asks for a password; ok false cancels. It must answer for its own origins only.
	Credentials func(origin string) (user, password string, ok bool)
	// Refuse is asked about every request before it is sent, redirect hops included: true holds it back for ever. It must not
	// block. nil: nothing is refused.
	Refuse func(method, url string) bool
	// Setup is called for every new target, before it runs, with its type; it may only Send.
	Setup func(s *chrome.Session, kind string)
	// NextID numbers what is recorded: "r" for requests, "s" for scripts. nil: numbered per Recorder.
	NextID func(kind string) string
	// Spill makes the sink of a request's body that is longer than crawler.MaxInline, which is then held no longer, as
	// Blobs.Sink does. The browser's own Options.Spill should be the same: it takes those bodies that come in long messages
	// before they are held at all. nil: bodies are held until their tab is released.
	Spill  func() (crawler.Sink, error)
	Logger *slog.Logger
	// Unwatched leaves out what tells which script asks for what tells devices apart: no Use is told.
	Unwatched bool
}

// telling are the types of requests that are stopped on their way for what only Fetch tells: bodies of every kind, and what
// is sent while a page goes away. Scripts, stylesheets, fonts and media are loaded by pages that stay, without a body, and
// are most of what a page loads.
var telling = []string{"Document", "Image", "XHR", "Fetch", "Ping", "CSPViolationReport", "Other"}

// patterns are what Fetch stops: everything, if something may be done to it.
func (o LiveOptions) patterns() []map[string]any {
	if o.Inject != nil || o.Credentials != nil || o.Refuse != nil {
		return []map[string]any{{"urlPattern": "*"}}
	}
	var ps []map[string]any
	for _, t := range telling {
		ps = append(ps, map[string]any{"urlPattern": "*", "resourceType": t})
	}
	return ps
}

func (o LiveOptions) withDefaults() LiveOptions {
	if o.MaxRequests == 0 {
		o.MaxRequests = 20_000
	}
	if o.MaxMessages == 0 {
		o.MaxMessages = 2_000
	}
	if o.MaxSocketBytes == 0 {
		o.MaxSocketBytes = 5 << 20
	}
	if o.MaxPopups == 0 {
		o.MaxPopups = 10
	}
	if o.NextID == nil {
		var n atomic.Int64
		o.NextID = func(kind string) string { return fmt.Sprint(kind, n.Add(1)) }
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Recorder attaches to every target of one browser and sorts the evidence into tabs: pages, their frames and workers, the
// popups that they open. There may be one Recorder for a browser.
//
// Everything happens on the connection's reading goroutine, in the order of the protocol, under one lock; nothing there
// waits. What is costly, such as explaining causes, is done when a tab is over, with an account of it and without the lock.
type Recorder struct {
	browser *chrome.Browser
	o       LiveOptions
	stop    func()

	apis       apis.Watch
	ownScripts map[string]bool // by hash, those of the options: a page may have one run by opening a window

	// mu guards the fields below and all that is reached from them: tabs until they are released, members, frames, flows and hops.
	// No event of any tab is read while it is held: so it is held for one event, or for a pass over what one tab has, and never
	// while something is waited for, explained, written to a disk or told to the log.
	mu          sync.Mutex
	members     map[string]*member // by session
	targets     map[string]*member // by target
	frames      map[string]*frame  // by frame
	requests    map[string]*flow   // by the network's request id, of open tabs
	tabs        []*Tab             // open, oldest first
	past        []*Tab             // released not long ago, likewise
	gone        map[string]former  // their frames and workers
	visitors    []string           // the profiles that tabs were opened for
	anchors     map[string]string  // by browser context: the page in front of its window
	opening     map[string]int     // by browser context: calls of Open under way
	fresh       map[string]*Tab    // by page target: pages that appeared while Open was under way
	passwords   map[string]bool    // requests that were given a password
	strays      []stray            // Fetch events of frames that no open tab has
	dropped     int                // of these, those that were too many to be kept and not said yet
	wire        *netlog.Log        // nil: there is none
	helper      *chrome.Session    // a page of tagscan's own, for barriers in the log
	helperFrame string
	barriers    int
	internals   string         // session of the page that the browser tells its WebRTC connections to; empty: there is none
	webrtc      webrtc.Book    // what it told
	held        map[*held]bool // what the browser was told to let go, and has not said yet that it has
	unowned     int            // events of targets that belong to no open tab
}

// member is one attached target.
type member struct {
	session *chrome.Session
	info    targetInfo
	parent  *member
	tab     *Tab // nil until known; shared and service workers have the tab that they work for
	scripts map[cause.ScriptID]*cause.Script
	popup   bool
	since   time.Time
	loaded  time.Time                       // load event
	started map[cause.StackID]*cause.Stack  // where it was started, in its parent
	budgets int                             // virtual time budgets that ran out
	leavers map[cause.LoaderID][]cause.Call // handlers of a document's end, by the document's loader
	busy    bool                            // a service worker that is not activated yet
	isolate string                          // names the renderer's main thread; empty until it is known
}

// frame is one document holder of a page.
type frame struct {
	id, parent, url string
	loader          string  // names the document that it shows
	under           string  // the document that it was made in
	parentURL       string  // address of that
	last            speaker // the document that it showed before
	tab             *Tab
	member          *member
	stack           *cause.Stack // of the scripts that made it; nil: it stood in the HTML
	by              *member      // the target that those ran in
	refresh         bool         // its document has it go elsewhere
}

// speaker is a document that sends.
type speaker struct{ url, loader string }

// attachTo says which targets are attached to automatically: from the browser, tabs and what no page owns; from anything
// else all but what the browser's session has already. Attaching to pages by way of their tabs leaves prerendering on.
var (
	fromBrowser = []map[string]any{{"type": "tab"}, {"type": "service_worker"}, {"type": "shared_worker"}, {"exclude": true}}
	fromTarget  = []map[string]any{{"type": "service_worker", "exclude": true}, {"type": "shared_worker", "exclude": true}, {"type": "browser", "exclude": true}, {"type": "tab", "exclude": true}, {}}
)

func autoAttach(filter []map[string]any) map[string]any {
	return map[string]any{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": filter}
}

// NewRecorder begins to record everything that the browser does.
func NewRecorder(ctx context.Context, b *chrome.Browser, o LiveOptions) (*Recorder, error) {
	r := &Recorder{
		browser: b, o: o.withDefaults(), ownScripts: hashes(o.Scripts), apis: apis.New(OwnScript),
		members: map[string]*member{}, targets: map[string]*member{}, frames: map[string]*frame{}, requests: map[string]*flow{}, anchors: map[string]string{}, opening: map[string]int{}, fresh: map[string]*Tab{}, passwords: map[string]bool{}, held: map[*held]bool{},
	}
	r.stop = b.Listen(r.on)
	s := b.Session()
	steps := []struct {
		method string
		params any
	}{
		{"Target.setDiscoverTargets", map[string]any{"discover": true}},
		{"Target.setAutoAttach", autoAttach(fromBrowser)},
		{"Fetch.enable", map[string]any{"handleAuthRequests": true, "patterns": o.patterns()}},
		{"Browser.setDownloadBehavior", map[string]any{"behavior": "deny", "eventsEnabled": true}},
	}
	for _, st := range steps {
		if err := s.Call(ctx, st.method, st.params, nil); err != nil {
			r.stop()
			return nil, fmt.Errorf("starting to record: %w", err)
		}
	}
	for _, open := range []func(context.Context) error{r.openWire, r.openConnections} {
		if err := open(ctx); err != nil {
			r.stop()
			return nil, fmt.Errorf("starting to record: %w", err)
		}
	}
	return r, nil
}

// hashes are the hashes of scripts as the protocol tells them: the SHA-256 of their text, hex.
func hashes(scripts []string) map[string]bool {
	out := map[string]bool{}
	for _, s := range scripts {
		sum := sha256.Sum256([]byte(s))
		out[hex.EncodeToString(sum[:])] = true
	}
	return out
}

// Close stops recording and returns what is left to tell: requests that were seen to leave only after their tabs were
// released, and those whose page is not known. Tabs that are still open record no more.
func (r *Recorder) Close() []crawler.Event {
	whole := r.hear(context.Background())
	r.stop()
	none := &Tab{r: r, flows: map[string]*flow{}, main: &member{}, opened: time.Now(), settled: make(chan struct{})}
	return slices.Collect(none.tell(whole, true).events())
}

// on is the one place where events come in.
func (r *Recorder) on(ev chrome.Event) {
	if err := r.take(ev); err != nil {
		r.o.Logger.Debug("protocol event not understood", "method", ev.Method, "err", err)
	}
}

// take takes an event in.
func (r *Recorder) take(ev chrome.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.members[string(ev.Session)]
	var tab *Tab
	if m != nil {
		tab = m.tab
	}
	err := r.route(ev, m)
	switch {
	case tab == nil && err != nil:
		r.unowned++
	case tab != nil && err != nil:
		tab.counts.DecodeFailed++
	}
	if tab != nil {
		tab.counts.Events++
		tab.touch()
	}
	return err
}

// route hands an event to what it is about.
func (r *Recorder) route(ev chrome.Event, m *member) error {
	switch ev.Method {
	case "Target.attachedToTarget":
		return r.onAttached(ev, m)
	case "Target.detachedFromTarget":
		return r.onDetached(ev)
	case "Target.targetInfoChanged":
		return r.onInfo(ev)
	case "Fetch.requestPaused":
		return r.onPaused(ev)
	case "Fetch.authRequired":
		return r.onAuth(ev)
	case "Runtime.bindingCalled":
		return r.onBinding(ev)
	}
	if m == nil || m.tab == nil {
		return nil
	}
	if fn := memberEvents[ev.Method]; fn != nil {
		return fn(r, m, ev)
	}
	return nil
}

// memberEvents lists the events of attached targets that are recorded.
var memberEvents = map[string]func(*Recorder, *member, chrome.Event) error{
	"Network.requestWillBeSent":                  (*Recorder).onSent,
	"Network.requestWillBeSentExtraInfo":         (*Recorder).onSentExtra,
	"Network.responseReceived":                   (*Recorder).onResponse,
	"Network.responseReceivedExtraInfo":          (*Recorder).onResponseExtra,
	"Network.dataReceived":                       (*Recorder).onData,
	"Network.loadingFinished":                    (*Recorder).onFinished,
	"Network.loadingFailed":                      (*Recorder).onFailed,
	"Network.requestServedFromCache":             (*Recorder).onCached,
	"Network.webSocketCreated":                   (*Recorder).onSocketCreated,
	"Network.webTransportCreated":                (*Recorder).onTransportCreated,
	"Network.webTransportConnectionEstablished":  (*Recorder).onTransportUp,
	"Network.webSocketWillSendHandshakeRequest":  (*Recorder).onSocketHandshake,
	"Network.webSocketHandshakeResponseReceived": (*Recorder).onSocketHandshake,
	"Network.webSocketFrameSent":                 (*Recorder).onSocketSent,
	"Network.webSocketFrameReceived":             (*Recorder).onSocketReceived,
	"Network.webSocketClosed":                    (*Recorder).onSocketClosed,
	"Network.webSocketFrameError":                (*Recorder).onSocketError,
	"Network.eventSourceMessageReceived":         (*Recorder).onSourceMessage,
	"Debugger.paused":                            (*Recorder).onDebugger,
	"Debugger.scriptParsed":                      (*Recorder).onScript,
	"Runtime.exceptionThrown":                    (*Recorder).onException,
	"Page.frameAttached":                         (*Recorder).onFrameAttached,
	"Page.frameNavigated":                        (*Recorder).onFrameNavigated,
	"Page.navigatedWithinDocument":               (*Recorder).onWithinDocument,
	"Page.frameRequestedNavigation":              (*Recorder).onRequested,
	"Page.domContentEventFired":                  (*Recorder).onDOMContent,
	"Page.loadEventFired":                        (*Recorder).onLoad,
	"Page.javascriptDialogOpening":               (*Recorder).onDialog,
	"Page.frameStoppedLoading":                   (*Recorder).onStopped,
	"Inspector.targetCrashed":                    (*Recorder).onCrashed,
	"Emulation.virtualTimeBudgetExpired":         (*Recorder).onBudget,
	"Network.reportingApiReportAdded":            (*Recorder).onReport,
	"Preload.ruleSetUpdated":                     (*Recorder).onSpeculation,
	"ServiceWorker.workerVersionUpdated":         (*Recorder).onVersions,
}

// onAttached takes a new target in, before it runs: recording is switched on, then it is let go.
func (r *Recorder) onAttached(ev chrome.Event, parent *member) error {
	var a attached
	if err := decodeEvent(ev.Params, &a); err != nil {
		r.startUnread(ev)
		return err
	}
	m := &member{session: r.browser.Target(target.SessionID(a.Session)), info: a.Info, parent: parent, since: time.Now(), scripts: map[cause.ScriptID]*cause.Script{}}
	m.tab = r.ownerOf(m)
	r.members[a.Session] = m
	if r.targets[a.Info.ID] == nil || a.Info.Type == "page" {
		r.targets[a.Info.ID] = m
	}
	if m.tab != nil && a.Info.Type != "tab" {
		m.tab.joined(m)
	}
	r.setUp(m)
	return nil
}

// ownerOf finds the tab that a new target belongs to: that of the target it was attached from, of its opener, or for a
// worker that no page owns and a popup without opener, the newest tab of the same browser context.
func (r *Recorder) ownerOf(m *member) *Tab {
	if m.parent != nil && m.parent.tab != nil {
		return m.parent.tab
	}
	switch m.info.Type {
	case "service_worker", "shared_worker":
		return r.newestIn(m.info.Context, m.info.URL)
	case "page":
		t := r.ownerOfPage(m)
		if m.parent != nil {
			m.parent.tab = t // prerendered pages and those swapped in belong to it too
		}
		return t
	}
	return nil
}

// ownerOfPage finds the tab of a new top-level page: its opener's, or a new one if Open waits for a page in its browser
// context. A popup without opener belongs to the newest tab of its context.
func (r *Recorder) ownerOfPage(m *member) *Tab {
	var t *Tab
	if o := r.targets[m.info.Opener]; o != nil {
		t = o.tab
	}
	if t == nil && m.info.Opener == "" && r.opening[m.info.Context] > 0 {
		t = newTab(r, m)
		r.fresh[m.info.ID] = t
		return t
	}
	if t == nil {
		t = r.newestIn(m.info.Context, "")
	}
	if t != nil {
		m.popup = true
		t.popups = append(t.popups, m)
	}
	return t
}

// blank is what a tab shows before its visit.
const blank = "about:blank"

// setUp switches recording on in a target. Commands are sent without waiting: a paused target answers only after it has
// been let go, which is the last of them.
func (r *Recorder) setUp(m *member) {
	s, kind := m.session, m.info.Type
	_ = s.Send("Target.setAutoAttach", autoAttach(fromTarget))
	if kind != "tab" {
		_ = s.Send("Network.enable", map[string]any{"maxPostDataSize": 64 << 10})
		_ = s.Send("Runtime.enable", nil)
		_ = s.Send("Debugger.enable", map[string]any{"maxScriptsCacheSize": 0})
		_ = s.Send("Debugger.setAsyncCallStackDepth", map[string]any{"maxDepth": 32})
		_ = s.Send("Debugger.setSkipAllPauses", map[string]any{"skip": true})
	}
	if kind == "page" || kind == "iframe" {
		r.askIsolate(m)
		_ = s.Send("Page.enable", nil)
		_ = s.Send("Network.enableReportingApi", map[string]any{"enable": true})
		for _, src := range r.o.Scripts {
			_ = s.Send("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": src, "runImmediately": true})
		}
	}
	if kind == "page" {
		_ = s.Send("Inspector.enable", nil)
		_ = s.Send("Preload.enable", nil)
		_ = s.Send("ServiceWorker.enable", nil)
		_ = s.Send("Emulation.setFocusEmulationEnabled", map[string]any{"enabled": true})
		_ = s.Send("Page.setInterceptFileChooserDialog", map[string]any{"enabled": true})
	}
	if !r.o.Unwatched {
		r.watch(s, kind)
	}
	if r.o.Setup != nil {
		r.o.Setup(s, kind)
	}
	r.letGo(&held{what: "a " + m.info.Type + " did not start", tab: m.tab, session: s.ID, let: letting(s, "Runtime.runIfWaitingForDebugger", nil)}, nil)
}

// askIsolate asks which renderer a document lives in.
func (r *Recorder) askIsolate(m *member) {
	_ = m.session.Ask("Runtime.getIsolateId", nil, func(decode func(any) error) {
		var a struct {
			ID string `json:"id"`
		}
		if decode(&a) != nil {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		m.isolate = a.ID
	})
}

func (r *Recorder) onDetached(ev chrome.Event) error {
	var d struct {
		Session string `json:"sessionId"`
	}
	if err := decodeEvent(ev.Params, &d); err != nil {
		return err
	}
	m := r.members[d.Session]
	if m == nil {
		return nil
	}
	delete(r.members, d.Session)
	r.releaseAll(m.session.ID)
	if m.tab != nil {
		m.tab.left(m)
	}
	if r.targets[m.info.ID] == m && m.tab == nil {
		delete(r.targets, m.info.ID)
	}
	return nil
}

func (r *Recorder) onInfo(ev chrome.Event) error {
	var d struct {
		Info targetInfo `json:"targetInfo"`
	}
	if err := decodeEvent(ev.Params, &d); err != nil {
		return err
	}
	if m := r.targets[d.Info.ID]; m != nil {
		m.info.URL = d.Info.URL
		if m.info.Subtype == "prerender" && d.Info.Subtype == "" && m.tab != nil {
			m.info.Subtype = ""
			m.tab.activated(m)
		}
	}
	return nil
}

// newestIn returns the newest open tab of a browser context; one that shows the given origin comes first.
func (r *Recorder) newestIn(context, url string) *Tab {
	var found *Tab
	for i := len(r.tabs) - 1; i >= 0; i-- {
		t := r.tabs[i]
		if t.context != context {
			continue
		}
		if url == "" || sameOrigin(t.url(), url) {
			return t
		}
		if found == nil {
			found = t
		}
	}
	return found
}
