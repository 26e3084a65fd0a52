package cause

import (
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// maxChain bounds the length of a chain.
const maxChain = 40

// maxIdle is how many scripts and documents in a row may add nothing to a chain before it is taken up again at their beginning:
// code made from text that makes itself again, as timers do, and a document that has itself loaded again say the same each time.
const maxIdle = 64

// noReferrer stands for the document itself where Chrome tells the referrer of a module.
const noReferrer = "about:client"

// Chains explains what happened in one tab. The cost of a chain does not depend on how much that is. It is not safe for
// concurrent use.
type Chains struct {
	e     *Evidence
	index *index
	first map[*Script]*Script // the beginning of scripts that were made from text one by another

	// Of the chain that is being made:
	chain []crawler.Cause
	has   map[crawler.Cause]bool
	seen  map[step]bool // what has been explained
	at    place         // of what is being explained
	idle  int           // how many steps have added nothing
	long  int           // how long the chain was at the last of them
}

// place is a document at a moment. The same script may be loaded by many documents, by each for reasons of its own.
type place struct {
	loader LoaderID // names the document; empty in workers
	frame  FrameID
	before time.Time
}

// step names what a chain explains once: what kind of thing, and which.
type step struct {
	kind      kind
	name, was string
}

type kind int

const (
	anAddress  kind = iota // in a document
	aScript                // in a target
	aDocument              // of a frame
	aFrame                 // who made it
	aWorker                // who asked for its script
	aBeginning             // of a worker, in the target that started it
)

// New prepares to explain. It looks once at everything that there is.
func New(e *Evidence) *Chains {
	return &Chains{e: e, index: newIndex(e), first: map[*Script]*Script{}, has: map[crawler.Cause]bool{}, seen: map[step]bool{}}
}

// Request explains why a request was sent.
func (c *Chains) Request(r *Request) []crawler.Cause {
	c.begin()
	c.request(r, "")
	return c.told()
}

// Script explains how a script came to run.
func (c *Chains) Script(s *Ran) []crawler.Cause {
	c.begin()
	c.bring(source{s.URL, s.Script, s.In, true})
	return c.told()
}

// told is the chain; nil: nothing is known.
// Calls returns the scripts of a call stack and of the stacks that it was scheduled from, nearest first, without what brought them.
func (c *Chains) Calls(s *Stack, t *Target) []crawler.Cause {
	c.begin()
	c.calls(s, t, "")
	return c.told()
}

func (c *Chains) told() []crawler.Cause {
	if len(c.chain) == 0 {
		return nil
	}
	return slices.Clone(c.chain)
}

// Asked is the request that fetched a script, or the document that it stands in; nil: there is none, or it is not known.
func (c *Chains) Asked(s *Script) *Request { return c.index.asked(s.URL, s.place()) }

func (c *Chains) begin() {
	clear(c.seen)
	clear(c.has)
	c.chain, c.at, c.idle, c.long = c.chain[:0], place{}, 0, 0
}

// once reports whether something is explained for the first time.
func (c *Chains) once(k kind, name, was string) bool {
	s := step{k, name, was}
	if c.seen[s] {
		return false
	}
	c.seen[s] = true
	return true
}

// onceHere is once for an address in the document that is being explained.
func (c *Chains) onceHere(url string) bool { return c.once(anAddress, url, string(c.at.loader)) }

// full reports whether no more causes are wanted.
func (c *Chains) full() bool { return len(c.chain) >= maxChain }

// idles reports, once in a chain, that many steps have added nothing.
func (c *Chains) idles() bool {
	if len(c.chain) > c.long {
		c.idle, c.long = 0, len(c.chain)
	}
	c.idle++
	return c.idle > maxIdle
}

// place is where and when a script came to run.
func (s *Script) place() place { return place{s.Loader, s.Frame, s.Since} }

// add appends a cause unless the chain is full or it is the same document or script again.
func (c *Chains) add(x crawler.Cause) {
	if c.full() {
		return
	}
	if n := len(c.chain); n > 0 && x.Async == "" && x.Kind == "document" && c.chain[n-1].URL == x.URL {
		return
	}
	if !c.has[x] {
		c.has[x] = true
		c.chain = append(c.chain, x)
	}
}

// request adds the causes of a request. how says in which way they are bound to what stands before.
func (c *Chains) request(r *Request, how string) {
	for r.Before != nil && r.Initiator.Type != "script" {
		r = r.Before // a redirect has the causes of what was redirected
	}
	if r.Kind == "document" {
		c.at = c.maker(r)
	} else {
		c.at = place{r.Loader, r.Frame, r.Sent}
	}
	in := r.Initiator
	switch worker := c.index.workers[r.URL]; {
	case in.Stack != nil && (len(in.Stack.Calls) > 0 || in.Stack.Parent != nil):
		c.stack(in.Stack, r.Target, how)
	case in.Type == "preflight":
		if r.AsksFor != nil {
			c.request(r.AsksFor, how)
		}
	case worker.stack != nil:
		c.stack(worker.stack, worker.in, how)
	case in.URL != "" && in.URL != noReferrer:
		c.add(crawler.Cause{URL: in.URL, Line: int(in.Line) + 1, Column: int(in.Column) + 1, Async: how, Kind: c.kindOf(in.URL)})
		c.origin(in.URL, r)
	case r.Kind == "document":
		c.frameOf(r, how)
	case r.Unexplained:
		c.leaver(r)
	case r.Document != "" && web.WithoutFragment(r.Document) != web.WithoutFragment(r.URL):
		c.document(r.Document, how)
	default:
		c.worker(r.Target, how)
	}
}

// maker is the place that a document was asked for from: what its frame showed before, else the document that the frame is in.
func (c *Chains) maker(r *Request) place {
	if prev := c.index.previous(r); prev != nil {
		return place{prev.Loader, r.Frame, r.Sent}
	}
	if f := c.e.Frames[r.Frame]; f != nil {
		return place{f.Under, f.Parent, r.Sent}
	}
	return place{before: r.Sent}
}

// source is a script, and where it ran.
type source struct {
	url    string
	script *Script // nil: not known
	in     *Target
	known  bool // it is one
}

// nowhere is no source.
var nowhere source

// stack adds the scripts of a call stack and of the stacks that it was scheduled from, and what brought those.
func (c *Chains) stack(s *Stack, t *Target, how string) {
	outside := s.GoesOn()
	if r := c.starting(s); r != nil {
		c.add(crawler.Cause{URL: r.URL, Async: how, Kind: "script"})
	}
	called := c.calls(s, t, how)
	if outside != nil && t != nil && t.Started[*outside] != nil && t.Parent != nil && c.once(aBeginning, outside.ID, outside.Debugger) {
		c.stack(t.Started[*outside], t.Parent, "worker")
		return
	}
	if called.last == nowhere {
		c.worker(t, "")
		return
	}
	at := c.at
	if acted := called.acted(); acted != nowhere {
		c.bring(acted) // who brought the one that acted: others have called it, and it may have called one of those itself
		c.at = at
	}
	c.bring(called.last)
}

// callers are the scripts of a stack that matter: the nearest, the nearest of those that are another, and the oldest.
type callers struct{ nearest, other, last source }

func (c *callers) add(s source) {
	switch {
	case c.last == nowhere:
		c.nearest = s
	case c.other == nowhere && s != c.nearest:
		c.other = s
	}
	c.last = s
}

// acted is the nearest script that is not the oldest; nowhere: there is one only.
func (c *callers) acted() source {
	if c.nearest != c.last {
		return c.nearest
	}
	return c.other
}

// calls adds the scripts of a call stack and of the stacks that it was scheduled from.
func (c *Chains) calls(s *Stack, t *Target, how string) (called callers) {
	for ; s != nil && !c.full(); s = s.Parent {
		if s.Description != "" && len(c.chain) > 0 {
			how = s.Description
		}
		for _, call := range s.Calls {
			if c.isOwn(call, t) {
				continue
			}
			x, src := c.call(call, t)
			x.Async = how
			how = ""
			if n := len(c.chain); n > 0 && x.Async == "" && sameSource(c.chain[n-1], x) {
				continue // calls within one script say no more than the nearest of them
			}
			c.add(x)
			called.add(src)
		}
	}
	return called
}

// isOwn reports whether a call is in a script that the crawler itself runs in the target: those are not recorded, and have no address
// or one of their own.
func (c *Chains) isOwn(call Call, t *Target) bool {
	return t != nil && t.Scripts[call.Script] == nil && (call.URL == "" || strings.HasPrefix(call.URL, c.e.Own))
}

// starting finds the injected script that ran when something was put off to its end: its stack is empty by then, and goes on
// where the script was injected. Of several from one place it is the one that came to run last.
func (c *Chains) starting(s *Stack) *Request {
	if len(s.Calls) > 0 || s.Parent == nil || s.Parent.Description != "PendingScript" || len(s.Parent.Calls) == 0 {
		return nil
	}
	return c.index.cameToRun(s.Parent.Calls[0], c.at)
}

// call turns a call into a cause, and names the script. One without an address is named by its hash.
func (c *Chains) call(call Call, t *Target) (crawler.Cause, source) {
	x := crawler.Cause{URL: call.URL, Function: call.Function, Line: call.Line + 1, Column: call.Column + 1, Kind: "script"}
	src := source{call.URL, nil, t, true}
	src.script = t.script(call.Script, func(s *Script) bool { return s.URL == call.URL || s.Renamed })
	s := src.script
	if s == nil {
		x.Kind = c.kindOf(call.URL)
		return x, src
	}
	if s.Renamed {
		src.url, x.URL = s.URL, s.URL
	}
	c.at = s.place()
	r := c.index.asked(s.URL, c.at)
	switch {
	case s.URL == "" || s.made() && r == nil:
		x.Kind, x.Script = "eval", s.Hash
	case isDocument(r) || s.Line > 0 || s.Column > 0:
		x.Kind, x.Script = "inline", s.Hash
	case r != nil:
		x.URL = r.landed(x.URL) // where a redirect led to is where the code is from
	}
	return x, src
}

// made reports whether other scripts made a script, from text.
func (s *Script) made() bool { return s.Stack != nil && len(s.Stack.Calls) > 0 }

// landed is the address that what was asked for came from: url unless it was redirected.
func (r *Request) landed(url string) string {
	if r.Landed != "" {
		return r.Landed
	}
	return url
}

func isDocument(r *Request) bool { return r != nil && r.Kind == "document" }

// kindOf is the kind of a script of which no more than the address is known.
func (c *Chains) kindOf(url string) string {
	r := c.index.asked(url, c.at)
	switch {
	case isDocument(r):
		return "document"
	case url == "":
		return "inline"
	case r != nil && r.Kind == "stylesheet":
		return "stylesheet"
	}
	return "script"
}

// bring adds how a script came to run: who asked for it, whose code made it, or which document it stands in.
func (c *Chains) bring(src source) {
	s := src.script
	if s == nil {
		c.origin(src.url, nil)
		return
	}
	if c.idles() {
		s, c.idle = c.beginning(s, src.in), 0
	}
	if c.full() || !c.once(aScript, string(s.ID), string(src.in.ID)) {
		return
	}
	c.at = s.place()
	r := c.index.asked(s.URL, c.at)
	switch {
	case s.URL != "" && r != nil && r.Kind != "document":
		if c.onceHere(s.URL) {
			c.request(r, "")
		}
	case s.made():
		c.stack(s.Stack, src.in, "")
	case s.Document != "":
		c.document(s.Document, "")
	default:
		c.worker(src.in, "")
	}
}

// beginning is the first of the scripts made from text that led to one of them, each made by the one before.
func (c *Chains) beginning(s *Script, t *Target) *Script {
	var passed []*Script
	for c.first[s] == nil {
		passed = append(passed, s)
		c.first[s] = s // until more is known, so that no circle is followed
		by := t.maker(s)
		if by == nil {
			break
		}
		s = by
	}
	first := c.first[s]
	for _, p := range passed {
		c.first[p] = first
	}
	return first
}

// maker is the script that began what made another from text, if that was made from text itself; else nil.
func (t *Target) maker(s *Script) *Script {
	if s.URL != "" || !s.made() {
		return nil
	}
	var oldest Call
	for st := s.Stack; st != nil; st = st.Parent {
		if n := len(st.Calls); n > 0 {
			oldest = st.Calls[n-1]
		}
	}
	if by := t.script(oldest.Script, func(s *Script) bool { return s.URL == oldest.URL }); by != nil && by.URL == "" && by.made() {
		return by
	}
	return nil
}

// origin adds the causes of a script or document itself: who asked for it. child is what that asked for.
func (c *Chains) origin(url string, child *Request) {
	if c.full() || !c.onceHere(url) {
		return
	}
	r, f := c.index.asked(url, c.at), c.e.Frames[c.at.frame]
	switch {
	case r == nil || r == child || r.Kind == "document" && r.Loader != c.at.loader && f != nil && f.Parent != "":
		c.made(f) // a document without a request, such as about:srcdoc
	case r.Kind == "document":
		c.frameOf(r, "frame")
	default:
		c.request(r, "")
	}
}

// frameOf adds why a frame's document was loaded: what its initiator says, else who made the frame.
func (c *Chains) frameOf(r *Request, how string) {
	if c.idles() {
		r, c.idle = c.index.shown[r.Frame].what[0], 0 // it was reloaded again and again
	}
	if r.Main || !c.once(aDocument, string(r.Loader), "") {
		return
	}
	f, prev := c.e.Frames[r.Frame], c.index.previous(r)
	switch {
	case r.Initiator.Stack != nil:
		c.request(r, how)
	case prev != nil && r.Refresh:
		c.at = place{prev.Loader, r.Frame, r.Sent}
		c.document(prev.URL, how)
	case f != nil && f.Stack != nil:
		c.made(f)
	case r.Initiator.URL != "":
		c.request(r, how)
	default:
		c.made(f)
	}
}

// made adds who made a frame: the scripts that did, else the document that it stands in.
func (c *Chains) made(f *Frame) {
	if f == nil || f.Parent == "" || !c.once(aFrame, string(f.ID), "") {
		return
	}
	c.at = place{f.Under, f.Parent, c.at.before}
	if f.Stack != nil && len(f.Stack.Calls) > 0 {
		c.stack(f.Stack, f.By, "frame")
		return
	}
	c.document(f.ParentURL, "frame")
}

// worker adds who started a worker.
func (c *Chains) worker(t *Target, how string) {
	if t == nil || t.URL == "" || t.isPage() {
		return
	}
	if len(c.chain) == 0 || c.chain[len(c.chain)-1].URL != t.URL {
		c.add(crawler.Cause{URL: t.URL, Async: how, Kind: "worker"})
	}
	r := c.index.asked(t.URL, c.at)
	switch {
	case r != nil && c.once(aWorker, t.URL, ""):
		c.request(r, "worker")
	case r == nil && t.Parent != nil && t.Parent.URL != "" && t.Parent.Type != "tab":
		c.document(t.Parent.URL, "worker")
	}
}

// document adds a document as a cause, and what led to it.
func (c *Chains) document(url, how string) {
	if url == "" {
		return
	}
	c.add(crawler.Cause{URL: url, Async: how, Kind: "document"})
	c.origin(url, nil)
}

// leaver adds the script that sent an unexplained request, if only one was waiting for the document's end, else that it is not
// known.
func (c *Chains) leaver(r *Request) {
	if call := r.onlyLeaver(); call != nil {
		c.stack(&Stack{Calls: []Call{*call}}, r.Target, "")
		return
	}
	c.add(crawler.Cause{Kind: "unknown"})
	c.document(r.Document, "")
}

// onlyLeaver is a handler of the document's end, if all that there are stand in one script; else nil.
func (r *Request) onlyLeaver() *Call {
	if r.Target == nil || r.ByBrowser || len(r.Target.Leavers[r.Loader]) == 0 {
		return nil
	}
	handlers := r.Target.Leavers[r.Loader]
	call := handlers[len(handlers)-1]
	if slices.ContainsFunc(handlers, func(o Call) bool { return o.Script != call.Script }) {
		return nil
	}
	s := r.Target.script(call.Script, func(s *Script) bool { return s.Loader == r.Loader })
	if s == nil || s.Loader != r.Loader {
		return nil
	}
	call.URL = s.URL
	return &call
}

func sameSource(a, b crawler.Cause) bool { return a.URL == b.URL && a.Script == b.Script }
