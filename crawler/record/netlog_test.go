package record

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// logOf writes a network log as Chrome does: constants first, then one event a line.
func logOf(events ...string) string {
	types := map[string]int{}
	for name := range wireTypes {
		types[name] = 100 + len(types)
	}
	types["OTHER"] = 7
	head, _ := json.Marshal(map[string]any{"logEventTypes": types})
	lines := []string{`{"constants":` + string(head) + `,`, `"events": [`}
	for _, e := range events {
		name, rest, _ := strings.Cut(e, " ")
		source, params, _ := strings.Cut(rest, " ")
		lines = append(lines, fmt.Sprintf(`{"params":%s,"phase":1,"source":{"id":%s,"start_time":"1","type":1},"time":"2","type":%d},`, params, source, types[name]))
	}
	return strings.Join(lines, "\n") + "\n"
}

func sentBytes(name string, source int, b []byte) string {
	return fmt.Sprintf(`%s %d {"byte_count":%d,"bytes":%q}`, name, source, len(b), base64.StdEncoding.EncodeToString(b))
}

// heard reads a whole log.
func heard(t *testing.T, text string) *wiretap {
	t.Helper()
	w := newWiretap(strings.NewReader(text))
	for {
		w.mu.Lock()
		changed, broken := w.changed, w.broken
		w.mu.Unlock()
		if broken != nil {
			require.ErrorIs(t, broken, io.EOF)
			return w
		}
		select {
		case <-changed:
		case <-time.After(5 * time.Second):
			t.Fatal("the log does not end")
		}
	}
}

func TestWiretapHearsHTTP1(t *testing.T) {
	body := `[{"type":"csp-violation"}]`
	w := heard(t, logOf(
		`OTHER 1 {"url":"https://x.test/no"}`,
		`URL_REQUEST_START_JOB 5 {"method":"POST","url":"https://v.test/report#part","initiator":"not an origin","network_isolation_key":"https://shop.test https://shop.test"}`,
		`HTTP_STREAM_REQUEST_BOUND_TO_JOB 5 {"source_dependency":{"id":8,"type":17}}`,
		`SOCKET_POOL_BOUND_TO_SOCKET 8 {"source_dependency":{"id":9,"type":10}}`,
		`HTTP_STREAM_REQUEST_BOUND_TO_JOB 5 {"source_dependency":{"id":8,"type":17}}`,
		`HTTP_TRANSACTION_SEND_REQUEST_HEADERS 5 {"headers":["Host: v.test","Cookie: a=b; c=d"],"line":"POST /report HTTP/1.1\r\n"}`,
		sentBytes("SSL_SOCKET_BYTES_SENT", 9, []byte("POST /report HTTP/1.1\r\nHost: v.test\r\n")),
		sentBytes("SSL_SOCKET_BYTES_SENT", 9, []byte("\r\n"+body[:5])),
		sentBytes("SSL_SOCKET_BYTES_SENT", 9, []byte(body[5:])),
	))
	assert.Nil(t, w.find("GET", "https://v.test/report", time.Now()))
	q := w.find("POST", "https://v.test/report", time.Now())
	require.NotNil(t, q)
	assert.Equal(t, body, string(q.body))
	assert.Equal(t, "https://shop.test", q.topSite)
	require.Len(t, q.headers, 2)
	assert.Equal(t, "a=b; c=d", q.headers[1].Value)
	assert.Nil(t, w.find("POST", "https://v.test/report", time.Now()), "one request, one witness")
}

func frameOf(kind, flags byte, stream uint32, payload string) []byte {
	b := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	return append(binary.BigEndian.AppendUint32(b, stream), payload...)
}

func TestWiretapHearsHTTP2Streams(t *testing.T) {
	const data, headers, padded, end = 0, 1, 0x8, 0x1
	wire := slicesJoin([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frameOf(4, 0, 0, "settings"), frameOf(headers, 4, 1, "hpack"),
		frameOf(data, 0, 1, "streamed "), frameOf(data, end, 3, "other"), frameOf(data, padded|end, 1, "\x02body\x00\x00"))
	var pieces []string
	for i := 0; i < len(wire); i += 7 { // frames do not respect the borders of writes
		pieces = append(pieces, sentBytes("SSL_SOCKET_BYTES_SENT", 9, wire[i:min(i+7, len(wire))]))
	}
	events := append([]string{
		`URL_REQUEST_START_JOB 5 {"method":"POST","url":"https://v.test/up"}`,
		`HTTP2_SESSION_INITIALIZED 6 {"source_dependency":{"id":9,"type":10}}`,
		`HTTP_STREAM_REQUEST_BOUND_TO_JOB 5 {"source_dependency":{"id":8,"type":17}}`,
		`UPLOAD_DATA_STREAM_INIT 5 {"is_chunked":true,"net_error":0}`,
		`HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS 5 {"headers":[":method: POST","content-type: text/plain"]}`,
		`HTTP2_SESSION_SEND_HEADERS 6 {"stream_id":1,"source_dependency":{"id":8,"type":17}}`,
	}, pieces...)
	q := heard(t, logOf(events...)).find("POST", "https://v.test/up", time.Now())
	require.NotNil(t, q)
	assert.True(t, q.chunked)
	assert.Equal(t, "streamed body", string(q.body))
	require.Len(t, q.headers, 1, "pseudo headers are no headers")
}

func slicesJoin(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// masked is a client's WebSocket frame.
func masked(head byte, payload []byte) []byte {
	b := []byte{head, 0x80 | byte(len(payload)), 1, 2, 3, 4}
	for i, c := range payload {
		b = append(b, c^byte(1+i%4))
	}
	return b
}

func TestSocketFramesAreOpened(t *testing.T) {
	const fin, text, binaryOp, ping, rsv1 = 0x80, 1, 2, 9, 0x40
	var deflated bytes.Buffer
	z, err := flate.NewWriter(&deflated, flate.BestCompression)
	require.NoError(t, err)
	compress := func(s string) []byte {
		deflated.Reset()
		io.WriteString(z, s)
		require.NoError(t, z.Flush())
		return bytes.Clone(bytes.TrimSuffix(deflated.Bytes(), []byte("\x00\x00\xff\xff")))
	}
	f := &socketFrames{}
	stream := slicesJoin(masked(fin|text, []byte("plain")), masked(binaryOp, []byte("in ")), masked(fin|ping, []byte("p")), masked(fin, []byte("parts")),
		masked(fin|rsv1|text, compress("again and again and again")), masked(fin|rsv1|text, compress("again and again and again!")))
	for _, c := range stream {
		f.write([]byte{c})
	}
	require.False(t, f.lost)
	require.Len(t, f.messages, 4)
	assert.Equal(t, []int{1, 2, 1, 1}, f.opcodes)
	assert.Equal(t, []string{"plain", "in parts", "again and again and again", "again and again and again!"},
		[]string{string(f.messages[0]), string(f.messages[1]), string(f.messages[2]), string(f.messages[3])})
}

func FuzzWiretap(f *testing.F) {
	f.Add(logOf(`URL_REQUEST_START_JOB 5 {"method":"POST","url":"https://v.test/up"}`, `HTTP2_SESSION_INITIALIZED 6 {"source_dependency":{"id":9}}`,
		sentBytes("SSL_SOCKET_BYTES_SENT", 9, frameOf(0, 8, 1, "\xffx"))), []byte("\x81\xfe\x00\x01"))
	f.Fuzz(func(t *testing.T, text string, frames []byte) {
		heardAny(text)
		(&socketFrames{}).write(frames)
	})
}

// heardAny reads a log that may be anything; it must end and not panic.
func heardAny(text string) {
	w := &wiretap{types: map[int]wireEvent{}, current: map[int]*loggedRequest{}, jobs: map[int]int{}, bound: map[int]int{}, owner: map[int]int{}, sessions: map[int]int{},
		sockets: map[int]*wireSocket{}, sent: map[string][]*loggedRequest{}, marks: map[string]bool{}, changed: make(chan struct{})}
	w.read(strings.NewReader(text))
}
