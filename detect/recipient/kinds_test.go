package recipient_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
)

// TestWhatAVendorsWordMeansWhere: the same name means one thing on one address and another elsewhere, a slot of a class may be
// empty, and a vendor's cookie is what the vendor's own list says.
func TestWhatAVendorsWordMeansWhere(t *testing.T) {
	vendors, err := recipient.Default()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		url, cookie string
		who         string
		path, word  string // "" is no meaning, or one that identifies nobody
	}{
		"an order of Ad Manager is a campaign": {url: "https://securepubads.g.doubleclick.net/gampad/ads?oid=2", who: "google-ads", path: "query.oid"},
		"an order of a conversion is one":      {url: "https://www.googleadservices.com/pagead/conversion/1/?oid=A-11821", who: "google-ads", path: "query.oid", word: "behaviour.purchase"},
		"experiments of Google":                {url: "https://securepubads.g.doubleclick.net/gampad/ads?eid=21060950,575144605", who: "google-ads", path: "query.eid"},
		"no amount":                            {url: "https://www.googleadservices.com/pagead/conversion/1/?value=0.00", who: "google-ads", path: "query.value"},
		"an amount":                            {url: "https://www.googleadservices.com/pagead/conversion/1/?value=59.90", who: "google-ads", path: "query.value", word: "behaviour.purchase"},
		"a bare currency":                      {url: "https://bat.bing.com/action/0?ti=1&gc=EUR", who: "bing-uet", path: "query.gc"},
		"the list of an audience":              {url: "https://cm.g.doubleclick.net/pixel?google_nid=x&google_ula=1502692", who: "google-ads", path: "query.google_ula"},
		"audiences in Argentina":               {url: "https://www.google.com.ar/ads/ga-audiences?v=1&cid=123.456", who: "google-ads", path: "query.cid", word: "online.client_id"},
		"audiences in Slovenia":                {url: "https://www.google.si/ads/ga-audiences?v=1&cid=123.456", who: "google-ads", path: "query.cid", word: "online.client_id"},
		"old analytics":                        {url: "https://www.google-analytics.com/collect?v=1&_gid=3.4", who: "google-universal-analytics", path: "query._gid", word: "online.client_id"},
		"older analytics":                      {url: "https://www.google-analytics.com/__utm.gif?utmac=UA-1-1&utmhid=5", cookie: "__utmc=123456789", who: "google-universal-analytics", path: "cookie.__utmc"},
		"a cookie of the vendor's":             {url: "https://cm.g.doubleclick.net/pixel?google_nid=x", cookie: "IDE=AHWqTUm5x8kd0a1Lq9wQm2rXn", who: "google-ads", path: "cookie.IDE", word: "online.synced_id"},
		"a cookie that is only set":            {url: "https://ib.adnxs.com/x", cookie: "uuid2=0", who: "xandr", path: "cookie.uuid2"},
		"a date in a cookie of settings":       {url: "https://bat.bing.com/action/0?ti=1", cookie: "SRCHUSR=DOB=20240115", who: "bing-uet", path: "cookie.SRCHUSR.DOB"},
		"an id in a path":                      {url: "https://dpm.demdex.net/ibs:dpid=411&dpuuid=CfRp5bKbQVwhAAAA", who: "adobe-ecid", path: "path[0].dpuuid", word: "online.synced_id"},
		"somebody else's cookie of that name":  {url: "https://www.clarity.ms/collect", cookie: "uid=aa1f3c2e-1111-4222-8333-444455556666", who: "clarity", path: "cookie.uid"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &crawler.Request{URL: c.url, Method: "GET"}
			if c.cookie != "" {
				r.Headers = []crawler.Header{{Name: "Cookie", Value: c.cookie}}
			}
			tree := decode.Request(r, nil, decode.Budget{})
			m := vendors.Resolve(r, tree, recipient.Site{Page: "https://shop.example/"})
			require.Equal(t, c.who, m.Recipient.ID)
			got, seen := "", false
			for i := range tree.Fields {
				seen = seen || tree.Fields[i].Path == c.path
				for _, f := range m.Fields {
					if f.Field == i && tree.Fields[i].Path == c.path {
						got = string(f.Class)
					}
				}
			}
			require.True(t, seen, "no field %s in the request", c.path)
			assert.Equal(t, c.word, got)
		})
	}
}

// TestAllCountriesOfADomain: Google's hosts under the domains of countries are Google's, and what only looks like them is not.
func TestAllCountriesOfADomain(t *testing.T) {
	c, err := recipient.Default()
	require.NoError(t, err)
	for _, host := range []string{"www.google.de", "google.com.tr", "www.google.co.za", "adservice.google.lt", "maps.google.com.sv", "www.google.ad"} {
		assert.Contains(t, []string{"google", "google-ads", "google-maps"}, c.OwnerOf(host).ID, host)
	}
	for _, host := range []string{"notgoogle.de", "google.shop.de", "www.google.example", "google.co.shop", "google.xyz"} {
		assert.NotContains(t, []string{"google", "google-ads"}, c.OwnerOf(host).ID, host)
	}
}
