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
	markdownContradictions(&b, m)
	markdownNews(&b, m)
	markdownFlows(&b, m, o)
	var remarks []string
	for _, f := range m.Unstable() {
		remarks = append(remarks, "**Not stable:** "+harmless.Markdown(f.What()+" to "+f.Name+" "+stateWord(f.Consent))+" on "+markdownOn(&f)+": "+
			harmless.Markdown(decisionText(f)))
	}
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

// markdownContradictions tells what contradicts the visitor's choice, what fails the run first.
func markdownContradictions(b *strings.Builder, m *Model) {
	var items []string
	for _, c := range append(m.FailingContradictions(), m.OtherContradictions()...) {
		sentence := harmless.Markdown(c.Sentence)
		if c.Verdict.Fails {
			sentence = "**" + sentence + "**"
		}
		item := c.Severity.String() + ": " + sentence + " (" + harmless.Code(string(c.ID)) + ", " + harmless.Markdown(c.Where()) + ") " +
			harmless.Markdown(c.Evidence()+"; "+c.Decision())
		if c.Verdict.Fails {
			item += ". To allow: " + harmless.Code(c.Way())
		}
		items = append(items, item)
	}
	if len(items) > 0 {
		markdownList(b, items)
		b.WriteByte('\n')
	}
}

// markdownFlows tells what fails, by recipient: a row for each flow, then the lines that would allow it and what stops it.
func markdownFlows(b *strings.Builder, m *Model, o WriteOptions) {
	rows, left := 0, 0
	for _, p := range m.Failing() {
		if rows >= maxRows {
			left += len(p.Flows)
			continue
		}
		fmt.Fprintf(b, "**%s**: %s\n\n| Severity | What | Consent | Where |\n|---|---|---|---|\n", harmless.Markdown(p.Name), harmless.Markdown(p.Why()))
		for i := range p.Flows {
			if rows++; rows > maxRows {
				left += len(p.Flows) - i
				break
			}
			f := &p.Flows[i]
			example := ""
			if e, ok := f.Example(); ok {
				example = " " + harmless.Code(e.shown(o.Reveal))
			}
			fmt.Fprintf(b, "| %s | %s%s | %s | %s%s |\n", f.Severity, harmless.Markdown(f.What()), example, stateWord(f.Consent), markdownOn(f), stability(f))
		}
		b.WriteByte('\n')
		var how []string
		for _, w := range p.Ways() {
			how = append(how, "To "+w.Under+": "+harmless.Code(w.Line))
		}
		for _, x := range p.Stop() {
			how = append(how, "To stop: "+harmless.Markdown(x))
		}
		markdownList(b, how)
		b.WriteByte('\n')
	}
	if left > 0 {
		fmt.Fprintf(b, "and %s more.\n\n", plural(left, "flow"))
	}
}

// markdownOn are the kinds of page that the decision on a flow is about.
func markdownOn(f *Flow) string {
	var out []string
	for _, r := range f.decidedOn() {
		out = append(out, harmless.Code(routeLabel(r)))
	}
	return some(out, 3)
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
