package decode

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/tagscan/tagscan/crawler"
)

// payloads are bodies of about 2 kB as vendors' SDKs send them.
func payloads() map[string][]byte {
	var events []string
	for i := range 3 {
		events = append(events, fmt.Sprintf(`{"event":"$pageview","distinct_id":"0199f2a4-77c1-7a6e-9d0e-1c2b3a4d5e6%d","timestamp":"2026-11-23T21:00:0%d.123Z","properties":{"$current_url":"https://shop.example/product/%d?utm_source=mail&utm_campaign=winter","$host":"shop.example","$pathname":"/product/%d","$browser":"Chrome","$browser_version":156,"$os":"Linux","$screen_height":1080,"$screen_width":1920,"$lib":"web","$lib_version":"1.449.2","$insert_id":"k2j4h5g6f7d8s9a0","$time":1763931600.123,"plan":"pro","logged_in":true,"title":"Red running shoes for women, size %d | Shop"}}`, i, i, i*71, i*71, 36+i))
	}
	json := `{"api_key":"phc_abcdefghijklmnopqrstuvwxyz","batch":[` + strings.Join(events, ",") + `]}`
	form := url.Values{}
	query := url.Values{}
	for i := range 24 {
		form.Set(fmt.Sprintf("ep.param_%d", i), fmt.Sprintf("some value no %d", i*7919))
		query.Set(fmt.Sprintf("up.%d", i), fmt.Sprintf("https://shop.example/p/%d?ref=%d", i, i*31))
	}
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	_, _ = w.Write([]byte(json))
	_ = w.Close()
	return map[string][]byte{
		"json":   []byte(json),
		"form":   []byte(form.Encode()),
		"query":  []byte(query.Encode()),
		"base64": []byte("data=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(json)))),
		"gzip":   gz.Bytes(),
		"text":   []byte(strings.Repeat("The quick brown fox jumps over the lazy dog; it costs 12.99, or not? ", 30)),
	}
}

func BenchmarkBytes(b *testing.B) {
	for name, data := range payloads() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				Bytes(BodyIn, "body", data, DefaultBudget).Release()
			}
		})
	}
}

func BenchmarkRequest(b *testing.B) {
	r := &crawler.Request{
		URL:    "https://collect.example/g/collect?v=2&tid=G-ABCDEFGH&gtm=45je5&_p=1763931600123&cid=1234567890.1763931600&ul=en-us&sr=1920x1080&dl=https%3A%2F%2Fshop.example%2Fproduct%2F17%3Futm_source%3Dmail&dt=Red%20running%20shoes&en=page_view&_et=1234",
		Method: "POST",
		Headers: []crawler.Header{
			{Name: "User-Agent", Value: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"},
			{Name: "Referer", Value: "https://shop.example/product/17?utm_source=mail"},
			{Name: "Content-Type", Value: "text/plain"}, {Name: "Accept", Value: "*/*"}, {Name: "Origin", Value: "https://shop.example"},
			{Name: "Cookie", Value: "_ga=GA1.1.1234567890.1763931600; _fbp=fb.1.1763931600123.987654321; session=0199f2a477c17a6e9d0e1c2b3a4d5e6f"},
		},
		Body: crawler.NewBody(payloads()["json"]),
	}
	size := len(r.URL) + len(r.Body.Inline)
	for _, h := range r.Headers {
		size += len(h.Name) + len(h.Value)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		Request(r, nil, DefaultBudget).Release()
	}
}
