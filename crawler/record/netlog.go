package record

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// wiretap reads Chrome's network log while it is written: the browser's own account of what it put on the wire, a
// witness beside the protocol's Network and Fetch domains. It alone has the bytes of streamed bodies, what the Reporting
// API uploads, and the headers of what a page sends while it goes; and it settles what was announced and never sent.
//
// The log is JSON, one event a line, https://www.chromium.org/developers/design-documents/network-stack/netlog/. The type
// of an event is a number that the log's first line names.
type wiretap struct {
	mu       sync.Mutex
	types    map[int]wireEvent
	current  map[int]*loggedRequest // by source: a request's latest hop
	jobs     map[int]int            // socket by connection job
	bound    map[int]int            // job by request
	owner    map[int]int            // request by job
	sessions map[int]int            // socket by HTTP/2 session
	sockets  map[int]*wireSocket
	sent     map[string][]*loggedRequest // what went out and was not asked for yet, by method and URL
	marks    map[string]bool             // barriers seen
	reported time.Time                   // when reports were last uploaded
	changed  chan struct{}
	broken   error
}

// loggedRequest is one request as it was put on the wire.
type loggedRequest struct {
	method, url string
	initiator   string
	topSite     string // of the page that it is isolated to
	headers     []crawler.Header
	at          time.Time
	chunked     bool // its body is a stream
	body        []byte
	bodyCut     bool
	frames      *socketFrames  // of a WebSocket
	traced      bool           // whether its head is written will be seen, for its connection is known
	written     bool           // its head was, not only made
	again       bool           // the browser sent it again by itself
	first       *loggedRequest // the one that it repeats
}

// waits reports whether a request's head may be written yet. Most are at once; one that was not in this time was given up.
func (q *loggedRequest) waits() bool {
	return q.traced && !q.written && time.Since(q.at) < writeWait
}

const writeWait = 250 * time.Millisecond

// wireSocket is one connection; requests are cut out of the bytes that were written to it.
type wireSocket struct {
	h2      bool
	preface int // bytes of the HTTP/2 preface still to come
	buf     []byte
	streams map[uint32]*loggedRequest // HTTP/2
	request *loggedRequest            // HTTP/1: the one being written
	inHead  bool                      // HTTP/1: its head is not over
	plain   bool                      // no TLS: the bytes are those of the socket itself
}

// Limits of what is kept until somebody asks for it.
const (
	maxWireBody  = 16 << 20  // bytes of a streamed body
	maxOtherBody = 256 << 10 // bytes of any other body, which other witnesses have too
	maxWireAge   = 3 * time.Minute
	maxWireLine  = 8 << 20
)

// wireEvent is the event types that matter.
type wireEvent int

const (
	_ wireEvent = iota
	wireStart
	wireSend
	wireSend2 // over HTTP/2
	wireBoundJob
	wireBoundSocket
	wireSession
	wireStream
	wireBytes      // of a TLS connection, before encryption
	wirePlainBytes // of a socket
	wireUpload
)

var wireTypes = map[string]wireEvent{
	"URL_REQUEST_START_JOB":                       wireStart,
	"HTTP_TRANSACTION_SEND_REQUEST_HEADERS":       wireSend,
	"HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS": wireSend2,
	"HTTP_TRANSACTION_QUIC_SEND_REQUEST_HEADERS":  wireSend,
	"HTTP_STREAM_REQUEST_BOUND_TO_JOB":            wireBoundJob,
	"SOCKET_POOL_BOUND_TO_SOCKET":                 wireBoundSocket,
	"HTTP2_SESSION_INITIALIZED":                   wireSession,
	"HTTP2_SESSION_SEND_HEADERS":                  wireStream,
	"SSL_SOCKET_BYTES_SENT":                       wireBytes,
	"SOCKET_BYTES_SENT":                           wirePlainBytes,
	"UPLOAD_DATA_STREAM_INIT":                     wireUpload,
}

// newWiretap reads a log until it ends.
func newWiretap(r io.Reader) *wiretap {
	w := &wiretap{
		types: map[int]wireEvent{}, current: map[int]*loggedRequest{}, jobs: map[int]int{}, bound: map[int]int{}, owner: map[int]int{}, sessions: map[int]int{},
		sockets: map[int]*wireSocket{}, sent: map[string][]*loggedRequest{}, marks: map[string]bool{}, changed: make(chan struct{}),
	}
	go w.read(r)
	return w
}

func (w *wiretap) read(r io.Reader) {
	br := bufio.NewReaderSize(r, 256<<10)
	var long []byte
	for first := true; ; {
		line, err := br.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			if len(long) < maxWireLine {
				long = append(long, line...)
			}
			continue
		}
		if len(long) > 0 {
			line, long = append(long, line...), long[:0]
		}
		if err != nil {
			w.fail(err)
			return
		}
		if first {
			first = false
			if err := w.constants(line); err != nil {
				w.fail(err)
				_, _ = io.Copy(io.Discard, br)
				return
			}
			continue
		}
		w.event(line)
	}
}

func (w *wiretap) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = err
	close(w.changed)
	w.changed = make(chan struct{})
}

// constants learns the numbers of the event types.
func (w *wiretap) constants(line []byte) error {
	var c struct {
		Constants struct {
			Types map[string]int `json:"logEventTypes"`
		} `json:"constants"`
	}
	line = append(bytes.TrimRight(line, ",\r\n "), '}')
	if err := json.Unmarshal(line, &c); err != nil {
		return fmt.Errorf("network log: %w", err)
	}
	for name, ev := range wireTypes {
		if n, ok := c.Constants.Types[name]; ok {
			w.types[n] = ev
		}
	}
	if len(w.types) < 5 {
		return errors.New("network log: its events have other names")
	}
	return nil
}

var (
	typeKey   = []byte(`"type":`)
	sourceKey = []byte(`"source":{"id":`)
)

// numberAfter reads the number behind the last occurrence of a key.
func numberAfter(line, key []byte) (int, bool) {
	i := bytes.LastIndex(line, key)
	if i < 0 {
		return 0, false
	}
	rest := line[i+len(key):]
	j := 0
	for j < len(rest) && (rest[j] >= '0' && rest[j] <= '9' || rest[j] == '-') {
		j++
	}
	n, err := strconv.Atoi(string(rest[:j]))
	return n, err == nil
}

// wireParams is all that is read of any event's parameters.
type wireParams struct {
	URL       string          `json:"url"`
	Method    string          `json:"method"`
	Initiator string          `json:"initiator"`
	Isolation string          `json:"network_isolation_key"`
	Headers   json.RawMessage `json:"headers"`
	Bytes     string          `json:"bytes"`
	Stream    uint32          `json:"stream_id"`
	Chunked   bool            `json:"is_chunked"`
	Source    struct {
		ID int `json:"id"`
	} `json:"source_dependency"`
}

// event takes one line in. Most are told by their number alone that they do not matter.
func (w *wiretap) event(line []byte) {
	n, ok := numberAfter(line, typeKey)
	if !ok {
		return
	}
	ev := w.types[n]
	if ev == 0 {
		return
	}
	source, ok := numberAfter(line, sourceKey)
	if !ok {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if ev == wirePlainBytes {
		if s := w.sockets[source]; s == nil || !s.plain {
			return
		}
	}
	var e struct {
		Params wireParams `json:"params"`
	}
	if json.Unmarshal(bytes.TrimRight(line, ",\r\n "), &e) != nil {
		return
	}
	w.take(ev, source, &e.Params)
}

func (w *wiretap) take(ev wireEvent, source int, p *wireParams) {
	switch ev {
	case wireStart:
		if p.URL != "" {
			w.start(source, p)
		}
	case wireSend, wireSend2:
		w.send(source, p, ev == wireSend2)
	case wireBoundJob:
		w.bound[source], w.owner[p.Source.ID] = p.Source.ID, source
	case wireBoundSocket:
		w.jobs[source] = p.Source.ID
	case wireSession:
		w.sessions[source] = p.Source.ID
		w.sockets[p.Source.ID] = &wireSocket{h2: true, preface: len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), streams: map[uint32]*loggedRequest{}}
	case wireStream:
		if s, r := w.sockets[w.sessions[source]], w.current[w.owner[p.Source.ID]]; s != nil && r != nil {
			s.streams[p.Stream], r.written = r, true
		}
	case wireUpload:
		if r := w.current[source]; r != nil && p.Chunked {
			r.chunked = true
		}
	case wireBytes, wirePlainBytes:
		if s := w.sockets[source]; s != nil {
			if b, err := base64.StdEncoding.DecodeString(p.Bytes); err == nil {
				s.write(b)
			}
		}
	}
}

// start begins a request, or the next hop of a redirect.
func (w *wiretap) start(source int, p *wireParams) {
	url, _, _ := strings.Cut(p.URL, "#")
	top, _, _ := strings.Cut(p.Isolation, " ")
	w.current[source] = &loggedRequest{method: p.Method, url: url, initiator: p.Initiator, topSite: top}
	if strings.HasPrefix(url, barrierURL) {
		w.marks[url] = true
		close(w.changed)
		w.changed = make(chan struct{})
	}
}

// send notes that a request's head was made, to be written.
func (w *wiretap) send(source int, p *wireParams, h2 bool) {
	r := w.current[source]
	if r == nil || strings.HasPrefix(r.url, barrierURL) {
		return
	}
	if !r.at.IsZero() { // once more, after a password was asked for or an idle connection had died
		r = &loggedRequest{method: r.method, url: r.url, initiator: r.initiator, topSite: r.topSite, chunked: r.chunked, again: true, first: cmp.Or(r.first, r)}
		w.current[source] = r
	}
	r.at, r.headers, r.traced = time.Now(), wireHeaderList(p.Headers), h2
	if r.reports() {
		w.reported = r.at
	}
	if strings.HasPrefix(r.url, "ws") {
		r.frames = &socketFrames{}
	}
	key := r.method + " " + r.url
	w.sent[key] = append(w.sent[key], r)
	w.writeTo(source, r)
}

// writeTo readies an HTTP/1 connection for the bytes of a request.
func (w *wiretap) writeTo(source int, r *loggedRequest) {
	id, ok := w.jobs[w.bound[source]]
	if !ok {
		return
	}
	s := w.sockets[id]
	if s == nil {
		s = &wireSocket{}
		w.sockets[id] = s
	}
	if s.h2 {
		return
	}
	s.plain = strings.HasPrefix(r.url, "http:") || strings.HasPrefix(r.url, "ws:")
	s.request, s.inHead, s.buf, r.traced = r, true, nil, true
}

// wireHeaderList reads headers, which are a list of "name: value" lines.
func wireHeaderList(raw json.RawMessage) []crawler.Header {
	var lines []string
	if json.Unmarshal(raw, &lines) != nil {
		return nil
	}
	var hs []crawler.Header
	for _, l := range lines {
		if strings.HasPrefix(l, ":") {
			continue
		}
		if name, value, ok := strings.Cut(l, ":"); ok {
			hs = append(hs, crawler.Header{Name: name, Value: strings.TrimPrefix(value, " ")})
		}
	}
	return hs
}

// find takes out the request that a hop is, if it went out: of those not asked for yet the one sent nearest to its time,
// for pages visited at the same time send the same, each with cookies of its own.
func (w *wiretap) find(method, url string, at time.Time) *loggedRequest {
	key := method + " " + url
	list := w.sent[key]
	if len(list) == 0 {
		return nil
	}
	best := 0
	for i, q := range list {
		switch b := list[best]; {
		case q.again == b.again && q.at.Sub(at).Abs() < b.at.Sub(at).Abs(), b.again && !q.again:
			best = i
		}
	}
	q := list[best]
	if len(list) == 1 {
		delete(w.sent, key)
	} else {
		w.sent[key] = slices.Delete(list, best, best+1)
	}
	return q
}

// reportedSince reports whether reports were uploaded after a moment.
func (w *wiretap) reportedSince(at time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.reported.After(at)
}

// sweep forgets what nobody asked for.
func (w *wiretap) sweep(now time.Time) {
	for key, list := range w.sent {
		if len(list) > 0 && now.Sub(list[len(list)-1].at) > maxWireAge {
			delete(w.sent, key)
		}
	}
	if len(w.current) > 50_000 {
		clear(w.current)
		clear(w.bound)
		clear(w.owner)
		clear(w.jobs)
	}
	if len(w.marks) > 1_000 {
		clear(w.marks)
	}
}
