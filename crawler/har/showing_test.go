package har

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

// on is an entry of the page p with an answer.
func on(method, url, kind string, response string) string {
	return fmt.Sprintf(`{"pageref":"p","_resourceType":%q,"request":{"method":%q,"url":%q,"headers":[],"bodySize":0},"response":{%s}}`, kind, method, url, response)
}

const html = `"status":200,"content":{"size":9,"mimeType":"text/html","text":"<p>hi</p>"}`

// A page whose document is another's, or was not had, is not seen completely. That the file has nothing of it is told.
func TestAPageIsItsDocument(t *testing.T) {
	for name, c := range map[string]struct {
		entries string
		want    crawler.Outcome
	}{
		"seen":                      {on("GET", "https://shop.test/", "", html), crawler.Complete},
		"not changed":               {on("GET", "https://shop.test/", "", `"status":304`), crawler.Complete},
		"seen, and not kept":        {on("GET", "https://shop.test/", "", `"status":200,"content":{"size":900,"mimeType":"text/html","text":""}`), crawler.Complete},
		"of another address":        {on("GET", "https://shop.test/home", "", html), crawler.Complete},
		"not answered":              {on("GET", "https://shop.test/", "", `"status":0`), crawler.Failed},
		"a redirect alone":          {on("GET", "https://shop.test/", "", `"status":302,"content":{"mimeType":"text/html"}`), crawler.Partial},
		"empty":                     {on("GET", "https://shop.test/", "", `"status":200,"content":{"size":0,"mimeType":"text/html","text":""}`), crawler.Partial},
		"no content":                {on("GET", "https://shop.test/", "", `"status":204,"content":{"mimeType":"text/html"}`), crawler.Partial},
		"another site's":            {on("GET", "https://wait.test/", "", html), crawler.Partial},
		"calls alone":               {on("GET", "https://shop.test/api", "xhr", `"status":200,"content":{"mimeType":"application/json"}`), crawler.Complete},
		"HTML that a script posted": {on("POST", "https://shop.test/api", "", html), crawler.Complete},
	} {
		t.Run(name, func(t *testing.T) {
			events := readAll(t, Read(strings.NewReader(har(`{"id":"p","title":"https://shop.test/"}`, c.entries))))
			assert.Equal(t, c.want, pagesOf(events)[0].Outcome)
			assert.Equal(t, c.want == crawler.Complete, pagesOf(events)[0].Reason == "")
			if strings.HasPrefix(name, "calls") || strings.HasPrefix(name, "HTML") {
				assert.Contains(t, kindsOf(pagesOf(events)[0].Gaps), crawler.GapHARUnproven)
			}
		})
	}
}

func TestWhatWasNotLoaded(t *testing.T) {
	for name, c := range map[string]struct {
		entries string
		want    []crawler.GapKind
	}{
		"a script refused":          {on("GET", "https://a.test/a.js", "script", `"status":503`), []crawler.GapKind{crawler.GapLoadFailed}},
		"each once":                 {on("GET", "https://a.test/a.js", "script", `"status":503`) + "," + on("GET", "https://a.test/a.js?1", "script", `"status":503`), []crawler.GapKind{crawler.GapLoadFailed}},
		"a script that is gone":     {on("GET", "https://a.test/a.js", "script", `"status":404`), []crawler.GapKind{crawler.GapLoadMissing}},
		"a page for a script":       {on("GET", "https://a.test/a.js", "script", `"status":200,"content":{"size":20,"mimeType":"text/html","text":"<!doctype html><p>hi"}`), []crawler.GapKind{crawler.GapLoadFailed}},
		"nothing for a script":      {on("GET", "https://a.test/a.js", "script", `"status":200,"bodySize":0,"content":{"size":0,"mimeType":"text/javascript","text":""}`), []crawler.GapKind{crawler.GapLoadFailed}},
		"no content for a script":   {on("GET", "https://a.test/a.js", "script", `"status":204`), []crawler.GapKind{crawler.GapLoadFailed}},
		"a script that reports":     {on("GET", "https://a.test/a.js?"+strings.Repeat("a=1&", 40), "script", `"status":204`), nil},
		"a script of HTML by name":  {on("GET", "https://a.test/a.js", "script", `"status":200,"content":{"size":5,"mimeType":"text/html","text":"f(1);"}`), nil},
		"nothing of the site's own": {on("GET", "https://shop.test/a.js", "script", `"status":200,"bodySize":0,"content":{"size":0,"mimeType":"text/javascript","text":""}`), nil},
		"a stream of events":        {on("GET", "https://a.test/s", "eventsource", `"status":503`), nil}, // detect tells that it was turned away
		"a frame without initiator": {on("GET", "https://a.test/f", "document", `"status":403`), []crawler.GapKind{crawler.GapLoadFailed}},
		"a frame that is a wall":    {on("GET", "https://a.test/f", "document", `"status":200,"content":{"size":90,"mimeType":"text/html","text":"<p>Please enable JS</p><script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script>"}`), []crawler.GapKind{crawler.GapLoadFailed}},
		"a frame with content":      {on("GET", "https://a.test/f", "document", html), nil},
		"a frame with nothing":      {on("GET", "https://a.test/f", "document", `"status":200,"content":{"size":40,"mimeType":"text/html","text":"<script>parent.postMessage(1)</script>"}`), nil},
		"a picture refused":         {on("GET", "https://a.test/a.png", "image", `"status":503`), nil},
		"a host that never answers": {on("GET", "https://a.test/a.js", "", `"status":0,"headers":[]`), []crawler.GapKind{crawler.GapUnreachable}},
		"a host that answers once":  {on("GET", "https://a.test/a.js", "", `"status":0`) + "," + on("GET", "https://a.test/b.js", "", `"status":200`), nil},
		"the site's own":            {on("GET", "https://cdn.shop.test/a.js", "", `"status":0`), nil},
	} {
		t.Run(name, func(t *testing.T) {
			events := readAll(t, Read(strings.NewReader(har(`{"id":"p","title":"https://shop.test/"}`, on("GET", "https://shop.test/", "", html)+","+c.entries))))
			assert.ElementsMatch(t, c.want, kindsOf(gapsOf(events)))
		})
	}
}

// A page that is named and not listed is nobody knows which, unless its document is there.
func TestPagesThatAreNotListed(t *testing.T) {
	doc := on("GET", "https://shop.test/", "document", html)
	ping := `"request":{"method":"GET","url":"https://a.test/"},"response":{"status":200}}`
	for name, c := range map[string]struct {
		in   string
		want []crawler.GapKind
	}{
		"another page":            {har(`{"id":"p","title":"https://shop.test/"}`, doc+`,{"pageref":"q",`+ping), []crawler.GapKind{crawler.GapHARNoPages}},
		"with its document":       {har("", doc+`,{"pageref":"p",`+ping), nil},
		"no entry names its page": {har(`{"id":"p","title":"https://shop.test/"}`, strings.Replace(doc, `"pageref":"p",`, "", 1)+`,{`+ping), []crawler.GapKind{crawler.GapHARNoPages}},
	} {
		t.Run(name, func(t *testing.T) {
			events := readAll(t, Read(strings.NewReader(c.in)))
			assert.Equal(t, c.want, kindsOf(gapsOf(events)))
			assert.Equal(t, crawler.Complete, pagesOf(events)[0].Outcome)
		})
	}
}
