package history

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
)

// Answer is what one scan says of a flow. The zero value says: it could have seen the flow, and did not.
type Answer struct {
	Scan string
	At   time.Time
	Saw  bool
	Why  string // why a scan that did not see it could not tell: a kind of gap, or one of the words below; "" if it could
}

// Why a scan could not tell beside the kinds of gaps.
const (
	noState = "state-not-visited" // no page was seen whole in the consent state
	noRoute = "page-not-visited"  // a kind of page on which the flow was known was not seen whole
)

// Span is a time in which a flow was sent for all that is known: no scan in it could have seen the flow and did not.
type Span struct {
	First     time.Time `json:"first"` // the first scan that saw it
	Last      time.Time `json:"last"`  // the last
	FirstScan string    `json:"first_scan"`
	LastScan  string    `json:"last_scan"`
	// After and Before are the last scan before First and the first one after Last that could have seen it and did not: the true
	// beginning and end lie between. Zero: there is none, and the beginning, or the end, is open.
	After  time.Time `json:"after,omitzero"`
	Before time.Time `json:"before,omitzero"`
	Seen   int       `json:"seen"`  // scans that saw it
	Blind  []Count   `json:"blind"` // scans between First and Last that could not tell, by reason
}

// Open reports whether nothing says that the flow has ended.
func (s Span) Open() bool { return s.Before.IsZero() }

// May reports whether the flow may have been sent at some time from since to until; zero times are no bounds.
func (s Span) May(since, until time.Time) bool {
	begun := until.IsZero() || s.After.IsZero() || s.After.Before(until)
	notEnded := since.IsZero() || s.Before.IsZero() || s.Before.After(since)
	return begun && notEnded
}

// Count is how many scans there are for a reason.
type Count struct {
	Why string `json:"why"`
	N   int    `json:"n"`
}

// Interval is all that scans say of when a flow was sent.
type Interval struct {
	Spans []Span  `json:"spans"` // in order of time; more than one: it went and came back
	Seen  int     `json:"seen"`  // scans that saw it
	Not   int     `json:"not"`   // scans that could have seen it and did not
	Blind []Count `json:"blind"` // scans that could not tell, by reason, the most frequent first
	Scans int     `json:"scans"` // Seen, Not and Blind together
}

// Between is the interval that the answers of scans, in order of time, make.
func Between(answers []Answer) Interval {
	iv := Interval{Scans: len(answers), Spans: []Span{}}
	var not time.Time // the last scan that could have seen it and did not
	var cur *Span
	blind, inside := map[string]int{}, map[string]int{}
	for _, a := range answers {
		switch {
		case a.Saw:
			iv.Seen++
			if cur == nil {
				iv.Spans = append(iv.Spans, Span{First: a.At, FirstScan: a.Scan, After: not})
				cur = &iv.Spans[len(iv.Spans)-1]
				clear(inside)
			}
			cur.Seen++
			cur.Last, cur.LastScan, cur.Blind = a.At, a.Scan, byCount(inside)
		case a.Why != "":
			blind[a.Why]++
			inside[a.Why]++
		default:
			iv.Not++
			not = a.At
			if cur != nil {
				cur.Before = a.At
			}
			cur = nil
		}
	}
	iv.Blind = byCount(blind)
	return iv
}

// byCount has the reasons with their numbers, the most frequent first.
func byCount(by map[string]int) []Count {
	out := []Count{}
	for _, why := range slices.Sorted(maps.Keys(by)) {
		out = append(out, Count{why, by[why]})
	}
	slices.SortStableFunc(out, func(a, b Count) int { return cmp.Compare(b.N, a.N) })
	return out
}

// Answers asks the scans of one site, in order of time, about a flow. A scan that did not see it is held against the nearest one
// that did: the one before, else the one after.
func Answers(scans []*Scan, k detect.FlowKey) []Answer {
	sights := make([]*Sight, len(scans))
	next := -1
	for i := len(scans) - 1; i >= 0; i-- {
		if sights[i] = scans[i].find(k); sights[i] != nil {
			next = i
		}
	}
	near := next // the first that saw it, until there is one before
	out := make([]Answer, len(scans))
	for i, s := range scans {
		out[i] = Answer{Scan: s.ID, At: s.At, Saw: sights[i] != nil}
		switch {
		case sights[i] != nil:
			near = i
		case near >= 0:
			out[i].Why = s.Misses(k, sights[near].Detail.Routes, scans[near])
		default:
			out[i].Why = s.Misses(k, nil, nil)
		}
	}
	return out
}

func (s *Scan) find(k detect.FlowKey) *Sight {
	for i := range s.Flows {
		if s.Flows[i].FlowKey == k {
			return &s.Flows[i]
		}
	}
	return nil
}

// Misses says why a scan that did not see a flow could not have seen it; "" if it would have. routes are the kinds of page that the
// flow is known on, and then is the scan that knows it; nil if there is none: what that scan did not see either hides nothing.
//
// It could have seen the flow if a page was seen whole in its state, if nothing was lost that could hide it, and if every kind
// of page that it is known on was seen whole, or is not there any more.
func (s *Scan) Misses(k detect.FlowKey, routes []string, then *Scan) string {
	if !s.Covers.states[k.Consent] {
		return noState
	}
	for _, b := range s.Blind {
		if b.hides(k) && !(then != nil && b.Recipient != k.Recipient && then.lost(b)) {
			return string(b.Kind)
		}
	}
	for _, r := range routes {
		if !s.Covers.places[place{r, k.Consent}] {
			return noRoute
		}
	}
	return ""
}

// lost reports whether a scan had the same gap.
func (s *Scan) lost(b Blind) bool {
	return b.More == 0 && slices.ContainsFunc(s.Blind, func(o Blind) bool {
		return o.Kind == b.Kind && o.Recipient == b.Recipient && o.More == 0 && slices.Equal(o.Where, b.Where) && slices.Equal(o.Consents, b.Consents)
	})
}

// ofOne are the gaps behind which there is nothing but what one recipient was sent. Behind any other gap, a script that was not
// loaded say, there may be others.
var ofOne = map[crawler.GapKind]bool{
	crawler.GapBody: true, crawler.GapSocket: true, crawler.GapWebTransport: true, crawler.GapHARBody: true, crawler.GapDepth: true,
	crawler.GapNodes: true, crawler.GapSize: true, crawler.GapRatio: true, crawler.GapWork: true, crawler.GapUnreadable: true, crawler.GapSensor: true,
}

// hides reports whether a flow may be behind the gap.
func (b *Blind) hides(k detect.FlowKey) bool {
	if len(b.Consents) > 0 && !slices.Contains(b.Consents, k.Consent) && !slices.Contains(b.Consents, crawler.Unknown) {
		return false
	}
	return b.Recipient == "" || b.Recipient == k.Recipient || !ofOne[b.Kind]
}

// day is a date as people write it in a sentence.
func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// Sentence tells an interval with its doubt: "seen in 112 scans from 3 March 2026 to 9 November 2026; it had not begun on 2 March
// 2026; nothing says that it has ended; 6 scans in between could not tell (5 × bot-wall, 1 × maintenance); not seen in 40 other
// scans that could have seen it".
func (iv Interval) Sentence() string {
	if iv.Seen == 0 {
		return fmt.Sprintf("not seen in %s that could tell%s", several(iv.Not, "scan"), couldNot(iv.Blind, ""))
	}
	s := ""
	for i, sp := range iv.Spans {
		if i > 0 {
			s += "; again "
		}
		s += sp.sentence()
	}
	if iv.Not > 0 {
		s += fmt.Sprintf("; not seen in %s that could have seen it", several(iv.Not, "other scan"))
	}
	return s
}

func (s Span) sentence() string {
	out := fmt.Sprintf("seen in %s from %s to %s", several(s.Seen, "scan"), day(s.First), day(s.Last))
	if s.Seen == 1 {
		out = "seen in one scan on " + day(s.First)
	}
	if s.After.IsZero() {
		out += "; when it began is not known"
	} else {
		out += "; it had not begun on " + day(s.After)
	}
	if s.Open() {
		out += "; nothing says that it has ended"
	} else {
		out += "; it had ended on " + day(s.Before)
	}
	return out + couldNot(s.Blind, " in between")
}

func couldNot(blind []Count, where string) string {
	n, list := 0, ""
	for i, c := range blind {
		n += c.N
		if i > 0 {
			list += ", "
		}
		list += fmt.Sprintf("%d × %s", c.N, c.Why)
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %s%s could not tell (%s)", several(n, "scan"), where, list)
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Contacts asks the scans of one site, in order of time, whether they met a third party at all.
func Contacts(scans []*Scan, id string) []Answer {
	var near *Scan
	for i := len(scans) - 1; i >= 0; i-- {
		if scans[i].party(id) != nil {
			near = scans[i]
		}
	}
	out := make([]Answer, len(scans))
	for i, s := range scans {
		out[i] = Answer{Scan: s.ID, At: s.At}
		if p := s.party(id); p != nil {
			out[i].Saw, near = true, s
			continue
		}
		out[i].Why = s.missesContact(id, near)
	}
	return out
}

// missesContact says why a scan could not have met a third party; "" if it would have. near met it; nil if none did.
func (s *Scan) missesContact(id string, near *Scan) string {
	var states []crawler.Consent
	if near != nil {
		states = near.party(id).Detail.Consents
	}
	if len(states) == 0 {
		for c, whole := range s.Covers.states {
			if whole {
				states = append(states, c)
			}
		}
		slices.Sort(states)
	}
	if len(states) == 0 {
		return noState
	}
	for _, c := range states {
		if why := s.Misses(detect.FlowKey{Recipient: id, Consent: stateKnown(c)}, nil, near); why != "" {
			return why
		}
	}
	return ""
}
