package breach

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "embed"

	"github.com/tagscan/tagscan/report"
)

// Formats are the names of what an answer can be written as; "text" is for the terminal.
var Formats = []string{"text", "html", "md", "csv", "json"}

// FormatFor is the format that the ending of a file's name means.
func FormatFor(file string) (string, error) {
	switch ext := strings.ToLower(filepath.Ext(file)); ext {
	case ".txt":
		return "text", nil
	case ".html", ".md", ".csv", ".json":
		return ext[1:], nil
	}
	return "", fmt.Errorf("%s: its ending names no format: use one of .html .md .csv .json .txt", file)
}

// Write writes the answer in a format.
func (r *Report) Write(w io.Writer, format string) error {
	switch format {
	case "text":
		return r.text(w)
	case "html":
		return page.Execute(w, r)
	case "md":
		return r.markdown(w)
	case "csv":
		return r.csv(w)
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	return fmt.Errorf("no format %q: choose one of %s", format, strings.Join(Formats, ", "))
}

// State is the consent state of a flow in words.
func (f Flow) State() string { return report.StateWord(f.Consent) }

// Doubt is a word on what is only possible.
func (f Flow) Doubt() string {
	if f.Doubtful {
		return "only possible"
	}
	return ""
}

// Hash is the beginning of a hash, enough to compare by eye.
func (e Evidence) Hash() string { return e.Capture[:min(16, len(e.Capture))] }

// Way is how the example was unwrapped.
func (e Evidence) Way() string { return strings.Join(e.Chain, " › ") }

// Kind says who it is.
func (w Who) Kind() string {
	var parts []string
	for _, s := range []string{w.Owner, w.Parent, w.Country, w.Category} {
		if s != "" && s != w.Name && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// lines writes and remembers the first error.
type lines struct {
	w   io.Writer
	err error
}

func (l *lines) say(format string, args ...any) {
	if l.err == nil {
		_, l.err = fmt.Fprintf(l.w, format+"\n", args...)
	}
}

// wrapped writes a paragraph of 80 columns, the lines after the first indented.
func (l *lines) wrapped(first, rest, s string) {
	line, indent := first, rest
	for i, word := range strings.Fields(s) {
		if i > 0 && len([]rune(line))+1+len([]rune(word)) > 80 {
			l.say("%s", line)
			line = indent + word
			continue
		}
		if i > 0 {
			line += " "
		}
		line += word
	}
	l.say("%s", line)
}

func (r *Report) text(w io.Writer) error {
	l := &lines{w: w}
	l.wrapped("", "  ", r.Sentence)
	site := ""
	for _, f := range r.Flows {
		if f.Site != site {
			site = f.Site
			l.say("\n%s", site)
		}
		l.wrapped("  "+strings.ToUpper(f.Severity.String())+"  ", "      ", f.line())
		l.wrapped("      ", "      ", f.When)
		l.wrapped("      on ", "      ", strings.Join(f.Routes, ", "))
		l.wrapped("      in ", "      ", fmt.Sprintf("%s; %s in the scans", strings.Join(f.Fields, ", "), several(f.Requests, "request")))
		if f.Last.Scan != "" {
			l.say("      evidence: request %s of run %s, capture %s", f.Last.Request, f.Last.Scan, f.Last.Hash())
			l.say("        %s", f.Last.Command)
		}
	}
	for _, c := range r.Contacts {
		l.say("\n%s and %s", c.Site, c.Name)
		for _, p := range c.parts() {
			l.wrapped("  "+p[0]+": ", "      ", p[1])
		}
	}
	if len(r.Who) > 1 {
		l.say("\n%s is %d recipients", r.Asked, len(r.Who))
		for _, x := range r.Who {
			seen := "not seen"
			if x.Seen {
				seen = "seen"
			}
			l.wrapped("  ", "      ", fmt.Sprintf("%s (%s): %s", x.Name, x.ID, seen))
		}
	}
	l.say("\nWhat cannot be said")
	for _, s := range r.Cannot {
		l.wrapped("  - ", "    ", s)
	}
	return l.err
}

// line is a flow without its interval.
func (f *Flow) line() string {
	s := f.Title
	if f.Form != "clear" && f.Form != "" {
		s += ", " + string(f.Form)
	}
	s += " to " + f.Name + ", " + f.State()
	if f.Doubtful {
		s += " (only possible)"
	}
	s += "; " + string(f.Decision)
	if f.Ref != "" {
		s += ", " + f.Ref
	}
	return s
}

// parts are what is known of a contact, each with its heading; what is empty is left out.
func (c Contact) parts() [][2]string {
	reach := strings.Join(c.Reach, ", ")
	if c.InPage && reach == "" {
		reach = "it ran with the rights of the pages, which held no fields, cookies or storage to read"
	}
	var out [][2]string
	for _, p := range [][2]string{
		{"contacted", c.When}, {"requests", strconv.Itoa(c.Requests)}, {"accounts", strings.Join(c.Accounts, ", ")},
		{"hosts", strings.Join(c.Hosts, ", ")}, {"its script could have read", reach}, {"it brought", strings.Join(c.Brings, ", ")},
		{"brought by", strings.Join(c.BroughtBy, ", ")},
	} {
		if p[1] != "" {
			out = append(out, p)
		}
	}
	return out
}

// Parts is parts, for templates.
func (c Contact) Parts() [][2]string { return c.parts() }

// cell is text as a cell of a Markdown table.
var cell = strings.NewReplacer("\\", "\\\\", "|", "\\|", "\n", " ", "<", "&lt;", "[", "\\[", "`", "\\`", "*", "\\*", "_", "\\_")

func (r *Report) markdown(w io.Writer) error {
	l := &lines{w: w}
	l.say("# %s: what was sent, by which sites, since when\n\n%s", cell.Replace(r.Asked), cell.Replace(r.Sentence))
	if len(r.Flows) > 0 {
		l.say("\n## What was sent\n\n| site | data | form | state | to | when | where | requests | decision | evidence |\n|---|---|---|---|---|---|---|---|---|---|")
	}
	for _, f := range r.Flows {
		row := []string{
			f.Site, f.Title + " (" + f.Severity.String() + ")", strings.TrimSpace(string(f.Form) + " " + f.Doubt()), f.State(), f.Name, f.When,
			strings.Join(f.Routes, ", ") + ": " + strings.Join(f.Fields, ", "), strconv.Itoa(f.Requests), strings.TrimSpace(string(f.Decision) + " " + f.Ref),
			"run " + f.Last.Scan + ", request " + f.Last.Request + ", capture " + f.Last.Hash() + ": " + f.Last.Command,
		}
		for i := range row {
			row[i] = cell.Replace(row[i])
		}
		l.say("| %s |", strings.Join(row, " | "))
	}
	for _, c := range r.Contacts {
		l.say("\n## %s and %s\n", cell.Replace(c.Site), cell.Replace(c.Name))
		for _, p := range c.parts() {
			l.say("- %s: %s", p[0], cell.Replace(p[1]))
		}
	}
	l.say("\n## What cannot be said\n")
	for _, s := range r.Cannot {
		l.say("- %s", cell.Replace(s))
	}
	return l.err
}

// harmless keeps a spreadsheet from taking a cell for a formula
// (https://owasp.org/www-community/attacks/CSV_Injection).
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// csv writes a row for each stretch of time of each flow.
func (r *Report) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{
		"site", "recipient", "class", "form", "consent", "severity", "doubtful", "first_seen", "last_seen", "not_yet_at", "no_more_at", "scans_seen",
		"routes", "fields", "requests", "decision", "contract", "fingerprint", "run", "request", "capture_sha256",
	}}
	for _, f := range r.Flows {
		for _, s := range f.Interval.Spans {
			rows = append(rows, []string{
				f.Site, f.Recipient, string(f.Class), string(f.Form), string(f.Consent), f.Severity.String(), strconv.FormatBool(f.Doubtful),
				stamp(s.First), stamp(s.Last), stamp(s.After), stamp(s.Before), strconv.Itoa(s.Seen), strings.Join(f.Routes, " "), strings.Join(f.Fields, " "),
				strconv.Itoa(f.Requests), string(f.Decision), f.Ref, f.Print, f.Last.Scan, f.Last.Request, f.Last.Capture,
			})
		}
	}
	for _, row := range rows {
		for i := range row {
			row[i] = harmless(row[i])
		}
	}
	return out.WriteAll(rows)
}

//go:embed page.tmpl
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"join": func(list []string) string { return strings.Join(list, ", ") },
	"day":  day,
}).Parse(pageText))
