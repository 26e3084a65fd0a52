package record

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"strings"
)

// write takes the next bytes written to the connection and gives each request its body.
func (s *wireSocket) write(b []byte) {
	if s.h2 {
		s.http2(b)
		return
	}
	r := s.request
	if r == nil {
		return
	}
	r.written = true
	if s.inHead {
		s.buf = append(s.buf, b...)
		i := bytes.Index(s.buf, []byte("\r\n\r\n"))
		if i < 0 {
			if len(s.buf) > 1<<20 {
				s.request, s.buf = nil, nil
			}
			return
		}
		b, s.buf, s.inHead = s.buf[i+4:], nil, false
	}
	r.take(b)
}

// take appends to the body of a request, or to the frames of a WebSocket.
func (r *loggedRequest) take(b []byte) {
	if r.frames != nil {
		r.frames.write(b)
		return
	}
	limit := maxOtherBody
	if r.chunked {
		limit = maxWireBody
	}
	if len(r.body)+len(b) > limit {
		b, r.bodyCut = b[:max(0, limit-len(r.body))], true
	}
	r.body = append(r.body, b...)
}

// http2 cuts DATA frames out of a connection's bytes; RFC 9113, section 4.1.
func (s *wireSocket) http2(b []byte) {
	if s.preface > 0 {
		n := min(s.preface, len(b))
		s.preface -= n
		b = b[n:]
	}
	s.buf = append(s.buf, b...)
	for len(s.buf) >= 9 {
		size := int(s.buf[0])<<16 | int(s.buf[1])<<8 | int(s.buf[2])
		kind, flags := s.buf[3], s.buf[4]
		stream := binary.BigEndian.Uint32(s.buf[5:]) &^ (1 << 31)
		if len(s.buf) < 9+size {
			return
		}
		payload := s.buf[9 : 9+size]
		s.buf = s.buf[9+size:]
		const data, padded, endStream = 0, 0x8, 0x1
		if kind != data {
			continue
		}
		if flags&padded != 0 && len(payload) > 0 {
			n := int(payload[0])
			payload = payload[1:max(1, len(payload)-n)]
		}
		if r := s.streams[stream]; r != nil {
			r.take(bytes.Clone(payload))
		}
		if flags&endStream != 0 {
			delete(s.streams, stream)
		}
	}
	if len(s.buf) == 0 {
		s.buf = nil
	}
}

// socketFrames are the messages that a WebSocket sent, cut out of its bytes: RFC 6455, section 5.2, and RFC 7692 for
// messages that are compressed.
type socketFrames struct {
	buf      []byte
	messages [][]byte
	opcodes  []int
	part     []byte // of a message that is not over
	opcode   int
	deflated bool
	window   []byte // the last bytes of the messages before, which compressed ones refer to
	lost     bool   // not all of it could be read
	size     int
}

func (f *socketFrames) write(b []byte) {
	if f.size += len(b); f.size > maxWireBody {
		f.buf, f.lost = nil, true
		return
	}
	f.buf = append(f.buf, b...)
	for {
		n, head, payload := f.next()
		if n == 0 {
			return
		}
		f.buf = f.buf[n:]
		op := int(head & 0x0F)
		if op >= 8 {
			continue // ping, pong, close
		}
		if op != 0 {
			f.part, f.opcode, f.deflated = nil, op, head&0x40 != 0
		}
		f.part = append(f.part, payload...)
		if head&0x80 != 0 {
			f.whole()
		}
	}
}

// whole ends a message.
func (f *socketFrames) whole() {
	msg := f.part
	f.part = nil
	if f.deflated {
		// RFC 7692, section 7.2.2: the tail that the sender took off is put back; an empty last block ends the stream.
		z := flate.NewReaderDict(io.MultiReader(bytes.NewReader(msg), strings.NewReader("\x00\x00\xff\xff\x01\x00\x00\xff\xff")), f.window)
		out, err := io.ReadAll(io.LimitReader(z, maxWireBody))
		if err != nil {
			f.lost = true
		}
		msg = out
		f.window = append(f.window, out...)
		f.window = bytes.Clone(f.window[max(0, len(f.window)-32<<10):])
	}
	f.messages, f.opcodes = append(f.messages, msg), append(f.opcodes, f.opcode)
}

// next reads one whole frame from the buffer; n is 0 if it is not all there.
func (f *socketFrames) next() (n int, head byte, payload []byte) {
	b := f.buf
	if len(b) < 2 {
		return 0, 0, nil
	}
	size, at := int(b[1]&0x7F), 2
	switch size {
	case 126:
		if len(b) < 4 {
			return 0, 0, nil
		}
		size, at = int(binary.BigEndian.Uint16(b[2:])), 4
	case 127:
		if len(b) < 10 {
			return 0, 0, nil
		}
		size, at = int(binary.BigEndian.Uint64(b[2:])&(1<<40-1)), 10
	}
	var mask []byte
	if b[1]&0x80 != 0 {
		if len(b) < at+4 {
			return 0, 0, nil
		}
		mask = b[at : at+4]
		at += 4
	}
	if len(b) < at+size {
		return 0, 0, nil
	}
	payload = bytes.Clone(b[at : at+size])
	for i := range payload {
		if mask != nil {
			payload[i] ^= mask[i%4]
		}
	}
	return at + size, b[0], payload
}
