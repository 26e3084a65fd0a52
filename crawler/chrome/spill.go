package chrome

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strconv"

	"github.com/tagscan/tagscan/crawler"
)

// spill pours a request's body into one sink while its message is read: the base64 texts of its entries one after the
// other. What goes wrong is told at the end, for the message must be read to its end in any case.
type spill struct {
	open   func() (crawler.Sink, error)
	sink   crawler.Sink // nil before the first byte and after an error
	err    error
	chars  int    // of all entries' text
	length int    // of this entry's text
	filled int    // entries that had any
	escape []byte // a JSON escape that has begun
	base64 unbase64
}

// text takes a piece of an entry's string as it stands in JSON.
func (s *spill) text(piece []byte) {
	if len(piece) == 0 {
		return
	}
	s.chars += len(piece)
	s.length += len(piece)
	if s.err == nil {
		s.fail(s.pour(piece))
	}
}

func (s *spill) pour(piece []byte) error {
	if s.sink == nil {
		sink, err := s.open()
		if err != nil {
			return err
		}
		s.sink, s.base64.to = sink, sink
	}
	for len(piece) > 0 {
		if len(s.escape) > 0 {
			if err := s.unescape(piece[0]); err != nil {
				return err
			}
			piece = piece[1:]
			continue
		}
		i := bytes.IndexByte(piece, '\\')
		if i < 0 {
			return s.base64.write(piece)
		}
		if err := s.base64.write(piece[:i]); err != nil {
			return err
		}
		s.escape = append(s.escape, '\\')
		piece = piece[i+1:]
	}
	return nil
}

// unescape takes the next character of an escape and passes on what it stands for once it is whole. Base64 needs none, but
// JSON may write any character as \u002b, and the slash as \/.
func (s *spill) unescape(c byte) error {
	s.escape = append(s.escape, c)
	if s.escape[1] == 'u' && len(s.escape) < len(`\u002b`) {
		return nil
	}
	if s.escape[1] == 'u' {
		code, err := strconv.ParseUint(string(s.escape[2:]), 16, 8)
		if err != nil {
			return errNotBase64
		}
		c = byte(code)
	} else if c != '/' {
		return errNotBase64
	}
	s.escape = s.escape[:0]
	return s.base64.write([]byte{c})
}

// endEntry ends the entry that text was of.
func (s *spill) endEntry() {
	if s.length > 0 {
		s.filled++
	}
	s.length = 0
	if s.err == nil && s.sink != nil {
		err := s.base64.end()
		if len(s.escape) > 0 {
			err = errNotBase64
		}
		s.fail(err)
	}
}

// fail gives the body up if there is an error.
func (s *spill) fail(err error) {
	if err != nil {
		s.err = errors.Join(err, s.abort())
	}
}

// abort removes what was written, if anything was.
func (s *spill) abort() error {
	if s.sink == nil {
		return nil
	}
	sink := s.sink
	s.sink = nil
	return sink.Abort()
}

// end returns the body of a message that had so many entries, or why there is none and how many characters of its text
// are lost. An entry without bytes is a Blob or file that the browser does not tell: what is without it is not the body.
func (s *spill) end(entries int) (body crawler.Body, lost int, err error) {
	switch {
	case s.err != nil:
		return crawler.Body{}, s.chars, s.err
	case s.sink == nil:
		return crawler.Body{}, 0, nil
	case s.filled != entries:
		return crawler.Body{}, 0, s.abort()
	}
	if body, err = s.sink.Close(); err != nil {
		return crawler.Body{}, s.chars, err
	}
	return body, 0, nil
}

var errNotBase64 = errors.New("the browser told a body that is not base64")

// unbase64 decodes base64, padded as in RFC 4648 section 4, in pieces that may end anywhere.
type unbase64 struct {
	to     io.Writer
	quad   [4]byte // what does not make three bytes yet
	n      int     // of quad
	padded bool    // nothing may follow
	buf    []byte
}

// decodeBuffer is what is written at a time: it bounds the memory and costs few writes.
const decodeBuffer = 48 << 10

func (d *unbase64) write(text []byte) error {
	if d.n > 0 {
		n := copy(d.quad[d.n:], text)
		text = text[n:]
		if d.n += n; d.n < len(d.quad) {
			return nil
		}
		d.n = 0
		if err := d.decode(d.quad[:]); err != nil {
			return err
		}
	}
	for len(text) >= len(d.quad) {
		n := min(len(text)/4*4, decodeBuffer/3*4)
		if err := d.decode(text[:n]); err != nil {
			return err
		}
		text = text[n:]
	}
	d.n = copy(d.quad[:], text)
	return nil
}

// decode writes what four characters, or a multiple of that, stand for.
func (d *unbase64) decode(text []byte) error {
	if d.padded {
		return errNotBase64
	}
	if d.buf == nil {
		d.buf = make([]byte, decodeBuffer)
	}
	n, err := base64.StdEncoding.Decode(d.buf, text)
	padding := len(text) - len(bytes.TrimRight(text, "="))
	if err != nil || n != len(text)/4*3-padding { // the package passes over line breaks, after which the fours would not be fours
		return errNotBase64
	}
	d.padded = padding > 0
	_, err = d.to.Write(d.buf[:n])
	return err
}

// end ends one text; another may follow.
func (d *unbase64) end() error {
	if d.n > 0 {
		return errNotBase64
	}
	d.padded = false
	return nil
}
