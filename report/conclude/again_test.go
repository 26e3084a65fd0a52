package conclude

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
)

// mailed is a request that hands an address to a vendor.
func mailed(id, page, profile string) *crawler.Request {
	return &crawler.Request{ID: id, Page: page, PageURL: "https://shop.example/offer", Route: "https://shop.example/offer", Profile: profile, Consent: crawler.Accepted,
		URL: "https://px.newcomer.dev/c?mail=jo.doe%40example.org", Method: "GET", Time: began, Response: &crawler.Response{Status: 204}}
}

// oneLook is how a fresh visitor saw the page: whether the vendor was sent the address, and how the visit ended.
type oneLook struct {
	sent    bool
	outcome crawler.Outcome
}

// looked records a crawl whose one page sends an address, and then fresh visitors who look again.
func looked(t *testing.T, looks ...oneLook) *capture.Capture {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	w, err := capture.Create(dir, capture.CreateOptions{Tool: "test"})
	require.NoError(t, err)
	write := func(ev crawler.Event) {
		ev.Time = began
		_, err := w.Write(ev)
		require.NoError(t, err)
	}
	page := func(id string, task crawler.Task, outcome crawler.Outcome) crawler.Event {
		return crawler.Event{Again: task.Again, Page: &crawler.Page{ID: id, Task: task, URL: task.URL, Outcome: outcome, Status: 200, Started: began, Ended: began.Add(time.Second)}}
	}
	task := crawler.Task{URL: "https://shop.example/offer", Route: "https://shop.example/offer", Profile: "accepted", Consent: crawler.Accepted}
	write(crawler.Event{Run: &crawler.Run{Schema: crawler.Schema, ID: "0123456789abcdef", Tool: "test", Seeds: []string{"https://shop.example/"}, Started: began,
		Options: map[string]string{ConfirmOption: "3"}}})
	first := crawler.Task{URL: "https://shop.example/", Route: "https://shop.example/", Profile: "accepted", Consent: crawler.Accepted}
	write(page("p0", first, crawler.Complete))
	write(crawler.Event{Request: mailed("r1", "p1", "accepted")})
	write(page("p1", task, crawler.Complete))
	print := detect.FlowFingerprint(detect.FlowKey{Recipient: "newcomer.dev", Class: "contact.email", Consent: crawler.Accepted, Form: detect.Clear})
	for i, l := range looks {
		id, look := fmt.Sprint("a", i), task
		look.Again, look.Profile, look.For = i+1, fmt.Sprintf("again-%d-accepted", i+1), []string{print}
		if l.sent {
			write(crawler.Event{Again: i + 1, Request: mailed("q"+id, id, look.Profile)})
		}
		write(page(id, look, l.outcome))
	}
	write(crawler.Event{Note: &crawler.Note{Level: "info", Kind: "end", Text: "2 visits"}})
	require.NoError(t, w.Close(capture.Ending{}))
	c, err := capture.Open(dir)
	require.NoError(t, err)
	return c
}

func TestALookThatSawNothingOfThePageSaysNothing(t *testing.T) {
	yes, no, blind := oneLook{true, crawler.Complete}, oneLook{false, crawler.Complete}, oneLook{false, crawler.Blocked}
	for name, c := range map[string]struct {
		looks  []oneLook
		want   detect.Stability
		result policy.Result
		more   bool // a further look is asked for
	}{
		"nobody looked":             {nil, detect.Stability{}, policy.Fail, true},
		"twice again":               {[]oneLook{yes, yes}, detect.Stability{Seen: 3, Looks: 3}, policy.Fail, false},
		"once again":                {[]oneLook{yes}, detect.Stability{Seen: 2, Looks: 2}, policy.Fail, true},
		"never again":               {[]oneLook{no, no, no}, detect.Stability{Seen: 1, Looks: 4}, policy.Pass, false},
		"once in three":             {[]oneLook{no, yes, no}, detect.Stability{Seen: 2, Looks: 4}, policy.Pass, false},
		"twice in three":            {[]oneLook{no, yes, yes}, detect.Stability{Seen: 3, Looks: 4}, policy.Fail, false},
		"so far not":                {[]oneLook{no}, detect.Stability{Seen: 1, Looks: 2}, policy.Pass, true},
		"all blind":                 {[]oneLook{blind, blind, blind}, detect.Stability{Seen: 1, Looks: 1, Blind: 3}, policy.Fail, false},
		"one saw, two were blocked": {[]oneLook{blind, yes, blind}, detect.Stability{Seen: 2, Looks: 2, Blind: 2}, policy.Fail, false},
		"seen on a partial page":    {[]oneLook{{true, crawler.Partial}}, detect.Stability{Seen: 2, Looks: 2}, policy.Fail, true},
	} {
		t.Run(name, func(t *testing.T) {
			run := Profile{Capture: looked(t, c.looks...)}
			o := options(t)
			done, err := o.Conclude(context.Background(), nil, run)
			require.NoError(t, err)
			require.Len(t, done.Model.Flows, 1)
			assert.Equal(t, c.want, done.Model.Flows[0].Verdict.Stability)
			assert.Equal(t, c.result, done.Verdict.Result, done.Verdict.Sentence)
			assert.Equal(t, 2, done.Model.Totals.Pages, "the visits of the crawl")
			assert.Equal(t, 1, done.Model.Flows[0].Requests)
			for _, g := range done.Verdict.Gaps {
				assert.False(t, g.Incomplete, g.String())
			}
			kept := policy.Judge(done.Model.Input(), nil, nil, began)
			assert.Equal(t, c.result, kept.Result, "a kept report is judged the same")
			tasks, err := o.Again(context.Background(), 3, run)
			require.NoError(t, err)
			if !c.more {
				assert.Empty(t, tasks)
				return
			}
			require.Len(t, tasks, 2, "the page where the choice is made, and that of the flow")
			assert.Equal(t, "https://shop.example/", tasks[0].URL)
			assert.Equal(t, []string{done.Model.Flows[0].Fingerprint}, tasks[1].For)
		})
	}
}
