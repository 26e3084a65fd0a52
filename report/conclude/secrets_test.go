package conclude

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/har"
	"github.com/tagscan/tagscan/crawler/secret"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

// given are secrets of the kinds that users give.
var given = []secret.Value{
	{Name: "cookie sid", Key: "auth_token", Text: "s%3Aq8Zk-2vB7.xY0pL4mN"}, {Name: "header X-Staging", Key: "auth_token", Text: "stg-4711-open-sesame"},
	{Name: "password of --basic-auth", Key: "password", Text: "c0rrect/horse+battery"}, {Name: "variable TAGSCAN_PASSWORD", Key: "password", Text: `p4ss"word\w1th<signs>&`},
	{Name: "header Authorization", Key: "auth_token", Text: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExIn0.dGhlIHNpZ25hdHVyZQ"},
	{Name: "storage access_token", Key: "auth_token", Text: "0123456789abcdef0123456789abcdef"},
	{Name: "password of --persona", Key: "password", Text: "Grüße aus Köln 50667"}, {Name: "cookie api", Key: "auth_token", Text: "AKIA9F3KQQ7ZZ0"},
}

// carriers put a secret into a request to a third party.
var carriers = []struct {
	name string
	put  func(q *crawler.Request, s string)
}{
	{"query", func(q *crawler.Request, s string) { q.URL += "?t=" + url.QueryEscape(s) }},
	{"path", func(q *crawler.Request, s string) { q.URL += "/x/" + url.PathEscape(s) }},
	{"base64 in a query", func(q *crawler.Request, s string) {
		q.URL += "?d=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(`{"tok":"`+s+`"}`)))
	}},
	{"hex", func(q *crawler.Request, s string) { q.URL += "?h=" + hex.EncodeToString([]byte(s)) }},
	{"header", func(q *crawler.Request, s string) {
		q.Headers = append(q.Headers, crawler.Header{Name: "X-Debug", Value: s})
	}},
	{"form", func(q *crawler.Request, s string) {
		q.Method, q.Body = "POST", crawler.NewBody([]byte(url.Values{"e": {"error"}, "t": {s}}.Encode()))
	}},
	{"JSON in JSON", func(q *crawler.Request, s string) {
		in, _ := json.Marshal(map[string]string{"cookie": "sid=" + s})
		out, _ := json.Marshal(map[string]string{"message": "TypeError", "extra": string(in)})
		q.Method, q.Body = "POST", crawler.NewBody(out)
	}},
	{"a long body", func(q *crawler.Request, s string) {
		out, _ := json.Marshal(map[string]string{"fill": strings.Repeat("x ", crawler.MaxInline), "t": s, "more": strings.Repeat("y ", crawler.MaxInline)})
		q.Method, q.Body = "POST", crawler.NewBody(out)
	}},
	{"a compressed body", func(q *crawler.Request, s string) {
		q.Method, q.Body = "POST", crawler.NewBody(gzipped(`{"t":`+strconv.Quote(s)+`}`))
	}},
	{"what is compressed, in a form", func(q *crawler.Request, s string) {
		q.Method, q.Headers = "POST", append(q.Headers, crawler.Header{Name: "Content-Type", Value: "application/x-www-form-urlencoded"})
		q.Body = crawler.NewBody([]byte("data=" + url.QueryEscape(base64.StdEncoding.EncodeToString(gzipped(`{"t":`+strconv.Quote(s)+`}`)))))
	}},
	{"socket", func(q *crawler.Request, s string) {
		q.Type, q.Messages = "websocket", []crawler.Message{{Sent: true, Opcode: 1, Data: crawler.NewBody([]byte(`{"auth":"` + s + `"}`))}}
	}},
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

// leaked records a run in which each secret goes to a third party in each way, and is told in every other place that there is.
func leaked(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	vault, ordinary := secret.New([]byte("key"), given...)
	require.Empty(t, ordinary)
	w, err := capture.Create(dir, capture.CreateOptions{Tool: "test", Secrets: vault, Command: []string{"scan", "--header", "X-Staging: " + given[1].Text}})
	require.NoError(t, err)
	write := func(ev crawler.Event) {
		ev.Time = began
		_, err := w.Write(ev)
		require.NoError(t, err)
	}
	write(crawler.Event{Run: &crawler.Run{Schema: crawler.Schema, ID: "0123456789abcdef", Tool: "test", Seeds: []string{"https://shop.example/"}, Started: began, Secrets: vault.Told()}})
	n := 0
	for i, s := range given {
		page := crawler.Page{ID: fmt.Sprint("p", i), URL: "https://shop.example/?reset=" + url.QueryEscape(s.Text), Title: "Hello " + s.Text, Outcome: crawler.Complete, Status: 200,
			Started: began, Ended: began, HTML: crawler.NewBody([]byte("<p>" + s.Text)), Typed: map[string][]string{"password": {s.Text}}, Links: []string{"https://shop.example/r/" + url.PathEscape(s.Text)},
			Task: crawler.Task{URL: "https://shop.example/"}}
		for _, c := range carriers {
			q := &crawler.Request{ID: fmt.Sprint("r", n), Page: page.ID, PageURL: page.URL, URL: "https://errors.newcomer.dev/report", Method: "GET", Type: "fetch", Time: began,
				Response: &crawler.Response{Status: 204}, Headers: []crawler.Header{{Name: "Referer", Value: page.URL}},
				Initiator: crawler.Initiator{Type: "script", Chain: []crawler.Cause{{URL: "https://cdn.newcomer.dev/" + url.PathEscape(s.Text) + "/e.js", Function: "send_" + s.Text, Kind: "script"}}}}
			c.put(q, s.Text)
			write(crawler.Event{Request: q})
			n++
		}
		sink, err := w.Blobs().Sink()
		require.NoError(t, err)
		for _, piece := range []string{strings.Repeat("z", 40_000), s.Text[:5], s.Text[5:], strings.Repeat("z", 40_000)} {
			_, err = sink.Write([]byte(piece))
			require.NoError(t, err)
		}
		body, err := sink.Close()
		require.NoError(t, err)
		write(crawler.Event{Request: &crawler.Request{ID: fmt.Sprint("own", i), Page: page.ID, PageURL: page.URL, URL: "https://shop.example/api", Method: "POST", Body: body, Time: began,
			Headers: []crawler.Header{{Name: "Cookie", Value: "sid=" + s.Text}, {Name: "Authorization", Value: "Basic " + base64.StdEncoding.EncodeToString([]byte("jo:"+s.Text))}}}})
		write(crawler.Event{Cookie: &crawler.Cookie{Page: page.ID, Name: "sid", Value: s.Text, Domain: "shop.example"}})
		write(crawler.Event{Storage: &crawler.Storage{Page: page.ID, Origin: "https://shop.example", Area: "local", Key: "k", Value: s.Text}})
		write(crawler.Event{Gap: &crawler.Gap{Kind: crawler.GapLinksLeftOut, Where: "https://shop.example/?t=" + s.Text, Text: "a link was left alone"}})
		write(crawler.Event{Page: &page})
	}
	require.NoError(t, w.Close(capture.Ending{Interrupted: true, Reason: "interrupted at " + given[1].Text}))
	return dir
}

// TestASecretIsInNothingThatIsWrittenAndItsLeakIsTold: canaries over every file, stream and format; and each leak is found, called by
// its name, and as grave as it is.
func TestASecretIsInNothingThatIsWrittenAndItsLeakIsTold(t *testing.T) {
	dir := leaked(t)
	run, err := capture.Open(dir)
	require.NoError(t, err)
	catalog, err := recipient.Default()
	require.NoError(t, err)
	for name, persona := range map[string]rule.Persona{
		"live": rule.PersonaOf(map[string][]string{"password": {given[6].Text}}), "again": nil,
	} {
		o := Options{Tool: "test", Catalog: catalog, Persona: persona, Now: began, Key: []byte("0123456789abcdef"), Reveal: name == "again"}
		m, err := o.Write(t.Context(), dir, Profile{Capture: run})
		require.NoError(t, err)
		told := map[string]bool{}
		for f, err := range findingsOf(filepath.Join(dir, FindingsFile)) {
			require.NoError(t, err)
			for _, s := range given {
				for _, r := range f.Reasons {
					if r == "is the "+s.Name {
						assert.Equal(t, rule.Critical, f.Severity)
						assert.Equal(t, rule.ClassOfKey(s.Key), f.Class)
						told[f.Request+" "+s.Name] = true
					}
				}
			}
		}
		n := 0
		for _, s := range given {
			for _, c := range carriers {
				assert.True(t, told[fmt.Sprint("r", n)+" "+s.Name], "%s: %s in %s is not told", name, s.Name, c.name)
				n++
			}
		}
		for _, format := range report.All {
			if format.Name == "pdf" {
				continue // which is the HTML
			}
			var out bytes.Buffer
			require.NoError(t, format.Write(t.Context(), &out, m, report.WriteOptions{Reveal: true, Conclusions: Stream(filepath.Join(dir, FindingsFile)), Blobs: run.Blobs}))
			noSecret(t, "format "+format.Name, out.Bytes())
		}
	}
	var archive bytes.Buffer
	require.NoError(t, har.Write(&archive, run.Events(), run.Blobs))
	noSecret(t, "HAR", archive.Bytes())
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		if strings.HasSuffix(path, ".zst") {
			dec, err := zstd.NewReader(nil)
			require.NoError(t, err)
			data, err = dec.DecodeAll(data, nil)
			require.NoError(t, err)
		}
		noSecret(t, e.Name(), data)
		return nil
	}))
}

func findingsOf(file string) func(func(detect.Finding, error) bool) {
	return func(yield func(detect.Finding, error) bool) {
		f, err := os.Open(file)
		if err != nil {
			yield(detect.Finding{}, err)
			return
		}
		defer f.Close()
		detect.ReadFindings(f)(yield)
	}
}

// noSecret fails if a secret is in the bytes, in any of the encodings that a reader undoes at once.
func noSecret(t *testing.T, where string, data []byte) {
	t.Helper()
	for _, s := range given {
		quoted, err := json.Marshal(s.Text)
		require.NoError(t, err)
		std := base64.StdEncoding.EncodeToString
		for form, text := range map[string]string{
			"plain": s.Text, "percent": url.QueryEscape(s.Text), "a path": url.PathEscape(s.Text), "hex": hex.EncodeToString([]byte(s.Text)), "JSON": string(quoted[1 : len(quoted)-1]),
			"base64": std([]byte(s.Text))[:len(s.Text)], "base64 behind one": std([]byte("x" + s.Text))[2:len(s.Text)], "base64 behind two": std([]byte("xy" + s.Text))[3:len(s.Text)],
			"percent twice": url.QueryEscape(url.QueryEscape(s.Text)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(s.Text))),
		} {
			assert.False(t, bytes.Contains(data, []byte(text)), "%s holds the %s in %s", where, s.Name, form)
		}
	}
	if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(bytes.NewReader(data))
		require.NoError(t, err)
		var plain bytes.Buffer
		_, err = plain.ReadFrom(z)
		require.NoError(t, err)
		noSecret(t, where+", unzipped", plain.Bytes())
	}
}

// TestFindingsAreMaskedAsTheReportIs: what identifies somebody, and what turns a terminal or a text around, stands nowhere in them.
func TestFindingsAreMaskedAsTheReportIs(t *testing.T) {
	const mail, bidi = "jo.doe@example.org", "a\u202eb\u0085c"
	dir := filepath.Join(t.TempDir(), "run")
	w, err := capture.Create(dir, capture.CreateOptions{})
	require.NoError(t, err)
	q := &crawler.Request{
		ID: "r1", Page: "p1", PageURL: "https://shop.example/u/" + mail, URL: "https://px.newcomer.dev/c?mail=" + mail + "&" + bidi + "=" + mail, Method: "POST", Time: began,
		Response:  &crawler.Response{Status: 204},
		Headers:   []crawler.Header{{Name: "Cookie", Value: "u_" + mail + "=1"}, {Name: "Content-Type", Value: "application/json"}},
		Body:      crawler.NewBody([]byte(`{"` + mail + `":{"x":"` + mail + `"},"` + bidi + `":"` + mail + `"}`)),
		Initiator: crawler.Initiator{Chain: []crawler.Cause{{URL: "https://cdn.newcomer.dev/" + hex.EncodeToString([]byte(mail)) + ".js", Function: "for_" + bidi, Kind: "script"}}},
	}
	for _, ev := range []crawler.Event{
		{Run: &crawler.Run{Schema: crawler.Schema, ID: "0123456789abcdef", Seeds: []string{"https://shop.example/"}, Started: began}}, {Request: q},
		{Page: &crawler.Page{ID: "p1", URL: q.PageURL, Title: mail, Outcome: crawler.Complete, Started: began, Ended: began, Task: crawler.Task{URL: q.PageURL}}},
	} {
		ev.Time = began
		_, err := w.Write(ev)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close(capture.Ending{}))
	run, err := capture.Open(dir)
	require.NoError(t, err)
	catalog, err := recipient.Default()
	require.NoError(t, err)
	_, err = Options{Catalog: catalog, Now: began}.Write(t.Context(), dir, Profile{Capture: run})
	require.NoError(t, err)
	found, err := os.ReadFile(filepath.Join(dir, FindingsFile))
	require.NoError(t, err)
	assert.Contains(t, string(found), `"class":"contact.email"`)
	for _, text := range []string{mail, url.QueryEscape(mail), hex.EncodeToString([]byte(mail)), "\u202e", "\u0085"} {
		assert.NotContains(t, string(found), text, "%q", text)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".tagscan-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}
