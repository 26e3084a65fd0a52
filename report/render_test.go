package report

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
)

func parseURL(u string) (string, error) {
	p, err := url.Parse(u)
	if err != nil {
		return "", err
	}
	return p.Hostname(), nil
}

// printed stands for a browser that prints.
func printed(_ context.Context, html []byte) ([]byte, error) {
	return append([]byte("%PDF "), html...), nil
}

func render(t *testing.T, f Format, m *Model, o WriteOptions) []byte {
	t.Helper()
	o.Print = printed
	var b bytes.Buffer
	require.NoError(t, f.Write(t.Context(), &b, m, o), f.Name)
	return b.Bytes()
}

// REPORT_OUT=DIR keeps the artefacts of the synthetic run, to be looked at.
func TestFormatsAreGolden(t *testing.T) {
	m := sampleModel()
	for _, f := range All {
		out := render(t, f, m, WriteOptions{Width: 100, HTML: "report.html"})
		if dir := os.Getenv("REPORT_OUT"); dir != "" {
			require.NoError(t, os.WriteFile(dir+"/sample-"+f.Name+f.Ext, out, 0o644))
		}
		if f.Name != "html" && f.Name != "pdf" && f.Name != "json" && f.Name != "ropa-html" {
			golden(t, "testdata/"+f.Name+f.Ext, out)
		}
	}
}

// The HTML of a small run is golden; how the large one looks is for eyes.
func TestSmallHTMLIsGolden(t *testing.T) {
	b := NewBuilder(sampleOptions())
	s := &sampler{b: b}
	s.event(crawler.Event{Run: &crawler.Run{ID: "0123456789abcdef", Tool: "tagscan 0.9.0", Seeds: []string{"https://shop.example/"}, Started: start}})
	s.send("p1", "https://shop.example/", crawler.Accepted, "https://api.mixpanel.com/track/", "xhr", []crawler.Cause{{URL: "https://shop.example/app.js", Line: 3}},
		sent{rule.Email, planted[0], "body", "body.email", []string{"base64", "json"}, detect.Encoded, rule.High, nil})
	s.event(crawler.Event{Page: &crawler.Page{ID: "p1", Task: crawler.Task{URL: "https://shop.example/", Route: "https://shop.example/", Consent: crawler.Accepted}, Outcome: crawler.Complete}})
	m := b.Build(policy.Judge(b.Input(), nil, nil, start))
	golden(t, "testdata/html.html", render(t, HTML, m, WriteOptions{}))
	golden(t, "testdata/json.json", render(t, JSON, m, WriteOptions{}))
	golden(t, "testdata/ropa-html.html", render(t, ROPAHTML, m, WriteOptions{}))
}

func TestFormatsAreDocumented(t *testing.T) {
	for _, f := range All {
		assert.NotEmpty(t, f.Doc, f.Name)
		assert.NotEmpty(t, f.Ext, f.Name)
	}
}

func TestSameInputsSameBytes(t *testing.T) {
	for _, f := range All {
		first := render(t, f, sampleModel(), WriteOptions{})
		for range 3 {
			require.True(t, bytes.Equal(first, render(t, f, sampleModel(), WriteOptions{})), "%s differs from run to run", f.Name)
		}
	}
}

func TestKeptReportRendersTheSame(t *testing.T) {
	m := sampleModel()
	back, err := Read(bytes.NewReader(render(t, JSON, m, WriteOptions{})))
	require.NoError(t, err)
	for _, f := range All {
		require.Equal(t, string(render(t, f, m, WriteOptions{})), string(render(t, f, back, WriteOptions{})), f.Name)
	}
}

func TestFormatForTakesNameAndEnding(t *testing.T) {
	for path, want := range map[string]string{
		"report.html": "html", "a/B.HTML": "html", "x.json": "json", "f.jsonl": "jsonl", "a.sarif": "sarif", "junit.xml": "junit", "x.xml": "junit",
		"flows.csv": "csv", "cookies.csv": "csv-cookies", "shop-cookies.csv": "csv-cookies", "scripts.csv": "csv-scripts", "ropa.csv": "ropa",
		"ropa.html": "ropa-html", "c.md": "markdown", "r.pdf": "pdf", "r.txt": "text", "csp.txt": "csp",
	} {
		f, err := FormatFor(path)
		require.NoError(t, err, path)
		assert.Equal(t, want, f.Name, path)
	}
	for _, path := range []string{"report", "a.doc", ".html~"} {
		_, err := FormatFor(path)
		assert.Error(t, err, path)
	}
}

func TestLargeIsRendered(t *testing.T) {
	m := largeModel(2000, 60)
	require.Equal(t, 2000, len(m.Flows))
	out := render(t, HTML, m, WriteOptions{})
	assert.Less(t, len(out), 6<<20)
	if dir := os.Getenv("REPORT_OUT"); dir != "" {
		require.NoError(t, os.WriteFile(dir+"/large.html", out, 0o644))
	}
}
