package discover

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFoldByShape(t *testing.T) {
	var r Routes
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
	} {
		if len(want) > 2 && want[:3] == "/#/" {
			want = "/#" + want[3:]
		}
		assert.Equal(t, "https://a.example"+want, r.Fold("https://a.example"+in), in)
	}
}

func TestFoldLearnsNames(t *testing.T) {
	var r Routes
	u := func(p string) string { return "https://a.example" + p }
	for _, p := range []string{"/about", "/pricing", "/contact", "/jobs"} {
		r.Learn(u(p))
	}
	names := []string{"ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal", "ivy", "jon", "kim", "leo"}
	for i, n := range names {
		r.Learn(u("/people/" + n))
		r.Learn(u("/people/" + n + "/photos"))
		r.Learn(u("/blog/title-of-" + n))
		r.Learn(u(fmt.Sprintf("/list?f%d=1", 'a'+rune(i))))
		r.Learn(u("/list?" + n + "=1"))
		r.Learn(u("/en/" + n + "/x"))
	}
	assert.Equal(t, u("/blog/{slug}"), r.Fold(u("/blog/title-of-ann")))
	assert.Equal(t, u("/blog/{slug}"), r.Fold(u("/blog/never-seen")))
	assert.Equal(t, u("/about"), r.Fold(u("/about")), "a menu is no list of names")
	assert.Equal(t, u("/list?{query}"), r.Fold(u("/list?ann=1")))
	assert.Equal(t, "https://b.example/blog/title", r.Fold("https://b.example/blog/title"), "what one host taught does not hold for another")
	for i := range 60 {
		r.Learn(u("/" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + "-city"))
	}
	assert.Equal(t, u("/{slug}"), r.Fold(u("/za-city")))
}
