package report

import (
	"bytes"
	"errors"
	"io"
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

// exposureOf builds a run of the events and returns the exposure of a recipient.
func exposureOf(t *testing.T, id string, events ...crawler.Event) Exposure {
	t.Helper()
	for _, e := range built(events...).Recipients {
		if e.Recipient.ID == id {
			return e
		}
	}
	require.Fail(t, "no such recipient", id)
	return Exposure{}
}

// built is the model of a run of these events.
func built(events ...crawler.Event) *Model {
	b := NewBuilder(Options{OwnerOf: ownerOf})
	feed(b, crawler.Event{Run: &crawler.Run{Seeds: []string{"https://shop.example/"}, Started: start}})
	for _, e := range events {
		feed(b, e)
	}
	return b.Build(policy.Verdict{})
}

const account = "https://shop.example/account"

func onPage(r crawler.Reach) crawler.Event {
	r.Fields, r.Cookies, r.Storage = []string{"password/current-password/pw", "search//q"}, []string{"sid", "theme"}, []string{"session:last_page", "local:auth.token"}
	return crawler.Event{Page: &crawler.Page{ID: "p", Task: crawler.Task{URL: account, Route: account}, URL: account, Outcome: crawler.Complete, Reach: []crawler.Reach{r}}}
}

func runs(url, frame, target, integrity string) crawler.Event {
	return crawler.Event{Script: &crawler.Script{Page: "p", URL: url, SHA256: "aa", Frame: frame, Target: target, Integrity: integrity, Kind: "external"}}
}

func TestTheBrowsersOwnScriptsAreNobodys(t *testing.T) {
	b := NewBuilder(Options{OwnerOf: ownerOf})
	feed(b, crawler.Event{Run: &crawler.Run{Seeds: []string{"https://shop.example/"}, Started: start}})
	for _, own := range []string{"chrome-error://chromewebdata/", "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/main.js", "chrome://resources/js/assert.js"} {
		feed(b, runs(own, own, "page", ""))
	}
	feed(b, onPage(crawler.Reach{}))
	m := b.Build(policy.Verdict{})
	assert.Empty(t, m.Recipients)
	assert.Empty(t, m.Scripts)
}

func TestWithinReach(t *testing.T) {
	const stripe = "https://js.stripe.com/v3/"
	full := exposureOf(t, "stripe", runs(stripe, account, "page", ""), onPage(crawler.Reach{Frame: account}))
	require.NotNil(t, full.Reach)
	assert.Equal(t, []Readable{{Name: "password/current-password/pw", Kind: "passwords", Grave: true, Routes: []string{account}},
		{Name: "search//q", Kind: "search terms", Routes: []string{account}}}, full.Reach.Fields)
	assert.Equal(t, []Readable{{Name: "sid", Kind: "session or token", Grave: true, Routes: []string{account}}, {Name: "theme", Routes: []string{account}}}, full.Reach.Cookies)
	assert.Equal(t, "local:auth.token", full.Reach.Storage[0].Name)
	assert.False(t, full.Reach.Storage[1].Grave, "session storage is no session")
	assert.Empty(t, full.Reach.Lowered)
	assert.Contains(t, full.Sentence, "passwords as they are typed, and the keys of signed-in sessions")

	for name, tt := range map[string]struct {
		events  []crawler.Event
		lowered string
		fields  int
	}{
		"worker":          {[]crawler.Event{runs(stripe, account, "worker", ""), onPage(crawler.Reach{Frame: account})}, "runs in a worker", 0},
		"own frame":       {[]crawler.Event{runs(stripe, "https://js.stripe.com/inner.html", "iframe", ""), onPage(crawler.Reach{Frame: account})}, "frame of another site", 0},
		"sandboxed frame": {[]crawler.Event{runs(stripe, "https://shop.example/ad.html", "iframe", ""), onPage(crawler.Reach{Frame: "https://shop.example/ad.html", Sandbox: "allow-scripts"})}, "sandboxed frame", 0},
		"lax sandbox":     {[]crawler.Event{runs(stripe, "https://shop.example/ad.html", "iframe", ""), onPage(crawler.Reach{Frame: "https://shop.example/ad.html", Sandbox: "allow-scripts allow-same-origin"})}, "", 2},
		"policy":          {[]crawler.Event{runs(stripe, account, "page", ""), onPage(crawler.Reach{Frame: account, CSP: "default-src *; connect-src 'self' https://api.stripe.com"})}, "send only to: 'self' https://api.stripe.com", 2},
		"open policy":     {[]crawler.Event{runs(stripe, account, "page", ""), onPage(crawler.Reach{Frame: account, CSP: "script-src 'self'; default-src https:"})}, "", 2},
		"integrity":       {[]crawler.Event{runs(stripe, account, "page", "sha384-x"), onPage(crawler.Reach{Frame: account})}, "pinned by integrity", 2},
	} {
		e := exposureOf(t, "stripe", tt.events...)
		require.NotNil(t, e.Reach, name)
		assert.Len(t, e.Reach.Fields, tt.fields, name)
		inside := 0
		if tt.fields > 0 {
			inside = 1
		}
		assert.Equal(t, inside, built(tt.events...).Totals.Inside, name)
		if tt.lowered == "" {
			assert.Empty(t, e.Reach.Lowered, name)
		} else {
			assert.Contains(t, strings.Join(e.Reach.Lowered, "; "), tt.lowered, name)
		}
	}
}

func TestBringsAlong(t *testing.T) {
	gtm, fb := crawler.Cause{URL: "https://www.googletagmanager.com/gtm.js"}, crawler.Cause{URL: "https://connect.facebook.net/f.js"}
	request := func(id, url, typ, redirect string, via ...crawler.Cause) crawler.Event {
		return crawler.Event{Request: &crawler.Request{ID: id, Page: "p", URL: url, Type: typ, Redirect: redirect, Initiator: crawler.Initiator{Chain: via}}}
	}
	events := []crawler.Event{
		request("1", "https://connect.facebook.net/f.js", "script", "", gtm),
		request("2", "https://www.facebook.com/tr", "image", "", fb, gtm, crawler.Cause{URL: account, Kind: "document"}),
		request("3", "https://px.ads.linkedin.com/sync", "image", "2"),
		{Request: &crawler.Request{ID: "4", Page: "p", URL: "https://rs.fullstory.com/x", Type: "xhr", NotSent: true, Initiator: crawler.Initiator{Chain: []crawler.Cause{gtm}}}},
		onPage(crawler.Reach{}),
	}
	e := exposureOf(t, "google-tag-manager", events...)
	assert.Equal(t, []Brought{{ID: "meta-pixel", Name: "Meta Pixel", Country: "United States", Direct: true, Requests: 2, How: "script"}}, e.Brings, "what never left is nobody's")
	meta := exposureOf(t, "meta-pixel", events...)
	assert.Equal(t, []Brought{{ID: "linkedin-insight", Name: "LinkedIn Insight", Country: "Ireland", Direct: true, Requests: 1, How: "redirect"}}, meta.Brings)
	assert.Equal(t, "Google Tag Manager", meta.BroughtBy[0].Name)
}

func TestThroughNamesTheHand(t *testing.T) {
	b := NewBuilder(Options{OwnerOf: ownerOf})
	own, doc := crawler.Cause{URL: "https://shop.example/app.js"}, crawler.Cause{URL: account, Kind: "document"}
	gtm, mp := crawler.Cause{URL: "https://www.googletagmanager.com/gtm.js"}, crawler.Cause{URL: "https://cdn.mxpnl.com/lib.js"}
	untold := crawler.Cause{Kind: "unknown"}
	for want, vias := range map[string][][]crawler.Cause{
		"own": {{own, doc}}, "page": {{doc}}, "unknown": {nil, {untold, doc}}, "vendor mixpanel": {{mp, own, doc}, {untold, mp, doc}}, "tag-manager google-tag-manager": {{mp, gtm, own, doc}},
	} {
		for _, via := range vias {
			got := b.through(detect.Finding{Via: via})
			assert.Equal(t, want, strings.TrimSpace(got.Kind+" "+got.ID), want)
		}
	}
	assert.Equal(t, "a script that the browser does not tell, in shop.example/app.js", sentBy(Evidence{Via: []crawler.Cause{untold, own}}))
}

func TestCookiesKnowTheirSettersAndReceivers(t *testing.T) {
	b := NewBuilder(Options{OwnerOf: ownerOf})
	feed(b, crawler.Event{Time: start, Request: &crawler.Request{ID: "r1", Page: "p", URL: "https://googleads.g.doubleclick.net/x", Headers: []crawler.Header{{Name: "cookie", Value: "IDE=1; other=2"}}}})
	feed(b, crawler.Event{Time: start, Cookie: &crawler.Cookie{Page: "p", Name: "IDE", Value: "1", Domain: ".g.doubleclick.net", Expires: start.Add(400 * 24 * time.Hour), SetBy: "r1", Consent: crawler.Rejected}})
	feed(b, crawler.Event{Time: start, Cookie: &crawler.Cookie{Page: "p", Name: "_ga", Value: "GA1.1.1203918273.1699999999", Domain: "shop.example", SetBy: "https://www.google-analytics.com/g.js"}})
	found(b, detect.Finding{Recipient: ownerOf("www.google-analytics.com"), Class: rule.ClientID, Known: detect.ByStorage, Field: "query.cid", Value: detect.NewValue("1203918273.1699999999"), Fingerprint: "f"})
	cs := b.Build(policy.Verdict{}).Cookies
	require.Len(t, cs, 2)
	ide, ga := cs[0], cs[1]
	assert.Equal(t, []string{"google-ads"}, ide.Received)
	assert.Equal(t, "google-ads", ide.SetByID)
	assert.InDelta(t, 400, ide.Days, 0.1)
	assert.Equal(t, []crawler.Consent{crawler.Rejected}, ide.Consents)
	assert.Equal(t, []string{"google-analytics"}, ga.Received, "its value went there in a query")
	assert.Equal(t, "google-analytics", ga.SetByID)
}

func TestConsentMatrixTellsStatesApart(t *testing.T) {
	m := sampleModel()
	require.Len(t, m.Consent.States, 3)
	assert.Equal(t, crawler.Rejected, m.Consent.States[1].Consent)
	row := map[string]MatrixRow{}
	for _, r := range m.Consent.Rows {
		row[r.ID] = r
	}
	assert.Zero(t, row["mixpanel"].Cells[1].Requests, "nothing after refusal")
	assert.Positive(t, row["mixpanel"].Cells[0].Requests)
	assert.Contains(t, row["meta-pixel"].Cells[1].Classes, rule.Email, "and this one does not care")
	assert.Zero(t, row["google-ads"].Cells[0].Requests)
}

func TestCSPAllowsExactlyWhatWasSeen(t *testing.T) {
	b := NewBuilder(Options{OwnerOf: ownerOf})
	feed(b, crawler.Event{Run: &crawler.Run{Seeds: []string{"https://shop.example/"}, Started: start}})
	load := func(typ, url, parent string) {
		feed(b, crawler.Event{Request: &crawler.Request{ID: url, Page: "p", PageURL: account, Route: account, URL: url, Type: typ, Frame: crawler.Frame{Parent: parent}}})
	}
	load("document", account, "")
	load("script", "https://shop.example/app.js", "")
	load("script", "https://js.stripe.com/v3/?x=1", "")
	load("xhr", "https://api.mixpanel.com/track", "")
	load("image", "https://www.facebook.com/tr;evil, x", "")
	load("document", "https://js.stripe.com/frame.html", "main")
	load("script", "https://js.stripe.com/inner.js", "f2")
	feed(b, crawler.Event{Script: &crawler.Script{Page: "p", SHA256: strings.Repeat("ab", 32), Kind: "inline", Frame: account}})
	feed(b, crawler.Event{Script: &crawler.Script{Page: "p", SHA256: strings.Repeat("cd", 32), Kind: "external", URL: "https://js.stripe.com/v3/", Frame: account}})
	feed(b, crawler.Event{Page: &crawler.Page{ID: "p", Task: crawler.Task{URL: account, Route: account}, URL: account, Outcome: crawler.Complete}})
	out := string(render(t, CSP, b.Build(policy.Verdict{}), WriteOptions{}))
	assert.Contains(t, out, "\nContent-Security-Policy: default-src 'none'; script-src 'self' 'sha256-q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=' https://js.stripe.com/v3/; "+
		"img-src https://www.facebook.com; connect-src https://api.mixpanel.com; frame-src https://js.stripe.com; base-uri 'self'; object-src 'none'\n")
	assert.NotContains(t, out, "inner.js", "a frame has a policy of its own")
	assert.Contains(t, out, `<script src="https://js.stripe.com/v3/" integrity="sha256-zc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc0=" crossorigin="anonymous"></script>`)
}

// blobs are screenshots by name.
type blobs map[string][]byte

func (b blobs) Open(sha string) (io.ReadCloser, error) {
	if raw, ok := b[sha]; ok {
		return io.NopCloser(bytes.NewReader(raw)), nil
	}
	return nil, errors.New("no such blob")
}

func TestScreenshotsAreEmbeddedIfTheyArePictures(t *testing.T) {
	png := []byte("\x89PNG\r\n\x1a\n" + strings.Repeat("x", 64))
	sha := func(c string) string { return strings.Repeat(c, 64) }
	for name, want := range map[string]bool{sha("a"): true, sha("b"): false, sha("c"): false, sha("d"): false, "../png": false} {
		b := NewBuilder(Options{})
		found(b, detect.Finding{PageID: "p", Route: account, Recipient: recipient.Recipient{ID: "v", Name: "V"}, Class: rule.Email, Severity: rule.High, Fingerprint: "f", Value: detect.NewMasked("m***")})
		feed(b, crawler.Event{Page: &crawler.Page{ID: "p", Task: crawler.Task{URL: account, Route: account}, Outcome: crawler.Complete, Screenshot: crawler.Body{SHA256: name, Size: 72}}})
		out := string(render(t, HTML, b.Build(policy.Verdict{}), WriteOptions{Blobs: blobs{sha("a"): png, "../png": png, sha("b"): []byte("<svg onload=x>"), sha("c"): append(bytes.Clone(png), make([]byte, maxShotBytes)...)}}))
		assert.Equal(t, want, strings.Contains(out, `src="data:image/png;base64,`), name)
	}
}

func TestAdviceIsGroupedByTheChangeItTakes(t *testing.T) {
	m := sampleModel()
	seen := map[string]bool{}
	for _, a := range m.Advice {
		assert.False(t, seen[a.Do], "%q is there twice", a.Do)
		seen[a.Do] = true
		assert.NotEmpty(t, a.Flows)
		if a.Do == "Do not load these after a visitor has refused." {
			assert.Contains(t, a.Recipients, "Meta Pixel")
			assert.NotContains(t, a.Recipients, "Mixpanel")
		}
	}
	assert.True(t, seen["Mixpanel: remove $email from people.set and identify by an id of your own that means nothing elsewhere."])
}
