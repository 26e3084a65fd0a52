package record

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/target"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record/webrtc"
	"github.com/tagscan/tagscan/crawler/web"
)

// openConnections opens the page that the browser tells its WebRTC connections to, and waits until it listens: of connections that were
// closed before, nothing would be told. Headless shell has no such page.
func (r *Recorder) openConnections(ctx context.Context) error {
	if r.browser.Info().Kind == chrome.KindHeadlessShell {
		return nil
	}
	session, err := r.openHelper(ctx)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.internals = string(session)
	r.mu.Unlock()
	page := r.browser.Target(session)
	_ = page.Send("Page.enable", nil)
	_ = page.Send("Runtime.enable", nil)
	_ = page.Send("Runtime.addBinding", map[string]any{"name": webrtc.Binding})
	_ = page.Send("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": webrtc.Listen})
	return r.listening(ctx, func() error { return page.Send("Page.navigate", map[string]any{"url": webrtc.Internals}) })
}

// How long the page of the connections may take to come up, on an idle machine; a quarter of a second is usual.
const (
	longestOpening = 10 * time.Second
	usualOpening   = 2 * time.Second
)

// listening opens the page of the connections and waits until it listens; without it only those that are still open at the end of a page
// are found. On a busy machine it now and then never comes up, and does when it is opened once more; each time it is given twice as long.
func (r *Recorder) listening(ctx context.Context, open func() error) error {
	longest, patience := time.After(r.browser.Patient(longestOpening)), usualOpening
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		r.mu.Lock()
		ready := r.webrtc.Ready()
		r.mu.Unlock()
		if ready {
			return nil
		}
		select {
		case <-next.C:
			if err := open(); err != nil {
				return err
			}
			next.Reset(patience)
			patience *= 2
		case <-time.After(10 * time.Millisecond):
		case <-longest:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// onBinding takes in what the browser's own page says of WebRTC. A page that calls a function of the same name has no part in it.
func (r *Recorder) onBinding(ev chrome.Event) error {
	var e struct {
		Name    string `json:"name"`
		Payload string `json:"payload"`
	}
	if string(ev.Session) != r.internals {
		return nil
	}
	if err := decodeEvent(ev.Params, &e); err != nil {
		return err
	}
	return r.webrtc.Take(e.Payload, time.Now())
}

// Connections has all WebRTC connections of the tab told, as far as there are any: Chrome tells them to its own page a moment later, and
// headless shell tells those that are still open if they are looked for.
func (t *Tab) Connections(ctx context.Context) {
	if t.openConnections(ctx) == 0 {
		return
	}
	t.r.mu.Lock()
	told := t.r.webrtc.Ready()
	t.r.mu.Unlock()
	if !told {
		t.findConnections(ctx)
		return
	}
	select {
	case <-time.After(t.r.browser.Patient(webrtc.Delay)):
	case <-ctx.Done():
		return
	}
	t.r.heardOfConnections(ctx)
}

// heardOfConnections waits until the page of the connections has handed on what it was told before, however busy it is: it answers
// one thing after the other.
func (r *Recorder) heardOfConnections(ctx context.Context) {
	r.mu.Lock()
	session := r.internals
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, r.browser.Patient(longestOpening))
	defer cancel()
	_ = r.browser.Target(target.SessionID(session)).Call(ctx, "Runtime.evaluate", map[string]any{"expression": "0"}, nil)
}

// openConnections counts the WebRTC connections of the tab that the renderers hold; those that were closed are among them until their
// memory is reused. A document that does not answer holds none.
func (t *Tab) openConnections(ctx context.Context) (n int) {
	for _, s := range t.documents() {
		var m struct {
			Metrics []struct {
				Name  string  `json:"name"`
				Value float64 `json:"value"`
			} `json:"metrics"`
		}
		_ = s.Send("Performance.enable", nil)
		if s.Call(ctx, "Performance.getMetrics", nil, &m) != nil {
			continue
		}
		for _, x := range m.Metrics {
			if x.Name == "RTCPeerConnections" {
				n += int(x.Value)
			}
		}
	}
	return n
}

// documents are the connections to the targets that show the tab's documents.
func (t *Tab) documents() (out []*chrome.Session) {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	for _, m := range t.members {
		if m.info.Type == "page" || m.info.Type == "iframe" {
			out = append(out, m.session)
		}
	}
	return out
}

// describe tells of RTCPeerConnections in a page's memory what webrtc.Connection holds of one.
const describe = `function() { return this.map((c) => ({
	servers: JSON.stringify(c.getConfiguration().iceServers), channel: !!c.sctp || /m=application/.test(c.localDescription?.sdp),
	own: c.localDescription?.sdp ?? '', other: c.remoteDescription?.sdp ?? ''})) }`

// findConnections looks for WebRTC connections in the memory of the tab's documents. Those that were closed, and those of frames in the
// renderer of another document, are out of reach.
func (t *Tab) findConnections(ctx context.Context) {
	for _, s := range t.documents() {
		var prototype, found struct {
			Result struct {
				ID string `json:"objectId"`
			} `json:"result"`
			Objects struct {
				ID string `json:"objectId"`
			} `json:"objects"`
		}
		var described struct {
			Result struct {
				Value []webrtc.Described `json:"value"`
			} `json:"result"`
		}
		expression := map[string]any{"expression": Own("globalThis.RTCPeerConnection?.prototype")}
		if s.Call(ctx, "Runtime.evaluate", expression, &prototype) != nil || prototype.Result.ID == "" {
			continue
		}
		if s.Call(ctx, "Runtime.queryObjects", map[string]any{"prototypeObjectId": prototype.Result.ID}, &found) != nil {
			continue
		}
		args := map[string]any{"objectId": found.Objects.ID, "functionDeclaration": describe, "returnByValue": true}
		if s.Call(ctx, "Runtime.callFunctionOn", args, &described) != nil {
			continue
		}
		t.r.mu.Lock()
		for _, d := range described.Result.Value {
			t.r.webrtc.Found(d, t.url(), time.Now())
		}
		t.r.mu.Unlock()
	}
}

// Why a connection of WebRTC is a gap.
const (
	asksServer   = "a WebRTC connection uses a STUN or TURN server of another site, and what goes through it is not seen"
	hasPeer      = "a WebRTC connection has somebody at its other end, and what goes through it is not seen"
	offersData   = "a WebRTC connection offers to send data, and what goes through it is not seen"
	tooManyPeers = "WebRTC connections were too many to be kept"
)

// webrtcGaps are what is not seen of WebRTC connections that no other tab will tell: the tab's own, those of tabs that were told, and, if
// last says that no other will be, all that are left. The caller holds the lock.
func (t *Tab) webrtcGaps(last bool) (out []crawler.Gap) {
	r := t.r
	owners := map[*webrtc.Connection]*Tab{}
	for _, c := range r.webrtc.Out(func(c *webrtc.Connection) bool {
		of := r.pageOf([]string{web.WithoutFragment(c.Document)}, "", c.At)
		owners[c] = of
		return last || of == t || of != nil && of.released
	}) {
		out = append(out, r.webrtcGapsOf(c, owners[c])...)
	}
	if n := r.webrtc.Dropped(); n > 0 {
		profile, _ := r.visitor()
		out = append(out, crawler.Gap{Kind: crawler.GapCap, Count: n, Profile: profile, Text: tooManyPeers})
	}
	return out
}

// webrtcGapsOf are those of one connection. Servers of the page's own site learn nothing that it does not know; without a server and
// another end nothing leaves, as where a page only tries what the browser can do.
func (r *Recorder) webrtcGapsOf(c *webrtc.Connection, of *Tab) (out []crawler.Gap) {
	var from crawler.Gap
	site := web.Site(c.Document)
	if of == nil {
		from.Profile, _ = r.visitor()
	} else {
		from.Page, from.Profile, from.Consent = of.meta.Page, of.meta.Task.Profile, of.consentAt(c.At)
		site = web.Site(of.meta.Task.URL)
		if of.address != "" {
			site = web.Site(of.address)
		}
	}
	tell := func(where, text string) {
		g := from
		g.Kind, g.Where, g.Text = crawler.GapWebRTC, where, text
		out = append(out, g)
	}
	for _, s := range c.Servers {
		if web.DomainOf(webrtc.Host(s)) != site {
			tell(s, asksServer)
		}
	}
	switch inside := r.webrtc.Inside(c); {
	case len(out) > 0, inside:
	case c.Answered:
		tell(c.Document, hasPeer)
	case c.Channel && c.Offered:
		tell(c.Document, offersData)
	}
	return out
}
