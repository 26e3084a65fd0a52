package netlog

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler/record/netlog/netlogtest"
)

// packedBy is a text in a content coding.
func packedBy(t *testing.T, coding, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch coding {
	case "GZIP":
		w = gzip.NewWriter(&b)
	case "DEFLATE":
		w = zlib.NewWriter(&b)
	case "raw DEFLATE":
		w, err = flate.NewWriter(&b, flate.BestSpeed)
	case "BROTLI":
		w = brotli.NewWriter(&b)
	case "ZSTD":
		w, err = zstd.NewWriter(&b)
	}
	require.NoError(t, err)
	_, err = io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// answered is the log of a request whose answer came in two pieces, of which Chrome made so many bytes.
func answered(coding string, came []byte, opened int) *Log {
	l := New(Options{})
	half := len(came) / 2
	_ = l.Read(strings.NewReader(netlogtest.Log(
		`URL_REQUEST_START_JOB 5 {"method":"GET","url":"https://v.test/a.js"}`,
		`HTTP_TRANSACTION_SEND_REQUEST_HEADERS 5 {"headers":["Host: v.test"]}`,
		fmt.Sprintf(`URL_REQUEST_FILTERS_SET 5 {"filters":%q}`, coding),
		netlogtest.Sent("URL_REQUEST_JOB_BYTES_READ", 5, came[:half]),
		netlogtest.Sent("URL_REQUEST_JOB_BYTES_READ", 5, came[half:]),
		fmt.Sprintf(`URL_REQUEST_JOB_FILTERED_BYTES_READ 5 {"byte_count":%d,"bytes":""}`, opened),
		`end:REQUEST_ALIVE 5`,
	)))
	return l
}

func brokenIn(l *Log) (broken bool) {
	l.Look("GET", "https://v.test/a.js", func(sent []*Request) { broken = len(sent) == 1 && sent[0].Broken })
	return broken
}

// Chrome takes what it could unpack for all there is: whether that is so is told by the bytes.
func TestAnswersWhoseContentBreaksOff(t *testing.T) {
	var text strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&text, "send(%d);", i*i*7919)
	}
	n := text.Len()
	for _, coding := range []string{"GZIP", "DEFLATE", "raw DEFLATE", "BROTLI", "ZSTD"} {
		whole := packedBy(t, coding, text.String())
		name := strings.TrimPrefix(coding, "raw ")
		assert.False(t, brokenIn(answered(name, whole, n)), coding)
		assert.True(t, brokenIn(answered(name, whole[:len(whole)/2], n/2)), "half of %s", coding)
		assert.True(t, brokenIn(answered(name, whole[:len(whole)-9], n-1)), "%s without its end", coding)
		assert.False(t, brokenIn(answered(name, nil, 0)), "nothing at all, said to be %s", coding)
	}
	gz := packedBy(t, "GZIP", text.String())
	assert.False(t, brokenIn(answered("GZIP", append(bytes.Clone(gz), "\r\n"...), n)), "something stands behind the end")
	assert.False(t, brokenIn(answered("GZIP,BROTLI", gz[:50], n)), "what cannot be opened here says nothing")
	assert.False(t, brokenIn(answered("DCB", gz[:50], n)))
	l := answered("GZIP", gz, n)
	assert.Empty(t, l.requests, "what came is not kept")
}
