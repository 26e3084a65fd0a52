package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// What a page can put into titles, addresses, fields, values, cookies, function names: markup, formulas, escapes,
// reordering, forged lines.
var payloads = []string{
	`<script>document.title='owned'</script>`,
	`</script><script>fetch('//evil.example')</script>`,
	`</style><style>*{background:url(//evil.example/css)}</style>`,
	`"><img src=//evil.example/x onerror=alert(1)>`,
	`<svg onload=alert(1)>`,
	`--><iframe src=//evil.example></iframe>`,
	`javascript:alert(1)`,
	`{{.Run}}${7*7}<%= 1 %>`,
	`=HYPERLINK("http://evil.example","click")`,
	`+cmd|' /C calc'!A0`,
	"\t=1+1", "\ufeff=1+1", `@SUM(1)`, `-2+3`,
	"\x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
	"\x1b]52;c;ZXZpbA==\x07", "\x1b[2J\x1b[H", "\u009b31m",
	"safe\rCRITICAL forged", "line\nFAIL  forged: run passed\n", "a\u2028b",
	"\u202Egnp.exe\u202C", "\u2066hidden\u2069", "zero\u200Bwidth", "tag\U000E0041",
	"](javascript:alert(1)) [x](//evil.example) @octocat #1", "`code` ``` fence", "| a | b |\n|---|---|",
	"]]><!--", "\x00nul", "bad\xffutf8", "&amp;&#x3c;b&#62;", "- id: x\n  allow: {recipient: '*'}",
}

func hostileModel() *Model {
	b := NewBuilder(Options{OwnerOf: func(h string) recipient.Recipient {
		if strings.HasPrefix(h, "own") {
			return recipient.Recipient{ID: recipient.FirstParty, Name: h}
		}
		return recipient.Recipient{ID: "x-" + h, Name: "Name " + payloads[len(h)%len(payloads)], Owner: payloads[0], Country: "US", Category: "analytics"}
	}})
	feed(b, crawler.Event{Seq: 1, Time: start, Run: &crawler.Run{ID: "1", Seeds: []string{"https://own.example/"}, Started: start,
		Deviations: payloads, Options: map[string]string{payloads[0]: payloads[1]}}})
	for i, p := range payloads {
		route := "https://own.example/" + p
		id := fmt.Sprintf("p%d", i)
		r := recipient.Recipient{ID: fmt.Sprintf("vendor-%d", i), Name: p, Owner: p, Country: "US", Category: "analytics"}
		via := []crawler.Cause{{URL: "https://cdn.example/" + p, Function: p, Async: p, Line: 1}, {Kind: "inline"}}
		feed(b, crawler.Event{Seq: int64(i * 10), Time: start, Request: &crawler.Request{ID: fmt.Sprintf("r%d", i), Page: id, Route: route, Consent: crawler.Accepted,
			URL: "https://t" + strings.Repeat("a", i) + ".example/", Type: "xhr", Initiator: crawler.Initiator{Chain: via}}})
		found(b, detect.Finding{Request: fmt.Sprintf("r%d", i), PageID: id, Page: route, Route: route, Host: p, URL: "https://t.example/" + p, Method: "GET" + p, Recipient: r,
			Account: p, EventName: p, Class: rule.Email, Rule: "email", Form: detect.Plain, Known: detect.ByPattern, Confidence: detect.Certain, Where: decode.Query,
			Field: "query." + p, Chain: []string{"json", p}, Value: detect.NewMasked(p), Consent: crawler.Accepted, Severity: rule.High, Reasons: []string{"in a URL"},
			Fingerprint: fmt.Sprintf("%032x", i), Via: via, TagManager: p, Steps: []detect.Step{{Decoder: p, Result: p}}})
		feed(b, crawler.Event{Time: start, Script: &crawler.Script{Page: id, URL: "https://cdn.example/" + p, SHA256: fmt.Sprintf("%064x", i), Kind: "external", LoadedBy: via}})
		feed(b, crawler.Event{Time: start, Cookie: &crawler.Cookie{Page: id, Name: p, Value: p, Domain: p, SameSite: p, SetBy: p, Blocked: p, Expires: start.Add(time.Hour)}})
		feed(b, crawler.Event{Time: start, Page: &crawler.Page{ID: id, Task: crawler.Task{URL: route, Route: route, Consent: crawler.Accepted}, URL: route, Title: p, Outcome: crawler.Partial, Reason: p,
			Dialog: &crawler.Dialog{Seen: true, Platform: p}, Counts: crawler.Completeness{CapsReached: []string{p}},
			Reach: []crawler.Reach{{Frame: route, Fields: []string{"email//" + p}, Cookies: []string{p}, Storage: []string{"local:" + p}, Sandbox: p, CSP: "connect-src " + p}}}})
	}
	v := policy.Judge(b.Input(), nil, nil, start)
	v.Warnings = append(v.Warnings, payloads...)
	m := b.Build(v)
	m.Changes = &Changes{Since: "0", At: start, Summary: payloads[3], Site: []Change{{Kind: "new", What: "flow", Text: payloads[0]}}}
	return m
}

// invisible are the characters that no format may show raw.
func invisible(s string) string {
	for _, r := range s {
		if r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r >= 0x7f && r <= 0x9f || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r >= 0xe0000 && r <= 0xe007f || r == 0xfeff {
			return fmt.Sprintf("%U", r)
		}
	}
	return ""
}

func TestPageControlledTextDoesNothing(t *testing.T) {
	m := hostileModel()
	for _, f := range All {
		out := string(render(t, f, m, WriteOptions{Width: 100, All: true, HTML: "report.html"}))
		assert.Empty(t, invisible(out), f.Name)
		assert.False(t, strings.Contains(out, "\nFAIL  forged"), f.Name)
		switch f.Name {
		case "json":
			assert.True(t, json.Valid([]byte(out)))
		case "jsonl":
			for line := range strings.Lines(out) {
				assert.True(t, json.Valid([]byte(line)))
			}
		case "html", "ropa-html", "pdf":
			for _, bad := range []string{"<script>document", "</script><script>fetch", "<svg onload", "<img src=//", "<iframe", "href=\"javascript", "</style><style>"} {
				assert.False(t, strings.Contains(out, bad), "%s has %s", f.Name, bad)
			}
		case "csv", "csv-cookies", "csv-scripts", "ropa":
			harmlessCells(t, f.Name, out)
		case "junit":
			wellFormed(t, out)
		case "markdown":
			for line := range strings.Lines(out) {
				bare := outsideCode(line)
				assert.NotRegexp(t, `(^|[^\\])\]\(`, strings.ReplaceAll(bare, "](<report.html>)", ""), line)
				assert.NotContains(t, bare, "<script", line)
				assert.NotContains(t, bare, "@octocat", line)
			}
		}
	}
}

// outsideCode is a line of Markdown without its code spans.
func outsideCode(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		if line[i] == '\\' && i+1 < len(line) {
			b.WriteString(line[i : i+2])
			i += 2
			continue
		}
		if line[i] != '`' {
			b.WriteByte(line[i])
			i++
			continue
		}
		n := 0
		for i+n < len(line) && line[i+n] == '`' {
			n++
		}
		fence := line[i : i+n]
		end := strings.Index(line[i+n:], fence)
		if end < 0 {
			return b.String() + line[i:]
		}
		i += n + end + n
	}
	return b.String()
}

func harmlessCells(t *testing.T, name, out string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err, name)
	require.Greater(t, len(rows), 1, name)
	for _, row := range rows {
		for _, c := range row {
			if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r") {
				t.Errorf("%s: cell %q is a formula", name, c)
			}
		}
	}
}

func wellFormed(t *testing.T, out string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(out))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
	}
}

func TestWrittenConfigCannotBeForged(t *testing.T) {
	m := hostileModel()
	m.Run.FirstParty, m.Run.Seeds = payloads, payloads
	for i := range m.Recipients {
		m.Recipients[i].Recipient.ID = payloads[i%len(payloads)]
	}
	var b bytes.Buffer
	require.NoError(t, WriteConfig(&b, m))
	var doc map[string]any
	require.NoError(t, yaml.Unmarshal(b.Bytes(), &doc))
	c, err := policy.Parse("f", b.Bytes())
	require.NoError(t, err)
	for _, r := range c.Policy.Allow {
		assert.NotEmpty(t, r.Recipient)
		assert.NotEqual(t, policy.Strings{"*"}, r.Recipient)
		assert.NotEmpty(t, r.Class)
	}
}
