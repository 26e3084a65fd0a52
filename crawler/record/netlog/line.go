package netlog

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// A line is one event as JSON: its parameters, then its phase, source, time and type. Reading all of it as JSON takes most of the
// time, so what is a number, a flag or base64 is found by its key: what a page can put into a line stands in strings, where
// quotation marks are escaped, so no key is found there.
var (
	typeKey   = []byte(`"type":`)
	phaseKey  = []byte(`"phase":`)
	sourceKey = []byte(`"source":{"id":`)
	onKey     = []byte(`"source_dependency":{"id":`)
	streamKey = []byte(`"stream_id":`)
	lastFlag  = []byte(`"fin":true`)
	chunkFlag = []byte(`"is_chunked":true`)
	bytesKey  = []byte(`"bytes":"`)
	countKey  = []byte(`"byte_count":`)
)

const phaseEnd = 2 // of what has a beginning and an end

// params is all that is read of any event's parameters.
type params struct {
	URL       string   `json:"url"`
	Method    string   `json:"method"`
	Isolation string   `json:"network_isolation_key"`
	Lines     []string `json:"headers"` // "name: value"

	on      int // what the event says its source depends on
	stream  streamID
	last    bool // the stream's head is all that is sent on it
	chunked bool
}

// read reads of an event's parameters what one of its kind needs.
func read(k kind, line []byte) (p *params, ok bool) {
	switch k {
	case hopStarts, headSent, headSent2:
		var e struct {
			Params params `json:"params"`
		}
		err := json.Unmarshal(bytes.TrimRight(line, ",\r\n "), &e)
		return &e.Params, err == nil
	case uploadStarts:
		return &params{chunked: bytes.Contains(line, chunkFlag)}, true
	}
	on, ok := firstNumber(line, onKey)
	stream, _ := firstNumber(line, streamKey)
	return &params{on: on, stream: streamID(stream), last: bytes.Contains(line, lastFlag)}, ok
}

// headers are the parameters' lines; HTTP/2 has method and address in headers of its own, which are none.
func (p *params) headers() []crawler.Header {
	var hs []crawler.Header
	for _, line := range p.Lines {
		if name, value, ok := strings.Cut(line, ":"); ok && name != "" {
			hs = append(hs, crawler.Header{Name: name, Value: strings.TrimPrefix(value, " ")})
		}
	}
	return hs
}

// bytesOf are the bytes that an event tells of; none if it has none.
func bytesOf(line []byte) []byte {
	_, rest, _ := bytes.Cut(line, bytesKey)
	text, _, ok := bytes.Cut(rest, []byte{'"'})
	if !ok {
		return nil
	}
	b := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(b, text)
	if err != nil {
		return nil
	}
	return b[:n]
}

// lastNumber reads the number behind the last occurrence of a key.
func lastNumber(line, key []byte) (int, bool) {
	return number(line, key, bytes.LastIndex(line, key))
}

// firstNumber reads the number behind the first occurrence of a key.
func firstNumber(line, key []byte) (int, bool) {
	return number(line, key, bytes.Index(line, key))
}

func number(line, key []byte, at int) (int, bool) {
	if at < 0 {
		return 0, false
	}
	rest := line[at+len(key):]
	i := 0
	for i < len(rest) && (rest[i] >= '0' && rest[i] <= '9' || rest[i] == '-') {
		i++
	}
	n, err := strconv.Atoi(string(rest[:i]))
	return n, err == nil
}
