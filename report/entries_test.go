package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
)

// vendorModel is a run in which one vendor is sent three classes in two consent states, on twelve kinds of page, in five
// fields of each and by three scripts.
func vendorModel(t *testing.T, cfg *policy.Config) *Model {
	t.Helper()
	b := NewBuilder(sampleOptions())
	s := &sampler{b: b}
	s.event(crawler.Event{Run: &crawler.Run{ID: "0123456789abcdef", Tool: "tagscan 0.9.0", Seeds: []string{"https://shop.example/"}, Started: start}})
	n := 0
	for _, consent := range []crawler.Consent{crawler.Rejected, crawler.Accepted} {
		for r := range 12 {
			route := fmt.Sprintf("https://shop.example/%c", 'a'+r)
			n++
			for k := range 5 {
				via := []crawler.Cause{{URL: fmt.Sprintf("https://shop.example/%c.js", 'a'+k%3), Kind: "script"}}
				s.send(fmt.Sprint("p", n), route, consent, "https://api.mixpanel.com/track/", "xhr", via,
					sent{rule.Email, planted[0], decode.BodyIn, fmt.Sprintf("body.q%c.mail", 'a'+k), nil, detect.Hashed, rule.High, nil},
					sent{rule.UserID, planted[3], decode.BodyIn, fmt.Sprintf("body.q%c.id", 'a'+k), []string{"json"}, detect.Plain, rule.Medium, nil},
					sent{rule.Name, planted[1], decode.Query, fmt.Sprintf("query.q%c", 'a'+k), []string{"base64"}, detect.Encoded, rule.Critical, []string{"in a URL"}})
			}
			s.event(crawler.Event{Page: &crawler.Page{ID: fmt.Sprint("p", n), Task: crawler.Task{URL: route, Route: route, Consent: consent}, URL: route, Outcome: crawler.Complete}})
		}
	}
	return b.Build(policy.Judge(b.Input(), cfg, nil, start))
}

// TestOneVendorIsOneEntryForEachClassAndState: whatever the number of pages, fields and scripts, every format lists and
// counts the same six flows.
func TestOneVendorIsOneEntryForEachClassAndState(t *testing.T) {
	const want = 6 // three classes in two states
	m := vendorModel(t, nil)
	require.Len(t, m.Flows, want)
	assert.Len(t, m.Flows[0].Places, 60)
	assert.Equal(t, "6 flows that nobody agreed to.", m.Verdict.Sentence)
	require.Len(t, m.Failing(), 1, "grouped under the vendor")

	text := string(render(t, Text, m, WriteOptions{Width: 200}))
	assert.Equal(t, 1, strings.Count(text, "Mixpanel: new: nobody agreed to it"))
	markdown := string(render(t, Markdown, m, WriteOptions{}))
	assert.Equal(t, 1, strings.Count(markdown, "**Mixpanel**"))
	for _, f := range m.Flows {
		assert.Equal(t, 1, strings.Count(text, "["+short(f.Fingerprint)+"]"))
	}
	assert.Equal(t, want, strings.Count(markdown, "| critical |")+strings.Count(markdown, "| high |")+strings.Count(markdown, "| medium |"))

	var sarif struct {
		Runs []struct {
			Results []struct {
				Message             struct{ Text string }
				PartialFingerprints map[string]string
			}
		}
	}
	require.NoError(t, json.Unmarshal(render(t, SARIF, m, WriteOptions{}), &sarif))
	require.Len(t, sarif.Runs[0].Results, want)
	assert.Contains(t, sarif.Runs[0].Results[0].Message.Text, "after")
	assert.Contains(t, sarif.Runs[0].Results[0].Message.Text, "To allow: - {recipient: mixpanel")
	assert.Equal(t, m.Flows[0].Fingerprint, sarif.Runs[0].Results[0].PartialFingerprints["tagscanFlow/v2"])

	var junit struct {
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Name  string     `xml:"name,attr"`
			Cases []struct{} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal(render(t, JUnit, m, WriteOptions{}), &junit))
	assert.Equal(t, want, junit.Failures)
	require.Len(t, junit.Suites, 3, "two states, and what was seen")
	assert.Len(t, junit.Suites[0].Cases, want/2)

	rows, err := csv.NewReader(bytes.NewReader(render(t, CSV, m, WriteOptions{}))).ReadAll()
	require.NoError(t, err)
	assert.Len(t, rows, 1+want)
	html := string(render(t, HTML, m, WriteOptions{}))
	assert.Equal(t, want, strings.Count(html, `<details class="flow`))
	assert.Less(t, strings.Count(html, `<div class="evidence">`), 2*want+1)
}

// TestTheLinesThatAreShownLetPassWhatStandsAboveThem: each vendor's lines make its flows pass and no other's.
func TestTheLinesThatAreShownLetPassWhatStandsAboveThem(t *testing.T) {
	for name, src := range map[string]string{
		"without a policy": "",
		"with one":         "  forbid:\n  - {id: never, class: [account.password, content.*]}\n  - {id: not after refusal, consent: rejected}\n",
	} {
		cfg, err := policy.Parse("p", []byte("policy:\n  default: review\n"+src))
		require.NoError(t, err)
		b := sampleBuilder()
		m := b.Build(policy.Judge(b.Input(), cfg, nil, start))
		failing := m.Failing()
		require.Greater(t, len(failing), 3)
		for _, p := range failing {
			lists := map[string]string{}
			for _, w := range p.Ways() {
				lists[w.Under] += "  " + strings.NewReplacer("WHY", "why", "YYYY-MM-DD", "2027-01-31").Replace(w.Line) + "\n"
			}
			with := "policy:\n  default: review\n" + src
			for under, lines := range lists {
				with += "  " + under + ":\n" + lines
			}
			cfg, err := policy.Parse("p", []byte(with))
			require.NoError(t, err, with)
			after := map[detect.FlowKey]policy.FlowVerdict{}
			for _, v := range policy.Judge(b.Input(), cfg, nil, start).Flows {
				after[v.FlowKey] = v
			}
			for _, f := range m.Flows {
				want := f.Verdict.Fails && f.Recipient != p.Recipient
				assert.Equal(t, want, after[f.Key()].Fails, "%s, lines of %s: %s to %s %s", name, p.Name, f.What(), f.Name, f.Consent)
			}
		}
	}
}

// TestAReportOfSchema2IsReadAsFlowsAndPlaces: testdata/schema2.json was written when a flow was of one kind of page.
func TestAReportOfSchema2IsReadAsFlowsAndPlaces(t *testing.T) {
	raw, err := os.ReadFile("testdata/schema2.json")
	require.NoError(t, err)
	var two map[string]any
	require.NoError(t, json.Unmarshal(raw, &two))
	flow := two["flows"].([]any)[0].(map[string]any)
	other := map[string]any{}
	for k, v := range flow {
		other[k] = v
	}
	other["route"], other["forms"], other["evidence"] = "https://shop.example/pay", []any{"encoded", "hashed"}, []any{}
	two["flows"] = []any{flow, other}
	raw, err = json.Marshal(two)
	require.NoError(t, err)

	m, err := Read(bytes.NewReader(raw))
	require.NoError(t, err)
	assert.Equal(t, Schema, m.Schema)
	require.Len(t, m.Flows, 2, "clear and hashed")
	clear := m.Flows[0]
	assert.Equal(t, detect.Clear, clear.Form)
	assert.Equal(t, detect.FlowFingerprint(clear.Key()), clear.Fingerprint)
	assert.Equal(t, []string{"https://shop.example/", "https://shop.example/pay"}, clear.Routes())
	assert.Equal(t, detect.Hashed, m.Flows[1].Form)
	assert.Equal(t, []string{"https://shop.example/pay"}, m.Flows[1].Routes())
	require.Len(t, m.Verdict.Flows, 2)
	e, ok := clear.Example()
	assert.True(t, ok)
	assert.NotEmpty(t, e.Value)

	base, err := policy.ParseBaseline("b", []byte(`{version: 1, flows: [{fingerprint: aaaaaaaaaaaa, recipient: mixpanel, class: contact.email, consent: accepted, route: "https://shop.example/", reason: r}]}`))
	require.NoError(t, err)
	assert.Equal(t, policy.Pass, policy.Judge(m.Input(), nil, base, start).Result, "an old baseline accepts an old report")
	for _, f := range All {
		assert.NotEmpty(t, render(t, f, m, WriteOptions{}), f.Name)
	}
}
