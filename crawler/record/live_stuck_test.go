package record

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler/chrome"
)

// What the browser was told to let go and goes on holding is let go once more, and told once; what it has let go is not.
func TestWhatIsHeldIsLetGoOnceMore(t *testing.T) {
	r, tab := newTestTab()
	r.held = map[*held]bool{}
	_, other := newTestTab()
	var asked []string
	var answer func(error)
	hold := func(what string, of *Tab) {
		r.letGo(&held{what: what, tab: of, session: "S", let: func(then func(error)) error {
			asked, answer = append(asked, what), then
			return nil
		}}, nil)
	}
	hold("a request", tab)
	hold("nobody's", nil)
	hold("another tab's", other)
	hold("answered", tab)
	answer(nil)
	assert.Empty(t, tab.Free(time.Hour), "it has not been held for long")
	assert.Equal(t, []string{"a request"}, tab.Free(0))
	assert.ElementsMatch(t, []string{"a request", "nobody's"}, asked[4:])
	assert.Empty(t, tab.Free(0), "a third time makes no difference")
	r.releaseAll("S")
	assert.Empty(t, r.held)
}

// Whom an event names is known although the rest of it cannot be read, so that it need not be held for ever.
func TestWhomAnEventNamesIsKnown(t *testing.T) {
	for params, want := range map[string]string{
		`{"requestId":"interception-1","request":7}`:                      "interception-1",
		`{"request":{"url":{}},"requestId":"interception-2","frameId":1}`: "interception-2",
		`{"requestId":3}`: "",
		`[]`:              "",
	} {
		assert.Equal(t, want, unreadID(chrome.Event{Params: jsonv2.Value(params)}), params)
	}
}
