package policy

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/recipient"
)

func contradicting(id consent.ID, vendor, category string) Contradiction {
	c := Contradiction{Contradiction: consent.Contradiction{ID: id, Facts: consent.Facts{Recipient: vendor, Consent: crawler.Rejected}}}
	c.To = recipient.Recipient{ID: vendor, Category: category, Country: "US"}
	return c
}

// TestContradictionsAreJudged: as flows are, by severity, rules, ignores and default.
func TestContradictionsAreJudged(t *testing.T) {
	page := Page{Outcome: crawler.Complete}
	sent, invalid := contradicting(consent.Sent, "criteo", "ads"), contradicting(consent.Invalid, "", "")
	now := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		policy string
		of     Contradiction
		want   string // decision and rule
		result Result
	}{
		"a grave one fails by default":      {"", sent, "new default", Fail},
		"a slight one does not":             {"", invalid, "new default", Pass},
		"a threshold above it":              {"policy: {severity: critical}", sent, "new default", Pass},
		"nothing is judged":                 {"policy: {fail_on: never, forbid: [{contradiction: refused-*}]}", sent, "forbidden forbid contradiction refused-*", Pass},
		"what is forbidden fails":           {"policy: {forbid: [{id: strings, contradiction: consent-string-invalid}]}", invalid, "forbidden strings", Fail},
		"allowed with a reason":             {"policy: {allow: [{id: ok, contradiction: refused-but-sent, recipient: criteo, reason: r}]}", sent, "allowed ok", Pass},
		"of somebody else":                  {"policy: {allow: [{contradiction: refused-but-sent, recipient: xandr, reason: r}]}", sent, "new default", Fail},
		"by category and state":             {"policy: {allow: [{id: ok, contradiction: '*', category: ads, consent: rejected, reason: r}]}", sent, "allowed ok", Pass},
		"all but one kind":                  {"policy: {allow: [{id: ok, contradiction: ['!refused-but-sent'], reason: r}]}", sent, "new default", Fail},
		"the narrower rule decides":         {"policy: {forbid: [{id: no, contradiction: '*'}], allow: [{id: ok, contradiction: refused-but-sent, reason: r}]}", sent, "allowed ok", Pass},
		"tolerated until a day":             {"policy: {ignore: [{contradiction: refused-but-sent, reason: r, until: 2027-01-01}]}", sent, "ignored ignore", Pass},
		"and not beyond":                    {"policy: {ignore: [{contradiction: refused-but-sent, reason: r, until: 2026-01-01}]}", sent, "new default", Fail},
		"a rule about flows is not of them": {"policy: {allow: [{recipient: criteo}]}", sent, "new default", Fail},
		"everything is allowed":             {"policy: {default: allow}", sent, "allowed default", Pass},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := Parse("f.yaml", []byte(c.policy))
			require.NoError(t, err)
			v := Judge(Input{Pages: []Page{page}, Contradictions: []Contradiction{c.of}}, cfg, nil, now)
			require.Len(t, v.Contradictions, 1)
			got := v.Contradictions[0]
			assert.Equal(t, c.want, string(got.Decision)+" "+got.Rule)
			assert.Equal(t, c.result, v.Result, v.Sentence)
			if c.result == Fail {
				assert.Equal(t, "1 contradiction about consent.", v.Sentence)
			}
		})
	}
}

// TestRulesOfContradictionsSpeakOfNoFlow: who allows a contradiction has not agreed to what was sent.
func TestRulesOfContradictionsSpeakOfNoFlow(t *testing.T) {
	cfg, err := Parse("f.yaml", []byte("policy: {allow: [{contradiction: '*', reason: r}]}"))
	require.NoError(t, err)
	f := flow(t, "mixpanel analytics US | online.client_id | rejected | https://shop.example/ | plain | body | high")
	v := Judge(Input{Pages: []Page{{Outcome: crawler.Complete}}, Flows: []detect.Flow{f}}, cfg, nil, time.Now())
	assert.Equal(t, Fail, v.Result)
}

func TestMistakesAboutContradictions(t *testing.T) {
	for src, want := range map[string]string{
		"policy: {forbid: [{contradiction: refused-but-send}]}":                     `did you mean "refused-but-sent"?`,
		"policy: {allow: [{contradiction: refused-but-sent}]}":                      "needs a reason",
		"policy: {forbid: [{contradiction: refused-but-sent, class: contact.*}]}":   "class, route, form and place are of flows",
		"policy: {forbid: [{contradiction: refused-but-sent, route: '/checkout'}]}": "class, route, form and place are of flows",
	} {
		_, err := Parse("f.yaml", []byte(src))
		assert.ErrorContains(t, err, want, src)
	}
}

// A baseline accepts what is new and not what a rule forbids, by kind, recipient and state, until its day, and says the same when it is
// read again.
func TestContradictionsAreAccepted(t *testing.T) {
	now := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	cfg, err := Parse("f.yaml", []byte("policy: {forbid: [{contradiction: refused-but-recorded-granted}]}"))
	require.NoError(t, err)
	told, recorded, other := contradicting(consent.NotTold, "ga4", "analytics"), contradicting(consent.Recorded, "", ""), contradicting(consent.NotTold, "uet", "ads")
	in := Input{Pages: []Page{{Outcome: crawler.Complete}}, Contradictions: []Contradiction{told, recorded}}
	base, n, err := (*Baseline)(nil).Accept(in, Judge(in, cfg, nil, now), Acceptance{Reason: "ticket 7", Now: now, Until: now.AddDate(0, 1, 0)})
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	var file bytes.Buffer
	require.NoError(t, base.Write(&file))
	assert.Contains(t, file.String(), "- {contradiction: refused-but-not-told, recipient: ga4, consent: rejected, until: 2026-12-29}\n")
	read, err := ParseBaseline("b.yaml", file.Bytes())
	require.NoError(t, err)

	in.Contradictions = append(in.Contradictions, other)
	for day, want := range map[time.Time][]string{
		now:                  {"ignored baseline", "forbidden forbid contradiction refused-but-recorded-granted", "new default"},
		now.AddDate(0, 2, 0): {"new default", "forbidden forbid contradiction refused-but-recorded-granted", "new default"},
	} {
		var got []string
		for _, v := range Judge(in, cfg, read, day).Contradictions {
			got = append(got, string(v.Decision)+" "+v.Rule)
		}
		assert.Equal(t, want, got, day)
	}
}
