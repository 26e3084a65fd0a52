package discover

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLinks(t *testing.T) {
	got, err := linksOf("https://a.example/dir/page?x=1", strings.NewReader(`<html><head><base href="/base/"><link rel="canonical" href="https://a.example/c">
	<link rel=stylesheet href=/s.css><link rel="alternate" hreflang="de" href="/de"><link rel="alternate" type="application/rss+xml" href="/feed">
	<meta http-equiv="Refresh" content="5; URL='/later'"></head><body>
	<a href="one">1</a><a href=" ./one#part ">again</a><a href="//b.example/two">2</a><a href="#">no</a><a href="#here">here</a>
	<a href="/file.zip" download>no</a><a href="/items/1" data-method="delete">no</a><a href="javascript:x()">no</a><a href="mailto:a@b.example">no</a>
	<map><area href="/area"></map><iframe src="/frame"></iframe><a href="http://[broken">no</a><a href="tel:1">no</a><a>no</a></body>`))
	require.NoError(t, err)
	assert.Equal(t, []string{"https://a.example/c", "https://a.example/de", "https://a.example/later", "https://a.example/base/one", "https://b.example/two",
		"https://a.example/base/", "https://a.example/area", "https://a.example/frame"}, got)
}

func TestList(t *testing.T) {
	got, err := List(strings.NewReader("\ufeffhttps://a.example/x\n# no\n\n b.example \r\n"))
	require.NoError(t, err)
	assert.Equal(t, []string{"https://a.example/x", "https://b.example/"}, got)
	_, err = List(strings.NewReader("https://a.example\nftp://b.example\n"))
	require.ErrorContains(t, err, "line 2")
}

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func TestSitemap(t *testing.T) {
	files := map[string]string{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := files[r.URL.Path]
		if !ok {
			w.WriteHeader(404)
		}
		io.WriteString(w, strings.ReplaceAll(body, "HOST", r.Host))
	}))
	defer srv.Close()
	at := func(p string) string { return srv.URL + p }
	files["/sitemap.xml"] = `<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
		<sitemap><loc>http://HOST/a.xml.gz</loc></sitemap><sitemap><loc> http://HOST/sitemap.xml </loc></sitemap>
		<sitemap><loc>http://HOST/gone.xml</loc></sitemap><sitemap><loc>http://elsewhere.example/x.xml</loc></sitemap>
		<sitemap><loc>http://HOST/list.txt</loc></sitemap><sitemap><loc>http://HOST/feed</loc></sitemap><sitemap><loc>http://HOST/page</loc></sitemap></sitemapindex>`
	files["/a.xml.gz"] = zipped(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
		<url><loc>http://HOST/1?a=1&amp;b=2</loc><image:image><image:loc>http://HOST/pic.png</image:loc></image:image></url><url><loc>http://HOST/2</loc></url><url><loc>http://HOST/2</loc></url></urlset>`)
	files["/list.txt"] = "http://HOST/3\nnot a url\nhttp://HOST/4\n"
	files["/feed"] = `<rss><channel><link>http://HOST/home</link><item><link>http://HOST/5</link></item></channel></rss>`
	files["/page"] = `<html><body>not found</body></html>`
	var urls []string
	var errs []string
	for u, err := range Sitemap(t.Context(), srv.Client(), at("/sitemap.xml"), at("/sitemap.xml")) {
		if err != nil {
			errs = append(errs, err.Error())
		} else {
			urls = append(urls, strings.TrimPrefix(u, srv.URL))
		}
	}
	assert.Contains(t, urls, "/3")
	assert.Contains(t, urls, "/4")
	assert.Contains(t, urls, "/5")
	assert.Contains(t, urls, "http://host/1?a=1&b=2", "gzip was opened")
	assert.NotContains(t, strings.Join(urls, " "), "pic.png")
	assert.Len(t, urls, 5)
	require.Len(t, errs, 2)
	assert.Contains(t, errs[0], "gone.xml: the server answered 404")
	assert.Contains(t, errs[1], "no sitemap")
}

// What breaks off is there, and broken, wherever that was; what is something else is not there, and is kept to be looked at.
func TestSitemapsThatBreakOffAreBroken(t *testing.T) {
	const one = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://a.test/1</loc></url></urlset>`
	whole := zipped(one)
	const challenge = `<title>Just a moment...</title><script>window.x={}</script>Verifying`
	for name, c := range map[string]struct {
		body   string
		broken bool
		kept   string
	}{
		"gzip, cut in the first element": {whole[:60], true, ""},
		"gzip, cut after a few bytes":    {whole[:25], true, ""},
		"gzip without its end":           {whole[:len(whole)-8], true, ""},
		"XML, cut in the first element":  {one[:60], true, ""},
		"XML, cut in an address":         {one[:130], true, ""},
		"a challenge without html":       {challenge, false, challenge},
		"a challenge as XML":             {"<!doctype html><html><head>" + challenge, false, "Just a moment"},
		"an error as JSON":               {`{"error": "forbidden"}`, false, "forbidden"},
		"a sitemap":                      {one, false, ""},
		"a sitemap, gzip":                {whole, false, ""},
		"an empty one":                   {`<urlset></urlset>`, false, ""},
		"a list":                         {"http://a.test/1\n", false, ""},
		"nothing":                        {"", false, ""},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, c.body) }))
		var told *SitemapError
		for _, err := range Sitemap(t.Context(), srv.Client(), srv.URL+"/s.xml") {
			if err != nil {
				require.ErrorAs(t, err, &told, name)
			}
		}
		srv.Close()
		if !c.broken && c.kept == "" {
			assert.Nil(t, told, name)
			continue
		}
		require.NotNil(t, told, name)
		assert.Equal(t, c.broken, !told.NotThere(), name)
		at, head := told.Instead()
		assert.Contains(t, string(head), c.kept, name)
		assert.Equal(t, c.kept != "", at == srv.URL+"/s.xml", name)
	}
}

func TestSitemapBombIsCut(t *testing.T) {
	bomb := zipped("<urlset>" + strings.Repeat(" ", maxSitemapSize+1000))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, bomb) }))
	defer srv.Close()
	var last error
	for _, err := range Sitemap(t.Context(), srv.Client(), srv.URL+"/s.xml") {
		last = err
	}
	require.ErrorContains(t, last, "longer than")
}
