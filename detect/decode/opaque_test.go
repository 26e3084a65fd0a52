package decode

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// encrypted is n random bytes, the same each time.
func encrypted(n int) string {
	r := rand.New(rand.NewPCG(47, 2026))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

func numbersOf(s string) string {
	var list []int
	for _, c := range []byte(s) {
		list = append(list, int(c))
	}
	return marshal(list)
}

func percentOf(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func mapped(s string, f func(byte) byte) string {
	b := []byte(s)
	for i := range b {
		b[i] = f(b[i])
	}
	return string(b)
}

const typed = `{"event":"input","page":"https://shop.example/checkout","field":"email","value":"jane.doe@example.org","ts":1763931600123,"screen":"1920x1080"}`

func TestWhatNobodyCanReadIsNamed(t *testing.T) {
	raw := encrypted(300)
	keyboard := mapped(raw, func(c byte) byte { return '!' + c%94 })
	jwe := "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ." + base64.RawURLEncoding.EncodeToString([]byte(encrypted(256))) + "." + base64.RawURLEncoding.EncodeToString([]byte(encrypted(120))) + ".c2ln"
	for name, in := range map[string]string{
		"bytes":                         raw,
		"base64":                        b64(raw),
		"base64 in JSON":                `{"v":2,"p":"` + b64(raw) + `"}`,
		"base64 without padding":        base64.RawURLEncoding.EncodeToString([]byte(raw)),
		"base64 in lines":               lines(b64(raw), 64),
		"base64 behind a version":       "v1." + base64.RawURLEncoding.EncodeToString([]byte(raw)),
		"base64 in a list":              "v1|" + b64(raw) + "|3",
		"base64 of text that was xored": b64(mapped(typed, func(c byte) byte { return c ^ 0xaa })),
		"text that was xored":           mapped(typed, func(c byte) byte { return c ^ 0xaa }),
		"hexadecimal":                   hex.EncodeToString([]byte(raw)),
		"base32":                        base32.StdEncoding.EncodeToString([]byte(raw)),
		"%XX":                           "p=" + percentOf(raw),
		"bytes as characters":           marshal(map[string]string{"s": latin1Of(raw)}),
		"bytes as numbers":              `{"s":` + numbersOf(raw) + `}`,
		"the whole keyboard":            keyboard,
		"behind a readable head":        "FPJS 3.11 production build\x00\x01" + raw,
		"in a message of protobuf":      "\x08\x03\x12\x10jane@example.org\x1a\xac\x02" + raw,
		"in gzip":                       gzipped(raw),
		"an encrypted token":            jwe,
		"what only claims to be gzip":   b64("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xff" + raw),
	} {
		t.Run(name, func(t *testing.T) {
			tree := Bytes(BodyIn, "body", []byte(in), DefaultBudget)
			got := tree.Opaque()
			require.Len(t, got, 1, show(tree))
			assert.GreaterOrEqual(t, len(got[0].Hidden), minOpaque)
			assert.GreaterOrEqual(t, got[0].Entropy, 3.5)
		})
	}
}

func TestWhatIsKnownOrSmallIsNotOpaque(t *testing.T) {
	ids := make([]string, 40)
	for i := range ids {
		ids[i] = hex.EncodeToString([]byte(encrypted(16 + i)[i:]))
	}
	for name, in := range map[string]string{
		"a digest":               hex.EncodeToString([]byte(encrypted(64))),
		"a signature":            b64(encrypted(72)),
		"identifiers":            strings.Join(ids, ","),
		"identifiers in JSON":    marshal(ids),
		"a token's signature":    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxNyJ9." + base64.RawURLEncoding.EncodeToString([]byte(encrypted(256))),
		"the same in a text":     `failed: eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxNyJ9.` + base64.RawURLEncoding.EncodeToString([]byte(encrypted(256))) + ` is no session`,
		"a picture":              "\x89PNG\r\n\x1a\n" + encrypted(500),
		"a picture in base64":    b64("\xff\xd8\xff\xe0" + encrypted(500)),
		"a picture in a style":   `.a{background:url(data:image/webp;base64,` + b64(encrypted(500)) + `)}`,
		"a font":                 b64("wOF2" + encrypted(500)),
		"a program":              "\x00asm" + encrypted(500),
		"what was opened":        b64(gzipped(typed)),
		"text of another tongue": strings.Repeat("東京の天気は晴れです。明日は雨が降るでしょう。", 9),
		"text that was cut":      "première fois dans l'histoire de la constitution, les députés ont refusé le budget pour la deuxième année\xc3",
		"a script":               `!function(e,t){var n=e.getElementsByTagName("script")[0];if(n&&n.parentNode){t.async=!0,t.src="https://cdn.example/app.4f3a2b1c.js",n.parentNode.insertBefore(t,n)}}(document,document.createElement("script"));`,
		"a style":                `.a1{color:#fff;margin:0 0 10px}.b2>li{padding:1px 2px;border:1px solid #c0ffee}.c3:hover{transform:translate3d(0,1px,0)}@media(max-width:600px){.d4{display:none}}`,
		"a drawing":              `<svg viewBox="0 0 14 10"><path d="M12.3.7c.4-.4 1-.4 1.4 0 .4.4.4 1 0 1.4l-7 7c-.4.4-1 .4-1.4 0l-4-4c-.4-.4-.4-1 0-1.4.4-.4 1-.4 1.4 0L6 7l6.3-6.3z" fill="#fff"/></svg>`,
		"a map of sources":       `{"mappings":"` + strings.Repeat("AAAA,SAASA,EAAMC,GACb,OAAOA,EAAEC,OAAO,", 20) + `"}`,
		"numbers":                marshal([]float64{12.5, 13.1, 14.9, 12.2, 11.8, 16.4, 17.7, 18.2, 99, 101, 12, 14, 3, 5, 8, 9, 22, 1, 0, 4}),
		"a row of positions":     "[" + strings.Repeat("0,12,255,7,8,12,12,13,", 30) + "1]",
		"a path":                 "/" + strings.Repeat("women/shoes/running-and-walking/", 8),
		"a slug":                 strings.Repeat("the-best-running-shoes-of-the-year-", 6),
		"names in camel case":    strings.Repeat("checkoutPaymentMethodSelectedByVisitor", 5),
		"a list of short names":  "ver-fl-6-qid-fl-22-p-fl-3-s-fl-30-x-fl-13-cid-fl-3-od1-fl-0-od2-fl-0-a-fl-6-b-fl-7-c-fl-8-d-fl-9-e-fl-10-f-fl-11-g-fl-12-h-fl-13-i-fl-14-j-fl-15-k-fl-16-l",
		"digests of files":       strings.Repeat("3bifs78lai5i0ndyj1ew7316e-c8kkvmvykvq2ncgxoqb13d2by-74ggnaghidi94zrm60-", 5),
		"zeros":                  b64(strings.Repeat("\x00\x01\x00\x00", 100)),
		"small integers":         strings.Repeat("\x01\x00\x02\x00\x05\x00\x0a\x00", 100),
	} {
		t.Run(name, func(t *testing.T) {
			tree := Bytes(BodyIn, "body", []byte(in), DefaultBudget)
			for _, o := range tree.Opaque() {
				f := tree.Fields[o.Field]
				t.Errorf("%s by %v hides %d bytes of %.1f bits: %.80q", f.Path, f.Chain, len(o.Hidden), o.Entropy, f.Value)
			}
		})
	}
	for _, s := range harmless {
		assert.Empty(t, Bytes(BodyIn, "body", []byte(strings.Repeat(s+" ", 1+200/len(s))), DefaultBudget).Opaque(), s)
	}
}

// Of random bytes, however they are written, hardly any are taken for something known.
func TestRandomBytesAreOpaque(t *testing.T) {
	r := rand.New(rand.NewPCG(99, 2026))
	rounds, missed := 2000, 0
	for range rounds {
		b := make([]byte, 110+r.IntN(600))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		s := string(b)
		switch r.IntN(4) {
		case 0:
			s = b64(s)
		case 1:
			s = base64.RawURLEncoding.EncodeToString(b)
		case 2:
			s = hex.EncodeToString(b)
		}
		tree := Bytes(BodyIn, "body", []byte(s), DefaultBudget)
		if len(tree.Opaque()) == 0 {
			if missed++; missed < 5 {
				t.Logf("%.60q is taken for\n%.400s", s, show(tree))
			}
		}
		tree.Release()
	}
	assert.LessOrEqual(t, missed*200, rounds, "%d of %d", missed, rounds)
}
