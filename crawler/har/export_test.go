package har

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// An export holds everything that the run knows, but for screenshots and documents.
func TestExportsComeBack(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 123456000, time.UTC)
	run := &crawler.Run{Schema: crawler.Schema, ID: "0123456789abcdef", Tool: "tagscan 1.2.3", Seeds: []string{"https://shop.test/"}, Started: at,
		Browser: crawler.Browser{Product: "Chrome/156.0", Kind: "chrome"}, Options: map[string]string{"depth": "2"}, FirstParty: []string{"shop-cdn.test"},
		Persona: map[string][]string{"email": {"jo@doe.test"}}, Deviations: []string{"insecure"}}
	page := &crawler.Page{ID: "p1", Task: crawler.Task{URL: "https://shop.test/", Route: "https://shop.test/", Profile: "accepted", Consent: crawler.Accepted, Depth: 1, Via: "seed"},
		URL: "https://shop.test/", Title: "Shop", Outcome: crawler.Partial, Reason: "timeout: x", Status: 200, Started: at, Ended: at.Add(time.Second), Loaded: at.Add(time.Millisecond),
		Links: []string{"https://shop.test/a"}, Clock: crawler.Clock{Mode: "virtual"},
		Dialog: &crawler.Dialog{Seen: true, Platform: "x", Action: crawler.Accepted, At: at, Verified: true, State: "accepted", Again: true, Recorded: crawler.Accepted},
		Counts: crawler.Completeness{Events: 9, Requests: 3, Targets: 1, BodiesMissing: 1}, Reach: []crawler.Reach{{Frame: "https://shop.test/", Fields: []string{"email//e"}}},
		Facts: crawler.SiteFacts{Emails: []string{"info@shop.test"}}, Observed: map[string][]string{"full_name": {"Jo Doe"}}, Typed: map[string][]string{"email": {"jo@doe.test"}},
		Gaps: []crawler.Gap{{Kind: crawler.GapDialog, Page: "p1", Text: "x"}}}
	asked := &crawler.Request{ID: "r1", Page: "p1", PageURL: page.URL, Profile: "accepted", Consent: crawler.Accepted, Route: "https://shop.test/", Phase: crawler.Typing,
		URL: "https://t.test/c", Method: "POST", Headers: []crawler.Header{{Name: "Content-Length", Value: "900"}, {Name: "Content-Encoding", Value: "x-acme"}}, Type: "fetch",
		Body: crawler.NewBody([]byte("e=1")), Frame: crawler.Frame{ID: "F", URL: "https://v.test/", Parent: "M"}, Target: crawler.Target{ID: "T", Type: "iframe"},
		Initiator: crawler.Initiator{Type: "script", Chain: []crawler.Cause{{Function: "f", Line: 1, Column: 2, Script: "ab", Kind: "inline"}, {URL: "https://g.test/", Async: "worker", Kind: "worker"}}},
		Time:      at, PageTime: 5 * time.Second, Redirect: "r0", Source: "both",
		Response: &crawler.Response{Status: 200, Proto: "h2", Address: "[::1]:443", MIME: "text/html", Headers: []crawler.Header{{Name: "Set-Cookie", Value: "id=7; Path=/"}}, Duration: time.Millisecond, FromCache: "disk"}}
	nobody := &crawler.Request{ID: "r2", URL: "https://t.test/left", Method: "POST", Type: "ping", Initiator: crawler.Initiator{Type: "other"}, Time: at, Unseen: "the page was gone", Source: "netlog"}
	socket := &crawler.Request{ID: "r3", Page: "p1", URL: "wss://t.test/", Method: "GET", Type: "websocket", Initiator: crawler.Initiator{Type: "other"}, Time: at, Source: "network",
		Messages: []crawler.Message{{Sent: true, Time: at, Opcode: 1, Data: crawler.NewBody([]byte{0xff})}, {Time: at, Opcode: 2, Data: crawler.Body{Size: 90, Inline: []byte{1, 2}, SHA256: "cd", Cut: true}}}}
	silent := &crawler.Request{ID: "r4", Page: "p1", URL: "wss://u.test/", Method: "GET", Type: "websocket", Initiator: crawler.Initiator{Type: "other"}, Time: at, Source: "network"}
	stored := &crawler.Request{ID: "r5", URL: "https://t.test/never", Method: "POST", Body: crawler.Body{Size: 5, SHA256: "never"}, NotSent: true, Failed: "net::ERR_NAME_NOT_RESOLVED"}
	events := []crawler.Event{
		{Seq: 1, Time: at, Run: run}, {Request: asked}, {Request: nobody}, {Request: socket}, {Request: silent},
		{Script: &crawler.Script{ID: "s1", Page: "p1", URL: "https://g.test/", SHA256: "ab", Size: 3, Kind: "external"}},
		{Cookie: &crawler.Cookie{Page: "p1", Profile: "accepted", Consent: crawler.Accepted, Name: "id", Value: "7", Domain: "shop.test", SetBy: "r1"}},
		{Storage: &crawler.Storage{Page: "p1", Origin: "https://shop.test", Area: "local", Key: "k", Value: "v"}},
		{Gap: &crawler.Gap{Kind: crawler.GapVisitorUnknown, Request: "r2", Count: 2, Text: "x"}}, {Note: &crawler.Note{Level: "info", Kind: "end", Text: "x"}},
		{Request: stored}, {Page: page},
	}
	var out bytes.Buffer
	require.NoError(t, Write(&out, seqOf(events...), kept{"never": []byte("never")}))
	checkSchema(t, out.Bytes())
	stored.Body = crawler.NewBody([]byte("never"))

	got := readAll(t, Read(bytes.NewReader(out.Bytes())))
	require.Len(t, got, len(events), "nothing is added and nothing lost")
	for i := range events {
		got[i].Seq, got[i].Time, events[i].Seq, events[i].Time = 0, time.Time{}, 0, time.Time{}
	}
	assertAll(t, events, got)
	assert.NotNil(t, got[0].Run)
	assert.NotNil(t, got[len(got)-1].Page)
	assert.Equal(t, got, noTimes(readAll(t, Read(&out))), "as a stream, too")
}

// assertAll finds every event in the list; requests by their id, so that a difference can be read.
func assertAll(t *testing.T, want, list []crawler.Event) {
	t.Helper()
	byID := map[string]*crawler.Request{}
	for _, r := range requestsOf(list) {
		byID[r.ID] = r
	}
	for _, ev := range want {
		if ev.Request != nil {
			assert.Equal(t, ev.Request, byID[ev.Request.ID])
			continue
		}
		assert.Contains(t, list, ev)
	}
}

func noTimes(list []crawler.Event) []crawler.Event {
	for i := range list {
		list[i].Seq, list[i].Time = 0, time.Time{}
	}
	return list
}

// What was read from another tool's HAR and is written again says no more and no less.
func TestForeignHARsSurviveAnExport(t *testing.T) {
	in := har(`{"id":"1","title":"https://shop.test/"}`, strings.Join([]string{
		`{"pageref":"1","request":{"method":"POST","url":"https://a.test/","headers":[{"name":"Content-Length","value":"9"},{"name":"Cookie","value":"a=b"}],"bodySize":0},"response":{"status":200,"headers":[{"name":"Set-Cookie","value":"c=d"}]}}`,
		`{"_id":3,"pageref":"1","_resourceType":"script","request":{"method":"GET","url":"https://b.test/x.js"},"response":{"status":200,"content":{"mimeType":"text/javascript","text":"x()"}}}`,
		`{"pageref":"1","_fromCache":"disk","request":{"method":"GET","url":"https://b.test/y.png"}}`, `{"request":{}}`,
	}, ","))
	first := noTimes(readAll(t, Read(strings.NewReader(in))))
	var out bytes.Buffer
	require.NoError(t, Write(&out, seqOf(first...), nil))
	again := noTimes(readAll(t, Read(bytes.NewReader(out.Bytes()))))
	for i := range first {
		if r := first[i].Request; r != nil && r.Response != nil {
			r.Response.Body = crawler.Body{}
		}
	}
	for i := range again {
		if r := again[i].Request; r != nil && r.Response != nil {
			r.Response.Body = crawler.Body{}
		}
	}
	assert.ElementsMatch(t, first, again)
}

func TestExportsOfANewerTagscanAreRefused(t *testing.T) {
	var errs []error
	for _, err := range Read(strings.NewReader(`{"log":{"version":"1.2","_tagscan":{"run":{"schema":99}},"entries":[]}}`)) {
		errs = append(errs, err)
	}
	require.Len(t, errs, 1)
	assert.ErrorContains(t, errs[0], "use a newer tagscan")
}

// An export of an earlier tagscan knows less of its pages and nothing of its run.
func TestExportsOfAnEarlierTagscan(t *testing.T) {
	events := readAll(t, Read(strings.NewReader(har(`{"id":"p1","title":"https://shop.test/","_tagscan":{"title":"Shop","profile":"accepted","consent":"accepted","outcome":"partial","reason":"timeout"}}`,
		`{"_id":"r1","pageref":"p1","_tagscan":{"pageUrl":"https://shop.test/","consent":"accepted","source":"both"},"request":{"method":"POST","url":"https://a.test/","bodySize":9}}`))))
	page := pagesOf(events)[0]
	assert.Equal(t, crawler.Partial, page.Outcome)
	assert.Equal(t, crawler.Task{URL: "https://shop.test/", Profile: "accepted", Consent: crawler.Accepted, Via: "seed"}, page.Task)
	assert.Equal(t, crawler.Accepted, requestsOf(events)[0].Consent)
	assert.Empty(t, gapsOf(events))
	for _, ev := range events {
		assert.False(t, ev.Gap != nil && ev.Gap.Kind == crawler.GapHARConsent)
	}
}

func TestRandomRequestsComeBackWhole(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	var events []crawler.Event
	for i := range 100 {
		r := randomRequest(rnd, i)
		r.NotSent = i%5 == 0
		events = append(events, crawler.Event{Request: r})
	}
	var out bytes.Buffer
	require.NoError(t, Write(&out, seqOf(append([]crawler.Event{{Run: &crawler.Run{Schema: 1, Tool: "tagscan 1"}}}, events...)...), nil))
	assertAll(t, events, noTimes(readAll(t, Read(&out))))
}
