package consent

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/rule"
)

// Book gathers the four facts of a run. What it keeps grows with the requests to third parties, up to a limit; of a request it keeps
// what it claims, who got it, and which classes were in it.
type Book struct {
	vendorOf func(recipient string) Vendor
	seed     maphash.Seed
	requests []*request
	byKey    map[requestKey]*request
	readings map[Claim]*reading
	values   map[valueKey]*seenOn
	visitors map[string]*visitor
	pending  map[pageKey][]kept           // of pages that have not ended
	records  map[crawler.Consent][]record // as they stood last
	visited  map[crawler.Consent]bool
	dialog   bool // the site showed one to any visitor
	speaks   bool // the site says something of consent anywhere: a record, a claim
	lost     int
}

// maxRequests bounds the requests that are remembered: more than 2,000 pages with 50 tags each have.
const maxRequests = 100_000

type requestKey struct {
	profile, id string
	seq         int64
}

type pageKey struct{ profile, id string }

// valueKey is a value that a recipient got from a visitor, as a hash.
type valueKey struct {
	recipient, profile string
	class              rule.Class
	value              uint64
}

// seenOn tells on which page a value was seen first, and whether on another one too.
type seenOn struct {
	page  string
	other bool
}

// request is a Request with what was found in it.
type request struct {
	Request
	told    told
	classes []rule.Class
	marks   []mark
}

// mark is a datum that may identify the visitor beyond the page.
type mark struct {
	class rule.Class
	sure  bool // it does, whatever else is seen
	seen  *seenOn
}

// lasts reports whether the datum identifies beyond the page.
func (m mark) lasts() bool { return m.sure || m.seen.other }

// NewBook returns an empty Book.
func NewBook(vendorOf func(recipient string) Vendor) *Book {
	return &Book{
		vendorOf: vendorOf, seed: maphash.MakeSeed(), byKey: map[requestKey]*request{}, readings: map[Claim]*reading{},
		values: map[valueKey]*seenOn{}, visitors: map[string]*visitor{}, pending: map[pageKey][]kept{}, visited: map[crawler.Consent]bool{},
	}
}

// Lost is how many requests came after the limit, and are not judged.
func (b *Book) Lost() int { return b.lost }

// Request takes the next request to a third party.
func (b *Book) Request(q Request) {
	if len(b.requests) >= maxRequests {
		b.lost++
		return
	}
	r := &request{Request: q}
	for _, c := range q.Claims {
		r.told = append(r.told, *b.read(c))
	}
	b.speaks = b.speaks || r.told.any(speaks)
	b.requests = append(b.requests, r)
	b.byKey[requestKey{q.Profile, q.ID, q.Seq}] = r
}

// read reads a claim once, wherever it is sent.
func (b *Book) read(c Claim) *reading {
	x := b.readings[c]
	if x == nil {
		r := c.read()
		x = &r
		b.readings[c] = x
	}
	return x
}

// Datum takes something that was found in a request that came before.
func (b *Book) Datum(d Datum) {
	r := b.byKey[requestKey{d.Profile, d.Request, d.Seq}]
	if r == nil {
		return
	}
	if !slices.Contains(r.classes, d.Class) {
		r.classes = append(r.classes, d.Class)
	}
	kind := kindOf(d.Class)
	if d.Possible || kind == ordinary || kind == lasting && r.Sent.isIn(d.Value) || d.Class == rule.SessionID && !d.Kept {
		return
	}
	key := valueKey{r.Recipient, d.Profile, d.Class, maphash.String(b.seed, d.Value)}
	s := b.values[key]
	if s == nil {
		s = &seenOn{page: d.PageID}
		b.values[key] = s
	}
	s.other = s.other || s.page != d.PageID
	r.marks = append(r.marks, mark{d.Class, kind == personal || d.Lasting, s})
}

// kind is how a class of data identifies.
type kind uint8

const (
	ordinary kind = iota // it does not, or not alone
	lasting              // if it stays the same beyond the page
	personal             // always
)

// notAlone are classes among those that are personal which name nobody by themselves: a token may be that of the site.
var notAlone = []rule.Class{rule.AuthToken, rule.OrgID, rule.Gender}

func kindOf(c rule.Class) kind {
	group, _, _ := strings.Cut(string(c), ".")
	switch {
	case slices.Contains(notAlone, c):
		return ordinary
	case c == rule.ClickID:
		return personal
	case c == rule.ClientID, c == rule.SyncedID, c == rule.SessionID, c == rule.Print:
		return lasting
	case slices.Contains([]string{"contact", "identity", "account", "payment", "known"}, group):
		return personal
	}
	return ordinary
}

// visitor is what is known of one profile.
type visitor struct {
	pressed map[crawler.Consent]time.Time // when a choice was made first
	records []kept
}

// kept is something that the site had on record, in the order in which it was seen.
type kept struct {
	consent crawler.Consent
	page    string
	started time.Time // of the page
	stage   crawler.Stage
	answers crawler.Consent // the choice that was made on that page
	record
}

func (b *Book) visitor(profile string) *visitor {
	v := b.visitors[profile]
	if v == nil {
		v = &visitor{pressed: map[crawler.Consent]time.Time{}}
		b.visitors[profile] = v
	}
	return v
}

// Cookie takes a cookie as it stood at the end of a visit: what a site keeps of consent is often there. Of other sites' cookies it
// takes none.
func (b *Book) Cookie(c *crawler.Cookie, profile string) {
	if r, ok := recordOf("cookie", c.Name, c.Value); ok {
		r.site = web.DomainOf(strings.TrimPrefix(c.Domain, "."))
		b.keep(pageKey{profile, c.Page}, r)
	}
}

// Storage takes an entry of web storage as it stood at the end of a visit.
func (b *Book) Storage(s *crawler.Storage, profile string) {
	if r, ok := recordOf(s.Area, s.Key, s.Value); ok {
		r.site = web.Site(s.Origin)
		b.keep(pageKey{profile, s.Page}, r)
	}
}

// maxPending bounds what is kept of a page's records until the page has ended.
const maxPending = 100

func (b *Book) keep(at pageKey, r record) {
	if len(b.pending[at]) < maxPending {
		b.pending[at] = append(b.pending[at], kept{stage: crawler.AtLeaving, record: r})
	}
}

// Page takes the end of a visit, with what was read of the site's records on it. Where nothing was read in earnest, what its cookies
// and storage hold is the record.
func (b *Book) Page(p *crawler.Page, profile string) {
	v := b.visitor(profile)
	b.visited[p.Task.Consent] = true
	at := pageKey{profile, p.ID}
	list := slices.DeleteFunc(b.pending[at], func(k kept) bool { return k.site != web.Site(cmp.Or(p.URL, p.Task.URL)) })
	delete(b.pending, at)
	if len(p.Records) > 0 {
		list = nil
	}
	for _, x := range p.Records {
		if r, ok := recordOf(x.Source, x.Name, x.Value); ok {
			list = append(list, kept{stage: x.Stage, record: r})
		}
	}
	slices.SortStableFunc(list, func(a, b kept) int {
		return cmp.Compare(slices.Index(stages, a.stage), slices.Index(stages, b.stage))
	})
	answers := crawler.Consent("")
	if d := p.Dialog; d != nil {
		b.dialog = b.dialog || d.Seen
		answers = d.Action
		v.press(d, p)
	}
	for _, k := range list {
		k.consent, k.page, k.started, k.answers = p.Task.Consent, p.ID, p.Started, answers
		v.records = append(v.records, k)
		b.speaks = true
	}
}

// press notes the first time that a choice was made.
func (v *visitor) press(d *crawler.Dialog, p *crawler.Page) {
	if d.Action == "" {
		return
	}
	at := d.At
	if at.IsZero() {
		at = p.Started
	}
	if first, ok := v.pressed[d.Action]; !ok || at.Before(first) {
		v.pressed[d.Action] = at
	}
}

// stateOf is the state that a request was really sent in: before the choice was made it is that of a visitor who was not asked.
// false: nobody knows, as the choice was never made.
func (b *Book) stateOf(q *request) (crawler.Consent, bool) {
	v := b.visitor(q.Profile)
	switch q.Consent {
	case crawler.Unasked, crawler.GPC:
		return q.Consent, true
	case crawler.Rejected, crawler.Accepted:
		return v.since(q.Consent, q.Sent)
	case Withdrawn:
		if s, ok := v.since(Withdrawn, q.Sent); !ok || s == Withdrawn {
			return Withdrawn, true
		}
		return v.since(crawler.Accepted, q.Sent)
	}
	return "", false
}

func (v *visitor) since(want crawler.Consent, sent Moment) (crawler.Consent, bool) {
	at, ok := v.pressed[want]
	switch {
	case !ok:
		return "", false
	case sent.before(Moment{at}):
		return crawler.Unasked, true
	}
	return want, true
}

// clicked is when a state's choice was first made by any of its visitors; zero if nobody knows.
func (b *Book) clicked(state crawler.Consent) time.Time {
	var first time.Time
	for _, v := range b.visitors {
		if at, ok := v.pressed[state]; ok && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}
