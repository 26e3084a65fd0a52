package netlog

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"

	"github.com/tagscan/tagscan/crawler/record/netlog/netlogtest"
)

// noon is when the logs of these tests begin; every line is read a second after the one before.
var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// readAll reads a whole log.
func readAll(t *testing.T, text string) *Log {
	t.Helper()
	now := noon
	l := New(Options{Barrier: "http://127.0.0.1:1/tagscan-", Now: func() time.Time {
		now = now.Add(time.Second)
		return now
	}})
	require.ErrorIs(t, l.Read(strings.NewReader(text)), io.EOF)
	return l
}

// held counts what a log holds of what is going on.
func held(l *Log) (n int) {
	for _, c := range l.sockets {
		if c.request != nil {
			n++
		}
		if c.h2 != nil {
			n += len(c.h2.open)
		}
	}
	return n + len(l.requests) + len(l.jobs) + len(l.sockets) + len(l.sessions)
}

// The log of a Chrome that loaded a page with a frame over HTTP/2, uploads of every kind and a WebSocket.
func TestLogOfChrome(t *testing.T) {
	b, err := os.ReadFile("testdata/chrome156.json")
	require.NoError(t, err)
	l := readAll(t, string(b))
	passed, _, _ := l.Passed()
	assert.Equal(t, 1, passed)
	assert.Zero(t, held(l), "every connection is closed at its end")
	for _, want := range []Request{
		{Method: "GET", URL: "http://shop.test/", Traced: true, Written: true},
		{Method: "POST", URL: "http://shop.test/plain", Traced: true, Written: true, Body: []byte("in the clear")},
		{Method: "POST", URL: "http://shop.test/again", Traced: true, Written: true, Body: []byte("on the same connection")},
		{Method: "GET", URL: "http://shop.test/away", Traced: true, Written: true},
		{Method: "GET", URL: "http://shop.test/there", Traced: true, Written: true},
		{Method: "POST", URL: "http://shop.test/bye", Traced: true, Written: true, Body: []byte("good bye")},
		{Method: "GET", URL: "https://v.test/hit?4", Traced: true, Written: true},
		{Method: "POST", URL: "https://v.test/post", Traced: true, Written: true, Body: []byte("a body over HTTP/2")},
		{Method: "POST", URL: "https://v.test/stream", Traced: true, Written: true, Chunked: true, Body: []byte("one two")},
		{Method: "POST", URL: "https://v.test/slowstream", Traced: true, Written: true, Chunked: true, Body: []byte("given up")},
		{Method: "GET", URL: "wss://v.test/ws", Traced: true, Written: true, Socket: true},
	} {
		got := take(l, want.Method, want.URL)
		require.NotNil(t, got, want.URL)
		assert.NotEmpty(t, got.Headers)
		if got.Socket {
			messages, ok := Messages(got.Stream)
			assert.True(t, ok)
			assert.Equal(t, []Message{{1, []byte("hello")}, {2, []byte("a blob")}}, messages)
		}
		got.ID, got.TopSite, got.Headers, got.At, got.Stream = 0, "", nil, time.Time{}, nil
		assert.Equal(t, want, *got)
		assert.Nil(t, take(l, want.Method, want.URL), "one request, one witness")
	}
	assert.Len(t, l.sent, 5, "the frame, and four like the one that was taken")
}

func TestBodiesOverHTTP1(t *testing.T) {
	body := `[{"type":"csp-violation"}]`
	l := readAll(t, netlogtest.Log(
		`OTHER 1 {"url":"https://x.test/no"}`,
		`URL_REQUEST_START_JOB 5 {"method":"POST","url":"https://v.test/report#part","network_isolation_key":"https://shop.test https://shop.test"}`,
		`HTTP_STREAM_REQUEST_BOUND_TO_JOB 5 {"source_dependency":{"id":8,"type":17}}`,
		`SOCKET_POOL_BOUND_TO_SOCKET 8 {"source_dependency":{"id":9,"type":10}}`,
		`end:HTTP_STREAM_JOB 8`,
		`HTTP_TRANSACTION_SEND_REQUEST_HEADERS 5 {"headers":["Host: v.test","Cookie: a=b; c=d"],"line":"POST /report HTTP/1.1\r\n"}`,
		netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, []byte("POST /report HTTP/1.1\r\nHost: v.test\r\n")),
		netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, []byte("\r\n"+body[:5])),
		netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, []byte(body[5:])),
	))
	assert.Nil(t, take(l, "GET", "https://v.test/report"))
	q := take(l, "POST", "https://v.test/report")
	require.NotNil(t, q)
	assert.Equal(t, body, string(q.Body))
	assert.Equal(t, "https://shop.test", q.TopSite)
	require.Len(t, q.Headers, 2)
	assert.Equal(t, "a=b; c=d", q.Headers[1].Value)
}

// h2 writes frames to an HTTP/2 connection.
func h2(write func(*http2.Framer)) []byte {
	var b bytes.Buffer
	write(http2.NewFramer(&b, nil))
	return b.Bytes()
}

func TestBodiesOverHTTP2(t *testing.T) {
	wire := []byte(http2.ClientPreface)
	wire = append(wire, h2(func(f *http2.Framer) {
		f.AllowIllegalWrites = true
		require.NoError(t, f.WriteSettings())
		require.NoError(t, f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte("hpack"), EndHeaders: true}))
		require.NoError(t, f.WriteData(1, false, []byte("streamed ")))
		require.NoError(t, f.WriteData(3, true, []byte("other")))
		require.NoError(t, f.WriteData(0, false, []byte("of no stream, which is wrong")))
		require.NoError(t, f.WriteDataPadded(1, true, []byte("body"), []byte{0, 0}))
	})...)
	var pieces []string
	for i := 0; i < len(wire); i += 7 { // frames do not respect the borders of writes
		pieces = append(pieces, netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, wire[i:min(i+7, len(wire))]))
	}
	l := readAll(t, netlogtest.Log(append([]string{
		`URL_REQUEST_START_JOB 5 {"method":"POST","url":"https://v.test/up"}`,
		`HTTP2_SESSION_INITIALIZED 6 {"source_dependency":{"id":9,"type":10}}`,
		`HTTP_STREAM_REQUEST_BOUND_TO_JOB 5 {"source_dependency":{"id":8,"type":17}}`,
		`UPLOAD_DATA_STREAM_INIT 5 {"is_chunked":true,"net_error":0}`,
		`HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS 5 {"headers":[":method: POST","content-type: text/plain"]}`,
		`HTTP2_SESSION_SEND_HEADERS 6 {"fin":false,"stream_id":1,"source_dependency":{"id":8,"type":17}}`,
	}, pieces...)...))
	assert.Empty(t, l.sessions[6].h2.open, "the stream is over")
	q := take(l, "POST", "https://v.test/up")
	require.NotNil(t, q)
	assert.True(t, q.Chunked)
	assert.Equal(t, "streamed body", string(q.Body))
	require.Len(t, q.Headers, 1, "pseudo headers are no headers")
}

// get is a GET over HTTP/2 session 6, as Chrome logs it, from its beginning to its end.
func get(i int) []string {
	id, job := 100+2*i, 101+2*i
	return []string{
		fmt.Sprintf(`URL_REQUEST_START_JOB %d {"method":"GET","url":"https://v.test/hit?%d"}`, id, i),
		fmt.Sprintf(`HTTP_STREAM_REQUEST_BOUND_TO_JOB %d {"source_dependency":{"id":%d}}`, id, job),
		fmt.Sprintf(`end:HTTP_STREAM_JOB %d`, job),
		fmt.Sprintf(`HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS %d {"headers":[":method: GET","user-agent: Chrome","cookie: id=%d"]}`, id, i),
		fmt.Sprintf(`HTTP2_SESSION_SEND_HEADERS 6 {"fin":true,"stream_id":%d,"source_dependency":{"id":%d}}`, 2*i+1, job),
		fmt.Sprintf(`end:REQUEST_ALIVE %d`, id),
	}
}

// What is over is not held, however long the connection lives: of many requests over one, only what nobody has asked for yet.
func TestNothingIsHeldOfWhatIsOver(t *testing.T) {
	const n = 10_000
	l := readAll(t, over(n))
	assert.Len(t, l.sent, n)
	assert.Equal(t, 2, held(l), "the socket and its session")
	taken := l.Deal(func(sent []*Request) []ID { return []ID{sent[0].ID} })
	require.Len(t, taken, n)
	for _, q := range taken {
		require.True(t, q.Written)
	}
	assert.Empty(t, l.sent)
}

func TestEverythingEnds(t *testing.T) {
	begun := []string{
		`URL_REQUEST_START_JOB 5 {"method":"POST","url":"https://v.test/up"}`,
		`HTTP2_SESSION_INITIALIZED 6 {"source_dependency":{"id":9}}`,
		`HTTP_STREAM_REQUEST_BOUND_TO_JOB 5 {"source_dependency":{"id":8}}`,
		`end:HTTP_STREAM_JOB 8`,
		`HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS 5 {"headers":[]}`,
		`HTTP2_SESSION_SEND_HEADERS 6 {"fin":false,"stream_id":1,"source_dependency":{"id":8}}`,
	}
	reset := append([]byte(http2.ClientPreface), h2(func(f *http2.Framer) { require.NoError(t, f.WriteRSTStream(1, http2.ErrCodeCancel)) })...)
	ended := append([]byte(http2.ClientPreface), h2(func(f *http2.Framer) {
		require.NoError(t, f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, EndStream: true}))
	})...)
	for _, tt := range []struct {
		what string
		more []string
		left int
	}{
		{"nothing does", nil, 5}, // request, job, stream, session, socket
		{"a request without a body has no stream to wait for", get(1)[:5], 7},
		{"the request", []string{`end:REQUEST_ALIVE 5`}, 2},
		{"the stream is reset", []string{netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, reset)}, 4},
		{"the head was all", []string{netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, ended)}, 4},
		{"the session", []string{`end:HTTP2_SESSION 6`}, 3},
		{"the socket", []string{`end:SOCKET_ALIVE 9`}, 2},
		{"the socket and the request", []string{`end:SOCKET_ALIVE 9`, `end:REQUEST_ALIVE 5`}, 0},
		{"a job that nobody waits for", []string{`SOCKET_POOL_BOUND_TO_SOCKET 70 {"source_dependency":{"id":71}}`, `end:HTTP_STREAM_JOB 70`}, 5},
		{"the beginning of an end is none", []string{`REQUEST_ALIVE 5 {}`, `SOCKET_ALIVE 9 {}`, `HTTP2_SESSION 6 {}`}, 5},
		{"another hop takes its place", []string{`URL_REQUEST_START_JOB 5 {"method":"GET","url":"https://v.test/there"}`,
			`HTTP_STREAM_REQUEST_BOUND_TO_JOB 5 {"source_dependency":{"id":18}}`}, 4},
	} {
		t.Run(tt.what, func(t *testing.T) {
			assert.Equal(t, tt.left, held(readAll(t, netlogtest.Log(append(begun, tt.more...)...))))
		})
	}
	t.Run("the tab that it belongs to", func(t *testing.T) {
		l := readAll(t, netlogtest.Log(begun...))
		require.NotNil(t, take(l, "POST", "https://v.test/up"))
		assert.Equal(t, 4, held(l), "its stream is not held")
		l.event([]byte(netlogtest.Line(netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, []byte(http2.ClientPreface)))))
		l.event([]byte(netlogtest.Line(netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, h2(func(f *http2.Framer) { _ = f.WriteData(1, true, []byte("late")) })))))
		assert.Equal(t, 4, held(l))
	})
}

// The request that opened a WebSocket is over when it is open; what it sends comes after that, until its connection ends.
func TestWebSocketsOutliveTheirRequest(t *testing.T) {
	events := []string{
		`URL_REQUEST_START_JOB 5 {"method":"GET","url":"ws://v.test/live"}`,
		`SOCKET_POOL_BOUND_TO_SOCKET 8 {"source_dependency":{"id":9}}`,
		`HTTP_STREAM_REQUEST_BOUND_TO_JOB 5 {"source_dependency":{"id":8}}`,
		`end:HTTP_STREAM_JOB 8`,
		`HTTP_TRANSACTION_SEND_REQUEST_HEADERS 5 {"headers":["Cookie: a=b"]}`,
		netlogtest.Sent("SOCKET_BYTES_SENT", 9, []byte("GET /live HTTP/1.1\r\n\r\n")),
		`end:REQUEST_ALIVE 5`,
		netlogtest.Sent("SOCKET_BYTES_SENT", 9, masked(0x81, []byte("hello"))),
	}
	l := readAll(t, netlogtest.Log(events...))
	assert.Equal(t, 2, held(l), "the connection and who opened it")
	l.event([]byte(netlogtest.Line("end:SOCKET_ALIVE 9")))
	assert.Zero(t, held(l))
	messages, ok := Messages(take(l, "GET", "ws://v.test/live").Stream)
	assert.True(t, ok)
	assert.Equal(t, []Message{{1, []byte("hello")}}, messages)

	l = readAll(t, netlogtest.Log(events...))
	require.NotNil(t, take(l, "GET", "ws://v.test/live"))
	assert.Equal(t, 1, held(l), "who has told of it wants no more")
}

func TestWhatIsWantedIsTakenOut(t *testing.T) {
	send := func(id int, url string) []string {
		return []string{fmt.Sprintf(`URL_REQUEST_START_JOB %d {"method":"POST","url":"%s"}`, id, url), fmt.Sprintf(`HTTP_TRANSACTION_SEND_REQUEST_HEADERS %d {"headers":[]}`, id)}
	}
	events := append(append(append(send(1, "https://v.test/c"), send(2, "https://v.test/c")...), send(3, "https://v.test/d")...), `HTTP_TRANSACTION_SEND_REQUEST_HEADERS 1 {"headers":[]}`)
	l := readAll(t, netlogtest.Log(events...))
	shown := map[string][]ID{}
	got := l.Deal(func(sent []*Request) (wanted []ID) {
		for _, q := range sent {
			shown[q.URL] = append(shown[q.URL], q.ID)
			if q.Again() || q.URL == "https://v.test/d" {
				wanted = append(wanted, q.ID)
			}
		}
		return wanted
	})
	assert.Equal(t, map[string][]ID{"https://v.test/c": {1, 2, 4}, "https://v.test/d": {3}}, shown)
	require.Len(t, got, 2)
	assert.Equal(t, []ID{3, 4}, []ID{got[0].ID, got[1].ID})
	assert.Equal(t, ID(1), got[1].First)
	l.Look("POST", "https://v.test/c", func(sent []*Request) {
		require.Len(t, sent, 2)
		assert.False(t, sent[0].Waits(noon), "whether it is written is not seen")
	})
	l.Look("POST", "https://v.test/d", func(sent []*Request) { assert.Empty(t, sent) })
}

func TestWhatNobodyAskedForIsForgotten(t *testing.T) {
	events := []string{`HTTP2_SESSION_INITIALIZED 6 {"source_dependency":{"id":9}}`}
	for i := range 4 {
		events = append(events, get(i)...)
	}
	l := readAll(t, netlogtest.Log(events...))
	l.Forget(noon.Add(3 * time.Second))
	assert.Nil(t, take(l, "GET", "https://v.test/hit?1"))
	assert.NotNil(t, take(l, "GET", "https://v.test/hit?2"), "it was sent at that moment")
	assert.NotNil(t, take(l, "GET", "https://v.test/hit?3"))
}

func TestBarriersTellHowFarTheLogIs(t *testing.T) {
	l := readAll(t, netlogtest.Log(
		`URL_REQUEST_START_JOB 5 {"method":"GET","url":"http://127.0.0.1:1/tagscan-2"}`,
		`HTTP_TRANSACTION_SEND_REQUEST_HEADERS 5 {"headers":[]}`,
		`URL_REQUEST_START_JOB 6 {"method":"GET","url":"http://127.0.0.1:1/tagscan-2-push"}`,
		`URL_REQUEST_START_JOB 7 {"method":"GET","url":"http://127.0.0.1:1/tagscan-1"}`,
	))
	passed, further, err := l.Passed()
	assert.Equal(t, 2, passed)
	assert.ErrorIs(t, err, io.EOF)
	assert.Empty(t, l.sent)
	l.event([]byte(netlogtest.Line(`URL_REQUEST_START_JOB 8 {"method":"GET","url":"http://127.0.0.1:1/tagscan-3"}`)))
	select {
	case <-further:
	default:
		t.Error("who waits is not woken")
	}
}

func TestLogsOfAnotherKindAreRefused(t *testing.T) {
	for _, text := range []string{"", "no JSON\n", `{"constants":{"logEventTypes":{"REQUEST_ALIVE":1}},` + "\n"} {
		l := New(Options{})
		require.Error(t, l.Read(strings.NewReader(text)))
		_, _, err := l.Passed()
		assert.Error(t, err, "nobody waits for what never comes")
	}
}

// masked is a client's WebSocket frame.
func masked(head byte, payload []byte) []byte {
	b := []byte{head, 0x80 | byte(len(payload)), 1, 2, 3, 4}
	for i, c := range payload {
		b = append(b, c^byte(1+i%4))
	}
	return b
}

func TestMessagesAreOpened(t *testing.T) {
	const fin, text, binary, ping, rsv1 = 0x80, 1, 2, 9, 0x40
	var deflated bytes.Buffer
	z, err := flate.NewWriter(&deflated, flate.BestCompression)
	require.NoError(t, err)
	compress := func(s string) []byte {
		deflated.Reset()
		_, err := io.WriteString(z, s)
		require.NoError(t, err)
		require.NoError(t, z.Flush())
		return bytes.Clone(bytes.TrimSuffix(deflated.Bytes(), []byte("\x00\x00\xff\xff")))
	}
	stream := bytes.Join([][]byte{
		masked(fin|text, []byte("plain")), masked(binary, []byte("in ")), masked(fin|ping, []byte("p")), masked(fin, []byte("parts")),
		masked(fin|rsv1|text, compress("again and again and again")), masked(fin|rsv1|text, compress("again and again and again!")),
		masked(fin|text, []byte("not all of it"))[:9],
	}, nil)
	messages, ok := Messages(stream)
	assert.True(t, ok)
	assert.Equal(t, []Message{
		{1, []byte("plain")}, {2, []byte("in parts")}, {1, []byte("again and again and again")}, {1, []byte("again and again and again!")},
	}, messages)

	_, ok = Messages(masked(fin|rsv1|text, []byte{0xFF}))
	assert.False(t, ok, "broken")
	much := masked(fin|rsv1|text, compress(strings.Repeat("a", 16_000)))
	_, ok = Messages(bytes.Repeat(much, maxStream/16_000+1))
	assert.False(t, ok, "more than is kept, though little was sent")
}

// What is too much is not kept, and that is said.
func TestLimitsAreSaid(t *testing.T) {
	send := func(url string) []string {
		return []string{
			`URL_REQUEST_START_JOB 5 {"method":"POST","url":"` + url + `"}`, `SOCKET_POOL_BOUND_TO_SOCKET 8 {"source_dependency":{"id":9}}`,
			`HTTP_STREAM_REQUEST_BOUND_TO_JOB 5 {"source_dependency":{"id":8}}`, `HTTP_TRANSACTION_SEND_REQUEST_HEADERS 5 {"headers":[]}`,
			netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, []byte("POST / HTTP/1.1\r\n\r\n")),
		}
	}
	part := bytes.Repeat([]byte("a"), maxBody/2+1)
	l := readAll(t, netlogtest.Log(append(send("https://v.test/long"), netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, part), netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, part))...))
	q := take(l, "POST", "https://v.test/long")
	assert.True(t, q.BodyCut)
	assert.Len(t, q.Body, maxBody)

	l = readAll(t, netlogtest.Log(send("wss://v.test/live")...))
	c := l.sockets[9]
	c.write(make([]byte, maxStream))
	assert.Len(t, c.request.Stream, maxStream)
	c.write([]byte("a"))
	assert.True(t, c.request.Lost)
	assert.Empty(t, c.request.Stream)
}

func FuzzLog(f *testing.F) {
	data := h2(func(w *http2.Framer) { _ = w.WriteData(1, true, []byte("x")) })
	f.Add(netlogtest.Log(`URL_REQUEST_START_JOB 5 {"method":"POST","url":"https://v.test/up"}`, `HTTP2_SESSION_INITIALIZED 6 {"source_dependency":{"id":9}}`,
		netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, data)), []byte("\x81\xfe\x00\x01"))
	f.Fuzz(func(t *testing.T, text string, bytes []byte) {
		_ = New(Options{}).Read(strings.NewReader(text))
		Messages(bytes)
		newStreams().write(bytes)
	})
}

// over is a log of so many GET requests over one HTTP/2 connection.
func over(n int) string {
	events := []string{`HTTP2_SESSION_INITIALIZED 6 {"source_dependency":{"id":9}}`, netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, []byte(http2.ClientPreface))}
	for i := range n {
		head := h2(func(f *http2.Framer) {
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: uint32(2*i + 1), BlockFragment: make([]byte, 200), EndHeaders: true, EndStream: true})
		})
		of := get(i)
		events = append(append(append(events, of[:5]...), netlogtest.Sent("SSL_SOCKET_BYTES_SENT", 9, head)), of[5])
	}
	return netlogtest.Log(events...)
}

// 10,000 GET requests over one HTTP/2 connection: what one costs, and what is held of them once all were asked for.
func BenchmarkLog(b *testing.B) {
	const n = 10_000
	text := over(n)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var l *Log
	for b.Loop() {
		l = New(Options{})
		_ = l.Read(strings.NewReader(text))
		l.Deal(func(sent []*Request) []ID { return []ID{sent[0].ID} })
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/request")
	with := heap()
	runtime.KeepAlive(l)
	l = nil
	b.ReportMetric(float64(with)-float64(heap()), "B-held")
}

// take takes out the first request of an address; nil: there is none.
func take(l *Log, method, url string) *Request {
	got := l.Deal(func(sent []*Request) []ID {
		if sent[0].Method == method && sent[0].URL == url {
			return []ID{sent[0].ID}
		}
		return nil
	})
	if len(got) == 0 {
		return nil
	}
	return got[0]
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
