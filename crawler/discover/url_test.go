package discover

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler/web"
)

func TestNormalize(t *testing.T) {
	for in, want := range map[string]string{
		"HTTPS://Shop.Example:443":                 "https://shop.example/",
		"http://shop.example:80/a/../b/./c":        "http://shop.example/b/c",
		"https://shop.example/a/..":                "https://shop.example/",
		"https://shop.example/%7euser/%2fx/%c3%a9": "https://shop.example/~user/%2Fx/%C3%A9",
		"https://shop.example/é":                   "https://shop.example/%C3%A9",
		"https://bücher.example/":                  "https://xn--bcher-kva.example/",
		"https://shop.example./x#part":             "https://shop.example/x",
		"https://shop.example/#/users/1":           "https://shop.example/#/users/1",
		"https://shop.example/#!docs":              "https://shop.example/#!docs",
		"https://shop.example/?":                   "https://shop.example/",
		"https://shop.example/?b=1&a=%zz":          "https://shop.example/?b=1&a=%zz",
		"http://[::1]:8080/x":                      "http://[::1]:8080/x",
		"  https://a.example/ ":                    "https://a.example/",
	} {
		got, err := Normalize(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, got)
		again, err := Normalize(got)
		require.NoError(t, err)
		assert.Equal(t, got, again, "it stays")
	}
}

func TestNormalizeRefuses(t *testing.T) {
	for _, in := range []string{"", "ftp://a.example/", "file:///etc/passwd", "javascript:alert(1)", "mailto:a@b.example", "//a.example/", "/path",
		"https://", "https:a.example", "https://user:secret@a.example/", "https://good.example@evil.example/", "view-source:https://a.example/",
		"data:text/html,x", "https://a b.example/", "https://a.example/\x00", "https://a.example/" + strings.Repeat("x", maxURL)} {
		_, err := Normalize(in)
		assert.Error(t, err, in)
		if err != nil {
			assert.NotContains(t, err.Error(), "secret")
		}
	}
}

func FuzzNormalize(f *testing.F) {
	f.Add("https://Shop.Example:443/a/../%7e?x#/y")
	f.Fuzz(func(t *testing.T, in string) {
		once, err := Normalize(in)
		if err != nil {
			return
		}
		twice, err := Normalize(once)
		require.NoError(t, err)
		require.Equal(t, once, twice)
		require.NotEmpty(t, web.Route(once))
	})
}

func TestScope(t *testing.T) {
	s, err := NewScope([]string{"https://www.shop.co.uk/start", "http://127.0.0.1:8080/"}, []string{"shop-cdn.example"}, nil, []string{"*.old.shop.co.uk/**", "/admin/**", "https://*/secret"})
	require.NoError(t, err)
	for in, want := range map[string]bool{
		"https://shop.co.uk/":              true,
		"http://blog.shop.co.uk:8443/x":    true,
		"https://other.co.uk/":             false,
		"https://shop.co.uk.evil.example/": false,
		"https://evilshop.co.uk/":          false,
		"https://assets.shop-cdn.example/": true,
		"http://127.0.0.1:8080/x":          true,
		"http://127.0.0.1:9090/x":          false,
		"http://10.0.0.1:8080/x":           false,
		"https://a.old.shop.co.uk/x/y":     false,
		"https://shop.co.uk/admin":         false,
		"https://shop.co.uk/admin/users":   false,
		"https://shop.co.uk/secret":        false,
		"https://shop.co.uk/secrets":       true,
		"ftp://shop.co.uk/":                false,
	} {
		got, why := s.Allows(in)
		assert.Equal(t, want, got, "%s %s", in, why)
	}
	s, err = NewScope([]string{"https://a.example"}, nil, []string{"/docs/**", "/*.html"}, nil)
	require.NoError(t, err)
	for in, want := range map[string]bool{"https://a.example/docs/x/y": true, "https://a.example/x.html": true, "https://a.example/blog": false} {
		got, _ := s.Allows(in)
		assert.Equal(t, want, got, in)
	}
	_, err = NewScope([]string{"https://a.example"}, nil, []string{"/[a"}, nil)
	require.ErrorContains(t, err, "glob")
	_, err = NewScope(nil, nil, nil, nil)
	require.Error(t, err)
}

func TestScopeAdoptsASiteThatItsOwnMovedTo(t *testing.T) {
	s, err := NewScope([]string{"https://old.example/"}, nil, nil, []string{"/admin/**"})
	require.NoError(t, err)
	assert.False(t, s.Holds("https://www.new.example/x"))
	s.Adopt("https://www.new.example/start")
	assert.True(t, s.Holds("https://shop.new.example/admin/x"))
	allowed, why := s.Allows("https://shop.new.example/admin/x")
	assert.False(t, allowed)
	assert.Equal(t, "excluded: /admin/**", why)
}
