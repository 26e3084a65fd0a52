package decode

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestABombCostsNothing(t *testing.T) {
	zeros := func(n int, open func(io.Writer) io.WriteCloser) []byte {
		var b bytes.Buffer
		w := open(&b)
		block := bytes.Repeat([]byte("a"), 1<<20)
		for range n {
			_, err := w.Write(block)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		return b.Bytes()
	}
	gz := func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
	bombs := map[string][]byte{
		"gzip":          zeros(256, gz),
		"deflate":       zeros(256, func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, 1); return z }),
		"brotli":        zeros(256, func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, 4) }),
		"zstd":          zeros(256, func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z }),
		"many members":  bytes.Repeat(zeros(1, gz), 200),
		"deep JSON":     []byte(strings.Repeat(`{"a":[`, 500_000)),
		"deep brackets": []byte(strings.Repeat("[", 1<<20)),
		"wide JSON":     []byte("[" + strings.Repeat(`"",`, 1<<20)),
		"msgpack":       []byte("\xdd\xff\xff\xff\xff" + strings.Repeat("\x91", 1<<16)),
		"msgpack map":   []byte("\x81\xa1a" + strings.Repeat("\xdf\xff\xff\xff\xff\xa1a", 1<<16)),
		"cbor":          []byte(strings.Repeat("\x9f", 1<<20)),
		"protobuf":      []byte(strings.Repeat("\x0a\x02", 1<<19)),
		"percent":       []byte(strings.Repeat("%2525", 1<<18)),
		"base64":        bytes.Repeat([]byte("eyJhIjoi"), 1<<17),
		"list":          []byte(strings.Repeat("eyJhIjoiYiJ9|", 1<<16)),
		"urls":          []byte(strings.Repeat("http://a/?a=1%20", 1<<16)),
		"form":          []byte(strings.Repeat("a=1&", 1<<18)),
		"xml":           []byte("<?xml?>" + strings.Repeat("<q a='1'>", 1<<17)),
		"entities":      []byte(strings.Repeat("&amp;amp;", 1<<17)),
		"braces":        []byte("x " + strings.Repeat(`{"`, 1<<18)),
		"quotes":        []byte(`"` + strings.Repeat(`\\\"`, 1<<18)),
		"zeros":         make([]byte, 1<<20),
	}
	for name, b := range bombs {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			tree := Bytes(BodyIn, "body", b, DefaultBudget)
			took := time.Since(start)
			t.Logf("%d KB: %d fields, %d KB held, %d M work of %d M, %d cuts, %v",
				len(b)>>10, len(tree.Fields), tree.Held()>>10, tree.spent.work>>20, tree.left.work>>20, len(tree.Cut), took.Round(time.Millisecond))
			assert.LessOrEqual(t, tree.spent.output, DefaultBudget.Output+64)
			assert.Less(t, tree.Held(), int64(96<<20))
			if strings.Contains("gzip deflate brotli zstd many members", name) {
				assert.NotEmpty(t, tree.Cut)
			}
			tree.Release()
		})
	}
}

func TestAQuineEnds(t *testing.T) {
	s := `{"a":"b"}`
	for range 60 {
		var b strings.Builder
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, s)
		_ = w.Close()
		s = b.String()
	}
	tree := Bytes(BodyIn, "body", []byte(s), DefaultBudget)
	assert.Equal(t, CutDepth, tree.Cut[0].Kind)
	assert.LessOrEqual(t, len(tree.Fields), DefaultBudget.Depth+2)
}
