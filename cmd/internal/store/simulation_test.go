package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/breach"
	"github.com/tagscan/tagscan/report/conclude"
	"github.com/tagscan/tagscan/report/history"
)

// change is something that an invented site really changes.
type change struct {
	day                    int
	kind, state, recipient string
}

// changes are what happens to the site of TestSixtyDays, by day.
var changes = []change{
	{5, "flow", "new", "mixpanel"},      // the address, at first in clear
	{10, "recipient", "new", "hotjar"},  //
	{14, "flow", "new", "mixpanel"},     // the user id, after refusal
	{18, "flow", "new", "mixpanel"},     // the address, hashed
	{22, "recipient", "gone", "hotjar"}, //
	{26, "flow", "gone", "mixpanel"},    // the address in clear
	{30, "recipient", "new", "segment"}, //
	{35, "header", "gone", ""},          // the policy of contents
	{40, "recipient", "back", "hotjar"}, //
	{44, "flow", "back", "mixpanel"},    // the address in clear
	{50, "gap", "new", ""},              // a wall, from day 48 to 50
	{51, "gap", "gone", ""},             //
}

// night is one scan in the making.
type night struct {
	t     *testing.T
	w     *capture.Writer
	rnd   *rand.Rand
	day   int
	at    time.Time
	n     int
	state crawler.Consent
	page  string
	url   string
	route string
}

func (n *night) write(ev crawler.Event) {
	n.at = n.at.Add(time.Millisecond)
	ev.Time = n.at
	_, err := n.w.Write(ev)
	require.NoError(n.t, err)
}

// send is a request of the page in hand. by is the script that caused it.
func (n *night) send(url, by string) {
	n.n++
	r := &crawler.Request{
		ID: fmt.Sprint("r", n.n), Page: n.page, PageURL: n.url, Route: n.route, Profile: string(n.state), Consent: n.state, URL: url, Method: "GET",
		Type: "fetch", Time: n.at, Response: &crawler.Response{Status: 204},
	}
	if by != "" {
		r.Initiator = crawler.Initiator{Type: "script", Chain: []crawler.Cause{{URL: by, Kind: "script"}}}
	}
	n.write(crawler.Event{Request: r})
}

const (
	mixpanel = "https://api-js.mixpanel.com/track/?data="
	ads      = "https://securepubads.g.doubleclick.net/tag/js/gpt.js"
)

// visit visits one page: what the site sends on this day, and what comes and goes every day.
func (n *night) visit(path, route string) {
	n.n++
	n.page, n.url, n.route = fmt.Sprint("p", n.n), "https://shop.example"+path, "https://shop.example"+route
	task := crawler.Task{URL: n.url, Route: n.route, Profile: string(n.state), Consent: n.state}
	page := &crawler.Page{ID: n.page, Task: task, URL: n.url, Outcome: crawler.Complete, Status: 200, Started: n.at, Ended: n.at.Add(time.Second)}
	wall := n.day >= 48 && n.day <= 50 || n.day%7 == 3 && route == "/product/{n}" // a bad night for one kind of page is nothing new
	if wall {
		page.Outcome, page.Reason, page.Status = crawler.Blocked, "wall: a bot protection", 403
		n.write(crawler.Event{Page: page})
		return
	}
	headers := []crawler.Header{{Name: "Content-Type", Value: "text/html"}}
	if n.day < 35 {
		headers = append(headers, crawler.Header{Name: "Content-Security-Policy", Value: fmt.Sprintf("script-src 'self' 'nonce-%x'", n.rnd.Uint64())})
	}
	n.n++
	n.write(crawler.Event{Request: &crawler.Request{ID: fmt.Sprint("r", n.n), Page: n.page, PageURL: n.url, Route: n.route, Profile: string(n.state), Consent: n.state,
		URL: n.url, Method: "GET", Type: "document", Time: n.at, Response: &crawler.Response{Status: 200, Headers: headers}}})
	n.sent(route)
	n.noise()
	n.write(crawler.Event{Page: page})
}

// sent is what the site sends by its own will.
func (n *night) sent(route string) {
	event := func(props string) { n.send(mixpanel+`{"event":"x","properties":{"token":"t0k",`+props+`}}`, "") }
	if n.state == crawler.Accepted || n.day >= 14 && n.state == crawler.Rejected {
		event(`"$user_id":"u_19f3c2"`)
	}
	if n.state != crawler.Accepted {
		return
	}
	if n.day >= 5 && n.day < 26 || n.day >= 44 {
		event(`"$email":"jo.doe@example.org"`)
	}
	if n.day >= 18 {
		event(`"em":"` + emailHash + `"`)
	}
	if n.day >= 10 && n.day < 22 || n.day >= 40 {
		n.send("https://in.hotjar.com/api/v2/client/sites/1/visit-data?sv=7&mail=jo.doe%40example.org", "")
	}
	if n.day >= 30 && route == "/cart" {
		n.send("https://api.segment.io/v1/p?userId=u_19f3c2", "")
	}
}

// noise is what an auction brings: another bidder on every page, and an address that one visitor's experiment sends.
func (n *night) noise() {
	n.send(ads, "")
	n.send(fmt.Sprintf("https://sync.bidder-%d.example/s?r=%x", n.rnd.IntN(400), n.rnd.Uint64()), ads)
	if n.rnd.IntN(40) == 0 {
		n.send(fmt.Sprintf("https://experiment.example/e?lang=en&build=%x", n.rnd.Uint32()), "")
	}
}

// SHA-256 of jo.doe@example.org.
var emailHash = hashOf("jo.doe@example.org")

// nightly scans the site on one day, and judges it.
func nightly(t *testing.T, o conclude.Options, day int, dir string) *history.Scan {
	t.Helper()
	w, err := capture.Create(dir, capture.CreateOptions{Tool: "test"})
	require.NoError(t, err)
	n := &night{t: t, w: w, rnd: rand.New(rand.NewPCG(uint64(day), 5)), day: day, at: firstDay.AddDate(0, 0, day)}
	n.write(crawler.Event{Run: &crawler.Run{Schema: crawler.Schema, ID: fmt.Sprintf("%016x", day+1), Tool: "test", Seeds: []string{"https://shop.example/"}, Started: n.at}})
	for _, n.state = range []crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.Accepted} {
		product := 1 + n.rnd.IntN(900)
		for _, p := range [][2]string{{"/", "/"}, {fmt.Sprint("/product/", product), "/product/{n}"}, {fmt.Sprint("/product/", product+1), "/product/{n}"}, {"/cart", "/cart"}, {"/account", "/account"}} {
			n.visit(p[0], p[1])
		}
	}
	require.NoError(t, w.Close(capture.Ending{}))
	run, err := capture.Open(dir)
	require.NoError(t, err)
	c, err := o.Conclude(t.Context(), nil, conclude.Profile{Capture: run})
	require.NoError(t, err)
	headers, err := history.HeadersOf(run.Events())
	require.NoError(t, err)
	s := history.Remember("shop", c.Model.Run.ID, c.Model, history.Kept{Path: dir, Capture: "c0ffee"}, headers)
	return &s
}

// Sixty days of one site, with noise every day and twelve changes: each is told on its day, nothing twice, and at most two things
// that are none.
func TestSixtyDays(t *testing.T) {
	catalog, err := recipient.Default()
	require.NoError(t, err)
	o := conclude.Options{Tool: "test", Catalog: catalog, Now: firstDay, Persona: rule.Persona{"email": {"jo.doe@example.org"}, "user_id": {"u_19f3c2"}}}
	s, _ := opened(t)
	var scans []*history.Scan
	told, untrue := map[change]int{}, []string{}
	seen := map[string]bool{}
	for day := range 60 {
		x := nightly(t, o, day, filepath.Join(t.TempDir(), "run"))
		scans = append(scans, x)
		news, fresh, err := s.Import(t.Context(), x, x.At.Add(time.Hour), "test")
		require.NoError(t, err)
		require.True(t, fresh)
		for _, n := range news {
			line := fmt.Sprintf("day %d: %s %s %s: %s", day, n.Kind, n.State, n.Key, n.Text)
			assert.False(t, seen[line], line)
			seen[line] = true
			c := change{day, n.Kind, n.State, n.Recipient}
			if !slices.Contains(changes, c) {
				untrue = append(untrue, line)
			}
			told[c]++
			assert.NotContains(t, line, "jo.doe", "no value is told")
		}
	}
	for _, c := range changes {
		assert.Equal(t, 1, told[c], "%+v", c)
	}
	assert.LessOrEqual(t, len(untrue), 2, "%q", untrue)

	kept, err := s.Scans(t.Context(), Filter{Recipients: []string{"mixpanel"}})
	require.NoError(t, err)
	q := breach.Question{Asked: "mixpanel", IDs: []string{"mixpanel"}}
	assert.Equal(t, breach.Answer(q, tell(scans)), breach.Answer(q, kept), "breach day, from the store as from the runs")
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
