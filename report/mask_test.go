package report

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
)

// runs that may be base64 or hex of something.
var encodedRun = regexp.MustCompile(`[A-Za-z0-9+/_-]{12,}`)

// leaks returns the planted values that occur in out: as they are, percent-encoded, in hex, and inside anything that
// reads as base64, whatever stands before them in it.
func leaks(out string, values []string) []string {
	var found []string
	low := strings.ToLower(out)
	for _, v := range values {
		for _, s := range []string{v, url.QueryEscape(v), url.PathEscape(v), hex.EncodeToString([]byte(v))} {
			if strings.Contains(low, strings.ToLower(s)) {
				found = append(found, s)
			}
		}
	}
	for _, run := range encodedRun.FindAllString(out, -1) {
		run = strings.NewReplacer("-", "+", "_", "/").Replace(run)
		for skip := range 4 {
			part := run[skip:]
			raw, _ := base64.RawStdEncoding.DecodeString(part[:len(part)/4*4])
			for _, v := range values {
				if strings.Contains(strings.ToLower(string(raw)), strings.ToLower(v)) {
					found = append(found, "base64 of "+v)
				}
			}
		}
	}
	return found
}

// plantedModel is the synthetic run with the planted values also where no finding would mask them: page addresses,
// titles, cookie names, scripts' addresses, decode steps, event names, fields.
func plantedModel() *Model {
	b := sampleBuilder()
	for i, v := range planted {
		esc, b64 := url.QueryEscape(v), base64.StdEncoding.EncodeToString([]byte("x"+strings.Repeat("y", i%3)+v+"tail"))
		id := "q" + itoa(i)
		page := "https://shop.example/u/" + url.PathEscape(v) + "?mail=" + esc + "#" + esc
		via := []crawler.Cause{{URL: "https://cdn.example/" + b64 + ".js?u=" + esc, Function: "for_" + v}}
		feed(b, crawler.Event{Time: start, Request: &crawler.Request{ID: "rq" + id, Page: id, Route: page, URL: "https://api.mixpanel.com/" + b64 + "?x=" + esc, Type: "xhr", Initiator: crawler.Initiator{Chain: via}}})
		feed(b, crawler.Event{Time: start, Script: &crawler.Script{Page: id, URL: "https://cdn.example/" + hex.EncodeToString([]byte(v)) + ".js", SHA256: "00", LoadedBy: via}})
		feed(b, crawler.Event{Time: start, Cookie: &crawler.Cookie{Page: id, Name: "c_" + v, Value: v, Domain: "shop.example", SetBy: "https://cdn.example/" + esc}})
		found(b, detect.Finding{Request: "rq" + id, PageID: id, Page: page, Route: page, Host: "api.mixpanel.com", URL: "https://api.mixpanel.com/" + b64, Recipient: ownerOf("api.mixpanel.com"),
			Class: rule.Email, Rule: "email", Form: detect.Plain, Known: detect.ByPersona, Confidence: detect.Certain, Where: "query", Field: "query." + v, Value: detect.NewValue(v), EventName: "hello " + v, Account: v,
			Consent: crawler.Accepted, Severity: rule.High, Fingerprint: strings.Repeat("ab", 16), Via: via, Steps: []detect.Step{{Decoder: "json", Result: `{"email":"` + v + `"}`}}})
		feed(b, crawler.Event{Time: start, Page: &crawler.Page{ID: id, Task: crawler.Task{URL: page, Route: page}, URL: page, Title: "Hello " + v, Outcome: crawler.Failed, Reason: "at " + page,
			Reach: []crawler.Reach{{Frame: page, Storage: []string{"local:" + v}, Cookies: []string{v}}}}})
	}
	return b.Build(policy.Judge(b.Input(), nil, nil, start))
}

func TestNoArtefactHoldsAPlantedValue(t *testing.T) {
	m := plantedModel()
	for _, f := range All {
		out := string(render(t, f, m, WriteOptions{Width: 120, All: true}))
		assert.Empty(t, leaks(out, planted), f.Name)
	}
	var b strings.Builder
	assert.NoError(t, WriteConfig(&b, m))
	assert.Empty(t, leaks(b.String(), planted))
}

func TestRevealShowsValuesWhereItIsAskedFor(t *testing.T) {
	m := plantedModel()
	for _, name := range []string{"html", "json", "text", "csv", "jsonl"} {
		f, err := ByName(name)
		assert.NoError(t, err)
		assert.True(t, strings.Contains(string(render(t, f, m, WriteOptions{Reveal: true, All: true})), planted[0]), name)
		assert.Empty(t, leaks(string(render(t, f, m, WriteOptions{All: true})), planted), "%s after revealing", name)
	}
}

func TestTokensCorrelateWithinAProject(t *testing.T) {
	token := func(key string) string {
		o := sampleOptions()
		o.Key = []byte(key)
		b := NewBuilder(o)
		for i := range 2 {
			found(b, detect.Finding{Request: itoa(i), Recipient: ownerOf("api.mixpanel.com"), Class: rule.Email, Where: "body", Field: "body.f" + itoa(i), Value: detect.NewValue(planted[0]), Fingerprint: itoa(i), Severity: rule.High})
		}
		e := b.Build(policy.Verdict{}).Flows[0].Sights()
		assert.Len(t, e, 2)
		assert.Equal(t, e[0].Token, e[1].Token)
		assert.Len(t, e[0].Token, 12)
		return e[0].Token
	}
	assert.NotEqual(t, token("one project"), token("another"))
}

func TestModelMarshalsMaskedWithoutTheFormat(t *testing.T) {
	raw, err := json.Marshal(plantedModel())
	assert.NoError(t, err)
	assert.Empty(t, leaks(string(raw), planted))
}

func TestOrdinaryWordsStayAndNamesInTitlesGo(t *testing.T) {
	b := NewBuilder(Options{})
	b.known(map[string][]string{"search_term": {"shoes"}, "username": {"admin"}, "city": {"Berlin"}, "full_name": {"Ann Li"}})
	b.personal(rule.Search, "red running shoes")
	feed(b, crawler.Event{Page: &crawler.Page{ID: "p", Task: crawler.Task{URL: "https://a.example/admin/shoes/berlin", Route: "https://a.example/admin/shoes/berlin"}, Title: "Hi Ann (Li's shoes): red running shoes"}})
	feed(b, crawler.Event{Script: &crawler.Script{Page: "q", URL: "https://cdn.example/lib@3.7.1.min.js", SHA256: "1"}})
	feed(b, crawler.Event{Script: &crawler.Script{Page: "q", URL: "https://cdn.example/u/jane@mail.example.js", SHA256: "2"}})
	m := b.Build(policy.Verdict{})
	assert.Equal(t, "https://a.example/admin/shoes/berlin", m.Pages[0].Route)
	assert.Equal(t, "Hi *** (***'s shoes): ***", m.Pages[0].Title)
	assert.Equal(t, "https://cdn.example/lib@3.7.1.min.js", m.Scripts[0].URL)
	assert.NotContains(t, m.Scripts[1].URL, "jane@")
}

func TestKnownValuesAreMaskedThoughNothingWasFound(t *testing.T) {
	b := NewBuilder(Options{Known: map[string][]string{"email": {planted[0]}, "full_name": {"Ann Li"}}})
	feed(b, crawler.Event{Page: &crawler.Page{ID: "p", Task: crawler.Task{URL: "https://a.example/", Route: "https://a.example/"}, Title: planted[0] + " of Li", Reason: "at /u/" + url.QueryEscape(planted[0])}})
	p := b.Build(policy.Verdict{}).Pages[0]
	assert.Equal(t, "*** of ***", p.Title)
	assert.Equal(t, "at /u/***", p.Reason)
}
