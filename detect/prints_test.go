package detect

import (
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/identify"
	"github.com/tagscan/tagscan/detect/rule"
)

// A page on which a script read a canvas, and what was sent after that.
const (
	printPage = "https://shop.example/lamps"
	printLib  = "https://cdn.scripts.example/lib.js"
	printed   = "9f1c2d3e1b2c4d5e8f90a1b2c3d4e5f6"
)

var printTime = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func usedCanvas() *crawler.Use {
	return &crawler.Use{
		Page: "p1", Script: crawler.Cause{URL: printLib, Kind: "script"}, Frame: printPage, Time: printTime,
		APIs: []crawler.APIUse{{
			Group: "canvas", Name: "HTMLCanvasElement.toDataURL", Count: 1, Reads: []crawler.CanvasRead{{Width: 240, Height: 60, Characters: 20}},
		}},
	}
}

// sentAfter is a request that the script sent a second after it had read the canvas.
func sentAfter(change func(*crawler.Request)) *crawler.Request {
	q := &crawler.Request{
		ID: "r1", Page: "p1", PageURL: printPage, URL: "https://in.barn.example/e", Method: "POST", Type: "fetch",
		Time: printTime.Add(time.Second),
		Body: crawler.NewBody([]byte(`{"v":"` + printed + `"}`)), Frame: crawler.Frame{URL: printPage}, Consent: crawler.Unasked,
		Initiator: crawler.Initiator{
			Type: "script", Chain: []crawler.Cause{{URL: printLib, Kind: "script", Line: 3}, {URL: printPage, Kind: "document"}},
		},
	}
	change(q)
	return q
}

// asImage makes it a picture of which nobody says who asked for it.
func asImage(q *crawler.Request) {
	q.Method, q.Type, q.URL, q.Body = "GET", "image", "https://in.barn.example/t.gif?t="+printed, crawler.Body{}
	q.Initiator.Type, q.Initiator.Chain = "other", q.Initiator.Chain[1:]
}

func TestWhatWasComputedOfTheDeviceAndSent(t *testing.T) {
	page := func(html string) crawler.Event {
		return crawler.Event{Page: &crawler.Page{ID: "p1", URL: printPage, Outcome: crawler.Complete, HTML: crawler.NewBody([]byte(html))}}
	}
	plain, served := page("<p>lamps</p>"), page(`<img src="https://in.barn.example/t.gif?t=`+printed+`">`)
	use := crawler.Event{Use: usedCanvas()}
	request := func(change func(*crawler.Request)) crawler.Event { return crawler.Event{Request: sentAfter(change)} }
	asItIs := func(*crawler.Request) {}
	byOther := func(q *crawler.Request) { q.Initiator.Chain[0].URL = "https://cdn.scripts.example/other.js" }
	harmless := func(q *crawler.Request) { q.Body = crawler.NewBody([]byte(`{"event":"view"}`)) }
	keyed := usedCanvas()
	keyed.Script.URL += "?k=" + printed
	byKeyed := func(q *crawler.Request) { q.Initiator.Chain[0].URL = keyed.Script.URL }
	kept := crawler.Event{Storage: &crawler.Storage{Page: "p1", Origin: "https://shop.example", Area: "local", Key: "id", Value: printed}}
	ofAd := func(q *crawler.Request) { asImage(q); q.Frame.URL = "https://ads.example/" }
	tests := []struct {
		name   string
		events []crawler.Event
		want   Confidence // empty: nothing is found
	}{
		{"sent by the script", []crawler.Event{request(asItIs), use, plain}, Likely},
		{"sent by another", []crawler.Event{request(byOther), use, plain}, ""},
		{"sent before", []crawler.Event{request(func(q *crawler.Request) { q.Time = printTime.Add(-time.Minute) }), use, plain}, ""},
		{"of another page", []crawler.Event{request(func(q *crawler.Request) { q.Page = "p2" }), use, plain}, ""},
		{"to the site itself", []crawler.Event{request(func(q *crawler.Request) { q.URL = "https://shop.example/e" }), use, plain}, ""},
		{"never sent", []crawler.Event{request(func(q *crawler.Request) { q.NotSent = true }), use, plain}, ""},
		{"nothing of the shape", []crawler.Event{request(harmless), use, plain}, ""},
		{"nobody told devices apart", []crawler.Event{request(asItIs), plain}, ""},
		{"kept by the browser", []crawler.Event{request(asItIs), use, kept, plain}, Possible},
		{"a picture that nobody is known to have asked for", []crawler.Event{request(asImage), use, plain}, Likely},
		{"a picture that stands in the page", []crawler.Event{request(asImage), use, served}, ""},
		{"a picture of another document", []crawler.Event{request(ofAd), use, plain}, ""},
		{"a key in the script's address", []crawler.Event{request(byKeyed), {Use: keyed}, plain}, ""},
	}
	for _, c := range tests {
		a, err := New(Config{})
		require.NoError(t, err)
		run := a.Open(captureOf(c.events))
		var found []Finding
		for f, err := range run.Findings(t.Context()) {
			require.NoError(t, err, c.name)
			if f.Class == rule.Print {
				found = append(found, f)
			}
		}
		if c.want == "" {
			assert.Empty(t, found, c.name)
			continue
		}
		if assert.Len(t, found, 1, c.name) {
			assert.Equal(t, c.want, found[0].Confidence, c.name)
			assert.Contains(t, found[0].Reasons, "computed from canvas by cdn.scripts.example/lib.js", c.name)
			assert.Equal(t, printed, found[0].Value.Reveal(), c.name)
			sent := Printer{
				Script: "cdn.scripts.example/lib.js", Methods: []identify.Method{identify.Canvas}, Pages: 1, Sent: []string{"barn.example"},
			}
			assert.Equal(t, []Printer{sent}, run.Printers(), c.name)
		}
	}
}

func TestTellingDevicesApartIsARemark(t *testing.T) {
	a, err := New(Config{})
	require.NoError(t, err)
	page := &crawler.Page{ID: "p1", URL: printPage, Outcome: crawler.Complete}
	run := a.Open(captureOf([]crawler.Event{{Use: usedCanvas()}, {Page: page}}))
	for c, err := range run.Conclude(t.Context(), nil) {
		require.NoError(t, err)
		assert.Nil(t, c.Finding)
	}
	assert.Equal(t, []Printer{{Script: "cdn.scripts.example/lib.js", Methods: []identify.Method{identify.Canvas}, Pages: 1}}, run.Printers())
}

// captureOf is a capture of events kept in memory.
func captureOf(events []crawler.Event) Capture {
	return Capture{Events: func() iter.Seq2[crawler.Event, error] {
		return func(yield func(crawler.Event, error) bool) {
			for i, ev := range events {
				ev.Seq = int64(i + 1)
				if !yield(ev, nil) {
					return
				}
			}
		}
	}}
}
