package detect_test

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

// conclusions are all that is concluded about the events.
func conclusions(t *testing.T, cfg detect.Config, evs ...crawler.Event) []detect.Conclusion {
	t.Helper()
	run := analyzer(t, cfg).Open(detect.Capture{Events: func() iter.Seq2[crawler.Event, error] { return streamOf(evs...) }})
	var out []detect.Conclusion
	for c, err := range run.Conclude(context.Background(), nil) {
		require.NoError(t, err)
		out = append(out, c)
	}
	return out
}

func gapsOf(cs []detect.Conclusion) []crawler.Gap {
	var out []crawler.Gap
	for _, c := range cs {
		if c.Gap != nil {
			out = append(out, *c.Gap)
		}
	}
	return out
}

const collector = "https://t.tracker.net/c"

func TestEventsImplyGaps(t *testing.T) {
	page := func(o crawler.Outcome, status int, via, reason string) crawler.Event {
		return crawler.Event{Page: &crawler.Page{ID: "p", URL: "https://www.shop.example/a", Outcome: o, Status: status, Reason: reason,
			Task: crawler.Task{URL: "https://www.shop.example/a", Via: via, Consent: crawler.Rejected}}}
	}
	counted := page(crawler.Partial, 200, "link", "bodies: 1 request bodies could not be read; caps: too many requests")
	counted.Page.Counts = crawler.Completeness{NotAttached: 2, DecodeFailed: 1, BodiesMissing: 1, CapsReached: []string{"too many requests"}}
	walled := page(crawler.Blocked, 200, "link", "wall: a challenge")
	walled.Page.Gaps = []crawler.Gap{{Kind: crawler.GapWall, Text: "a challenge was shown"}}
	unseen := sent(crawler.Request{ID: "r", URL: collector, Page: "p", Unseen: "the browser did not tell the body"})
	for name, c := range map[string]struct {
		event crawler.Event
		want  []crawler.GapKind
	}{
		"complete":       {page(crawler.Complete, 200, "link", ""), nil},
		"partial":        {page(crawler.Partial, 200, "link", "timeout: settle"), []crawler.GapKind{crawler.GapPagePartial}},
		"failed":         {page(crawler.Failed, 0, "link", "dns: net::ERR_NAME_NOT_RESOLVED"), []crawler.GapKind{crawler.GapPageFailed}},
		"forbidden":      {page(crawler.Blocked, 403, "link", "status: the server answered 403"), []crawler.GapKind{crawler.GapPageBlocked}},
		"dead link":      {page(crawler.Blocked, 404, "link", "status: the server answered 404"), []crawler.GapKind{crawler.GapPageMissing}},
		"dead start":     {page(crawler.Blocked, 404, "seed", "status: the server answered 404"), []crawler.GapKind{crawler.GapPageBlocked}},
		"download":       {page(crawler.Blocked, 0, "link", "not_html: the address is a download"), []crawler.GapKind{crawler.GapDownload}},
		"login":          {page(crawler.Blocked, 200, "link", "sign-in: the page asks for a password"), []crawler.GapKind{crawler.GapSignInPage}},
		"login, named":   {page(crawler.Blocked, 200, "list", "sign-in: the page asks for a password"), []crawler.GapKind{crawler.GapLogin}},
		"wall, by name":  {walled, []crawler.GapKind{crawler.GapWall}},
		"counts":         {counted, []crawler.GapKind{crawler.GapNotAttached, crawler.GapProtocol, crawler.GapCap}},
		"body not seen":  {unseen, []crawler.GapKind{crawler.GapBody}},
		"web transport":  {sent(crawler.Request{ID: "r", URL: collector, Type: "webtransport", Unseen: "streams"}), []crawler.GapKind{crawler.GapWebTransport}},
		"not connected":  {sent(crawler.Request{ID: "r", URL: collector, Type: "webtransport", NotSent: true}), []crawler.GapKind{crawler.GapWebTransport}},
		"its own":        {sent(crawler.Request{ID: "r", URL: "https://api.shop.example/t", Type: "webtransport", NotSent: true}), nil},
		"HAR says so":    {sent(crawler.Request{ID: "r", URL: collector, Source: "har", Unseen: "not in the file"}), nil},
		"a gap itself":   {crawler.Event{Gap: &crawler.Gap{Kind: crawler.GapTruncated, Where: "capture.jsonl.zst", Text: "cut"}}, []crawler.GapKind{crawler.GapTruncated}},
		"an answer":      {sent(crawler.Request{URL: collector, Response: &crawler.Response{Status: 500}}), nil},
		"given up":       {sent(crawler.Request{URL: collector, Failed: "net::ERR_ABORTED", NotSent: true}), nil},
		"CSP refused it": {sent(crawler.Request{URL: collector, Failed: "blocked: csp", NotSent: true}), nil},
		"no DNS":         {sent(crawler.Request{URL: collector, Failed: "net::ERR_NAME_NOT_RESOLVED", NotSent: true}), []crawler.GapKind{crawler.GapUnreachable}},
		"refused":        {sent(crawler.Request{URL: collector, Failed: "net::ERR_CONNECTION_REFUSED"}), []crawler.GapKind{crawler.GapUnreachable}},
		"socket refused": {sent(crawler.Request{URL: "wss://t.tracker.net/s", Type: "websocket", Failed: "Error in connection establishment: net::ERR_CONNECTION_REFUSED", NotSent: true}),
			[]crawler.GapKind{crawler.GapUnreachable}},
		"preflight refused": {sent(crawler.Request{URL: collector, Method: "POST", Type: "fetch", Failed: "net::ERR_FAILED CORS: PreflightMissingAllowOriginHeader", NotSent: true}),
			[]crawler.GapKind{crawler.GapTurnedAway}},
		"method refused": {sent(crawler.Request{URL: collector, Method: "PUT", Type: "fetch", Failed: "net::ERR_FAILED CORS: MethodDisallowedByPreflightResponse", NotSent: true}),
			[]crawler.GapKind{crawler.GapTurnedAway}},
		"preflight not answered": {sent(crawler.Request{URL: collector, Method: "PUT", Type: "fetch", Failed: crawler.PreflightUnanswered, NotSent: true}),
			[]crawler.GapKind{crawler.GapTurnedAway}},
		"own preflight not answered": {sent(crawler.Request{URL: "https://api.shop.example/x", Type: "fetch", Failed: crawler.PreflightUnanswered, NotSent: true}), nil},
		"never connected":            {sent(crawler.Request{URL: collector, Type: "xhr", Failed: crawler.NotConnected, NotSent: true}), []crawler.GapKind{crawler.GapUnreachable}},
		"stream of events refused": {sent(crawler.Request{URL: collector, Type: "eventsource", Failed: "net::ERR_FAILED CORS: MissingAllowOriginHeader", Response: &crawler.Response{Status: 503}}),
			[]crawler.GapKind{crawler.GapTurnedAway}},
		"a page for a stream of events": {sent(crawler.Request{URL: collector, Type: "eventsource", Response: &crawler.Response{Status: 200, MIME: "text/html"}}),
			[]crawler.GapKind{crawler.GapTurnedAway}},
		"a stream of events":      {sent(crawler.Request{URL: collector, Type: "eventsource", Response: &crawler.Response{Status: 200, MIME: "text/event-stream"}}), nil},
		"a stream without events": {sent(crawler.Request{URL: collector, Type: "eventsource", Response: &crawler.Response{Status: 204}}), nil},
		"own stream refused":      {sent(crawler.Request{URL: "https://api.shop.example/x", Type: "eventsource", Response: &crawler.Response{Status: 503}}), nil},
		"own preflight refused":   {sent(crawler.Request{URL: "https://api.shop.example/x", Type: "fetch", Failed: "net::ERR_FAILED CORS: PreflightInvalidStatus", NotSent: true}), nil},
		"answer not for the page": {sent(crawler.Request{URL: collector, Type: "fetch", Failed: "net::ERR_FAILED CORS: MissingAllowOriginHeader", Response: &crawler.Response{Status: 200}}), nil},
		"handshake refused": {sent(crawler.Request{URL: "wss://t.tracker.net/s", Type: "websocket", Failed: "Error during WebSocket handshake: Unexpected response code: 404"}),
			[]crawler.GapKind{crawler.GapTurnedAway}},
		"handshake of another protocol": {sent(crawler.Request{URL: "wss://t.tracker.net/s", Type: "websocket", Failed: "Error during WebSocket handshake: net::ERR_INVALID_HTTP_RESPONSE"}),
			[]crawler.GapKind{crawler.GapTurnedAway}},
		"handshake answered 503 in a HAR": {sent(crawler.Request{URL: "wss://t.tracker.net/s", Type: "websocket", Source: "har", Response: &crawler.Response{Status: 503}}),
			[]crawler.GapKind{crawler.GapTurnedAway}},
		"own handshake refused": {sent(crawler.Request{URL: "wss://api.shop.example/s", Type: "websocket", Failed: "Error during WebSocket handshake: Unexpected response code: 404"}), nil},
		"socket closed":         {sent(crawler.Request{URL: "wss://t.tracker.net/s", Type: "websocket", Failed: "WebSocket is closed before the connection is established."}), nil},
		"certificate":           {sent(crawler.Request{URL: collector, Failed: "net::ERR_CERT_AUTHORITY_INVALID"}), []crawler.GapKind{crawler.GapUnreachable}},
		"own host":              {sent(crawler.Request{URL: "https://api.shop.example/x", Failed: "net::ERR_CONNECTION_REFUSED"}), nil},
	} {
		var kinds []crawler.GapKind
		for _, g := range gapsOf(conclusions(t, detect.Config{}, c.event)) {
			kinds = append(kinds, g.Kind)
			assert.NotEmpty(t, g.Text, name)
			if g.Page == "p" && c.event.Page != nil {
				assert.Equal(t, crawler.Rejected, g.Consent, name)
				assert.Equal(t, "https://www.shop.example/a", g.Where, name)
			}
		}
		assert.Equal(t, c.want, kinds, name)
	}
}

// What an address refuses and takes in another way was sent; that others of its host are open says nothing.
func TestWhatWasRefusedAndSentInAnotherWay(t *testing.T) {
	const collector = "https://t.tracker.net/c"
	ok := &crawler.Response{Status: 200}
	refused := sent(crawler.Request{ID: "r1", URL: collector, Method: "POST", Type: "fetch", Failed: "net::ERR_FAILED CORS: PreflightInvalidStatus", NotSent: true})
	asked := sent(crawler.Request{ID: "r2", URL: collector, Method: "OPTIONS", Response: &crawler.Response{Status: 403}})
	again := sent(crawler.Request{ID: "r3", URL: collector, Method: "POST", Type: "ping", Response: ok})
	other := sent(crawler.Request{ID: "r4", URL: "https://t.tracker.net/t.js", Method: "GET", Type: "script", Response: ok})
	assert.Empty(t, gapsOf(conclusions(t, detect.Config{}, asked, refused, again)))
	gaps := gapsOf(conclusions(t, detect.Config{}, other, asked, refused, asked, refused, other))
	require.Len(t, gaps, 1)
	assert.Equal(t, collector, gaps[0].Where)
	assert.Contains(t, gaps[0].Text, "preflight")
}

func TestWhatAThirdPartyOutOfReachWasToBeSentIsTold(t *testing.T) {
	persona := detect.Config{Persona: rule.Persona{"email": {"jo.doe@example.org"}}}
	dead := sent(crawler.Request{ID: "r1", URL: "https://api-js.mixpanel.com/track/", Method: "POST", Failed: "net::ERR_NAME_NOT_RESOLVED", NotSent: true,
		Profile: "accepted", Consent: crawler.Accepted, Body: jsonBody(map[string]any{"email": "jo.doe@example.org"})})
	cs := conclusions(t, persona, dead)
	for _, c := range cs {
		assert.Nil(t, c.Finding, "nobody was sent anything")
	}
	gaps := gapsOf(cs)
	require.Len(t, gaps, 1)
	assert.Equal(t, "mixpanel", gaps[0].Recipient)
	assert.Equal(t, crawler.Accepted, gaps[0].Consent)
	assert.Contains(t, gaps[0].Text, "name_not_resolved")
	assert.Contains(t, gaps[0].Text, "e-mail address")

	firefox := sent(crawler.Request{URL: "https://api-js.mixpanel.com/track/", Method: "POST", Failed: "NS_ERROR_UNKNOWN_HOST", NotSent: true})
	gaps = gapsOf(conclusions(t, persona, firefox))
	require.Len(t, gaps, 1)
	assert.Contains(t, gaps[0].Text, "unknown_host")

	// Where one request of many was lost, the host was reached.
	answered := sent(crawler.Request{URL: "https://api-js.mixpanel.com/decide/", Profile: "accepted", Response: &crawler.Response{Status: 200}})
	assert.Empty(t, gapsOf(conclusions(t, persona, answered, dead)))
	// That the browser itself sends it to https instead is no answer of the host.
	inside := sent(crawler.Request{URL: "http://api-js.mixpanel.com/track/", Profile: "accepted", NotSent: true, Response: &crawler.Response{Status: 307}})
	assert.Len(t, gapsOf(conclusions(t, persona, inside, dead)), 1)
	// A script that was never had has not run, whatever else of its host was reached; one that was had once was there.
	script := func(failed string) crawler.Event {
		q := crawler.Request{URL: "https://api-js.mixpanel.com/lib.js?v=2", Type: "script", Profile: "accepted", Failed: failed}
		if failed == "" {
			q.Response = &crawler.Response{Status: 200}
		}
		return sent(q)
	}
	lost := gapsOf(conclusions(t, persona, answered, script("net::ERR_EMPTY_RESPONSE")))
	require.Len(t, lost, 1)
	assert.Equal(t, "https://api-js.mixpanel.com/lib.js", lost[0].Where)
	assert.Empty(t, gapsOf(conclusions(t, persona, answered, script("net::ERR_EMPTY_RESPONSE"), script(""))))
	// Where nothing of the host was reached, that is all there is to tell.
	assert.Len(t, gapsOf(conclusions(t, persona, script("net::ERR_EMPTY_RESPONSE"))), 1)

	// Another visitor's answer says nothing of this one.
	other := sent(crawler.Request{URL: "https://api-js.mixpanel.com/decide/", Profile: "unasked", Response: &crawler.Response{Status: 200}})
	assert.Len(t, gapsOf(conclusions(t, persona, other, dead)), 1)
}

// TestWhatIsForAProgramOfTheVisitorsIsFound: a page that tells a program on the visitor's machine who is there does so at visitors
// who have it, whatever kept it from doing so here.
func TestWhatIsForAProgramOfTheVisitorsIsFound(t *testing.T) {
	persona := detect.Config{Persona: rule.Persona{"email": {"jo.doe@example.org"}}}
	const refused = "net::ERR_PRIVATE_NETWORK_NOT_NAMED"
	for name, c := range map[string]struct {
		url, failed string
		want        string // who receives it; "": nobody
	}{
		"the guard":                        {"http://localhost:9001/x", refused, "localhost"},
		"an address":                       {"http://127.0.0.1:12387/x", refused, "127.0.0.1"},
		"a name of the machine":            {"https://app.localhost/x", refused, "app.localhost"},
		"IPv6":                             {"http://[::1]:80/x", refused, "::1"},
		"a box in the visitor's network":   {"http://192.168.0.1/x", refused, "192.168.0.1"},
		"the browser's own check":          {"http://localhost:9001/x", "net::ERR_FAILED CORS: InsecureLocalNetwork", "localhost"},
		"nothing listens":                  {"http://localhost:9001/x", "net::ERR_CONNECTION_REFUSED", "localhost"},
		"the page's own policy":            {"http://localhost:9001/x", "blocked: csp", ""},
		"given up":                         {"http://localhost:9001/x", "net::ERR_ABORTED", ""},
		"a server of a staging network":    {"http://10.0.0.7/x", "net::ERR_CONNECTION_REFUSED", ""},
		"a name that leads into a network": {"https://vendor.example/x", "net::ERR_NAME_LEADS_TO_PRIVATE_NETWORK", ""},
	} {
		t.Run(name, func(t *testing.T) {
			cs := conclusions(t, persona, sent(crawler.Request{ID: "r1", URL: c.url, Method: "POST", Failed: c.failed, NotSent: true,
				Consent: crawler.Unasked, Body: jsonBody(map[string]any{"email": "jo.doe@example.org"})}))
			var who []string
			for _, x := range cs {
				if x.Finding != nil {
					who = append(who, x.Finding.Recipient.ID)
					assert.Equal(t, rule.Email, x.Finding.Class)
					assert.Contains(t, x.Finding.Reasons, "for a program on the visitor's own machine or network; held back here")
				}
				if x.Judged != nil {
					assert.Equal(t, c.want != "", x.Judged.Third())
				}
			}
			if c.want == "" {
				assert.Empty(t, who)
				return
			}
			assert.Equal(t, []string{c.want}, who)
		})
	}
}

func TestAGapNamesNobody(t *testing.T) {
	cfg := detect.Config{Persona: rule.Persona{"email": {"jo.doe@example.org"}, "user_id": {"u_19f3"}}}
	ev := crawler.Event{Gap: &crawler.Gap{Kind: crawler.GapLedElsewhere, Where: "https://id.example/login?login_hint=jo.doe@example.org",
		Text: "it led to https://id.example/u_19f3/jo.doe@example.org?x=1 by a redirect"}}
	gaps := gapsOf(conclusions(t, cfg, ev))
	require.Len(t, gaps, 1)
	assert.Equal(t, "https://id.example/login", gaps[0].Where)
	assert.NotContains(t, gaps[0].Text, "jo.doe")
	assert.NotContains(t, gaps[0].Text, "u_19f3")
}

func TestAGapOfARequestHasItsRecipient(t *testing.T) {
	r := sent(crawler.Request{ID: "r1", URL: "https://api-js.mixpanel.com/track/", Source: "har"})
	gap := crawler.Event{Gap: &crawler.Gap{Kind: crawler.GapHARBody, Request: "r1", Text: "its body is not in the file"}}
	gaps := gapsOf(conclusions(t, detect.Config{}, r, gap))
	require.Len(t, gaps, 1)
	assert.Equal(t, "mixpanel", gaps[0].Recipient)
}

func TestAnExtensionIsNotTheSite(t *testing.T) {
	r := sent(crawler.Request{ID: "r1", URL: "https://t.tracker.net/?email=jo.doe@mailbox.org", Initiator: crawler.Initiator{Type: "extension"}})
	cs := conclusions(t, detect.Config{}, r)
	require.Len(t, cs, 1)
	require.NotNil(t, cs[0].Judged)
	assert.True(t, cs[0].Judged.Apart)
	assert.False(t, cs[0].Judged.Third())
}

func TestEveryRequestIsJudged(t *testing.T) {
	cs := conclusions(t, detect.Config{},
		sent(crawler.Request{ID: "own", URL: "https://www.shop.example/app.js"}),
		sent(crawler.Request{ID: "third", URL: "https://t.tracker.net/x", Consent: crawler.Accepted, Headers: []crawler.Header{{Name: "Cookie", Value: "a=b; c=d"}}}),
		sent(crawler.Request{ID: "never", URL: "https://t.tracker.net/y", NotSent: true}),
		sent(crawler.Request{ID: "proxy", URL: "https://sgtm.shop.example/g/collect?v=2&tid=G-ABCDEF1234&cid=123456789.1700000000&en=page_view", Consent: crawler.Unasked}))
	judged := map[string]detect.Judged{}
	for _, c := range cs {
		if c.Judged != nil {
			judged[c.Judged.Request] = *c.Judged
		}
	}
	require.Len(t, judged, 4)
	assert.True(t, judged["own"].Own)
	assert.Equal(t, crawler.Unknown, judged["own"].Consent, "nobody said which state it was in")
	assert.True(t, judged["third"].Third())
	assert.Equal(t, []string{"a", "c"}, judged["third"].Cookies)
	assert.False(t, judged["never"].Third())
	assert.Equal(t, "google-analytics-4", judged["proxy"].Recipient.ID)
	assert.Equal(t, "sgtm.shop.example", judged["proxy"].Recipient.Via)
	assert.True(t, judged["proxy"].Third())
}
