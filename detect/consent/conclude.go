package consent

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/signal"
	"github.com/tagscan/tagscan/detect/rule"
)

// states are the states of the visitor's choice in the order in which a visitor meets them.
var states = []crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.GPC, crawler.Accepted, Withdrawn}

// Conclude returns the four facts about each recipient in each state, and about the site itself; and what in them contradicts each
// other: the gravest first, each kind once for a recipient and a state.
func (b *Book) Conclude() ([]Facts, []Contradiction) {
	b.records = map[crawler.Consent][]record{}
	groups := b.groups()
	var facts []Facts
	for _, state := range states {
		if b.visited[state] {
			facts = append(facts, b.facts("", state, nil))
		}
	}
	by := map[ID][]Contradiction{}
	got := b.withoutConsent(groups)
	for _, g := range groups {
		facts = append(facts, b.facts(g.recipient, g.state, g.requests))
		for _, r := range judgeRequest {
			if len(r.in) > 0 && !slices.Contains(r.in, g.state) {
				continue
			}
			var showing []*request
			for _, q := range g.requests {
				if !q.Weak && r.shows(b.seen(g, q, got)) {
					showing = append(showing, q)
				}
			}
			if len(showing) > 0 {
				by[r.id] = append(by[r.id], Contradiction{r.id, b.facts(g.recipient, g.state, showing)})
			}
		}
	}
	for _, state := range states {
		for _, r := range judgeRecord {
			if len(r.in) > 0 && !slices.Contains(r.in, state) {
				continue
			}
			for _, f := range b.judgeRecords(state, groups, r) {
				by[r.id] = append(by[r.id], Contradiction{r.id, f})
			}
		}
	}
	var out []Contradiction
	for _, i := range Infos {
		out = append(out, by[i.ID]...)
	}
	return facts, out
}

// group is the requests to one recipient in one state.
type group struct {
	recipient string
	state     crawler.Consent
	vendor    Vendor
	record    []record
	requests  []*request
}

// groups are sorted by recipient and state.
func (b *Book) groups() []*group {
	type key struct {
		recipient string
		state     crawler.Consent
	}
	by := map[key]*group{}
	for _, q := range b.requests {
		state, ok := b.stateOf(q)
		if !ok {
			continue
		}
		k := key{q.Recipient, state}
		if by[k] == nil {
			by[k] = &group{recipient: q.Recipient, state: state, vendor: b.vendorOf(q.Recipient), record: b.recorded(state)}
		}
		by[k].requests = append(by[k].requests, q)
	}
	return slices.SortedFunc(maps.Values(by), func(x, y *group) int {
		return cmp.Or(strings.Compare(x.recipient, y.recipient), cmp.Compare(slices.Index(states, x.state), slices.Index(states, y.state)))
	})
}

// got is a class of data that a recipient gets of a visitor who never consented.
type got struct {
	recipient string
	class     rule.Class
}

func (b *Book) withoutConsent(groups []*group) map[got]bool {
	out := map[got]bool{}
	for _, g := range groups {
		if g.state == crawler.Accepted || g.state == Withdrawn {
			continue
		}
		for _, q := range g.requests {
			for _, m := range q.marks {
				if m.lasts() {
					out[got{g.recipient, m.class}] = true
				}
			}
		}
	}
	return out
}

func (b *Book) seen(g *group, q *request, without map[got]bool) *seen {
	return &seen{
		request: q, state: g.state, vendor: g.vendor, told: q.told.counting(), record: g.record, dialog: b.dialog, speaks: b.dialog || b.speaks,
		before: func(c rule.Class) bool { return without[got{g.recipient, c}] },
	}
}

// facts are the four facts about requests to a recipient in a state.
func (b *Book) facts(recipient string, state crawler.Consent, requests []*request) Facts {
	return b.factsFor(recipient, state, requests, func(*signal.Record) (string, bool) { return "", false })
}

// factsFor are the same, with what is wrong with a claim.
func (b *Book) factsFor(recipient string, state crawler.Consent, requests []*request, why because) Facts {
	f := Facts{Recipient: recipient, Consent: state, Pressed: b.pressed(state), Recorded: []Said{}, Claimed: []Said{}, Sent: []rule.Class{},
		Requests: []string{}, Count: len(requests)}
	for _, r := range b.recorded(state) {
		f.Recorded = saying(f.Recorded, said(&r.r))
	}
	for _, q := range requests {
		f.add(q, why)
	}
	slices.Sort(f.Sent)
	return f
}

func (f *Facts) add(q *request, why because) {
	s := Sight{Request: q.ID, Page: q.Page, Method: q.Method, URL: q.URL}
	for i := range q.told {
		r := &q.told[i].r
		text, _ := why(r)
		x := said(r).because(text)
		f.Claimed = saying(f.Claimed, x)
		s.Claimed = saying(s.Claimed, x)
	}
	for _, c := range q.classes {
		if !slices.Contains(f.Sent, c) {
			f.Sent = append(f.Sent, c)
		}
	}
	if len(f.Requests) < maxListed {
		f.Requests = append(f.Requests, q.ID)
	}
	if len(f.Sights) < maxSights {
		f.Sights = append(f.Sights, s)
	}
}

// saying adds what is not yet said.
func saying(list []Said, s Said) []Said {
	if len(list) >= maxSaid || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// pressed is the choice that was made in a state; empty if none was.
func (b *Book) pressed(state crawler.Consent) crawler.Consent {
	if state == crawler.GPC {
		return crawler.GPC
	}
	for _, v := range b.visitors {
		if _, ok := v.pressed[state]; ok {
			return state
		}
	}
	return ""
}

// judgeRecords holds the records of a state, and those that requests in it pass on, against a rule. The facts name the requests that
// passed on what contradicts.
func (b *Book) judgeRecords(state crawler.Consent, groups []*group, rule recordRule) []Facts {
	at := circumstances{clicked: b.clicked(state), now: b.now()}
	why := func(r *signal.Record) (string, bool) { return rule.shows(r, at) }
	recorded := []Said{}
	for _, r := range b.recorded(state) {
		if text, bad := why(&r.r); bad {
			recorded = saying(recorded, said(&r.r).because(text))
		}
	}
	passing := passingOn(state, groups, rule, why)
	if rule.from == orOfVendor && len(recorded) == 0 {
		return b.ofVendors(state, passing, why)
	}
	if len(recorded)+len(passing) == 0 {
		return nil
	}
	f := b.factsFor("", state, passing, why)
	f.Recorded = recorded
	return []Facts{f}
}

// passingOn are the requests that pass on a record which contradicts.
func passingOn(state crawler.Consent, groups []*group, rule recordRule, why because) []*request {
	var out []*request
	for _, g := range groups {
		if g.state != state || rule.from == keptOnly {
			continue
		}
		for _, q := range g.requests {
			if q.told.anyOf(func(x *reading) bool { _, bad := why(&x.r); return bad }) {
				out = append(out, q)
			}
		}
	}
	return out
}

// ofVendors are the facts where the site's own record is in order: they are about each vendor that was told otherwise. That a vendor
// was told that the visitor consents is said as such, and is more.
func (b *Book) ofVendors(state crawler.Consent, passing []*request, why because) []Facts {
	by := map[string][]*request{}
	for _, q := range passing {
		if !q.told.any(grants) {
			name := q.Recipient
			if q.Weak {
				name = ""
			}
			by[name] = append(by[name], q)
		}
	}
	var out []Facts
	for _, recipient := range slices.Sorted(maps.Keys(by)) {
		out = append(out, b.factsFor(recipient, state, by[recipient], why))
	}
	return out
}

// because tells what in a record is wrong.
type because = func(*signal.Record) (why string, bad bool)

// now is when the run was made: the last moment that is known.
func (b *Book) now() time.Time {
	var last time.Time
	for _, q := range b.requests {
		if q.Sent.After(last) {
			last = q.Sent.Time
		}
	}
	for _, v := range b.visitors {
		for _, k := range v.records {
			if k.started.After(last) {
				last = k.started
			}
		}
	}
	return last
}

// profiles are the names of the visitors in order.
func (b *Book) profiles() []string { return slices.Sorted(maps.Keys(b.visitors)) }
