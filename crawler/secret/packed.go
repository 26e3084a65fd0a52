package secret

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	// maxPacked is the size in bytes up to which a compressed body is looked into: it is held in memory for that.
	maxPacked = 8 << 20
	// maxUnpacked is how much of it is unpacked at most; behind that nothing is looked for.
	maxUnpacked = 32 << 20
	// maxLayers is how often something is compressed that was compressed already.
	maxLayers = 3
)

// packing is a way to compress a body: gzip, or zlib and deflate, as CompressionStream and the usual libraries write them
// (https://compression.spec.whatwg.org/#supported-formats).
type packing struct {
	begins func(b []byte) bool
	reader func(r io.Reader) (io.ReadCloser, error)
	writer func(w io.Writer) io.WriteCloser
}

var packings = []packing{
	{
		begins: func(b []byte) bool { return len(b) > 2 && b[0] == 0x1f && b[1] == 0x8b && b[2] == 8 }, // RFC 1952, 2.3.1
		reader: func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) },
		writer: func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	},
	{
		begins: func(b []byte) bool { return len(b) > 2 && b[0]&15 == 8 && (int(b[0])<<8|int(b[1]))%31 == 0 }, // RFC 1950, 2.2
		reader: zlib.NewReader,
		writer: func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
	},
	{
		begins: func(b []byte) bool { return len(b) > 2 && b[0]&6 != 6 && !printable(b) }, // RFC 1951, 3.2.3: two of four kinds of blocks and stored ones
		reader: func(r io.Reader) (io.ReadCloser, error) { return flate.NewReader(r), nil },
		writer: func(w io.Writer) io.WriteCloser {
			f, _ := flate.NewWriter(w, flate.DefaultCompression) // fails for levels that are none
			return f
		},
	},
}

// printable reports whether bytes begin as text does.
func printable(b []byte) bool {
	for b = b[:min(len(b), 64)]; len(b) > 0; {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			return !utf8.FullRune(b) // the end of what is looked at
		case r < 0x20 && r != '\t' && r != '\n' && r != '\r':
			return false
		}
		b = b[n:]
	}
	return true
}

// compressed reports whether bytes may be the beginning of something compressed.
func compressed(b []byte) bool {
	for _, p := range packings {
		if p.begins(b) {
			return true
		}
	}
	return false
}

// Body is Bytes for a whole body, which may be compressed: one that has a value in it is compressed anew with the token in its place.
func (v *Vault) Body(b []byte) []byte {
	if v.Empty() {
		return b
	}
	if out, changed := v.unpacked(b, maxLayers); changed {
		return out
	}
	return v.Bytes(b)
}

// unpacked looks for values in what is compressed. changed is false if there are none: then nothing is returned.
func (v *Vault) unpacked(b []byte, layers int) (out []byte, changed bool) {
	if layers == 0 || len(b) > maxPacked {
		return nil, false
	}
	for _, p := range packings {
		if !p.begins(b) {
			continue
		}
		r, err := p.reader(bytes.NewReader(b))
		if err != nil {
			continue
		}
		// An error is that of a body that was cut short: what came before it may hold a value all the same.
		plain, _ := io.ReadAll(io.LimitReader(r, maxUnpacked))
		is, inside := v.unpacked(plain, layers-1)
		if !inside {
			is = v.Bytes(plain)
			inside = len(is) != len(plain) || !bytes.Equal(is, plain)
		}
		if !inside {
			continue
		}
		var packed bytes.Buffer
		w := p.writer(&packed)
		if _, err = w.Write(is); err == nil {
			err = w.Close()
		}
		return packed.Bytes(), err == nil
	}
	return nil, false
}

// gzipHead is how the base64 of all that gzip makes begins.
var gzipHead = []byte("H4sI")

// gzipText is the beginning of what gzip makes, in base64, and what follows of it, in text that may escape its signs.
var gzipText = regexp.MustCompile(`H4sI(?:[A-Za-z0-9+/_-]|%2[BbFf]|\\/){16,}(?:={1,2}|(?:%3[Dd]){1,2})?`)

// plainSigns undoes the escapes of gzipText; percentSigns and slashes write them.
var (
	plainSigns   = strings.NewReplacer("%2B", "+", "%2b", "+", "%2F", "/", "%2f", "/", "%3D", "=", "%3d", "=", `\/`, "/")
	percentSigns = strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D")
	slashes      = strings.NewReplacer("/", `\/`)
)

// armoured replaces values in what is compressed by gzip and stands in a text as base64. It returns b itself if there is none.
func (v *Vault) armoured(b []byte) []byte {
	if !bytes.Contains(b, gzipHead) || len(b) > maxPacked {
		return b
	}
	return gzipText.ReplaceAllFunc(b, func(was []byte) []byte {
		plain := plainSigns.Replace(string(was))
		code := base64.RawStdEncoding
		if strings.ContainsAny(plain, "-_") {
			code = base64.RawURLEncoding
		}
		text, padding := strings.TrimRight(plain, "="), strings.Contains(plain, "=")
		packed, err := code.DecodeString(text)
		if err != nil {
			return was
		}
		is, changed := v.unpacked(packed, maxLayers)
		if !changed {
			return was
		}
		if padding {
			code = code.WithPadding(base64.StdPadding)
		}
		out := code.EncodeToString(is)
		switch {
		case bytes.Contains(was, []byte("%")):
			out = percentSigns.Replace(out)
		case bytes.Contains(was, []byte(`\/`)):
			out = slashes.Replace(out)
		}
		return []byte(out)
	})
}
