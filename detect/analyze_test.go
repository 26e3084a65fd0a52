package detect_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// streamOf makes a stream of events, numbered.
func streamOf(evs ...crawler.Event) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		for i, ev := range evs {
			ev.Seq = int64(i + 1)
			if !yield(ev, nil) {
				return
			}
		}
	}
}

func sent(r crawler.Request) crawler.Event {
	if r.Method == "" {
		r.Method = "GET"
	}
	if r.PageURL == "" {
		r.PageURL = "https://www.shop.example/account"
	}
	return crawler.Event{Request: &r}
}

// catalog is read once: it is the same for all tests.
var catalog = sync.OnceValues(recipient.Default)

func analyzer(t *testing.T, cfg detect.Config) *detect.Analyzer {
	t.Helper()
	c, err := catalog()
	require.NoError(t, err)
	cfg.Catalog = c
	a, err := detect.New(cfg)
	require.NoError(t, err)
	return a
}

// find analyses events that can be read twice.
func find(t *testing.T, cfg detect.Config, evs ...crawler.Event) ([]detect.Finding, *detect.Run) {
	t.Helper()
	run := analyzer(t, cfg).Open(detect.Capture{Events: func() iter.Seq2[crawler.Event, error] { return streamOf(evs...) }})
	var out []detect.Finding
	for f, err := range run.Findings(context.Background()) {
		require.NoError(t, err)
		out = append(out, f)
	}
	return out, run
}

func ofClass(fs []detect.Finding, c rule.Class) []detect.Finding {
	return slices.DeleteFunc(slices.Clone(fs), func(f detect.Finding) bool { return f.Class != c })
}

func jsonBody(v any) crawler.Body { return crawler.NewBody([]byte(jsonOf(v))) }

func TestSomebodyElsesPageIsNoSiteOfOurs(t *testing.T) {
	const landing = "https://partner.example/in?email=jo.doe%40mailbox.org"
	crawl := crawler.Event{Run: &crawler.Run{Seeds: []string{"https://www.shop.example/"}}}
	const hop = "https://www.shop.example/go?email=jo.doe%40mailbox.org"
	led := func(via, adopted string) []crawler.Event {
		page := crawler.Page{ID: "p", Task: crawler.Task{URL: hop, Via: via}, URL: landing, Adopted: adopted}
		return []crawler.Event{
			crawl, sent(crawler.Request{ID: "r", Page: "p", PageURL: landing, URL: hop}),
			sent(crawler.Request{ID: "r2", Page: "p", PageURL: landing, URL: landing, Redirect: "r"}), {Page: &page},
		}
	}
	for _, via := range []string{"link", "seed", "list"} {
		found, _ := find(t, detect.Config{}, led(via, "")...)
		require.Len(t, found, 1, "%s: wherever it leads is somebody else's, and the way there is the site's", via)
		assert.Equal(t, "partner.example", found[0].Recipient.ID)
	}
	found, _ := find(t, detect.Config{}, led("seed", "partner.example")...)
	assert.Empty(t, found, "the site has moved there for good")
	found, _ = find(t, detect.Config{FirstParty: []string{"partner.example"}}, led("link", "")...)
	assert.Empty(t, found)
}

func TestCausesSayNothingAboutPeople(t *testing.T) {
	found, _ := find(t, detect.Config{}, sent(crawler.Request{ID: "r", URL: "https://vendor.example/?email=jo.doe%40mailbox.org",
		Initiator: crawler.Initiator{Chain: []crawler.Cause{
			{URL: "https://cdn.example/app.8f3a2b91.js?u=jo.doe%40mailbox.org", Kind: "script", Line: 3},
			{URL: "https://frame.example/of/jo.doe@mailbox.org?email=jo.doe%40mailbox.org", Kind: "inline"},
		}}}))
	require.Len(t, found, 1)
	require.Len(t, found[0].Via, 2)
	assert.Equal(t, "https://cdn.example/app.8f3a2b91.js", found[0].Via[0].URL)
	assert.NotContains(t, found[0].Via[1].URL, "jo.doe")
	assert.Contains(t, found[0].Via[1].URL, "https://frame.example/")
}

func TestTheSiteItselfIsNoRecipient(t *testing.T) {
	own := sent(crawler.Request{URL: "https://api.shop.example/login?email=gerda@mail.example", Method: "POST"})
	fs, run := find(t, detect.Config{}, own)
	assert.Empty(t, fs)
	assert.Empty(t, run.Contacts())
	assert.Equal(t, 1, run.Stats().Own)

	other := sent(crawler.Request{URL: "https://api.shop-cdn.example.net/login?email=gerda.holm@posteo.de"})
	fs, _ = find(t, detect.Config{FirstParty: []string{"example.net"}}, other)
	assert.Empty(t, fs, "a further domain of the owner's")
	fs, _ = find(t, detect.Config{}, other)
	assert.NotEmpty(t, fs)

	own = sent(crawler.Request{URL: "https://api.shop.example/login?email=gerda.holm@posteo.de"})
	fs, _ = find(t, detect.Config{IncludeFirstParty: true}, own)
	require.NotEmpty(t, fs)
	assert.Equal(t, recipient.FirstParty, fs[0].Recipient.ID)

	own.Request.PageURL = ""
	r := *own.Request
	fs, _ = find(t, detect.Config{}, crawler.Event{Request: &r})
	assert.NotEmpty(t, fs, "without a page everybody is a third party")
}

func TestAVendorInFirstPartyDisguiseIsNamed(t *testing.T) {
	fs, run := find(t, detect.Config{}, sent(crawler.Request{
		URL: "https://sgtm.shop.example/g/collect?v=2&tid=G-ABCDEF1234&cid=123456789.1700000000&en=page_view&dl=https%3A%2F%2Fwww.shop.example%2F%3Femail%3Dgerda.holm%40posteo.de",
	}))
	emails := ofClass(fs, rule.Email)
	require.Len(t, emails, 1)
	assert.Equal(t, "google-analytics-4", emails[0].Recipient.ID)
	assert.Equal(t, "sgtm.shop.example", emails[0].Recipient.Via)
	assert.Equal(t, "query.dl.query.email", emails[0].Field)
	require.Len(t, run.Contacts(), 1)
	assert.Equal(t, "sgtm.shop.example", run.Contacts()[0].Recipient.Via)
}

func TestWhatNeverLeftIsNoFinding(t *testing.T) {
	fs, run := find(t, detect.Config{}, sent(crawler.Request{URL: "https://t.tracker.net/?email=gerda.holm@posteo.de", NotSent: true}))
	assert.Empty(t, fs)
	assert.Empty(t, run.Contacts())
}

func TestContactIsOneLineOfInformation(t *testing.T) {
	headers := []crawler.Header{
		{Name: "User-Agent", Value: chromeUA}, {Name: "Referer", Value: "https://www.shop.example/a?b=c"}, {Name: "Cookie", Value: "a=b"},
		{Name: "Sec-CH-UA-Model", Value: `"Pixel 8"`},
	}
	fs, run := find(t, detect.Config{},
		sent(crawler.Request{URL: "https://fonts.letters.net/a.woff2", Headers: headers}), sent(crawler.Request{URL: "https://img.letters.net/b.png"}))
	assert.Empty(t, fs)
	want := detect.Contact{Hosts: []string{"fonts.letters.net", "img.letters.net"}, Requests: 2, UserAgent: true, Hints: []string{"sec-ch-ua-model"}, Referer: "url", Cookies: true}
	require.Len(t, run.Contacts(), 1)
	got := run.Contacts()[0]
	want.Recipient = got.Recipient
	assert.Equal(t, want, got)
}

func TestSeverityFollowsTheCircumstances(t *testing.T) {
	clicked := time.Date(2026, 9, 1, 8, 0, 10, 0, time.UTC)
	page := crawler.Event{Page: &crawler.Page{ID: "p1", URL: "https://www.shop.example/", Dialog: &crawler.Dialog{Seen: true, Action: crawler.Accepted, At: clicked}}}
	asked := crawler.Event{Page: &crawler.Page{ID: "p1", URL: "https://www.shop.example/", Dialog: &crawler.Dialog{Seen: true}}}
	body := jsonBody(map[string]any{"email": "gerda.holm@posteo.de"})
	for _, c := range []struct {
		name    string
		request crawler.Request
		page    crawler.Event
		want    rule.Severity
		reasons []string
	}{
		{"in a body, with consent", crawler.Request{Consent: crawler.Accepted, Body: body, Time: clicked.Add(time.Second)}, page, rule.High, nil},
		{"before the click", crawler.Request{Consent: crawler.Accepted, Body: body, Time: clicked.Add(-time.Second)}, page, rule.Critical, []string{"before consent"}},
		{"unasked with a dialog", crawler.Request{Consent: crawler.Unasked, Body: body}, asked, rule.Critical, []string{"before consent"}},
		{"unasked without a dialog", crawler.Request{Body: body}, crawler.Event{Page: &crawler.Page{ID: "p1"}}, rule.High, nil},
		{"after refusal", crawler.Request{Consent: crawler.Rejected, Body: body}, asked, rule.Critical, []string{"after refusal"}},
		{"while typing", crawler.Request{Phase: crawler.Typing, Body: body}, crawler.Event{Page: &crawler.Page{ID: "p1"}}, rule.Critical, []string{"while typing, before submit"}},
		{"in a URL", crawler.Request{URL: "https://t.tracker.net/?email=gerda.holm@posteo.de"}, crawler.Event{Page: &crawler.Page{ID: "p1"}}, rule.Critical, []string{"in a URL"}},
	} {
		c.request.Page, c.request.Method = "p1", "POST"
		if c.request.URL == "" {
			c.request.URL = "https://t.tracker.net/c"
		}
		for _, replay := range []bool{true, false} {
			var fs []detect.Finding
			if replay {
				fs, _ = find(t, detect.Config{}, sent(c.request), c.page)
			} else {
				for f, err := range analyzer(t, detect.Config{}).Analyze(context.Background(), streamOf(sent(c.request), c.page), nil) {
					require.NoError(t, err)
					fs = append(fs, f)
				}
			}
			require.Len(t, ofClass(fs, rule.Email), 1, c.name)
			f := ofClass(fs, rule.Email)[0]
			assert.Equal(t, c.want, f.Severity, c.name)
			assert.Equal(t, c.reasons, f.Reasons, c.name)
		}
	}
}

func TestWhatThePageShowsToEverybodyIsNoLeak(t *testing.T) {
	r := sent(crawler.Request{URL: "https://t.tracker.net/c", Method: "POST", Page: "p1", Body: jsonBody(map[string]any{"text": "Write to gerda.holm@posteo.de"})})
	page := crawler.Event{Page: &crawler.Page{ID: "p1", URL: "https://www.shop.example/", Facts: crawler.SiteFacts{Emails: []string{"Gerda.Holm@posteo.de"}}}}
	fs, _ := find(t, detect.Config{}, r, page)
	assert.Empty(t, ofClass(fs, rule.Email))
	for f, err := range analyzer(t, detect.Config{}).Analyze(context.Background(), streamOf(r, page), nil) {
		require.NoError(t, err)
		assert.NotEqual(t, rule.Email, f.Class, "a single pass waits for the page, too")
	}
}

func TestWhatAPageTeachesIsLookedForInEarlierOnes(t *testing.T) {
	early := sent(crawler.Request{URL: "https://t.tracker.net/c?x=" + digests[0].sum("customer-7781243"), Page: "p1"})
	fs, _ := find(t, detect.Config{}, early, crawler.Event{Page: &crawler.Page{ID: "p1"}},
		crawler.Event{Page: &crawler.Page{ID: "p2", Observed: map[string][]string{"user_id": {"customer-7781243"}}}})
	require.Len(t, fs, 1)
	assert.Equal(t, rule.UserID, fs[0].Class)
	assert.Equal(t, detect.ByObserved, fs[0].Known)
	assert.Equal(t, detect.Hashed, fs[0].Form)
	assert.Equal(t, []string{"sha256"}, fs[0].Chain)
}

func TestTheDeepestAndLongestExplanationStands(t *testing.T) {
	p := rule.PersonaOf(map[string][]string{"email": {"gerda.holm@posteo.de"}, "first_name": {"Gerda"}, "last_name": {"Holm"}, "full_name": {"Gerda Holm"}})
	inner := base64.StdEncoding.EncodeToString([]byte(jsonOf(map[string]any{"user": map[string]any{"email": "gerda.holm@posteo.de", "name": "Gerda Holm"}})))
	fs, _ := find(t, detect.Config{Persona: p}, sent(crawler.Request{URL: "https://t.tracker.net/c?d=" + url.QueryEscape(inner)}))
	var got []string
	for _, f := range fs {
		got = append(got, fmt.Sprintf("%s %s %s %v %s", f.Class, f.Form, f.Field, f.Chain, f.Known))
	}
	assert.Equal(t, []string{
		"contact.email encoded query.d.user.email [percent base64 json] persona",
		"identity.name encoded query.d.user.name [percent base64 json] persona",
	}, got)
	require.NotEmpty(t, fs[0].Evidence, "the pattern and the field's name say so, too")
	require.NotEmpty(t, fs[0].Steps)
	assert.NotContains(t, fmt.Sprint(fs[0].Steps), "gerda")
}

func TestFindingsDoNotDependOnTheNumberOfWorkers(t *testing.T) {
	samples, p := mixed(600)
	lines := func(workers int) string {
		var b bytes.Buffer
		a := analyzer(t, detect.Config{Persona: p.persona(), Workers: workers})
		require.NoError(t, detect.WriteJSONL(&b, a.Analyze(context.Background(), events(samples), nil), detect.Output{}))
		return b.String()
	}
	want := lines(1)
	require.NotEmpty(t, want)
	for _, n := range []int{1, 2, 7} {
		assert.True(t, want == lines(n), "%d workers", n)
	}
}

func TestNoPlantedValueIsInTheOutputUnlessRevealed(t *testing.T) {
	d := newDraw(31)
	p := d.person()
	var evs []crawler.Event
	for range 150 {
		list := append(p.data(), p.personaOnly()...)
		x := list[d.IntN(len(list))]
		s := d.wrapped(p, x, d.IntN(4), d.IntN(4) == 0 && x.norm != "" && !x.short, d.IntN(2) == 0, textWraps, "persona")
		s.request.PageURL += "?email=" + url.QueryEscape(p.email)
		evs = append(evs, crawler.Event{Request: &s.request})
		v := d.vendorSample(p, "persona")
		v.request.PageURL = "https://www.lantern-shop.example/u/" + p.username + "/" + p.email
		v.request.URL = strings.Replace(v.request.URL, "?", "/"+p.email+"?", 1)
		evs = append(evs, crawler.Event{Request: &v.request})
	}
	keyed := sent(crawler.Request{URL: "https://t.tracker.net/c", Method: "POST", Body: jsonBody(map[string]any{"users": map[string]any{p.email: map[string]any{"phone": p.phone}, p.phone: map[string]any{"iban": p.iban}}})})
	fs, run := find(t, detect.Config{Persona: p.persona()}, append(evs, keyed)...)
	require.Greater(t, len(fs), 300)
	var b bytes.Buffer
	require.NoError(t, detect.WriteJSONL(&b, seq(fs), detect.Output{Key: []byte("key")}))
	out := strings.ToLower(b.String() + fmt.Sprintf("%+v %#v", run.Contacts(), detect.Flows(fs)))
	for _, x := range append(p.data(), p.personaOnly()...) {
		if len(x.text) < 6 {
			continue
		}
		low := strings.ToLower(x.text)
		for _, form := range []string{low, strings.ToLower(url.QueryEscape(x.text)), hex.EncodeToString([]byte(x.text)), strings.ToLower(base64.StdEncoding.EncodeToString([]byte(x.text)))} {
			if i := strings.Index(out, form); i >= 0 {
				assert.Fail(t, "shown", "%s: …%s…", x.class, out[max(0, i-60):i+len(form)+20])
			}
		}
	}
	b.Reset()
	require.NoError(t, detect.WriteJSONL(&b, seq(fs), detect.Output{Reveal: true}))
	assert.Contains(t, strings.ToLower(b.String()), p.email)
}

func seq(fs []detect.Finding) iter.Seq2[detect.Finding, error] {
	return func(yield func(detect.Finding, error) bool) {
		for _, f := range fs {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func TestAnalysisEndsWhenItIsTold(t *testing.T) {
	samples, _ := mixed(50)
	a := analyzer(t, detect.Config{})
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	for _, err := range a.Analyze(ctx, events(samples), nil) {
		assert.ErrorIs(t, err, stop)
	}
	broken := errors.New("damaged")
	var got error
	for _, err := range a.Open(detect.Capture{Events: func() iter.Seq2[crawler.Event, error] {
		return func(yield func(crawler.Event, error) bool) { yield(crawler.Event{}, broken) }
	}}).Findings(context.Background()) {
		got = err
	}
	assert.ErrorIs(t, got, broken)
	n := 0
	for range a.Analyze(context.Background(), events(samples), nil) {
		if n++; n == 3 {
			break
		}
	}
	assert.Equal(t, 3, n)
}

func TestAnAnalyzerRefusesNegativeWorkers(t *testing.T) {
	_, err := detect.New(detect.Config{Workers: -1})
	assert.ErrorContains(t, err, "workers")
}

// What a cookie or web storage of the site holds, and what is made of it, is told when it turns up elsewhere.
func TestStoredValuesAreFollowed(t *testing.T) {
	cookie := func(name, value, profile string) crawler.Event {
		return crawler.Event{Cookie: &crawler.Cookie{Name: name, Value: value, Domain: ".shop.example", Profile: profile}}
	}
	to := func(v string) crawler.Event {
		return sent(crawler.Request{URL: "https://t.tracker.net/c?z=" + url.QueryEscape(v)})
	}
	const id = "f3a9c1e7-52bb-4c0d-9d7e-0a6b1c2d3e4f"
	for _, c := range []struct {
		name   string
		events []crawler.Event
		found  bool
	}{
		{"a cookie", []crawler.Event{cookie("vis", id, ""), to(id)}, true},
		{"web storage", []crawler.Event{{Storage: &crawler.Storage{Origin: "https://www.shop.example", Area: "local", Key: "vis", Value: `{"id":"` + id + `","n":3}`}}, to(id)}, true},
		{"a cookie that a request carries", []crawler.Event{sent(crawler.Request{URL: "https://www.shop.example/", Headers: []crawler.Header{{Name: "cookie", Value: "a=1; vis=" + id}}}), to(id)}, true},
		{"a cookie that a response sets", []crawler.Event{sent(crawler.Request{URL: "https://www.shop.example/", Response: &crawler.Response{Headers: []crawler.Header{{Name: "Set-Cookie", Value: "vis=" + id + "; Path=/"}}}}), to(id)}, true},
		{"its hash", []crawler.Event{cookie("vis", id, ""), to(digests[3].sum(id))}, true},
		{"its base64", []crawler.Event{cookie("vis", id, ""), to(base64.StdEncoding.EncodeToString([]byte(id)))}, true},
		{"a part of it", []crawler.Event{cookie("_xa", "XA1.2.1234567890.1699999999", ""), to("1234567890.1699999999")}, true},
		{"a tracker's cookie at another tracker", []crawler.Event{{Cookie: &crawler.Cookie{Name: "uid", Value: id, Domain: ".ads.net"}}, to(id)}, true},
		{"a tracker's cookie at itself", []crawler.Event{{Cookie: &crawler.Cookie{Name: "zz", Value: id, Domain: ".tracker.net"}}, to(id)}, false},
		{"the same in two profiles", []crawler.Event{cookie("vis", id, "A"), cookie("vis", id, "B"), to(id)}, false},
		{"a choice", []crawler.Event{cookie("consent", id, ""), to(id)}, false},
		{"words", []crawler.Event{cookie("vis", "returning-customer", ""), to("returning-customer")}, false},
		{"a time", []crawler.Event{cookie("vis", "1700000000123", ""), to("1700000000123")}, false},
		{"something short", []crawler.Event{cookie("vis", "a7f3", ""), to("a7f3")}, false},
	} {
		fs, _ := find(t, detect.Config{}, c.events...)
		fs = ofClass(fs, rule.SyncedID)
		if !c.found {
			assert.Empty(t, fs, c.name)
			continue
		}
		require.Len(t, fs, 1, c.name)
		assert.Equal(t, detect.ByStorage, fs[0].Known, c.name)
		assert.Equal(t, "t.tracker.net", fs[0].Host, c.name)
	}
}

// What is stored is an identifier of the visitor only if it stays, and certainly only if another visitor has another.
func TestWhatIsStoredIsNotAlwaysAnIdentifier(t *testing.T) {
	local := func(key, value, profile string) crawler.Event {
		return crawler.Event{Storage: &crawler.Storage{Origin: "https://www.shop.example", Area: "local", Key: key, Value: value, Profile: profile}}
	}
	to := func(v, profile string) crawler.Event {
		return sent(crawler.Request{URL: "https://t.tracker.net/c/" + url.PathEscape(v), Profile: profile})
	}
	queue := func(id string) string {
		return `[{"event_type":"view","insert_id":"` + id + `","ttfb":123.4000000357628,"dx":"` + id + `x"}]`
	}
	const id, other, third = "f3a9c1e7-52bb-4c0d-9d7e-0a6b1c2d3e4f", "0d9e77aa-11c2-4f4e-8a55-7c1d2e3f4a5b", "93b1f0c2-6d3e-4b7a-9f10-2e4d6c8b0a1f"
	for _, c := range []struct {
		name   string
		events []crawler.Event
		want   detect.Confidence // "": not found
	}{
		{"of one visitor, in an entry named for it", []crawler.Event{local("visitor_id", id, ""), to(id, "")}, detect.Likely},
		{"of one visitor, in an entry that says nothing", []crawler.Event{local("cfg", "8f3KQ9xLp3Zr7TtWmB2", ""), to("8f3KQ9xLp3Zr7TtWmB2", "")}, detect.Possible},
		{"of two visitors, another for each", []crawler.Event{local("cfg", id, "A"), local("cfg", other, "B"), to(id, "A"), to(other, "B")}, detect.Certain},
		{"of two visitors, the same", []crawler.Event{local("cfg", id, "A"), local("cfg", id, "B"), to(id, "A"), to(id, "B")}, ""},
		{"of one of two visitors, sent by both", []crawler.Event{local("cfg", id, "A"), to(id, "A"), to(id, "B")}, ""},
		{"the id of a queued event", []crawler.Event{local("queue", queue(id), ""), to(id, "")}, ""},
		{"a measurement in a queue", []crawler.Event{local("queue", queue(id), ""), to("4000000357628", "")}, ""},
		{"what is new on each page", []crawler.Event{local("page", id, ""), local("page", other, ""), local("page", third, ""), to(third, "")}, ""},
		{"what stays beside it", []crawler.Event{local("visitor_id", id+"|"+other, ""), local("visitor_id", id+"|"+third, ""), local("visitor_id", id+"|x", ""), to(id, "")}, detect.Likely},
	} {
		fs, _ := find(t, detect.Config{}, c.events...)
		fs = ofClass(fs, rule.SyncedID)
		if c.want == "" {
			assert.Empty(t, fs, c.name)
			continue
		}
		require.NotEmpty(t, fs, c.name)
		assert.Equal(t, c.want, fs[0].Confidence, c.name)
	}
}

func TestAVendorsFieldThatHoldsNobodyIsANote(t *testing.T) {
	for name, c := range map[string]struct{ url, note string }{
		"a hash of nothing": {"https://www.facebook.com/tr/?id=1234567890123&ev=Lead&ud[em]=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "hash of"},
		"a role address":    {"https://a.klaviyo.com/api/identify?data=" + url.QueryEscape(`{"token":"x","properties":{"$email":"info@lantern-shop.de"}}`), "role"},
		"a placeholder":     {"https://a.klaviyo.com/api/identify?data=" + url.QueryEscape(`{"token":"x","properties":{"$email":"you@example.com"}}`), ""},
	} {
		fs, run := find(t, detect.Config{}, sent(crawler.Request{URL: c.url}))
		assert.Empty(t, ofClass(fs, rule.Email), name)
		require.Len(t, run.Contacts(), 1, name)
		if c.note != "" {
			assert.Contains(t, fmt.Sprint(run.Contacts()[0].Notes), c.note, name)
		}
	}
}

func TestAHashInAVendorsFieldIsAHash(t *testing.T) {
	fs, _ := find(t, detect.Config{}, sent(crawler.Request{URL: "https://secure.gravatar.com/avatar/205e460b479e2e5b48aec07710c08d50?s=96"}))
	fs = ofClass(fs, rule.Email)
	require.Len(t, fs, 1)
	assert.Equal(t, detect.Hashed, fs[0].Form)
	assert.Equal(t, []string{"md5"}, fs[0].Chain)
	assert.Equal(t, detect.ByFieldName, fs[0].Known)
}

func TestBytesThatLookLikeAnAddressAreNone(t *testing.T) {
	body := func(s string) crawler.Event {
		return sent(crawler.Request{URL: "https://compute.shader.net/c", Method: "POST", Body: crawler.NewBody([]byte("\x00asm\x01\x00\x00\x00\x02\x01" + s + "\x00\x07\x03"))})
	}
	fs, _ := find(t, detect.Config{}, body(" j@A.ca\x02"))
	assert.Empty(t, ofClass(fs, rule.Email))
	fs, _ = find(t, detect.Config{}, body(" gerda.holm@posteo.de\x02"))
	assert.Len(t, ofClass(fs, rule.Email), 1)
}
