package record

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/record/netlog"
	"github.com/tagscan/tagscan/crawler/web"
)

// late is a request that only the log knows, with the tab that it was most likely sent for.
type late struct {
	*netlog.Request
	of *Tab
}

// takeLate takes out of the log what was sent for the tab and no other witness saw, such as what the Reporting API uploads, and
// what was sent for tabs that are told already.
func (t *Tab) takeLate() []late {
	expected, mine := t.expectedElsewhere(), map[netlog.ID]bool{}
	for _, h := range t.order {
		if h.log != nil {
			mine[h.log.ID] = true
		}
	}
	of := map[netlog.ID]*Tab{}
	taken := t.r.wire.TakeAll(func(q *netlog.Request) bool {
		sender := t.senderOf(q, mine, expected[q.Method+" "+q.URL])
		if sender != nil {
			of[q.ID] = sender
		}
		return sender != nil
	})
	out := make([]late, 0, len(taken))
	for _, q := range taken {
		out = append(out, late{q, of[q.ID]})
	}
	return out
}

// witnessSlack is how far apart the network log and the protocol may tell of the same request: a busy machine delivers late.
const witnessSlack = 10 * time.Second

// expectedElsewhere lists, by method and URL, when other open tabs have seen requests that the log is yet to confirm: pages of
// one site, and visitors with cookies of their own, send the same at the same time.
func (t *Tab) expectedElsewhere() map[string][]time.Time {
	out := map[string][]time.Time{}
	for _, other := range t.r.tabs {
		if other == t {
			continue
		}
		for _, h := range other.order {
			if h.log == nil {
				key := h.method + " " + h.url
				out[key] = append(out[key], h.sent)
			}
		}
	}
	return out
}

// senderOf returns the tab that sent what no other witness saw, if it is to be told with t: t itself, or a tab which is told
// already; else nil. What the browser sent again by itself belongs to the tab that sent it first: mine is what the log has of t.
// expected is when others sent the same.
func (t *Tab) senderOf(q *netlog.Request, mine map[netlog.ID]bool, expected []time.Time) *Tab {
	if q.Again() {
		if mine[q.First] {
			return t
		}
		return nil
	}
	if slices.ContainsFunc(expected, func(at time.Time) bool { return at.Sub(q.At).Abs() < witnessSlack }) {
		return nil
	}
	of := t.r.likeliest(q)
	if of != nil && of.owes(q) != nil {
		return of
	}
	if !q.IsReport() && time.Since(q.At) < witnessSlack && slices.ContainsFunc(t.r.tabs, func(o *Tab) bool { return o != t && o.sameSite(q.TopSite) }) {
		return nil // the protocol may be yet to tell it of one of those
	}
	if of != nil && (of == t || of.released) {
		return of
	}
	return nil
}

// sameSite reports whether the tab shows a page of a site, "https://shop.test".
func (t *Tab) sameSite(site string) bool {
	want, errSite := url.Parse(site)
	have, errPage := url.Parse(t.url())
	if errSite != nil || errPage != nil || want.Hostname() == "" {
		return false
	}
	return have.Hostname() == want.Hostname() || strings.HasSuffix(have.Hostname(), "."+want.Hostname())
}

// owes returns what a released tab has told as not sent, if the log has it now; nil: it has told none of the kind.
func (t *Tab) owes(q *netlog.Request) *crawler.Request {
	for _, r := range t.owed {
		if r.Method == q.Method && r.URL == q.URL && r.Time.Sub(q.At).Abs() < witnessSlack {
			return r
		}
	}
	return nil
}

// likeliest is the tab that what only the log knows was most likely sent for: one that owes it; or of those that showed its site and
// were open by then the newest that showed the document it speaks of, or else the newest that is open still; if none was open by
// then, the oldest that is now.
func (r *Recorder) likeliest(q *netlog.Request) *Tab {
	if i := slices.IndexFunc(r.past, func(t *Tab) bool { return t.owes(q) != nil }); i >= 0 {
		return r.past[i]
	}
	about := about(q)
	var newest, oldest, past *Tab
	for _, t := range slices.Backward(slices.Concat(r.past, r.tabs)) {
		switch {
		case !t.sameSite(q.TopSite):
		case !t.opened.Before(q.At):
			oldest = t
		case slices.ContainsFunc(t.shown, func(u string) bool { return slices.Contains(about, u) }):
			return t
		case t.released:
			past = cmp.Or(past, t)
		default:
			newest = cmp.Or(newest, t)
		}
	}
	return cmp.Or(newest, oldest, past)
}

// about lists the documents that a request speaks of: its referrer, and what it reports on (https://www.w3.org/TR/reporting-1/).
// To another origin the referrer is most often no more than an origin, which is no document.
func about(q *netlog.Request) []string {
	out := []string{web.WithoutFragment(crawler.HeaderValue(q.Headers, "Referer"))}
	if u, err := url.Parse(out[0]); err != nil || u.Path == "/" && u.RawQuery == "" && !sameOrigin(out[0], q.URL) {
		out = nil
	}
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

// pastFor is how long a tab that was released may still have something uploaded.
const pastFor = 30 * time.Second

// remember keeps what a released tab is about, for what is uploaded late. The caller holds the lock.
func (r *Recorder) remember(t *Tab, now time.Time) {
	t.released, t.ended = true, now
	r.past = slices.DeleteFunc(r.past, func(o *Tab) bool { return now.Sub(o.ended) > pastFor })
	r.past = append(r.past, t)
}

// witnessed adds a request that only the network log has.
func (t *Tab) witnessed(q late) {
	h := t.add(&flow{id: "netlog", tab: t}, t.main)
	if h == nil {
		return
	}
	if h.owed = q.of.owes(q.Request); h.owed != nil {
		q.of.owed = slices.DeleteFunc(q.of.owed, func(r *crawler.Request) bool { return r == h.owed })
	}
	h.of, h.phase, h.consent, h.pageURL = q.of, q.of.phase, q.of.meta.Task.Consent, q.of.url()
	h.url, h.method, h.wire, h.kind, h.log, h.sent = q.URL, q.Method, q.Headers, "other", q.Request, q.At
	if q.Method == "OPTIONS" {
		h.kind = "preflight"
	}
	h.body, h.bodySeen, h.hasBody = q.Body, !q.BodyCut, len(q.Body) > 0
	h.frame, h.document = q.of.main.info.ID, q.of.url()
}
