package record

import (
	"bytes"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/record/netlog"
)

// The protocol and the network log have no common id for a request. That two of them are one is concluded from what both
// say of it; when each was told decides only between those that say the same, for then nothing that is told depends on it.

// words are what the protocol and the log both say of a request.
type words struct {
	lines  [len(compared)]string // the values of the compared headers
	length int64                 // of its body, as its header says; negative: it does not say
}

// compared are the headers that say something of who sends.
var compared = [...]string{"Cookie", "Referer", "Origin", "Content-Type"}

// cookie is the place of Cookie among them.
const cookie = 0

// wordsOf reads them out of headers.
func wordsOf(headers []crawler.Header) words {
	w := words{length: -1}
	for i := range headers {
		name := headers[i].Name
		for j, c := range compared {
			if w.lines[j] == "" && strings.EqualFold(name, c) {
				w.lines[j] = headers[i].Value
			}
		}
		if strings.EqualFold(name, "Content-Length") {
			if n, err := strconv.ParseInt(headers[i].Value, 10, 64); err == nil {
				w.length = n
			}
		}
	}
	return w
}

// mayBe reports whether a hop and a logged request may be the same.
func (h *hop) mayBe(q *netlog.Request) bool {
	if !h.bodySeen || q.Chunked {
		return true
	}
	if len(h.body) == 0 && h.kept.IsZero() {
		return len(q.Body) == 0
	}
	same, _ := h.sameBody(&spoken{q, wordsOf(q.Headers)})
	return same
}

// likeness is how much a hop, with its words, and a logged request have in common. ok is false if they cannot be the same: their
// bodies differ.
func (h *hop) likeness(ours words, q *spoken) (n int, ok bool) {
	if h.bodySeen && !q.Chunked {
		same, seen := h.sameBody(q)
		if !same {
			return 0, false
		}
		if seen {
			n += 2 * len(compared)
		}
	}
	for i := range compared {
		switch {
		case i == cookie && len(h.wire) == 0: // the protocol tells cookies with the headers as sent alone
		case ours.lines[i] == q.lines[i]:
			n++
		default:
			n--
		}
	}
	return n, true
}

// likest is the most that likeness can be.
func (h *hop) likest() int {
	n := len(compared)
	if len(h.wire) == 0 {
		n--
	}
	if h.bodySeen && len(h.body) > 0 {
		n += 2 * len(compared)
	}
	return n
}

// sameBody compares the body of a hop with what the log has of one; seen is false if the log has nothing to compare.
func (h *hop) sameBody(q *spoken) (same, seen bool) {
	size := int64(len(h.body))
	if !h.kept.IsZero() {
		size = h.kept.Size
	}
	if q.length >= 0 && q.length != size {
		return false, true
	}
	if n := min(len(h.body), len(q.Body)); n > 0 {
		return bytes.Equal(h.body[:n], q.Body[:n]), true
	}
	return true, false
}

// maxCandidates is how many logged requests of one method and address are compared with a hop: those told nearest to its time.
const maxCandidates = 64

// spoken is a logged request with its words.
type spoken struct {
	*netlog.Request
	words
}

// pair is a hop and the logged request that it is.
type pair struct {
	h *hop
	q *netlog.Request
}

// deal gives each hop the logged request that it is, of those with its method and URL, in the order of time. Hops whose body
// is known come first: theirs is certain, and not to be taken by others. Of the others, too, those come first of which all agrees:
// one that was given up before it was sent must not take what another sent.
func deal(hops []*hop, logged []*netlog.Request) []pair {
	if len(hops) == 0 {
		return nil
	}
	if len(hops) == 1 && len(logged) == 1 { // as nearly always
		if !hops[0].mayBe(logged[0]) {
			return nil
		}
		return []pair{{hops[0], logged[0]}}
	}
	all, left := make([]spoken, len(logged)), make([]*spoken, len(logged))
	for i, q := range logged {
		all[i] = spoken{q, wordsOf(q.Headers)}
		left[i] = &all[i]
	}
	byTime := func(a, b *hop) int { return a.sent.Compare(b.sent) }
	certain, others := split(hops, func(h *hop) bool { return h.bodySeen })
	out := make([]pair, 0, len(hops))
	for _, list := range [][]*hop{certain, others} {
		slices.SortStableFunc(list, byTime)
		for _, whole := range []bool{true, false} {
			var still []*hop
			for _, h := range list {
				i := h.closest(left, whole)
				if i < 0 {
					still = append(still, h)
					continue
				}
				out = append(out, pair{h, left[i].Request})
				copy(left[1:i+1], left[:i]) // most are taken from the front
				left = left[1:]
			}
			list = still
		}
	}
	return out
}

// split parts a list into those of which something holds and the others.
func split(hops []*hop, holds func(*hop) bool) (yes, no []*hop) {
	for _, h := range hops {
		if holds(h) {
			yes = append(yes, h)
		} else {
			no = append(no, h)
		}
	}
	return yes, no
}

// closest is the position of the logged request that is most like a hop, of several the one told nearest to its time; negative: none
// can be it. One that the browser sent again by itself comes last. whole: of all that can be compared nothing may differ.
func (h *hop) closest(logged []*spoken, whole bool) int {
	best, most, ours := -1, 0, wordsOf(h.lines())
	tried := 0
	for i := range outwards(logged, h.sent) {
		if tried++; tried > maxCandidates {
			break
		}
		q := logged[i]
		n, ok := h.likeness(ours, q)
		if !ok || whole && n < h.likest() {
			continue
		}
		if best < 0 || logged[best].Again() && !q.Again() || n > most && q.Again() == logged[best].Again() {
			best, most = i, n
		}
		if n == h.likest() && !q.Again() {
			break
		}
	}
	return best
}

// outwards yields the positions of logged requests from that told nearest to a time.
func outwards(logged []*spoken, at time.Time) iter.Seq[int] {
	return func(yield func(int) bool) {
		after, _ := slices.BinarySearchFunc(logged, at, func(q *spoken, at time.Time) int { return q.At.Compare(at) })
		before := after - 1
		for before >= 0 || after < len(logged) {
			i := after
			if after == len(logged) || before >= 0 && at.Sub(logged[before].At) < logged[after].At.Sub(at) {
				i = before
				before--
			} else {
				after++
			}
			if !yield(i) {
				return
			}
		}
	}
}

// contested reports whether the body that a hop would take from the log may be that of another page's: another hop whose body
// nobody knows either is as much like the same logged request.
func (h *hop) contested(rivals []*hop, q *netlog.Request) bool {
	said := &spoken{q, wordsOf(q.Headers)}
	n, _ := h.likeness(wordsOf(h.lines()), said)
	return slices.ContainsFunc(rivals, func(o *hop) bool {
		if o.tab == h.tab || o.bodySeen {
			return false
		}
		m, ok := o.likeness(wordsOf(o.lines()), said)
		return ok && m >= n
	})
}

// takes reports whether a hop has its body from the log: no other witness has that of a stream.
func (h *hop) takes(q *netlog.Request) bool {
	return h.kept.IsZero() && h.cut == 0 && (q.Chunked || len(q.Body) > 0 && len(h.body) == 0)
}

// address is what hops and logged requests are compared by.
type address struct{ method, url string }

func (h *hop) address() address { return address{h.method, h.url} }

// dealing deals what the network log has out to a tab that is about to be told.
type dealing struct {
	t      *Tab
	last   bool // no other tab will be told
	rivals map[address][]*hop
	to     map[netlog.ID]*hop // what is a hop of the tab, or owed by one that was told
	of     map[netlog.ID]*Tab // whose it is that only the log has, and is to be told now; nil: that is not known
	paid   []payment
}

// testify adds what the network log knows to the hops of a tab that is about to be told, and to the tab what only the log knows. It
// returns what other tabs have told as not sent and the log has now. whole says that the log has come up to now: then what it does
// not have was not sent. last says that no other tab will be told. The caller holds the lock.
func (t *Tab) testify(whole, last bool) []payment {
	if t.r.wire == nil {
		return nil
	}
	d := &dealing{t: t, last: last, rivals: t.rivals(), to: map[netlog.ID]*hop{}, of: map[netlog.ID]*Tab{}}
	d.deal(func(method string) bool { return method != http.MethodOptions })
	d.deal(func(method string) bool { return method == http.MethodOptions }) // it goes with what it asks leave for
	for _, h := range t.order {
		h.unsent = h.unsent || whole && h.log == nil && h.mayBeOnWire()
	}
	t.r.wire.Forget(t.r.askedSince(time.Now().Add(-maxLogAge)))
	return d.paid
}

// deal deals out what was sent by some methods.
func (d *dealing) deal(by func(method string) bool) {
	taken := d.t.r.wire.Deal(func(sent []*netlog.Request) []netlog.ID {
		if !by(sent[0].Method) {
			return nil
		}
		return d.choose(sent)
	})
	for _, q := range taken {
		switch h := d.to[q.ID]; {
		case h == nil:
			d.t.witnessed(q, d.of[q.ID])
		case h.tab == d.t:
			h.testifies(q)
		default:
			d.paid = append(d.paid, h.tab.pays(h, q))
		}
	}
}

// choose says which of what was sent to one address is dealt out now.
func (d *dealing) choose(sent []*netlog.Request) (ids []netlog.ID) {
	hops := d.rivals[address{sent[0].Method, sent[0].URL}]
	concerned := func(h *hop) bool { return h.tab == d.t || h.tab.released }
	if !d.last && len(sent) <= len(hops) && !slices.ContainsFunc(hops, concerned) {
		return nil // other open tabs'
	}
	dealt := deal(hops, sent)
	for _, p := range dealt {
		if p.h.tab == d.t {
			p.h.doubt(p.q, hops)
		}
		if p.h.tab == d.t || p.h.tab.released && !unwritten(p.q) {
			d.to[p.q.ID] = p.h
			ids = append(ids, p.q.ID)
		}
	}
	if len(dealt) == len(sent) {
		return ids
	}
	owner := make(map[netlog.ID]*hop, len(dealt))
	for _, p := range dealt {
		owner[p.q.ID] = p.h
	}
	for _, q := range sent {
		if owner[q.ID] != nil {
			continue
		}
		if of, now := d.judge(q, sent, owner); now {
			d.of[q.ID] = of
			ids = append(ids, q.ID)
		}
	}
	return ids
}

// unwritten reports whether a request's head was made and not written: it may be yet, or was given up.
func unwritten(q *netlog.Request) bool { return q.Traced && !q.Written }

// doubt notes that whose a hop is is not known, if what it takes from the log may be another page's.
func (h *hop) doubt(q *netlog.Request, rivals []*hop) {
	if !h.takes(q) || !h.unsure && !h.contested(rivals, q) {
		return
	}
	for _, o := range rivals {
		o.unsure = o.unsure || !o.bodySeen
	}
	h.belongs(nil, h.sent)
}

// testifies adds what the log knows of a hop.
func (h *hop) testifies(q *netlog.Request) {
	h.log = q
	if len(h.wire) == 0 || h.kind == "websocket" && crawler.HeaderValue(h.wire, "Cookie") == "" {
		h.wire = q.Headers
	}
	if h.takes(q) {
		h.body, h.bodySeen, h.hasBody = q.Body, !q.BodyCut, true
	}
}

// judge says whose a request is that only the log has, nil if that is not known, and whether it is told now. sent is what went to the
// same address, and owner whose that is.
func (d *dealing) judge(q *netlog.Request, sent []*netlog.Request, owner map[netlog.ID]*hop) (of *Tab, now bool) {
	r, t := d.t.r, d.t
	if i := slices.IndexFunc(sent, func(o *netlog.Request) bool { return q.Again() && o.ID == q.First }); i >= 0 {
		h := owner[q.First]
		if h == nil {
			return d.judge(sent[i], sent, owner)
		}
		return h.sender(), h.tab == t || h.tab.released
	}
	if of, known := t.asks(q); known {
		return of, true
	}
	if !r.showed(q.TopSite) {
		return nil, false // the browser's own
	}
	of = r.pageOf(about(q), q.TopSite, q.At)
	young := time.Since(q.At) < witnessSlack && !q.IsReport()
	if young && !d.last && slices.ContainsFunc(r.tabs, func(o *Tab) bool { return o != t }) {
		return of, false // the protocol may be yet to tell it, of another tab
	}
	return of, of == nil || of == t || of.released || d.last
}

// sender is the tab that a hop is of; nil: that is not known.
func (h *hop) sender() *Tab {
	switch {
	case h.nobodys:
		return nil
	case h.of != nil:
		return h.of
	}
	return h.tab
}

// asks returns the tab of the request that another asks leave for, of those that only the log has; known is false if there is none.
func (t *Tab) asks(q *netlog.Request) (of *Tab, known bool) {
	method := crawler.HeaderValue(q.Headers, "Access-Control-Request-Method")
	if q.Method != http.MethodOptions || method == "" {
		return nil, false
	}
	for _, h := range t.order {
		if h.address() == (address{method, q.URL}) && h.source() == "netlog" {
			return h.sender(), true
		}
	}
	return nil, false
}
