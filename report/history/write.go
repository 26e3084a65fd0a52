package history

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/harmless"
)

// Formats are the names that Write knows.
var Formats = []string{"text", "json", "markdown", "html"}

// Write writes changes as text, json, markdown or html.
func Write(w io.Writer, c *report.Changes, format string) error {
	var err error
	switch format {
	case "text":
		_, err = io.WriteString(w, text(c))
	case "json":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		err = enc.Encode(c)
	case "markdown":
		_, err = io.WriteString(w, markdown(c))
	case "html":
		err = html(w, c)
	default:
		return fmt.Errorf("diff: no format %q: choose one of %s", format, strings.Join(Formats, ", "))
	}
	if err != nil {
		return fmt.Errorf("diff: %w", err)
	}
	return nil
}

type part struct {
	Title string
	List  []report.Change
}

func parts(c *report.Changes) []part {
	return []part{
		{"On the site", c.Site},
		{"Details that are no news: places of known flows, what comes and goes, scripts and cookies", c.Also},
		{"Could not tell: not enough was seen, now or before", c.Unsure},
		{"By changes of tagscan itself", c.Tool},
	}
}

func text(c *report.Changes) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Since the run of %s: %s\n", c.At.Format("2006-01-02 15:04"), harmless.Line(c.Summary))
	for _, p := range parts(c) {
		if len(p.List) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", p.Title)
		for _, x := range p.List {
			sign := map[string]string{New: "+", Gone: "-", Changed: "~"}[x.Kind]
			indent := ""
			if x.Under {
				indent = "  "
			}
			fmt.Fprintf(&b, "%s  %s %-8s %s\n", indent, sign, x.Severity, harmless.Line(x.Text))
		}
	}
	return b.String()
}

func markdown(c *report.Changes) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### tagscan: since %s\n\n**%s**\n", c.At.Format("2006-01-02"), harmless.Markdown(c.Summary))
	for _, p := range parts(c) {
		if len(p.List) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n\n", p.Title)
		for _, x := range p.List {
			indent := ""
			if x.Under {
				indent = "  "
			}
			fmt.Fprintf(&b, indent+"- **%s** (%s) %s\n", x.Kind, x.Severity, harmless.Markdown(x.Text))
		}
	}
	return b.String()
}

var page = template.Must(template.New("diff").Funcs(template.FuncMap{"t": harmless.Line}).Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{{.Hash}}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>What changed</title><style>{{.CSS}}</style></head><body>
<main class="sheet"><h1>What changed since {{.C.At.Format "2 January 2006"}}</h1><p class="lead">{{t .C.Summary}}</p>
{{range .Parts}}{{if .List}}<section><h2>{{.Title}}</h2><ul class="changes">{{range .List}}<li class="{{.Kind}}{{if .Under}} under{{end}}"><span class="kind">{{.Kind}}</span> <span class="badge {{.Severity}}">{{.Severity}}</span> {{t .Text}}</li>{{end}}</ul></section>{{end}}{{end}}
</main></body></html>
`))

func html(w io.Writer, c *report.Changes) error {
	css, hash := report.Style()
	return page.Execute(w, map[string]any{"CSS": template.CSS(css), "Hash": hash, "C": c, "Parts": parts(c)})
}
