package record

import (
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// maxChain bounds the length of a chain of causes.
const maxChain = 40

// causes names, nearest first, the scripts and documents that led to something, up to the HTML that started it.
type causes struct {
	tab     *Tab
	byURL   map[string][]*hop // the requests that fetched a script or a document, in the order in which they were sent
	docs    map[string][]*hop // the documents that a frame showed, likewise
	workers map[string]start  // where dedicated workers were started, by the address of their script
	chain   []crawler.Cause
	seen    map[string]bool // what has been explained
	at      place           // of what is being explained
}

// place is a document at a moment. The same script may be loaded by many documents, by each for reasons of its own.
type place struct {
	loader string // names the document; empty in workers
	frame  string
	before time.Time
}

// start is a call stack and the target that it is in.
type start struct {
	stack *wireStack
	in    *member
}

// newCauses prepares to explain what happened in a tab.
func newCauses(t *Tab) *causes {
	c := &causes{tab: t, byURL: map[string][]*hop{}, docs: map[string][]*hop{}, workers: map[string]start{}}
	for _, p := range t.scripts {
		m := p.member
		for _, s := range m.started {
			if s != nil && m.info.Type == "worker" && m.parent != nil {
				c.workers[m.info.URL] = start{s, m.parent}
			}
		}
	}
	for _, h := range t.order {
		switch h.kind {
		case "script", "document", "stylesheet", "other", "":
			c.byURL[h.url] = append(c.byURL[h.url], h)
		}
		if h.kind == "document" {
			c.docs[h.frame] = append(c.docs[h.frame], h)
		}
	}
	return c
}

// of explains a request.
func (c *causes) of(h *hop) []crawler.Cause {
	c.chain, c.seen = nil, map[string]bool{}
	c.hop(h, "")
	return c.chain
}

// ofScript explains a script: how it came to run.
func (c *causes) ofScript(p *parsed) []crawler.Cause {
	c.chain, c.seen = nil, map[string]bool{}
	c.bring(source{p.URL, p.scriptParsed, p.member})
	return c.chain
}

// asked finds the request for a script or a document: the one that the document made that is being explained, else the last
// before.
func (c *causes) asked(url string) *hop {
	var found *hop
	for _, h := range c.byURL[url] {
		if h.loader == c.at.loader {
			return h
		}
		if found == nil || !h.sent.After(c.at.before) {
			found = h
		}
	}
	return found
}

// hop adds the causes of a request. how says in which way they are bound to what stands before.
func (c *causes) hop(h *hop, how string) {
	for h.prev != nil && h.initiator.Type != "script" {
		h = h.prev // a redirect has the causes of what was redirected
	}
	if h.kind == "document" {
		c.at = c.maker(h)
	} else {
		c.at = place{h.loader, h.frame, h.sent}
	}
	in := h.initiator
	switch {
	case in.Stack != nil && (len(in.Stack.Frames) > 0 || in.Stack.Parent != nil):
		c.stack(in.Stack, h.member, how)
	case in.Type == "preflight":
		if main := h.preflighted(); main != nil {
			c.hop(main, how)
		}
	case c.workers[h.url].stack != nil:
		c.stack(c.workers[h.url].stack, c.workers[h.url].in, how)
	case in.URL != "" && in.URL != noReferrer:
		c.add(crawler.Cause{URL: in.URL, Line: int(in.Line) + 1, Column: int(in.Column) + 1, Async: how, Kind: c.kindOf(in.URL)})
		c.origin(in.URL, h)
	case h.kind == "document":
		c.frameOf(h, how)
	case h.unexplained():
		c.leaver(h)
	case h.document != "" && !sameURL(h.document, h.url):
		c.document(h.document, how)
	default:
		c.worker(h.member, how)
	}
}

// preflighted is the request that the browser asked leave for by another; nil if none is known.
func (h *hop) preflighted() *hop {
	if h.initiator.Type != "preflight" {
		return nil
	}
	if f := h.tab.flows[h.initiator.Request]; f != nil && len(f.hops) > 0 && f.hops[0] != h {
		return f.hops[0]
	}
	return nil
}

// noReferrer stands for the document itself where Chrome tells the referrer of a module.
const noReferrer = "about:client"

// maker is the place that a document was asked for from: what its frame showed before, else the document that the frame is in.
func (c *causes) maker(h *hop) place {
	if prev := c.previous(h); prev != nil {
		return place{prev.loader, h.frame, h.sent}
	}
	if f := c.tab.r.frames[h.frame]; f != nil {
		return place{f.under, f.parent, h.sent}
	}
	return place{before: h.sent}
}

// previous is the document that a frame showed before another one.
func (c *causes) previous(h *hop) *hop {
	var found *hop
	for _, o := range c.docs[h.frame] {
		if o.loader != h.loader && o.sent.Before(h.sent) {
			found = o
		}
	}
	return found
}

// source is a script, and where it ran.
type source struct {
	url    string
	script *scriptParsed // nil: not known
	in     *member
}

// stack adds the scripts of a call stack and of the stacks that it was scheduled from.
func (c *causes) stack(s *wireStack, m *member, how string) {
	var called []source
	outside := s.elsewhere()
	if h := c.starting(s); h != nil {
		c.add(crawler.Cause{URL: h.url, Async: how, Kind: "script"})
	}
	for ; s != nil; s = s.Parent {
		if s.Description != "" && len(c.chain) > 0 {
			how = s.Description
		}
		for _, f := range s.Frames {
			if m.runs(f) {
				continue
			}
			cause, src := c.frame(f, m)
			cause.Async = how
			how = ""
			if n := len(c.chain); n > 0 && cause.Async == "" && sameSource(c.chain[n-1], cause) {
				continue // calls within one script say no more than the nearest of them
			}
			c.add(cause)
			called = append(called, src)
		}
	}
	if outside != nil && m != nil && m.started[*outside] != nil && m.parent != nil && !c.seen[outside.ID+outside.Debugger] {
		c.seen[outside.ID+outside.Debugger] = true
		c.stack(m.started[*outside], m.parent, "worker")
		return
	}
	if len(called) == 0 {
		c.worker(m, "")
		return
	}
	at, last := c.at, called[len(called)-1]
	if i := slices.IndexFunc(called, func(s source) bool { return s != last }); i >= 0 {
		c.bring(called[i]) // who brought the one that acted: others have called it, and it may have called one of those itself
		c.at = at
	}
	c.bring(last)
}

// starting finds the injected script that ran when something was put off to its end: its stack is empty by then, and goes on
// where the script was injected. Of several from one place it is the one that came to run last.
func (c *causes) starting(s *wireStack) *hop {
	if len(s.Frames) > 0 || s.Parent == nil || s.Parent.Description != "PendingScript" || len(s.Parent.Frames) == 0 {
		return nil
	}
	for _, p := range slices.Backward(c.tab.scripts) {
		if p.URL == "" || p.loader != c.at.loader || p.since.After(c.at.before) {
			continue
		}
		for _, h := range c.byURL[p.URL] {
			in := h.initiator.Stack
			if h.kind == "script" && h.loader == p.loader && in != nil && len(in.Frames) > 0 && in.Frames[0] == s.Parent.Frames[0] {
				return h
			}
		}
	}
	return nil
}

// bring adds how a script came to run: who asked for it, whose code made it, or which document it stands in.
func (c *causes) bring(s source) {
	p := s.script
	if p == nil {
		c.origin(s.url, nil)
		return
	}
	key := "script " + p.ID + " " + s.in.info.ID
	if c.seen[key] || len(c.chain) >= maxChain {
		return
	}
	c.seen[key] = true
	c.at = place{p.loader, p.Aux.Frame, p.since}
	h := c.asked(p.URL)
	switch {
	case p.URL != "" && h != nil && h.kind != "document":
		if !c.seen[c.key(p.URL)] {
			c.seen[c.key(p.URL)] = true
			c.hop(h, "")
		}
	case p.Stack != nil && len(p.Stack.Frames) > 0:
		c.stack(p.Stack, s.in, "")
	case p.document != "":
		c.document(p.document, "")
	default:
		c.worker(s.in, "")
	}
}

// key names an address in the document that is being explained.
func (c *causes) key(url string) string { return url + " " + c.at.loader }

// script returns a script that ran in the target: the last with that id that fits, or the last if none does; nil: it is not known.
func (m *member) script(id string, fits func(*scriptParsed) bool) *scriptParsed {
	if m == nil {
		return nil
	}
	for p := m.scripts[id]; p != nil; p = p.former {
		if fits(p) {
			return p
		}
	}
	return m.scripts[id]
}

// runs reports whether a call is in a script that tagscan itself runs in the target: those are not recorded, and have no address or
// one of their own.
func (m *member) runs(f wireFrame) bool {
	return m != nil && m.scripts[f.Script] == nil && (f.URL == "" || strings.HasPrefix(f.URL, OwnScript))
}

// followStack asks for the part of a worker's stack that lies in the target that started the worker.
func (r *Recorder) followStack(m *member, s *wireStack) {
	id := s.elsewhere()
	if id == nil || m.parent == nil {
		return
	}
	if _, asked := m.started[*id]; asked {
		return
	}
	if m.started == nil {
		m.started = map[stackID]*wireStack{}
	}
	m.started[*id] = nil
	_ = m.parent.session.Ask("Debugger.getStackTrace", map[string]any{"stackTraceId": map[string]string{"id": id.ID, "debuggerId": id.Debugger}}, func(decode func(any) error) {
		var a struct {
			Stack *wireStack `json:"stackTrace"`
		}
		if decode(&a) != nil {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		m.started[*id] = a.Stack
	})
}

func sameSource(a, b crawler.Cause) bool { return a.URL == b.URL && a.Script == b.Script }

// frame turns a call frame into a cause, and names the script. One without URL is named by its hash.
func (c *causes) frame(f wireFrame, m *member) (crawler.Cause, source) {
	cause := crawler.Cause{URL: f.URL, Function: f.Function, Line: f.Line + 1, Column: f.Column + 1, Kind: "script"}
	src := source{f.URL, nil, m}
	src.script = m.script(f.Script, func(p *scriptParsed) bool { return p.URL == f.URL || p.HasSourceURL })
	p := src.script
	if p == nil {
		cause.Kind = c.kindOf(f.URL)
		return cause, src
	}
	if p.HasSourceURL && p.Embedder != "" {
		src.url, cause.URL = p.URL, p.URL
	}
	c.at = place{p.loader, p.Aux.Frame, p.since}
	h := c.asked(p.URL)
	switch {
	case p.URL == "" || p.Stack != nil && len(p.Stack.Frames) > 0 && h == nil:
		cause.Kind, cause.Script = "eval", p.Hash
	case fetchedDocument(h) || p.Line > 0 || p.Column > 0:
		cause.Kind, cause.Script = "inline", p.Hash
	case h != nil && h.flow.last() != h:
		cause.URL = h.flow.last().url // where a redirect led to is where the code is from
	}
	return cause, src
}

func fetchedDocument(h *hop) bool { return h != nil && h.kind == "document" }

func (c *causes) kindOf(url string) string {
	h := c.asked(url)
	switch {
	case fetchedDocument(h):
		return "document"
	case url == "":
		return "inline"
	case h != nil && h.kind == "stylesheet":
		return "stylesheet"
	}
	return "script"
}

// origin adds the causes of a script or document itself: who asked for it.
func (c *causes) origin(url string, child *hop) {
	if c.seen[c.key(url)] || len(c.chain) >= maxChain {
		return
	}
	c.seen[c.key(url)] = true
	h, f := c.asked(url), c.tab.r.frames[c.at.frame]
	switch {
	case h == nil || h == child || h.kind == "document" && h.loader != c.at.loader && f != nil && f.parent != "":
		c.made(f) // a document without a request, such as about:srcdoc
	case h.kind == "document":
		c.frameOf(h, "frame")
	default:
		c.hop(h, "")
	}
}

// frameOf adds why a frame's document was loaded: what its initiator says, else who made the frame.
func (c *causes) frameOf(h *hop, how string) {
	if h.isMainDocument() || c.seen["frame "+h.loader] {
		return
	}
	c.seen["frame "+h.loader] = true
	f, prev := c.tab.r.frames[h.frame], c.previous(h)
	switch {
	case h.initiator.Stack != nil:
		c.hop(h, how)
	case prev != nil && h.refresh:
		c.at = place{prev.loader, h.frame, h.sent}
		c.document(prev.url, how)
	case f != nil && f.stack != nil:
		c.made(f)
	case h.initiator.URL != "":
		c.hop(h, how)
	default:
		c.made(f)
	}
}

// made adds who made a frame: the scripts that did, else the document that it stands in.
func (c *causes) made(f *frame) {
	if f == nil || f.parent == "" || c.seen["made "+f.id] {
		return
	}
	c.seen["made "+f.id] = true
	c.at = place{f.under, f.parent, c.at.before}
	if f.stack != nil && len(f.stack.Frames) > 0 {
		c.stack(f.stack, f.by, "frame")
		return
	}
	c.document(f.parentURL, "frame")
}

// worker adds who started a worker.
func (c *causes) worker(m *member, how string) {
	if m == nil || m.info.URL == "" || m.info.Type == "page" || m.info.Type == "iframe" {
		return
	}
	if len(c.chain) == 0 || c.chain[len(c.chain)-1].URL != m.info.URL {
		c.add(crawler.Cause{URL: m.info.URL, Async: how, Kind: "worker"})
	}
	if h := c.asked(m.info.URL); h != nil && !c.seen["worker "+m.info.URL] {
		c.seen["worker "+m.info.URL] = true
		c.hop(h, "worker")
	} else if h == nil && m.parent != nil && m.parent.info.URL != "" && m.parent.info.Type != "tab" {
		c.document(m.parent.info.URL, "worker")
	}
}

// document adds a document as a cause, and what led to it.
func (c *causes) document(url, how string) {
	if url == "" {
		return
	}
	c.add(crawler.Cause{URL: url, Async: how, Kind: "document"})
	c.origin(url, nil)
}

// add appends a cause unless the chain is full or it is the same document or script again.
func (c *causes) add(x crawler.Cause) {
	if len(c.chain) >= maxChain {
		return
	}
	if n := len(c.chain); n > 0 && x.Async == "" && x.Kind == "document" && c.chain[n-1].URL == x.URL {
		return
	}
	if slices.Contains(c.chain, x) {
		return
	}
	c.chain = append(c.chain, x)
}
