package report

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report/harmless"
)

// Markdown is for a comment on a pull request: the verdict, what fails it, what changed. It is short on purpose: GitHub
// takes at most 65,536 characters, and nobody reads that many.
var Markdown = Format{Name: "markdown", Ext: ".md", Doc: "for a comment on a pull request", Write: writeMarkdown}

// maxRows bounds the table of a comment.
const maxRows = 25

func writeMarkdown(_ context.Context, w io.Writer, m *Model, o WriteOptions) error {
	var b strings.Builder
	sign := map[policy.Result]string{policy.Fail: "❌ ", policy.Pass: "✅ ", policy.Incomplete: "⚠️ "}[m.Verdict.Result]
	fmt.Fprintf(&b, "### %stagscan: %s\n\n", sign, harmless.Markdown(m.Run.Site))
	fmt.Fprintf(&b, "**%s** %s, %d complete; %s to %s.\n\n", harmless.Markdown(m.Verdict.Sentence), plural(m.Totals.Pages, "visit"), m.Totals.Complete,
		plural(m.Totals.ThirdParty, "request"), plural(len(m.Recipients), "third party"))
	markdownFlows(&b, m, o)
	var remarks []string
	for _, s := range m.Verdict.Scripts {
		if s.Fails {
			remarks = append(remarks, "Script "+harmless.Code(orInline(s.URL))+" on "+harmless.Code(routeLabel(s.Route))+": "+harmless.Markdown(s.Why))
		}
	}
	for _, g := range m.Verdict.Gaps {
		what := "Also not seen: "
		if g.Incomplete {
			what = "**Not seen:** "
		}
		remarks = append(remarks, what+harmless.Markdown(m.GapLine(g))+" ("+harmless.Code(string(g.Kind))+")")
	}
	markdownList(&b, remarks)
	if c := m.Changes; c != nil {
		fmt.Fprintf(&b, "\n**Since last time:** %s\n\n", harmless.Markdown(c.Summary))
		var changes []string
		for _, x := range c.Site {
			changes = append(changes, x.Kind+": "+harmless.Markdown(x.Text))
		}
		markdownList(&b, changes)
	}
	if n := len(m.Verdict.Warnings); n > 0 {
		fmt.Fprintf(&b, "\n<details><summary>%s on the policy</summary>\n\n", plural(n, "remark"))
		var warnings []string
		for _, x := range m.Verdict.Warnings {
			warnings = append(warnings, harmless.Markdown(x))
		}
		markdownList(&b, warnings)
		b.WriteString("\n</details>\n")
	}
	if o.HTML != "" {
		if link := safeLink(o.HTML); link != "" {
			fmt.Fprintf(&b, "\n[The whole report](<%s>)\n", link)
		} else {
			fmt.Fprintf(&b, "\nThe whole report: %s\n", harmless.Code(o.HTML))
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("markdown report: %w", err)
	}
	return nil
}

func markdownFlows(b *strings.Builder, m *Model, o WriteOptions) {
	var bad []Flow
	for _, f := range m.Flows {
		if f.Verdict.Fails {
			bad = append(bad, f)
		}
	}
	if len(bad) == 0 {
		return
	}
	b.WriteString("| Severity | What | To whom | Where | Consent | Why |\n|---|---|---|---|---|---|\n")
	left := 0
	for i, g := range grouped(bad) {
		if i >= maxRows {
			left += len(g.Flows)
			continue
		}
		example := ""
		if len(g.Evidence) > 0 {
			example = " " + harmless.Code(g.Evidence[0].shown(o.Reveal))
		}
		var routes []string
		for _, r := range g.Routes {
			routes = append(routes, harmless.Code(routeLabel(r)))
		}
		fmt.Fprintf(b, "| %s | %s%s | %s | %s | %s | %s |\n", g.Severity, harmless.Markdown(g.Title), example, harmless.Markdown(recipientOf(g.Flow)), some(routes, 3),
			g.when(), harmless.Markdown(decisionText(g.Flow)))
	}
	if left > 0 {
		fmt.Fprintf(b, "\nand %s more.\n", plural(left, "flow"))
	}
	b.WriteByte('\n')
}

// markdownList writes at most maxRows items, each cut to a length that no sentence needs.
func markdownList(b *strings.Builder, items []string) {
	for i, x := range items {
		if i == maxRows {
			fmt.Fprintf(b, "- and %d more\n", len(items)-i)
			return
		}
		if r := []rune(x); len(r) > 600 {
			x = strings.TrimRight(string(r[:600]), "\\`&") + "…"
		}
		fmt.Fprintf(b, "- %s\n", x)
	}
}

func orInline(url string) string {
	if url == "" {
		return "inline code"
	}
	return url
}

// safeLink is an http(s) or relative link without characters that could end it.
func safeLink(s string) string {
	low := strings.ToLower(s)
	if strings.ContainsAny(s, "<>\n\r\"' ") || strings.Contains(s, ":") && !strings.HasPrefix(low, "https://") && !strings.HasPrefix(low, "http://") {
		return ""
	}
	return s
}
