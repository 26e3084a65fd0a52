package record

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/record/netlog"
	"github.com/tagscan/tagscan/crawler/web"
)

// Most requests are told by the session of a page, frame or worker. Some are not: what a page sends while it goes may be told
// by the browser alone, or by its network log alone, and only when the page was told already. They are given to a page by
// proof: the frame that sent it, a request of that page which says the same, the document that it speaks of, or that there
// was no other page. When it was sent is no proof. What is not proven is told without a page, as the browser's one visitor's.

// witnessSlack is how far apart the network log and the protocol may tell of the same request: a busy machine delivers late.
const witnessSlack = 10 * time.Second

// pastFor is how long a tab that was released may still have something told: Chrome uploads reports within a minute
// (https://source.chromium.org/chromium/chromium/src/+/main:net/reporting/reporting_policy.cc, delivery_interval).
const pastFor = 2 * time.Minute

// debt is a request that was told as not sent, and may be yet.
type debt struct {
	hop     *hop             // what the network log can be compared with
	told    *crawler.Request // to be read once settled is closed
	settled <-chan struct{}
}

// payment is a debt that the network log has now.
type payment struct {
	*debt
	q  *netlog.Request
	id string // of the crawler.Request, given when it is told
}

// owes notes that the tab has told of a hop as not sent; settled is closed when what was told is there.
func (t *Tab) owes(h *hop, told *crawler.Request, settled <-chan struct{}) {
	t.owed = append(t.owed, &debt{told: told, settled: settled, hop: &hop{
		tab: t, flow: &flow{id: h.flow.id}, url: h.url, method: h.method, kind: h.kind, headers: h.headers, wire: h.wire, sent: h.sent,
		body: h.body, bodySeen: h.bodySeen, hasBody: h.hasBody, kept: h.kept, cut: h.cut, fetch: h.fetch, cached: h.cached,
	}})
}

// pays takes out what the tab owes.
func (t *Tab) pays(h *hop, q *netlog.Request) payment {
	i := slices.IndexFunc(t.owed, func(d *debt) bool { return d.hop == h })
	d := t.owed[i]
	t.owed = slices.Delete(t.owed, i, i+1)
	d.hop.storing = false // what is not on the disk by now is handed out with its bytes
	return payment{debt: d, q: q}
}

// request tells once more what was told as not sent.
func (p payment) request() *crawler.Request {
	<-p.settled // another visit may be explaining it
	out := *p.told
	out.ID, out.NotSent, out.Headers = p.id, false, slices.Clone(p.q.Headers)
	switch h := p.hop; {
	case h.takes(p.q):
		out.Body, out.Unseen = crawler.NewBody(p.q.Body), ""
		out.Body.Cut = p.q.BodyCut
	default:
		out.Body, out.Unseen = h.content()
	}
	return &out
}

// former is a frame or worker of a tab that was released.
type former struct {
	tab    *Tab
	of     speaker
	parent string
}

// remember keeps what a released tab is about, for what is told late. The caller holds the lock.
func (r *Recorder) remember(t *Tab, now time.Time) {
	t.released, t.ended = true, now
	if r.gone == nil {
		r.gone = map[string]former{}
	}
	for id, f := range r.frames {
		if f.tab == t {
			r.gone[id] = former{tab: t, of: speaker{f.url, f.loader}, parent: f.parent}
		}
	}
	for id, m := range r.targets {
		if m.tab == t && !m.outlives() && r.frames[id] == nil {
			r.gone[id] = former{tab: t, of: speaker{url: m.info.URL}}
		}
	}
	old := func(t *Tab) bool { return now.Sub(t.ended) > pastFor }
	if slices.ContainsFunc(r.past, old) {
		r.past = slices.DeleteFunc(r.past, old)
		for id, f := range r.gone {
			if old(f.tab) {
				delete(r.gone, id)
			}
		}
	}
	r.past = append(r.past, t)
}

// rivals lists, by method and URL, the hops that the log may have: of the tab, of other open tabs, of tabs that were told and owe them
// still, and those whose tab is not known yet.
func (t *Tab) rivals() map[address][]*hop {
	r := t.r
	out := map[address][]*hop{}
	add := func(h *hop) {
		if h.log == nil && h.mayBeOnWire() {
			out[h.address()] = append(out[h.address()], h)
		}
	}
	for _, h := range t.order {
		add(h)
	}
	for _, o := range r.tabs {
		if o != t {
			for _, h := range o.order {
				add(h)
			}
		}
	}
	for _, t := range r.past {
		for _, d := range t.owed {
			add(d.hop)
		}
	}
	for _, s := range r.strays {
		add(s.hop(r))
	}
	return out
}

// hop is what only Fetch has seen, for comparison.
func (s stray) hop(r *Recorder) *hop {
	h := &hop{tab: &Tab{r: r}, sent: s.at}
	h.announced(s.ev)
	h.carries(&s.ev.Request)
	return h
}

// sameSite reports whether the tab has shown a page of a site, "https://shop.test".
func (t *Tab) sameSite(site string) bool {
	want, err := url.Parse(site)
	if err != nil || want.Hostname() == "" {
		return false
	}
	for host := range t.hosts {
		if host == want.Hostname() || strings.HasSuffix(host, "."+want.Hostname()) {
			return true
		}
	}
	return false
}

// showed reports whether any tab ever has shown a page of a site.
func (r *Recorder) showed(site string) bool {
	return slices.ContainsFunc(r.remembered(), func(t *Tab) bool { return t.sameSite(site) })
}

// remembered lists the tabs that are open and those released not long ago.
func (r *Recorder) remembered() []*Tab { return slices.Concat(r.past, r.tabs) }

// pageOf is the tab that sent what speaks of the documents: the only one that was there by then and showed one of them, or the
// only one that was there at all. nil: there are several. site is that of the page, "" if it is not known.
func (r *Recorder) pageOf(about []string, site string, at time.Time) *Tab {
	var there, named []*Tab
	for _, t := range r.remembered() {
		if t.opened.After(at) || site != "" && !t.sameSite(site) {
			continue
		}
		there = append(there, t)
		if slices.ContainsFunc(about, t.showed) {
			named = append(named, t)
		}
	}
	switch {
	case len(named) == 1:
		return named[0]
	case len(named) == 0 && len(there) == 1:
		return there[0]
	}
	return nil
}

// about lists the documents that a request speaks of: its referrer, and what it reports on (https://www.w3.org/TR/reporting-1/).
func about(q *netlog.Request) []string {
	out := referred(q.Headers, q.URL)
	var reports []struct {
		URL string `json:"url"`
	}
	if len(q.Body) > 0 && json.Unmarshal(q.Body, &reports) == nil {
		for _, r := range reports {
			out = append(out, web.WithoutFragment(r.URL))
		}
	}
	return slices.DeleteFunc(out, func(u string) bool { return u == "" })
}

// referred is the document that the referrer of a request names, if it names one: to another origin it is most often no more
// than an origin.
func referred(headers []crawler.Header, to string) []string {
	from := web.WithoutFragment(crawler.HeaderValue(headers, "Referer"))
	u, err := url.Parse(from)
	if err != nil || from == "" || u.Path == "/" && u.RawQuery == "" && !sameOrigin(from, to) {
		return nil
	}
	return []string{from}
}

// stray is what Fetch tells of a frame that no open tab has.
type stray struct {
	ev *paused
	at time.Time
}

// maxStrays bounds how many are kept until the next tab is told.
const maxStrays = 1000

// keep keeps a stray. The caller holds the lock.
func (r *Recorder) keep(p *paused) {
	if len(r.strays) == maxStrays {
		r.strays = r.strays[1:]
		r.dropped++
	}
	r.strays = append(r.strays, stray{ev: p, at: time.Now()})
}

// admit takes what only Fetch has seen, and of no open tab's frame, into the tab that is about to be told. last says that no other
// will be.
func (t *Tab) admit(last bool) {
	r := t.r
	strays := r.strays[:0]
	for _, s := range r.strays {
		was, known := r.gone[s.ev.Frame]
		of := was.tab
		if !known {
			of = r.pageOf(referred(s.ev.Request.Headers, s.ev.Request.URL), "", s.at)
		}
		switch {
		case of == t:
			t.paused(s.ev, nil)
		case of != nil && !of.released && !last, !last && time.Since(s.at) < strayWait:
			strays = append(strays, s)
		default:
			t.adopts(s, of, was)
		}
	}
	clear(r.strays[len(strays):])
	r.strays = strays
}

// strayWait is how long what only Fetch has seen is kept for the tab whose frame it is of, and for the log to say that it left.
const strayWait = lateWait

// adopts makes a hop of what only Fetch has seen, to be told with the tab although it belongs to another, or to none that is known.
func (t *Tab) adopts(s stray, of *Tab, was former) {
	if of != nil && of.settles(s.ev) {
		return
	}
	h := t.add(&flow{id: "fetch:" + s.ev.ID}, nil)
	if h == nil {
		return
	}
	h.announced(s.ev)
	h.frameURL, h.document, h.loader = was.of.url, was.of.url, was.of.loader
	h.take(s.ev)
	h.belongs(of, s.at)
}

// settles adds the body that Fetch tells late to a request that was told as not sent. It is told again if it was sent.
func (t *Tab) settles(p *paused) bool {
	for _, d := range t.owed {
		if d.hop.flow != nil && d.hop.flow.id == p.NetworkID && d.hop.fetch == nil {
			d.hop.take(p)
			return true
		}
	}
	return false
}

// belongs says whose a hop is that is not simply its tab's; nil: which tab sent it is not known.
func (h *hop) belongs(of *Tab, at time.Time) {
	h.sent = at
	if of == nil {
		h.nobodys, h.consent, h.pageURL = true, h.tab.r.consentAt(at), siteOf(h.headers)
		h.frame, h.frameURL, h.document, h.member = "", "", "", nil // if it has them, they are a guess
		return
	}
	h.of, h.phase, h.consent, h.pageURL = of, of.phase, of.consentAt(at), of.url()
}

// siteOf is the home page of the site that a request says it is from; "" if it does not.
func siteOf(headers []crawler.Header) string {
	for _, name := range []string{"Referer", "Origin"} {
		if u, err := url.Parse(crawler.HeaderValue(headers, name)); err == nil && u.Host != "" {
			return u.Scheme + "://" + u.Host + "/"
		}
	}
	return ""
}

// witnessed adds a request that only the network log has.
func (t *Tab) witnessed(q *netlog.Request, of *Tab) {
	var m *member
	if of != nil {
		m = of.main
	}
	h := t.add(&flow{id: "netlog"}, m)
	if h == nil {
		return
	}
	h.url, h.method, h.wire, h.kind, h.log = q.URL, q.Method, q.Headers, "other", q
	if q.Method == http.MethodOptions {
		h.kind = "preflight"
	}
	h.body, h.bodySeen, h.hasBody = q.Body, !q.BodyCut, len(q.Body) > 0
	h.belongs(of, q.At)
	if of == nil {
		h.pageURL, h.document = q.TopSite+"/", q.TopSite+"/"
		return
	}
	h.frame, h.document = of.main.info.ID, of.url()
}

// state is a consent state from some time on.
type state struct {
	consent crawler.Consent
	since   time.Time
}

// consentAt is the state that the tab's visitor was in.
func (t *Tab) consentAt(at time.Time) crawler.Consent {
	out := t.meta.Task.Consent
	for i, s := range t.states {
		if i == 0 || !s.since.After(at) {
			out = s.consent
		}
	}
	return out
}

// consentAt is the state that the browser's visitor was in when something was sent of which only the browser is known: that of all
// pages that were there by then, as long before as it may be told late.
func (r *Recorder) consentAt(at time.Time) crawler.Consent {
	if _, known := r.visitor(); !known {
		return crawler.Unknown
	}
	var in []crawler.Consent
	var last state
	for _, t := range r.remembered() {
		for i, s := range t.states {
			until := t.ended
			if i+1 < len(t.states) {
				until = t.states[i+1].since
			}
			if s.since.Before(at) && (until.IsZero() || until.After(at.Add(-witnessSlack))) {
				in = append(in, s.consent)
			}
			if !s.since.Before(last.since) {
				last = s
			}
		}
	}
	switch in = slices.Compact(slices.Sorted(slices.Values(in))); {
	case len(in) == 1:
		return in[0]
	case len(in) == 0 && last.consent != "":
		return last.consent // it has not changed since
	}
	return crawler.Unknown
}

// visitor is the profile of whoever uses the browser; ok is false if several do.
func (r *Recorder) visitor() (profile string, ok bool) {
	if len(r.visitors) != 1 {
		return "", false
	}
	return r.visitors[0], true
}
