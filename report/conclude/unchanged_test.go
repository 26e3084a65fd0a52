package conclude

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/report"
)

// shopScan records a visit of a shop in three consent states: 20 pages, of which each scan visits others of their kind; three
// collectors whose queues send the events of one page from another, in another order and number each time, by bundles whose
// names differ from build to build; advertisers whose hosts change; ids that are drawn anew. more is sent once, after consent.
func shopScan(t *testing.T, rnd *rand.Rand, more ...*crawler.Request) *report.Model {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	w, err := capture.Create(dir, capture.CreateOptions{Tool: "test"})
	require.NoError(t, err)
	n := 0
	write := func(ev crawler.Event) {
		n++
		ev.Time = began.Add(time.Duration(n) * time.Millisecond)
		_, err := w.Write(ev)
		require.NoError(t, err)
	}
	write(crawler.Event{Run: &crawler.Run{Schema: crawler.Schema, ID: "0123456789abcdef", Tool: "test", Seeds: []string{"https://shop.example/"}, Started: began}})
	id := func(n int) string {
		const letters = "0123456789abcdefghijklmnopqrstuvwxyz"
		b := make([]byte, n)
		for i := range b {
			b[i] = letters[rnd.IntN(len(letters))]
		}
		return string(b)
	}
	kinds := []string{"/", "/en", "/search", "/cart", "/checkout", "/account", "/login", "/blog", "/help", "/about"}
	for _, state := range []crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.Accepted} {
		var pages []string
		for range 10 {
			pages = append(pages, fmt.Sprintf("/product/%d", 1000+rnd.IntN(9000)))
		}
		pages = append(pages, kinds...)
		rnd.Shuffle(len(pages), func(i, j int) { pages[i], pages[j] = pages[j], pages[i] })
		visitor, build := id(22), id(8)
		for i, path := range pages {
			page, address, route := fmt.Sprint(state, i), "https://shop.example"+path, "https://shop.example"+path
			if len(path) > 9 && path[:9] == "/product/" {
				route = "https://shop.example/product/{n}"
			}
			request := func(url string, body any) {
				q := &crawler.Request{ID: fmt.Sprintf("r%d", n), Page: page, PageURL: address, Route: route, URL: url, Method: "POST", Profile: string(state), Consent: state,
					Time: began, Response: &crawler.Response{Status: 204}, Initiator: crawler.Initiator{Type: "script",
						Chain: []crawler.Cause{{Kind: "script", URL: "https://shop.example/assets/app." + build + ".js"}}}}
				if body != nil {
					raw, err := json.Marshal(body)
					require.NoError(t, err)
					q.Body = crawler.NewBody(raw)
				}
				write(crawler.Event{Request: q})
			}
			write(crawler.Event{Request: &crawler.Request{ID: fmt.Sprintf("d%d", n), Page: page, PageURL: address, Route: route, URL: address, Method: "GET", Type: "document",
				Profile: string(state), Consent: state, Time: began, Response: &crawler.Response{Status: 200}}})
			if i%4 != 3 || rnd.IntN(2) == 0 { // a queue is flushed when it is flushed, at the latest on the last page
				for _, host := range []string{"one.collector.net", "two.metrics.io"} {
					var events []any
					for k := range 1 + rnd.IntN(4) {
						events = append(events, map[string]any{"insert_id": id(16), "i": k, "props": map[string]any{"user_email": "jo.doe@example.org", "visitor_id": visitor}})
					}
					request("https://"+host+"/batch", map[string]any{[]string{"queue", "events", "retry"}[rnd.IntN(3)]: events})
				}
			}
			write(crawler.Event{Page: &crawler.Page{ID: page, Task: crawler.Task{URL: address, Route: route, Consent: state, Profile: string(state)}, URL: address,
				Outcome: crawler.Complete, Status: 200, Started: began, Ended: began.Add(time.Second)}})
		}
	}
	for _, q := range more {
		write(crawler.Event{Request: q})
	}
	write(crawler.Event{Note: &crawler.Note{Level: "info", Kind: "end", Text: "60 visits"}})
	require.NoError(t, w.Close(capture.Ending{}))
	c, err := capture.Open(dir)
	require.NoError(t, err)
	done, err := options(t).Conclude(context.Background(), nil, Profile{Capture: c})
	require.NoError(t, err)
	return done.Model
}

// TestAnUnchangedShopIsNotNews: what was accepted of one scan passes the next ones, and one new vendor is one flow.
func TestAnUnchangedShopIsNotNews(t *testing.T) {
	rnd := rand.New(rand.NewPCG(14, 20))
	first := shopScan(t, rnd)
	in := first.Input()
	require.NotEmpty(t, in.Flows)
	base, _, err := (*policy.Baseline)(nil).Accept(in, policy.Judge(in, nil, nil, began), policy.Acceptance{Reason: "first scan", Now: began})
	require.NoError(t, err)
	for range 4 {
		scan := shopScan(t, rnd)
		v := policy.Judge(scan.Input(), nil, base, began)
		assert.Equal(t, policy.Pass, v.Result, v.Sentence)
		assert.Len(t, scan.Flows, len(first.Flows), "the same flows")
	}
	added := &crawler.Request{ID: "new", Page: "accepted0", PageURL: "https://shop.example/", Route: "https://shop.example/", URL: "https://px.newcomer.dev/c?mail=jo.doe%40example.org",
		Method: "GET", Profile: "accepted", Consent: crawler.Accepted, Time: began}
	v := policy.Judge(shopScan(t, rnd, added).Input(), nil, base, began)
	assert.Equal(t, "1 flow that nobody agreed to.", v.Sentence)
	for _, f := range v.Flows {
		assert.NotEqual(t, recipient.FirstParty, f.Recipient)
	}
}
