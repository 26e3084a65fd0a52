package record

import (
	"testing"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
)

// newTestTab is a tab of a recorder without a browser.
func newTestTab() (*Recorder, *Tab) {
	r := &Recorder{o: LiveOptions{}.withDefaults(), members: map[string]*member{}, targets: map[string]*member{}, frames: map[string]*frame{}, requests: map[string]*flow{}}
	m := &member{session: &chrome.Session{ID: "S"}, info: targetInfo{ID: "T", Type: "page"}, scripts: map[string]*scriptParsed{}}
	t := newTab(r, m)
	m.tab = t
	r.members["S"], r.tabs = m, []*Tab{t}
	return r, t
}

func (r *Recorder) tell(method, params string) {
	r.on(chrome.Event{Session: "S", Method: method, Params: jsonv2.Value(params)})
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
