package record

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record/cause"
)

// stackOf is the call stack of a script in chained, with those that its own was asked for by.
func stackOf(i, deep, line int) map[string]any {
	if i < 0 || deep == 0 {
		return nil
	}
	s := map[string]any{"callFrames": []map[string]any{{"functionName": "f", "scriptId": fmt.Sprint(i), "url": fmt.Sprintf("https://v%d.test/s.js", i), "lineNumber": line, "columnNumber": 7}}}
	if by := stackOf(i-1, deep-1, 3); by != nil {
		by["description"] = "PendingScript"
		s["parent"] = by
	}
	return s
}

// chained tells the recorder of a page whose scripts each load the next, and send so many requests.
func chained(t testing.TB, r *Recorder, scripts, requests int) {
	t.Helper()
	const deep = 33 // a stack and as many before it as Chrome is asked to remember
	send := func(id, url, kind string, initiator map[string]any) {
		b, err := json.Marshal(map[string]any{"requestId": id, "loaderId": "L", "documentURL": "https://shop.test/", "type": kind, "timestamp": 1, "frameId": "T",
			"request": map[string]any{"url": url, "method": "GET", "headers": map[string]any{"Referer": "https://shop.test/"}}, "initiator": initiator})
		require.NoError(t, err)
		r.tell("Network.requestWillBeSent", string(b))
	}
	r.tell("Page.frameNavigated", `{"frame":{"id":"T","loaderId":"L","url":"https://shop.test/"}}`)
	send("L", "https://shop.test/", "Document", map[string]any{"type": "other"})
	for i := range scripts {
		in := map[string]any{"type": "parser", "url": "https://shop.test/"}
		if i > 0 {
			in = map[string]any{"type": "script", "stack": stackOf(i-1, deep, 3)}
		}
		url := fmt.Sprintf("https://v%d.test/s.js", i)
		send(fmt.Sprint("s", i), url, "Script", in)
		r.tell("Debugger.scriptParsed", fmt.Sprintf(`{"scriptId":"%d","url":"%s","hash":"h%d","length":10,"executionContextAuxData":{"frameId":"T","type":"default"}}`, i, url, i))
	}
	for i := range requests {
		st := stackOf(i%scripts, deep, 10)
		if i%2 == 1 && st["parent"] != nil {
			st["callFrames"] = []any{} // put off to the end of the script
		}
		send(fmt.Sprint(i), fmt.Sprintf("https://col.test/hit?%d", i), "Image", map[string]any{"type": "script", "stack": st})
	}
}

// What a tab is told with needs no lock: its numbers are given, and its causes explained, while others may hold it for ever.
func TestTabsAreToldWithoutTheLock(t *testing.T) {
	r, tab := newTestTab()
	numbered := 0
	r.o.NextID = func(kind string) string {
		require.True(t, r.mu.TryLock(), "the lock is held while a tab is told")
		defer r.mu.Unlock()
		numbered++
		return fmt.Sprint(kind, numbered)
	}
	chained(t, r, 20, 50)
	events, _ := tab.Release(t.Context())
	r.mu.Lock() // whoever needs it waits for ever now
	defer r.mu.Unlock()
	last := crawler.Event{}
	n := 0
	for ev := range events {
		if n++; ev.Request != nil {
			last = ev
		}
	}
	assert.Equal(t, 91, n)
	assert.Equal(t, 91, numbered)
	require.NotNil(t, last.Request)
	chain := last.Request.Initiator.Chain
	require.NotEmpty(t, chain)
	assert.Equal(t, crawler.Cause{URL: "https://v9.test/s.js", Kind: "script"}, chain[0])
	assert.Equal(t, "https://shop.test/", chain[len(chain)-1].URL)
}

// What is done under the lock does not look at causes at all, and leaves nothing in the recorder that refers to what it took.
func TestNothingIsExplainedUnderTheLock(t *testing.T) {
	r, tab := newTestTab()
	chained(t, r, 20, 50)
	a := tab.take(true, false)
	assert.Nil(t, a.chains)
	for _, h := range a.order {
		require.Nil(t, h.reason)
	}
	assert.Empty(t, r.tabs)
	assert.Empty(t, r.requests, "nothing there refers to what was taken")
	assert.Empty(t, r.frames)
}

// A service worker works on for other tabs while the tab that started it is told.
func TestTabsAreToldAsTheyWere(t *testing.T) {
	r, tab := newTestTab()
	sw := &member{session: &chrome.Session{ID: "W"}, tab: tab, info: targetInfo{ID: "TW", Type: "service_worker", URL: "https://shop.test/sw.js"}, scripts: map[cause.ScriptID]*cause.Script{}}
	r.members["W"], r.targets["TW"] = sw, sw
	r.tell("Page.frameNavigated", `{"frame":{"id":"T","loaderId":"L","url":"https://shop.test/"}}`)
	tell := func(method, format string, args ...any) {
		r.on(chrome.Event{Session: "W", Method: method, Params: jsonv2.Value(fmt.Sprintf(format, args...))})
	}
	run := func(i int) {
		tell("Debugger.scriptParsed", `{"scriptId":"1","url":"https://shop.test/sw.js?%d","hash":"h%d","length":10,"executionContextAuxData":{}}`, i, i)
	}
	run(0)
	tell("Network.requestWillBeSent", `{"requestId":"1","type":"Fetch","timestamp":1,"request":{"url":"https://col.test/hit","method":"GET","headers":{}},
		"initiator":{"type":"script","stack":{"callFrames":[{"functionName":"f","scriptId":"1","url":"https://shop.test/sw.js?0","lineNumber":0,"columnNumber":0}]}}}`)
	next := second(r, "next", "https://shop.test/next")
	events, _ := tab.Release(t.Context())
	var others sync.WaitGroup
	others.Go(func() {
		for i := range 100 {
			run(i + 1)
			tell("Target.targetInfoChanged", `{"targetInfo":{"targetId":"TW","type":"service_worker","url":"https://shop.test/sw.js?new%d"}}`, i)
		}
	})
	for ev := range events {
		if q := ev.Request; q != nil {
			assert.Equal(t, "https://shop.test/sw.js", q.Target.URL)
			assert.Equal(t, []crawler.Cause{{URL: "https://shop.test/sw.js?0", Function: "f", Line: 1, Column: 1, Kind: "script"},
				{URL: "https://shop.test/sw.js", Kind: "worker"}}, q.Initiator.Chain)
		} else {
			assert.Equal(t, "h0", ev.Script.SHA256)
		}
	}
	others.Wait()
	assert.Len(t, next.scripts, 100)
}

// What one tab told as not sent, and the log has later, is told with another: as that which asked for it had explained it, which may be
// under way.
func TestWhatATabOwesIsExplainedByIt(t *testing.T) {
	r, tab := newTestTab()
	r.wire = logged(0)
	tab.meta.Page = "gone"
	r.tell("Network.requestWillBeSent", `{"requestId":"1","loaderId":"L","documentURL":"https://shop.test/","type":"Ping","timestamp":1,"request":{"url":"https://v.test/hit","method":"POST","headers":{}},"frameId":"T",
		"initiator":{"type":"script","stack":{"callFrames":[{"functionName":"f","scriptId":"9","url":"https://v.test/v.js","lineNumber":0,"columnNumber":0}]}}}`)
	tab.paused(&paused{ID: "f1", NetworkID: "1", Request: wireRequest{URL: "https://v.test/hit", Method: "POST"}, Type: "Ping", Frame: "T"}, tab.main)
	r.tell("Network.loadingFailed", `{"requestId":"1","timestamp":2,"errorText":"net::ERR_ABORTED","canceled":true}`)
	first := tab.take(true, false)
	require.Len(t, tab.owed, 1)

	next := second(r, "next", "https://shop.test/next")
	r.wire = logged(0,
		`URL_REQUEST_START_JOB 5 {"method":"POST","url":"https://v.test/hit","network_isolation_key":"https://shop.test https://shop.test"}`,
		`HTTP_TRANSACTION_SEND_REQUEST_HEADERS 5 {"headers":["Content-Type: text/plain"]}`,
	)
	then := next.take(true, false)
	then.number(r.o.NextID)
	require.Len(t, then.paid, 1)
	var late *crawler.Request
	var wait sync.WaitGroup
	wait.Go(func() { late = then.paid[0].request() })
	first.number(r.o.NextID)
	first.settle()
	close(tab.settled)
	wait.Wait()
	assert.Equal(t, "gone", late.Page)
	assert.Equal(t, "ping", late.Type)
	require.NotEmpty(t, late.Initiator.Chain)
	assert.Equal(t, "https://v.test/v.js", late.Initiator.Chain[0].URL)
}

// 10,000 requests over 2,000 scripts that load one another, and half and twice as many of each: what it takes to tell a tab, and for how
// long of that the lock is held.
func BenchmarkRelease(b *testing.B) {
	for _, n := range []int{1, 2, 4} {
		scripts, requests := 1000*n, 5000*n
		b.Run(fmt.Sprintf("%d_over_%d", requests, scripts), func(b *testing.B) {
			var under, all time.Duration
			for b.Loop() {
				b.StopTimer()
				r, tab := newTestTab()
				r.o.MaxRequests = 1_000_000
				chained(b, r, scripts, requests)
				b.StartTimer()
				begun := time.Now()
				a := tab.take(true, false)
				under = max(under, time.Since(begun))
				a.number(r.o.NextID)
				a.settle()
				told := 0
				for range a.events() {
					told++
				}
				all += time.Since(begun)
				require.Equal(b, scripts+requests+1+scripts, told)
			}
			b.ReportMetric(float64(all.Nanoseconds())/float64(b.N*(scripts+requests)), "ns/request")
			b.ReportMetric(float64(under.Microseconds())/1000, "ms-locked-max")
		})
	}
}
