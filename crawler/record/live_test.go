package record

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/target"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record/cause"
	"github.com/tagscan/tagscan/crawler/record/netlog"
	"github.com/tagscan/tagscan/crawler/record/netlog/netlogtest"
)

// newTestTab is a tab of a recorder without a browser.
func newTestTab() (*Recorder, *Tab) {
	r := &Recorder{o: LiveOptions{}.withDefaults(), members: map[string]*member{}, targets: map[string]*member{}, frames: map[string]*frame{}, requests: map[string]*flow{}}
	m := &member{session: &chrome.Session{ID: "S"}, info: targetInfo{ID: "T", Type: "page"}, scripts: map[cause.ScriptID]*cause.Script{}}
	t := newTab(r, m)
	m.tab = t
	r.members["S"], r.tabs = m, []*Tab{t}
	return r, t
}

func (r *Recorder) tell(method, params string) {
	r.on(chrome.Event{Session: "S", Method: method, Params: jsonv2.Value(params)})
}

// logged is a network log of events that are so old.
func logged(ago time.Duration, events ...string) *netlog.Log {
	l := netlog.New(netlog.Options{Now: func() time.Time { return time.Now().Add(-ago) }})
	_ = l.Read(strings.NewReader(netlogtest.Log(events...)))
	return l
}

// requestOf is what would be told of a hop if its tab were over now.
func requestOf(t *Tab, h *hop) *crawler.Request {
	a := t.account()
	a.number(t.r.o.NextID)
	return a.request(h)
}

// over ends the recording of a tab.
func (t *Tab) over() *account { return t.tell(true, false) }

// requests are those that an account tells of.
func (a *account) requests() (out []*crawler.Request) {
	for ev := range a.events() {
		if ev.Request != nil {
			out = append(out, ev.Request)
		}
	}
	return out
}

// A newer browser has words that nobody knows here. What it tells is recorded all the same.
func TestWordsOfANewerBrowserAreRead(t *testing.T) {
	r, tab := newTestTab()
	r.tell("Network.requestWillBeSent", `{"requestId":"1","loaderId":"L","documentURL":"https://shop.test/","type":"Hologram","hasUserGesture":"maybe","timestamp":1,"wallTime":1,
		"request":{"url":"https://v.test/hit","method":"QUERY","headers":{"X-A":"b"},"referrerPolicy":"never-heard-of","mixedContentType":"?","initialPriority":"Utmost"},"initiator":{"type":"telepathy"},"frameId":"T","new":{"a":[1]}}`)
	require.Len(t, tab.order, 1)
	h := tab.order[0]
	assert.Equal(t, "hologram", h.kind)
	assert.Equal(t, "QUERY", h.method)
	assert.Equal(t, []crawler.Header{{Name: "X-A", Value: "b"}}, h.headers)
	assert.Zero(t, tab.counts.DecodeFailed)
	assert.Equal(t, 1, tab.counts.Events)
}

// A script that tagscan runs in every document is not the page's, also where a page has it run by opening a window; one that only says
// that it is tagscan's is.
func TestOwnScriptsAreToldByTheirText(t *testing.T) {
	const text = "void 0\n//# sourceURL=tagscan://idle"
	r, tab := newTestTab()
	r.ownScripts = hashes([]string{text})
	for hash := range r.ownScripts {
		for i, hash := range []string{hash, "another"} {
			r.tell("Debugger.scriptParsed", fmt.Sprintf(`{"scriptId":"%d","url":"tagscan://idle","hasSourceURL":true,"hash":"%s","length":10,"executionContextAuxData":{"frameId":"T","type":"default"},
				"stackTrace":{"callFrames":[{"functionName":"f","scriptId":"9","url":"https://v.test/v.js","lineNumber":0,"columnNumber":0}]}}`, i, hash))
		}
	}
	require.Len(t, tab.scripts, 1)
	assert.Equal(t, "another", tab.scripts[0].Hash)
}

// What cannot be read is counted: the page is not complete then.
func TestEventsThatCannotBeReadAreCounted(t *testing.T) {
	for name, params := range map[string]string{
		"another type":  `{"requestId":17,"request":{"url":"https://v.test/"}}`,
		"no object":     `[]`,
		"broken":        `{"requestId":"1","request":{"url":"https://v.test`,
		"object as URL": `{"requestId":"1","request":{"url":{}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			r, tab := newTestTab()
			r.tell("Network.requestWillBeSent", params)
			assert.Equal(t, 1, tab.counts.DecodeFailed)
			assert.False(t, tab.counts.Full())
		})
	}
}

// The limits of a tab are stated, never silent.
func TestLimitsAreStated(t *testing.T) {
	r, tab := newTestTab()
	r.o.MaxRequests, r.o.MaxMessages = 2, 3
	for _, id := range []string{"1", "2", "3"} {
		r.tell("Network.requestWillBeSent", `{"requestId":"`+id+`","request":{"url":"https://v.test/`+id+`","method":"GET"},"type":"Image"}`)
	}
	assert.Len(t, tab.order, 2)
	assert.Equal(t, []string{"requests"}, tab.counts.CapsReached)

	r, tab = newTestTab()
	r.o.MaxMessages = 3
	r.tell("Network.webSocketCreated", `{"requestId":"w","url":"wss://v.test/live"}`)
	for range 5 {
		r.tell("Network.webSocketFrameSent", `{"requestId":"w","response":{"opcode":1,"payloadData":"x"}}`)
	}
	assert.Len(t, tab.order[0].messages, 3)
	assert.Equal(t, 5, tab.counts.Messages)
	assert.Equal(t, []string{"messages of wss://v.test/live"}, tab.counts.CapsReached)
}

// second opens another tab in the recorder of newTestTab.
func second(r *Recorder, page, url string) *Tab {
	m := &member{session: &chrome.Session{ID: target.SessionID("S" + page)}, info: targetInfo{ID: "T" + page, Type: "page"}, scripts: map[cause.ScriptID]*cause.Script{}}
	t := newTab(r, m)
	m.tab = t
	t.Begin(Meta{Page: page, Task: crawler.Task{Profile: "of " + page}})
	t.opened = time.Now().Add(-time.Second)
	r.members["S"+page] = m
	r.on(chrome.Event{Session: m.session.ID, Method: "Page.frameNavigated", Params: jsonv2.Value(`{"frame":{"id":"T` + page + `","url":"` + url + `"}}`)})
	return t
}

// What only the log knows, such as reports, belongs to the page that it speaks of, also once that is told already.
func TestReportsBelongToTheirPage(t *testing.T) {
	upload := func(url string) *netlog.Log {
		site := url[:strings.LastIndexByte(url, '/')]
		return logged(0,
			`URL_REQUEST_START_JOB 5 {"method":"POST","url":"https://v.test/report","network_isolation_key":"`+site+` `+site+`"}`,
			`HTTP_STREAM_REQUEST_BOUND_TO_JOB 5 {"source_dependency":{"id":8,"type":17}}`,
			`SOCKET_POOL_BOUND_TO_SOCKET 8 {"source_dependency":{"id":9,"type":10}}`,
			`HTTP_TRANSACTION_SEND_REQUEST_HEADERS 5 {"headers":["Content-Type: application/reports+json"],"line":"POST /report HTTP/1.1\r\n"}`,
			netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, []byte("POST /report HTTP/1.1\r\n\r\n"+`[{"type":"csp-violation","url":"`+url+`"}]`)),
		)
	}
	r, _ := newTestTab()
	r.tabs = nil
	told := func(tab *Tab, log *netlog.Log) (out []*crawler.Request) {
		r.wire, tab.order = log, nil
		tab.testify(true, false)
		for _, h := range tab.order {
			out = append(out, requestOf(tab, h))
		}
		return out
	}
	a, b := second(r, "a", "https://shop.test/a"), second(r, "b", "https://shop.test/b#top")
	elsewhere := second(r, "c", "https://other.test/a")

	w := upload("https://shop.test/a")
	assert.Empty(t, told(elsewhere, w))
	assert.Empty(t, told(b, w), "it is the newest, but the report is on another page")
	got := told(a, w)
	require.Len(t, got, 1)
	assert.Equal(t, "a", got[0].Page)
	got = told(elsewhere, upload("https://other.test/of-a-frame"))
	require.Len(t, got, 1)
	assert.Equal(t, "c", got[0].Page, "no other page of its site was there")

	got = told(b, upload("https://shop.test/nobody-knows"))
	require.Len(t, got, 1)
	assert.Empty(t, got[0].Page, "two pages may have sent it")
	assert.Equal(t, "https://shop.test/", got[0].PageURL)

	fetched := func(url, referer string, ago time.Duration) *netlog.Log {
		return logged(ago,
			`URL_REQUEST_START_JOB 5 {"method":"GET","url":"`+url+`","network_isolation_key":"https://shop.test https://shop.test"}`,
			`HTTP_TRANSACTION_SEND_REQUEST_HEADERS 5 {"headers":["Referer: `+referer+`"],"line":"GET / HTTP/1.1\r\n"}`,
		)
	}
	assert.Empty(t, told(a, fetched("https://shop.test/sw.js", "https://shop.test/a", 100*time.Millisecond)), "the protocol may be late to tell it of b")
	a.opened, b.opened = time.Now().Add(-time.Minute), time.Now().Add(-time.Minute)
	assert.Len(t, told(a, fetched("https://shop.test/sw.js", "https://shop.test/a", 20*time.Second)), 1)
	home := second(r, "home", "https://shop.test/")
	home.opened = a.opened.Add(-time.Second)
	r.tabs = []*Tab{home, a, b}
	assert.Len(t, told(home, fetched("https://shop.test/sw.js", "https://shop.test/", 20*time.Second)), 1)
	got = told(home, fetched("https://v.test/hop", "https://shop.test/", 20*time.Second))
	require.Len(t, got, 1)
	assert.Empty(t, got[0].Page, "a referrer that is an origin is not the home page")
	r.wire = nil
	home.over()
	a.over()
	got = told(b, upload("https://shop.test/a"))
	require.Len(t, got, 1)
	assert.Equal(t, "a", got[0].Page)
	assert.Equal(t, "of a", got[0].Profile)
	assert.Equal(t, "https://shop.test/a", got[0].PageURL)
}

// hits is a log of beacons to one address, in this order, each with its body.
func hits(bodies ...string) *netlog.Log {
	var events []string
	for i, body := range bodies {
		id, job, socket := 100+i, 200+i, 300+i
		events = append(events,
			fmt.Sprintf(`URL_REQUEST_START_JOB %d {"method":"POST","url":"https://v.test/hit","network_isolation_key":"https://shop.test https://shop.test"}`, id),
			fmt.Sprintf(`HTTP_STREAM_REQUEST_BOUND_TO_JOB %d {"source_dependency":{"id":%d}}`, id, job),
			fmt.Sprintf(`SOCKET_POOL_BOUND_TO_SOCKET %d {"source_dependency":{"id":%d}}`, job, socket),
			fmt.Sprintf(`HTTP_TRANSACTION_SEND_REQUEST_HEADERS %d {"headers":["Content-Length: %d","Cookie: of=%s"]}`, id, len(body), body),
			netlogtest.Sent("SSL_SOCKET_BYTES_SENT", socket, []byte("POST /hit HTTP/1.1\r\n\r\n"+body)),
		)
	}
	return logged(0, events...)
}

// beacon is what Fetch tells of one.
func beacon(id, frame, body string) *paused {
	p := &paused{ID: "fetch" + id, NetworkID: id, Frame: frame, Type: "Ping", Request: wireRequest{URL: "https://v.test/hit", Method: "POST", HasPostData: true}}
	if body == "" {
		return p
	}
	p.Request.PostDataEntries = append(p.Request.PostDataEntries, struct {
		Bytes string `json:"bytes"`
	}{base64.StdEncoding.EncodeToString([]byte(body))})
	return p
}

// announce has a page's session tell of a beacon, which its page gives up by going.
func announce(r *Recorder, session, id, frame string) {
	tell := func(method, params string) {
		r.on(chrome.Event{Session: target.SessionID(session), Method: method, Params: jsonv2.Value(params)})
	}
	tell("Network.requestWillBeSent", `{"requestId":"`+id+`","loaderId":"L","documentURL":"https://shop.test/","type":"Ping","timestamp":1,"frameId":"`+frame+`",
		"request":{"url":"https://v.test/hit","method":"POST","headers":{},"hasPostData":true},
		"initiator":{"type":"script","stack":{"callFrames":[{"functionName":"f","scriptId":"9","url":"https://v.test/v.js","lineNumber":0,"columnNumber":0}]}}}`)
	tell("Network.loadingFailed", `{"requestId":"`+id+`","timestamp":2,"errorText":"net::ERR_ABORTED","canceled":true}`)
}

// A beacon that its page gave up by going may reach the wire later: it is waited for, and told as the page's also when it comes later
// still.
func TestLateBeaconsBelongToTheirPage(t *testing.T) {
	r, tab := newTestTab()
	r.wire = logged(0)
	tab.Begin(Meta{Page: "gone"})
	r.tabs = r.tabs[1:]
	announce(r, "S", "1", "T")
	assert.Equal(t, 1, tab.onTheirWay(1), "its body is yet to be told")
	tab.paused(beacon("1", "T", "bye"), tab.main)
	require.Len(t, tab.order, 1)
	assert.Equal(t, 1, tab.onTheirWay(1), "given up, but it may be sent all the same")
	tab.order[0].sent = time.Now().Add(-goneWait)
	assert.Zero(t, tab.onTheirWay(1), "it is not waited for any longer")
	assert.Equal(t, 1, tab.onTheirWay(2), "but on a busy machine")

	r.wire = logged(0,
		`URL_REQUEST_START_JOB 5 {"method":"POST","url":"https://v.test/hit","network_isolation_key":"https://shop.test https://shop.test"}`,
		`HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS 5 {"headers":[":method: POST"]}`,
	)
	assert.Equal(t, 1, tab.onTheirWay(1), "its head is made and may be written at any moment")
	r.wire = logged(0)
	got := tab.over().requests()
	require.Len(t, got, 1)
	assert.True(t, got[0].NotSent)

	next := second(r, "next", "https://shop.test/next")
	r.wire = hits("bye")
	got = next.over().requests()
	require.Len(t, got, 1)
	assert.Equal(t, "gone", got[0].Page)
	assert.False(t, got[0].NotSent)
	assert.Equal(t, "bye", string(got[0].Body.Inline))
	assert.Equal(t, "ping", got[0].Type)
	require.NotEmpty(t, got[0].Initiator.Chain)
	assert.Equal(t, "https://v.test/v.js", got[0].Initiator.Chain[0].URL)
	assert.Empty(t, tab.owed)
}

// Two visitors send to one address at one time. Each has the beacon that the log says is its, and none has another's.
func TestEachHasItsOwnOfWhatTheLogHas(t *testing.T) {
	r, _ := newTestTab()
	r.tabs = nil
	a, b := second(r, "a", "https://shop.test/a"), second(r, "b", "https://shop.test/b")
	announce(r, "Sa", "1", "Ta")
	announce(r, "Sb", "2", "Tb")
	a.paused(beacon("1", "Ta", "aaaa"), a.main)
	b.paused(beacon("2", "Tb", "bbbb"), b.main)

	r.wire = hits("bbbb")
	got := a.over().requests()
	require.Len(t, got, 1)
	assert.True(t, got[0].NotSent, "the log has the other's alone")

	r.wire = hits("bbbb", "aaaa")
	got = b.over().requests()
	require.Len(t, got, 2)
	assert.Equal(t, "b bbbb of=bbbb", got[0].Page+" "+string(got[0].Body.Inline)+" "+crawler.HeaderValue(got[0].Headers, "Cookie"))
	assert.Equal(t, "a aaaa of=aaaa", got[1].Page+" "+string(got[1].Body.Inline)+" "+crawler.HeaderValue(got[1].Headers, "Cookie"), "it was late")
	assert.Equal(t, "of a", got[1].Profile)
}

// What Fetch tells once the page is told already is its frame's, and no other's, whoever is there; with a body for what was told
// without. A frame that nobody knows is no page's.
func TestWhatFetchTellsLateIsItsFrames(t *testing.T) {
	r, _ := newTestTab()
	r.tabs = nil
	gone, here := second(r, "gone", "https://shop.test/a"), second(r, "here", "https://shop.test/b")
	gone.states[0].since, here.states[0].since = gone.opened, here.opened
	announce(r, "Sgone", "1", "Tgone")
	r.wire = logged(0)
	got := gone.over().requests()
	require.Len(t, got, 1)
	assert.True(t, got[0].NotSent)

	stray := func(p *paused) { r.strays = append(r.strays, strayOf(p)) }
	stray(beacon("1", "Tgone", "first"))
	stray(beacon("7", "Tgone", "second"))
	stray(beacon("8", "Tnobodys", "third"))
	r.wire = hits("third", "second", "first")
	a := here.over()
	got = a.requests()
	told := map[string]string{}
	for _, q := range got {
		require.False(t, q.NotSent)
		told[string(q.Body.Inline)] = q.Page
		if string(q.Body.Inline) == "first" {
			assert.Equal(t, "https://v.test/v.js", q.Initiator.Chain[0].URL, "its page has said who sent it")
		}
	}
	assert.Equal(t, map[string]string{"first": "gone", "second": "gone", "third": ""}, told)
	assert.Zero(t, a.counts.Requests, "none is its own")
	var gaps []*crawler.Gap
	for ev := range a.events() {
		if ev.Gap != nil {
			gaps = append(gaps, ev.Gap)
		}
	}
	require.Len(t, gaps, 1)
	assert.Equal(t, crawler.GapVisitorUnknown, gaps[0].Kind, "two visitors use the browser")
	assert.Equal(t, crawler.Unknown, gaps[0].Consent)
	assert.Empty(t, gaps[0].Profile)
}

func strayOf(p *paused) stray { return stray{ev: p, at: time.Now().Add(-2 * strayWait)} }

// Where one visitor alone uses the browser, what is no page's is his.
func TestWhatIsNoPagesIsTheVisitors(t *testing.T) {
	for _, tt := range []struct {
		what string
		ago  time.Duration // since the visitor chose
		want crawler.Consent
		kind crawler.GapKind
	}{
		{"long after he chose", time.Minute, crawler.Accepted, crawler.GapPageUnknown},
		{"when he had just chosen", time.Second, crawler.Unknown, crawler.GapVisitorUnknown},
	} {
		t.Run(tt.what, func(t *testing.T) {
			r, _ := newTestTab()
			r.tabs = nil
			a, b := second(r, "a", "https://shop.test/a"), second(r, "b", "https://shop.test/b")
			r.visitors = []string{"accepted"}
			chose := strayOf(nil).at.Add(-tt.ago)
			a.opened, b.opened = chose.Add(-time.Hour), chose.Add(-time.Hour)
			a.states = []state{{crawler.Unasked, a.opened}, {crawler.Accepted, chose}}
			b.states = []state{{crawler.Accepted, chose}}
			r.strays = []stray{strayOf(beacon("8", "Tnobodys", "third"))}
			r.wire = hits("third")
			var gaps []*crawler.Gap
			for ev := range a.over().events() {
				switch {
				case ev.Gap != nil:
					gaps = append(gaps, ev.Gap)
				case ev.Request != nil:
					assert.Equal(t, "accepted", ev.Request.Profile)
					assert.Equal(t, tt.want, ev.Request.Consent)
					assert.Empty(t, ev.Request.Page)
				}
			}
			require.Len(t, gaps, 1)
			assert.Equal(t, tt.kind, gaps[0].Kind)
		})
	}
}

// Bodies that the log alone has are not guessed: of two pages that stream to one address at a time, neither is said to have sent
// either.
func TestStreamsOfTwoPagesAreNotGuessed(t *testing.T) {
	streams := func() *netlog.Log {
		var events []string
		for i, body := range []string{"one", "two"} {
			events = append(events,
				fmt.Sprintf(`URL_REQUEST_START_JOB 10%d {"method":"POST","url":"https://v.test/hit","network_isolation_key":"https://shop.test https://shop.test"}`, i),
				fmt.Sprintf(`HTTP_STREAM_REQUEST_BOUND_TO_JOB 10%d {"source_dependency":{"id":20%d}}`, i, i),
				fmt.Sprintf(`SOCKET_POOL_BOUND_TO_SOCKET 20%d {"source_dependency":{"id":30%d}}`, i, i),
				fmt.Sprintf(`UPLOAD_DATA_STREAM_INIT 10%d {"is_chunked":true}`, i),
				fmt.Sprintf(`HTTP_TRANSACTION_SEND_REQUEST_HEADERS 10%d {"headers":[]}`, i),
				netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 300+i, []byte("POST /hit HTTP/1.1\r\n\r\n"+body)),
			)
		}
		return logged(0, events...)
	}
	for _, pages := range []int{1, 2} {
		r, _ := newTestTab()
		r.tabs, r.wire = nil, streams()
		tabs := []*Tab{second(r, "a", "https://shop.test/a"), second(r, "b", "https://shop.test/b")}
		for i := range 2 {
			tab := tabs[i%pages]
			tab.paused(beacon(fmt.Sprint(i), tab.main.info.ID, ""), tab.main)
		}
		told := map[string]string{}
		for _, tab := range tabs {
			for _, q := range tab.over().requests() {
				told[string(q.Body.Inline)] = q.Page
			}
		}
		if pages == 1 {
			assert.Equal(t, map[string]string{"one": "a", "two": "a"}, told)
		} else {
			assert.Equal(t, map[string]string{"one": "", "two": ""}, told)
		}
	}
}

// What the browser's own process sends for a page, such as fetchLater, it tells with the origin for a script and the address for a
// document: neither is.
func TestFetchLaterHasNoSender(t *testing.T) {
	network := func(r *Recorder, _ *Tab) {
		r.tell("Network.requestWillBeSent", `{"requestId":"1","loaderId":"L","documentURL":"https://v.test/later","type":"Fetch","timestamp":1,"request":{"url":"https://v.test/later","method":"POST","headers":{}},"frameId":"T",
		"initiator":{"type":"script","url":"https://shop.test/","lineNumber":0}}`)
	}
	fetch := func(_ *Recorder, tab *Tab) {
		tab.paused(&paused{ID: "f1", Request: wireRequest{URL: "https://v.test/later", Method: "POST"}, Type: "XHR", Frame: "T"}, tab.main)
	}
	for _, order := range [][]func(*Recorder, *Tab){{network, fetch}, {fetch, network}} {
		r, tab := newTestTab()
		r.tell("Page.frameNavigated", `{"frame":{"id":"T","loaderId":"L","url":"https://shop.test/cart"}}`)
		for _, tell := range order {
			tell(r, tab)
		}
		require.Len(t, tab.order, 1, "it is one request, though Network and Fetch have no common id for it")
		got := requestOf(tab, tab.order[0])
		assert.Equal(t, "both", got.Source)
		assert.Equal(t, "https://shop.test/cart", got.Frame.URL)
		assert.Equal(t, []crawler.Cause{{Kind: "unknown"}, {URL: "https://shop.test/cart", Kind: "document"}}, got.Initiator.Chain)
	}
}

// A request whose head was made and never written did not leave: it was given up before its turn on the connection came.
func TestUnwrittenHeadsAreNotClaimed(t *testing.T) {
	heads := []string{`URL_REQUEST_START_JOB 5 {"method":"POST","url":"https://v.test/hit","network_isolation_key":"https://shop.test https://shop.test"}`,
		`HTTP_STREAM_REQUEST_BOUND_TO_JOB 5 {"source_dependency":{"id":8,"type":17}}`, `HTTP2_SESSION_INITIALIZED 7 {"source_dependency":{"id":9,"type":10}}`,
		`HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS 5 {"headers":[":method: POST"]}`}
	for _, c := range []struct {
		what    string
		written bool
		since   time.Duration
		failed  string
		claimed bool
	}{
		{"written, and nobody answers", true, time.Second, "", true},
		{"not written yet", false, 0, "", true},
		{"not written in a long time", false, time.Second, "", false},
		{"given up before it was written", false, 0, "net::ERR_ABORTED", false},
	} {
		lines := heads
		if c.written {
			lines = append(slices.Clone(heads), `HTTP2_SESSION_SEND_HEADERS 7 {"stream_id":1,"source_dependency":{"id":8,"type":17}}`)
		}
		sent := logged(c.since, lines...).Deal(func(sent []*netlog.Request) []netlog.ID { return []netlog.ID{sent[0].ID} })
		require.Len(t, sent, 1, c.what)
		q := sent[0]
		assert.Equal(t, c.written, q.Written, c.what)
		h := &hop{network: true, kind: "fetch", log: q, failed: c.failed, flow: &flow{}}
		assert.Equal(t, c.claimed, !h.notSent(), c.what)
	}
}

// A page waits longer for what it consists of than for data, and does not count the time in which another tab's request for the same
// address goes first.
func TestWhatAPageWaitsFor(t *testing.T) {
	const patience = time.Second
	now := time.Now()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	tests := []struct {
		name   string
		h      hop
		other  *hop // of another tab
		strain float64
		want   bool
	}{
		{"data, soon", hop{kind: "fetch", sent: ago(900 * time.Millisecond)}, nil, 1, true},
		{"a long poll", hop{kind: "fetch", sent: ago(1100 * time.Millisecond)}, nil, 1, false},
		{"data on a busy machine", hop{kind: "fetch", sent: ago(1100 * time.Millisecond)}, nil, 2, true},
		{"an answer that nobody reads", hop{kind: "fetch", sent: ago(900 * time.Millisecond), answered: ago(500 * time.Millisecond)}, nil, 1, false},
		{"a script whose answer comes bit by bit", hop{kind: "script", sent: ago(900 * time.Millisecond), answered: ago(500 * time.Millisecond)}, nil, 1, true},
		{"a late script", hop{kind: "script", sent: ago(3 * time.Second)}, nil, 1, true},
		{"a script that never comes", hop{kind: "script", sent: ago(5 * time.Second)}, nil, 1, false},
		{"a script whose turn has not come", hop{kind: "script", sent: ago(5 * time.Second)}, &hop{sent: ago(6 * time.Second)}, 1, true},
		{"one whose turn came late", hop{kind: "script", sent: ago(5 * time.Second)}, &hop{sent: ago(6 * time.Second), answered: ago(3 * time.Second)}, 1, true},
		{"one whose turn came long ago", hop{kind: "script", sent: ago(7 * time.Second)}, &hop{sent: ago(8 * time.Second), answered: ago(5 * time.Second)}, 1, false},
		{"one that was asked for first", hop{kind: "script", sent: ago(5 * time.Second)}, &hop{sent: ago(4 * time.Second)}, 1, false},
		{"one that waits for ever for its turn", hop{kind: "script", sent: ago(9 * time.Second)}, &hop{sent: ago(10 * time.Second)}, 1, false},
		{"a beacon", hop{kind: "ping", sent: ago(time.Millisecond)}, nil, 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, tab := newTestTab()
			tt.h.tab, tt.h.url, tt.h.method = tab, "https://v.test/w.js", "GET"
			if o := tt.other; o != nil {
				_, beside := newTestTab()
				o.tab, o.url, o.method = beside, tt.h.url, tt.h.method
				beside.flows["o"] = &flow{hops: []*hop{o}}
				r.tabs = append(r.tabs, beside)
			}
			assert.Equal(t, tt.want, tt.h.blocks(now, patience, tt.strain))
		})
	}
}
