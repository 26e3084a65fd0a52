package har

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// unwrap opens what a HAR comes in: gzip, and UTF-16 as a Windows shell's redirection writes it, with a byte order mark or
// without. What is left to do is the cleaner's.
func unwrap(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, bufferSize)
	head, _ := in.Peek(4)
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("%w (%w)", errNotHAR, err)
		}
		in = bufio.NewReaderSize(z, bufferSize)
		head, _ = in.Peek(4)
	}
	if wide := utf16In(head); wide != nil {
		in = bufio.NewReaderSize(transform.NewReader(in, wide.NewDecoder()), bufferSize)
	}
	return in, nil
}

const bufferSize = 64 << 10

// utf16In tells UTF-16 by its mark, or by the zero in one of the first two bytes: a HAR begins with ASCII. nil: it is none.
func utf16In(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case len(head) < 2:
		return nil
	case head[0] != 0 && head[1] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case head[0] == 0 && head[1] != 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}
