package record

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// maxChain bounds the length of a chain of causes.
const maxChain = 40

// causes names, nearest first, the scripts and documents that led to something, up to the HTML that started it.
type causes struct {
	tab     *Tab
	byURL   map[string]*hop  // the request that fetched a script or a document
	workers map[string]start // where dedicated workers were started, by the address of their script
	chain   []crawler.Cause
	seen    map[string]bool // scripts and documents whose own causes were added
}

// start is a call stack and the target that it is in.
type start struct {
	stack *wireStack
	in    *member
}

// newCauses prepares to explain what happened in a tab.
func newCauses(t *Tab) *causes {
	c := &causes{tab: t, byURL: map[string]*hop{}, workers: map[string]start{}}
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
			if c.byURL[h.url] == nil {
				c.byURL[h.url] = h
			}
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
	if p.URL != "" {
		c.seen[p.URL] = true
	}
	if p.Stack != nil && len(p.Stack.Frames) > 0 {
		c.stack(p.Stack, p.member, "")
		return c.chain
	}
	if h := c.byURL[p.URL]; p.URL != "" && h != nil && h.kind != "document" {
		c.hop(h, "")
		return c.chain
	}
	if doc := c.tab.r.frames[p.Aux.Frame]; doc != nil {
		c.document(doc.url, "")
	}
	return c.chain
}

// hop adds the causes of a request. how says in which way they are bound to what stands before.
func (c *causes) hop(h *hop, how string) {
	for h.prev != nil && h.initiator.Type != "script" {
		h = h.prev // a redirect has the causes of what was redirected
	}
	in := h.initiator
	switch {
	case in.Stack != nil && (len(in.Stack.Frames) > 0 || in.Stack.Parent != nil):
		c.stack(in.Stack, h.member, how)
	case in.Type == "preflight":
		if f := c.tab.flows[in.Request]; f != nil && len(f.hops) > 0 && f.hops[0] != h {
			c.hop(f.hops[0], how)
		}
	case c.workers[h.url].stack != nil:
		c.stack(c.workers[h.url].stack, c.workers[h.url].in, how)
	case in.URL != "":
		c.add(crawler.Cause{URL: in.URL, Line: int(in.Line) + 1, Column: int(in.Column) + 1, Async: how, Kind: c.kindOf(in.URL)})
		c.origin(in.URL, h)
	case h.kind == "document":
		c.frameOf(h, how)
	case h.document != "" && !sameURL(h.document, h.url):
		c.document(h.document, how)
	default:
		c.worker(h.member, how)
	}
}

// stack adds the scripts of a call stack and of the stacks that it was scheduled from.
func (c *causes) stack(s *wireStack, m *member, how string) {
	first, last := "", ""
	outside := s.elsewhere()
	for ; s != nil; s = s.Parent {
		if s.Description != "" && len(c.chain) > 0 {
			how = s.Description
		}
		for _, f := range s.Frames {
			if m.runs(f) {
				continue
			}
			cause, url := c.frame(f, m)
			cause.Async = how
			how = ""
			if n := len(c.chain); n > 0 && cause.Async == "" && sameSource(c.chain[n-1], cause) {
				continue // calls within one script say no more than the nearest of them
			}
			c.add(cause)
			first, last = cmp.Or(first, url), url
		}
	}
	if outside != nil && m != nil && m.started[*outside] != nil && m.parent != nil && !c.seen[outside.ID+outside.Debugger] {
		c.seen[outside.ID+outside.Debugger] = true
		c.stack(m.started[*outside], m.parent, "worker")
		return
	}
	if last != "" {
		if first != last {
			c.origin(first, nil) // who brought the one that acted, which others have called
		}
		c.origin(last, nil)
	} else {
		c.worker(m, "")
	}
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

// frame turns a call frame into a cause. A script without URL is named by its hash; url is then that of its document.
func (c *causes) frame(f wireFrame, m *member) (crawler.Cause, string) {
	cause := crawler.Cause{URL: f.URL, Function: f.Function, Line: f.Line + 1, Column: f.Column + 1, Kind: "script"}
	p := (*scriptParsed)(nil)
	if m != nil {
		p = m.scripts[f.Script]
	}
	if p == nil {
		cause.Kind = c.kindOf(f.URL)
		return cause, f.URL
	}
	if p.HasSourceURL && p.Embedder != "" {
		f.URL, cause.URL = p.URL, p.URL
	}
	switch {
	case p.URL == "" || p.Stack != nil && len(p.Stack.Frames) > 0 && c.byURL[p.URL] == nil:
		cause.Kind, cause.Script = "eval", p.Hash
		if p.Stack != nil && len(p.Stack.Frames) > 0 {
			return cause, p.Stack.Frames[0].URL
		}
		if doc := c.tab.r.frames[p.Aux.Frame]; doc != nil {
			return cause, doc.url
		}
	case fetchedDocument(c.byURL[p.URL]) || p.Line > 0 || p.Column > 0:
		cause.Kind, cause.Script = "inline", p.Hash
	}
	return cause, f.URL
}

func fetchedDocument(h *hop) bool { return h != nil && h.kind == "document" }

func (c *causes) kindOf(url string) string {
	if fetchedDocument(c.byURL[url]) {
		return "document"
	}
	if url == "" {
		return "inline"
	}
	if h := c.byURL[url]; h != nil && h.kind == "stylesheet" {
		return "stylesheet"
	}
	return "script"
}

// origin adds the causes of a script or document itself: who asked for it.
func (c *causes) origin(url string, child *hop) {
	if c.seen[url] || len(c.chain) >= maxChain {
		return
	}
	c.seen[url] = true
	h := c.byURL[url]
	switch {
	case h == nil || h == child:
		if f := c.frameByURL(url); f != nil && f.parent != "" {
			if p := c.tab.r.frames[f.parent]; p != nil {
				c.document(p.url, "frame")
			}
		}
	case h.kind == "document":
		c.frameOf(h, "frame")
	default:
		c.hop(h, "")
	}
}

func (c *causes) frameByURL(url string) *frame {
	for _, f := range c.tab.r.frames {
		if f.tab == c.tab && f.url == url {
			return f
		}
	}
	return nil
}

// frameOf adds why a frame's document was loaded: what its initiator says, else its parent document.
func (c *causes) frameOf(h *hop, how string) {
	if h.isMainDocument() {
		return
	}
	if h.initiator.Stack != nil || h.initiator.URL != "" {
		if c.seen["frame "+h.url] {
			return
		}
		c.seen["frame "+h.url] = true
		c.hop(h, how)
		return
	}
	if f := c.tab.r.frames[h.frame]; f != nil && f.parent != "" {
		if p := c.tab.r.frames[f.parent]; p != nil && p != f {
			c.document(p.url, how)
		}
	}
}

// worker adds who started a worker.
func (c *causes) worker(m *member, how string) {
	if m == nil || m.info.URL == "" || m.info.Type == "page" || m.info.Type == "iframe" {
		return
	}
	if len(c.chain) == 0 || c.chain[len(c.chain)-1].URL != m.info.URL {
		c.add(crawler.Cause{URL: m.info.URL, Async: how, Kind: "worker"})
	}
	if h := c.byURL[m.info.URL]; h != nil && !c.seen[m.info.URL] {
		c.seen[m.info.URL] = true
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
