package netlog

import (
	"bytes"
	"strings"

	"golang.org/x/net/http2"
)

// streamID numbers the requests of an HTTP/2 session.
type streamID uint32

// connection is one socket. Requests are cut out of the bytes that are written to it; it holds none that is over, and is gone
// when its socket is.
type connection struct {
	plain   bool // no TLS: the bytes are those of the socket itself
	session sessionID
	h2      *streams // nil: HTTP/1

	// HTTP/1:
	request *pending // the one being written; nil: none that anybody wants
	inHead  bool     // its head is not over
	head    []byte   // as far as it was written
}

// newSession is a connection that speaks HTTP/2.
func newSession(id sessionID) *connection {
	return &connection{session: id, h2: newStreams()}
}

// maxHead bounds the head of an HTTP/1 request; what has a longer one is not read.
const maxHead = 1 << 20

// listens reports whether anything is wanted of what is written. To find the frames of HTTP/2 all of it is.
func (c *connection) listens() bool { return c.h2 != nil || c.request != nil }

// begin readies an HTTP/1 connection for a request.
func (c *connection) begin(q *pending) {
	if c.request != nil {
		c.request.release()
	}
	c.plain = strings.HasPrefix(q.URL, "http:") || strings.HasPrefix(q.URL, "ws:")
	c.request, c.inHead, c.head = q, true, nil
	q.on, q.Traced = c, true
}

// open begins the body of a request over HTTP/2.
func (c *connection) open(id streamID, q *pending) {
	q.release()
	q.on, q.stream = c, id
	c.h2.open[id] = q
}

// drop forgets a request.
func (c *connection) drop(q *pending) {
	if c.request == q {
		c.request, c.head = nil, nil
	}
	if c.h2 != nil && c.h2.open[q.stream] == q {
		delete(c.h2.open, q.stream)
	}
}

// close forgets everything.
func (c *connection) close() {
	if c.request != nil {
		c.request.release()
	}
	if c.h2 != nil {
		for _, q := range c.h2.open {
			q.on = nil
		}
		clear(c.h2.open)
	}
}

// write takes the next bytes and gives each request its body.
func (c *connection) write(b []byte) {
	if c.h2 != nil {
		c.h2.write(b)
		return
	}
	q := c.request
	if q == nil {
		return
	}
	q.Written = true
	if c.inHead {
		c.head = append(c.head, b...)
		i := bytes.Index(c.head, []byte("\r\n\r\n"))
		if i < 0 {
			if len(c.head) > maxHead {
				q.release()
			}
			return
		}
		b, c.head, c.inHead = c.head[i+4:], nil, false
	}
	q.write(b)
}

// streams cuts the bodies of requests out of what is written to an HTTP/2 session.
type streams struct {
	open    map[streamID]*pending // those whose body is not over
	preface int                   // bytes of the preface still to come
	in      bytes.Buffer          // of the frame that is not whole
	frames  *http2.Framer
	head    http2.FrameHeader // of that frame
	headed  bool              // head was read
}

// frameHead is the size of what stands before the payload of a frame: RFC 9113, section 4.1.
const frameHead = 9

func newStreams() *streams {
	s := &streams{open: map[streamID]*pending{}, preface: len(http2.ClientPreface)}
	s.frames = http2.NewFramer(nil, &s.in)
	s.frames.SetReuseFrames()
	s.frames.AllowIllegalReads = true // it is not ours to say what Chrome may send
	return s
}

func (s *streams) write(b []byte) {
	if s.preface > 0 {
		n := min(s.preface, len(b))
		s.preface -= n
		b = b[n:]
	}
	s.in.Write(b)
	for s.whole() {
		s.headed = false
		f, err := s.frames.ReadFrameForHeader(s.head)
		if err == nil {
			s.frame(f)
		}
	}
}

// whole reports whether the next frame is all there, and has read its head then.
func (s *streams) whole() bool {
	if !s.headed {
		if s.in.Len() < frameHead {
			return false
		}
		head, err := s.frames.ReadFrameHeader()
		if err != nil {
			return false // nothing of it can be wrong: the buffer has it, and its length is one of three bytes
		}
		s.head, s.headed = head, true
	}
	return s.in.Len() >= int(s.head.Length)
}

// frame takes in a frame. A request is over when its side of the stream is.
func (s *streams) frame(f http2.Frame) {
	id := streamID(f.Header().StreamID)
	q := s.open[id]
	if q == nil {
		return
	}
	over := false
	switch f := f.(type) {
	case *http2.DataFrame:
		q.write(f.Data())
		over = f.StreamEnded()
	case *http2.HeadersFrame:
		over = f.StreamEnded()
	case *http2.RSTStreamFrame:
		over = true
	}
	if over {
		q.release()
	}
}
