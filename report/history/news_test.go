package history

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
)

// newsLines are news as "scan kind state key".
func newsLines(news []News) []string {
	out := []string{}
	for _, n := range news {
		key := n.Key
		if n.Kind == ofFlow {
			key = n.Recipient + " " + string(n.Class)
		}
		out = append(out, fmt.Sprintf("%s %s %s %s", n.Scan, n.Kind, n.State, key))
	}
	return out
}

func doubtful(d Doubt) func(*Sight)         { return func(s *Sight) { s.Doubt = d } }
func severity(v rule.Severity) func(*Sight) { return func(s *Sight) { s.Severity = v } }

func TestNews(t *testing.T) {
	id := flow("ga", "online.client_id")
	mail := flow("ga", "contact.email")
	blind := func(day int) *Scan {
		s := seen(day)
		s.Blind = []Blind{{Kind: crawler.GapWall}}
		s.Covers = NewCoverage(nil)
		return s
	}
	judged := func(s *Scan) *Scan {
		s.Judged = true
		for i := range s.Flows {
			s.Flows[i].Fails = true
		}
		return s
	}
	header := func(s *Scan, value string) *Scan {
		s.Assets.Headers = []Header{{Route: "https://a.test/cart", Name: "content-security-policy", Value: value}}
		return s
	}
	says := func(s *Scan, ids ...string) *Scan {
		for _, id := range ids {
			s.Assets.Contradictions = append(s.Assets.Contradictions, Contradiction{ID: id, Recipient: "ga", Consent: crawler.Accepted, Severity: rule.High})
		}
		return s
	}
	made := func(s *Scan, catalog string) *Scan { s.Made.Catalog = catalog; return s }
	moved := func(s *Scan, id, host string) *Scan {
		p := met(id, crawler.Accepted)
		p.Detail.Hosts = []string{host}
		s.Parties = append(s.Parties, p)
		return s
	}
	script := func(s *Scan, sha string, d policy.ScriptDecision) *Scan {
		s.Assets.Scripts = append(s.Assets.Scripts, Script{URL: "https://v.test/v.js", SHA256: sha, Owner: "v", Route: "https://a.test/cart", Decision: d, Fails: d != policy.ScriptAllowed})
		return s
	}
	rare := func(d Doubt) Sight { return flow("ga", "contact.email", doubtful(d), severity(rule.Low)) }
	for what, c := range map[string]struct {
		scans []*Scan
		want  []string
	}{
		"the first scan is the base line": {[]*Scan{seen(0, id, mail), seen(1, id, mail)}, nil},
		"but what a policy fails is told": {[]*Scan{judged(seen(0, id)), judged(seen(1, id))}, []string{"r0 flow new ga online.client_id"}},
		"what a new policy fails is told": {[]*Scan{seen(0, id, mail), judged(seen(1, id, mail)), judged(seen(2, id, mail))},
			[]string{"r1 flow changed ga contact.email", "r1 flow changed ga online.client_id"}},
		"new, gone, back, each once": {[]*Scan{seen(0, id), seen(1, id, mail), seen(2, id, mail), seen(3, id), seen(4, id), seen(5, id, mail), seen(6, id, mail)},
			[]string{"r1 flow new ga contact.email", "r3 flow gone ga contact.email", "r5 flow back ga contact.email"}},
		"a new recipient is one message":             {[]*Scan{seen(0), seen(1, id, mail)}, []string{"r1 recipient new ga"}},
		"what could not be seen is not gone":         {[]*Scan{seen(0, id), blind(1), blind(2), seen(3, id)}, nil},
		"nor new after a scan that was blind":        {[]*Scan{blind(0), seen(1, id)}, nil},
		"three blind scans in a row are news, once":  {[]*Scan{seen(0, id), blind(1), blind(2), blind(3), blind(4), seen(5, id), blind(6)}, []string{"r3 gap new blind", "r5 gap gone blind"}},
		"one visit saw it, and it is not grave":      {[]*Scan{seen(0, id), seen(1, id, rare(Once)), seen(2, id), seen(3, id, rare(Once)), seen(4, id, rare(Once))}, []string{"r4 flow new ga contact.email"}},
		"one visit saw it, and it is grave":          {[]*Scan{seen(0, id), seen(1, id, flow("ga", "contact.email", doubtful(Once)))}, []string{"r1 flow new ga contact.email"}},
		"fresh visitors mostly did not see it":       {[]*Scan{seen(0, id), seen(1, id, rare(Unstable)), seen(2, id, rare(Unstable)), seen(3, id), seen(4, id, rare(Unstable))}, nil},
		"they mostly do not, and it is always there": {[]*Scan{seen(0, id), seen(1, id, rare(Unstable)), seen(2, id, rare(Unstable)), seen(3, id, rare(Unstable))}, []string{"r3 flow new ga contact.email"}},
		"a guess is no news":                         {[]*Scan{seen(0, id), seen(1, id, rare(Guess)), seen(2, id, rare(Guess)), seen(3, id, rare(Guess))}, nil},
		"a blind scan does not break a row":          {[]*Scan{seen(0, id), seen(1, id, rare(Once)), blind(2), seen(3, id, rare(Once))}, []string{"r3 flow new ga contact.email"}},
		"what comes and goes is told to be gone when it is missed longer than ever": {
			[]*Scan{seen(0, id, mail), seen(1, id), seen(2, id, mail), seen(3, id), seen(4, id, mail), seen(5, id), seen(6, id)},
			[]string{"r1 flow gone ga contact.email", "r2 flow back ga contact.email", "r6 flow gone ga contact.email"}},
		"it became graver": {[]*Scan{seen(0, flow("ga", "contact.email", severity(rule.Medium))), seen(1, mail), seen(2, flow("ga", "contact.email", severity(rule.Medium))), seen(3, mail)},
			[]string{"r1 flow changed ga contact.email"}},
		"a contradiction about consent comes and goes": {[]*Scan{seen(0, id), says(seen(1, id), "K1"), says(seen(2, id), "K1"), seen(3, id)},
			[]string{"r1 consent new K1 ga accepted", "r3 consent gone K1 ga accepted"}},
		"a header is lost and comes back; nonces and hashes are no news": {
			[]*Scan{header(seen(0, id), "script-src 'self' 'sha256-a'"), header(seen(1, id), "script-src 'self' 'sha256-b'"), header(seen(2, id), ""), header(seen(3, id), ""),
				header(seen(4, id), "script-src 'self' 'sha256-c'"), header(seen(5, id), "script-src *")},
			[]string{"r2 header gone content-security-policy /cart", "r4 header back content-security-policy /cart", "r5 header changed content-security-policy /cart"}},
		"scripts of the inventory": {
			[]*Scan{script(seen(0, id), "aa", policy.ScriptAllowed), script(seen(1, id), "bb", policy.ScriptAllowed), script(seen(2, id), "aa", policy.ScriptAllowed), script(seen(3, id), "bb", policy.ScriptUnlisted)},
			[]string{"r1 script changed bytes https://v.test/v.js", "r3 script new unlisted https://v.test/v.js https://a.test/cart"}},
		"a new catalog knows more of whom it knew":   {[]*Scan{made(seen(0, id), "1"), made(seen(1, id, mail), "2"), made(seen(2, id, mail), "2")}, nil},
		"a new catalog, and a recipient that is new": {[]*Scan{made(seen(0, id), "1"), made(seen(1, id, flow("mix", "contact.email")), "2")}, []string{"r1 recipient new mix"}},
		"the same hosts under another name":          {[]*Scan{moved(seen(0), "host.test", "h.host.test"), moved(seen(1), "hosty", "h.host.test"), moved(seen(2), "hosty", "h.host.test")}, nil},
		"a recipient that a kind of page brought":    {[]*Scan{seen(0, id), moved(seen(1, id), "cdn", "x.cdn.test"), seen(2, id)}, []string{"r1 recipient new cdn", "r2 recipient gone cdn"}},
		"the base line ends although all is blind":   {[]*Scan{blind(0), blind(1), blind(2), blind(3), seen(4, id)}, []string{"r2 gap new blind", "r4 gap gone blind", "r4 recipient new ga"}},
	} {
		got := newsLines(Replay(c.scans))
		slices.Sort(got)
		want := append([]string{}, c.want...)
		slices.Sort(want)
		assert.Equal(t, want, got, what)
	}
}

// told is what an import keeps of news.
func toldOf(news []News) []Told {
	var out []Told
	for _, n := range news {
		out = append(out, n.Told()...)
	}
	return out
}

// Scans that are remembered one by one, in whatever order, tell no state of one scan twice, and in the order of time exactly
// what a replay of all of them tells.
func TestNothingIsToldTwice(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		scans := randomScans(rnd, 12)
		var told []News
		for i, s := range scans {
			told = append(told, Untold(Replay(scans[:i+1]), toldOf(told), s.At)...)
		}
		require.Equal(t, newsLines(Replay(scans)), newsLines(told))
		require.Empty(t, Untold(Replay(scans), toldOf(told), scans[len(scans)-1].At))

		var kept []*Scan
		told = nil
		for _, i := range rnd.Perm(len(scans)) {
			kept = append(kept, scans[i])
			slices.SortFunc(kept, func(a, b *Scan) int { return a.At.Compare(b.At) })
			told = append(told, Untold(Replay(kept), toldOf(told), scans[i].At)...)
		}
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(newsLines(told)))), len(told), "each once: %v", newsLines(told))
	}
}

// randomScans are scans of a site with four things that come and go, and some bad luck.
func randomScans(rnd *rand.Rand, n int) []*Scan {
	var out []*Scan
	for day := range n {
		var flows []Sight
		for i, class := range []rule.Class{"contact.email", "account.user_id"} {
			if rnd.IntN(3) > 0 {
				flows = append(flows, flow("ga", class))
			}
			if rnd.IntN(4) == 0 {
				flows = append(flows, flow("mix", class, doubtful([]Doubt{Sure, Once, Unstable}[rnd.IntN(3)]), severity(rule.Severity(i+1))))
			}
		}
		s := seen(day, flows...)
		if rnd.IntN(4) == 0 {
			s.Blind = []Blind{{Kind: crawler.GapWall}}
		}
		out = append(out, s)
	}
	return out
}

func TestNewsHoldNoAddressWithoutItsKind(t *testing.T) {
	news := Replay([]*Scan{seen(0), seen(1, flow("ga", "contact.email"))})
	require.Len(t, news, 1)
	assert.Equal(t, "ga receives requests: contact.email to ga, after consent, on /, /cart", news[0].Text)
	assert.Equal(t, "{recipient: ga, class: contact.email, consent: accepted}", news[0].Allow)
	assert.Equal(t, rule.Class("contact.email"), news[0].Class)
	assert.False(t, strings.Contains(news[0].Text, "a.test"))
}

func TestHeadersOfDocuments(t *testing.T) {
	doc := func(id string, headers ...crawler.Header) crawler.Event {
		return crawler.Event{Request: &crawler.Request{ID: "r" + id, Page: id, Type: "document", Response: &crawler.Response{Status: 200, Headers: headers}}}
	}
	page := func(id string, o crawler.Outcome) crawler.Event {
		return crawler.Event{Page: &crawler.Page{ID: id, URL: "https://a.test/p", Task: crawler.Task{Route: "https://a.test/p"}, Outcome: o}}
	}
	html := crawler.Header{Name: "Content-Type", Value: "text/html"}
	csp := func(v string) crawler.Header { return crawler.Header{Name: "Content-Security-Policy", Value: v} }
	events := []crawler.Event{
		doc("1", html, csp("script-src 'nonce-abc'")), page("1", crawler.Complete),
		doc("2", html, csp("script-src 'nonce-def'")), page("2", crawler.Complete), doc("3", html), page("3", crawler.Blocked),
	}
	got, err := HeadersOf(func(yield func(crawler.Event, error) bool) {
		for _, ev := range events {
			if !yield(ev, nil) {
				return
			}
		}
	})
	require.NoError(t, err)
	require.Len(t, got, len(securityHeaders))
	assert.Equal(t, Header{"https://a.test/p", "content-security-policy", "script-src 'nonce-…'"}, got[0])
	assert.Empty(t, got[1].Value)
}
