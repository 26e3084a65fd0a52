package rule

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func xorWith(s string, key ...byte) []byte {
	b := []byte(s)
	for i := range b {
		b[i] ^= key[i%len(key)]
	}
	return b
}

func substitute(s string) string {
	const from, to = "abcdefghijklmnopqrstuvwxyz0123456789.@+-_{}\":, ", "qK7zR2xV9mWc4NfYpLs8TgJd1hbB3uXeG5oZ6jAwHyQPiEkS"
	return strings.Map(func(r rune) rune { return rune(to[strings.IndexRune(from, r)]) }, s)
}

func cribKeys(c *Context, p *Pool) map[string]Match {
	got := map[string]Match{}
	done := make([]bool, len(c.Tree.Fields))
	for _, m := range p.Find(c.Tree, nil) {
		done[m.Field] = true
	}
	for _, m := range c.Cribs(p, done) {
		got[m.Key] = m
	}
	return got
}

func TestCribsSeeThroughCiphersWithoutKeys(t *testing.T) {
	mail := "marta.kovacs+news@gmail.com"
	doc := `{"u":"` + mail + `","x":1}`
	sum := sha256.Sum256([]byte(mail + "s4lt-9917"))
	mac := hmac.New(sha256.New, []byte("shop.example"))
	mac.Write([]byte(mail))
	for _, c := range []struct{ name, body, key, how string }{
		{"xor one byte", `{"d":"` + base64.StdEncoding.EncodeToString(xorWith(doc, 0x5a)) + `"}`, "email", "xor"},
		{"xor four bytes", `{"d":"` + base64.StdEncoding.EncodeToString(xorWith(doc, 0x5a, 0x13, 0xf1, 0x77)) + `"}`, "email", "xor"},
		{"xor in hex", `{"d":"` + hex.EncodeToString(xorWith(doc, 0x5a, 0x13, 0xf1, 0x77, 0x01, 0x99, 0xab)) + `"}`, "email", "xor"},
		{"substitution", `{"d":"` + substitute(mail) + `"}`, "email", "substitution"},
		{"substitution of json", `{"d":"` + substitute(`{"e":"`+mail+`"}`) + `"}`, "email", "substitution"},
		{"caesar", `{"d":"ocadm.nqydfv+zqie@syduq.oay"}`, "", ""},
		{"rotated", `{"d":"` + rot(mail, 5) + `"}`, "email", "caesar"},
		{"shifted into a form", `cc=` + url.QueryEscape(shift(mail, 6)) + `&n=1`, "email", "caesar"},
		{"sibling salt", `{"salt":"s4lt-9917","h":"` + hex.EncodeToString(sum[:]) + `"}`, "email", "sha256-salted"},
		{"salt elsewhere", `{"cfg":{"salt":"s4lt-9917"},"u":{"a":{"h":"` + hex.EncodeToString(sum[:]) + `"}}}`, "email", "sha256-salted"},
		{"site as hmac key", `{"h":"` + hex.EncodeToString(mac.Sum(nil)) + `"}`, "email", "hmac-sha256"},
		{"local part and domain", `{"user":"marta.kovacs+news","at":"gmail.com"}`, "email", "split"},
		{"card in four boxes", `{"c1":"4539","c2":"5787","c3":"6362","c4":"1486"}`, "payment_card", "split"},
		{"card in a list", `{"c":["4539","5787","6362","1486"]}`, "payment_card", "split"},
		{"day month year", `{"day":24,"month":3,"year":1987}`, "dob", "split"},
		{"year month day", `y=1987&m=03&d=24`, "dob", "split"},
		{"country code and number", `{"cc":"+43","no":"664 1234567"}`, "", ""},
	} {
		got := cribKeys(&Context{Tree: tree(c.body), Site: "shop.example", Host: "in.vendor.example"}, NewPool(marta))
		if c.key == "" {
			continue
		}
		m, ok := got[c.key]
		if assert.True(t, ok, "%s: %s", c.name, c.body) {
			assert.Contains(t, []string{m.Cipher, string(m.Form), strings.Join(m.Hash, ">")}, c.how, c.name)
		}
	}
}

func shift(s string, n byte) string {
	b := []byte(s)
	for i := range b {
		b[i] += n
	}
	return string(b)
}

func rot(s string, n int) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return 'a' + (r-'a'+rune(n))%26
		}
		return r
	}, s)
}

func TestCribsFindNothingInNoise(t *testing.T) {
	p := NewPool(marta)
	for seed := range 300 {
		h := sha256.Sum256([]byte(fmt.Sprint(seed)))
		noise := make([]byte, 0, 1024)
		for range 32 {
			h = sha256.Sum256(h[:])
			noise = append(noise, h[:]...)
		}
		body := fmt.Sprintf(`{"a":%q,"b":"%x","c":%q,"d":%d,"e":"10","f":"24","g":"3"}`, base64.StdEncoding.EncodeToString(noise[:700]), noise[:64], base64.RawURLEncoding.EncodeToString(noise[100:150]), seed)
		require.Empty(t, cribKeys(&Context{Tree: tree(body), Site: "shop.example"}, p), body)
	}
}

func TestKeystrokesAreJoined(t *testing.T) {
	p := NewPool(marta)
	var k Keystrokes
	var got []Match
	for i, c := range "xx marta.kovacs+news@gmail.com" {
		got = append(got, k.Add("in.vendor.example", tree(fmt.Sprintf(`{"ev":[{"t":%d,"el":"#email","k":%q}]}`, 1700000000+i, c)), p)...)
		got = append(got, k.Add("in.vendor.example", tree(`{"ev":[{"el":"#other","k":"z"}]}`), p)...)
	}
	require.Len(t, got, 1)
	assert.Equal(t, "email", got[0].Key)
	assert.Equal(t, Split, got[0].Form)

	var one Keystrokes
	var b strings.Builder
	for _, c := range "Tr0ub4dorX" {
		fmt.Fprintf(&b, `{"type":"key","target":"pw","key":%q},`, c)
	}
	b.WriteString(`{"type":"key","target":"pw","key":"Backspace"},{"type":"key","target":"pw","key":"&"},{"type":"key","target":"pw","key":"3"}`)
	got = one.Add("h", tree("["+b.String()+"]"), p)
	require.Len(t, got, 1)
	assert.Equal(t, Password, got[0].Class)
}

func BenchmarkCribsOnHarmless(b *testing.B) {
	p := NewPool(marta)
	t := tree(`{"event":"view","trace":"9f1c2d3e1b2c4d5e8f90a1b2c3d4e5f6","id":"9f1c2d3e-1b2c-4d5e-8f90-a1b2c3d4e5f6","blob":"aXk29dLmQ0pXw71mZk2Lq9","page":"https://shop.example/","n":12,"opt":"dark"}`)
	for b.Loop() {
		cribsOf(t, p, nil)
	}
}
