package secret

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func pack(t *testing.T, p packing, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := p.writer(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func unpack(t *testing.T, p packing, b []byte) string {
	t.Helper()
	r, err := p.reader(bytes.NewReader(b))
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(text)
}

// noise is text that does not compress well, so that what is made of it comes in several pieces.
func noise(bytes int) string {
	chance := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	for b.Len() < bytes {
		b.WriteByte(letters[chance.IntN(len(letters))])
	}
	return b.String()
}

// TestWhatIsCompressedIsLookedInto: a value in a compressed body is replaced there, and what is unpacked of it is what was packed with
// the token in its place; a body without one stays as it is, byte for byte.
func TestWhatIsCompressedIsLookedInto(t *testing.T) {
	const value = "s3ss10n-c4nary-of-jo"
	v, _ := New([]byte("key"), Value{"cookie sid", "auth_token", value})
	token := v.Told()[0].Token
	for i, name := range []string{"gzip", "zlib", "deflate"} {
		p := packings[i]
		for _, size := range []int{10, 100 << 10} {
			text := `{"filler":"` + noise(size) + `","token":"` + value + `","more":true}`
			want := strings.ReplaceAll(text, value, token)
			for layers, packed := range [][]byte{pack(t, p, text), pack(t, packings[0], string(pack(t, p, text)))} {
				back := func(b []byte) string {
					if layers == 1 {
						b = []byte(unpack(t, packings[0], b))
					}
					return unpack(t, p, b)
				}
				assert.Equal(t, want, back(v.Body(packed)), "%s of %d", name, size)
				ev := v.Event(crawler.Event{Request: &crawler.Request{Body: crawler.Body{Inline: packed, Size: int64(len(packed))}}})
				assert.Equal(t, want, back(ev.Request.Body.Inline), name)
				assert.EqualValues(t, len(ev.Request.Body.Inline), ev.Request.Body.Size)

				var pieces bytes.Buffer
				w := v.Writer(&pieces)
				for rest := packed; len(rest) > 0; rest = rest[min(len(rest), 5000):] {
					_, err := w.Write(rest[:min(len(rest), 5000)])
					require.NoError(t, err)
				}
				require.NoError(t, w.Flush())
				assert.Equal(t, want, back(pieces.Bytes()), "%s in pieces", name)
			}
			harmless := pack(t, p, strings.ReplaceAll(text, value, "nothing"))
			assert.Equal(t, harmless, v.Body(harmless))
		}
	}
}

// TestABodyThatWasCutShort: what can be unpacked of it holds no value.
func TestABodyThatWasCutShort(t *testing.T) {
	const value = "s3ss10n-c4nary-of-jo"
	v, _ := New([]byte("key"), Value{"cookie sid", "auth_token", value})
	packed := pack(t, packings[0], value+noise(100<<10))
	packed = packed[:len(packed)/2]
	r, err := gzip.NewReader(bytes.NewReader(v.Body(packed)))
	require.NoError(t, err)
	text, _ := io.ReadAll(r)
	assert.NotContains(t, string(text), value)
	assert.Contains(t, string(text), v.Told()[0].Token)
}

// TestABombIsNotUnpacked: nothing but a part of it.
func TestABombIsNotUnpacked(t *testing.T) {
	v, _ := New([]byte("key"), Value{"cookie sid", "auth_token", "s3ss10n-c4nary-of-jo"})
	bomb := pack(t, packings[0], strings.Repeat("0", 2*maxUnpacked))
	assert.Equal(t, bomb, v.Body(bomb))
}

// TestGzipInTextIsLookedInto: base64 of gzip, in the spellings in which text carries it, also where it is long.
func TestGzipInTextIsLookedInto(t *testing.T) {
	const value = "s3ss10n-c4nary-of-jo"
	v, _ := New([]byte("key"), Value{"cookie sid", "auth_token", value})
	for _, size := range []int{10, 11, 12, 90 << 10} {
		packed := pack(t, packings[0], value+noise(size))
		for name, c := range map[string]struct {
			write func(b []byte) string
			read  func(s string) ([]byte, error)
		}{
			"base64":      {base64.StdEncoding.EncodeToString, base64.StdEncoding.DecodeString},
			"raw":         {base64.RawStdEncoding.EncodeToString, base64.RawStdEncoding.DecodeString},
			"URL":         {base64.RawURLEncoding.EncodeToString, base64.RawURLEncoding.DecodeString},
			"JSON, PHP's": {func(b []byte) string { return strings.ReplaceAll(base64.StdEncoding.EncodeToString(b), "/", `\/`) }, unJSON},
			"form": {func(b []byte) string { return url.QueryEscape(base64.StdEncoding.EncodeToString(b)) }, func(s string) ([]byte, error) {
				s, err := url.QueryUnescape(s)
				require.NoError(t, err)
				return base64.StdEncoding.DecodeString(s)
			}},
		} {
			whole := "a=1&data=" + c.write(packed) + "&b=" + noise(40<<10)
			var pieces bytes.Buffer
			w := v.Writer(&pieces)
			for rest := []byte(whole); len(rest) > 0; rest = rest[min(len(rest), 7000):] {
				_, err := w.Write(rest[:min(len(rest), 7000)])
				require.NoError(t, err)
			}
			require.NoError(t, w.Flush())
			for _, got := range []string{string(v.Bytes([]byte(whole))), v.String(whole), pieces.String()} {
				data, after, _ := strings.Cut(strings.TrimPrefix(got, "a=1&data="), "&b=")
				b, err := c.read(data)
				require.NoError(t, err, name)
				assert.Equal(t, v.Told()[0].Token+noise(size), unpack(t, packings[0], b), name)
				assert.Equal(t, noise(40<<10), after)
			}
		}
	}
}

func unJSON(s string) ([]byte, error) {
	var text string
	if err := json.Unmarshal([]byte(`"`+s+`"`), &text); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(text)
}
