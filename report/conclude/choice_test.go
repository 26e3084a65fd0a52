package conclude

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/report"
)

// story is an invented crawl of a site: what it sends and records in each state of the visitor's choice. A site that nothing else is
// said of shows a dialog, does as it is told and sends nothing.
type story struct {
	states []crawler.Consent                             // unasked, rejected and accepted unless said otherwise
	plain  bool                                          // no dialog is shown
	sends  func(v view) []string                         // addresses that each page of a state calls after the choice
	first  func(v view) []string                         // addresses that the page calls on which the choice is made, before it
	keeps  func(v view) map[string]string                // cookies at the end of each page
	reads  func(v view, stage crawler.Stage) [][3]string // source, name, value of what is read of the record
}

// view is a page of a story.
type view struct {
	state crawler.Consent
	page  int // from 1
	day   time.Time
}

// id is a client id that the browser keeps: the same on all pages of a visitor, another for each.
func (v view) id() string {
	return map[crawler.Consent]string{
		crawler.Unasked: "1203918273.1795000001", crawler.Rejected: "882734651.1795000002", crawler.Accepted: "1746520398.1795000003",
		crawler.GPC: "640193857.1795000004", crawler.Withdrawn: "1370952846.1795000005",
	}[v.state]
}

// onePage is a client id that is drawn for one page.
func (v view) onePage() string {
	return fmt.Sprintf("%d%s.1795%06d", v.page+3, v.id()[1:8], 517*v.page)
}

const visits = 3

// play makes a run directory of a story and concludes it; what report.json says is returned.
func play(t *testing.T, s story) []contradiction {
	t.Helper()
	dir, _ := perform(t, s)
	return contradictionsIn(t, dir)
}

// perform makes a run directory of a story and concludes it.
func perform(t *testing.T, s story) (string, *report.Model) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	w, err := capture.Create(dir, capture.CreateOptions{Tool: "test"})
	require.NoError(t, err)
	p := player{t: t, w: w, clock: began, story: s}
	run := crawler.Run{Schema: crawler.Schema, ID: "0123456789abcdef", Tool: "test", Seeds: []string{"https://shop.example/"}, Started: began}
	p.event(crawler.Event{Run: &run})
	if s.states == nil {
		s.states = []crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.Accepted}
	}
	for _, state := range s.states {
		for page := range visits {
			p.visit(view{state, page + 1, began})
		}
	}
	p.event(crawler.Event{Note: &crawler.Note{Level: "info", Kind: "end", Text: "played"}})
	require.NoError(t, w.Close(capture.Ending{}))
	c, err := capture.Open(dir)
	require.NoError(t, err)
	m, err := options(t).Write(context.Background(), dir, Profile{Capture: c})
	require.NoError(t, err)
	return dir, m
}

// contradiction is one as report.json has it.
type contradiction struct {
	ID        string   `json:"id"`
	Recipient string   `json:"recipient"`
	Consent   string   `json:"consent"`
	Pressed   string   `json:"pressed"`
	Recorded  []any    `json:"recorded"`
	Claimed   []any    `json:"claimed"`
	Sent      []string `json:"sent"`
	Requests  []string `json:"requests"`
}

func (c contradiction) String() string {
	return strings.TrimSpace(c.ID + " " + c.Consent + " " + c.Recipient)
}

func contradictionsIn(t *testing.T, dir string) []contradiction {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, ReportFile))
	require.NoError(t, err)
	defer f.Close()
	data, err := io.ReadAll(f)
	require.NoError(t, err)
	var m struct {
		Consent struct {
			Contradictions []contradiction `json:"contradictions"`
		} `json:"consent"`
	}
	require.NoError(t, json.Unmarshal(data, &m))
	return m.Consent.Contradictions
}

// player writes the events of a story.
type player struct {
	t     *testing.T
	w     *capture.Writer
	clock time.Time
	n     int
	story story
}

func (p *player) event(ev crawler.Event) {
	p.clock = p.clock.Add(time.Second)
	ev.Time = p.clock
	_, err := p.w.Write(ev)
	require.NoError(p.t, err)
}

func (p *player) visit(v view) {
	id, url := fmt.Sprintf("%s-%d", v.state, v.page), fmt.Sprintf("https://shop.example/%c", 'a'+v.page)
	task := crawler.Task{URL: url, Route: url, Consent: v.state, Profile: string(v.state), Via: "seed"}
	page := &crawler.Page{ID: id, Task: task, URL: url, Outcome: crawler.Complete, Status: 200, Started: p.clock}
	asks := !p.story.plain && (v.page == 1 || v.state == crawler.Unasked || v.state == crawler.GPC)
	if asks {
		page.Dialog = &crawler.Dialog{Seen: true, Platform: "heuristic"}
	}
	answers := asks && v.state != crawler.Unasked && v.state != crawler.GPC
	if answers && p.story.first != nil {
		for _, url := range p.story.first(v) {
			p.request(page, crawler.Unasked, url)
		}
	}
	p.read(page, v, crawler.AtArrival)
	if answers {
		p.clock = p.clock.Add(time.Second)
		page.Dialog.Action, page.Dialog.At = v.state, p.clock
		p.clock = p.clock.Add(time.Second)
		p.read(page, v, crawler.AtAnswer)
	}
	if p.story.sends != nil {
		for _, url := range p.story.sends(v) {
			p.request(page, v.state, url)
		}
	}
	if p.story.keeps != nil {
		kept := p.story.keeps(v)
		for name, value := range kept {
			c := crawler.Cookie{Page: id, Profile: task.Profile, Consent: v.state, Name: name, Value: value, Domain: ".shop.example", Path: "/"}
			p.event(crawler.Event{Cookie: &c})
		}
	}
	p.read(page, v, crawler.AtLeaving)
	page.Ended = p.clock
	p.event(crawler.Event{Page: page})
}

func (p *player) read(page *crawler.Page, v view, stage crawler.Stage) {
	if p.story.reads == nil {
		return
	}
	for _, r := range p.story.reads(v, stage) {
		page.Records = append(page.Records, crawler.ConsentRecord{Stage: stage, Source: r[0], Name: r[1], Value: r[2]})
	}
}

func (p *player) request(page *crawler.Page, state crawler.Consent, url string) {
	p.n++
	headers := []crawler.Header{{Name: "Referer", Value: "https://shop.example/"}}
	if page.Task.Consent == crawler.GPC {
		headers = append(headers, crawler.Header{Name: "Sec-GPC", Value: "1"})
	}
	p.event(crawler.Event{Request: &crawler.Request{ID: fmt.Sprintf("r%d", p.n), Page: page.ID, PageURL: page.URL, URL: url, Method: "GET",
		Headers: headers, Profile: page.Task.Profile, Consent: state, Type: "image", Time: p.clock, Response: &crawler.Response{Status: 200}}})
}

// tc is a TC string in the making.
type tc struct {
	version                  uint64
	created                  time.Time
	global                   bool // not for this service only
	consents, interests      []int
	vendors, vendorInterests []int
	disclosed                []int // nil: no such segment
}

// tcOf is a valid string of the day on which nothing is granted, for a dialog with three vendors.
func tcOf(day time.Time) tc {
	return tc{version: 2, created: day, disclosed: []int{25, 91, 755}}
}

var purposes = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}

// all is the string of a visitor who accepted.
func (s tc) all() tc {
	s.consents, s.vendors = purposes, s.disclosed
	return s
}

// String encodes by the standard: big-endian fields, then sets of ids as bit fields.
func (s tc) String() string {
	var b bitWriter
	stamp := uint64(s.created.UTC().Truncate(24*time.Hour).UnixMilli() / 100)
	b.int(s.version, 6)
	b.int(stamp, 36)
	b.int(stamp, 36)
	b.int(10, 12) // platform
	b.int(1, 12)
	b.int(1, 6)
	b.int('e'-'a', 6)
	b.int('n'-'a', 6)
	b.int(150, 12) // vendor list
	b.int(5, 6)    // policy
	b.bit(!s.global)
	b.bit(false)
	b.int(0, 12)
	b.set(s.consents, 24)
	b.set(s.interests, 24)
	b.bit(false)
	b.int('d'-'a', 6)
	b.int('e'-'a', 6)
	b.vendors(s.vendors)
	b.vendors(s.vendorInterests)
	b.int(0, 12)
	out := b.String()
	if s.disclosed != nil {
		var d bitWriter
		d.int(1, 3)
		d.vendors(s.disclosed)
		out += "." + d.String()
	}
	return out
}

type bitWriter struct{ bits []bool }

func (b *bitWriter) bit(v bool) { b.bits = append(b.bits, v) }

func (b *bitWriter) int(v uint64, n int) {
	for i := n - 1; i >= 0; i-- {
		b.bit(v>>i&1 == 1)
	}
}

func (b *bitWriter) set(ids []int, n int) {
	for id := 1; id <= n; id++ {
		b.bit(slices.Contains(ids, id))
	}
}

func (b *bitWriter) vendors(ids []int) {
	last := 0
	for _, id := range ids {
		last = max(last, id)
	}
	b.int(uint64(last), 16)
	b.bit(false)
	b.set(ids, last)
}

func (b *bitWriter) String() string {
	out := make([]byte, (len(b.bits)+7)/8)
	for i, v := range b.bits {
		if v {
			out[i/8] |= 0x80 >> (i % 8)
		}
	}
	return base64.RawURLEncoding.EncodeToString(out)
}

// ga is a request of Google Analytics with more parameters.
func ga(v view, id, more string) string {
	const collect = "https://region1.google-analytics.com/g/collect?v=2&tid=G-ABC1234567&en=page_view"
	return fmt.Sprintf("%s&_p=%d&cid=%s%s", collect, v.page*7177, id, more)
}

func only(states ...crawler.Consent) func(v view, urls ...string) []string {
	return func(v view, urls ...string) []string {
		if slices.Contains(states, v.state) {
			return urls
		}
		return nil
	}
}

const (
	deniedMode  = "&gcs=G100&gcd=13q3q3q2q5l1&npa=1"
	grantedMode = "&gcs=G111&gcd=13r3r3r2r5l1&npa=0"
	noMode      = "&gcd=13l3l3l3l1l1&npa=0"
)

func TestPlay(t *testing.T) {
	got := play(t, story{sends: func(v view) []string { return only(crawler.Rejected)(v, ga(v, v.id(), deniedMode)) }})
	require.Len(t, got, 1)
	assert.Equal(t, "refused-but-sent rejected google-analytics-4", got[0].String())
}
