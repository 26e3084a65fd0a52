package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFoldByShape(t *testing.T) {
	for in, want := range map[string]string{
		"/":                    "/",
		"/product/123":         "/product/{n}",
		"/product/123/reviews": "/product/{n}/reviews",
		"/product/123.html":    "/product/{n}.html",
		"/u/6fa459ea-ee8a-3ca4-894e-db77e160355e": "/u/{uuid}",
		"/c/5d41402abc4b2a76b9719d911017c592":     "/c/{hash}",
		"/o/507f1f77bcf86cd799439011":             "/o/{hash}",
		"/blog/2024/01/31/a-title":                "/blog/{date}/a-title",
		"/blog/2024/1/a-title":                    "/blog/{date}/a-title",
		"/archive/2024-01-31":                     "/archive/{date}",
		"/shoes/red-shoe-12345":                   "/shoes/{slug}",
		"/shoes/12345-red-shoe.html":              "/shoes/{slug}.html",
		"/shoes/red-shoe-p12345":                  "/shoes/{slug}",
		"/v/dQw4w9WgXcQ":                          "/v/{id}",
		"/u/01ARZ3NDEKTSV4RRFFQ69G5FAV":           "/u/{id}",
		"/customers/cus_NffrFeUfNV2Hib":           "/customers/{id}",
		"/user/ann@shop.example":                  "/user/{email}",
		"/user/ann%40shop.example":                "/user/{email}",
		"/en/about":                               "/en/about",
		"/pt-BR/about/":                           "/pt-BR/about",
		"/docs/v2/getting-started":                "/docs/v2/getting-started",
		"/windows-11":                             "/windows-11",
		"/getting-started-with-tagscan":           "/getting-started-with-tagscan",
		"/?b=1&a=2&utm_source=x":                  "/?a&b",
		"/index.php?page=about&id=7":              "/index.php?id&page=about",
		"/index.php?page=7":                       "/index.php?page",
		"/#/users/17":                             "/#/users/{n}",
		"/x.min.js":                               "/x.min.js",
		"/decade/facade":                          "/decade/facade",
		"/call/+49 151 12345678":                  "/call/{n}",
		"/call/+49%20151%2012345678":              "/call/{n}",
		"/v/10.2.1":                               "/v/{n}",
		"/user/ann[at]shop.example":               "/user/{email}",
		"/@ann.lee/posts":                         "/{email}/posts",
		"/k/8fK2mQ9xLp3Zr7Tt":                     "/k/{id}",
		"/k/00:1b:44:11:3a:b7":                    "/k/{id}",
		"/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3In0.x": "/reset/{id}",
		"/reset/c2VjcmV0LXRva2VuLTEyMzQ1Njc4OTA=":               "/reset/{id}",
		"/a/b;u=8fK2mQ9xLp3Zr7Tt9;ord=1":                        "/a/b;u={id};ord={n}",
		"/cart;jsessionid=1234567":                              "/cart;jsessionid={n}",
		"/filter/red,blue":                                      "/filter/red,blue",
		"/top-10-of-the-5-best-laptops":                         "/top-10-of-the-5-best-laptops",
		"/?ann%40shop.example":                                  "/?{email}",
		"/" + strings.Repeat("long-", 20):                       "/{text}",
		"/es-419/zh_Hans/fr":                                    "/es-419/zh_Hans/fr",
		"/a//b/../c/":                                           "/a/c",
	} {
		if len(want) > 2 && want[:3] == "/#/" {
			want = "/#" + want[3:]
		}
		assert.Equal(t, "https://a.example"+want, Route("https://a.example"+in), in)
	}
}

func TestFoldLearnsNames(t *testing.T) {
	var r Routes
	u := func(p string) string { return "https://a.example" + p }
	parsed := func(raw string) *url.URL {
		u, err := url.Parse(raw)
		require.NoError(t, err)
		return u
	}
	for _, p := range []string{"/about", "/pricing", "/contact", "/jobs"} {
		r.Learn(parsed(u(p)))
	}
	names := []string{"ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal", "ivy", "jon", "kim", "leo"}
	for i, n := range names {
		r.Learn(parsed(u("/people/" + n)))
		r.Learn(parsed(u("/people/" + n + "/photos")))
		r.Learn(parsed(u("/blog/title-of-" + n)))
		r.Learn(parsed(u(fmt.Sprintf("/list?f%d=1", 'a'+rune(i)))))
		r.Learn(parsed(u("/list?" + n + "=1")))
		r.Learn(parsed(u("/en/" + n + "/x")))
	}
	assert.Equal(t, u("/blog/{slug}"), r.Fold(parsed(u("/blog/title-of-ann"))))
	assert.Equal(t, u("/blog/{slug}"), r.Fold(parsed(u("/blog/never-seen"))))
	assert.Equal(t, u("/about"), r.Fold(parsed(u("/about"))), "a menu is no list of names")
	assert.Equal(t, u("/list?{query}"), r.Fold(parsed(u("/list?ann=1"))))
	assert.Equal(t, "https://b.example/blog/title", r.Fold(parsed("https://b.example/blog/title")), "what one host taught does not hold for another")
	for i := range 60 {
		r.Learn(parsed(u("/" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + "-city")))
	}
	assert.Equal(t, u("/{slug}"), r.Fold(parsed(u("/za-city"))))
}

func TestNoPageHasNoRoute(t *testing.T) {
	for _, raw := range []string{"", "not a url", "/path", "about:blank", "data:text/html,x", "https://"} {
		assert.Empty(t, Route(raw), raw)
	}
	assert.Equal(t, "https://shop.example/p", Route("HTTPS://ann:secret@Shop.Example:443/p/"), "no user, no default port")
}

// A name of a field is folded where it is a value as a whole; words with a number among them name a field.
func TestFoldName(t *testing.T) {
	for in, want := range map[string]string{
		"email": "email", "checkout_step_2": "checkout_step_2", "utm_source2": "utm_source2", "input_1234": "input_1234",
		"4711": "{n}", "+4915112345678": "{n}", "jane@example%2Eorg": "{email}", "jane%40example.org": "{email}",
		"550e8400-e29b-41d4-a716-446655440000": "{uuid}", "9f86d081884c7d659a2feaa0": "{hash}", "8fK2mQ9xLp3Zr7Tt": "{id}",
	} {
		assert.Equal(t, want, FoldName(in), in)
	}
}

func FuzzRoute(f *testing.F) {
	f.Add("https://a.example/b;c=1/2024/01/x.html?page=about&id#/y")
	f.Fuzz(func(t *testing.T, in string) {
		route := Route(in)
		require.Equal(t, route, Route(in))
		require.True(t, route == "" || strings.Contains(route, "://"), route)
	})
}
