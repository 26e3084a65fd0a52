package conclude

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/history"
)

// tenVendors records a shop of so many pages in three consent states, whose every page sends what ten vendors are sent by ordinary tags.
// newcomer adds an eleventh, which is sent two classes of data in two states.
func tenVendors(t *testing.T, pages int, newcomer bool) *report.Model {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	out, err := capture.Create(dir, capture.CreateOptions{Tool: "test"})
	require.NoError(t, err)
	w := &world{host: "shop.example", products: pages, user: "cust-204117-8812", since: map[change]int{}}
	for _, c := range allChanges {
		w.since[c] = simulatedNights
	}
	s := &night{world: w, t: t, rnd: rand.New(rand.NewPCG(10, uint64(pages))), w: out, at: began, build: "a1b2c3d4", group: "A"}
	s.event(crawler.Event{Run: &crawler.Run{Schema: crawler.Schema, ID: "0123456789abcdef", Tool: "test", Seeds: []string{"https://shop.example/"}, Started: began}})
	var paths []string
	for i := range pages {
		switch kinds := 10 + pages/20; {
		case i == 0:
			paths = append(paths, "/")
		case i < kinds:
			paths = append(paths, "/kind-"+strings.Repeat(string(rune('a'+i%26)), 1+i/26))
		default:
			paths = append(paths, fmt.Sprintf("/product/%d", 1000+i))
		}
	}
	for _, state := range []crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.Accepted} {
		s.visitor, s.queue = s.id(22, base36), nil
		for i, path := range paths {
			s.ordinary(state, i, path, newcomer)
		}
	}
	s.event(crawler.Event{Note: &crawler.Note{Level: "info", Kind: "end", Text: "visited"}})
	require.NoError(t, out.Close(capture.Ending{}))
	run, err := capture.Open(dir)
	require.NoError(t, err)
	o := options(t)
	o.Persona["user_id"] = []string{w.user}
	done, err := o.Conclude(context.Background(), nil, Profile{Capture: run})
	require.NoError(t, err)
	return done.Model
}

// ordinary is a visit of a page that calls ten vendors whatever was chosen.
func (s *night) ordinary(state crawler.Consent, i int, path string, newcomer bool) {
	address := "https://" + s.host + path
	route := address
	if strings.HasPrefix(path, "/product/") {
		route = "https://" + s.host + "/product/{n}"
	}
	s.page = &crawler.Page{ID: fmt.Sprint(state, i), URL: address, Outcome: crawler.Complete, Status: 200, Started: s.at,
		Task: crawler.Task{URL: address, Route: route, Consent: state, Profile: string(state), Via: "link"}}
	s.state = state
	s.shown(path, i)
	mail, at := "jo.doe@example.org", url.QueryEscape(s.page.URL)
	s.mixpanel(path, false)
	s.analytics(path, "", s.cid())
	s.metaPixel("/account")
	s.send("https://api2.amplitude.com/2/httpapi", "xhr", map[string]any{"api_key": strings.Repeat("0a1b2c3d", 4), "events": []any{map[string]any{
		"event_type": "page", "user_id": s.user, "device_id": s.visitor, "insert_id": s.id(16, base36), "user_properties": map[string]any{"email": mail}}}})
	s.send("https://in.hotjar.com/api/v2/sites/123456/user-attributes?gzip=1", "xhr", map[string]any{"user_id": s.user, "attributes": map[string]any{"email": mail},
		"url": s.page.URL})
	s.send("https://bat.bing.com/action/0?ti=12345678&Ver=2&evt=pageLoad&p="+at+"&mid="+s.id(32, hexDigits)+"&vid="+s.visitor, "image", nil)
	s.send("https://sslwidget.criteo.com/event?a=12345&v=5.23&p0=e%3Dvh&adce=1&rnd="+s.id(6, "123456789"), "script", nil)
	for _, host := range []string{"one.collector.net", "two.metrics.io", "three.pageeye.dev"} {
		s.send("https://"+host+"/batch", "ping", map[string]any{"events": []any{map[string]any{"user_email": mail, "visitor_id": s.visitor, "title": "Loaf " + path,
			"url": s.page.URL, "eid": s.id(16, base36)}}})
	}
	if newcomer && state != crawler.Unasked {
		s.send("https://px.newcomer.dev/c?mail="+url.QueryEscape(mail)+"&user_id="+url.QueryEscape(s.user), "image", nil)
	}
	s.page.Ended = s.at
	s.event(crawler.Event{Page: s.page})
}

// sizes is how many bytes and lines a report and a baseline of a run have.
func sizes(t *testing.T, m *report.Model) (html, lines int) {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.HTML.Write(context.Background(), &b, m, report.WriteOptions{}))
	html = b.Len()
	in := m.Input()
	base, _, err := (*policy.Baseline)(nil).Accept(in, policy.Judge(in, nil, nil, began), policy.Acceptance{Reason: "first scan", Now: began})
	require.NoError(t, err)
	b.Reset()
	require.NoError(t, base.Write(&b))
	return html, strings.Count(b.String(), "\n")
}

// TestAShopOfTenVendorsIsReadInOneSitting: twenty pages make a baseline of three hundred lines and a report of a megabyte at the most, and
// ten times as many pages twice that.
func TestAShopOfTenVendorsIsReadInOneSitting(t *testing.T) {
	small := tenVendors(t, 20, false)
	require.GreaterOrEqual(t, len(small.Recipients), 10)
	html, lines := sizes(t, small)
	assert.LessOrEqual(t, html, 1<<20, "bytes of HTML")
	assert.LessOrEqual(t, lines, 300, "lines of baseline")
	bigHTML, bigLines := sizes(t, tenVendors(t, 200, false))
	assert.LessOrEqual(t, bigHTML, 2*html, "bytes of HTML, of %d", html)
	assert.LessOrEqual(t, bigLines, 2*lines, "lines of baseline, of %d", lines)
	t.Logf("20 pages: %d bytes of HTML, %d lines of baseline; 200 pages: %d, %d", html, lines, bigHTML, bigLines)
}

// TestOneNewVendorIsOneEntryForEachClassAndState: two classes in two states are four entries, whatever the number of pages.
func TestOneNewVendorIsOneEntryForEachClassAndState(t *testing.T) {
	const want = 4
	old, cur := tenVendors(t, 20, false), tenVendors(t, 20, true)
	in := old.Input()
	base, _, err := (*policy.Baseline)(nil).Accept(in, policy.Judge(in, nil, nil, began), policy.Acceptance{Reason: "first scan", Now: began})
	require.NoError(t, err)
	m := cur.Judged(policy.Judge(cur.Input(), nil, base, began))
	assert.Equal(t, "4 flows that nobody agreed to.", m.Verdict.Sentence)
	write := func(f report.Format) []byte {
		var b bytes.Buffer
		require.NoError(t, f.Write(context.Background(), &b, m, report.WriteOptions{Width: 200}))
		return b.Bytes()
	}
	var junit struct {
		Failures int `xml:"failures,attr"`
	}
	require.NoError(t, xml.Unmarshal(write(report.JUnit), &junit))
	assert.Equal(t, want, junit.Failures)
	var sarif struct {
		Runs []struct{ Results []struct{ Level string } }
	}
	require.NoError(t, json.Unmarshal(write(report.SARIF), &sarif))
	failing := 0
	for _, r := range sarif.Runs[0].Results {
		if r.Level != "note" {
			failing++
		}
	}
	assert.Equal(t, want, failing)
	text, markdown := string(write(report.Text)), string(write(report.Markdown))
	assert.Equal(t, 1, strings.Count(text, "newcomer.dev: new: nobody agreed to it"))
	assert.Equal(t, want, strings.Count(text[:strings.Index(text, "  allow  ")], "["))
	assert.Equal(t, want, strings.Count(markdown, "| critical |")+strings.Count(markdown, "| high |")+strings.Count(markdown, "| medium |"))
	changes := history.Diff(old, cur)
	require.Len(t, changes.Site, 1+want, "the vendor, and what it is sent")
	for _, c := range changes.Site[1:] {
		assert.True(t, c.Under)
	}
}
