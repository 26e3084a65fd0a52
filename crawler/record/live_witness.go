package record

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// late is a request that only the log knows, with the tab that it was most likely sent for.
type late struct {
	*loggedRequest
	of *Tab
}

// takeOf takes out what was sent for a tab and no other witness saw, such as what the Reporting API uploads, and what was sent
// for tabs that are told already.
func (w *wiretap) takeOf(t *Tab) []late {
	var out []late
	expected := t.expectedElsewhere()
	for key, list := range w.sent {
		left := list[:0]
		for _, q := range list {
			if of := t.senderOf(q, expected[key]); of != nil {
				out = append(out, late{q, of})
			} else {
				left = append(left, q)
			}
		}
		if len(left) == 0 {
			delete(w.sent, key)
		} else {
			w.sent[key] = left
		}
	}
	slices.SortFunc(out, func(a, b late) int { return a.at.Compare(b.at) })
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
// already; else nil. What the browser sent again by itself belongs to the tab that sent it first. expected is when others sent
// the same.
func (t *Tab) senderOf(q *loggedRequest, expected []time.Time) *Tab {
	if q.again {
		if slices.ContainsFunc(t.order, func(h *hop) bool { return h.log != nil && h.log == q.first }) {
			return t
		}
		return nil
	}
	if slices.ContainsFunc(expected, func(at time.Time) bool { return at.Sub(q.at).Abs() < witnessSlack }) {
		return nil
	}
	of := t.r.likeliest(q)
	if of != nil && of.owes(q) != nil {
		return of
	}
	if !q.reports() && time.Since(q.at) < witnessSlack && slices.ContainsFunc(t.r.tabs, func(o *Tab) bool { return o != t && o.sameSite(q.topSite) }) {
		return nil // the protocol may be yet to tell it of one of those
	}
	if of != nil && (of == t || of.released) {
		return of
	}
	return nil
}

// reports reports whether a request is an upload of the Reporting API, which the protocol never tells.
func (q *loggedRequest) reports() bool {
	return q.method == "POST" && crawler.HeaderValue(q.headers, "Content-Type") == "application/reports+json"
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
func (t *Tab) owes(q *loggedRequest) *crawler.Request {
	for _, r := range t.owed {
		if r.Method == q.method && r.URL == q.url && r.Time.Sub(q.at).Abs() < witnessSlack {
			return r
		}
	}
	return nil
}

// likeliest is the tab that what only the log knows was most likely sent for: one that owes it; or of those that showed its site and
// were open by then the newest that showed the document it speaks of, or else the newest that is open still; if none was open by
// then, the oldest that is now.
func (r *Recorder) likeliest(q *loggedRequest) *Tab {
	if i := slices.IndexFunc(r.past, func(t *Tab) bool { return t.owes(q) != nil }); i >= 0 {
		return r.past[i]
	}
	about := q.about()
	var newest, oldest, past *Tab
	for _, t := range slices.Backward(slices.Concat(r.past, r.tabs)) {
		switch {
		case !t.sameSite(q.topSite):
		case !t.opened.Before(q.at):
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
func (q *loggedRequest) about() []string {
	out := []string{web.WithoutFragment(crawler.HeaderValue(q.headers, "Referer"))}
	if u, err := url.Parse(out[0]); err != nil || u.Path == "/" && u.RawQuery == "" && !sameOrigin(out[0], q.url) {
		out = nil
	}
	var reports []struct {
		URL string `json:"url"`
	}
	if len(q.body) > 0 && json.Unmarshal(q.body, &reports) == nil {
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
	if h.owed = q.of.owes(q.loggedRequest); h.owed != nil {
		q.of.owed = slices.DeleteFunc(q.of.owed, func(r *crawler.Request) bool { return r == h.owed })
	}
	h.of, h.phase, h.consent, h.pageURL = q.of, q.of.phase, q.of.meta.Task.Consent, q.of.url()
	h.url, h.method, h.wire, h.kind, h.log, h.sent = q.url, q.method, q.headers, "other", q.loggedRequest, q.at
	if q.method == "OPTIONS" {
		h.kind = "preflight"
	}
	h.body, h.bodySeen, h.hasBody = q.body, !q.bodyCut, len(q.body) > 0
	h.frame, h.document = q.of.main.info.ID, q.of.url()
}
