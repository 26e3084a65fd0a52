package chrome

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReaderSplitsMessages(t *testing.T) {
	r := newReader(strings.NewReader("{\"a\":1}\x00\x00 {\"b\":2}\x00{\"half"), 1<<20, nil)
	for _, want := range []string{`{"a":1}`, `{"b":2}`} {
		got, err := r.next()
		require.NoError(t, err)
		assert.Equal(t, want, string(got.json))
		assert.Zero(t, got.cut)
	}
	_, err := r.next()
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestReaderCutsWhatNobodyCanHold(t *testing.T) {
	type request struct {
		PostData string `json:"postData"`
		Bytes    string `json:"bytes"`
		After    string `json:"after"`
	}
	type params struct {
		Request request `json:"request"`
	}
	type event struct {
		Params params `json:"params"`
		Result string `json:"postData"` // a page can name what tagscan asks it for
	}
	of := func(r request) event { r.After = "x"; return event{Params: params{r}} }
	tests := []struct {
		name     string
		in       event
		max, cut int
		bytes    int // of Bytes that are kept
	}{
		{"all kept", of(request{Bytes: strings.Repeat("A", 1<<20)}), 4 << 20, 0, 1 << 20},
		{"the lossy duplicate costs nothing", of(request{PostData: strings.Repeat(`"\é`, 1<<20), Bytes: strings.Repeat("A", 1<<20)}), 4 << 20, 0, 1 << 20},
		{"too large", of(request{Bytes: strings.Repeat("A", 8<<20)}), 1 << 20, 1, -1},
		{"another postData", event{Params: params{request{After: "x"}}, Result: strings.Repeat("A", 8<<20)}, 1 << 20, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw, err := json.Marshal(tt.in)
			require.NoError(t, err)
			m, err := newReader(bytes.NewReader(append(raw, 0)), tt.max, nil).next()
			require.NoError(t, err)
			var got event
			require.NoError(t, json.Unmarshal(m.json, &got))
			assert.Equal(t, "x", got.Params.Request.After)
			assert.Equal(t, tt.cut > 0, m.cut > 0)
			assert.Less(t, len(m.json), tt.max+(64<<10))
			if tt.bytes >= 0 {
				assert.Len(t, got.Params.Request.Bytes, tt.bytes)
			}
			if len(tt.in.Params.Request.PostData) > mangled {
				assert.Empty(t, got.Params.Request.PostData, "a beginning would look like a short body")
			}
		})
	}
}

func TestResolverRules(t *testing.T) {
	tests := []struct {
		in   []string
		want string
	}{
		{nil, ""},
		{[]string{"a.test=127.0.0.1:80"}, "MAP a.test 127.0.0.1:80"},
		{[]string{"*=127.0.0.1:80", "a.test:443=[::1]:8443"}, "MAP a.test:443 [::1]:8443,MAP * 127.0.0.1:80"},
		{[]string{"a.test=::1"}, "MAP a.test ::1"},
	}
	for _, tt := range tests {
		got, err := resolverRules(tt.in)
		require.NoError(t, err)
		assert.Equal(t, tt.want, got)
	}
	for _, bad := range []string{"", "a.test", "=1.2.3.4", "a.test=", "a.test=1.2.3.4:99999", "a.test=1.2.3.4:x", "a b=1.2.3.4", "a=1.2.3.4,EXCLUDE *"} {
		_, err := resolverRules([]string{bad})
		assert.Error(t, err, bad)
	}
}

func TestArgsKeepTheWallsUp(t *testing.T) {
	for _, kind := range []string{KindChrome, KindHeadlessShell} {
		a, err := args(Options{Binary: Binary{Kind: kind}}.withDefaults(), "/p", "UA")
		require.NoError(t, err)
		line := strings.Join(a, " ")
		for _, bad := range []string{"--no-sandbox", "--remote-debugging-port", "--remote-debugging-address", "site-per-process", "IsolateOrigins", "--disable-web-security", "--single-process", "--ignore-certificate-errors"} {
			assert.NotContains(t, line, bad)
		}
		assert.Contains(t, line, "--remote-debugging-pipe")
	}
}

// Neither pages that are open nor one that has just gone lends its renderer, and with that its clock, to another.
func TestArgsKeepRenderersApart(t *testing.T) {
	for _, kind := range []string{KindChrome, KindHeadlessShell} {
		a, err := args(Options{Binary: Binary{Kind: kind}}.withDefaults(), "/p", "UA")
		require.NoError(t, err)
		lists := map[string]string{}
		for _, flag := range a {
			name, value, _ := strings.Cut(flag, "=")
			lists[name] += "," + value + ","
		}
		assert.Contains(t, lists["--enable-features"], ",DisableProcessReuse,")
		assert.Contains(t, lists["--disable-features"], ",TrackEmptyRendererProcessesForReuse,")
		assert.Equal(t, ",1000,", lists["--renderer-process-limit"])
	}
}
