package record

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/chrome"
)

// told is a request as an event tells it: with the bytes of its body, or with empty strings where they were.
func told(t *testing.T, ev chrome.Event, entries ...string) wireRequest {
	var q wireRequest
	list := []map[string]string{}
	for _, e := range entries {
		list = append(list, map[string]string{"bytes": base64.StdEncoding.EncodeToString([]byte(e))})
	}
	b, err := json.Marshal(map[string]any{"hasPostData": true, "postDataEntries": list})
	require.NoError(t, err)
	require.NoError(t, decodeEvent(b, &q))
	q.arrived(ev)
	return q
}

func TestABodyIsWholeOrSaidToBeMissing(t *testing.T) {
	blob := crawler.Body{Size: 120 << 20, SHA256: "x"}
	full := errors.New("no space left")
	tests := []struct {
		name           string
		network, fetch wireRequest
		kept           crawler.Body
		body           string
		seen           bool
		cut            int
		lost           error
	}{
		{name: "spilled", network: told(t, chrome.Event{}), fetch: told(t, chrome.Event{Body: blob}, ""), kept: blob, seen: true},
		{name: "short and spilled", network: told(t, chrome.Event{}, "ab"), fetch: told(t, chrome.Event{Body: crawler.NewBody([]byte("ab"))}, ""), kept: crawler.NewBody([]byte("ab")), seen: true},
		{name: "spilled by Network alone", network: told(t, chrome.Event{Body: blob}, ""), fetch: told(t, chrome.Event{}, ""), kept: blob, seen: true},
		{name: "an entry is a file", network: told(t, chrome.Event{}), fetch: told(t, chrome.Event{}, "a", "")},
		{name: "the sink failed", network: told(t, chrome.Event{}), fetch: told(t, chrome.Event{Cut: 400, BodyErr: full}, ""), cut: 300, lost: full},
		{name: "the sink failed, Network has it", network: told(t, chrome.Event{}, "ab"), fetch: told(t, chrome.Event{Cut: 4, BodyErr: full}, ""), body: "ab", seen: true},
		{name: "cut", network: told(t, chrome.Event{}), fetch: told(t, chrome.Event{Cut: 400}, "ab"), body: "ab", cut: 302},
		{name: "cut in Network", network: told(t, chrome.Event{Cut: 400}, "ab"), fetch: told(t, chrome.Event{}, "abc"), body: "abc", seen: true},
	}
	for _, tt := range tests {
		for _, fetchFirst := range []bool{false, true} {
			h := &hop{tab: &Tab{r: &Recorder{}, main: &member{}}}
			if fetchFirst {
				h.take(&paused{Request: tt.fetch})
			}
			h.fill(nil, &willBeSent{Request: tt.network})
			if !fetchFirst {
				h.take(&paused{Request: tt.fetch})
			}
			assert.Equal(t, tt.kept, h.kept, tt.name)
			assert.Equal(t, tt.body, string(h.body), tt.name)
			assert.Equal(t, tt.seen, h.bodySeen, tt.name)
			assert.Equal(t, tt.cut, h.cut, tt.name)
			assert.Equal(t, tt.lost, h.lost, tt.name)
		}
	}
	assert.Equal(t, "300 bytes could not be kept: no space left", (&hop{lost: full}).whyCut(300))
}

// An empty Blob is a body of no bytes: it is announced, there is nothing to show of it, and the head as sent proves it.
func TestAnEmptyBodyIsNotMissing(t *testing.T) {
	for length, missing := range map[string]bool{"0": false, " 0 ": false, "12": true, "": true} {
		_, tab := newTestTab()
		h := tab.add(&flow{id: "1", tab: tab}, tab.main)
		h.fill(tab.main, &willBeSent{Request: told(t, chrome.Event{}, "")})
		h.take(&paused{Request: told(t, chrome.Event{}, "")})
		h.wire = []crawler.Header{{Name: "content-length", Value: length}}
		_, unseen := h.content()
		assert.Equal(t, missing, unseen != "", "content-length %q", length)
	}
}

func TestALongBodyIsPutAway(t *testing.T) {
	blobs := capture.NewBlobs(t.TempDir())
	long := bytes.Repeat([]byte("a"), crawler.MaxInline+1)
	r := &Recorder{o: LiveOptions{Spill: blobs.Sink}.withDefaults()}
	h := &hop{tab: &Tab{r: r, main: &member{}}}
	h.tab.order = []*hop{h}
	r.mu.Lock()
	h.take(&paused{Request: told(t, chrome.Event{}, string(long))})
	r.mu.Unlock()
	h.tab.putAway(t.Context())
	assert.Nil(t, h.body)
	got, err := h.kept.Bytes(blobs)
	require.NoError(t, err)
	assert.Equal(t, long, got)
	again, err := crawler.Pour(blobs.Sink, long)
	require.NoError(t, err)
	assert.Equal(t, h.kept, again, "two requests may have one blob")
}
