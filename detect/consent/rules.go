package consent

import (
	"slices"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/signal"
	"github.com/tagscan/tagscan/detect/rule"
)

// The states in which the visitor has said no.
var refusals = []crawler.Consent{crawler.Rejected, crawler.GPC}

// seen is what is known of a request when it is judged.
type seen struct {
	*request
	state  crawler.Consent
	vendor Vendor
	told   told                  // the claims that count
	record []record              // of the state
	dialog bool                  // the site shows one
	speaks bool                  // the site says something of consent
	before func(rule.Class) bool // the recipient gets the class of visitors who never consented
}

// judgeRequest are the contradictions that a request shows about its recipient, each with the states it is judged in; none: all.
var judgeRequest = []struct {
	id    ID
	in    []crawler.Consent
	shows func(*seen) bool
}{
	{ClaimedGranted, refusals, func(s *seen) bool { return s.told.any(grants) }},
	{Sent, refusals, (*seen).toldNoGotData},
	{Withdrawal, []crawler.Consent{Withdrawn}, (*seen).goesOn},
	{NotTold, refusals, (*seen).notTold},
	{BeforeAsked, []crawler.Consent{crawler.Unasked}, func(s *seen) bool { return s.dialog && s.told.any(byDefault) }},
	{NotDisclosed, nil, (*seen).notDisclosed},
	{Disagree, nil, func(s *seen) bool { return s.told.disagree() }},
}

// toldNoGotData: a refusal was claimed, nothing else was, and the visitor is identified all the same.
func (s *seen) toldNoGotData() bool {
	return s.told.any(denies) && !s.told.any(grants) && slices.ContainsFunc(s.marks, mark.lasts)
}

// notTold: the vendor can be told, was reported to, and was not. Where nobody was asked the site must speak of consent at all.
func (s *seen) notTold() bool {
	if !s.vendor.Takes || !s.Hit || s.state == crawler.GPC && !s.speaks {
		return false
	}
	return !s.told.any(speaks)
}

// notDisclosed: the string in the request, or else that on record, has a list of disclosed vendors without this one.
func (s *seen) notDisclosed() bool {
	if s.vendor.GVL == 0 {
		return false
	}
	answer := signal.NotSaid
	for _, x := range s.told {
		answer = max(answer, x.r.Disclosed(s.vendor.GVL))
	}
	if answer != signal.NotSaid {
		return answer == signal.No
	}
	for i := range s.record {
		answer = max(answer, s.record[i].r.Disclosed(s.vendor.GVL))
	}
	return answer == signal.No
}

// goesOn: consent is still claimed, or the visitor is identified by what the vendor does not get without consent.
func (s *seen) goesOn() bool {
	return s.told.any(grants) || slices.ContainsFunc(s.marks, func(m mark) bool { return m.lasts() && !s.before(m.class) })
}

// disagree reports whether two claims of one request are the contrary of each other.
func (t told) disagree() bool {
	for i := range t {
		for k := range t[:i] {
			if contrary(&t[i].r, &t[k].r) {
				return true
			}
		}
	}
	return false
}

func contrary(a, b *signal.Record) bool {
	google := a.Kind != b.Kind && isGoogle(a) && isGoogle(b)
	if google {
		return contrarySignals(a, b)
	}
	x, y := whole(a), whole(b)
	if x == signal.Granted && y == signal.Denied || x == signal.Denied && y == signal.Granted {
		return true
	}
	x, y = sale(a), sale(b)
	return x == signal.Denied && y == signal.NotOptedOut || x == signal.NotOptedOut && y == signal.Denied
}

func isGoogle(r *signal.Record) bool {
	return r.Kind == signal.GoogleState.Kind || r.Kind == signal.GoogleDefaults.Kind
}

// contrarySignals compares the signals that both have.
func contrarySignals(a, b *signal.Record) bool {
	for _, p := range a.Purposes {
		q, ok := b.Purpose(p.ID, p.Basis)
		if ok && (p.State == signal.Granted && q.State == signal.Denied || p.State == signal.Denied && q.State == signal.Granted) {
			return true
		}
	}
	return false
}

// whole is what a record says of consent if it says the same of everything that it asks for.
func whole(r *signal.Record) signal.State {
	out := signal.Unknown
	for _, p := range r.Purposes {
		switch {
		case p.Basis != signal.Consent || p.Category == signal.Necessary || p.State == signal.Unknown:
		case out == signal.Unknown:
			out = p.State
		case out != p.State:
			return signal.Mixed
		}
	}
	if out == signal.Denied && !denies(r) && r.Kind == signal.GoogleDefaults.Kind {
		return signal.Unknown
	}
	return out
}

// sale is what the strings of the United States say about sale. The parameters of single vendors may be stricter than these.
func sale(r *signal.Record) signal.State {
	if r.Kind != signal.USPrivacy.Kind && r.Kind != signal.GPPString.Kind {
		return signal.Unknown
	}
	return r.Category(signal.Sale)
}

// judgeRecord are the contradictions that the site's own record shows. The records are those that the site keeps, and those that it
// passes on in requests.
var judgeRecord = []struct {
	id    ID
	in    []crawler.Consent
	kept  bool // only what the site keeps counts
	shows shows
}{
	{Recorded, []crawler.Consent{crawler.Rejected}, true, func(r *signal.Record, _ circumstances) bool { return consents(r) }},
	{GPCNotRecorded, []crawler.Consent{crawler.GPC}, false, func(r *signal.Record, _ circumstances) bool { return gpcMissed(r) }},
	{InterestLeft, []crawler.Consent{crawler.Rejected}, false, func(r *signal.Record, _ circumstances) bool { return interestLeft(r) }},
	{Invalid, nil, false, invalid},
}

// circumstances are those in which a record was read.
type circumstances struct {
	clicked time.Time // when the choice was made; zero if none was
	now     time.Time // when the run was made
}

// gpcMissed: Global Privacy Control is said to be off, or nobody to have opted out. Who denies everything needs not say why.
func gpcMissed(r *signal.Record) bool {
	if r.Kind == signal.GoogleDefaults.Kind {
		return r.GPC == signal.No && !denies(r)
	}
	if r.GPC == signal.No {
		return true
	}
	for _, p := range r.Purposes {
		sold := p.Category == signal.Sale || p.Category == signal.Sharing
		if p.Basis == signal.OptOut && sold && p.State == signal.NotOptedOut && r.Kind != signal.GoogleRDP.Kind {
			return true
		}
	}
	return false
}

// interestLeft: purposes or vendors are left on legitimate interest.
func interestLeft(r *signal.Record) bool {
	if r.TCF == nil || r.TCF.Canada {
		return false
	}
	purposes, vendors := r.InterestsLeft()
	return purposes.Len() > 0 || vendors.Len() > 0
}

// mandatory is when TCF 2.3 became mandatory: https://iabeurope.eu/transparency-consent-framework/
var mandatory = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// day is what the creation time of a TC string is rounded to; one more is for clocks in other places.
const day = 24 * time.Hour

// invalid: the string counts as no consent.
func invalid(r *signal.Record, at circumstances) bool {
	if r.Kind == signal.TCString.Kind && r.Err() != nil {
		return true
	}
	t := r.TCF
	if t == nil || t.Canada {
		return false
	}
	switch {
	case !t.ServiceSpecific:
		return true
	case t.Disclosed == nil && !at.now.Before(mandatory):
		return true
	}
	return !at.clicked.IsZero() && t.Created.Before(at.clicked.UTC().Truncate(day).Add(-day))
}
