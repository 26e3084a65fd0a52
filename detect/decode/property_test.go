package decode

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/zstd"
	"github.com/mr-tron/base58"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// wrapper is an encoder that is independent of this package's decoders.
type wrapper struct {
	name  string   // what must be in the chain; "" where percent-encoding changed nothing
	path  string   // added to the path
	text  bool     // takes text only
	after []string // must not wrap one of these: the result would be the same, or too large
	wrap  func(s string, r *rand.Rand) string
}

func packed(open func(io.Writer) io.WriteCloser) func(string, *rand.Rand) string {
	return func(s string, _ *rand.Rand) string {
		var b bytes.Buffer
		w := open(&b)
		_, _ = io.WriteString(w, s)
		_ = w.Close()
		return b.String()
	}
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

var wrappers = []wrapper{
	{name: "json", path: ".user.mail", text: true, wrap: func(s string, _ *rand.Rand) string {
		return marshal(map[string]any{"v": 2, "user": map[string]any{"id": 17, "mail": s}})
	}},
	{name: "json", path: "[1]", text: true, wrap: func(s string, _ *rand.Rand) string { return marshal([]any{true, s, nil}) }},
	{name: "ndjson", path: "[1].a", text: true, wrap: func(s string, _ *rand.Rand) string {
		return marshal(map[string]string{"x": "y"}) + "\n" + marshal(map[string]string{"a": s}) + "\n"
	}},
	{name: "form", path: ".data", wrap: func(s string, _ *rand.Rand) string { return url.Values{"a": {"1"}, "data": {s}}.Encode() }},
	{name: "url", path: ".query.u", wrap: func(s string, _ *rand.Rand) string {
		return "https://shop.example/p?" + url.Values{"k": {"1"}, "u": {s}}.Encode()
	}},
	{name: "percent", after: []string{"form", "url"}, wrap: func(s string, _ *rand.Rand) string {
		var b strings.Builder
		for i := range len(s) {
			if strings.IndexByte("abcdefghijklmnopqrstuvwxyz0123456789-", s[i]) >= 0 {
				b.WriteByte(s[i])
			} else {
				fmt.Fprintf(&b, "%%%02X", s[i])
			}
		}
		return b.String()
	}},
	{name: "base64", wrap: func(s string, r *rand.Rand) string {
		return pickEncoding(r, base64.StdEncoding, base64.RawStdEncoding).EncodeToString([]byte(s))
	}},
	{name: "base64", wrap: func(s string, r *rand.Rand) string {
		return pickEncoding(r, base64.URLEncoding, base64.RawURLEncoding).EncodeToString([]byte(s))
	}},
	{name: "hex", wrap: func(s string, r *rand.Rand) string {
		if r.IntN(2) == 0 {
			return strings.ToUpper(hex.EncodeToString([]byte(s)))
		}
		return hex.EncodeToString([]byte(s))
	}},
	{name: "base32", text: true, wrap: func(s string, _ *rand.Rand) string { return base32.StdEncoding.EncodeToString([]byte(s)) }},
	{name: "base58", text: true, wrap: func(s string, _ *rand.Rand) string {
		return base58.Encode([]byte(s[:min(len(s), 140)]))
	}},
	{name: "base85", text: true, wrap: func(s string, _ *rand.Rand) string {
		b := make([]byte, ascii85.MaxEncodedLen(len(s)))
		return "<~" + string(b[:ascii85.Encode(b, []byte(s))]) + "~>"
	}},
	{name: "html", text: true, wrap: func(s string, _ *rand.Rand) string {
		var b strings.Builder
		for _, c := range s {
			if strings.ContainsRune("@ ./-+", c) {
				fmt.Fprintf(&b, "&#%d;", c)
			} else {
				b.WriteString(html.EscapeString(string(c)))
			}
		}
		return b.String() + "&amp;"
	}},
	{name: "js-escape", text: true, wrap: func(s string, _ *rand.Rand) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune(s)) {
			fmt.Fprintf(&b, `\u%04x`, u)
		}
		return b.String()
	}},
	{name: "char-codes", text: true, after: []string{"char-codes"}, wrap: func(s string, _ *rand.Rand) string {
		var codes []string
		for _, r := range s {
			codes = append(codes, fmt.Sprint(r))
		}
		return strings.Join(codes, ",")
	}},
	{name: "utf16", text: true, wrap: func(s string, _ *rand.Rand) string {
		b := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return string(b)
	}},
	{name: "gzip", wrap: packed(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })},
	{name: "zlib", wrap: packed(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })},
	{name: "deflate", text: true, wrap: packed(func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, 9); return z })},
	{name: "brotli", text: true, wrap: packed(func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) })},
	{name: "zstd", wrap: packed(func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z })},
	{name: "latin1", path: ".s", wrap: func(s string, r *rand.Rand) string {
		var chars []rune
		for _, c := range []byte(packed(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })(s, r)) {
			chars = append(chars, rune(c))
		}
		return marshal(map[string]string{"s": string(chars)})
	}},
	{name: "cbor", path: ".u.m", text: true, wrap: func(s string, _ *rand.Rand) string {
		b, _ := cbor.Marshal(map[string]any{"n": 1, "u": map[string]any{"m": s}})
		return string(b)
	}},
	{name: "msgpack", path: ".mail", text: true, wrap: func(s string, _ *rand.Rand) string {
		return "\x82\xa1n\x07\xa4mail\xdb" + string([]byte{byte(len(s) >> 24), byte(len(s) >> 16), byte(len(s) >> 8), byte(len(s))}) + s
	}},
	{name: "protobuf", path: ".3.1", text: true, wrap: func(s string, _ *rand.Rand) string {
		in := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), s)
		out := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 300)
		return string(protowire.AppendBytes(protowire.AppendTag(out, 3, protowire.BytesType), in))
	}},
	{name: "multipart", path: ".field", wrap: func(s string, _ *rand.Rand) string {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		_ = w.WriteField("other", "1")
		_ = w.WriteField("field", s)
		_ = w.Close()
		return b.String()
	}},
	{name: "jwt", path: ".payload.sub", text: true, wrap: func(s string, _ *rand.Rand) string {
		enc := base64.RawURLEncoding
		return enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc.EncodeToString([]byte(marshal(map[string]any{"iat": 1, "sub": s}))) + "." + enc.EncodeToString([]byte("signature of 32 bytes, or so....."))
	}},
}

func pickEncoding(r *rand.Rand, e ...*base64.Encoding) *base64.Encoding { return e[r.IntN(len(e))] }

func randomValue(r *rand.Rand) string {
	first := []string{"jane", "jürgen", "maria", "Li Wei", "søren"}[r.IntN(5)]
	last := []string{"doe", "müller", "garcía-lópez", "王", "o'neil"}[r.IntN(5)]
	n := r.IntN(100000)
	switch r.IntN(5) {
	case 0:
		return fmt.Sprintf("%s.%d@mail%d.example.org", []string{"jane", "maria", "jd"}[r.IntN(3)], n, n%7)
	case 1:
		return fmt.Sprintf("%s %s %d", first, last, n)
	case 2:
		return fmt.Sprintf("+49 151 %07d", n*37)
	case 3:
		return fmt.Sprintf("Unter den Linden %d, 10117 Berlin", n)
	default:
		return fmt.Sprintf("usr_%x-%s", n*7919, first)
	}
}

// hasRun reports whether the names occur in the chain in their order.
func hasRun(chain, names []string) bool {
	for _, c := range chain {
		if len(names) > 0 && (c == names[0] || names[0] == "base64" && c == "base64url") {
			names = names[1:]
		}
	}
	return len(names) == 0
}

func TestWhateverIsWrappedIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2026))
	rounds := 4000
	missed := map[string]int{}
	misses := 0
	for range rounds {
		value := randomValue(r)
		s, path := value, ""
		var names []string
		for range r.IntN(5) {
			w := wrappers[r.IntN(len(wrappers))]
			if w.text && !utf8.ValidString(s) || len(s) > 4000 || len(names) > 0 && slices.Contains(w.after, names[0]) {
				continue
			}
			if w.name == "base58" && (len(s) > 140 || len(s) < 12) || w.name == "base32" && len(s) < 10 {
				continue
			}
			if w.name == "brotli" && len(s) < 60 { // below an encoding, short streams without a header are left alone
				continue
			}
			if w.name == "percent" && shape(s)&^(Digits|HexLow|Low|Dash) == 0 { // nothing to encode
				continue
			}
			if w.name == "html" && len(names) > 0 { // what is added would be in the way
				continue
			}
			s, path, names = w.wrap(s, r), w.path+path, append([]string{w.name}, names...)
		}
		tree := Bytes(BodyIn, "body", []byte(s), DefaultBudget)
		if !slices.ContainsFunc(tree.Fields, func(f Field) bool {
			return strings.TrimRight(f.Value, "&") == value && f.Path == "body"+path && hasRun(f.Chain, names)
		}) {
			misses++
			missed[strings.Join(names, ">")]++
			if misses < 12 {
				t.Logf("missed %q in %s at %s\n%.300q\n%s", value, strings.Join(names, ">"), path, s, show(tree))
			}
		}
		tree.Release()
	}
	for k, n := range missed {
		t.Logf("%d × %s", n, k)
	}
	assert.LessOrEqual(t, misses*1000, rounds, "%d of %d wrapped values are lost", misses, rounds)
	require.NotZero(t, rounds)
}
