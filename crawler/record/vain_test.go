package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/record/cause"
)

// A request that waited for its preflight, or for a connection, until it was given up says so: neither its page nor the browser does.
func TestRequestsThatWaitedInVain(t *testing.T) {
	const aborted = "net::ERR_ABORTED"
	type made struct{ main, before *hop }
	at := time.Now().Add(-time.Minute)
	for name, c := range map[string]struct {
		change func(m made)
		alone  bool // it needs no preflight
		want   string
	}{
		"no answer to the preflight":               {func(made) {}, false, crawler.PreflightUnanswered},
		"nobody told its end":                      {func(m made) { m.main.failed, m.main.ended = "", time.Time{} }, false, crawler.PreflightUnanswered},
		"a preflight that was answered late":       {func(m made) { m.before.response, m.main.absent = &wireResponse{Status: 204}, false }, false, aborted},
		"one that was answered, and then given up": {func(m made) { m.before.response = &wireResponse{Status: 204} }, false, aborted},
		"a preflight that failed":                  {func(m made) { m.before.failed = "net::ERR_CONNECTION_RESET" }, false, aborted},
		"taken back at once":                       {func(m made) { m.main.ended = at.Add(300 * time.Millisecond) }, false, aborted},
		"sent while the page went":                 {func(m made) { m.main.phase = crawler.Leaving }, false, aborted},
		"refused by the page's policy":             {func(m made) { m.main.failed, m.main.blocked = "", "csp" }, false, "blocked: csp"},
		"no connection":                            {func(made) {}, true, crawler.NotConnected},
		"no connection for a socket":               {func(m made) { m.main.kind, m.main.failed = "websocket", "" }, true, crawler.NotConnected},
		"no connection for its preflight":          {func(m made) { m.before.absent = true }, false, crawler.NotConnected},
		"taken back before it was connected":       {func(m made) { m.main.ended = at.Add(2 * time.Second) }, true, aborted},
		"it was sent, and is never answered":       {func(m made) { m.main.absent = false }, true, aborted},
		"a script, of which that is told":          {func(m made) { m.main.kind = "script" }, true, aborted},
		"it was had from memory":                   {func(m made) { m.main.cached = "memory" }, true, aborted},
	} {
		main := &hop{url: "https://v.test/t", method: "PUT", kind: "fetch", absent: true, failed: aborted, sent: at, ended: at.Add(5 * time.Second), phase: crawler.Load}
		before := &hop{url: main.url, method: "OPTIONS", kind: "preflight", sent: at, initiator: cause.Initiator{Type: "preflight", Request: "1"}}
		a := &account{order: []*hop{main}, flows: map[string]*flow{"1": {id: "1", hops: []*hop{main}}}}
		if !c.alone {
			a.order = append(a.order, before)
		}
		c.change(made{main, before})
		for i, h := range a.order {
			h.flow = &flow{id: string(rune('1' + i)), hops: []*hop{h}}
		}
		a.number(func(kind string) string { return kind })
		q := a.request(main)
		assert.Equal(t, c.want, q.Failed, name)
		require.Empty(t, before.vain, name)
	}
}
