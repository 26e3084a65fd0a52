package consent

import (
	"slices"
	"strings"
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
var judgeRecord = []recordRule{
	{id: Recorded, in: []crawler.Consent{crawler.Rejected}, from: keptOnly, shows: recordsConsent},
	{id: GPCNotRecorded, in: []crawler.Consent{crawler.GPC}, from: orOfVendor, shows: gpcMissed},
	{id: InterestLeft, in: []crawler.Consent{crawler.Rejected}, from: orOfVendor, shows: interestLeft},
	{id: Invalid, from: anywhere, shows: invalid},
}

// recordRule is a contradiction with the states it is judged in, none: all.
type recordRule struct {
	id    ID
	in    []crawler.Consent
	from  source
	shows shows
}

// source is which records count.
type source uint8

const (
	anywhere   source = iota // what the site keeps, and what it passes on
	orOfVendor               // the same; but what only requests say is about the vendors that got them
	keptOnly                 // only what the site keeps
)

// shows is a rule about records. It tells what in the record is wrong, as a clause, if that is not plain from what it says.
type shows = func(*signal.Record, circumstances) (why string, bad bool)

func recordsConsent(r *signal.Record, _ circumstances) (string, bool) { return "", consents(r) }

// circumstances are those in which a record was read.
type circumstances struct {
	clicked time.Time // when the choice was made; zero if none was
	now     time.Time // when the run was made
}

// gpcMissed: Global Privacy Control is said to be off, or nobody to have opted out.
func gpcMissed(r *signal.Record, _ circumstances) (string, bool) {
	if r.GPC == signal.No {
		return gpcField(r.Kind), true
	}
	for _, p := range r.Purposes {
		sold := p.Category == signal.Sale || p.Category == signal.Sharing
		if p.Basis == signal.OptOut && sold && p.State == signal.NotOptedOut && r.Kind != signal.GoogleRDP.Kind {
			return p.ID + ": not opted out", true
		}
	}
	return "", false
}

// gpcField is the field that says that the control is off, as the format writes it.
func gpcField(k signal.Kind) string {
	switch k {
	case signal.OneTrust.Kind:
		return "isGpcEnabled=0"
	case signal.GPPString.Kind, signal.GPPPing.Kind:
		return "Gpc=0"
	case signal.GoogleDefaults.Kind:
		return "its flag of Global Privacy Control is 0"
	}
	return "Global Privacy Control: no"
}

// interestLeft: purposes or vendors are left on legitimate interest.
func interestLeft(r *signal.Record, _ circumstances) (string, bool) {
	if r.TCF == nil || r.TCF.Canada {
		return "", false
	}
	purposes, vendors := r.InterestsLeft()
	var left []string
	if purposes.Len() > 0 {
		left = append(left, "purposes "+purposes.String())
	}
	if vendors.Len() > 0 {
		left = append(left, "vendors "+vendors.String())
	}
	return "legitimate interest: " + strings.Join(left, ", "), len(left) > 0
}

// mandatory is when TCF 2.3 became mandatory: https://iabeurope.eu/transparency-consent-framework/
var mandatory = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// day is what the creation time of a TC string is rounded to; one more is for clocks in other places.
const day = 24 * time.Hour

// invalid: the string counts as no consent.
func invalid(r *signal.Record, at circumstances) (string, bool) {
	if err := r.Err(); r.Kind == signal.TCString.Kind && err != nil {
		return err.Error(), true
	}
	t := r.TCF
	if t == nil || t.Canada {
		return "", false
	}
	var why []string
	if !t.ServiceSpecific {
		why = append(why, "not for this service only (IsServiceSpecific=0)")
	}
	if t.Disclosed == nil && !at.now.Before(mandatory) {
		why = append(why, "no segment of disclosed vendors")
	}
	if !at.clicked.IsZero() && t.Created.Before(at.clicked.UTC().Truncate(day).Add(-day)) {
		why = append(why, "created on "+t.Created.UTC().Format(time.DateOnly)+", before the choice")
	}
	return strings.Join(why, "; "), len(why) > 0
}
