package recipient_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
)

// Setting up the whole catalog, once a run.
func BenchmarkDefault(b *testing.B) {
	for b.Loop() {
		if _, err := recipient.Default(); err != nil {
			b.Fatal(err)
		}
	}
}

// Naming the recipient of one request: of a vendor's host, of a proxy on the site's own host, of an API of the site's.
func BenchmarkResolve(b *testing.B) {
	c, err := recipient.Default()
	require.NoError(b, err)
	for name, e := range map[string]recipient.ExampleRequest{
		"vendor":  {URL: "https://www.google-analytics.com/g/collect?v=2&tid=G-ABC123&gtm=45je4&_p=1&cid=12.34&ul=en-us&sr=1920x1080&dl=https%3A%2F%2Fwww.shop.example%2F&dt=Shop&en=page_view&ep.plan=pro"},
		"proxy":   {URL: "https://www.shop.example/ingest/e/?ip=0&ver=1.449.2", Body: `[{"event":"$pageleave","properties":{"token":"phc_0123456789abcdefghij0123","distinct_id":"u-1","$lib":"web","$current_url":"https://www.shop.example/","$os":"Linux"}}]`},
		"own":     {URL: "https://www.shop.example/api/cart", Body: `{"items":[{"id":1,"name":"Shoe","price":9.5},{"id":2,"name":"Hat","price":5}],"token":"abc","event":"add","user":{"id":7,"email":"alice@example.com"}}`},
		"unknown": {URL: "https://cdn.unknown.example/lib.js?v=1"},
	} {
		r := &crawler.Request{URL: e.URL, Method: "POST", Body: crawler.NewBody([]byte(e.Body))}
		t := decode.Request(r, nil, decode.Budget{})
		site := recipient.Site{Page: "https://www.shop.example/"}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Resolve(r, t, site)
			}
		})
	}
}

// A body with thousands of fields of the names that many shapes look at.
func BenchmarkResolveLarge(b *testing.B) {
	c, err := recipient.Default()
	require.NoError(b, err)
	body := "[" + strings.Repeat(`{"name":"a","event":"b","token":"c","id":7},`, 700) + "{}]"
	r := &crawler.Request{URL: "https://www.shop.example/api/list", Method: "POST", Body: crawler.NewBody([]byte(body))}
	t := decode.Request(r, nil, decode.Budget{})
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		c.Resolve(r, t, recipient.Site{Page: "https://www.shop.example/"})
	}
}
