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
		"localhost": "localhost", "co.uk": "co.uk", "WWW.Shop.Example.": "shop.example", "": "",
	} {
		assert.Equal(t, want, Domain(host), host)
	}
}

func TestParts(t *testing.T) {
	assert.Equal(t, "https://a.test/x?y", WithoutFragment("https://a.test/x?y#z"))
	assert.Equal(t, "https://a.test/x", WithoutQuery("https://a.test/x?y#z"))
	assert.Equal(t, "https://a.test/x", WithoutQuery("https://a.test/x#z?y"))
	assert.Equal(t, "shop.example", Site("https://cdn.shop.example/x"))
}
