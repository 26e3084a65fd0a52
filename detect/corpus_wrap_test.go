package detect_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/ascii85"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/andybalholm/brotli"
	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/zstd"
	"github.com/mr-tron/base58"
	"google.golang.org/protobuf/encoding/protowire"
)

// wrapping turns a text into another; text says that the result is text, too.
type wrapping struct {
	name string
	text bool
	wrap func(d draw, s string) string
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func compressed(open func(io.Writer) io.WriteCloser) func(d draw, s string) string {
	return func(_ draw, s string) string {
		var b bytes.Buffer
		w := open(&b)
		must(w.Write([]byte(s)))
		if err := w.Close(); err != nil {
			panic(err)
		}
		return b.String()
	}
}

// binary wrappings give bytes; as bodies they may stand alone.
var binaryWraps = []wrapping{
	{"gzip", false, compressed(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })},
	{"zlib", false, compressed(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })},
	{"deflate", false, compressed(func(w io.Writer) io.WriteCloser { return must(flate.NewWriter(w, 9)) })},
	{"brotli", false, compressed(func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) })},
	{"zstd", false, compressed(func(w io.Writer) io.WriteCloser { return must(zstd.NewWriter(w)) })},
	{"utf16", false, func(_ draw, s string) string {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return string(b)
	}},
}

// textWraps give text; they may be stacked.
var textWraps = []wrapping{
	{"base64", true, func(_ draw, s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"base64", true, func(_ draw, s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"base64url", true, func(_ draw, s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
	{"percent", true, func(_ draw, s string) string { return url.QueryEscape(s) }},
	{"percent", true, func(_ draw, s string) string { return url.QueryEscape(url.PathEscape(s)) }},
	{"hex", true, func(_ draw, s string) string { return hex.EncodeToString([]byte(s)) }},
	{"json", true, func(d draw, s string) string {
		return jsonOf(map[string]any{"v": s, "t": d.moment(), "k": d.base62(5)})
	}},
	{"form", true, func(d draw, s string) string {
		return url.Values{"a": {d.base62(4)}, "data": {s}, "z": {d.digits(5)}}.Encode()
	}},
	{"url", true, func(d draw, s string) string {
		return "https://www.lantern-shop.example/account?ref=" + url.QueryEscape(s) + "&step=2"
	}},
	{"gzip+base64", true, func(d draw, s string) string {
		return base64.StdEncoding.EncodeToString([]byte(binaryWraps[0].wrap(d, s)))
	}},
	{"zlib+base64", true, func(d draw, s string) string {
		return base64.URLEncoding.EncodeToString([]byte(binaryWraps[1].wrap(d, s)))
	}},
}

// rareWraps are seen, but seldom.
var rareWraps = []wrapping{
	{"base32", true, func(_ draw, s string) string { return base32.StdEncoding.EncodeToString([]byte(s)) }},
	{"base58", true, func(_ draw, s string) string { return base58.Encode([]byte(s)) }},
	{"base85", true, func(_ draw, s string) string {
		b := make([]byte, ascii85.MaxEncodedLen(len(s)))
		return "<~" + string(b[:ascii85.Encode(b, []byte(s))]) + "~>"
	}},
	{"entities", true, func(_ draw, s string) string {
		return html.EscapeString(strings.NewReplacer("@", "&#64;", ".", "&#x2e;").Replace(s))
	}},
	{"escapes", true, func(_ draw, s string) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune(s)) {
			fmt.Fprintf(&b, `\u%04x`, u)
		}
		return b.String()
	}},
	{"charcodes", true, func(_ draw, s string) string {
		var parts []string
		for _, c := range []byte(s) {
			parts = append(parts, fmt.Sprint(c))
		}
		return strings.Join(parts, ",")
	}},
	{"reversed", true, func(_ draw, s string) string {
		b := []byte(s)
		slices.Reverse(b)
		return string(b)
	}},
	{"rot13", true, func(_ draw, s string) string {
		return strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z':
				return 'a' + (r-'a'+13)%26
			case r >= 'A' && r <= 'Z':
				return 'A' + (r-'A'+13)%26
			}
			return r
		}, s)
	}},
	{"base64+reversed", true, func(_ draw, s string) string {
		b := []byte(base64.StdEncoding.EncodeToString([]byte(s)))
		slices.Reverse(b)
		return string(b)
	}},
	{"jwt", true, func(d draw, s string) string {
		enc := base64.RawURLEncoding.EncodeToString
		return enc([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc([]byte(jsonOf(map[string]any{"iat": d.moment() / 1000, "ctx": s}))) +
			"." + enc([]byte(d.base62(32)))
	}},
}

// documents turn a JSON document into a binary or a framed one.
var documentWraps = []wrapping{
	{"msgpack", false, func(_ draw, s string) string {
		var v any
		if json.Unmarshal([]byte(s), &v) != nil {
			v = s
		}
		return string(msgpack(nil, v))
	}},
	{"cbor", false, func(_ draw, s string) string {
		var v any
		if json.Unmarshal([]byte(s), &v) != nil {
			v = s
		}
		return string(must(cbor.Marshal(v)))
	}},
	{"protobuf", false, func(d draw, s string) string {
		b := protowire.AppendTag(nil, 1, protowire.VarintType)
		b = protowire.AppendVarint(b, uint64(d.moment()))
		b = protowire.AppendTag(b, 2, protowire.BytesType)
		inner := protowire.AppendTag(nil, 3, protowire.BytesType)
		inner = protowire.AppendString(inner, s)
		b = protowire.AppendBytes(b, inner)
		b = protowire.AppendTag(b, 4, protowire.BytesType)
		return string(protowire.AppendString(b, d.uuid()))
	}},
	{"ndjson", false, func(d draw, s string) string {
		return jsonOf(map[string]any{"sent_at": d.moment()}) + "\n" + s + "\n"
	}},
	{"jsonp", false, func(d draw, s string) string { return "cb_" + d.digits(5) + "(" + s + ");" }},
}

// msgpack is the subset of the format that JSON needs (msgpack/spec.md).
func msgpack(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, 0xc0)
	case bool:
		if v {
			return append(b, 0xc3)
		}
		return append(b, 0xc2)
	case float64:
		return append(b, 0xd2, byte(int32(v)>>24), byte(int32(v)>>16), byte(int32(v)>>8), byte(int32(v)))
	case string:
		if len(v) < 32 {
			b = append(b, 0xa0|byte(len(v)))
		} else {
			b = append(b, 0xda, byte(len(v)>>8), byte(len(v)))
		}
		return append(b, v...)
	case []any:
		b = append(b, 0xdc, byte(len(v)>>8), byte(len(v)))
		for _, x := range v {
			b = msgpack(b, x)
		}
		return b
	case map[string]any:
		b = append(b, 0xde, byte(len(v)>>8), byte(len(v)))
		for k, x := range v {
			b = msgpack(msgpack(b, k), x)
		}
		return b
	}
	panic(fmt.Sprintf("msgpack: %T", v))
}

func jsonOf(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// digests are the hashes that vendors ask for or that were seen.
var digests = []struct {
	name string
	sum  func(s string) string
}{
	{"sha256", func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }},
	{"sha256", func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }},
	{"sha256", func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }},
	{"md5", func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }},
	{"sha1", func(s string) string { h := sha1.Sum([]byte(s)); return hex.EncodeToString(h[:]) }},
	{"sha512", func(s string) string { h := sha512.Sum512([]byte(s)); return hex.EncodeToString(h[:]) }},
	{"MD5", func(s string) string { h := md5.Sum([]byte(s)); return strings.ToUpper(hex.EncodeToString(h[:])) }},
	{"sha256-base64url", func(s string) string {
		h := sha256.Sum256([]byte(s))
		return base64.RawURLEncoding.EncodeToString(h[:])
	}},
	{"sha256-base64", func(s string) string { h := sha256.Sum256([]byte(s)); return base64.StdEncoding.EncodeToString(h[:]) }},
	{"sha256(md5)", func(s string) string {
		m := md5.Sum([]byte(s))
		h := sha256.Sum256([]byte(hex.EncodeToString(m[:])))
		return hex.EncodeToString(h[:])
	}},
}
