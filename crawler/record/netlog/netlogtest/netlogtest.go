// Package netlogtest writes network logs as Chrome does, for tests that have no browser.
package netlogtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// types are Chrome's names of the events that tests tell of; the numbers are of no browser.
var types = map[string]int{
	"OTHER": 7, "REQUEST_ALIVE": 100, "URL_REQUEST_START_JOB": 101, "HTTP_TRANSACTION_SEND_REQUEST_HEADERS": 102,
	"HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS": 103, "HTTP_TRANSACTION_QUIC_SEND_REQUEST_HEADERS": 104, "UPLOAD_DATA_STREAM_INIT": 105,
	"HTTP_STREAM_REQUEST_BOUND_TO_JOB": 106, "SOCKET_POOL_BOUND_TO_SOCKET": 107, "HTTP_STREAM_JOB": 108, "SOCKET_ALIVE": 109,
	"SSL_SOCKET_BYTES_SENT": 110, "SOCKET_BYTES_SENT": 111, "HTTP2_SESSION_INITIALIZED": 112, "HTTP2_SESSION": 113,
	"HTTP2_SESSION_SEND_HEADERS": 114, "URL_REQUEST_FILTERS_SET": 115, "URL_REQUEST_JOB_BYTES_READ": 116,
	"URL_REQUEST_JOB_FILTERED_BYTES_READ": 117,
}

// Head is the first two lines of a log: the numbers of the event types, and the beginning of the events.
func Head() string {
	b, err := json.Marshal(map[string]any{"logEventTypes": types})
	if err != nil {
		panic(err)
	}
	return `{"constants":` + string(b) + ",\n\"events\": [\n"
}

// Line is one event: its type, the number of its source, and its parameters, parted by blanks, as in
//
//	URL_REQUEST_START_JOB 5 {"method":"GET","url":"https://v.test/"}
//
// A type that begins with "end:" is the end of what has one; parameters may be left out.
func Line(event string) string {
	name, rest, _ := strings.Cut(event, " ")
	source, params, _ := strings.Cut(rest, " ")
	phase := 1
	if of, ok := strings.CutPrefix(name, "end:"); ok {
		name, phase = of, 2
	}
	if types[name] == 0 {
		panic("no such event: " + name)
	}
	if params == "" {
		params = "{}"
	}
	return fmt.Sprintf(`{"params":%s,"phase":%d,"source":{"id":%s,"start_time":"1","type":1},"time":"2","type":%d},`, params, phase, source, types[name]) + "\n"
}

// Log is a whole log of such events.
func Log(events ...string) string {
	var b strings.Builder
	b.WriteString(Head())
	for _, e := range events {
		b.WriteString(Line(e))
	}
	return b.String()
}

// Sent is the event of bytes that a socket sent, or that came for a request.
func Sent(name string, socket int, b []byte) string {
	return fmt.Sprintf(`%s %d {"byte_count":%d,"bytes":%q}`, name, socket, len(b), base64.StdEncoding.EncodeToString(b))
}
