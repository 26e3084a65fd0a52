package decode

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// harmless are values that look wrapped and are not.
var harmless = strings.Split(strings.TrimSpace(`
CPzHq4APzHq4AAHABBENCMCgAP_AAH_AAAAAF7wAQF5gAAAA.YAAAAAAAAAA
CQFzRkAQFzRkAAKA1AENA-EsAP_gAEPgAAiQKbNV_H__bX9j-Xp3aft0eY1P9_jz
GA1.1.1234567890.1763931600
GS2.1.s1763931600$o3$g1$t1763931733$j42$l0$h0
fb.1.1763931600123.987654321
0199f2a4-77c1-7a6e-9d0e-1c2b3a4d5e6f
b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514
d41d8cd98f00b204e9800998ecf8427e
sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC
phc_Vx3mkqTTnbzZ1QnQEi5nXQd4oLx0RZxVY2bMdZPfO1Y
pk_live_51HxYzJKlMnOpQrStUvWxYz0123456789abcdefghij
G-ABCDEF1234
UA-12345678-1
AW-123456789/AbC-D_efG-h12_34-567
00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
W/"5f3b2c1d-1a2b"
Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36
application/x-www-form-urlencoded; charset=UTF-8
text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
color: #ff8800; margin: 0 auto; width: calc(100% - 10px)
M10.5,20.3 L30,40 C50,60 70,80 90,100 Z
https://shop.example/product/red-shoes
https://cdn.example/assets/main.4f3a2b1c.js
https://shop.example/c/women/shoes/running/nike-air-zoom-pegasus-39
The quick brown fox jumps over the lazy dog.
Add to cart
Sign up for our newsletter and save 10% on your first order!
Größe: 36, Farbe: blau - jetzt für 19,99 € bestellen
東京の天気は晴れです。明日は雨が降るでしょう。
Привет, как дела? Всё хорошо, спасибо.
مرحبا بالعالم هذا نص تجريبي
TypeError: Cannot read properties of undefined (reading 'length')
at Object.render (https://cdn.example/app.js:12:345)
function(a,b){return a.x===b.x&&a.y<=b.y||!c[0]}
if (a == b && c != d) { return "x" + y; }
var _0x1a2b=['push','shift'];(function(_0x3c,_0x4d){while(--_0x4d){}}
div.container > ul#list li:nth-child(2) a[href^="http"]
.btn-primary:hover{color:#fff}
<div class="product"><span>Shoes</span></div>
<svg viewBox="0 0 10 10"><path d="M0 0"/></svg>
1920x1080
1,2,3,4,5,6,7,8,9,10,11,12
12.5,13.1,14.9,12.2,11.8,16.4,17.7,18.2
1763931600123
2026-11-23T21:00:00.123Z
Mon, 23 Nov 2026 21:00:00 GMT
v1.449.2-beta.3+build.5114f85
en-US,en;q=0.9,de;q=0.8
Europe/Berlin
internationalization
electroencephalography
ABCDEFGHIJKLMNOPQRSTUVWXYZ
AUTHENTICATION_REQUIRED
some-long-slug-with-many-words-in-it
checkout.payment.method.selected
window.dataLayer.push
com.snowplowanalytics.snowplow
iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0
arn:aws:s3:::bucket/key
rgba(255,255,255,0.5)
translate3d(0px, 10px, 0px) rotate(45deg)
a > b ? "yes" : "no"
100% cotton & 50% off
50%25 off?
{{user.email}}
${name}
%%CACHEBUSTER%%
[object Object]
[error] could not load
(not set)
undefined
C:\Program Files\Google\Chrome
/home/www/releases/20261123210000/current
fetchpriority=high
key=value
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
0000000000000000
ffffffffffffffff
deadbeefcafebabe
A1B2C3D4E5F60718
550e8400e29b41d4a716446655440000
ZmFzdA
hero-banner-2026-11
SKU-12345-RED-XL
INV/2026/0042
!important
@media (max-width: 600px)
~/.ssh/config
**bold** and _italic_
#section-2
?
`), "\n")

func TestNoiseStaysNoise(t *testing.T) {
	allowed := map[string]bool{"form": true, "kv": true} // one pair is a pair
	for _, s := range harmless {
		for _, f := range Bytes(BodyIn, "body", []byte(s), DefaultBudget).Fields[1:] {
			assert.True(t, allowed[f.Chain[len(f.Chain)-1]] || f.Chain[0] == "percent", "%q became %q by %v", s, f.Value, f.Chain)
		}
	}
}

func TestRandomTokensAreLeftAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 2026))
	alphabets := []string{
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
		"abcdefghijklmnopqrstuvwxyz0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdef", "0123456789ABCDEF", "0123456789",
		"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
		"abcdefghijklmnopqrstuvwxyz0123456789.-_:|~,;=&%*",
	}
	rounds, junk := 60_000, 0
	for range rounds {
		a := alphabets[r.IntN(len(alphabets))]
		b := make([]byte, 6+r.IntN(60))
		for i := range b {
			b[i] = a[r.IntN(len(a))]
		}
		s := string(b)
		switch r.IntN(8) {
		case 0:
			sum := sha256.Sum256(b)
			s = hex.EncodeToString(sum[:])
		case 1:
			sum := sha256.Sum256(b)
			s = base64.StdEncoding.EncodeToString(sum[:len(sum)-r.IntN(12)])
		}
		tree := Bytes(BodyIn, "body", []byte(s), DefaultBudget)
		for _, f := range tree.Fields[1:] {
			switch last := f.Chain[len(f.Chain)-1]; last {
			case "form", "kv", "percent", "plus", "url", "matrix": // pieces of what was there
			default:
				if junk++; junk < 25 {
					t.Logf("%q became %q by %v", s, f.Value, f.Chain)
				}
			}
		}
		tree.Release()
	}
	assert.LessOrEqual(t, junk*3000, rounds, "%d junk fields from %d random tokens", junk, rounds)
}
