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

func TestTextShowsTheWorstAndCountsTheRest(t *testing.T) {
	m := sampleModel()
	out := string(render(t, Text, m, WriteOptions{HTML: "out/report.html"}))
	groups := grouped(m.third())
	left := 0
	for _, g := range groups[worst:] {
		left += len(g.Flows)
	}
	assert.Contains(t, out, "and "+num(left)+" more in out/report.html")
	assert.Equal(t, worst, strings.Count(out, "  sent by ")+strings.Count(out, "  sent by\n"))
	assert.Less(t, strings.Index(out, "Password → FullStory"), strings.Index(out, "E-mail address → "))
	assert.NotContains(t, string(render(t, Text, m, WriteOptions{All: true})), "more in")
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
