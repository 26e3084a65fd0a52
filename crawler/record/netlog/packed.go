package netlog

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// packed is the content of an answer as it came, in the content coding that its head names
// (https://www.rfc-editor.org/rfc/rfc9110#field.content-encoding). Chrome takes what it could unpack of one that breaks off for all of it (measured with Chromium 156), so only the bytes tell.
type packed struct {
	coding string // as the log names it: GZIP, BROTLI …
	raw    []byte
	opened int64 // bytes that Chrome made of it
	long   bool  // it is too long to be kept
}

// maxPacked bounds what is kept of an answer that is under way.
const maxPacked = 8 << 20

// write takes in what came.
func (p *packed) write(b []byte) {
	if p.long = p.long || len(p.raw)+len(b) > maxPacked; p.long {
		p.raw = nil
		return
	}
	p.raw = append(p.raw, b...)
}

// broken reports whether the content broke off. What has no content at all is not packed, whatever its head says.
func (p *packed) broken() bool {
	if p.long || len(p.raw) == 0 || p.coding == "GZIP" && p.sized() {
		return false
	}
	in := bytes.NewReader(p.raw)
	var err error
	switch p.coding {
	case "GZIP":
		err = opens(func() (io.Reader, error) {
			z, err := gzip.NewReader(in)
			if err == nil {
				z.Multistream(false) // what stands behind the end matters to nobody
			}
			return z, err
		})
	case "DEFLATE":
		err = opens(func() (io.Reader, error) { return zlib.NewReader(in) })
		if err != nil { // many servers leave the frame of zlib out
			err = opens(func() (io.Reader, error) { return flate.NewReader(bytes.NewReader(p.raw)), nil })
		}
	case "BROTLI":
		err = opens(func() (io.Reader, error) { return brotli.NewReader(in), nil })
	case "ZSTD":
		err = opens(func() (io.Reader, error) {
			z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1))
			if err != nil {
				return nil, err
			}
			return z.IOReadCloser(), nil
		})
	}
	return err != nil
}

// sized reports whether the end of gzip stands where it should, and says as many bytes as there were
// (https://www.rfc-editor.org/rfc/rfc1952).
func (p *packed) sized() bool {
	const size = 4 // bytes, the last
	if len(p.raw) < size {
		return false
	}
	return binary.LittleEndian.Uint32(p.raw[len(p.raw)-size:]) == uint32(p.opened)
}

// maxOpened bounds how much is unpacked; what is longer passes for whole.
const maxOpened = 64 << 20

// opens unpacks to the end, and returns why that is not there.
func opens(begin func() (io.Reader, error)) error {
	r, err := begin()
	if err != nil {
		return err
	}
	if c, ok := r.(io.Closer); ok {
		defer c.Close()
	}
	if _, err := io.CopyN(io.Discard, r, maxOpened); err != io.EOF {
		return err
	}
	return nil
}

// codingOf is the content coding that an event names; "" if there are several, or none.
func codingOf(line []byte) string {
	_, rest, _ := bytes.Cut(line, []byte(`"filters":"`))
	name, _, ok := bytes.Cut(rest, []byte{'"'})
	if !ok || bytes.ContainsAny(name, ", ") {
		return ""
	}
	return strings.ToUpper(string(name))
}

// unpack begins to keep what comes of an answer in a content coding.
func (l *Log) unpack(id requestID, coding string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if x := l.requests[id]; x != nil && coding != "" {
		x.hop.packed = &packed{coding: coding}
	}
}

// came takes in what came of an answer; read gives the bytes, and is called only if somebody wants them.
func (l *Log) came(id requestID, read func() []byte) {
	l.mu.Lock()
	x := l.requests[id]
	wanted := x != nil && x.hop.packed != nil
	l.mu.Unlock()
	if !wanted {
		return
	}
	b := read()
	l.mu.Lock()
	defer l.mu.Unlock()
	x.hop.packed.write(b)
}

// opened notes how many bytes Chrome made of what came.
func (l *Log) opened(id requestID, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if x := l.requests[id]; x != nil && x.hop.packed != nil {
		x.hop.packed.opened += int64(n)
	}
}

// weigh finds out whether the content of an answer that has come to its end broke off.
func (l *Log) weigh(id requestID) {
	l.mu.Lock()
	x := l.requests[id]
	l.mu.Unlock()
	if x == nil || x.hop.packed == nil {
		return
	}
	broken := x.hop.packed.broken() // one goroutine reads the log, and nobody else has it
	l.mu.Lock()
	defer l.mu.Unlock()
	x.hop.packed, x.hop.Broken = nil, broken
}
