package har

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func cleaned(t *testing.T, in string) string {
	t.Helper()
	out, err := io.ReadAll(newCleaner(bufio.NewReader(iotest.OneByteReader(strings.NewReader(in))), ordinary))
	require.NoError(t, err)
	return string(out)
}

func TestCleanerGivesJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{"a": [1, -2.5e3, true, null, "x"]}`:        `{"a":[1,-2.5e3,true,null,"x"]}`,
		`{"a":NaN,"b":-Infinity,"c":undefined}`:      `{"a":null,"b":null,"c":null}`,
		`{"a":.5,"b":+1,"c":1.,"d":007}`:             `{"a":0.5,"b":1,"c":1,"d":7}`,
		`{"a":[1,2,],}`:                              `{"a":[1,2]}`,
		`{"a":[,1,,2]}`:                              `{"a":[1,2]}`,
		"{\"a\":1,\ufeff\"b\":2}":                    `{"a":1,"b":2}`,
		"{\"a\":\"\ufeffé\"}":                        "{\"a\":\"\ufeffé\"}",
		"{\"a\":\"x\ty\n\x01\"}":                     `{"a":"x\u0009y\u000a\u0001"}`,
		`{"a":"\x41 \' \u12 \\ \" \/ \u00e9"}`:       `{"a":"\\x41 \\' \\u12 \\ \" \/ \u00e9"}`,
		`{"a":"}],NaN,\"]"}`:                         `{"a":"}],NaN,\"]"}`,
		`cb({"a":1});`:                               `{"a":1}`,
		`cb.x$( {"a":1} )` + "\n" + `cb.x$({"b":2})`: `{"a":1}{"b":2}`,
		"for(;;);{\"a\":1}":                          `{"a":1}`,
		"let har = {\"a\":1};\n":                     `{"a":1}`,
		"\ufeff{\"a\":1}\ufeff{\"b\":2}":             `{"a":1}{"b":2}`,
	} {
		got := cleaned(t, in)
		assert.Equal(t, want, got, in)
		for dec := json.NewDecoder(strings.NewReader(got)); dec.More(); {
			var v any
			require.NoError(t, dec.Decode(&v), in)
		}
	}
}

func TestCleanerLeavesWhatIsNoJSON(t *testing.T) {
	for _, in := range []string{"hello", "<html>{}</html>", "[1]", `{"a":<b>}`, `{'a':1}`, "", `alert("x"); f({"a":1})`} {
		out := cleaned(t, in)
		var v map[string]any
		assert.Error(t, json.Unmarshal([]byte(out), &v), in)
	}
}

// small limits make small tests.
var small = limits{text: 1000, member: 4000, entry: 20_000}

func readSmall(t *testing.T, in string) []crawler.Event {
	t.Helper()
	return readAll(t, func(yield func(crawler.Event, error) bool) { readWithin(small, strings.NewReader(in), yield) })
}

func TestCleanerCutsLongTexts(t *testing.T) {
	for name, c := range map[string]struct {
		text, head string
		size       int
	}{
		"as long as may be": {strings.Repeat("a", 1000), "", 1000},
		"longer":            {strings.Repeat("a", 1005), strings.Repeat("a", 1000), 1005},
		"in a character":    {"a" + strings.Repeat("é", 501), "a" + strings.Repeat("é", 499), 1003},
		"in an escape":      {strings.Repeat("a", 999) + `\u00e9b`, strings.Repeat("a", 999), 1002},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := io.ReadAll(newCleaner(bufio.NewReader(strings.NewReader(`{"k":"`+c.text+`","l":1}`)), small))
			require.NoError(t, err)
			var v struct {
				K string `json:"k"`
				L int    `json:"l"`
			}
			require.NoError(t, json.Unmarshal(raw, &v))
			assert.Equal(t, 1, v.L, "what follows is read")
			head, size, cut := cutAt(v.K)
			assert.Equal(t, int64(c.size), size)
			assert.Equal(t, c.head != "", cut)
			if cut {
				assert.Equal(t, c.head, head)
			}
		})
	}
}

func TestTextThatOnlyLooksCut(t *testing.T) {
	for _, text := range []string{"", cutMark, cutMark + "x", "ab" + cutMark + "1", cutMark + "-5"} {
		_, _, cut := cutAt(text)
		assert.False(t, cut, text)
	}
}

// What a file has beside texts is bounded, too.
func TestEntriesThatAreTooLarge(t *testing.T) {
	events := readSmall(t, `{"log":{"entries":[`+loaded("https://a.test/", "Referer", "https://shop.test/")+`,{"x":[`+strings.Repeat("0,", 15_000)+`0]}]}}`)
	assert.Len(t, requestsOf(events), 1)
	gaps := gapsOf(events)
	require.Len(t, gaps, 1)
	assert.Equal(t, crawler.Gap{Kind: crawler.GapDamaged, Count: 1, Text: "the HAR cannot be read after entry 1"}, gaps[0])
}

func TestLongBodiesAreKeptAsTheirBeginning(t *testing.T) {
	long := strings.Repeat("0123", 300)
	for name, c := range map[string]struct {
		post string
		size int64
	}{
		"text":   {`"postData":{"text":"` + long + `"}`, int64(len(long))},
		"base64": {`"postData":{"encoding":"base64","text":"` + long + `"}`, int64(len(long) / 4 * 3)},
		"params": {`"postData":{"params":[{"name":"a","value":"` + long + `"}]}`, int64(len(long) + 1)},
	} {
		t.Run(name, func(t *testing.T) {
			events := readSmall(t, har(`{"id":"p","title":"https://shop.test/"}`, `{"_id":"x","request":{"method":"POST","url":"https://a.test/",`+c.post+`}}`))
			r := requestsOf(events)[0]
			assert.True(t, r.Body.Cut)
			assert.Equal(t, c.size, r.Body.Size)
			assert.NotEmpty(t, r.Body.Inline)
			gaps := gapsOf(events)
			require.Len(t, gaps, 1)
			want := fmt.Sprintf("only the first %d of a body's %d bytes were kept", len(r.Body.Inline), c.size)
			assert.Equal(t, crawler.Gap{Kind: crawler.GapCap, Where: "a.test", Request: "x", Consent: crawler.Unknown, Count: 1, Text: want}, gaps[0])
			assert.Equal(t, want, r.Unseen)
		})
	}
}

// What is too long here was whole in the run that was exported, so the export does not say it.
func TestLongBodiesOfExports(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, Write(&out, seqOf(
		crawler.Event{Run: &crawler.Run{Schema: crawler.Schema, Tool: "tagscan 1"}},
		crawler.Event{Request: &crawler.Request{ID: "r1", URL: "https://a.test/", Method: "POST", Consent: crawler.Accepted, Body: crawler.NewBody(bytes.Repeat([]byte("a"), 1200))}},
		crawler.Event{Request: &crawler.Request{ID: "r2", URL: "wss://a.test/", Type: "websocket", Messages: []crawler.Message{{Sent: true, Opcode: 1, Data: crawler.NewBody(bytes.Repeat([]byte("a"), 1200))}}}},
	), nil))
	events := readSmall(t, out.String())
	assert.True(t, requestsOf(events)[0].Body.Cut)
	assert.Equal(t, int64(1200), requestsOf(events)[0].Body.Size)
	assert.Equal(t, []crawler.GapKind{crawler.GapCap, crawler.GapSocket}, kindsOf(gapsOf(events)))
	assert.Equal(t, crawler.Accepted, gapsOf(events)[0].Consent)
}

// A socket's messages come before the request in what DevTools write, and may be as many as fill the memory.
func TestLongSocketsKeepTheirRequest(t *testing.T) {
	var messages []string
	for range 50 {
		messages = append(messages, `{"type":"send","opcode":1,"data":"`+strings.Repeat("m", 200)+`"}`)
	}
	events := readSmall(t, har(`{"id":"p","title":"https://shop.test/"}`, `{"_webSocketMessages":[`+strings.Join(messages, ",")+`],"request":{"method":"GET","url":"wss://a.test/"}}`))
	r := requestsOf(events)[0]
	assert.Equal(t, "wss://a.test/", r.URL)
	require.Len(t, r.Messages, 50)
	assert.False(t, r.Messages[0].Data.Cut)
	assert.True(t, r.Messages[49].Data.Cut)
	assert.Equal(t, int64(200), r.Messages[49].Data.Size)
	assert.Len(t, r.Messages[49].Data.Inline, maxWord)
	gaps := gapsOf(events)
	require.Len(t, gaps, 1)
	assert.Equal(t, crawler.GapSocket, gaps[0].Kind)
	assert.Greater(t, gaps[0].Count, 10)
}
