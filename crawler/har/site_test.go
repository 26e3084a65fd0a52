package har

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// loaded is an entry with headers: names and values in turn.
func loaded(url string, headers ...string) string {
	var list []string
	for i := 0; i < len(headers); i += 2 {
		list = append(list, fmt.Sprintf(`{"name":%q,"value":%q}`, headers[i], headers[i+1]))
	}
	return fmt.Sprintf(`{"request":{"method":"GET","url":%q,"headers":[%s]},"response":{"status":200}}`, url, strings.Join(list, ","))
}

func document(url string, headers ...string) string {
	return loaded(url, append([]string{"Sec-Fetch-Dest", "document"}, headers...)...)
}

// answered is an entry of which only the answer says that it is a document.
func answered(method, url string, status int) string {
	return fmt.Sprintf(`{"request":{"method":%q,"url":%q,"bodySize":0},"response":{"status":%d,"content":{"size":9,"mimeType":"text/html"}}}`, method, url, status)
}

func frame(url, in string) string {
	return loaded(url, "Sec-Fetch-Dest", "iframe", "Referer", in)
}

const redirected = `{"request":{"method":"GET","url":"http://shop.test/","headers":[{"name":"Sec-Fetch-Dest","value":"document"}]},"response":{"status":301,"headers":[{"name":"Location","value":"https://www.shop.test/"}]}}`

// What nobody knows is "".
func TestWhoseSiteItIs(t *testing.T) {
	for name, c := range map[string]struct{ in, site string }{
		"the first page":                       {har(`{"id":"1","title":"https://shop.test/a?email=x#y"},{"id":"2","title":"https://other.test/"}`, document("https://third.test/")), "https://shop.test/a"},
		"the first page with an address":       {har(`{"id":"1","title":"New tab"},{"id":"2","title":"https://shop.test/"}`, loaded("https://a.test/")), "https://shop.test/"},
		"a page's address beside its title":    {har(`{"id":"1","title":"Shop","_URL":"https://shop.test/"}`, loaded("https://a.test/")), "https://shop.test/"},
		"a page's address as its id":           {har(`{"id":"https://shop.test/","title":"Shop"}`, loaded("https://a.test/")), "https://shop.test/"},
		"never an extension's page":            {har(`{"id":"1","title":"chrome-extension://abc/popup.html"},{"id":"2","title":"https://shop.test/"}`, loaded("https://a.test/")), "https://shop.test/"},
		"the first document":                   {har("", loaded("https://a.test/")+","+document("https://shop.test/x?y")+","+document("https://other.test/")), "https://shop.test/x"},
		"by what the answer was, and a name":   {har("", answered("GET", "https://shop.test/", 200)+","+loaded("https://a.test/", "Referer", "https://shop.test/")), "https://shop.test/"},
		"the document that most name":          {har("", answered("GET", "https://video.test/", 200)+","+answered("GET", "https://shop.test/", 200)+","+loaded("https://a.test/", "Referer", "https://video.test/")+","+strings.Repeat(loaded("https://a.test/", "Referer", "https://shop.test/")+",", 2)+loaded("https://c.test/")), "https://shop.test/"},
		"a listed page without an address":     {har(`{"id":"1","title":"Shop"}`, answered("GET", "https://shop.test/", 200)), "https://shop.test/"},
		"a beacon answered with a page":        {har("", answered("POST", "https://vendor.test/t", 200)+","+loaded("https://shop.test/api")), ""},
		"a beacon on a page without address":   {har(`{"id":"1","title":"Shop"}`, answered("POST", "https://vendor.test/t", 200)+","+answered("GET", "https://shop.test/", 200)), "https://shop.test/"},
		"a pixel answered with nothing":        {har("", answered("GET", "https://vendor.test/p", 204)+","+loaded("https://shop.test/api")), ""},
		"a page that nothing names":            {har("", answered("GET", "https://vendor.test/like", 200)+","+loaded("https://shop.test/api")), ""},
		"where a redirect leads":               {har("", redirected+","+document("https://www.shop.test/")), "https://www.shop.test/"},
		"a redirect alone":                     {har("", redirected), "http://shop.test/"},
		"not a frame's document":               {har("", frame("https://video.test/embed", "https://shop.test/p")+","+loaded("https://a.test/", "Referer", "https://video.test/")), "https://shop.test/p"},
		"what all name as where they are from": {har("", loaded("https://a.test/", "Referer", "https://shop.test/p?q")+","+loaded("https://b.test/", "Origin", "https://shop.test")+","+loaded("https://c.test/")), "https://shop.test/p"},
		"recorded after the page was loaded":   {har("", loaded("https://a.test/", "Referer", "https://shop.test/")+","+document("https://ads.test/", "Referer", "https://shop.test/")), "https://shop.test/"},
		"another tab, then what was asked for": {har("", loaded("https://a.test/", "Referer", "https://mail.test/")+","+document("https://shop.test/", "Sec-Fetch-Site", "none")), "https://shop.test/"},
		"several sites are named":              {har("", loaded("https://a.test/", "Referer", "https://shop.test/")+","+loaded("https://b.test/", "Referer", "https://mail.test/")), ""},
		"an app that calls its API":            {har("", loaded("https://api.shop.test/v1")+","+loaded("https://t.test/collect")), ""},
		"HTML that a script asked for":         {har("", `{"_resourceType":"xhr","request":{"url":"https://shop.test/"},"response":{"status":200,"content":{"mimeType":"text/html"}}}`), ""},
		"an extension's requests name nothing": {har("", loaded("https://a.test/", "Origin", "chrome-extension://abc")), ""},
		"pages after the entries":              {`{"log":{"entries":[` + loaded("https://a.test/") + `],"pages":[{"id":"1","title":"https://shop.test/"}]}}`, "https://shop.test/"},
	} {
		t.Run(name, func(t *testing.T) {
			events := readAll(t, Read(strings.NewReader(c.in)))
			require.NotNil(t, events[0].Run, "Run comes first")
			for _, r := range requestsOf(events) {
				if c.site == "" {
					assert.Empty(t, r.PageURL, "nothing is the site's own by a guess")
				}
			}
			if c.site == "" {
				assert.Empty(t, events[0].Run.Seeds)
				if name != "an extension's requests name nothing" {
					assert.Contains(t, kindsOf(gapsOf(events)), crawler.GapHARNoPages)
				}
				return
			}
			assert.Equal(t, []string{c.site}, events[0].Run.Seeds)
			assert.NotContains(t, kindsOf(gapsOf(events)), crawler.GapHARNoPages)
		})
	}
}

// A reader that cannot go back holds entries for a while.
func TestWhoseSiteAStreamIs(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		site []string
	}{
		"pages first":               {har(`{"id":"1","title":"https://shop.test/"}`, loaded("https://a.test/")), []string{"https://shop.test/"}},
		"a document after a few":    {har("", strings.Repeat(loaded("https://a.test/")+",", 50)+document("https://shop.test/")), []string{"https://shop.test/"}},
		"a document after too many": {har("", strings.Repeat(loaded("https://a.test/")+",", maxWaiting+1)+document("https://shop.test/")), nil},
		"no document":               {har("", loaded("https://a.test/")), nil},
	} {
		t.Run(name, func(t *testing.T) {
			want := requestsOf(readAll(t, Read(strings.NewReader(c.in))))
			events := readAll(t, Read(io.MultiReader(strings.NewReader(c.in))))
			require.NotNil(t, events[0].Run)
			assert.Equal(t, c.site, events[0].Run.Seeds)
			require.Len(t, requestsOf(events), len(want))
			for i, r := range requestsOf(events) {
				assert.Equal(t, want[i].ID, r.ID)
			}
		})
	}
}

// A page that a link led to is somebody else's; one that the visitor asked for is looked at like the site.
func TestPagesOfSeveralSites(t *testing.T) {
	pages := `{"id":"1","title":"https://shop.test/"},{"id":"2","title":"https://ads.test/"},{"id":"3","title":"https://other.test/"},{"id":"4","title":"https://shop.test/b"},{"id":"5","title":"https://blank.test/"}`
	on := func(page, entry string) string { return `{"pageref":"` + page + `",` + entry[1:] }
	events := readAll(t, Read(strings.NewReader(har(pages, strings.Join([]string{
		on("1", document("https://shop.test/", "Sec-Fetch-Site", "cross-site", "Referer", "https://search.test/")),
		on("2", document("https://ads.test/", "Sec-Fetch-Site", "cross-site", "Referer", "https://shop.test/")),
		on("3", document("https://other.test/", "Sec-Fetch-Site", "none")),
		on("4", document("https://shop.test/b", "Sec-Fetch-Site", "same-origin")),
		on("4", loaded("https://t.test/", "Referer", "https://video.test/embed")),
	}, ",")))))
	assert.Equal(t, []string{"https://shop.test/"}, events[0].Run.Seeds)
	via := map[string]string{}
	for _, p := range pagesOf(events) {
		via[p.ID] = p.Task.Via
		assert.Equal(t, crawler.Unknown, p.Task.Consent)
	}
	assert.Equal(t, map[string]string{"1": "seed", "2": "link", "3": "seed", "4": "link", "5": ""}, via)
	assert.Equal(t, "har: the file has no request of this page", pagesOf(events)[4].Reason)
}

// The panel was opened when the page was there: what requests name as where they came from is its address.
func TestPagesWithoutTheirDocument(t *testing.T) {
	on := func(entry string) string { return `{"pageref":"1",` + entry[1:] }
	events := readAll(t, Read(strings.NewReader(har(`{"id":"1","title":"Shop"}`, strings.Join([]string{
		on(frame("https://video.test/embed", "https://shop.test/p")), on(loaded("https://v.test/", "Referer", "https://video.test/embed")),
		on(loaded("https://api.shop.test/")), on(loaded("https://t.test/", "Referer", "https://shop.test/p")), on(loaded("https://t.test/2")),
	}, ",")))))
	var pages []string
	for _, r := range requestsOf(events) {
		pages = append(pages, r.PageURL)
	}
	assert.Equal(t, []string{"", "", "https://shop.test/p", "https://shop.test/p", "https://shop.test/p"}, pages)
	assert.Equal(t, "https://shop.test/p", pagesOf(events)[0].URL)
	assert.Equal(t, "Shop", pagesOf(events)[0].Title)
}

func TestFramesOfAPage(t *testing.T) {
	reqs := requestsOf(readAll(t, Read(strings.NewReader(har("", strings.Join([]string{
		document("https://shop.test/"), frame("https://video.test/embed", "https://shop.test/"), loaded("https://v.test/1", "Referer", "https://video.test/"),
		loaded("https://v.test/2", "Referer", "https://video.test/embed"), loaded("https://a.test/", "Referer", "https://shop.test/"),
	}, ","))))))
	for i, want := range []crawler.Frame{
		{URL: "https://shop.test/"}, {URL: "https://video.test/embed", Parent: "p1"}, {URL: "https://video.test/", Parent: "p1"},
		{URL: "https://video.test/embed", Parent: "p1"}, {URL: "https://shop.test/"},
	} {
		assert.Equal(t, want, reqs[i].Frame, "%d", i)
		assert.Equal(t, "p1", reqs[i].Page, "%d", i)
		assert.Equal(t, "https://shop.test/", reqs[i].PageURL, "%d", i)
	}
}

func TestRedirectsAreTied(t *testing.T) {
	events := readAll(t, Read(strings.NewReader(har("", redirected+`,{"request":{"method":"GET","url":"https://www.shop.test/","headers":[{"name":"Sec-Fetch-Dest","value":"document"}]},
		"response":{"status":200,"content":{"mimeType":"text/html","text":"<p>"}}}`))))
	reqs := requestsOf(events)
	assert.Equal(t, "#0", reqs[1].Redirect)
	pages := pagesOf(events)
	require.Len(t, pages, 1)
	assert.Equal(t, 200, pages[0].Status)
	assert.Equal(t, "<p>", string(pages[0].HTML.Inline))
}

func TestPagesThatTheServerRefused(t *testing.T) {
	events := readAll(t, Read(strings.NewReader(har(`{"id":"1","title":"https://shop.test/"}`, `{"pageref":"1","request":{"method":"GET","url":"https://shop.test/"},"response":{"status":403,"content":{"mimeType":"text/html"}}}`))))
	page := pagesOf(events)[0]
	assert.Equal(t, crawler.Blocked, page.Outcome)
	assert.Equal(t, "status: the server answered 403", page.Reason)
}

func TestConsentIsUnknown(t *testing.T) {
	events := readAll(t, Read(strings.NewReader(har(`{"id":"1","title":"https://shop.test/"}`, loaded("https://a.test/", "Cookie", "a=b")+","+loaded("https://b.test/")))))
	n := 0
	for _, ev := range events {
		switch {
		case ev.Request != nil:
			assert.Equal(t, crawler.Unknown, ev.Request.Consent)
		case ev.Cookie != nil:
			assert.Equal(t, crawler.Unknown, ev.Cookie.Consent)
		case ev.Page != nil:
			assert.Equal(t, crawler.Unknown, ev.Page.Task.Consent)
		case ev.Gap != nil && ev.Gap.Kind == crawler.GapHARConsent:
			n++
		}
	}
	assert.Equal(t, 1, n)
}
