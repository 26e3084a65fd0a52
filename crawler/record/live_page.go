package record

import (
	"cmp"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record/cause"
)

// maxDialogs is how many dialogs a page may open before it is taken for one that never stops.
const maxDialogs = 10

// maxNavigations is how many documents a page may go through by itself, as logins do, before it is taken for a loop.
const maxNavigations = 8

func (r *Recorder) onFrameAttached(m *member, ev chrome.Event) error {
	var e struct {
		Frame  string       `json:"frameId"`
		Parent string       `json:"parentFrameId"`
		Stack  *cause.Stack `json:"stack"`
	}
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	f := r.frame(e.Frame, e.Parent, m.tab, m)
	f.url, f.stack, f.by = blank, e.Stack, m
	r.settleStrays()
	return nil
}

func (r *Recorder) onFrameNavigated(m *member, ev chrome.Event) error {
	var e struct {
		Frame struct {
			ID          string `json:"id"`
			Parent      string `json:"parentId"`
			Loader      string `json:"loaderId"`
			URL         string `json:"url"`
			Unreachable string `json:"unreachableUrl"`
		} `json:"frame"`
	}
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if e.Frame.URL == blank && e.Frame.Parent == "" && m.tab.leaving { // what is still told is of the page that was there
		m.tab.state.Left = m.tab.state.Left || m == m.tab.main
		return nil
	}
	f := r.frame(e.Frame.ID, e.Frame.Parent, m.tab, m)
	f.last = speaker{f.url, f.loader}
	f.url, f.loader = e.Frame.URL, e.Frame.Loader
	if m.info.ID == e.Frame.ID {
		r.askIsolate(m) // another site has another renderer
	}
	if e.Frame.Unreachable != "" {
		f.url = e.Frame.Unreachable
	}
	m.tab.show(f.url, e.Frame.Parent == "" && m.info.Type == "page")
	if m == m.tab.main && e.Frame.Parent == "" && f.url != blank {
		m.tab.state.Navigations++
		m.tab.state.Loaded, m.tab.state.DOM, m.tab.state.Stopped, m.tab.state.Exceptions = time.Time{}, time.Time{}, time.Time{}, 0
		if m.tab.state.Navigations > maxNavigations && !m.tab.state.Runaway {
			m.tab.state.Runaway = true
			m.tab.cap("navigations")
		}
		if m.tab.state.Runaway {
			_ = m.session.Send("Page.stopLoading", nil)
			_ = m.session.Send("Emulation.setScriptExecutionDisabled", map[string]any{"value": true})
		}
	}
	r.settleStrays()
	return nil
}

func (r *Recorder) onWithinDocument(m *member, ev chrome.Event) error {
	var e struct {
		Frame string `json:"frameId"`
		URL   string `json:"url"`
	}
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if f := r.frames[e.Frame]; f != nil {
		f.url = e.URL
	}
	m.tab.show(e.URL, m == m.tab.main && e.Frame == m.info.ID)
	return nil
}

// onRequested notes which frames are about to go elsewhere, and which of them because their document says so.
func (r *Recorder) onRequested(m *member, ev chrome.Event) error {
	var e struct {
		Frame  string `json:"frameId"`
		Reason string `json:"reason"`
	}
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if f := r.frames[e.Frame]; f != nil {
		if f.id == f.member.info.ID && f.url != blank {
			r.listen(f.member)
		}
		f.refresh = e.Reason == "metaTagRefresh" || e.Reason == "httpHeaderRefresh"
	}
	return nil
}

// onStopped notes that the main frame loads no more. Without a load event that means that it was stopped: by a link to
// another program, for example.
func (r *Recorder) onStopped(m *member, ev chrome.Event) error {
	var e struct {
		Frame string `json:"frameId"`
	}
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if m == m.tab.main && e.Frame == m.info.ID && m.tab.state.Navigations > 0 {
		m.tab.state.Stopped = time.Now()
	}
	return nil
}

func (r *Recorder) onDOMContent(m *member, _ chrome.Event) error {
	if m == m.tab.main && !m.tab.leaving {
		m.tab.state.DOM = time.Now()
	}
	return nil
}

func (r *Recorder) onLoad(m *member, _ chrome.Event) error {
	m.loaded = time.Now()
	if m == m.tab.main && !m.tab.leaving {
		m.tab.state.Loaded = m.loaded
	}
	return nil
}

// onException counts what no script of the page's own documents caught, and takes in what the watch tells. Of the first the event says
// more than is wanted, and is not read.
func (r *Recorder) onException(m *member, ev chrome.Event) error {
	if told, err := r.watched(m, ev); told {
		return err
	}
	if m == m.tab.main && !m.tab.leaving {
		m.tab.state.Exceptions++
	}
	return nil
}

// onDialog closes a dialog at once, for it blocks everything: beforeunload is let go, all others are dismissed.
func (r *Recorder) onDialog(m *member, ev chrome.Event) error {
	var e struct {
		Type string `json:"type"`
	}
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if m.tab.state.Dialogs++; m.tab.state.Dialogs > maxDialogs {
		m.tab.cap("dialogs")
		defer func() { _ = m.session.Send("Runtime.terminateExecution", nil) }()
	}
	return m.session.Send("Page.handleJavaScriptDialog", map[string]any{"accept": e.Type == "beforeunload"})
}

func (r *Recorder) onCrashed(m *member, _ chrome.Event) error {
	if m == m.tab.main {
		m.tab.state.Crashed = true
	} else if m.info.Type == "iframe" || m.info.Type == "page" {
		m.tab.cap("a frame's renderer crashed")
	}
	return nil
}

// onDebugger lets a page go on that the debugger stopped, which V8 does with one that has used up its heap: that one is over.
func (r *Recorder) onDebugger(m *member, ev chrome.Event) error {
	var e struct {
		Reason string `json:"reason"`
	}
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	if e.Reason != "OOM" {
		return m.session.Send("Debugger.resume", nil)
	}
	if m == m.tab.main {
		m.tab.state.Crashed, m.tab.state.OutOfMemory = true, true
		return nil
	}
	m.tab.cap("a frame or worker used up its memory")
	return nil
}

func (r *Recorder) onBudget(m *member, _ chrome.Event) error {
	m.tab.state.Budgets++
	m.budgets++
	return nil
}

// onVersions notes how far service workers have come: until one is activated, its handlers of that are at work
// (https://www.w3.org/TR/service-workers/#service-worker-lifetime).
func (r *Recorder) onVersions(_ *member, ev chrome.Event) error {
	var e struct {
		Versions []struct {
			Target string `json:"targetId"`
			Status string `json:"status"`
		} `json:"versions"`
	}
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	for _, v := range e.Versions {
		if m := r.targets[v.Target]; m != nil && v.Target != "" {
			m.busy = v.Status == "installing" || v.Status == "activating"
		}
	}
	return nil
}

// onSpeculation counts the sets of rules by which a page has others fetched ahead.
func (r *Recorder) onSpeculation(m *member, _ chrome.Event) error {
	if m == m.tab.main {
		m.tab.state.RuleSets++
	}
	return nil
}

// settleStrays gives requests that Fetch saw before their frame was known to the tab of that frame. The caller holds the lock.
func (r *Recorder) settleStrays() {
	if len(r.strays) == 0 {
		return
	}
	left := r.strays[:0]
	for _, s := range r.strays {
		if t, m := r.tabOf(s.ev); t != nil {
			t.paused(s.ev, m)
			continue
		}
		left = append(left, s)
	}
	clear(r.strays[len(left):])
	r.strays = left
}

func (r *Recorder) onScript(m *member, ev chrome.Event) error {
	var e scriptParsed
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	claim := ""
	if e.HasSourceURL { // what a script says of its source is its own word
		claim = e.URL
		e.URL = cmp.Or(e.Embedder, e.URL)
	}
	own := strings.HasPrefix(e.URL, OwnScript) && (e.Stack == nil || len(e.Stack.Calls) == 0 || r.ownScripts[e.Hash] || r.apis.Is(e.Hash)) ||
		e.URL == "" && r.apis.IsConsole(e.Hash)
	if claim != "" && e.Embedder == "" && !own {
		e.URL = "" // made from text: it was loaded from nowhere
	}
	if e.Aux.Type == "isolated" || e.Language == "WebAssembly" || own || ofBrowser(e.URL) {
		return nil
	}
	r.followStack(m, e.Stack)
	s := &cause.Script{
		ID: e.ID, URL: e.URL, Line: e.Line, Column: e.Column, Hash: e.Hash, Stack: e.Stack, Renamed: e.HasSourceURL, Claim: claim,
		Frame: cause.FrameID(e.Aux.Frame), Since: time.Now(), Former: m.scripts[e.ID],
	}
	if f := r.frames[e.Aux.Frame]; f != nil {
		s.Loader, s.Document = cause.LoaderID(f.loader), f.url
	}
	m.scripts[e.ID] = s
	m.tab.scripts = append(m.tab.scripts, &parsed{Script: s, length: e.Length, module: e.Module, member: m})
	return nil
}

// ofBrowser reports whether a script is the browser's own: that of its error page, its viewer of documents, its settings.
func ofBrowser(raw string) bool {
	scheme, _, _ := strings.Cut(raw, ":")
	switch scheme {
	case "chrome", "chrome-error", "chrome-extension", "chrome-untrusted", "devtools", "edge":
		return true
	}
	return false
}

// OwnScript begins the source URL of every script that tagscan itself runs in a page; such scripts are not recorded.
const OwnScript = "tagscan://"

// Own marks an expression that tagscan evaluates in a page's own world as its own.
func Own(expression string) string { return expression + "\n//# sourceURL=" + OwnScript + "page" }
