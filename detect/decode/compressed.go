package decode

import (
	"io"
	"strings"
	"unsafe"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// freeOutput is what a decompression may give whatever its ratio: small inputs of repetitive text shrink a thousandfold.
const freeOutput = 1 << 20

// codecs are the decompressors of a tree, made when first needed and used again: making one costs more than using it.
type codecs struct {
	flate  io.ReadCloser
	brotli *brotli.Reader
	zstd   *zstd.Decoder
	buf    []byte
	wide   bool // a decompressor holds a window of some megabytes
}

// The work of a decompressed byte, for the slowest decompressors give some 50 MB a second, and of starting one: it builds
// tables.
const (
	unpacking = 8
	inflating = 4 << 10
	broaching = 40 << 10 // brotli has a dictionary, and tables of its own for everything
)

// drain reads r, made from in bytes, up to the budget. A stream that is cut short or damaged gives what there is of it.
// whole reports whether it came to its proper end.
func (o *Out) drain(r io.Reader, in int) (v string, whole bool) {
	t := o.t
	limit, why := t.mayOutput()
	if cap(t.codecs.buf) == 0 {
		t.codecs.buf = make([]byte, 16<<10)
	}
	buf := t.codecs.buf[:cap(t.codecs.buf)]
	n := 0
	var err error
	for err == nil && int64(n) <= limit {
		if n == len(buf) {
			buf = append(make([]byte, 0, min(2*int64(n), limit+1)), buf...)
			buf = buf[:cap(buf)]
		}
		var k int
		k, err = r.Read(buf[n:])
		n += k
	}
	if int64(n) > limit {
		n = int(limit)
		if !media(string(buf[:min(n, 64)])) {
			o.missed(why, in)
		}
	}
	t.spent.output += int64(n)
	t.work(unpacking * n)
	if n > keptBuffer && n > len(buf)/4*3 { // too large to be kept for the next one: it need not be copied
		t.codecs.buf = nil
		return unsafe.String(&buf[0], n), err == io.EOF
	}
	v = string(buf[:n])
	if cap(buf) <= keptBuffer {
		t.codecs.buf = buf
	}
	return v, err == io.EOF
}

const keptBuffer = 1 << 20

// shrink gives up what an unusual request made grow.
func (c *codecs) shrink() {
	if cap(c.buf) > keptBuffer {
		c.buf = nil
	}
	if c.wide {
		*c = codecs{buf: c.buf}
	}
}

// inflate undoes raw DEFLATE (RFC 1951). rest is what follows the stream.
func (o *Out) inflate(s string) (v string, whole bool, rest string) {
	o.t.work(inflating)
	src := strings.NewReader(s)
	c := &o.t.codecs
	if c.flate == nil {
		c.flate = flate.NewReader(src)
	} else if err := c.flate.(flate.Resetter).Reset(src, nil); err != nil {
		return "", false, ""
	}
	v, whole = o.drain(c.flate, len(s))
	return v, whole, s[len(s)-src.Len():]
}

// unpacked gives what a compression held, whatever it is. Output that was paid for earns fields.
func (o *Out) unpacked(v string) bool {
	if len(v) == 0 {
		return false
	}
	o.t.earn(len(v))
	o.add(v, Text)
	return true
}

// binary reports whether s is surely no text: an odd control byte or invalid UTF-8 among its first 64 bytes.
func binary(s string) bool {
	for i := range min(len(s), 64) {
		if c := s[i]; c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return badUTF8(s)
}

// token reports whether s is the guess of an encoding and as short as, or of the length of, a random id or a digest:
// too likely an accident to try brotli on it, which takes long to fail. A brotli stream of a few bytes ends in a 3.
func (o *Out) token(s string) bool {
	return o.guess() && (len(s) < 28 || len(s) == 32 || len(s) == 48 || len(s) == 64) && s[len(s)-1] != 3
}
