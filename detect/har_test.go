package detect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/har"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect"
)

// Detection on an exported run says what it says on the run: the site, the persona that was typed, what pages show of
// their user, cookies and storage, consent, causes, and what is missing all come along.
func TestDetectionOnAnExportSaysWhatItSaysOnTheRun(t *testing.T) {
	const page = "https://www.shop.example/account"
	hop := sent(crawler.Request{ID: "r4", Page: "p2", PageURL: "https://ads.example/landing", Profile: "accepted", Consent: crawler.Accepted, URL: "https://ads.example/in?em=jo.doe%40example.net"})
	post := sent(crawler.Request{ID: "r1", Page: "p1", Profile: "accepted", Consent: crawler.Accepted, Method: "POST", URL: "https://t.example/c", Type: "fetch", Phase: crawler.Typing,
		Body:      crawler.NewBody([]byte(`{"mail":"jo.doe@example.net","who":"Joanna Doe","cid":"k2j4h5k2j3h4","info":"info@shop.example"}`)),
		Initiator: crawler.Initiator{Type: "script", Chain: []crawler.Cause{{URL: "https://t.example/t.js", Function: "f", Line: 3, Column: 4}}}})
	events := []crawler.Event{
		{Run: &crawler.Run{Schema: crawler.Schema, ID: "1", Tool: "tagscan 1", Seeds: []string{"https://www.shop.example/"}, FirstParty: []string{"shop-cdn.example"}}},
		post,
		sent(crawler.Request{ID: "r2", Page: "p1", Profile: "accepted", Consent: crawler.Accepted, URL: "https://api.shop-cdn.example/me?mail=jo.doe%40example.net"}),
		sent(crawler.Request{ID: "r3", Page: "p1", Profile: "unasked", Consent: crawler.Unasked, URL: "https://t.example/p?u=jo.doe%40example.net"}),
		hop,
		{Cookie: &crawler.Cookie{Page: "p1", Profile: "accepted", Name: "uid", Value: "k2j4h5k2j3h4", Domain: "shop.example"}},
		{Page: &crawler.Page{ID: "p1", URL: page, Task: crawler.Task{URL: page, Profile: "accepted", Consent: crawler.Accepted, Via: "seed"}, Outcome: crawler.Complete,
			Typed: map[string][]string{"email": {"jo.doe@example.net"}}, Observed: map[string][]string{"full_name": {"Joanna Doe"}}, Facts: crawler.SiteFacts{Emails: []string{"info@shop.example"}},
			Dialog: &crawler.Dialog{Seen: true, Action: crawler.Accepted, Verified: true}}},
		{Page: &crawler.Page{ID: "p2", URL: "https://ads.example/landing", Task: crawler.Task{URL: "https://ads.example/landing", Profile: "accepted", Via: "link"}, Outcome: crawler.Complete}},
	}
	want, _ := find(t, detect.Config{}, events...)
	require.NotEmpty(t, want)

	var file bytes.Buffer
	require.NoError(t, har.Write(&file, streamOf(events...), nil))
	run := analyzer(t, detect.Config{}).Open(detect.Capture{Events: func() iter.Seq2[crawler.Event, error] { return har.Read(bytes.NewReader(file.Bytes())) }})
	var got []detect.Finding
	for f, err := range run.Findings(context.Background()) {
		require.NoError(t, err)
		got = append(got, f)
	}
	require.Len(t, got, len(want))
	for i := range want {
		want[i].Seq, got[i].Seq = 0, 0
	}
	assert.Equal(t, want, got)
}

// A browser's HAR knows its site: what the site sends to itself is no finding, and what a page that a link led to gets is.
func TestDetectionOnABrowsersHARKnowsTheSite(t *testing.T) {
	const in = `{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},
	"pages":[{"id":"page_1","title":"https://www.shop.example/"},{"id":"page_2","title":"https://ads.example/landing"}],"entries":[
	{"_id":"own","pageref":"page_1","request":{"method":"GET","url":"https://api.shop.example/me?mail=jo.doe%40example.net"}},
	{"_id":"third","pageref":"page_1","request":{"method":"GET","url":"https://t.example/c?mail=jo.doe%40example.net"}},
	{"_id":"led","pageref":"page_2","request":{"method":"GET","url":"https://ads.example/landing?mail=jo.doe%40example.net","headers":[{"name":"Sec-Fetch-Dest","value":"document"},{"name":"Sec-Fetch-Site","value":"cross-site"}]}}]}}`
	run := analyzer(t, detect.Config{}).Open(detect.Capture{Events: func() iter.Seq2[crawler.Event, error] { return har.Read(bytes.NewReader([]byte(in))) }})
	var got []string
	for f, err := range run.Findings(context.Background()) {
		require.NoError(t, err)
		assert.Equal(t, crawler.Unknown, f.Consent)
		got = append(got, f.Request)
	}
	assert.Equal(t, []string{"third", "led"}, got)
}

// What a page sends has one fingerprint, whether a crawl folded the page's address or a HAR only gives it.
func TestAScanAndAHAROfAPageAgree(t *testing.T) {
	known := detect.Config{Persona: map[string][]string{"username": {"martaholm"}}}
	sends := func(address, route string) detect.Finding {
		found, _ := find(t, known, sent(crawler.Request{ID: "r", PageURL: address, Route: route, URL: "https://t.example/c?mail=jo.doe%40example.net"}))
		require.Len(t, found, 1, address)
		return found[0]
	}
	for path, want := range map[string]string{
		"/product/4711.html":                    "/product/{n}.html",
		"/blog/2024/01/31/a-title/":             "/blog/{date}/a-title",
		"/archive/2024-01-31":                   "/archive/{date}",
		"/shoes/red-shoe-12345":                 "/shoes/{slug}",
		"/v/dQw4w9WgXcQ":                        "/v/{id}",
		"/customers/cus_NffrFeUfNV2Hib":         "/customers/{id}",
		"/c/5d41402abc4b2a76b9719d911017c592":   "/c/{hash}",
		"/call/+49%20151%2012345678":            "/call/{n}",
		"/reset/eyJhbGciOiJIUzI1NiJ9.eyJ1Ijo1":  "/reset/{id}",
		"/a/b;u=8fK2mQ9xLp3Zr7Tt9;ord=1":        "/a/b;u={id};ord={n}",
		"/es-419/docs/v2/windows-11":            "/es-419/docs/v2/windows-11",
		"/index.php?page=about&id=7&utm_term=x": "/index.php?id&page=about",
		"/#/users/17":                           "/#users/{n}",
		"/of/martaholm/orders":                  "/of/{value}/orders",
	} {
		address := "https://shop.example" + path
		scanned := sends(address, discover.NewFrontier(discover.Options{}).Route(address))
		given := sends(address, "")
		assert.Equal(t, "https://shop.example"+want, given.Route, path)
		assert.Equal(t, given.Route, scanned.Route, path)
		assert.Equal(t, given.Fingerprint, scanned.Fingerprint, path)
	}
}

// A crawl and a HAR that saw the same pages fold their names alike: by what the pages look like, by the lists in which they
// stand, and by what the crawl learned on its way.
func TestAScanAndAHAROfASiteAgreeOnNames(t *testing.T) {
	const shop = "https://shop.example"
	thing := `<main class="product"><h1>It</h1><div class="gallery"><img src="a.jpg"></div><p class="price">9</p><button>Buy</button></main>`
	plain := `<main><h1>Us</h1><section class="text"><p>Words</p><p class="by">We</p></section></main>`
	list := `<main><ul><li><a href="/notes/why-we-glow">Why</a></li><li><a href="/notes/how-to-hang">How</a></li><li><a href="/notes/what-it-is">What</a></li></ul></main>`
	pages := []struct{ path, html, want string }{
		{"/products/red-shoe", thing, "/products/{slug}"}, {"/products/blue-hat", thing, "/products/{slug}"},
		{"/about", plain, "/about"}, {"/contact", plain, "/contact"}, {"/pricing", plain, "/pricing"},
		{"/notes", list, "/notes"}, {"/notes/why-we-glow", plain, "/notes/{slug}"},
		{"/guide/first-steps", plain, "/guide/first-steps"}, {"/p/4711", thing, "/p/{n}"},
	}
	scan := []crawler.Event{{Run: &crawler.Run{Seeds: []string{shop + "/"}}}}
	var entries []string
	for i, p := range pages {
		page := fmt.Sprintf("page_%d", i+1)
		shape, lists, err := web.Outline(shop+p.path, strings.NewReader(p.html))
		require.NoError(t, err)
		task := crawler.Task{URL: shop + p.path, Route: web.Route(shop + p.path), Consent: crawler.Unknown} // nothing was learned yet
		scan = append(scan,
			crawler.Event{Request: &crawler.Request{ID: page, Page: page, PageURL: task.URL, Route: task.Route, Consent: crawler.Unknown, Method: "GET",
				URL: "https://t.example/c?mail=jo.doe%40example.net"}},
			crawler.Event{Page: &crawler.Page{ID: page, Task: task, URL: task.URL, Outcome: crawler.Complete, Shape: shape, Lists: lists}})
		html, err := json.Marshal(p.html)
		require.NoError(t, err)
		entries = append(entries,
			fmt.Sprintf(`{"pageref":%q,"_resourceType":"document","request":{"method":"GET","url":%q},"response":{"status":200,"content":{"mimeType":"text/html","text":%s}}}`,
				page, task.URL, html),
			fmt.Sprintf(`{"pageref":%q,"request":{"method":"GET","url":"https://t.example/c?mail=jo.doe%%40example.net"}}`, page))
	}
	var listed []string
	for i, p := range pages {
		listed = append(listed, fmt.Sprintf(`{"id":"page_%d","title":%q}`, i+1, shop+p.path))
	}
	file := `{"log":{"version":"1.2","creator":{"name":"WebInspector"},"pages":[` + strings.Join(listed, ",") + `],"entries":[` + strings.Join(entries, ",") + `]}}`
	places := func(c detect.Capture) (routes map[string]string, prints map[string]bool) {
		routes, prints = map[string]string{}, map[string]bool{}
		for f, err := range analyzer(t, detect.Config{}).Open(c).Findings(context.Background()) {
			require.NoError(t, err)
			routes[f.Page] = f.Route
			prints[string(f.Fingerprint)+" "+string(f.Place)] = true
		}
		return routes, prints
	}
	scanned, scanPrints := places(detect.Capture{Events: func() iter.Seq2[crawler.Event, error] {
		return func(yield func(crawler.Event, error) bool) {
			for _, ev := range scan {
				if !yield(ev, nil) {
					return
				}
			}
		}
	}})
	given, givenPrints := places(detect.Capture{Events: func() iter.Seq2[crawler.Event, error] { return har.Read(strings.NewReader(file)) }})
	for _, p := range pages {
		assert.Equal(t, shop+p.want, scanned[detect.MaskURL(shop+p.path)], "scan: %s", p.path)
		assert.Equal(t, shop+p.want, given[detect.MaskURL(shop+p.path)], "HAR: %s", p.path)
	}
	assert.Equal(t, scanPrints, givenPrints)
}
