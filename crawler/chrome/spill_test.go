package chrome

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// sinks makes sinks that hold what they are given, or fail.
type sinks struct {
	made, closed, aborted int
	openErr, closeErr     error
	full                  int // bytes after which a write fails; 0: none does
}

func (s *sinks) open() (crawler.Sink, error) {
	if s.openErr != nil {
		return nil, s.openErr
	}
	s.made++
	return &memorySink{sinks: s}, nil
}

type memorySink struct {
	*sinks
	bytes.Buffer
}

var errFull = errors.New("no space left")

func (m *memorySink) Write(p []byte) (int, error) {
	if m.full > 0 && m.Len()+len(p) > m.full {
		return 0, errFull
	}
	return m.Buffer.Write(p)
}

func (m *memorySink) Close() (crawler.Body, error) {
	m.closed++
	if m.closeErr != nil {
		return crawler.Body{}, m.closeErr
	}
	return crawler.NewBody(m.Bytes()), nil
}

func (m *memorySink) Abort() error { m.aborted++; return nil }

// elided is what becomes of a message that comes in pieces.
func elided(s *sinks, pieces ...string) message {
	e := newElider(1<<20, s.open)
	for _, p := range pieces {
		e.write([]byte(p))
	}
	return e.end()
}

func TestBodiesGoToTheSink(t *testing.T) {
	const abc = `{"bytes":"YWJj"}`
	event := func(entries string) string {
		return `{"method":"Fetch.requestPaused","params":{"requestId":"1","request":{"url":"/?{[\"","headers":{"a":"b"},"postData":"x","hasPostData":true,"postDataEntries":` + entries + `,"after":[1,{"bytes":"YWJj"}]},"networkId":"2"},"sessionId":"S"}`
	}
	tests := []struct {
		name, in string
		want     string // the body
		left     string // entries left in the message, in one text
		bad      bool
		made     int
	}{
		{name: "one entry", in: event(`[` + abc + `]`), want: "abc", made: 1},
		{name: "padded entries", in: event(`[{"bytes":"YQ=="},{"bytes":"YmM="},{"bytes":"ZGVm"}]`), want: "abcdef", made: 1},
		{name: "white space", in: event(" [ { \"bytes\" : \"YQ==\" } ,\n {\t\"bytes\":\r\n\"YmM=\"}]"), want: "abc", made: 1},
		{name: "escapes", in: event(`[{"bytes":"+\/\u002b\u002F"},{"bytes":"\u0059Q=\u003d"}]`), want: "\xfb\xff\xbfa", made: 1},
		{name: "other members of an entry", in: event(`[{"x":{"bytes":"ZZZZ"},"y":["bytes"],"z":"\"bytes\":\"YWJj\"","bytes":"YWJj","w":null}]`), want: "abc", made: 1},
		{name: "no entry", in: event(`[]`)},
		{name: "an entry without bytes", in: event(`[` + abc + `,{}]`), made: 1},
		{name: "an entry with no bytes", in: event(`[{"bytes":""},` + abc + `]`), made: 1},
		{name: "an entry that is no string", in: event(`[` + abc + `,{"bytes":null}]`), made: 1},
		{name: "no entry with bytes", in: event(`[{"bytes":""},{}]`)},
		{name: "in an answer", in: `{"id":1,"result":{"request":{"postDataEntries":[` + abc + `]}}}`},
		{name: "on another level", in: `{"params":{"x":{"request":{"postDataEntries":[` + abc + `]}}}}`},
		{name: "in a longer name", in: `{"params":{"request":{"xpostDataEntries":[` + abc + `],"postDataEntries":{"":` + abc + `}}}}`},
		{name: "in a string", in: `{"params":{"request":{"postData":"\"postDataEntries\":[{\"bytes\":\"YWJj\"}]"}}}`},
		{name: "not base64", in: event(`[{"bytes":"YWJj"},{"bytes":"Y*Jj"}]`), bad: true, made: 1},
		{name: "a cut base64", in: event(`[{"bytes":"YWJjYW"}]`), bad: true, made: 1},
		{name: "something after the padding", in: event(`[{"bytes":"YQ==YWJj"}]`), bad: true, made: 1},
		{name: "padding alone", in: event(`[{"bytes":"===="}]`), bad: true, made: 1},
		{name: "a line break", in: event(`[{"bytes":"YWJj\n"}]`), bad: true, made: 1},
		{name: "four line breaks", in: event(`[{"bytes":"\u000a\u000a\u000a\u000aYWJj"}]`), bad: true, made: 1},
		{name: "an escape outside of base64", in: event(`[{"bytes":"YWJ\u0129"}]`), bad: true, made: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.True(t, json.Valid([]byte(tt.in)))
			for i := range len(tt.in) {
				s := &sinks{}
				m := elided(s, tt.in[:i], tt.in[i:])
				require.Equal(t, tt.want, string(m.body.Inline), "split at %d", i)
				require.True(t, json.Valid(m.json), "%s", m.json)
				require.Equal(t, tt.made, s.made)
				require.Equal(t, s.made, s.closed+s.aborted, "every sink is ended once")
				require.Equal(t, tt.bad, m.bodyErr != nil, "%v", m.bodyErr)
				require.Equal(t, tt.bad, m.cut > 0)
				if s.made == 0 {
					require.JSONEq(t, tt.in, string(m.json))
				}
			}
			whole, bytewise := elided(&sinks{}, tt.in), elided(&sinks{}, strings.Split(tt.in, "")...)
			assert.Equal(t, whole, bytewise)
		})
	}
}

func TestASpilledMessageKeepsTheRest(t *testing.T) {
	const in = `{"params":{"request":{"url":"u","postDataEntries":[{"bytes":"YQ=="},{"bytes":"Yg=="}],"method":"POST"}}}`
	m := elided(&sinks{}, in)
	assert.Equal(t, `{"params":{"request":{"url":"u","postDataEntries":[{"bytes":""},{"bytes":""}],"method":"POST"}}}`, string(m.json))
	e := newElider(1<<20, nil)
	e.write([]byte(in))
	assert.Equal(t, message{json: []byte(in)}, e.end(), "without a sink the body stays")
}

// TestASinkThatFailsCostsOneBody feeds the connection as a browser does: what comes after must still be read.
func TestASinkThatFailsCostsOneBody(t *testing.T) {
	const length = 3 << 20
	text := base64.StdEncoding.EncodeToString(make([]byte, length))
	long := `{"method":"Fetch.requestPaused","params":{"request":{"postDataEntries":[{"bytes":"` + text + `"}]}}}` + "\x00"
	tests := []struct {
		name            string
		sinks           *sinks
		aborted, closed int
	}{
		{"none can be made", &sinks{openErr: errFull}, 0, 0},
		{"the first write fails", &sinks{full: 1}, 1, 0},
		{"a later write fails", &sinks{full: length / 2}, 1, 0},
		{"it cannot be closed", &sinks{closeErr: errFull}, 0, 1},
		{"all goes well", &sinks{}, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, browser := io.Pipe()
			c := newConn(newReader(in, 1<<20, tt.sinks.open), nopCloser{io.Discard})
			events := make(chan Event, 2)
			c.listen(func(ev Event) { events <- ev })
			_, err := io.WriteString(browser, long+`{"method":"next"}`+"\x00")
			require.NoError(t, err)
			ev, next := <-events, <-events
			assert.Equal(t, "next", next.Method)
			assert.Zero(t, next.Cut)
			assert.Equal(t, []int{tt.aborted, tt.closed}, []int{tt.sinks.aborted, tt.sinks.closed})
			if tt.name == "all goes well" {
				assert.NoError(t, ev.BodyErr)
				assert.Zero(t, ev.Cut)
				assert.EqualValues(t, length, ev.Body.Size)
			} else {
				assert.ErrorIs(t, ev.BodyErr, errFull)
				assert.Equal(t, len(text), ev.Cut)
				assert.True(t, ev.Body.IsZero())
			}
			require.NoError(t, browser.Close())
			<-c.done
			<-c.written
		})
	}
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func TestABrowserThatDiesLeavesNoHalfBody(t *testing.T) {
	s := &sinks{}
	half := `{"params":{"request":{"postDataEntries":[{"bytes":"` + strings.Repeat("A", readBuffer*2)
	_, err := newReader(strings.NewReader(half), 1<<20, s.open).next()
	require.Error(t, err)
	assert.Equal(t, &sinks{made: 1, aborted: 1}, s)
}

// countingSink checks a body without holding it.
type countingSink struct {
	hash  io.Writer
	bytes int64
}

func (c *countingSink) Write(p []byte) (int, error) { c.bytes += int64(len(p)); return c.hash.Write(p) }

func (c *countingSink) Close() (crawler.Body, error) {
	return crawler.Body{Size: c.bytes, SHA256: "x"}, nil
}

func (c *countingSink) Abort() error { return nil }

func TestSpillingNeedsNoMemory(t *testing.T) {
	const blocks = 64
	block := bytes.Repeat([]byte("0123456789ab"), 64<<10)
	text := base64.StdEncoding.EncodeToString(block)
	want, got := sha256.New(), sha256.New()
	parts := []io.Reader{strings.NewReader(`{"params":{"request":{"postData":"`)}
	for range blocks {
		parts = append(parts, strings.NewReader(text)) // as good as any text
	}
	parts = append(parts, strings.NewReader(`","postDataEntries":[{"bytes":"`))
	for range blocks {
		want.Write(block)
		parts = append(parts, strings.NewReader(text))
	}
	parts = append(parts, strings.NewReader(`"}]}}}`+"\x00"))
	r := newReader(io.MultiReader(parts...), 32<<20, func() (crawler.Sink, error) { return &countingSink{hash: got}, nil })
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := r.next()
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	assert.EqualValues(t, blocks*len(block), m.body.Size)
	assert.Equal(t, want.Sum(nil), got.Sum(nil))
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(200<<10), "all that was ever allocated")
}

// fuzzedRequest is what the fuzzers read of a message.
type fuzzedRequest struct {
	Params struct {
		Request struct {
			Entries []struct {
				Bytes string `json:"bytes"`
			} `json:"postDataEntries"`
		} `json:"request"`
	} `json:"params"`
}

// body is what an ordinary decoder makes of a message's entries.
func (r *fuzzedRequest) body() (b []byte, ok bool) {
	for _, e := range r.Params.Request.Entries {
		raw, err := base64.StdEncoding.DecodeString(e.Bytes)
		if err != nil || len(raw) == 0 {
			return nil, false
		}
		b = append(b, raw...)
	}
	return b, len(b) > 0
}

func pieces(in []byte, n int) (out []string) {
	for len(in) > n {
		out, in = append(out, string(in[:n])), in[n:]
	}
	return append(out, string(in))
}

func FuzzElider(f *testing.F) {
	f.Add([]byte(`{"params":{"request":{"postData":"aé\"\\b","x":[1,"y"]}}}`), 3)
	f.Add([]byte(`{"k":"`+strings.Repeat("z", 5000)+`"}`), 7)
	f.Add([]byte(`{"params":{"request":{"postDataEntries":[{"bytes":"YQ=="},{"bytes":"\u0059\/+="}]}}}`), 1)
	f.Add([]byte(`{"params":{"request":{"postDataEntries":[{"bytes":"YQ=="},{"bytes":"","x":[]}]}}}`), 2)
	f.Add([]byte(`{"k":"`+strings.Repeat("z", 2000)+`\\\"\\","l":["\""]}`), 1)
	f.Add([]byte(`{"params":{"request":{"postDataEntries":[{"bytes":"\\"},{"bytes":"\""},{"bytes":"YQ=="}]}}}`), 1)
	f.Add([]byte(`}}]]{"params":{"request":{"postDataEntries":[{"bytes":"YQ"`), 4)
	f.Fuzz(func(t *testing.T, in []byte, piece int) {
		if piece <= 0 {
			return
		}
		s := &sinks{}
		e := newElider(100, s.open)
		for _, p := range pieces(in, piece) {
			e.write([]byte(p))
		}
		m := e.end()
		if s.made != s.closed+s.aborted {
			t.Fatalf("%d sinks, %d closed, %d aborted", s.made, s.closed, s.aborted)
		}
		if !json.Valid(in) {
			return
		}
		if !json.Valid(m.json) {
			t.Fatalf("%q became %q", in, m.json)
		}
		var r fuzzedRequest
		if m.body.IsZero() || jsonv2.Unmarshal(in, &r, chromedp.DefaultUnmarshalOptions) != nil {
			return
		}
		if want, ok := r.body(); !ok || !bytes.Equal(want, m.body.Inline) {
			t.Fatalf("%q has the body %q, spilled was %q", in, want, m.body.Inline)
		}
	})
}

// FuzzSpill makes messages as a browser does, of any body, and wants the body back.
func FuzzSpill(f *testing.F) {
	f.Add([]byte("abc"), 1, 1, byte(0))
	f.Add([]byte("\xfb\xff\xbf\xfb\xff\xbf\xfb\xff"), 5, 3, byte(0xff))
	f.Add(bytes.Repeat([]byte{0xff, 0}, 300), 77, 100, byte(2))
	f.Fuzz(func(t *testing.T, body []byte, entry, piece int, escape byte) {
		if len(body) == 0 || entry <= 0 || piece <= 0 {
			return
		}
		var entries []string
		for _, b := range pieces(body, entry) {
			text := base64.StdEncoding.EncodeToString([]byte(b))
			if escape&1 != 0 {
				text = strings.ReplaceAll(text, "/", `\/`)
			}
			if escape&2 != 0 {
				text = strings.ReplaceAll(text, "=", `\u003d`)
			}
			if escape&4 != 0 {
				text = strings.ReplaceAll(text, "A", `\u0041`)
			}
			entries = append(entries, fmt.Sprintf(`{"bytes":"%s"}`, text))
		}
		mangled, err := json.Marshal(string(body))
		if err != nil {
			t.Fatal(err)
		}
		in := fmt.Sprintf(`{"method":"Fetch.requestPaused","params":{"request":{"postData":%s,"postDataEntries":[%s]}}}`, mangled, strings.Join(entries, ","))
		m := elided(&sinks{}, pieces([]byte(in), piece)...)
		if m.bodyErr != nil || m.cut != 0 || !bytes.Equal(m.body.Inline, body) {
			t.Fatalf("%q became %q, cut %d, %v", body, m.body.Inline, m.cut, m.bodyErr)
		}
	})
}
