package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/harmless"
)

// HTML is one file for a client meeting. It asks the network for nothing: its Content-Security-Policy forbids everything
// but its own style and script, by hash, and images within the file. All of it can be read without the script, which
// only filters and sorts.
var HTML = Format{Name: "html", Ext: ".html", Doc: "for a client meeting: one file, no network, prints well", Write: writeHTML}

//go:embed html
var htmlFiles embed.FS

// maxShots bounds the screenshots in a report, each of at most maxShotBytes.
const (
	maxShots     = 12
	maxShotBytes = 1 << 20
)

// page is what the template renders.
type page struct {
	*Model
	CSP     string
	CSS     template.CSS
	JS      template.JS
	Map     *sankey
	Exposed []Exposure // recipients that were sent something, or could read the page
	Others  []Exposure // the rest
	Shots   map[string]template.URL
	// AskedShot is a picture of the page with its consent dialog, as a data URL; empty if there is none.
	AskedShot template.URL
	Reveal    bool
}

func writeHTML(_ context.Context, w io.Writer, m *Model, o WriteOptions) error {
	css, err := htmlFiles.ReadFile("html/style.css")
	if err != nil {
		return fmt.Errorf("html report: %w", err)
	}
	js, err := htmlFiles.ReadFile("html/script.js")
	if err != nil {
		return fmt.Errorf("html report: %w", err)
	}
	p := page{
		Model: m, CSS: template.CSS(css), JS: template.JS(js), Map: layMap(m), Reveal: o.Reveal, Shots: shots(m, o.Blobs),
		CSP: "default-src 'none'; style-src 'sha256-" + digest(css) + "'; script-src 'sha256-" + digest(js) +
			"'; img-src data:; base-uri 'none'; form-action 'none'",
	}
	if a := m.Consent.Dialog; a != nil && o.Blobs != nil {
		p.AskedShot = shot(o.Blobs, a.Shot)
	}
	for _, e := range m.Recipients {
		if len(e.Sent) > 0 || e.Reach != nil && (len(e.Reach.Fields) > 0 || len(e.Reach.Routes) > 0) {
			p.Exposed = append(p.Exposed, e)
		} else {
			p.Others = append(p.Others, e)
		}
	}
	t, err := template.New("report").Funcs(htmlFuncs(o)).ParseFS(htmlFiles, "html/*.tmpl")
	if err != nil {
		return fmt.Errorf("html report: %w", err)
	}
	if err := t.ExecuteTemplate(w, "page.tmpl", p); err != nil {
		return fmt.Errorf("html report: %w", err)
	}
	return nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func htmlFuncs(o WriteOptions) template.FuncMap {
	return template.FuncMap{
		"t":        harmless.Line,
		"num":      num,
		"plural":   plural,
		"some":     some,
		"state":    stateWord,
		"states":   func(cs []crawler.Consent) string { return joinWith(cs, stateWord, ", ") },
		"sev":      func(s rule.Severity) string { return s.String() },
		"route":    routeLabel,
		"cause":    causeLabel,
		"through":  throughLabel,
		"graded":   gradedText,
		"noted":    notedText,
		"decision": func(f *Flow) string { return decisionText(*f) },
		"short":    short,
		"upper":    upper,
		"shown":    func(e Evidence) string { return harmless.Line(e.shown(o.Reveal)) },
		"forms": func(fs []detect.Form) string {
			return joinWith(fs, func(f detect.Form) string { return string(f) }, ", ")
		},
		"wheres":  wheres,
		"bytes":   byteSize,
		"days":    days,
		"known":   knownWord,
		"join":    func(ss []string) string { return harmless.Line(strings.Join(ss, ", ")) },
		"result":  func(r policy.Result) string { return string(r) },
		"chain":   func(ss []string) string { return strings.Join(ss, " › ") },
		"flowid":  func(i int) string { return fmt.Sprintf("flow-%d", i+1) },
		"classes": func(cs []rule.Class) string { return joinWith(cs, manyOf, ", ") },
		"first":   func(n int, ss []string) []string { return ss[:min(n, len(ss))] },
		"rest":    func(n int, ss []string) []string { return ss[min(n, len(ss)):] },
		"less":    func(n, of int) int { return max(0, of-n) },
		"grave":   func(rs []Readable) []Readable { return graveOf(rs, true) },
		"mild":    func(rs []Readable) []Readable { return graveOf(rs, false) },
		"first8":  func(ss []spot) []spot { return ss[:min(8, len(ss))] },
		"paths":   func(rs []string) string { return some(labels(rs), 5) },
		"said":    func(list []consent.Said) string { return harmless.Line(saidWords(list, 4)) },
		"sent":    sentWords,
		"pressed": pressedWord,
		"kindtitle": func(id consent.ID) string {
			info, _ := consent.InfoOf(id)
			return info.Title
		},
		"evidenceid": func(row, column int) string { return fmt.Sprintf("requests-%d-%d", row+1, column+1) },
		"list1":      func(w decode.Where) []decode.Where { return []decode.Where{w} },
	}
}

// upper begins a sentence.
func upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func joinWith[T any](ts []T, word func(T) string, sep string) string {
	var ws []string
	for _, t := range ts {
		if w := word(t); !slices.Contains(ws, w) {
			ws = append(ws, w)
		}
	}
	return harmless.Line(strings.Join(ws, sep))
}

func graveOf(rs []Readable, grave bool) []Readable {
	var out []Readable
	for _, r := range rs {
		if r.Grave == grave {
			out = append(out, r)
		}
	}
	return out
}

func wheres(ws []decode.Where) string {
	return joinWith(ws, func(w decode.Where) string {
		switch string(w) {
		case "query":
			return "address"
		case "path":
			return "address path"
		case "frame":
			return "socket message"
		}
		return string(w)
	}, ", ")
}

func causeLabel(c crawler.Cause) string {
	s := causeName(c.URL)
	if s == "" {
		s = map[string]string{"eval": "evaluated code", "document": "the page", "worker": "worker", "unknown": unknownScript}[c.Kind]
		if s == "" {
			s = "inline code"
		}
	}
	if c.Line > 0 {
		s += fmt.Sprintf(":%d", c.Line)
		if c.Column > 0 {
			s += fmt.Sprintf(":%d", c.Column)
		}
	}
	return harmless.Line(s)
}

func knownWord(k detect.Known) string {
	switch string(k) {
	case "persona":
		return "a known value of the test account"
	case "pattern":
		return "its form"
	case "field":
		return "the name of its field"
	case "storage":
		return "a value of the browser's storage"
	case "differential":
		return "differing between two visitors and staying with each"
	case "observed":
		return "a value the page shows about its user"
	}
	return string(k)
}

func byteSize(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// days is a cookie's lifetime in words.
func days(d float64) string {
	switch {
	case d <= 0:
		return "session"
	case d < 1.0/24:
		return "under an hour"
	case d < 1:
		return plural(int(d*24+0.5), "hour")
	case d < 60:
		return plural(int(d+0.5), "day")
	case d < 730:
		return plural(int(d/30.4+0.5), "month")
	}
	return fmt.Sprintf("%.1f years", d/365.25)
}

// shots are screenshots of the pages that evidence names, as data URLs by page id; one for each route.
func shots(m *Model, blobs crawler.Blobs) map[string]template.URL {
	out := map[string]template.URL{}
	if blobs == nil {
		return out
	}
	sha, route := map[string]string{}, map[string]string{}
	for _, p := range m.Pages {
		sha[p.ID], route[p.ID] = p.Shot, p.Route
	}
	done := map[string]bool{}
	for i := range m.Flows {
		for _, e := range m.Flows[i].Sights() {
			if len(out) == maxShots || sha[e.PageID] == "" || done[route[e.PageID]] {
				continue
			}
			done[route[e.PageID]] = true
			if u := shot(blobs, sha[e.PageID]); u != "" {
				out[e.PageID] = u
			}
		}
	}
	return out
}

// shot is a blob as a data URL, if it is a picture and not too large. A report.json that somebody wrote by hand must not
// name anything but a blob.
func shot(blobs crawler.Blobs, sha string) template.URL {
	if raw, err := hex.DecodeString(sha); err != nil || len(raw) != sha256.Size {
		return ""
	}
	r, err := blobs.Open(sha)
	if err != nil {
		return ""
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxShotBytes+1))
	if err != nil || len(b) > maxShotBytes {
		return ""
	}
	mime := http.DetectContentType(b)
	if mime != "image/png" && mime != "image/jpeg" && mime != "image/webp" {
		return ""
	}
	return template.URL("data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(b))
}

// renderHTML is the HTML report as bytes, for PDF.
func renderHTML(ctx context.Context, m *Model, o WriteOptions) ([]byte, error) {
	var b bytes.Buffer
	err := writeHTML(ctx, &b, m, o)
	return b.Bytes(), err
}

// Style is the style sheet of the HTML report and its SHA-256 in base64, for pages that look like it.
func Style() (css, hash string) {
	b, err := htmlFiles.ReadFile("html/style.css")
	if err != nil {
		return "", digest(nil)
	}
	return string(b), digest(b)
}
