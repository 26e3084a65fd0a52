package detect_test

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

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

// hardForms are what home-made trackers do to a value, as published studies describe it.
var hardForms = []struct {
	name string
	make func(d draw, p person) crawler.Request
}{
	{"xor-byte", func(d draw, p person) crawler.Request {
		return d.hidden(base64.StdEncoding.EncodeToString(xor(p.email, []byte{byte(1 + d.IntN(250))})))
	}},
	{"xor-key", func(d draw, p person) crawler.Request {
		return d.hidden(hex.EncodeToString(xor(p.email, []byte(d.base62(3+d.IntN(5))))))
	}},
	{"xor-json", func(d draw, p person) crawler.Request {
		return d.hidden(base64.StdEncoding.EncodeToString(xor(jsonOf(map[string]any{"e": p.email, "t": d.moment()}), []byte(d.base62(4)))))
	}},
	{"caesar", func(d draw, p person) crawler.Request {
		k := byte(1 + d.IntN(4)) // what is no ASCII does not survive JSON
		b := []byte(p.email)
		for i := range b {
			b[i] += k
		}
		return d.hidden(string(b))
	}},
	{"rotated", func(d draw, p person) crawler.Request {
		k := rune(1 + d.IntN(24))
		return d.hidden(strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return 'a' + (r-'a'+k)%26
			}
			return r
		}, p.email))
	}},
	{"substitution", func(d draw, p person) crawler.Request {
		table := d.Perm(94)
		return d.hidden(strings.Map(func(r rune) rune { return rune(33 + table[(int(r)-33+94)%94]) }, p.email))
	}},
	{"salted", func(d draw, p person) crawler.Request {
		salt := d.base62(8)
		return d.post("https://"+d.tracker()+"/c", map[string]any{"h": digests[0].sum(p.email + salt), "s": salt, "v": 2})
	}},
	{"hmac", func(d draw, p person) crawler.Request {
		key := d.hex(16)
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte(p.email))
		return d.post("https://"+d.tracker()+"/c", map[string]any{"sig": map[string]any{"uh": hex.EncodeToString(mac.Sum(nil)), "k": key}})
	}},
	{"salted-host", func(d draw, p person) crawler.Request {
		return d.post("https://"+d.tracker()+"/c", map[string]any{"h": digests[0].sum("lantern-shop.example" + p.email)})
	}},
	{"truncated", func(d draw, p person) crawler.Request { return d.hidden(digests[0].sum(p.email)[:16+2*d.IntN(8)]) }},
	{"split-at", func(d draw, p person) crawler.Request {
		local, domain, _ := strings.Cut(p.email, "@")
		return d.post("https://"+d.tracker()+"/c", map[string]any{"lp": local, "dom": domain, "x": 1})
	}},
	{"reversed-base64", func(d draw, p person) crawler.Request {
		return d.hidden(reverse(base64.StdEncoding.EncodeToString([]byte(p.email))))
	}},
	{"md5-of-sha256", func(d draw, p person) crawler.Request { return d.hidden(digests[3].sum(digests[0].sum(p.email))) }},
	{"swapped-case-base64", func(d draw, p person) crawler.Request {
		return d.hidden(strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z':
				return r - 32
			case r >= 'A' && r <= 'Z':
				return r + 32
			}
			return r
		}, base64.StdEncoding.EncodeToString([]byte(p.email))))
	}},
	{"uid2", func(d draw, p person) crawler.Request { return d.hidden(digests[8].sum(p.email)) }},
	{"phone-parts", func(d draw, p person) crawler.Request {
		return d.post("https://"+d.tracker()+"/c", map[string]any{"cc": p.phone[:3], "num": p.phone[3:], "x": "y"})
	}},
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

func xor(s string, key []byte) []byte {
	b := []byte(s)
	for i := range b {
		b[i] ^= key[i%len(key)]
	}
	return b
}

// hidden sends a value under a name that says nothing.
func (d draw) hidden(v string) crawler.Request {
	if d.IntN(2) == 0 {
		return d.request("GET", "https://"+d.tracker()+"/i?cc="+url.QueryEscape(v)+"&n="+d.digits(3), "", nil)
	}
	return d.post("https://"+d.tracker()+"/i", map[string]any{"cc": v, "n": d.IntN(99), "w": "1280"})
}

func TestHardFormsAreFound(t *testing.T) {
	d := newDraw(corpusSeed + 11)
	p := d.person()
	var samples []sample
	for _, h := range hardForms {
		for range 10 {
			s := sample{name: h.name, request: h.make(d, p), also: []rule.Class{rule.Phone, rule.Username, rule.Name, rule.Coarse, rule.UserID}}
			class, text := rule.Email, p.email
			switch h.name {
			case "phone-parts":
				class, text = rule.Phone, p.phone
			case "rotated":
				text = "" // it may pass for somebody else's address
			}
			s.truths = []truth{{class: class, text: text, forms: h.name}}
			samples = append(samples, s)
		}
	}
	all, kinds := judge(t, p.persona(), samples)
	table(t, "hard forms", kinds)
	assert.GreaterOrEqual(t, all.recall(), 0.70)
	assert.GreaterOrEqual(t, all.precision(), 0.98)
}

// What is sent a key at a time, over several requests of a page, is put together.
func TestKeystrokesAreJoined(t *testing.T) {
	d := newDraw(corpusSeed + 12)
	p := d.person()
	var evs []crawler.Event
	for i, c := range p.email {
		evs = append(evs, sent(crawler.Request{URL: "https://replay.keylog.net/e", Method: "POST", Page: "p1",
			Body: jsonBody(map[string]any{"type": "key", "target": "#mail", "key": string(c), "n": i})}))
	}
	evs = append(evs, crawler.Event{Page: &crawler.Page{ID: "p1", URL: "https://www.shop.example/"}})
	fs, _ := find(t, detect.Config{Persona: p.persona()}, evs...)
	fs = ofClass(fs, rule.Email)
	require.NotEmpty(t, fs)
	assert.Equal(t, detect.Split, fs[0].Form)
	assert.Equal(t, p.email, fs[0].Value.Reveal())
}

// Growing values, as form analytics send them, are told once they are whole; half an address is nothing.
func TestGrowingValuesAreToldOnceTheyAreWhole(t *testing.T) {
	p := newDraw(corpusSeed + 13).person()
	var evs []crawler.Event
	for n := 4; n <= len(p.email); n++ {
		evs = append(evs, sent(crawler.Request{URL: fmt.Sprintf("https://form.keylog.net/e?v=%s", url.QueryEscape(p.email[:n])), Page: "p1", Phase: crawler.Typing}))
	}
	fs, _ := find(t, detect.Config{Persona: p.persona()}, evs...)
	fs = ofClass(fs, rule.Email)
	require.NotEmpty(t, fs)
	whole := fs[len(fs)-1]
	assert.Equal(t, p.email, whole.Value.Reveal())
	assert.Equal(t, rule.Critical, whole.Severity)
}
