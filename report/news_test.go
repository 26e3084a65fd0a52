package report

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// TestNewsAreOneEntryInEveryFormat: what a page wrote into a sentence does nothing there.
func TestNewsAreOneEntryInEveryFormat(t *testing.T) {
	b := sampleBuilder()
	v := policy.Judge(b.Input(), nil, nil, start)
	v.News = []policy.News{
		{Kind: policy.NewsHeader, ID: "header x", Severity: rule.Medium, Text: "the header X-Frame-Options is not sent any more on /aaa"},
		{Kind: policy.NewsMoved, ID: "moved mixpanel", Recipient: "mixpanel", Severity: rule.Medium, Text: "Mixpanel is reached only through the site's own host bbb now", Fails: true},
	}
	m := b.Build(v)
	for _, f := range All {
		if strings.HasPrefix(f.Name, "csv-") || strings.HasPrefix(f.Name, "ropa") || f.Name == "csp" || f.Name == "jsonl" || f.Name == "pdf" {
			continue // of single things, of findings, and what a browser prints of the HTML
		}
		out := string(render(t, f, m, WriteOptions{Width: 200}))
		want := 1
		if f.Name == "junit" {
			want = 2 // its name, and the message of its failure
		}
		assert.Equal(t, 1, strings.Count(out, "/aaa"), f.Name)
		assert.Equal(t, want, strings.Count(out, "own host bbb"), f.Name)
	}
	var junit struct {
		Suites []struct {
			Name     string `xml:"name,attr"`
			Failures int    `xml:"failures,attr"`
			Tests    int    `xml:"tests,attr"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal(render(t, JUnit, m, WriteOptions{}), &junit))
	for _, s := range junit.Suites {
		if s.Name == "what is not as it was" {
			assert.Equal(t, []int{1, 2}, []int{s.Failures, s.Tests})
		}
	}
	text := string(render(t, Text, m, WriteOptions{Width: 200}))
	assert.Less(t, strings.Index(text, "own host bbb"), strings.Index(text, "Mixpanel: new"), "what fails first")
	assert.Contains(t, text, "run       "+newsWay)
}

// answered is a builder of one visit whose document was answered so.
func answered(status int, outcome crawler.Outcome, change func(r *crawler.Request), headers ...crawler.Header) policy.Standing {
	b := NewBuilder(sampleOptions())
	b.Event(crawler.Event{Run: &crawler.Run{ID: "1", Seeds: []string{"https://shop.example/"}, Started: start}})
	r := &crawler.Request{ID: "d", Page: "p", URL: "https://shop.example/", Type: "document", Response: &crawler.Response{Status: status, Headers: headers}}
	if change != nil {
		change(r)
	}
	feed(b, crawler.Event{Time: start, Request: r})
	feed(b, crawler.Event{Time: start.Add(time.Second), Page: &crawler.Page{ID: "p", URL: "https://shop.example/", Outcome: outcome,
		Task: crawler.Task{URL: "https://shop.example/", Route: "https://shop.example/", Consent: crawler.Unasked}}})
	return b.Input().Standing
}

func TestTheHeadersOfTheSitesOwnPagesStand(t *testing.T) {
	csp := crawler.Header{Name: "Content-Security-Policy", Value: "script-src 'self'"}
	s := answered(200, crawler.Complete, nil, csp, crawler.Header{Name: "X-Request-Id", Value: "1"})
	assert.Equal(t, []policy.Header{{Name: "content-security-policy", Value: "script-src 'self'", On: policy.Strings{"https://shop.example/"}}}, s.Headers)
	assert.Equal(t, policy.Strings{"https://shop.example/"}, s.Documents)
	assert.Equal(t, "2026-11-20T09:30:00Z", s.Of)
	assert.Empty(t, answered(200, crawler.Complete, nil).Documents, "an answer without any header was not seen")
	for name, no := range map[string]policy.Standing{
		"an error page":          answered(404, crawler.Complete, nil, csp),
		"a redirect":             answered(302, crawler.Complete, nil, csp),
		"a wall":                 answered(200, crawler.Blocked, nil, csp),
		"a frame":                answered(200, crawler.Complete, func(r *crawler.Request) { r.Frame.Parent = "main" }, csp),
		"a page of somebody":     answered(200, crawler.Complete, func(r *crawler.Request) { r.URL = "https://js.stripe.com/" }, csp),
		"a script of the site's": answered(200, crawler.Complete, func(r *crawler.Request) { r.Type = "script" }, csp),
	} {
		assert.Empty(t, no.Documents, name)
	}
}

// TestWhoComesAndGoesIsKnownFromHowOftenItWasMet.
func TestWhoComesAndGoesIsKnownFromHowOftenItWasMet(t *testing.T) {
	vendor := func(r recipient.Recipient, met, visits int) policy.Vendor {
		b := NewBuilder(sampleOptions())
		for i := range visits {
			id := fmt.Sprint("p", i)
			if i < met {
				b.Conclusion(detect.Conclusion{Judged: &detect.Judged{Request: "r", PageID: id, Route: "https://shop.example/", Host: "h.example", Type: "image",
					Consent: crawler.Accepted, Recipient: r}})
			}
			b.Event(crawler.Event{Page: &crawler.Page{ID: id, URL: "https://shop.example/", Outcome: crawler.Complete,
				Task: crawler.Task{URL: "https://shop.example/", Route: "https://shop.example/", Consent: crawler.Accepted}}})
		}
		s := b.Input().Standing
		return s.Vendors[0]
	}
	analytics := recipient.Recipient{ID: "a", Category: "analytics", How: recipient.ByEndpoint}
	ads := recipient.Recipient{ID: "b", Category: "ads", How: recipient.ByEndpoint}
	stranger := recipient.Recipient{ID: "c.example", How: recipient.Unknown}
	for _, c := range []struct {
		r           recipient.Recipient
		met, visits int
		passing     bool
	}{
		{analytics, 1, 1, false}, {analytics, 20, 20, false}, {analytics, 6, 20, false}, {analytics, 3, 20, true},
		{ads, 3, 3, true}, {ads, 20, 20, false}, {stranger, 1, 1, true}, {stranger, 12, 20, false},
		{recipient.Recipient{ID: recipient.UnknownAds, Category: "ads"}, 20, 20, true},
	} {
		assert.Equal(t, c.passing, vendor(c.r, c.met, c.visits).Passing, "%s met in %d of %d", c.r.ID, c.met, c.visits)
	}
	own := analytics
	own.Via = "m.shop.example"
	v := vendor(own, 4, 4)
	assert.Equal(t, policy.Strings{"m.shop.example"}, v.Own)
	assert.False(t, v.Direct)
}
