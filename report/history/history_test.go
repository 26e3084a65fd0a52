package history

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

var start = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// site is what a run sees: vendors by host with the class each is sent, scripts with their hashes, outcome of the visit.
type site struct {
	id      string
	sent    map[string]rule.Class
	scripts map[string]string
	cookies []string
	outcome crawler.Outcome
	states  []crawler.Consent
	catalog string
	names   map[string]string

	routes   []string      // further ones on which all of it is sent
	severity rule.Severity // 0: high
}

func (s site) model() *report.Model {
	b := report.NewBuilder(report.Options{Made: report.Made{Tool: "tagscan 1", Catalog: s.catalog, Rules: "1"}, OwnerOf: func(host string) recipient.Recipient {
		if host == "own.example" {
			return recipient.Recipient{ID: recipient.FirstParty, Name: host}
		}
		name := host
		if n := s.names[host]; n != "" {
			name = n
		}
		return recipient.Recipient{ID: name, Name: name}
	}})
	b.Event(crawler.Event{Seq: 1, Time: start, Run: &crawler.Run{ID: s.id, Seeds: []string{"https://own.example/"}, Started: start}})
	states := s.states
	if states == nil {
		states = []crawler.Consent{crawler.Unasked}
	}
	for _, c := range states {
		page := "p" + string(c)
		for host, class := range s.sent {
			name := host
			if n := s.names[host]; n != "" {
				name = n
			}
			b.Conclusion(detect.Conclusion{Judged: &detect.Judged{Request: "r" + host, PageID: page, Consent: c, Route: "https://own.example/", Host: host,
				Type: "xhr", Recipient: recipient.Recipient{ID: name, Name: name}}})
			if class == "" {
				continue
			}
			severity := s.severity
			if severity == 0 {
				severity = rule.High
			}
			for _, route := range append([]string{"https://own.example/"}, s.routes...) {
				b.Conclusion(detect.Conclusion{Finding: &detect.Finding{Request: "r" + host, Host: host, Recipient: recipient.Recipient{ID: name, Name: name}, Class: class, Rule: string(class), Form: detect.Plain, Consent: c,
					Known: detect.ByPersona, Confidence: detect.Certain, Where: "body", Field: "body.v", Value: detect.NewMasked("m***"), Route: route, Severity: severity}})
			}
		}
		for u, sha := range s.scripts {
			b.Event(crawler.Event{Time: start, Script: &crawler.Script{Page: page, URL: u, SHA256: sha, Kind: "external"}})
		}
		for _, name := range s.cookies {
			b.Event(crawler.Event{Time: start, Cookie: &crawler.Cookie{Page: page, Consent: c, Name: name, Value: "v", Domain: "own.example"}})
		}
		outcome := s.outcome
		if outcome == "" {
			outcome = crawler.Complete
		}
		b.Event(crawler.Event{Time: start, Page: &crawler.Page{ID: page, Task: crawler.Task{URL: "https://own.example/", Route: "https://own.example/", Consent: c}, URL: "https://own.example/", Outcome: outcome}})
	}
	return b.Build(policy.Judge(b.Input(), nil, nil, start))
}

func base() site {
	return site{id: "1", catalog: "1", sent: map[string]rule.Class{"a.example": rule.Email, "b.example": rule.UserID},
		scripts: map[string]string{"https://own.example/app.js": "aa", "https://a.example/t.js": "bb"}, cookies: []string{"sid"}}
}

func lines(cs []report.Change) []string {
	var out []string
	for _, c := range cs {
		out = append(out, c.Kind+" "+c.What+" "+c.ID)
	}
	return out
}

func TestSameSiteSameReport(t *testing.T) {
	d := Diff(base().model(), base().model())
	assert.Empty(t, d.Site)
	assert.Empty(t, d.Tool)
	assert.Empty(t, d.Unsure)
	assert.Equal(t, "Nothing changed.", d.Summary)
}

func TestOneVendorGainedOneScriptChanged(t *testing.T) {
	cur := base()
	cur.sent = map[string]rule.Class{"a.example": rule.Email, "b.example": rule.UserID, "c.example": rule.Phone}
	cur.scripts = map[string]string{"https://own.example/app.js": "aa", "https://a.example/t.js": "cc"}
	d := Diff(base().model(), cur.model())
	print := detect.FlowFingerprint(detect.FlowKey{Recipient: "c.example", Class: rule.Phone, Consent: crawler.Unasked, Form: detect.Clear})
	assert.Equal(t, []string{"new recipient c.example", "new flow " + print}, lines(d.Site))
	assert.Equal(t, "scripts of a.example: 1 with other bytes", d.Also[0].Text, "what releases do every night")
	assert.Empty(t, d.Tool)
	assert.Empty(t, d.Unsure)
	assert.Equal(t, "New: 1 recipient and 1 flow.", d.Summary)
	back := Diff(cur.model(), base().model())
	assert.Equal(t, []string{"gone recipient c.example", "gone flow " + print}, lines(back.Site))
}

func TestWhatWasNotSeenIsNotGone(t *testing.T) {
	cur := base()
	cur.sent, cur.scripts, cur.cookies, cur.outcome = nil, nil, nil, crawler.Partial
	d := Diff(base().model(), cur.model())
	assert.Empty(t, d.Site)
	assert.Len(t, d.Unsure, 2, "a line for each recipient")
	assert.Equal(t, "Nothing changed as far as could be seen; not all could be compared.", d.Summary)
	back := Diff(cur.model(), base().model())
	assert.Empty(t, back.Site, "what a blind run did not see is not new in the next")
	assert.Len(t, back.Unsure, 2)
}

func TestAChangedCatalogIsNoChangeOfTheSite(t *testing.T) {
	cur := base()
	cur.catalog, cur.names = "2", map[string]string{"a.example": "vendor-a"}
	d := Diff(base().model(), cur.model())
	assert.Empty(t, d.Site)
	assert.Equal(t, []string{"changed tagscan the catalog of vendors", "changed recipient vendor-a"}, lines(d.Tool))
	assert.Equal(t, "Nothing changed on the site; tagscan itself did.", d.Summary)

	cur = base()
	cur.catalog = "2"
	cur.sent = map[string]rule.Class{"a.example": rule.Email, "b.example": rule.Phone, "c.example": rule.Email}
	d = Diff(base().model(), cur.model())
	assert.Equal(t, []string{"new recipient c.example", "new flow " + detect.FlowFingerprint(detect.FlowKey{Recipient: "c.example", Class: rule.Email, Consent: crawler.Unasked, Form: detect.Clear})}, lines(d.Site),
		"a recipient that was never contacted is new whatever the catalog; what a known one is told now may have been told before")
	assert.Len(t, d.Tool, 3)
}

func TestARefusalThatStoppedWorkingIsOneLine(t *testing.T) {
	old, cur := base(), base()
	old.states, cur.states = []crawler.Consent{crawler.Rejected, crawler.Accepted}, []crawler.Consent{crawler.Rejected, crawler.Accepted}
	old.sent = map[string]rule.Class{"a.example": "", "b.example": ""}
	cur.sent = old.sent
	m := old.model()
	for i := range m.Standing.Vendors {
		m.Standing.Vendors[i].Consent = policy.Strings{"accepted"}
	}
	d := Diff(m, cur.model())
	require.Len(t, d.Site, 1)
	assert.Equal(t, "the refusal stopped working: a.example and b.example are called after refusal now, and were not before", d.Site[0].Text)
	assert.Equal(t, "Changed: 1 consent behaviour.", d.Summary)
}

// TestEachPageIsHeldAgainstTheLastRunThatSawIt: after a blocked night nothing is new, and what went in the night is told after it.
func TestEachPageIsHeldAgainstTheLastRunThatSawIt(t *testing.T) {
	blocked := base()
	blocked.sent, blocked.scripts, blocked.cookies, blocked.outcome = nil, nil, nil, crawler.Blocked
	one, night := base().model(), blocked.model()
	d := Since([]*report.Model{one, night}, base().model())
	assert.Empty(t, d.Site)
	assert.Empty(t, d.Unsure)
	assert.Empty(t, Since([]*report.Model{one}, night).Site)

	gained := base()
	gained.sent = map[string]rule.Class{"a.example": rule.Email, "c.example": rule.Phone}
	d = Since([]*report.Model{one, night, night}, gained.model())
	require.Len(t, d.Site, 4, "b is gone with its flow, c is new with its flow: in spite of the nights between")
	d = Since([]*report.Model{one, night, gained.model()}, gained.model())
	assert.Empty(t, d.Site, "and told once")
}

// TestWhatComesAndGoesIsADetail: a flow that was missing in the run before last is no news when it is missing, or there, again.
func TestWhatComesAndGoesIsADetail(t *testing.T) {
	with, without := base().model(), base()
	without.sent = map[string]rule.Class{"a.example": rule.Email}
	bare := without.model()
	assert.Empty(t, Since([]*report.Model{with, bare}, with).Site, "there again")
	assert.NotEmpty(t, Since([]*report.Model{with, bare, bare}, with).Site, "away for longer, and back")
	again := Since([]*report.Model{bare, with}, bare)
	assert.Equal(t, []string{"gone recipient b.example"}, lines(again.Site)[:1])
	assert.Len(t, again.Also, 1, "its flow came and went")
}

func TestContradictionsAreALineEach(t *testing.T) {
	old, cur := base().model(), base().model()
	cur.Consent.Contradictions = []report.Contradiction{{ID: "refused-but-sent", Name: "A", Sentence: "A was sent it.", Severity: rule.High,
		Facts: consent.Facts{Recipient: "a.example", Consent: crawler.Unasked}}}
	d := Diff(old, cur)
	require.Equal(t, []string{"new contradiction refused-but-sent a.example unasked"}, lines(d.Site))
	assert.Equal(t, "A was sent it. (A, before any choice)", d.Site[0].Text)
	assert.Equal(t, []string{"gone contradiction refused-but-sent a.example unasked"}, lines(Diff(cur, old).Site))
	assert.Empty(t, Diff(cur, cur).Site)
	blind := base()
	blind.outcome = crawler.Partial
	d = Diff(cur, blind.model())
	assert.Empty(t, d.Site)
	d = Diff(blind.model(), cur)
	assert.Empty(t, d.Site)
	assert.NotEmpty(t, d.Unsure)
}

// TestOneNewVendorIsOneLineForEachClassAndState: below the vendor, and not one for each page, field and script.
func TestOneNewVendorIsOneLineForEachClassAndState(t *testing.T) {
	old := base()
	old.states = []crawler.Consent{crawler.Rejected, crawler.Accepted}
	cur := old
	cur.sent = map[string]rule.Class{"a.example": rule.Email, "b.example": rule.UserID, "c.example": rule.Phone}
	cur.routes = []string{"https://own.example/p", "https://own.example/q", "https://own.example/r", "https://own.example/s"}
	d := Diff(old.model(), cur.model())
	require.Len(t, d.Site, 3, "the vendor, and its one class in two states")
	assert.Equal(t, "recipient", d.Site[0].What)
	for _, c := range d.Site[1:] {
		assert.True(t, c.Under)
		assert.Equal(t, "c.example", c.Of)
		assert.Contains(t, c.Text, "on /, /p, /q and 2 more")
	}
	var b bytes.Buffer
	require.NoError(t, Write(&b, d, "text"))
	assert.Contains(t, b.String(), "\n  + high     c.example receives requests with phone number\n    + high     Phone number to c.example (accepted)")
}

// TestAKnownFlowElsewhereIsToldApart: another kind of page is no news about a vendor, a worse severity is.
func TestAKnownFlowElsewhereIsToldApart(t *testing.T) {
	cur := base()
	cur.routes = []string{"https://own.example/checkout"}
	d := Diff(base().model(), cur.model())
	assert.Empty(t, d.Site)
	require.Len(t, d.Also, 2)
	assert.Contains(t, d.Also[0].Text, "also on /checkout")
	assert.Equal(t, "Nothing changed but details.", d.Summary)
	back := Diff(cur.model(), base().model())
	assert.Empty(t, back.Site, "it is not gone: it is seen where it was looked for")

	worse := base()
	worse.severity = rule.Critical
	d = Diff(base().model(), worse.model())
	require.Len(t, d.Site, 2)
	assert.Contains(t, d.Site[0].Text, "severity high became critical")
}

func TestAVendorThatHidesBehindTheSiteIsNews(t *testing.T) {
	old, cur := base().model(), base().model()
	v := &cur.Standing.Vendors[0]
	v.Own, v.Direct = policy.Strings{"m.own.example"}, false
	d := Diff(old, cur)
	require.Len(t, d.Site, 1)
	assert.Equal(t, "a.example is reached only through the site's own host m.own.example now: it moved behind the site itself", d.Site[0].Text)
	assert.Len(t, Diff(cur, old).Site, 1)
}

func TestFormatsAreHarmless(t *testing.T) {
	cur := base()
	hostile := "<img src=x>\x1b[2J\u202e`@a"
	m := cur.model()
	m.Standing.Vendors[0].Name, m.Standing.Vendors[0].Own = hostile, policy.Strings{"evil.example"}
	d := Diff(base().model(), m)
	for _, f := range Formats {
		var b bytes.Buffer
		require.NoError(t, Write(&b, d, f))
		assert.NotContains(t, b.String(), "\x1b", f)
		if f != "json" { // the model of a run that was built has none left
			assert.NotContains(t, b.String(), "\u202e", f)
		}
		switch f {
		case "json":
			assert.True(t, json.Valid(b.Bytes()))
		case "html", "markdown":
			assert.NotContains(t, b.String(), "<img", f)
		case "text":
			assert.Contains(t, b.String(), "~ medium   ")
		}
	}
	err := Write(&bytes.Buffer{}, d, "yaml")
	assert.ErrorContains(t, err, strings.Join(Formats, ", "))
}
