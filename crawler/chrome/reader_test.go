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
	r := newReader(strings.NewReader("{\"a\":1}\x00\x00 {\"b\":2}\x00{\"half"), 1<<20)
	for _, want := range []string{`{"a":1}`, `{"b":2}`} {
		got, cut, err := r.next()
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
		assert.Zero(t, cut)
	}
	_, _, err := r.next()
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestReaderCutsWhatNobodyCanHold(t *testing.T) {
	type message struct {
		PostData string `json:"postData"`
		Bytes    string `json:"bytes"`
		After    string `json:"after"`
	}
	tests := []struct {
		name     string
		in       message
		max, cut int
		bytes    int // of Bytes that are kept
	}{
		{"all kept", message{Bytes: strings.Repeat("A", 1<<20), After: "x"}, 4 << 20, 0, 1 << 20},
		{"the lossy duplicate costs nothing", message{PostData: strings.Repeat(`"\é`, 1<<20), Bytes: strings.Repeat("A", 1<<20), After: "x"}, 4 << 20, 0, 1 << 20},
		{"too large", message{Bytes: strings.Repeat("A", 8<<20), After: "x"}, 1 << 20, 1, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw, err := json.Marshal(tt.in)
			require.NoError(t, err)
			out, cut, err := newReader(bytes.NewReader(append(raw, 0)), tt.max).next()
			require.NoError(t, err)
			var got message
			require.NoError(t, json.Unmarshal(out, &got))
			assert.Equal(t, "x", got.After)
			assert.Equal(t, tt.cut > 0, cut > 0)
			assert.Less(t, len(out), tt.max+(64<<10))
			if tt.bytes >= 0 {
				assert.Len(t, got.Bytes, tt.bytes)
			}
		})
	}
}

func FuzzElider(f *testing.F) {
	f.Add([]byte(`{"postData":"aé\"\\b","x":[1,"y"]}`), 3)
	f.Add([]byte(`{"k":"`+strings.Repeat("z", 5000)+`"}`), 7)
	f.Fuzz(func(t *testing.T, in []byte, piece int) {
		if !json.Valid(in) || piece <= 0 {
			return
		}
		e := elider{max: 100}
		for rest := in; len(rest) > 0; {
			n := min(piece, len(rest))
			e.write(rest[:n])
			rest = rest[n:]
		}
		if !json.Valid(e.out) {
			t.Fatalf("%q became %q", in, e.out)
		}
	})
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
