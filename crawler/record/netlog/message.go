package netlog

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"strings"
)

// Message is what a WebSocket sent as one.
type Message struct {
	Opcode int // 1 text, 2 binary
	Data   []byte
}

// Messages cuts the messages out of what was written to a WebSocket: RFC 6455, section 5.2, and RFC 7692 for those that are
// compressed. ok is false if not all could be read, or it is too much: what is compressed says little of how long it is.
func Messages(stream []byte) (list []Message, ok bool) {
	ok = true
	var window []byte // the last bytes of the messages before, which compressed ones refer to
	var part Message  // that is not over
	var deflated bool
	size := 0
	for {
		n, head, payload := nextFrame(stream)
		if n == 0 {
			return list, ok
		}
		stream = stream[n:]
		op := int(head & 0x0F)
		if op >= 8 {
			continue // ping, pong, close
		}
		if op != 0 {
			part, deflated = Message{Opcode: op}, head&0x40 != 0
		}
		part.Data = append(part.Data, payload...)
		if head&0x80 == 0 {
			continue
		}
		if deflated {
			var err error
			if part.Data, err = inflate(part.Data, window); err != nil {
				ok = false
			}
			window = append(window, part.Data...)
			window = bytes.Clone(window[max(0, len(window)-32<<10):])
		}
		if size += len(part.Data); size > maxStream {
			return list, false
		}
		list = append(list, part)
		part = Message{}
	}
}

// inflate opens a compressed message. RFC 7692, section 7.2.2: the tail that the sender took off is put back; an empty last block
// ends the stream.
func inflate(b, window []byte) ([]byte, error) {
	z := flate.NewReaderDict(io.MultiReader(bytes.NewReader(b), strings.NewReader("\x00\x00\xff\xff\x01\x00\x00\xff\xff")), window)
	return io.ReadAll(io.LimitReader(z, maxStream))
}

// nextFrame reads one whole frame; n is how long it is, 0 if it is not all there.
func nextFrame(b []byte) (n int, head byte, payload []byte) {
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
