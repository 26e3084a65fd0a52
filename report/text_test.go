package report

import (
	"bufio"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/policy"
)

func TestTextKeepsToItsWidth(t *testing.T) {
	for _, m := range []*Model{sampleModel(), hostileModel(), largeModel(200, 60)} {
		for _, width := range []int{30, 60, 80, 132} {
			out := string(render(t, Text, m, WriteOptions{Width: width, All: true}))
			for line := range strings.Lines(out) {
				assert.LessOrEqual(t, columns(strings.TrimRight(line, "\n")), width, "%q", line)
			}
		}
	}
}

var sgr = regexp.MustCompile(`\x1b\[[0-9;]+m`)

func TestColourSaysNothingByItself(t *testing.T) {
	for _, m := range []*Model{sampleModel(), hostileModel()} {
		plain := string(render(t, Text, m, WriteOptions{}))
		coloured := string(render(t, Text, m, WriteOptions{Color: true}))
		assert.NotContains(t, plain, "\x1b")
		assert.NotEqual(t, plain, coloured)
		assert.Equal(t, plain, sgr.ReplaceAllString(coloured, ""), "without colour the same words on the same lines")
	}
}

func TestTextShowsAllThatFailsAndCountsTheRest(t *testing.T) {
	m := sampleModel()
	out := string(render(t, Text, m, WriteOptions{Width: 200, HTML: "out/report.html"}))
	fails := 0
	for _, f := range m.Flows {
		if f.Verdict.Fails {
			fails++
			assert.Equal(t, 1, strings.Count(out, "["+short(f.Fingerprint)+"]"), "%s to %s, %s", f.What(), f.Name, f.Consent)
		}
	}
	require.Positive(t, fails)
	others := len(m.third()) - fails
	assert.Contains(t, out, "and "+num(others-worst)+" more that do not fail the run in out/report.html")
	assert.Less(t, strings.Index(out, "FullStory: new"), strings.Index(out, "Google Analytics: new"), "the worst first")
	assert.Contains(t, out, "  allow     - {recipient: fullstory, class: [content.form_input, content.replay], consent: accepted}")
	assert.Contains(t, out, `  ignore    - {fingerprint: ["113a15a5f530"], reason: WHY, until: YYYY-MM-DD}`, "no contract makes a password right")
	assert.Contains(t, out, "to stop   mask form fields by default")
	assert.NotContains(t, string(render(t, Text, m, WriteOptions{All: true})), "more that do not fail")
}

func TestNothingFoundReadsAsThat(t *testing.T) {
	out := string(render(t, Text, NewBuilder(Options{}).Build(policy.Judge(policy.Input{}, nil, nil, start)), WriteOptions{}))
	assert.Contains(t, out, "INCOMPLETE")
	assert.Contains(t, out, "no page was seen completely")
}

func TestTextIsNoCommandToABuild(t *testing.T) {
	var b strings.Builder
	p := &printer{w: bufio.NewWriter(&b), width: 20}
	p.wrap(0, 2, "query. ::set-output name=x::y ##[error]z a::b")
	require.NoError(t, p.w.Flush())
	assert.Equal(t, "query.\n  \\:\\:set-output\n  name=x::y\n  #\\#[error]z a::b\n", b.String())
}
