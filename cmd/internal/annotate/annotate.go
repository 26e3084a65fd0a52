// Package annotate tells a verdict to the machine that runs a build, where that machine has a way to show it beside the
// change: GitHub Actions reads commands from the log
// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions). GitLab reads the JUnit report instead.
package annotate

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/harmless"
)

// Wanted reports whether the process runs where annotations are read. getenv is os.Getenv.
func Wanted(getenv func(string) string) bool { return getenv("GITHUB_ACTIONS") == "true" }

// most is how many annotations of a kind GitHub shows for a step; the last says how many there are besides.
const most = 10

// GitHub writes an error for each recipient that fails the run, class of data and consent state, worst first, a warning for
// each gap and each remark on the policy, and a notice of the verdict. file is the policy file, "" without one; rules point
// to their line in it.
func GitHub(w io.Writer, m *report.Model, file string) error {
	var b strings.Builder
	var errs []command
	for _, p := range m.Failing() {
		for i := range p.Flows {
			errs = append(errs, failing(p, &p.Flows[i], file))
		}
	}
	for _, s := range m.Verdict.Scripts {
		if s.Fails {
			errs = append(errs, command{kind: "error", title: "tagscan: script", text: cmp.Or(s.URL, "inline script") + " on " + s.Route + ": " + s.Why})
		}
	}
	for _, n := range m.FailingNews() {
		errs = append(errs, command{kind: "error", title: "tagscan: not as it was", file: file, text: n.Text})
	}
	var warnings []command
	for _, n := range m.OtherNews() {
		warnings = append(warnings, command{kind: "warning", title: "tagscan: not as it was", text: n.Text})
	}
	for _, f := range m.Unstable() {
		warnings = append(warnings, command{kind: "warning", title: "tagscan: not stable",
			text: f.What() + " to " + f.Name + " " + report.StateWord(f.Consent) + " on " + f.On() + ": " + f.Verdict.Stability.String()})
	}
	for _, g := range m.Incomplete() {
		warnings = append(warnings, command{kind: "warning", title: "tagscan: not seen", text: m.GapLine(g) + ". " + g.Remedy})
	}
	for _, x := range m.Verdict.Warnings {
		warnings = append(warnings, command{kind: "warning", title: "tagscan: policy", file: file, text: x})
	}
	for _, list := range [][]command{errs, warnings} {
		for i, c := range list {
			if i == most-1 && len(list) > most {
				c.text = fmt.Sprintf("and %d more, in the report", len(list)-i)
				c.title, c.file, c.line, c.more = "tagscan", "", 0, nil
				c.write(&b)
				break
			}
			c.write(&b)
		}
	}
	command{kind: "notice", title: "tagscan: " + string(m.Verdict.Result), text: m.Verdict.Sentence}.write(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// failing is the error for one flow, with the line of YAML that would allow it.
func failing(p *report.Party, f *report.Flow, file string) command {
	one := report.Party{Recipient: p.Recipient, Name: p.Name, Flows: []report.Flow{*f}}
	c := command{kind: "error", title: "tagscan: " + f.What() + " to " + p.Name}
	if file != "" && f.Verdict.Line > 0 {
		c.file, c.line = file, f.Verdict.Line
	}
	why := one.Why()
	if s := f.Verdict.Stability.String(); s != "" {
		why += ", " + s
	}
	c.text = fmt.Sprintf("%s severity, %s, on %s: %s (%s)", f.Severity, report.StateWord(f.Consent), f.On(), why, f.Fingerprint[:min(len(f.Fingerprint), 12)])
	for _, way := range one.Ways() {
		c.more = append(c.more, "To "+way.String())
	}
	for _, x := range one.Stop() {
		c.more = append(c.more, "To stop: "+x)
	}
	return c
}

// command is one workflow command.
type command struct {
	kind, title, file string
	line              int
	text              string
	more              []string // further lines
}

// What a page wrote must not end a property, begin a command or hide.
var (
	inText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	inProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func (c command) write(b *strings.Builder) {
	b.WriteString("::" + c.kind + " title=" + inProperty.Replace(harmless.Line(c.title)))
	if c.file != "" {
		b.WriteString(",file=" + inProperty.Replace(harmless.Line(c.file)))
	}
	if c.line > 0 {
		fmt.Fprintf(b, ",line=%d", c.line)
	}
	b.WriteString("::" + inText.Replace(harmless.Line(c.text)))
	for _, l := range c.more {
		b.WriteString(inText.Replace("\n" + harmless.Line(l)))
	}
	b.WriteByte('\n')
}
