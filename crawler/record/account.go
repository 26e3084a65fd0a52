package record

import (
	"fmt"
	"iter"
	"maps"
	"net"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/record/cause"
	"github.com/tagscan/tagscan/crawler/web"
)

// account is what was recorded of a tab that is over. The recorder refers to none of it any more, and what lives on there is in
// it as it was: so what is costly, such as explaining causes, is done with it and needs no lock.
type account struct {
	meta     Meta
	url      string  // of the main frame
	main     string  // the main frame's id
	zeroMono float64 // as in State
	order    []*hop
	flows    map[string]*flow
	scripts  []*parsed
	uses     []*use
	frames   map[string]*frame
	actors   map[*member]*actor
	owed     map[*hop]*crawler.Request // what is told as not sent and may be yet, for those that ask for it later
	paid     []payment
	dropped  int    // requests of nobody's frames that were too many to be kept
	visitor  string // the profile of whoever uses the browser
	known    bool   // visitor is
	counts   crawler.Completeness
	chains   *cause.Chains

	connections []crawler.Gap // what is not seen of WebRTC
}

// actor is a target as it was when the tab was over.
type actor struct {
	cause.Target
	kind     string // in the crawler's words
	outlives bool   // it is not bound to the page that started it
}

// parsed is a script that ran, and where.
type parsed struct {
	*cause.Script
	length int64
	module bool
	member *member
	id     string // of the crawler.Script, given at the end; empty: another tells the same
}

// account takes out what was recorded. The caller holds the lock, and forgets the tab before it lets go of it.
func (t *Tab) account() *account {
	a := &account{
		meta: t.meta, url: t.url(), main: t.main.info.ID, zeroMono: t.state.zeroMono, counts: t.counts,
		order: t.order, flows: t.flows, scripts: t.scripts, uses: t.uses,
		frames: map[string]*frame{}, actors: map[*member]*actor{}, owed: map[*hop]*crawler.Request{},
	}
	for id, f := range t.r.frames {
		if f.tab == t {
			a.frames[id] = f
			a.actor(f.by)
		}
	}
	a.visitor, a.known = t.r.visitor()
	a.dropped, t.r.dropped = t.r.dropped, 0
	for _, h := range t.order {
		a.actor(h.member)
		h.storing = false // what is not on the disk by now is handed out with its bytes
		if h.absent = h.notSent(); h.absent && h.outlives() && !h.nobodys {
			a.owed[h] = &crawler.Request{}
		}
		if f, ok := t.r.gone[h.frame]; ok && a.frames[h.frame] == nil {
			a.frames[h.frame] = &frame{id: h.frame, parent: f.parent, url: f.of.url, loader: f.of.loader}
		}
	}
	for _, p := range t.scripts {
		a.actor(p.member)
	}
	for _, u := range t.uses {
		a.actor(u.member)
	}
	return a
}

// actor takes a target in, and those that started it. nil: there is none.
func (a *account) actor(m *member) *actor {
	if m == nil {
		return nil
	}
	if have := a.actors[m]; have != nil {
		return have
	}
	out := &actor{kind: targetType(m), outlives: m.outlives(), Target: cause.Target{
		ID: cause.TargetID(m.info.ID), Type: m.info.Type, URL: m.info.URL,
		Scripts: m.scripts, Started: maps.Clone(m.started), Leavers: maps.Clone(m.leavers), // more of the last two may be on its way
	}}
	if out.outlives {
		out.Scripts = maps.Clone(m.scripts) // it runs more yet
	}
	a.actors[m] = out
	if parent := a.actor(m.parent); parent != nil {
		out.Parent = &parent.Target
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

// target is a target that was taken in; nil: there is none.
func (a *account) target(m *member) *cause.Target {
	if m == nil {
		return nil
	}
	return &a.actors[m].Target
}

// number gives everything its id, counts, and prepares to explain.
func (a *account) number(next func(kind string) string) {
	for _, h := range a.order {
		h.id = next("r")
		if h.absent || h.of != nil || h.nobodys { // it is not of this page
			continue
		}
		a.counts.Requests++
		if _, unseen := h.content(); unseen != "" {
			a.counts.BodiesMissing++
		}
	}
	type place struct{ hash, url, frame, loader, target string }
	seen := map[place]bool{}
	for _, p := range a.scripts {
		at := place{p.Hash, p.URL, string(p.Frame), string(p.Loader), string(a.target(p.member).ID)}
		if !seen[at] {
			seen[at], p.id = true, next("s")
		}
	}
	for i := range a.paid {
		a.paid[i].id = next("r")
	}
	a.inVain(time.Now())
	a.chains = cause.New(a.evidence())
}

// settle completes what the tab owes.
func (a *account) settle() {
	for h, told := range a.owed {
		*told = *a.request(h)
	}
}

// events tells requests and scripts, in the order in which they began, and what others have told as not sent and was.
func (a *account) events() iter.Seq[crawler.Event] {
	return func(yield func(crawler.Event) bool) {
		for _, h := range a.order {
			q := a.request(h)
			if !yield(crawler.Event{Time: h.sent.UTC(), Request: q}) {
				return
			}
			if g := a.gap(h, q); g != nil && !yield(crawler.Event{Time: h.sent.UTC(), Gap: g}) {
				return
			}
		}
		if g := a.lost(); g != nil && !yield(crawler.Event{Time: time.Now().UTC(), Gap: g}) {
			return
		}
		for i := range a.connections {
			if !yield(crawler.Event{Time: time.Now().UTC(), Gap: &a.connections[i]}) {
				return
			}
		}
		for _, p := range a.paid {
			if q := p.request(); !yield(crawler.Event{Time: q.Time, Request: q}) {
				return
			}
		}
		for _, p := range a.scripts {
			if p.id != "" && !yield(crawler.Event{Time: time.Now().UTC(), Script: a.script(p)}) {
				return
			}
		}
		for _, u := range a.uses {
			if told := a.use(u); told != nil && !yield(crawler.Event{Time: told.Time, Use: told}) {
				return
			}
		}
	}
}

// evidence is what causes are explained from.
func (a *account) evidence() *cause.Evidence {
	e := &cause.Evidence{Own: OwnScript, Frames: make(map[cause.FrameID]*cause.Frame, len(a.frames))}
	for id, f := range a.frames {
		e.Frames[cause.FrameID(id)] = &cause.Frame{
			ID: cause.FrameID(id), Parent: cause.FrameID(f.parent), Under: cause.LoaderID(f.under), ParentURL: f.parentURL,
			Stack: f.stack, By: a.target(f.by),
		}
	}
	for _, h := range a.order {
		h.reason = &cause.Request{
			ID: h.id, URL: h.url, Kind: h.kind, Frame: cause.FrameID(h.frame), Loader: cause.LoaderID(h.loader), Document: h.document,
			Sent: h.sent, Initiator: h.initiator, Target: a.target(h.member), Refresh: h.refresh,
			Main: h.kind == "document" && h.frame == a.main, Unexplained: h.unexplained(), ByBrowser: h.silent,
		}
		e.Requests = append(e.Requests, h.reason)
	}
	for _, h := range a.order {
		if h.prev != nil {
			h.reason.Before = h.prev.reason
		}
		if last := h.flow.last(); last != h {
			h.reason.Landed = last.url
		}
		if main := a.preflighted(h); main != nil {
			h.reason.AsksFor = main.reason
		}
	}
	for _, p := range a.scripts {
		e.Scripts = append(e.Scripts, &cause.Ran{Script: p.Script, In: a.target(p.member)})
	}
	return e
}

// preflighted is the request that the browser asked leave for by another; nil if none is known.
func (a *account) preflighted(h *hop) *hop {
	if h.initiator.Type != "preflight" {
		return nil
	}
	if f := a.flows[h.initiator.Request]; f != nil && len(f.hops) > 0 && f.hops[0] != h {
		return f.hops[0]
	}
	return nil
}

// undecoded is Chrome's own name for a content coding that is broken
// (https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h). It says so of what it can see is wrong, and not of what merely ends too early.
const undecoded = "net::ERR_CONTENT_DECODING_FAILED"

// request makes the crawler's request of a hop.
func (a *account) request(h *hop) *crawler.Request {
	visit := a.meta
	switch {
	case h.of != nil:
		visit = h.of.meta
	case h.nobodys:
		visit = Meta{}
		visit.Task.Profile = a.visitor
	}
	q := &crawler.Request{
		ID: h.id, Page: visit.Page, PageURL: h.pageURL, Profile: visit.Task.Profile, Consent: h.consent, Route: visit.Task.Route, Phase: h.phase,
		URL: h.url, Method: h.method, Type: h.kind, Time: h.sent.UTC(),
		Failed: h.failed, Messages: h.told(), Source: h.source(), NotSent: h.absent,
	}
	q.Headers = slices.DeleteFunc(slices.Clone(h.lines()), func(x crawler.Header) bool { return strings.HasPrefix(x.Name, ":") })
	q.Body, q.Unseen = h.content()
	if q.NotSent {
		q.Unseen = "" // nothing of it left, so nothing is missing
	}
	if (q.PageURL == "" || q.PageURL == blank) && !h.nobodys {
		q.PageURL = a.url
	}
	q.Frame = a.frameOf(h)
	if m := a.actors[h.member]; m != nil {
		q.Target = crawler.Target{ID: string(m.ID), Type: m.kind, URL: m.URL}
		if m.outlives {
			q.Route = placeOf(m.URL, q.Route)
		}
	}
	q.Initiator = crawler.Initiator{Type: strings.ToLower(h.initiator.Type), Chain: a.chains.Request(h.reason)}
	if h.prev != nil {
		q.Redirect, q.Initiator.Type = h.prev.id, "redirect"
	}
	if a.zeroMono > 0 && h.mono > 0 {
		q.PageTime = mono(a.zeroMono, h.mono)
	}
	q.Response = h.answer()
	switch {
	case h.vain != "":
		q.Failed = h.vain
	case h.failed == "" && h.log != nil && h.log.Broken && !h.ended.IsZero():
		q.Failed = undecoded
	case h.blocked != "" && q.Failed == "":
		q.Failed = "blocked: " + h.blocked
	}
	return q
}

// lost says that requests could not be kept; nil: none.
func (a *account) lost() *crawler.Gap {
	if a.dropped == 0 {
		return nil
	}
	const text = "requests of pages that nobody knows were too many to be kept"
	return &crawler.Gap{Kind: crawler.GapCap, Count: a.dropped, Profile: a.visitor, Text: text}
}

// gap says what is not known of a request that is nobody's; nil: nothing that matters, for it went to the site itself.
func (a *account) gap(h *hop, q *crawler.Request) *crawler.Gap {
	site := web.Site(q.PageURL)
	if !h.nobodys || q.NotSent || site != "" && site == web.Site(q.URL) {
		return nil
	}
	g := &crawler.Gap{
		Kind: crawler.GapPageUnknown, Where: q.URL, Request: q.ID, Profile: q.Profile, Consent: q.Consent, Text: "which page sent it is not known",
	}
	switch {
	case !a.known:
		g.Kind, g.Text = crawler.GapVisitorUnknown, "which visitor sent it is not known"
	case q.Consent == crawler.Unknown:
		g.Kind, g.Text = crawler.GapVisitorUnknown, "whether its visitor had chosen by then is not known"
	}
	return g
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

// frameOf is the frame of a request, which a preflight shares with what it asks leave for.
func (a *account) frameOf(h *hop) crawler.Frame {
	if main := a.preflighted(h); main != nil && h.frame == "" {
		return a.frameOf(main)
	}
	out := crawler.Frame{ID: h.frame, URL: h.frameURL}
	if f := a.frames[h.frame]; f != nil {
		out.Parent = f.parent
	}
	if h.document != "" && h.kind != "document" {
		out.URL = h.document
	}
	return out
}

// lines are the headers of a request: as sent, if that is known.
func (h *hop) lines() []crawler.Header {
	if len(h.wire) > 0 {
		return h.wire
	}
	return h.headers
}

// content is the body of a request, and why not all of it is there; empty: it is.
func (h *hop) content() (b crawler.Body, unseen string) {
	b = crawler.NewBody(h.body)
	switch {
	case !h.kept.IsZero():
		return h.kept, ""
	case h.cut > 0:
		b.Cut, b.Size = true, h.length(h.lines())
		return b, h.whyCut(b.Size)
	case h.kind == "webtransport":
		return b, "the browser does not tell the streams and datagrams of a WebTransport"
	case h.hasBody && !h.bodySeen && !saysEmpty(h.lines()):
		return b, "the browser did not tell the body"
	}
	return b, ""
}

// source is which witnesses have the request.
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

// script makes the crawler's script of one that ran.
func (a *account) script(p *parsed) *crawler.Script {
	in := a.actors[p.member]
	r := a.chains.Asked(p.Script)
	s := &crawler.Script{
		ID: p.id, Page: a.meta.Page, URL: p.URL, SHA256: p.Hash, Size: p.length, Frame: p.Document,
		Kind: p.kind(in, r), Target: in.kind, LoadedBy: a.chains.Script(&cause.Ran{Script: p.Script, In: &in.Target}),
	}
	if f := a.frames[string(p.Frame)]; f != nil && f.loader == string(p.Loader) {
		s.Frame = f.url // the document may have changed its address since
	}
	if s.Kind == "inline" {
		s.Position = fmt.Sprintf("%d:%d", p.Line+1, p.Column+1)
		s.URL = ""
	}
	if r != nil && p.URL != "" {
		s.Request = r.ID
	}
	if p.Claim != s.URL {
		s.Claim = p.Claim
	}
	return s
}

// kind is the script's in the crawler's words; r is the request that fetched it, or the document that it stands in.
func (p *parsed) kind(in *actor, r *cause.Request) string {
	u, err := url.Parse(p.URL)
	switch {
	case p.URL == "" || err == nil && u.Scheme == "":
		return "eval"
	case p.URL == in.URL && strings.HasSuffix(in.Type, "worker"):
		return "worker"
	case r != nil && r.Kind == "document":
		return "inline"
	case p.module:
		return "module"
	}
	return "external"
}
