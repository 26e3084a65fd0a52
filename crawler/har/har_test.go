package har

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func seqOf(list ...crawler.Event) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		for _, ev := range list {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

func readAll(t *testing.T, seq iter.Seq2[crawler.Event, error]) []crawler.Event {
	t.Helper()
	var list []crawler.Event
	for ev, err := range seq {
		require.NoError(t, err)
		list = append(list, ev)
	}
	return list
}

// gapsOf are the gaps of a stream, but for those that every HAR has.
func gapsOf(list []crawler.Event) []crawler.Gap {
	var out []crawler.Gap
	for _, ev := range list {
		if ev.Gap != nil && ev.Gap.Kind != crawler.GapHARConsent && ev.Gap.Kind != crawler.GapHARUnproven {
			out = append(out, *ev.Gap)
		}
	}
	return out
}

func pagesOf(list []crawler.Event) []*crawler.Page {
	var out []*crawler.Page
	for _, ev := range list {
		if ev.Page != nil {
			out = append(out, ev.Page)
		}
	}
	return out
}

func requestsOf(list []crawler.Event) []*crawler.Request {
	var out []*crawler.Request
	for _, ev := range list {
		if ev.Request != nil {
			out = append(out, ev.Request)
		}
	}
	return out
}

func TestHARKeepsRequests(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 123456000, time.UTC)
	sent := &crawler.Request{
		ID: "r1", Page: "p1", PageURL: "https://shop.test/", URL: "https://t.test/c?a=%20b&a=2", Method: "POST", Time: at, Type: "fetch",
		Headers: []crawler.Header{{Name: "content-type", Value: "application/octet-stream"}, {Name: "X-A", Value: "é"}},
		Body:    crawler.NewBody([]byte{0, 1, 0xff, 0xfe, '<'}),
		Initiator: crawler.Initiator{Type: "script", Chain: []crawler.Cause{
			{URL: "https://t.test/t.js", Function: "send", Line: 3, Column: 9}, {URL: "https://g.test/g.js", Line: 1, Column: 1, Async: "setTimeout"}}},
		Response: &crawler.Response{Status: 204, Proto: "h2", Duration: 12 * time.Millisecond},
		Consent:  crawler.Accepted, Phase: crawler.Leaving, Source: "both",
	}
	socket := &crawler.Request{ID: "r2", URL: "wss://t.test/s", Method: "GET", Time: at, Type: "websocket", Initiator: crawler.Initiator{Type: "other"}, Source: "network",
		Messages: []crawler.Message{{Sent: true, Time: at, Opcode: 1, Data: crawler.NewBody([]byte("hi"))}, {Time: at, Opcode: 2, Data: crawler.NewBody([]byte{0xff})}}}
	cut := &crawler.Request{ID: "r4", URL: "https://t.test/big", Method: "POST", Time: at, Initiator: crawler.Initiator{Type: "other"}, Source: "fetch", Unseen: "too large",
		Body: crawler.Body{Size: 9000, Inline: []byte("head"), SHA256: "ab", Cut: true}}
	never := &crawler.Request{ID: "r3", URL: "https://t.test/never", Method: "GET", NotSent: true}
	page := &crawler.Page{ID: "p1", URL: "https://shop.test/", Title: "Shop", Outcome: crawler.Complete, Started: at}

	var out bytes.Buffer
	require.NoError(t, Write(&out, seqOf(crawler.Event{Run: &crawler.Run{Tool: "tagscan 1"}}, crawler.Event{Request: sent},
		crawler.Event{Request: socket}, crawler.Event{Request: cut}, crawler.Event{Request: never}, crawler.Event{Page: page}), nil))
	var file struct {
		Log struct {
			Entries []struct {
				ID string `json:"_id"`
			} `json:"entries"`
		} `json:"log"`
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &file))
	require.Len(t, file.Log.Entries, 3, "a request that never left is no entry")
	back := readAll(t, Read(&out))
	assert.Equal(t, "tagscan 1", back[0].Run.Tool)
	reqs := requestsOf(back)
	require.Len(t, reqs, 4)
	assert.Equal(t, sent, reqs[0])
	assert.Equal(t, socket, reqs[1])
	assert.Equal(t, cut, reqs[2], "what is missing stays said")
	assert.Equal(t, never, reqs[3])
	last := back[len(back)-1].Page
	require.NotNil(t, last)
	assert.Equal(t, crawler.Complete, last.Outcome)
}

func TestReadRefusesOthers(t *testing.T) {
	for name, in := range map[string]string{
		"empty": "", "text": "hello", "html": "<html>", "array": "[1]", "no log": `{"a":1}`, "log is a list": `{"log":[]}`,
		"no entries": `{"log":{"version":"1.2"}}`, "cut at once": `{"log":{"ver`, "null": "null",
	} {
		t.Run(name, func(t *testing.T) {
			var errs []error
			for _, err := range Read(strings.NewReader(in)) {
				errs = append(errs, err)
			}
			require.Len(t, errs, 1)
			require.ErrorIs(t, errs[0], errNotHAR)
		})
	}
}
