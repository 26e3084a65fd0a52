// Package netlog reads Chrome's network log while it is written: the browser's own account of what it put on the wire, a
// witness beside the protocol's Network and Fetch domains. It alone has the bytes of streamed bodies, what the Reporting API
// uploads, and the headers of what a page sends while it goes; and it settles what was announced and never sent.
//
// It knows no browser and no tab: it reads lines and keeps what was sent until somebody asks for it. Whose a request is, and
// what is told of it, is left to package record.
package netlog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The log names everything by the number of its source. All share one row of numbers; each kind is a type of its own here.
type (
	requestID int // a request with all its redirects
	jobID     int // what finds a connection for a request
	socketID  int
	sessionID int // of HTTP/2, on one socket
)

// Options says how a log is read.
type Options struct {
	// Barrier begins the addresses that are asked for to learn how far the log has come; a number follows. Nothing of these
	// is told as sent.
	Barrier string
	// Now is the time at which a line is read, for the log has a clock of its own; nil: time.Now. It must not go back.
	Now func() time.Time
}

// Log is a network log as far as it was read. Its methods are safe for concurrent use.
type Log struct {
	o     Options
	kinds map[int]kind // by the number that this browser gives them; known before the first event

	mu       sync.Mutex // guards everything below; it is held for the time of one event or question
	requests map[requestID]*exchange
	jobs     map[jobID]*job
	sockets  map[socketID]*connection
	sessions map[sessionID]*connection
	sent     map[address]*queue // what went out and was not asked for yet
	count    ID                 // of what was sent
	reported time.Time          // when reports were last uploaded
	passed   int                // the highest barrier
	changed  chan struct{}      // closed and replaced when passed or broken changes
	broken   error              // why there is no more of it
}

// exchange is a request while it is alive: Chrome asks for redirects and asks once more under one number.
type exchange struct {
	hop *pending // the latest
	job jobID    // of that; 0: none yet
}

// job connects a request with its connection. It is over before the request is written, so it is kept for as long as that is
// alive.
type job struct {
	of     requestID // 0: none yet
	socket socketID  // 0: HTTP/2 goes over sessions that are there
}

// New returns an empty log.
func New(o Options) *Log {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Log{
		o: o, kinds: map[int]kind{},
		requests: map[requestID]*exchange{}, jobs: map[jobID]*job{}, sockets: map[socketID]*connection{}, sessions: map[sessionID]*connection{},
		sent: map[address]*queue{}, changed: make(chan struct{}),
	}
}

// maxLine bounds what of a line is kept; Chrome writes the bytes of a socket as they are handed to it, some dozen kilobytes at most.
const maxLine = 8 << 20

// Read reads the log until it ends, and returns why. It must be called once.
func (l *Log) Read(r io.Reader) error {
	br := bufio.NewReaderSize(r, 256<<10)
	var long []byte
	for first := true; ; {
		line, err := br.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			if len(long) < maxLine {
				long = append(long, line...)
			}
			continue
		}
		if len(long) > 0 {
			line, long = append(long, line...), long[:0]
		}
		if err == nil && first {
			first, err = false, l.constants(line)
		} else if err == nil {
			l.event(line)
		}
		if err != nil {
			l.end(err)
			_, _ = io.Copy(io.Discard, br) // Chrome's memory would fill up with what nobody reads
			return err
		}
	}
}

// end wakes those who wait for what will not come.
func (l *Log) end(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = err
	l.wake()
}

func (l *Log) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// Passed returns the highest number of a barrier that the log has come to, a channel that is closed when it comes further,
// and why it will not, nil if it may.
func (l *Log) Passed() (barrier int, further <-chan struct{}, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.passed, l.changed, l.broken
}

// ReportedSince reports whether the browser uploaded reports (https://www.w3.org/TR/reporting-1/) after a moment.
func (l *Log) ReportedSince(at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reported.After(at)
}

// kind is what an event tells, of those that matter.
type kind int

const (
	_ kind = iota
	requestEnds
	hopStarts
	headSent
	headSent2 // over HTTP/2
	uploadStarts
	jobBound // to a request
	jobConnected
	jobEnds
	socketEnds
	bytesSent      // over a TLS connection, before encryption
	plainBytesSent // over a socket
	sessionStarts
	sessionEnds
	streamStarts
	filtersSet     // an answer's content is packed
	answerCame     // of that
	answerUnpacked // of what came
)

// names are Chrome's:
// https://source.chromium.org/chromium/chromium/src/+/main:net/log/net_log_event_type_list.h.
var names = map[string]kind{
	"REQUEST_ALIVE":                               requestEnds,
	"URL_REQUEST_START_JOB":                       hopStarts,
	"HTTP_TRANSACTION_SEND_REQUEST_HEADERS":       headSent,
	"HTTP_TRANSACTION_QUIC_SEND_REQUEST_HEADERS":  headSent,
	"HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS": headSent2,
	"UPLOAD_DATA_STREAM_INIT":                     uploadStarts,
	"HTTP_STREAM_REQUEST_BOUND_TO_JOB":            jobBound,
	"SOCKET_POOL_BOUND_TO_SOCKET":                 jobConnected,
	"HTTP_STREAM_JOB":                             jobEnds,
	"SOCKET_ALIVE":                                socketEnds,
	"SSL_SOCKET_BYTES_SENT":                       bytesSent,
	"SOCKET_BYTES_SENT":                           plainBytesSent,
	"HTTP2_SESSION_INITIALIZED":                   sessionStarts,
	"HTTP2_SESSION":                               sessionEnds,
	"HTTP2_SESSION_SEND_HEADERS":                  streamStarts,
	"URL_REQUEST_FILTERS_SET":                     filtersSet,
	"URL_REQUEST_JOB_BYTES_READ":                  answerCame,
	"URL_REQUEST_JOB_FILTERED_BYTES_READ":         answerUnpacked,
}

// ends reports whether an event of the kind matters only where something ends: Chrome tells it where it begins too.
func (k kind) ends() bool {
	return k == requestEnds || k == jobEnds || k == socketEnds || k == sessionEnds
}

// constants learns the numbers of the event types from the log's first line.
func (l *Log) constants(line []byte) error {
	var c struct {
		Constants struct {
			Types map[string]int `json:"logEventTypes"`
		} `json:"constants"`
	}
	line = append(bytes.TrimRight(line, ",\r\n "), '}')
	if err := json.Unmarshal(line, &c); err != nil {
		return fmt.Errorf("network log: %w", err)
	}
	for name, k := range names {
		if n, ok := c.Constants.Types[name]; ok {
			l.kinds[n] = k
		}
	}
	if len(l.kinds) < len(names)/2 {
		return errors.New("network log: its events have other names")
	}
	return nil
}

// event takes one line in. Most are told by their number alone that they do not matter.
func (l *Log) event(line []byte) {
	n, ok := lastNumber(line, typeKey)
	k := l.kinds[n]
	if !ok || k == 0 {
		return
	}
	source, ok := lastNumber(line, sourceKey)
	if !ok {
		return
	}
	switch {
	case k.ends():
		if phase, ok := lastNumber(line, phaseKey); ok && phase == phaseEnd {
			if k == requestEnds {
				l.weigh(requestID(source))
			}
			l.ends(k, source)
		}
	case k == filtersSet:
		l.unpack(requestID(source), codingOf(line))
	case k == answerCame:
		l.came(requestID(source), func() []byte { return bytesOf(line) })
	case k == answerUnpacked:
		if n, ok := firstNumber(line, countKey); ok {
			l.opened(requestID(source), n)
		}
	case k == bytesSent || k == plainBytesSent:
		if l.listens(socketID(source), k == plainBytesSent) {
			l.write(socketID(source), bytesOf(line))
		}
	default:
		if p, ok := read(k, line); ok {
			l.take(k, source, p)
		}
	}
}

// listens reports whether somebody wants the bytes that a socket sends.
func (l *Log) listens(id socketID, plain bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.sockets[id]
	return c != nil && c.plain == plain && c.listens()
}

func (l *Log) take(k kind, source int, p *params) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch k {
	case hopStarts:
		if p.URL != "" { // it is told again when it ends
			l.start(requestID(source), p)
		}
	case headSent, headSent2:
		l.send(requestID(source), p, k == headSent2)
	case uploadStarts:
		if x := l.requests[requestID(source)]; x != nil && p.chunked {
			x.hop.Chunked = true
		}
	case jobBound:
		l.bind(requestID(source), jobID(p.on))
	case jobConnected:
		l.job(jobID(source)).socket = socketID(p.on)
	case sessionStarts:
		c := newSession(sessionID(source))
		l.sessions[c.session], l.sockets[socketID(p.on)] = c, c
	case streamStarts:
		l.stream(sessionID(source), p)
	}
}

// write takes in what was written to a socket.
func (l *Log) write(id socketID, b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.sockets[id]; c != nil {
		c.write(b)
	}
}

// ends forgets what is over.
func (l *Log) ends(k kind, source int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch k {
	case requestEnds:
		if x := l.requests[requestID(source)]; x != nil {
			delete(l.requests, requestID(source))
			delete(l.jobs, x.job)
			if !x.hop.Socket { // that one's is over when it is open
				x.hop.release()
			}
		}
	case jobEnds:
		if j := l.jobs[jobID(source)]; j != nil && j.of == 0 {
			delete(l.jobs, jobID(source))
		}
	case socketEnds:
		if c := l.sockets[socketID(source)]; c != nil {
			delete(l.sockets, socketID(source))
			l.close(c)
		}
	case sessionEnds:
		if c := l.sessions[sessionID(source)]; c != nil {
			l.close(c)
		}
	}
}

// close ends a connection: what was sent over it is whole.
func (l *Log) close(c *connection) {
	if l.sessions[c.session] == c {
		delete(l.sessions, c.session)
	}
	c.close()
}

func (l *Log) job(id jobID) *job {
	j := l.jobs[id]
	if j == nil {
		j = &job{}
		l.jobs[id] = j
	}
	return j
}

// bind notes which job finds a connection for a request.
func (l *Log) bind(id requestID, by jobID) {
	x := l.requests[id]
	if x == nil {
		return
	}
	if x.job != by {
		delete(l.jobs, x.job)
	}
	x.job = by
	l.job(by).of = id
}

// start begins a request, or the next hop of a redirect.
func (l *Log) start(id requestID, p *params) {
	url, _, _ := strings.Cut(p.URL, "#")
	if l.isBarrier(url) {
		return
	}
	site, _, _ := strings.Cut(p.Isolation, " ")
	hop := &pending{Request: Request{Method: p.Method, URL: url, TopSite: site, Socket: strings.HasPrefix(url, "ws")}}
	if x := l.requests[id]; x != nil {
		x.hop.release()
		x.hop = hop
		return
	}
	l.requests[id] = &exchange{hop: hop}
}

// isBarrier notes how far the log has come, if the address is of a barrier.
func (l *Log) isBarrier(url string) bool {
	rest, ok := strings.CutPrefix(url, l.o.Barrier)
	if !ok || l.o.Barrier == "" {
		return false
	}
	if n, err := strconv.Atoi(rest); err == nil && n > l.passed {
		l.passed = n
		l.wake()
	}
	return true
}

// send notes that a request's head was made, to be written.
func (l *Log) send(id requestID, p *params, h2 bool) {
	x := l.requests[id]
	if x == nil {
		return
	}
	if !x.hop.At.IsZero() { // once more, after a password was asked for or an idle connection had died
		x.hop.release()
		x.hop = x.hop.again()
	}
	q := x.hop
	l.count++
	q.ID, q.At, q.Headers, q.Traced = l.count, l.o.Now(), p.headers(), h2
	if q.IsReport() {
		l.reported = q.At
	}
	l.keep(q)
	if !h2 {
		l.attach(x)
	}
}

// attach readies an HTTP/1 connection for the bytes of a request. Where the connection is not known, or is of another kind, the
// bytes are not seen.
func (l *Log) attach(x *exchange) {
	j := l.jobs[x.job]
	if j == nil || j.socket == 0 {
		return
	}
	c := l.sockets[j.socket]
	if c == nil {
		c = &connection{}
		l.sockets[j.socket] = c
	}
	if c.h2 == nil {
		c.begin(x.hop)
	}
}

// stream notes that the head of a request was written to an HTTP/2 session.
func (l *Log) stream(id sessionID, p *params) {
	c, j := l.sessions[id], l.jobs[jobID(p.on)]
	if c == nil || j == nil || l.requests[j.of] == nil {
		return
	}
	q := l.requests[j.of].hop
	q.Written = true
	if !p.last {
		c.open(p.stream, q)
	}
}
