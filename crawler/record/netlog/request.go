package netlog

import (
	"slices"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// ID numbers requests in the order in which their heads were made, from 1.
type ID int64

// Request is one request as it was put on the wire.
type Request struct {
	ID      ID
	Method  string
	URL     string // without fragment
	TopSite string // of the page that it is isolated to: https://shop.test
	Headers []crawler.Header
	At      time.Time // when its head was made
	Chunked bool      // its body is a stream
	Body    []byte    // as far as it was written
	BodyCut bool      // Body is not all of it
	Traced  bool      // whether its head is written will be seen, for its connection is known
	Written bool      // its head was, not only made
	Broken  bool      // the content of its answer could not be unpacked to its end
	First   ID        // of the one that it repeats, for the browser sent it again by itself; 0: it is the first

	Socket bool   // it opens a WebSocket
	Stream []byte // what was written to that; see Messages
	Lost   bool   // that was too much to be kept
}

// Again reports whether the browser sent again, by itself, what it had sent before.
func (q *Request) Again() bool { return q.First != 0 }

// IsReport reports whether a request is an upload of the Reporting API, which the protocol never tells.
func (q *Request) IsReport() bool {
	return q.Method == "POST" && crawler.HeaderValue(q.Headers, "Content-Type") == "application/reports+json"
}

// writeWait is how long a head may wait to be written. Most are written at once; one that was not in this time was given up.
const writeWait = 250 * time.Millisecond

// Waits reports whether a request's head may be written yet.
func (q *Request) Waits(now time.Time) bool {
	return q.Traced && !q.Written && now.Sub(q.At) < writeWait
}

// pending is a request that more may be heard of.
type pending struct {
	Request
	on     *connection // that its body is written to; nil: none is, or not any more
	stream streamID    // of that, over HTTP/2
	packed *packed     // the content of its answer, while it comes; nil: it is not packed
}

// release lets go of the connection: no more of the body is wanted, or comes.
func (q *pending) release() {
	if q.on != nil {
		q.on.drop(q)
	}
	q.on = nil
}

// again is the same request once more.
func (q *pending) again() *pending {
	first := q.First
	if first == 0 {
		first = q.ID
	}
	return &pending{Request: Request{Method: q.Method, URL: q.URL, TopSite: q.TopSite, Chunked: q.Chunked, Socket: q.Socket, First: first}}
}

// Limits of what is kept of a request until somebody asks for it.
const (
	maxStream = 16 << 20  // bytes of a streamed body, and of what a WebSocket sends
	maxBody   = 256 << 10 // bytes of any other body, which other witnesses have too
)

// write takes in what was written of the request behind its head.
func (q *pending) write(b []byte) {
	switch {
	case q.Lost:
		return
	case q.Socket && len(q.Stream)+len(b) > maxStream:
		q.Stream, q.Lost = nil, true
		return
	case q.Socket:
		q.Stream = append(q.Stream, b...)
		return
	}
	limit := maxBody
	if q.Chunked {
		limit = maxStream
	}
	if len(q.Body)+len(b) > limit {
		b, q.BodyCut = b[:max(0, limit-len(q.Body))], true
	}
	q.Body = append(q.Body, b...)
}

// address is what requests are asked for by.
type address struct{ method, url string }

// queue holds the requests with one address, each list in the order in which they were sent.
type queue struct{ first, again []*pending }

func (l *Log) keep(q *pending) {
	at := address{q.Method, q.URL}
	if l.sent[at] == nil {
		l.sent[at] = &queue{}
	}
	if of := l.sent[at]; q.Again() {
		of.again = append(of.again, q)
	} else {
		of.first = append(of.first, q)
	}
}

// all lists what was sent, in the order in which it was, behind what is in out.
func (of *queue) all(out []*Request) []*Request {
	for _, list := range [][]*pending{of.first, of.again} {
		for _, q := range list {
			out = append(out, &q.Request)
		}
	}
	if len(of.again) > 0 {
		slices.SortFunc(out, func(a, b *Request) int { return int(a.ID - b.ID) })
	}
	return out
}

// Deal takes out what is wanted, and returns it in the order in which it was sent. want is asked for one address after the other, with
// all that was sent there and was not asked for yet, in the order in which it was sent; it must not ask the log, nor keep what it was
// shown.
func (l *Log) Deal(want func(sent []*Request) []ID) []*Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out, sent []*Request
	for at, of := range l.sent {
		sent = of.all(sent[:0])
		ids := want(sent)
		if len(ids) == 0 {
			continue
		}
		slices.Sort(ids)
		take := func(q *pending) bool {
			_, wanted := slices.BinarySearch(ids, q.ID)
			if wanted {
				out = append(out, q.handOut())
			}
			return wanted
		}
		of.first, of.again = slices.DeleteFunc(of.first, take), slices.DeleteFunc(of.again, take)
		l.tidy(at, of)
	}
	slices.SortFunc(out, func(a, b *Request) int { return int(a.ID - b.ID) })
	return out
}

// Look shows what was sent to an address and was not asked for yet, in the order in which it was sent. look must not ask the log, nor
// keep what it is shown.
func (l *Log) Look(method, url string, look func(sent []*Request)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if of := l.sent[address{method, url}]; of != nil {
		look(of.all(nil))
		return
	}
	look(nil)
}

// tidy forgets an address of which there is no more. A map keeps the room that it once had, so the last of all takes that along.
func (l *Log) tidy(at address, of *queue) {
	if len(of.first)+len(of.again) > 0 {
		return
	}
	if delete(l.sent, at); len(l.sent) == 0 {
		l.sent = map[address]*queue{}
	}
}

// handOut gives a request away; no more is noted of it.
func (q *pending) handOut() *Request {
	q.release()
	out := q.Request
	q.Headers, q.Body, q.Stream = nil, nil, nil
	return &out
}

// Forget drops what was sent before a moment: nobody asked for it.
func (l *Log) Forget(before time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.filter(func(q *pending) bool {
		if !q.At.Before(before) {
			return true
		}
		q.release()
		return false
	})
}

// filter leaves those requests that are to be kept.
func (l *Log) filter(keep func(*pending) bool) {
	leave := func(q *pending) bool { return !keep(q) }
	for at, of := range l.sent {
		of.first, of.again = slices.DeleteFunc(of.first, leave), slices.DeleteFunc(of.again, leave)
		l.tidy(at, of)
	}
}
