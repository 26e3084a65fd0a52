package breach

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/history"
)

var began = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// scan looks at one page in one state; who names what was sent to whom, as recipient and class.
func scan(site string, day int, who ...string) *history.Scan {
	s := &history.Scan{
		Site: site, ID: site + "-run", At: began.AddDate(0, 0, day), Kept: history.Kept{Path: "/runs/it's", Capture: strings.Repeat("ab", 32)}, Assets: &history.Assets{},
		Covers: history.NewCoverage([]history.Look{{Route: "https://a.test/", Consent: crawler.Rejected, Whole: 1}}),
	}
	for _, w := range who {
		id, class, _ := strings.Cut(w, " ")
		s.Parties = append(s.Parties, history.Party{ID: id, Requests: 3, Detail: &history.PartyDetail{
			Name: strings.ToUpper(id[:1]) + id[1:], Hosts: []string{id + ".test"}, Accounts: []string{"=cmd|acc"}, Consents: []crawler.Consent{crawler.Rejected}, Brings: []string{"Other"}, Reach: []string{"e-mail field mail"},
		}})
		if class == "" {
			continue
		}
		k := detect.FlowKey{Recipient: id, Class: rule.Class(class), Consent: crawler.Rejected, Form: detect.Hashed}
		s.Flows = append(s.Flows, history.Sight{FlowKey: k, Print: detect.FlowFingerprint(k), Severity: rule.High, Decision: policy.New, Requests: 2, Findings: 4, Request: "r7",
			Detail: &history.Detail{Title: "E-mail address", Routes: []string{"https://a.test/"}, Wheres: []string{"body"}, Fields: []string{"<script>|x"}}})
	}
	return s
}

func blind(s *history.Scan) *history.Scan {
	s.Blind, s.Covers = []history.Blind{{Kind: crawler.GapWall}}, history.NewCoverage(nil)
	return s
}

func TestTheSentenceForThePressOffice(t *testing.T) {
	q := Question{Asked: "Mixpanel", IDs: []string{"mixpanel"}}
	for what, c := range map[string]struct {
		q     Question
		scans []*history.Scan
		want  string
		blind bool
	}{
		"sent, begun and ended": {q, []*history.Scan{scan("a", 0), scan("a", 1, "mixpanel contact.email"), scan("a", 2), scan("b", 0)},
			"1 site of 2 (a) sent e-mail address (hashed) to Mixpanel. It was first seen on 2 March 2026 and had not begun on 1 March 2026; it was last seen on 2 March 2026 and had ended on 3 March 2026. On a also without the visitor's consent.", false},
		"sent, bounds unknown": {q, []*history.Scan{scan("a", 1, "mixpanel contact.email"), blind(scan("a", 2))},
			"1 site of 1 (a) sent e-mail address (hashed) to Mixpanel. It was first seen on 2 March 2026; whether it was sent before that is not known; it was last seen on 2 March 2026, and nothing says that it has ended. On a also without the visitor's consent.", false},
		"contacted only": {q, []*history.Scan{scan("a", 0, "mixpanel")}, "No data that identifies a person was seen to be sent to Mixpanel; 1 site of 1 contacted it, which told it the address and browser of visitors.", false},
		"not seen":       {q, []*history.Scan{scan("a", 0), blind(scan("a", 1))}, "Mixpanel was not seen in any of 2 scans of 1 site, of which 1 saw all they looked for.", false},
		"blind":          {q, []*history.Scan{scan("a", 0), blind(scan("b", 1))}, "Mixpanel was not seen, and it cannot be said that nothing was sent to it: 1 of 2 scans saw enough.", true},
		"no scan":        {q, nil, "Nothing can be said about Mixpanel: there is no scan in that time.", true},
		"no scan then":   {Question{Asked: "Mixpanel", IDs: q.IDs, Until: began.AddDate(0, 0, -1)}, []*history.Scan{scan("a", 0)}, "Nothing can be said about Mixpanel: there is no scan in that time.", true},
	} {
		r := Answer(c.q, c.scans)
		assert.Equal(t, c.want, r.Sentence, what)
		assert.Equal(t, c.blind, r.Blind, what)
	}
}

// What may have been sent in the time asked about is told although no scan of that time saw it.
func TestATimeBetweenTwoScans(t *testing.T) {
	scans := []*history.Scan{scan("a", 0), scan("a", 10, "mixpanel contact.email"), scan("a", 20)}
	q := Question{Asked: "x", IDs: []string{"mixpanel"}}
	for _, c := range []struct{ since, until, flows int }{{-9, -1, 0}, {2, 4, 1}, {12, 14, 1}, {21, 30, 0}, {10, 10, 1}} {
		q.Since, q.Until = began.AddDate(0, 0, c.since), began.AddDate(0, 0, c.until)
		assert.Len(t, Answer(q, scans).Flows, c.flows, c)
	}
}

func TestEveryFormatIsSafeToOpen(t *testing.T) {
	r := Answer(Question{Asked: "<b>mix|panel", IDs: []string{"mixpanel"}}, []*history.Scan{scan("=a", 0), scan("=a", 1, "mixpanel contact.email")})
	out := map[string]string{}
	for _, f := range Formats {
		var b bytes.Buffer
		require.NoError(t, r.Write(&b, f), f)
		out[f] = b.String()
	}
	require.Error(t, r.Write(&bytes.Buffer{}, "docx"))
	assert.NotContains(t, out["html"], "<script>")
	assert.NotContains(t, out["html"], "<b>mix")
	assert.NotContains(t, out["html"], "http-equiv=\"refresh\"")
	assert.NotContains(t, out["md"], "<script>")
	rows, err := csv.NewReader(strings.NewReader(out["csv"])).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2)
	assert.Equal(t, "'=a", rows[1][0], "no formula")
	var back Report
	require.NoError(t, json.Unmarshal([]byte(out["json"]), &back))
	assert.Equal(t, r, &back)
	for f, text := range out {
		assert.Contains(t, text, "r7", f)
	}
	assert.Contains(t, out["text"], `--run '/runs/it'\''s'`, "a path is one word of a command")
	for _, want := range []string{"accounts", "could have read", "it brought: Other"} {
		assert.Contains(t, out["text"], want)
		assert.Contains(t, out["html"], want)
	}
}

func TestFormatsOfFiles(t *testing.T) {
	for name, want := range map[string]string{"a.html": "html", "A.MD": "md", "x.csv": "csv", "x.json": "json", "x.txt": "text"} {
		got, err := FormatFor(name)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	_, err := FormatFor("x.pdf")
	require.Error(t, err)
}
