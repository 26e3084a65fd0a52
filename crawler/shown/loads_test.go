package shown

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

// What a script or frame that was not had means: nothing is hidden by what nobody gets.
func TestWhatCouldNotBeLoadedIsTold(t *testing.T) {
	const vendor, own = "https://v.example/tag.js", "https://static.shop.example/x.js"
	js := func(url string, status int, failed string) Load {
		return Load{URL: url, Script: true, Main: true, Status: status, MIME: "text/javascript", Failed: failed}
	}
	frame := func(url string, status int, failed string) Load {
		return Load{URL: url, Status: status, MIME: "text/html", Failed: failed}
	}
	with := func(l Load, change func(*Load)) Load {
		change(&l)
		return l
	}
	for name, c := range map[string]struct {
		Load
		want crawler.GapKind
	}{
		"a script that ran":                     {with(js(vendor, 200, ""), func(l *Load) { l.Ran = true }), ""},
		"one that was fetched ahead":            {js(vendor, 200, ""), ""},
		"204":                                   {with(js(vendor, 204, ""), func(l *Load) { l.Ran = true }), crawler.GapLoadFailed},
		"204 to a script that carries much":     {js(vendor+"?d="+strings.Repeat("x", 200), 204, ""), ""},
		"204 of the own site":                   {js(own, 204, ""), ""},
		"cut short, and what came ran":          {with(js(vendor, 200, ""), func(l *Load) { l.Ran, l.Short = true, true }), crawler.GapLoadFailed},
		"cut short of its length":               {js(vendor, 200, "net::ERR_CONTENT_LENGTH_MISMATCH"), crawler.GapLoadFailed},
		"404":                                   {js(vendor, 404, "net::ERR_ABORTED"), crawler.GapLoadMissing},
		"410":                                   {js(own, 410, ""), crawler.GapLoadMissing},
		"403":                                   {js(vendor, 403, "net::ERR_ABORTED"), crawler.GapLoadFailed},
		"429":                                   {js(vendor, 429, ""), crawler.GapLoadFailed},
		"503 of the own site":                   {js(own, 503, ""), crawler.GapLoadFailed},
		"a page for a script":                   {js(vendor, 200, "net::ERR_BLOCKED_BY_ORB"), crawler.GapLoadFailed},
		"a page for a script of one's own":      {with(js(own, 200, ""), func(l *Load) { l.MIME = "text/html" }), crawler.GapLoadMissing},
		"a script that says it is a page":       {with(js(vendor, 200, ""), func(l *Load) { l.MIME, l.Ran = "text/html", true }), ""},
		"not allowed by the page":               {js(vendor, 0, "blocked: csp"), crawler.GapLoadMissing},
		"not encrypted":                         {js("http://v.example/tag.js", 0, "blocked: mixed-content"), crawler.GapLoadMissing},
		"held back by tagscan":                  {js(vendor, 0, "blocked: inspector"), ""},
		"not what was signed":                   {with(js(vendor, 200, ""), func(l *Load) { l.Integrity = true }), crawler.GapLoadMissing},
		"what was signed":                       {with(js(vendor, 200, ""), func(l *Load) { l.Integrity, l.Ran = true, true }), ""},
		"broke off":                             {js(vendor, 200, "net::ERR_INCOMPLETE_CHUNKED_ENCODING"), crawler.GapLoadFailed},
		"never answered":                        {js(vendor, 0, "net::ERR_ABORTED"), crawler.GapLoadFailed},
		"never answered, in a frame":            {with(js(vendor, 0, "net::ERR_ABORTED"), func(l *Load) { l.Main = false }), ""},
		"asked for on leaving":                  {with(js(vendor, 0, "net::ERR_ABORTED"), func(l *Load) { l.Left = true }), ""},
		"a vendor that is not reached":          {js(vendor, 0, "net::ERR_NAME_NOT_RESOLVED"), ""},
		"the own site is not reached":           {js(own, 0, "net::ERR_CONNECTION_REFUSED"), crawler.GapLoadFailed},
		"data, 503":                             {Load{URL: "https://v.example/settings", Data: true, Status: 503}, crawler.GapLoadFailed},
		"data, 429":                             {Load{URL: "https://v.example/settings", Data: true, Status: 429}, crawler.GapLoadFailed},
		"data, 404":                             {Load{URL: "https://v.example/settings", Data: true, Status: 404}, ""},
		"data":                                  {Load{URL: "https://v.example/settings", Data: true, Status: 200}, ""},
		"data that was cut off":                 {Load{URL: "https://v.example/settings", Data: true, Status: 200, Short: true}, crawler.GapLoadFailed},
		"an empty file":                         {with(js(vendor, 200, ""), func(l *Load) { l.Ran, l.Empty = true, true }), crawler.GapLoadFailed},
		"an empty file, of a version":           {with(js(vendor+"?id=7", 200, ""), func(l *Load) { l.Ran, l.Empty = true, true }), crawler.GapLoadFailed},
		"an empty file of the own site":         {with(js(own, 200, ""), func(l *Load) { l.Ran, l.Empty = true, true }), ""},
		"a question that has no answer":         {with(js("https://v.example/sync?id=7", 200, ""), func(l *Load) { l.Ran, l.Empty = true, true }), ""},
		"a loop of redirects":                   {js(vendor, 0, "net::ERR_TOO_MANY_REDIRECTS"), crawler.GapLoadFailed},
		"a frame led in a loop":                 {frame("https://v.example/f", 0, "net::ERR_TOO_MANY_REDIRECTS"), crawler.GapLoadFailed},
		"data led in a loop":                    {Load{URL: "https://v.example/s", Data: true, Failed: "net::ERR_TOO_MANY_REDIRECTS"}, crawler.GapLoadFailed},
		"no HTTP":                               {js(vendor, 0, "net::ERR_INVALID_HTTP_RESPONSE"), crawler.GapLoadFailed},
		"a picture for a script":                {with(js(vendor, 200, ""), func(l *Load) { l.MIME = "image/png" }), crawler.GapLoadFailed},
		"a picture for a script of one's own":   {with(js(own, 200, ""), func(l *Load) { l.MIME = "image/gif" }), crawler.GapLoadMissing},
		"a pixel that is asked for as a script": {with(js("https://v.example/p?d="+strings.Repeat("x", 200), 200, ""), func(l *Load) { l.MIME = "image/gif" }), ""},
		"text that is not to be guessed at":     {with(js(vendor, 200, ""), func(l *Load) { l.MIME, l.NoSniff = "text/plain", true }), crawler.GapLoadMissing},
		"text that is a script":                 {with(js(vendor, 200, ""), func(l *Load) { l.MIME, l.Ran = "text/plain", true }), ""},
		"a script, not to be guessed at":        {with(js(vendor, 200, ""), func(l *Load) { l.NoSniff = true }), ""},
		"a frame":                               {frame("https://v.example/f", 200, ""), ""},
		"a frame, 403":                          {frame("https://v.example/f", 403, ""), crawler.GapLoadFailed},
		"a frame, 404":                          {frame("https://v.example/f", 404, ""), crawler.GapLoadMissing},
		"a frame, 502":                          {frame("https://shop.example/f", 502, ""), crawler.GapLoadFailed},
		"a frame that refuses to be one":        {frame("https://v.example/f", 200, "net::ERR_BLOCKED_BY_RESPONSE"), crawler.GapLoadMissing},
		"a frame with nothing":                  {frame("https://v.example/f", 204, "net::ERR_ABORTED"), ""},
		"a frame that was taken away":           {frame("https://v.example/f", 0, "net::ERR_ABORTED"), ""},
		"a frame of the own site, no way":       {frame("https://shop.example/f", 0, "net::ERR_CONNECTION_RESET"), crawler.GapLoadFailed},
	} {
		f := &Facts{Document: Document{URL: "https://shop.example/"}, Loads: []Load{c.Load}}
		gaps := f.LoadGaps()
		if c.want == "" {
			assert.Empty(t, gaps, name)
			continue
		}
		if assert.Len(t, gaps, 1, name) {
			assert.Equal(t, c.want, gaps[0].Kind, "%s: %s", name, gaps[0].Text)
			assert.Equal(t, c.Load.URL, gaps[0].Where, name)
			assert.NotContains(t, gaps[0].Text, "example", name)
		}
	}
}

func TestManyLoadsAreCountedAndNoneIsDropped(t *testing.T) {
	f := &Facts{Document: Document{URL: "https://shop.example/"}}
	for i := range 100 {
		for range 3 {
			f.Loads = append(f.Loads, Load{URL: fmt.Sprintf("https://v%d.example/x.js?%d", i, i), Script: true, Status: 503})
		}
	}
	n := 0
	for _, g := range f.LoadGaps() {
		n += g.N()
	}
	assert.Equal(t, 100, n)
	assert.Len(t, f.LoadGaps(), maxLoadGaps+1)
}

// A site whose own scripts are all missing was not seen as it is meant, though the server wrote its content into the page.
func TestASiteWithoutItsScriptsIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		want  int
		app   bool
		loads []Load
	}{
		"all of several":         {2, false, []Load{script("https://shop.example/a.js", 404), script("https://shop.example/b.js", 500)}},
		"the only one, a bundle": {1, false, []Load{script("https://shop.example/static/main.8f3a.js", 404), script("https://v.example/t.js", 200)}},
		"the only one of an app": {1, true, []Load{script("https://shop.example/x1.js", 404)}},
		"one of two":             {0, false, []Load{script("https://shop.example/a.js", 404), script("https://shop.example/b.js", 200)}},
		"a script of statistics": {0, false, []Load{script("https://shop.example/js/stats.js", 404)}},
		"those of others":        {0, false, []Load{script("https://v.example/main.js", 404)}},
		"none":                   {0, true, nil},
	} {
		f := &Facts{Document: Document{URL: "https://shop.example/", App: c.app}, Loads: c.loads}
		n, ok := f.Unbuilt()
		assert.Equal(t, c.want, n, name)
		assert.Equal(t, c.want > 0, ok, name)
	}
}

// Facts are taken from the last document, and from the last answer to a question.
func TestFactsAreOfTheDocumentThatWasShown(t *testing.T) {
	request := func(r crawler.Request, status int) crawler.Event {
		if status > 0 {
			r.Response = &crawler.Response{Status: status, MIME: "text/html", Headers: []crawler.Header{{Name: "X", Value: r.ID}}}
		}
		return crawler.Event{Request: &r}
	}
	page := "https://shop.example/b"
	main, sub := crawler.Frame{ID: "m"}, crawler.Frame{ID: "s", Parent: "m"}
	f := &Facts{}
	f.Gather([]crawler.Event{
		request(crawler.Request{ID: "1", Type: "document", Frame: main, URL: "https://shop.example/a"}, 200),
		request(crawler.Request{ID: "2", Type: "script", Frame: main, URL: "https://shop.example/old.js"}, 404),
		request(crawler.Request{ID: "3", Type: "document", Frame: main, URL: page}, 302),
		request(crawler.Request{ID: "4", Type: "document", Frame: main, URL: page, Redirect: "3"}, 200),
		request(crawler.Request{ID: "5", Type: "script", Frame: main, URL: "https://shop.example/new.js"}, 301),
		request(crawler.Request{ID: "6", Type: "script", Frame: main, URL: "https://shop.example/newer.js", Redirect: "5"}, 404),
		request(crawler.Request{ID: "7", Type: "fetch", Frame: main, URL: "https://api.shop.example/me?x=1"}, 401),
		request(crawler.Request{ID: "8", Type: "xhr", Frame: main, URL: "https://api.shop.example/me?x=2"}, 200),
		request(crawler.Request{ID: "9", Type: "fetch", Frame: main, URL: "https://v.example/collect"}, 500),
		request(crawler.Request{ID: "10", Type: "document", Frame: sub, URL: "https://v.example/f"}, 403),
		request(crawler.Request{ID: "11", Type: "document", Frame: main, URL: "https://shop.example/file.zip", Failed: "net::ERR_ABORTED"}, 200),
		request(crawler.Request{ID: "12", Type: "script", Frame: main, URL: "https://pop.example/x.js", Target: crawler.Target{Type: "popup"}}, 404),
		request(crawler.Request{ID: "13", Type: "script", Frame: main, URL: "https://shop.example/bye.js", Phase: crawler.Leaving}, 0),
	}, page, func(string, string) bool { return false })
	assert.Equal(t, "4", crawler.HeaderValue(f.Headers, "X"))
	var urls []string
	for _, l := range f.Loads {
		urls = append(urls, l.URL)
	}
	assert.Equal(t, []string{"https://shop.example/newer.js", "https://v.example/f", "https://shop.example/bye.js"}, urls)
	assert.Equal(t, []Call{{URL: "https://api.shop.example/me", Status: 200}}, f.Calls)
}

// Settings that a vendor's script does not get hide what it would have sent; what is sent itself was seen, whatever it is answered.
func TestTheLastAnswerOfWhatScriptsAskForCounts(t *testing.T) {
	asked := func(method, url string, status int) crawler.Event {
		return crawler.Event{Request: &crawler.Request{ID: url, Type: "fetch", Method: method, URL: url, Response: &crawler.Response{Status: status}}}
	}
	told := func(events ...crawler.Event) (where []string) {
		f := &Facts{Document: Document{URL: "https://shop.example/"}}
		f.Gather(events, "https://shop.example/", func(string, string) bool { return false })
		for _, g := range f.LoadGaps() {
			where = append(where, g.Where)
		}
		return where
	}
	const settings = "https://v.example/settings?key=1"
	assert.Equal(t, []string{settings}, told(asked("GET", settings, 503)))
	assert.Empty(t, told(asked("GET", settings, 503), asked("GET", settings, 200)), "it was asked again")
	assert.Empty(t, told(asked("POST", "https://v.example/e", 503)), "what is sent was seen")
	assert.Empty(t, told(asked("GET", "https://v.example/e?"+strings.Repeat("x", 150), 503)), "what is sent was seen")
}

func TestWhatAWorkerImportsIsAScript(t *testing.T) {
	f := &Facts{Document: Document{URL: "https://shop.example/"}}
	f.Gather([]crawler.Event{{Request: &crawler.Request{
		Type: "other", Method: "GET", URL: "https://v.example/lib.js", Target: crawler.Target{Type: "worker"}, Response: &crawler.Response{Status: 503},
	}}}, "https://shop.example/", func(string, string) bool { return false })
	gaps := f.LoadGaps()
	if assert.Len(t, gaps, 1) {
		assert.Equal(t, crawler.GapLoadFailed, gaps[0].Kind)
		assert.Contains(t, gaps[0].Text, "a script")
	}
}

func TestAnswersThatAreShorterThanTheySay(t *testing.T) {
	answer := func(length string, size int64, change func(*crawler.Request)) *crawler.Request {
		r := &crawler.Request{Response: &crawler.Response{Status: 200, Size: size, Duration: 1, Headers: []crawler.Header{{Name: "Content-Length", Value: length}}}}
		if change != nil {
			change(r)
		}
		return r
	}
	assert.True(t, cutShort(answer("5000", 77, nil)))
	assert.False(t, cutShort(answer("5000", 5080, nil)))
	assert.False(t, cutShort(answer("", 77, nil)), "nothing is said")
	assert.False(t, cutShort(answer("5000", 77, func(r *crawler.Request) { r.Response.FromCache = "disk" })))
	assert.False(t, cutShort(answer("5000", 77, func(r *crawler.Request) { r.Response.Duration = 0 })), "it had not come to its end")
	assert.False(t, cutShort(answer("5000", 0, nil)), "nobody counted")
	assert.False(t, cutShort(answer("5000", 77, func(r *crawler.Request) { r.Response = nil })))
	assert.True(t, cutShort(answer("5000", 5080, func(r *crawler.Request) { r.Failed = "net::ERR_CONTENT_DECODING_FAILED" })), "it could not be unpacked")
	assert.False(t, cutShort(answer("5000", 5080, func(r *crawler.Request) { r.Failed = "net::ERR_ABORTED" })), "nobody wanted it any more")
}

// A script of nothing runs, and does nothing: only its length tells.
func TestEmptyScriptsAreGathered(t *testing.T) {
	const vendor = "https://v.example/tag.js"
	fetched := crawler.Event{Request: &crawler.Request{ID: "r1", URL: vendor, Type: "script", Method: "GET", Response: &crawler.Response{Status: 200, MIME: "text/javascript",
		Headers: []crawler.Header{{Name: "x-content-type-options", Value: "NoSniff"}}}}}
	ran := func(size int64) crawler.Event { return crawler.Event{Script: &crawler.Script{URL: vendor, Size: size}} }
	for name, c := range map[string]struct {
		events []crawler.Event
		empty  bool
	}{
		"nothing":            {[]crawler.Event{fetched, ran(0)}, true},
		"a comment":          {[]crawler.Event{fetched, ran(14)}, false},
		"it was not seen":    {[]crawler.Event{fetched}, false},
		"once it was, later": {[]crawler.Event{fetched, ran(0), ran(14)}, false},
	} {
		f := &Facts{Document: Document{URL: "https://shop.example/"}}
		f.Gather(c.events, "https://shop.example/", func(string, string) bool { return false })
		if assert.Len(t, f.Loads, 1, name) {
			assert.Equal(t, c.empty, f.Loads[0].Empty, name)
			assert.True(t, f.Loads[0].NoSniff, name)
		}
	}
}

// Of a frame that began before it was recorded, its own account tells which scripts it has asked for.
func TestScriptsThatWereNeverSeenAreTold(t *testing.T) {
	const at = "https://v.example/tag.js"
	for name, c := range map[string]struct {
		events []crawler.Event
		told   bool
	}{
		"nothing else is known":    {nil, true},
		"only that it was sent":    {[]crawler.Event{{Request: &crawler.Request{URL: at, Type: "other", Source: "netlog"}}}, true},
		"it ran":                   {[]crawler.Event{{Script: &crawler.Script{URL: at}}}, false},
		"its request was recorded": {[]crawler.Event{{Request: &crawler.Request{URL: at, Type: "script", Source: "network", Frame: crawler.Frame{Parent: "T"}, Response: &crawler.Response{Status: 200}}}}, false},
		"it could not be reached":  {[]crawler.Event{{Request: &crawler.Request{URL: at, Type: "script", Source: "both", Failed: "net::ERR_NAME_NOT_RESOLVED"}}}, false},
	} {
		f := &Facts{Document: Document{URL: "https://shop.example/"}}
		f.Gather(c.events, "https://shop.example/", func(string, string) bool { return false })
		f.Unrecorded([]string{at, at}, c.events)
		gaps := f.LoadGaps()
		if !c.told {
			assert.Empty(t, gaps, name)
			continue
		}
		if assert.Len(t, gaps, 1, name) {
			assert.Equal(t, crawler.GapLoadFailed, gaps[0].Kind, name)
			assert.Equal(t, at, gaps[0].Where, name)
		}
	}
}

// A document that was cut off is the page's all the same: what came before it is of another.
func TestADocumentThatWasCutOff(t *testing.T) {
	event := func(failed string) crawler.Event {
		return crawler.Event{Request: &crawler.Request{URL: "https://shop.example/", Type: "document", Failed: failed, Response: &crawler.Response{Status: 200}}}
	}
	gather := func(evs ...crawler.Event) *Facts {
		f := &Facts{Document: Document{URL: "https://shop.example/"}}
		f.Gather(evs, "https://shop.example/", func(string, string) bool { return false })
		return f
	}
	assert.True(t, gather(event("net::ERR_CONTENT_DECODING_FAILED")).Cut)
	assert.False(t, gather(event("net::ERR_CONTENT_DECODING_FAILED"), event("")).Cut, "it was shown whole later")
	assert.False(t, gather(event("")).Cut)
}
