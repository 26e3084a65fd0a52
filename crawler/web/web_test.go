package web

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHost(t *testing.T) {
	for raw, want := range map[string]string{
		"https://Shop.Example:8443/a?b#c": "shop.example", "http://u:p@a.test/": "a.test", "wss://a.test.?x": "a.test",
		"https://[::1]:8443/": "::1", "data:text/html,x": "", "": "", "a.test/x": "",
	} {
		assert.Equal(t, want, Host(raw), raw)
	}
}

func TestDomain(t *testing.T) {
	for host, want := range map[string]string{
		"www.shop.example": "shop.example", "a.b.co.uk": "b.co.uk", "10.0.0.1": "10.0.0.1", "::1": "::1", "[::1]": "[::1]",
		"localhost": "localhost", "co.uk": "co.uk", "WWW.Shop.Example.": "shop.example", "": "", "somebody.github.io": "somebody.github.io",
		"1.2.3": "1.2.3",
	} {
		assert.Equal(t, want, Domain(host), host)
	}
}

func TestRegistrable(t *testing.T) {
	d, ok := Registrable("www.shop.co.uk")
	assert.True(t, ok)
	assert.Equal(t, "shop.co.uk", d)
	for _, host := range []string{"", "localhost", "co.uk", "127.0.0.1", "::1", "[::1]", "github.io"} {
		_, ok := Registrable(host)
		assert.False(t, ok, host)
	}
}

func TestSites(t *testing.T) {
	own := SitesOf("https://www.shop.example:8443/start", "shop-cdn.example", "127.0.0.1:8080", "::1", "")
	for x, want := range map[string]bool{
		"https://api.shop.example/x": true, "img.shop-cdn.example": true, "SHOP.example:443": true, "http://127.0.0.1:9090/": true, "::1": true,
		"https://shop.example.evil.example/": false, "": false, "about:blank": false, "data:text/html,x": false,
	} {
		assert.Equal(t, want, own.Own(x), x)
	}
	assert.False(t, Sites(nil).Own("shop.example"))
}

func TestKnownSuffix(t *testing.T) {
	for host, want := range map[string]bool{"a.de": true, "somebody.github.io": true, "a.local": false, "a.bundle": false} {
		assert.Equal(t, want, KnownSuffix(host), host)
	}
}

func TestHeaders(t *testing.T) {
	for name, want := range map[string][2]bool{ // silent, ordinary
		"accept": {true, true}, ":path": {true, true}, "sec-fetch-site": {true, true}, "user-agent": {false, true}, "sec-ch-ua-model": {false, true},
		"accept-language": {false, true}, "dpr": {false, true}, "referer": {}, "origin": {}, "cookie": {}, "authorization": {}, "x-user": {}, "baggage": {},
	} {
		assert.Equal(t, want, [2]bool{SilentHeader(name), OrdinaryHeader(name)}, name)
	}
}

func TestNothing(t *testing.T) {
	for _, v := range []string{"", " ", "null", "NULL", "undefined", "NaN", "(not set)", "[object Object]", "n/a", "-", " none "} {
		assert.True(t, Nothing(v), v)
	}
	for _, v := range []string{"0", "guest", "auto", "nullable", "none of these", "a"} {
		assert.False(t, Nothing(v), v)
	}
}

func TestParts(t *testing.T) {
	assert.Equal(t, "https://a.test/x?y", WithoutFragment("https://a.test/x?y#z"))
	assert.Equal(t, "https://a.test/x", WithoutQuery("https://a.test/x?y#z"))
	assert.Equal(t, "https://a.test/x", WithoutQuery("https://a.test/x#z?y"))
	assert.Equal(t, "shop.example", Site("https://cdn.shop.example/x"))
}
