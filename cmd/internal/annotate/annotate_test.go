package annotate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

func flow(recipient string, state crawler.Consent, v policy.FlowVerdict, routes ...string) report.Flow {
	f := report.Flow{Fingerprint: "0123456789abcdef", Recipient: recipient, Name: recipient, Class: rule.Email, Title: "E-mail address", Consent: state,
		Form: detect.Clear, Severity: rule.Critical, Verdict: v}
	for _, r := range routes {
		f.Places = append(f.Places, report.Place{Route: r, Severity: rule.Critical})
	}
	return f
}

func TestGitHub(t *testing.T) {
	fails := policy.FlowVerdict{Decision: policy.Forbidden, Fails: true, Rule: "never", Line: 7}
	m := &report.Model{
		Flows: []report.Flow{
			flow("Meta, Pixel", crawler.Rejected, fails, "https://shop.example/a?x=50%\n::error::mine", "https://shop.example/b"),
			flow("acme", crawler.Accepted, policy.FlowVerdict{Decision: policy.New, Fails: true, Rule: "default"}, "https://shop.example/"),
			flow("Stripe", crawler.Accepted, policy.FlowVerdict{Decision: policy.Allowed}, "https://shop.example/pay"),
		},
		Verdict: policy.Verdict{Result: policy.Fail, Sentence: "2 forbidden flows.", Gaps: []policy.Gap{{Kind: crawler.GapPageFailed, Text: "dns", Count: 1, Where: []string{"https://shop.example/c"}, Incomplete: true, Remedy: "Look at it."}}, Warnings: []string{"rule x matches nothing"}},
	}
	var out strings.Builder
	require.NoError(t, GitHub(&out, m, "tagscan.yaml"))
	assert.Equal(t, strings.Join([]string{
		"::error title=tagscan%3A E-mail address to Meta%2C Pixel,file=tagscan.yaml,line=7::critical severity, after refusal, on /a?x=50%25 ::error::mine and /b: forbidden by never (line 7) (0123456789ab)%0A" +
			`To ignore: - {fingerprint: ["0123456789ab"], reason: WHY, until: YYYY-MM-DD}`,
		"::error title=tagscan%3A E-mail address to acme::critical severity, after consent, on /: new: nobody agreed to it (0123456789ab)%0A" +
			"To allow: - {recipient: acme, class: [contact.email], consent: accepted}",
		"::warning title=tagscan%3A not seen::dns: https://shop.example/c. Look at it.",
		"::warning title=tagscan%3A policy,file=tagscan.yaml::rule x matches nothing",
		"::notice title=tagscan%3A fail::2 forbidden flows.", "",
	}, "\n"), out.String())
}

func TestGitHubTellsNews(t *testing.T) {
	m := &report.Model{Verdict: policy.Verdict{Result: policy.Fail, Sentence: "1 change of the site.", News: []policy.News{
		{Kind: policy.NewsMoved, Text: "Mixpanel moved", Fails: true}, {Kind: policy.NewsHeader, Text: "the header\n::error::x vanished"},
	}}}
	var out strings.Builder
	require.NoError(t, GitHub(&out, m, "tagscan.yaml"))
	assert.Equal(t, "::error title=tagscan%3A not as it was,file=tagscan.yaml::Mixpanel moved\n"+
		"::warning title=tagscan%3A not as it was::the header ::error::x vanished\n"+
		"::notice title=tagscan%3A fail::1 change of the site.\n", out.String())
}

func TestGitHubShowsTen(t *testing.T) {
	m := &report.Model{}
	for i := range 30 {
		m.Flows = append(m.Flows, flow(fmt.Sprint("r", i), crawler.Accepted, policy.FlowVerdict{Decision: policy.New, Fails: true}, "https://shop.example/"))
	}
	var out strings.Builder
	require.NoError(t, GitHub(&out, m, ""))
	assert.Equal(t, 10, strings.Count(out.String(), "::error "))
	assert.Contains(t, out.String(), "::error title=tagscan::and 21 more, in the report\n")
}

func TestWanted(t *testing.T) {
	assert.True(t, Wanted(func(string) string { return "true" }))
	assert.False(t, Wanted(func(string) string { return "" }))
}
