package har

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func har(pages, entries string) string {
	return `{"log":{"version":"1.2","creator":{"name":"X","version":"1"},"pages":[` + pages + `],"entries":[` + entries + `]}}`
}

func oneRequest(t *testing.T, in string) *crawler.Request {
	t.Helper()
	reqs := requestsOf(readAll(t, Read(strings.NewReader(in))))
	require.Len(t, reqs, 1)
	return reqs[0]
}

func TestHARRequestIDs(t *testing.T) {
	var ids []string
	for _, r := range requestsOf(readAll(t, Read(strings.NewReader(har("", `{"_id":"x-1","request":{"url":"https://a.test/"}},{"request":{"url":"https://a.test/"}},
		{"_id":7,"request":{"url":"https://a.test/"}},{"_id":null,"request":{"url":"https://a.test/"}},{"_id":{},"request":{"url":"https://a.test/"}}`))))) {
		ids = append(ids, r.ID)
	}
	assert.Equal(t, []string{"x-1", "#1", "#7", "#3", "#4"}, ids)
}

func TestHARHeaders(t *testing.T) {
	r := oneRequest(t, har("", `{"request":{"method":"GET","url":"https://a.test/x#frag","headers":[{"name":":authority","value":"a.test"},{"name":"X-One","value":1},{"name":"x-two","value":null}],
		"cookies":[{"name":"sid","value":"1"},{"name":"t","value":"2"}]}}`))
	assert.Equal(t, []crawler.Header{{Name: "X-One", Value: "1"}, {Name: "x-two"}, {Name: "Cookie", Value: "sid=1; t=2"}}, r.Headers)
	assert.Equal(t, "https://a.test/x", r.URL)
	r = oneRequest(t, har("", `{"request":{"url":"https://a.test/","headers":{"Cookie":"a=b"},"cookies":[{"name":"a","value":"b"}]}}`))
	assert.Equal(t, []crawler.Header{{Name: "Cookie", Value: "a=b"}}, r.Headers, "headers as an object, cookie not twice")
}

func TestHARTimes(t *testing.T) {
	want := time.Date(2026, 3, 1, 10, 20, 30, 500_000_000, time.UTC)
	for _, s := range []string{`"2026-03-01T10:20:30.500Z"`, `"2026-03-01T11:20:30.5000000+01:00"`, `"2026-03-01T11:20:30.500+0100"`, `"2026-03-01T10:20:30.5"`, `1772360430500`, `"1772360430.5"`} {
		r := oneRequest(t, har("", `{"startedDateTime":`+s+`,"request":{"url":"https://a.test/"}}`))
		assert.Equal(t, want, r.Time, s)
	}
	assert.True(t, oneRequest(t, har("", `{"startedDateTime":"yesterday","request":{"url":"https://a.test/"}}`)).Time.IsZero())
	r := oneRequest(t, har("", `{"startedDateTime":1772360430500,"request":{"url":"wss://a.test/"},"_webSocketMessages":[{"type":"send","time":1.5,"opcode":1,"data":"x"},
		{"type":"receive","time":1772360431.25,"opcode":2,"data":"/w=="},{"type":"error","time":1,"opcode":-1,"data":"closed"}]}`))
	require.Len(t, r.Messages, 2)
	assert.Equal(t, crawler.Message{Sent: true, Time: want.Add(1500 * time.Millisecond), Opcode: 1, Data: crawler.NewBody([]byte("x"))}, r.Messages[0])
	assert.Equal(t, crawler.Message{Time: want.Add(750 * time.Millisecond), Opcode: 2, Data: crawler.NewBody([]byte{0xff})}, r.Messages[1])
	assert.Equal(t, "websocket", r.Type)
}

func TestHARWrappings(t *testing.T) {
	plain := har("", `{"request":{"url":"https://a.test/é"}}`)
	var z bytes.Buffer
	zw := gzip.NewWriter(&z)
	io.WriteString(zw, "\ufeff"+plain)
	require.NoError(t, zw.Close())
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(plain)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	big := make([]byte, len(wide)-2)
	for i := 2; i < len(wide); i += 2 {
		big[i-2], big[i-1] = wide[i+1], wide[i]
	}
	log := strings.TrimSuffix(strings.TrimPrefix(plain, `{"log":`), "}")
	for name, in := range map[string]string{
		"plain": plain, "BOM": "\ufeff" + plain, "gzip": z.String(), "UTF-16": string(wide), "UTF-16 without BOM": string(wide[2:]),
		"UTF-16, big-endian, without BOM": string(big), "JSONP": "onInputData(" + plain + ");\n", "JSONP of a member": "window.har.load( " + plain + " )",
		"assignment": "var har = JSON.parse(" + plain + ");", "XSSI guard": ")]}'\n" + plain, "the log alone": log,
		"the log alone, without a version": `{"entries":[{"request":{"url":"https://a.test/é"}}]}`,
		"space after it":                   plain + " \r\n\ufeff",
	} {
		events := readAll(t, Read(strings.NewReader(in)))
		require.Len(t, requestsOf(events), 1, name)
		assert.Equal(t, "https://a.test/é", requestsOf(events)[0].URL, name)
		assert.Equal(t, []crawler.GapKind{crawler.GapHARNoPages}, kindsOf(gapsOf(events)), name)
	}
}

func kindsOf(gaps []crawler.Gap) []crawler.GapKind {
	var out []crawler.GapKind
	for _, g := range gaps {
		out = append(out, g.Kind)
	}
	return out
}

func TestHARPages(t *testing.T) {
	const doc = `{"request":{"url":"https://shop.test/p","headers":[{"name":"Sec-Fetch-Dest","value":"document"}]}},`
	for name, c := range map[string]struct{ in, page string }{
		"Chrome: the title is the URL": {har(`{"id":"page_1","title":"https://shop.test/p#x"}`, `{"pageref":"page_1","request":{"url":"https://t.test/"}}`), "https://shop.test/p"},
		"Firefox: the title is none": {har(`{"id":"page_1","title":"Shop"}`, `{"pageref":"page_1","request":{"url":"https://shop.test/p"},"response":{"status":200,"content":{"mimeType":"text/html; charset=utf-8"}}},
			{"pageref":"page_1","request":{"url":"https://t.test/"}}`), "https://shop.test/p"},
		"Firefox: redirected": {har(`{"id":"page_1","title":"Shop"}`, `{"pageref":"page_1","request":{"url":"https://old.test/"},"response":{"status":301,"content":{"mimeType":"text/html"}}},
			{"pageref":"page_1","request":{"url":"https://shop.test/p"},"response":{"status":200,"content":{"mimeType":"text/html"}}},{"pageref":"page_1","request":{"url":"https://t.test/"}}`), "https://shop.test/p"},
		"Firefox: recorded after the document": {har(`{"id":"page_1","title":"Shop"}`, `{"pageref":"page_1","request":{"url":"https://t.test/","headers":[{"name":"Referer","value":"https://shop.test/p"}]}}`), "https://shop.test/p"},
		"Charles: by Referer":                  {har("", doc+`{"request":{"url":"https://t.test/","headers":[{"name":"referer","value":"https://shop.test/p"}]}}`), "https://shop.test/p"},
		"by a Referer cut to its origin":       {har("", doc+`{"request":{"url":"https://t.test/","headers":[{"name":"Referer","value":"https://shop.test/"}]}}`), "https://shop.test/p"},
		"by Origin":                            {har("", doc+`{"request":{"url":"https://t.test/","headers":[{"name":"Origin","value":"https://shop.test"}]}}`), "https://shop.test/p"},
		"by initiator":                         {har("", doc+`{"_initiator":{"type":"parser","url":"https://shop.test/p","lineNumber":3},"request":{"url":"https://t.test/"}}`), "https://shop.test/p"},
		"through the script that sent it":      {har("", doc+`{"request":{"url":"https://t.test/t.js","headers":[{"name":"Referer","value":"https://shop.test/p"}]}},{"_initiator":"https://t.test/t.js","request":{"url":"https://u.test/"}}`), "https://shop.test/p"},
		"Referer of a page not recorded":       {har("", `{"request":{"url":"https://t.test/","headers":[{"name":"Referer","value":"https://shop.test/q"}]}}`), "https://shop.test/q"},
		"nothing is made up":                   {har("", doc+`{"request":{"url":"https://t.test/"}}`), ""},
		"the site's own, of whatever page":     {har("", doc+`{"request":{"url":"https://cdn.shop.test/x"}}`), "https://shop.test/p"},
		"null origin is nowhere":               {har("", doc+`{"request":{"url":"https://t.test/","headers":[{"name":"Origin","value":"null"}]}}`), ""},
		"pages after entries":                  {`{"log":{"entries":[{"pageref":"p","request":{"url":"https://t.test/"}}],"pages":[{"id":"p","title":"https://shop.test/p"}]}}`, "https://shop.test/p"},
	} {
		t.Run(name, func(t *testing.T) {
			reqs := requestsOf(readAll(t, Read(strings.NewReader(c.in))))
			last := reqs[len(reqs)-1]
			assert.Equal(t, c.page, last.PageURL)
			assert.Equal(t, c.page == "" || name == "the site's own, of whatever page", last.Page == "")
		})
	}
}

func TestHARListsWhatNeverLeft(t *testing.T) {
	for in, want := range map[string]bool{`"_fromCache":"memory",`: true, `"_fromCache":"disk",`: true, `"_error":"net::ERR_BLOCKED_BY_CLIENT",`: true, `"_error":"net::ERR_ABORTED",`: false, ``: false} {
		assert.Equal(t, want, oneRequest(t, har("", `{`+in+`"request":{"url":"https://a.test/"}}`)).NotSent, in)
	}
}

func TestHARInitiator(t *testing.T) {
	r := oneRequest(t, har("", `{"_initiator":{"type":"script","stack":{"callFrames":[{"functionName":"f","url":"https://a.test/a.js","lineNumber":0,"columnNumber":4}],
		"parent":{"description":"setTimeout","callFrames":[{"functionName":"","url":"https://b.test/b.js","lineNumber":9,"columnNumber":0}]}}},"request":{"url":"https://a.test/"}}`))
	assert.Equal(t, crawler.Initiator{Type: "script", Chain: []crawler.Cause{{URL: "https://a.test/a.js", Function: "f", Line: 1, Column: 5},
		{URL: "https://b.test/b.js", Line: 10, Column: 1, Async: "setTimeout"}}}, r.Initiator)
}

// randomRequest makes a request that a browser could have sent; its texts are what travels badly.
func randomRequest(rnd *rand.Rand, i int) *crawler.Request {
	texts := []string{"", "a=1&b=%20", `{"q":"\u2028<&>"}`, "é✓😀", "\x00\x01", "line\r\nline", strings.Repeat("x", 40_000)}
	r := &crawler.Request{ID: fmt.Sprintf("r%d", i), URL: fmt.Sprintf("https://t%d.test/p%%20?%d=ü&x", i%3, i), Method: []string{"GET", "POST", "PUT"}[i%3],
		Time: time.UnixMicro(1772360430500123 + int64(i)).UTC(), Type: "fetch", Source: "network"}
	for n := range rnd.IntN(5) {
		r.Headers = append(r.Headers, crawler.Header{Name: fmt.Sprintf("X-%d", n), Value: texts[rnd.IntN(4)]})
	}
	switch rnd.IntN(3) {
	case 0:
		body := make([]byte, rnd.IntN(30_000))
		for i := range body {
			body[i] = byte(rnd.Uint32())
		}
		r.Body = crawler.NewBody(body)
	case 1:
		r.Body = crawler.NewBody([]byte(texts[rnd.IntN(len(texts))]))
	}
	return r
}

// kept holds bodies by their hash, as a capture's folder of blobs does.
type kept map[string][]byte

func (k kept) Open(sum string) (io.ReadCloser, error) {
	if k[sum] == nil {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(k[sum])), nil
}

func TestWritingAndReadingKeepsEveryByte(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	blobs := kept{}
	var sent []*crawler.Request
	var events []crawler.Event
	for i := range 200 {
		r := randomRequest(rnd, i)
		sent = append(sent, r)
		stored := *r
		if i%3 == 0 && r.Body.Size > 0 { // as a capture keeps long ones
			sum := fmt.Sprintf("%064x", i)
			blobs[sum] = r.Body.Inline
			stored.Body = crawler.Body{Size: r.Body.Size, SHA256: sum}
		}
		events = append(events, crawler.Event{Request: &stored})
	}
	require.NotEmpty(t, blobs)
	var out bytes.Buffer
	require.NoError(t, Write(&out, seqOf(events...), blobs))
	checkSchema(t, out.Bytes())
	back := requestsOf(readAll(t, Read(bytes.NewReader(out.Bytes()))))
	require.Len(t, back, len(sent))
	for i, r := range back {
		assert.Equal(t, sent[i].ID, r.ID)
		assert.Equal(t, sent[i].URL, r.URL)
		assert.Equal(t, sent[i].Headers, r.Headers)
		assert.Equal(t, sent[i].Time, r.Time)
		assert.Equal(t, sent[i].Body.Inline, r.Body.Inline)
	}
}

// harSchema says of HAR 1.2 what its specification requires.
const harSchema = `{
 "$defs":{
  "size":{"type":"integer","minimum":-1},"ms":{"type":"number","minimum":-1},
  "time":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"},
  "pairs":{"type":"array","items":{"type":"object","required":["name","value"],"properties":{"name":{"type":"string"},"value":{"type":"string"}}}},
  "tool":{"type":"object","required":["name","version"],"properties":{"name":{"type":"string"},"version":{"type":"string"}}},
  "head":{"type":"object","required":["httpVersion","cookies","headers","headersSize","bodySize"],
   "properties":{"httpVersion":{"type":"string"},"cookies":{"$ref":"#/$defs/pairs"},"headers":{"$ref":"#/$defs/pairs"},"headersSize":{"$ref":"#/$defs/size"},"bodySize":{"$ref":"#/$defs/size"}}}
 },
 "type":"object","required":["log"],"properties":{"log":{"type":"object","required":["version","creator","entries"],"properties":{
  "version":{"const":"1.2"},"creator":{"$ref":"#/$defs/tool"},"browser":{"$ref":"#/$defs/tool"},
  "pages":{"type":"array","items":{"type":"object","required":["startedDateTime","id","title","pageTimings"],"properties":{
   "startedDateTime":{"$ref":"#/$defs/time"},"id":{"type":"string"},"title":{"type":"string"},"pageTimings":{"type":"object"}}}},
  "entries":{"type":"array","items":{"type":"object","required":["startedDateTime","time","request","response","cache","timings"],"properties":{
   "startedDateTime":{"$ref":"#/$defs/time"},"time":{"type":"number","minimum":0},"cache":{"type":"object"},"pageref":{"type":"string"},"serverIPAddress":{"type":"string"},
   "timings":{"type":"object","required":["send","wait","receive"],"additionalProperties":{"$ref":"#/$defs/ms"}},
   "request":{"allOf":[{"$ref":"#/$defs/head"}],"required":["method","url","queryString"],"properties":{"method":{"type":"string"},"url":{"type":"string"},"queryString":{"$ref":"#/$defs/pairs"},
    "postData":{"type":"object","required":["mimeType"],"properties":{"mimeType":{"type":"string"},"text":{"type":"string"},"params":{"$ref":"#/$defs/pairs"}}}}},
   "response":{"allOf":[{"$ref":"#/$defs/head"}],"required":["status","statusText","content","redirectURL"],"properties":{"status":{"type":"integer"},"statusText":{"type":"string"},"redirectURL":{"type":"string"},
    "content":{"type":"object","required":["size","mimeType"],"properties":{"size":{"$ref":"#/$defs/size"},"mimeType":{"type":"string"},"text":{"type":"string"},"encoding":{"type":"string"}}}}}
  }}}
 }}}}`

func checkSchema(t *testing.T, har []byte) {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(harSchema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("har.json", schema))
	s, err := c.Compile("har.json")
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(har))
	require.NoError(t, err)
	require.NoError(t, s.Validate(doc))
}

// endless is a HAR of so many entries that is never in memory as a whole.
func endless(entries int) io.Reader {
	r, w := io.Pipe()
	go func() {
		io.WriteString(w, `{"log":{"pages":[],"entries":[`)
		for i := range entries {
			if i > 0 {
				io.WriteString(w, ",")
			}
			fmt.Fprintf(w, `{"request":{"method":"POST","url":"https://t.test/%d","postData":{"mimeType":"text/plain","text":%q}},"response":{"status":200,"content":{"mimeType":"image/png","text":%q}}}`,
				i, strings.Repeat("p", 2000), strings.Repeat("r", 18_000))
		}
		io.WriteString(w, `]}}`)
		w.Close()
	}()
	return r
}

func TestHARSizeDoesNotMatter(t *testing.T) {
	var base, peak runtime.MemStats
	n := 0
	for ev, err := range Read(endless(5000)) { // 100 MB
		require.NoError(t, err)
		if ev.Request == nil {
			continue
		}
		if n++; n == 500 {
			runtime.GC()
			runtime.ReadMemStats(&base)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&peak)
	assert.Equal(t, 5000, n)
	assert.Less(t, int64(peak.HeapAlloc)-int64(base.HeapAlloc), int64(2<<20), "what 4,500 entries leave behind")
}

func BenchmarkRead(b *testing.B) {
	var in bytes.Buffer
	_, err := io.Copy(&in, endless(500))
	require.NoError(b, err)
	b.SetBytes(int64(in.Len()))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range Read(bytes.NewReader(in.Bytes())) {
			require.NoError(b, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(har(`{"id":"p","title":"https://a.test/"}`, `{"_id":1,"pageref":"p","request":{"url":"https://a.test/","postData":{"text":"x","_encoding":"base64"}},"_initiator":{"stack":{"parent":{}}}}`)))
	f.Add([]byte(`{"log":{"entries":null}}`))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Add([]byte("\xff\xfe{\x00"))
	f.Add([]byte("cb(" + har(`{"id":"p"},`, `{"_webSocketMessages":[{"opcode":2,"data":"/w="}],"request":{"method":"POST","url":"//a.test/x","queryString":[{"name":"a","value":NaN}],
		"headers":[{"name":"Content-Length","value":"9"},{"name":"Referer","value":"https://b.test/"}],"postData":{"text":"\udcff\x","mimeType":"multipart/form-data; boundary=X"}},
		"response":{"status":200,"headers":[{"name":"Set-Cookie","value":"a=b"}],"content":{"mimeType":"text/javascript","text":"x"}}},`) + ");" + har("", "")))
	f.Fuzz(func(t *testing.T, data []byte) {
		var events []crawler.Event
		for ev, err := range Read(bytes.NewReader(data)) {
			if err != nil {
				return
			}
			events = append(events, ev)
		}
		var out bytes.Buffer
		require.NoError(t, Write(&out, seqOf(events...), nil))
		require.True(t, json.Valid(out.Bytes()))
		again := readAll(t, Read(&out))
		byID := map[string]*crawler.Request{}
		for _, r := range requestsOf(again) {
			byID[r.ID] = r
		}
		for _, r := range requestsOf(events) {
			back := byID[r.ID]
			require.NotNil(t, back, r.ID)
		}
		require.Len(t, requestsOf(again), len(requestsOf(events)))
		require.Len(t, pagesOf(again), len(pagesOf(events)))
		require.Equal(t, gapsOf(events), gapsOf(again))
	})
}
