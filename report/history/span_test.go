package history

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

var firstDay = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func onDay(n int) time.Time { return firstDay.AddDate(0, 0, n) }

// answersOf makes answers of a word: S saw it, n could have and did not, w a wall, o an outage.
func answersOf(word string) []Answer {
	why := map[rune]string{'w': "bot-wall", 'o': "maintenance"}
	var out []Answer
	for i, r := range word {
		out = append(out, Answer{Scan: fmt.Sprint("scan", i), At: onDay(i), Saw: r == 'S', Why: why[r]})
	}
	return out
}

func TestAnIntervalIsToldWithItsDoubt(t *testing.T) {
	for word, want := range map[string]string{
		"":     "not seen in 0 scans that could tell",
		"nnw":  "not seen in 2 scans that could tell; 1 scan could not tell (1 × bot-wall)",
		"S":    "seen in one scan on 1 March 2026; when it began is not known; nothing says that it has ended",
		"nSSn": "seen in 2 scans from 2 March 2026 to 3 March 2026; it had not begun on 1 March 2026; it had ended on 4 March 2026; not seen in 2 other scans that could have seen it",
		"nwSwwoSw": "seen in 2 scans from 3 March 2026 to 7 March 2026; it had not begun on 1 March 2026; nothing says that it has ended; " +
			"3 scans in between could not tell (2 × bot-wall, 1 × maintenance); not seen in 1 other scan that could have seen it",
		"SnS": "seen in one scan on 1 March 2026; when it began is not known; it had ended on 2 March 2026; again seen in one scan on 3 March 2026; " +
			"it had not begun on 2 March 2026; nothing says that it has ended; not seen in 1 other scan that could have seen it",
	} {
		assert.Equal(t, want, Between(answersOf(word)).Sentence(), word)
	}
}

// The brute-force reading: each fact of an interval is looked up anew, by itself, for each scan that saw the flow.
func bruteSpans(as []Answer) []Span {
	could := func(i int) bool { return !as[i].Saw && as[i].Why == "" }
	var out []Span
	for i := range as {
		begins := as[i].Saw
		for j := i - 1; j >= 0 && !could(j); j-- {
			begins = begins && !as[j].Saw
		}
		if !begins {
			continue
		}
		s := Span{First: as[i].At, FirstScan: as[i].Scan}
		for j := i - 1; j >= 0; j-- {
			if could(j) {
				s.After = as[j].At
				break
			}
		}
		end := len(as)
		for j := i; j < len(as); j++ {
			if could(j) {
				end, s.Before = j, as[j].At
				break
			}
		}
		last := i
		for j := i; j < end; j++ {
			if as[j].Saw {
				s.Seen, last = s.Seen+1, j
			}
		}
		s.Last, s.LastScan = as[last].At, as[last].Scan
		why := map[string]int{}
		for j := i; j < last; j++ {
			if as[j].Why != "" && !as[j].Saw {
				why[as[j].Why]++
			}
		}
		s.Blind = byCount(why)
		out = append(out, s)
	}
	return out
}

func TestIntervalsAreThoseOfABruteForceReading(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		word := make([]byte, rnd.IntN(14))
		for i := range word {
			word[i] = "SSnnwo"[rnd.IntN(6)]
		}
		as := answersOf(string(word))
		iv := Between(as)
		want := bruteSpans(as)
		require.Len(t, iv.Spans, len(want), string(word))
		seen, blind := 0, 0
		for i := range want {
			require.Equal(t, want[i], iv.Spans[i], string(word))
			seen += want[i].Seen
		}
		for _, c := range iv.Blind {
			blind += c.N
		}
		require.Equal(t, iv.Seen, seen)
		require.Equal(t, len(as), iv.Seen+iv.Not+blind)
		require.Equal(t, len(as), iv.Scans)
	}
}

func TestASpanMayReachIntoATime(t *testing.T) {
	closed := Span{First: onDay(10), Last: onDay(20), After: onDay(9), Before: onDay(21)}
	open := Span{First: onDay(10), Last: onDay(20)}
	for _, c := range []struct {
		span         Span
		since, until int
		want         bool
	}{
		{closed, 0, 9, false}, {closed, 0, 10, true}, {closed, 20, 30, true}, {closed, 21, 30, false}, {closed, 12, 13, true},
		{open, 0, 5, true}, {open, 25, 30, true},
	} {
		assert.Equal(t, c.want, c.span.May(onDay(c.since), onDay(c.until)), c)
	}
	assert.True(t, closed.May(time.Time{}, time.Time{}))
}

// seen makes a scan that looked at / and /cart in two states, all of them to the end.
func seen(day int, flows ...Sight) *Scan {
	var looks []Look
	for _, c := range []crawler.Consent{crawler.Accepted, crawler.Unasked} {
		looks = append(looks, Look{Route: "https://a.test/", Consent: c, Whole: 1}, Look{Route: "https://a.test/cart", Consent: c, Whole: 1})
	}
	s := &Scan{Site: "a", ID: fmt.Sprint("r", day), At: onDay(day), Covers: NewCoverage(looks), Assets: &Assets{}, Flows: flows}
	of := map[string]bool{}
	for _, f := range flows {
		if !of[f.Recipient] {
			of[f.Recipient] = true
			s.Parties = append(s.Parties, met(f.Recipient, f.Consent))
		}
	}
	return s
}

func met(id string, c crawler.Consent) Party {
	return Party{ID: id, Requests: 2, Detail: &PartyDetail{Name: id, Hosts: []string{id + ".test"}, Routes: 2, Consents: []crawler.Consent{c}}}
}

func flow(to string, class rule.Class, change ...func(*Sight)) Sight {
	k := detect.FlowKey{Recipient: to, Class: class, Consent: crawler.Accepted, Form: detect.Clear}
	s := Sight{FlowKey: k, Print: detect.FlowFingerprint(k), Severity: rule.High, Requests: 2, Findings: 2,
		Detail: &Detail{Title: string(class), Routes: []string{"https://a.test/", "https://a.test/cart"}}}
	for _, f := range change {
		f(&s)
	}
	s.Print = detect.FlowFingerprint(s.FlowKey)
	return s
}

func TestWhatAScanCouldNotHaveSeen(t *testing.T) {
	then := seen(0, flow("mix", "contact.email"))
	k, routes := then.Flows[0].FlowKey, then.Flows[0].Detail.Routes
	gap := func(b Blind) *Scan { s := seen(1); s.Blind = []Blind{b}; return s }
	without := func(route string) *Scan {
		s := seen(1)
		var looks []Look
		for _, l := range s.Covers.Looks {
			if l.Route == route {
				l.Whole, l.Other = 0, 1
			}
			looks = append(looks, l)
		}
		s.Covers = NewCoverage(looks)
		return s
	}
	missing := seen(1)
	missing.Covers = NewCoverage([]Look{{Route: routes[0], Consent: crawler.Accepted, Whole: 1}, {Route: routes[1], Consent: crawler.Accepted, Missing: 1}})
	unasked := seen(1)
	unasked.Covers = NewCoverage([]Look{{Route: routes[0], Consent: crawler.Unasked, Whole: 1}})
	for what, c := range map[string]struct {
		scan *Scan
		want string
	}{
		"it saw all":                          {seen(1), ""},
		"a page was walled":                   {gap(Blind{Kind: crawler.GapWall}), "bot-wall"},
		"a page was walled in the state":      {gap(Blind{Kind: crawler.GapWall, Consents: []crawler.Consent{crawler.Accepted}}), "bot-wall"},
		"a page was walled in another state":  {gap(Blind{Kind: crawler.GapWall, Consents: []crawler.Consent{crawler.Unasked}}), ""},
		"whose visitor is not known":          {gap(Blind{Kind: crawler.GapVisitorUnknown, Consents: []crawler.Consent{crawler.Unknown}}), "visitor-unknown"},
		"a body to it was not read":           {gap(Blind{Kind: crawler.GapBody, Recipient: "mix"}), "body-unseen"},
		"a body to another was not read":      {gap(Blind{Kind: crawler.GapBody, Recipient: "ga"}), ""},
		"a script of another was not loaded":  {gap(Blind{Kind: crawler.GapUnreachable, Recipient: "gtm"}), "unreachable"},
		"one of its pages was not seen whole": {without(routes[1]), noRoute},
		"one of its pages is not there":       {missing, ""},
		"the state was not visited":           {unasked, noState},
	} {
		assert.Equal(t, c.want, c.scan.Misses(k, routes, then), what)
	}
	then.Blind = []Blind{{Kind: crawler.GapUnreachable, Recipient: "gtm"}, {Kind: crawler.GapBody, Recipient: "mix"}}
	assert.Empty(t, gap(Blind{Kind: crawler.GapUnreachable, Recipient: "gtm"}).Misses(k, routes, then), "what was not seen then either hides nothing")
	assert.Equal(t, "body-unseen", gap(Blind{Kind: crawler.GapBody, Recipient: "mix"}).Misses(k, routes, then), "but behind what it was sent itself it may be")
}

func TestScansAreAskedByTheNearestOneThatSaw(t *testing.T) {
	cart := func(s *Sight) { s.Detail = &Detail{Routes: []string{"https://a.test/cart"}} }
	home := func(s *Sight) { s.Detail = &Detail{Routes: []string{"https://a.test/"}} }
	half := func(day int, route string) *Scan {
		s := seen(day)
		s.Covers = NewCoverage([]Look{{Route: "https://a.test/" + route, Consent: crawler.Accepted, Whole: 1}})
		return s
	}
	scans := []*Scan{half(0, "cart"), seen(1, flow("mix", "contact.email", home)), seen(2, flow("mix", "contact.email", cart)), half(3, "cart"), half(4, "")}
	var why []string
	for _, a := range Answers(scans, scans[1].Flows[0].FlowKey) {
		why = append(why, fmt.Sprint(a.Saw, " ", a.Why))
	}
	assert.Equal(t, []string{"false page-not-visited", "true ", "true ", "false ", "false page-not-visited"}, why)
}
