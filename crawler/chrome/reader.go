package chrome

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// reader splits the pipe into messages, which end with a zero byte. A message up to readBuffer bytes is returned as it
// is. Of a longer one, the strings that the elider finds too long are cut: a 120 MB upload arrives as a 900 MB message, and nothing in
// tagscan may hold that.
type reader struct {
	br  *bufio.Reader
	max int
}

const (
	readBuffer = 256 << 10
	// mangled is what is kept of a request's postData, a lossy duplicate of postDataEntries, which has the bytes.
	mangled = 4 << 10
)

func newReader(r io.Reader, max int) *reader {
	return &reader{br: bufio.NewReaderSize(r, readBuffer), max: max}
}

// next returns the next message without its zero byte, valid until the call after, and how many bytes were cut.
func (r *reader) next() (msg []byte, cut int, err error) {
	for {
		b, err := r.br.ReadSlice(0)
		switch {
		case err == nil:
			if b = bytes.TrimSpace(b[:len(b)-1]); len(b) > 0 {
				return bytes.Clone(b), 0, nil
			}
		case errors.Is(err, bufio.ErrBufferFull):
			return r.long(b)
		case errors.Is(err, io.EOF) && len(b) > 0:
			return nil, 0, io.ErrUnexpectedEOF
		default:
			return nil, 0, err
		}
	}
}

// long reads the rest of a message that began with head.
func (r *reader) long(head []byte) ([]byte, int, error) {
	e := elider{max: r.max}
	e.write(head)
	for {
		b, err := r.br.ReadSlice(0)
		if err == nil {
			e.write(b[:len(b)-1])
			return e.out, e.cut, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, 0, err
		}
		e.write(b)
	}
}

// elider copies JSON and cuts the strings in it that are long: the value of "postData" after mangled bytes, any other
// one when the message has grown to max. What it writes stays valid JSON: a cut string only ends early.
type elider struct {
	out      []byte
	max      int
	cut      int
	inString bool
	escaped  bool
	start    int // where the string began in out
	limit    int // bytes of this string that are kept
	full     bool
	spare    bool // the string is a lossy duplicate: cutting it loses nothing
}

var postDataKey = []byte(`"postData":`)

func (e *elider) write(b []byte) {
	for len(b) > 0 {
		if !e.inString {
			i := bytes.IndexByte(b, '"')
			if i < 0 {
				e.out = append(e.out, b...)
				return
			}
			e.out = append(e.out, b[:i]...)
			e.limit = max(e.max-len(e.out), 1<<10)
			if e.spare = bytes.HasSuffix(e.out, postDataKey); e.spare {
				e.limit = min(e.limit, mangled)
			}
			e.out = append(e.out, '"')
			e.inString, e.escaped, e.full, e.start = true, false, false, len(e.out)
			b = b[i+1:]
			continue
		}
		b = b[e.string(b):]
	}
}

// string copies or cuts a piece of a string's inside, and returns how many bytes of b it took.
func (e *elider) string(b []byte) int {
	if e.escaped {
		e.escaped = false
		e.keep(b[:1])
		return 1
	}
	i := bytes.IndexAny(b, `"\`)
	if i < 0 {
		e.keep(b)
		return len(b)
	}
	e.keep(b[:i])
	if b[i] == '"' {
		e.inString = false
		e.out = append(e.out, '"')
		return i + 1
	}
	// An escape is kept whole or not at all; \uXXXX is one backslash and five plain bytes, so the cut must not fall into it.
	if !e.full && len(e.out)-e.start+6 > e.limit {
		e.full = true
	}
	e.keep(b[i : i+1])
	e.escaped = true
	return i + 1
}

func (e *elider) keep(b []byte) {
	if e.full {
		e.lose(len(b))
		return
	}
	room := e.limit + 16 - (len(e.out) - e.start) // 16: an escape that was begun may end
	if len(b) <= room {
		e.out = append(e.out, b...)
		return
	}
	n := max(0, e.limit-(len(e.out)-e.start))
	for n > 0 && n < len(b) && b[n]&0xC0 == 0x80 { // not inside a rune
		n--
	}
	e.out = append(e.out, b[:n]...)
	e.lose(len(b) - n)
	e.full = true
}

func (e *elider) lose(n int) {
	if !e.spare {
		e.cut += n
	}
}
