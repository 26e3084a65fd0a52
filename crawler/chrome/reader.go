package chrome

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"sync/atomic"

	"github.com/tagscan/tagscan/crawler"
)

// reader splits the pipe into messages, which end with a zero byte. A message up to readBuffer bytes is returned as it
// is. Of a longer one, the request's body goes to a sink, if there is a spill that makes one, and strings that the elider
// still finds too long are cut: a 120 MB upload arrives as a 900 MB message, and nothing in tagscan may hold that.
type reader struct {
	br    *bufio.Reader
	max   int
	spill func() (crawler.Sink, error) // nil: bodies stay in their messages
	read  *atomic.Int64                // bytes that came out of the pipe so far
}

// counted counts the bytes that are read.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// readBuffer is longer than nearly every message, so the elider is the exception.
const readBuffer = 256 << 10

func newReader(r io.Reader, max int, spill func() (crawler.Sink, error)) *reader {
	n := new(atomic.Int64)
	return &reader{br: bufio.NewReaderSize(counted{r, n}, readBuffer), max: max, spill: spill, read: n}
}

// message is one message of the pipe.
type message struct {
	json    []byte       // without the zero byte; valid until the next message is read
	cut     int          // bytes of strings that were cut
	body    crawler.Body // as Event.Body
	bodyErr error        // as Event.BodyErr
}

func (r *reader) next() (message, error) {
	for {
		b, err := r.br.ReadSlice(0)
		switch {
		case err == nil:
			if b = bytes.TrimSpace(b[:len(b)-1]); len(b) > 0 {
				return message{json: b}, nil
			}
		case errors.Is(err, bufio.ErrBufferFull):
			return r.long(b)
		case errors.Is(err, io.EOF) && len(b) > 0:
			return message{}, io.ErrUnexpectedEOF
		default:
			return message{}, err
		}
	}
}

// long reads the rest of a message that began with head.
func (r *reader) long(head []byte) (message, error) {
	e := newElider(r.max, r.spill)
	e.write(head)
	for {
		b, err := r.br.ReadSlice(0)
		switch {
		case err == nil:
			e.write(b[:len(b)-1])
			return e.end(), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return message{}, errors.Join(err, e.body.abort())
		}
		e.write(b)
	}
}
