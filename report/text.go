package report

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/harmless"
)

// Text is for a terminal: the verdict, then all that fails, by recipient, and the worst of the rest. Colour shows severity and says nothing
// that the words do not.
var Text = Format{Name: "text", Ext: ".txt", Doc: "for reading: the verdict and the worst flows", Write: writeText}

// worst is how many flows that do not fail the text shows unless all are asked for: what fits a screen.
const worst = 6

func writeText(_ context.Context, out io.Writer, m *Model, o WriteOptions) error {
	bw := bufio.NewWriter(out)
	t := &printer{w: bw, o: o, width: 80}
	if o.Width > 0 {
		t.width = max(o.Width, 30)
	}
	t.head(m)
	t.contradictions(m)
	t.news(m.FailingNews())
	for _, p := range m.Failing() {
		t.failing(p)
	}
	t.unstable(m)
	t.news(m.OtherNews())
	t.gaps(m)
	t.others(m)
	t.vendors(m)
	t.strangers(m)
	t.tail(m)
	if err := bw.Flush(); err != nil {
		return fmt.Errorf("text report: %w", err)
	}
	return nil
}

// printer writes wrapped, harmless text.
type printer struct {
	w     *bufio.Writer
	o     WriteOptions
	width int
}

// ANSI colours (ECMA-48 SGR) of the severities.
var colours = map[rule.Severity]string{rule.Critical: "1;31", rule.High: "31", rule.Medium: "33", rule.Low: "36", rule.Info: "2"}

func (t *printer) paint(code, s string) string {
	if !t.o.Color || code == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *printer) head(m *Model) {
	code := map[policy.Result]string{policy.Fail: "1;31", policy.Incomplete: "1;33", policy.Pass: "1;32"}[m.Verdict.Result]
	word := strings.ToUpper(string(m.Verdict.Result))
	if word != "" {
		t.wrap(0, 0, t.paint(code, word)+"  "+harmless.Line(m.Verdict.Sentence))
		t.w.WriteByte('\n')
	}
	third := 0
	for _, e := range m.Recipients {
		if e.identified() {
			third++
		}
	}
	t.wrap(0, 0, fmt.Sprintf("%s: %s (%d complete), %s, %s to %s; %s of them received data that identifies a person.",
		harmless.Line(cmp.Or(m.Run.Site, "the site")), plural(m.Totals.Pages, "visit"), m.Totals.Complete, plural(m.Totals.Requests, "request"),
		num(m.Totals.ThirdParty), plural(len(m.Recipients), "third party"), num(third)))
	var grave []string
	for _, g := range m.Gravest {
		grave = append(grave, harmless.Line(g.What+" to "+some(g.To, 3)))
	}
	if len(grave) > 0 {
		t.wrap(0, 0, "The gravest: "+strings.Join(grave, "; ")+".")
	}
	t.w.WriteByte('\n')
}

// unstable tells all that would fail and was not seen again.
func (t *printer) unstable(m *Model) {
	flows := m.Unstable()
	for i := range flows {
		t.flow(&flows[i], true)
	}
	if len(flows) > 0 {
		t.w.WriteByte('\n')
	}
}

// contradictions tells those that fail the run: in a sentence, then the four facts, then the line that would allow it.
func (t *printer) contradictions(m *Model) {
	for _, c := range m.FailingContradictions() {
		sev := t.paint(colours[c.Severity], fmt.Sprintf("%-8s", strings.ToUpper(c.Severity.String())))
		t.wrap(0, 10, sev+"  "+harmless.Line(c.Sentence+" ("+c.Where()+") ["+string(c.ID)+"]"))
		t.wrap(12, 14, harmless.Line(c.Evidence()))
		t.wrap(2, 12, "allow     "+harmless.Line(c.Way()))
		t.wrap(2, 12, "to stop   "+harmless.Line(c.Do))
		t.w.WriteByte('\n')
	}
}

// others tells the worst of what does not fail, unless all is asked for.
func (t *printer) others(m *Model) {
	left, n := 0, 0
	for _, p := range m.Others() {
		for i := range p.Flows {
			if n++; n > worst && !t.o.All {
				left++
				continue
			}
			t.flow(&p.Flows[i], true)
		}
	}
	if left > 0 {
		where := t.o.HTML
		if where == "" {
			where = "the HTML report (--report report.html)"
		}
		t.wrap(0, 2, "and "+num(left)+" more that do not fail the run in "+harmless.Line(where))
	}
	if n > 0 {
		t.w.WriteByte('\n')
	}
}

// failing tells of a recipient what fails the run, all of it: a line for each flow, then the lines of YAML that would allow
// it and what stops it at the recipient.
func (t *printer) failing(p *Party) {
	t.wrap(0, 2, t.paint("1", harmless.Line(p.Name))+": "+harmless.Line(p.Why()))
	shown := map[string]bool{}
	for i := range p.Flows {
		f := &p.Flows[i]
		t.flow(f, false)
		if e, ok := f.Example(); ok && !shown[e.brief(t.o.Reveal)] {
			shown[e.brief(t.o.Reveal)] = true
			t.wrap(12, 14, harmless.Line(e.brief(t.o.Reveal)))
		}
	}
	for _, w := range p.Ways() {
		t.wrap(2, 12, fmt.Sprintf("%-8s  ", w.Under)+harmless.Line(w.Line))
	}
	for _, x := range p.Stop() {
		t.wrap(2, 12, "to stop   "+harmless.Line(x))
	}
	t.w.WriteByte('\n')
}

// flow tells a flow: what, in which state and where. alone: nothing above says to whom it goes and what was decided.
func (t *printer) flow(f *Flow, alone bool) {
	sev := t.paint(colours[f.Severity], fmt.Sprintf("%-8s", strings.ToUpper(f.Severity.String())))
	what, indent := harmless.Line(f.What()), 2
	if alone {
		what, indent = what+" → "+recipientOf(*f), 0
	}
	what += ", " + stateWord(f.Consent) + ", on " + harmless.Line(f.On())
	if f.Confidence == detect.Possible {
		what += " (only a hint)"
	}
	if alone {
		what += ": " + decisionText(*f)
	} else {
		what += stability(f) + " [" + short(f.Fingerprint) + "]"
	}
	t.wrap(indent, indent+10, sev+"  "+what)
}

func recipientOf(f Flow) string {
	s := harmless.Line(f.Name)
	if f.Via != "" {
		s += " (through " + harmless.Line(f.Via) + ")"
	}
	if f.Weak {
		s += " (looks like it)"
	}
	return s
}

// sentBy tells the initiator chain in a line: the nearest script and what loaded it, through which tag manager.
func sentBy(e Evidence) string {
	var names []string
	line := 0 // of the nearest
	for _, c := range e.Via {
		n := causeName(c.URL)
		if n == "" {
			switch n = c.Kind; n {
			case "inline", "":
				n = "inline code"
			case "unknown":
				n = unknownScript
			}
		}
		if len(names) == 0 {
			line = c.Line
		}
		if len(names) == 0 || names[len(names)-1] != n {
			names = append(names, n)
		}
		if len(names) == 3 {
			break
		}
	}
	s := ""
	for i, n := range names {
		switch {
		case i > 0 && names[i-1] == unknownScript:
			s += ", in "
		case i > 0:
			s += ", loaded by "
		}
		s += harmless.Line(n)
		if i == 0 && line > 0 {
			s += fmt.Sprintf(":%d", line)
		}
	}
	if e.TagManager != "" && s != "" {
		s += ", through " + harmless.Line(e.TagManager)
	}
	return s
}

// unknownScript stands for the sender where the browser does not tell which script it was.
const unknownScript = "a script that the browser does not tell"

// causeName is host and path of a script.
func causeName(u string) string {
	_, rest, ok := strings.Cut(u, "://")
	if !ok {
		return u
	}
	return strings.TrimSuffix(rest, "/")
}

// stability tells how often a flow was seen when it was looked for again: ", seen 3 of 3"; "" if nobody did.
func stability(f *Flow) string {
	if s := f.Verdict.Stability.String(); s != "" {
		return ", " + s
	}
	return ""
}

// decisionText tells the decision on a flow, and how stable it is.
func decisionText(f Flow) string { return decided(f) + stability(&f) }

func decided(f Flow) string {
	v := f.Verdict
	switch v.Decision {
	case policy.Forbidden:
		return "forbidden by " + harmless.Line(v.Rule) + lineOf(v)
	case policy.New:
		if v.Rule == policy.NewPlace {
			return "accepted, and now in a new place" + lineOf(v)
		}
		return "new: nobody agreed to it"
	case policy.Ignored:
		s := "accepted"
		if v.Rule == "ignore" {
			s = "ignored"
		}
		if !v.Until.IsZero() {
			s += " until " + v.Until.Format("2006-01-02")
		}
		return s + ": " + harmless.Line(v.Reason)
	case policy.Allowed:
		s := "allowed by " + harmless.Line(v.Rule) + lineOf(v)
		if v.Ref != "" {
			s += ", " + harmless.Line(v.Ref)
		}
		return s
	}
	return ""
}

func lineOf(v policy.FlowVerdict) string {
	if v.Line == 0 {
		return ""
	}
	return fmt.Sprintf(" (line %d)", v.Line)
}

// short is a fingerprint as people quote it.
func short(fp string) string { return fp[:min(len(fp), 12)] }

// vendors tells the blast radius of the worst recipients.
func (t *printer) vendors(m *Model) {
	n := 0
	for _, e := range m.Recipients {
		if len(e.Sent) == 0 || e.Severity < rule.Low || n == 4 && !t.o.All {
			continue
		}
		n++
		t.wrap(0, 2, harmless.Line(e.Sentence))
	}
	if n > 0 {
		t.w.WriteByte('\n')
	}
}

// maxStrangers is how many unknown recipients the text names.
const maxStrangers = 4

// strangers names the recipients that the catalog does not know, and where to begin with them.
func (t *printer) strangers(m *Model) {
	if len(m.Strangers) == 0 {
		return
	}
	shown := m.Strangers
	if !t.o.All {
		shown = shown[:min(maxStrangers, len(shown))]
	}
	t.wrap(0, 2, "Unknown to the catalog: "+plural(len(m.Strangers), "recipient")+".")
	for _, s := range shown {
		line := s.ID + ", " + plural(s.Requests, "request")
		if len(s.Scripts) > 0 {
			line += ", runs " + s.Scripts[0]
		}
		if s.FirstPage != "" {
			line += ", first on " + s.FirstPage
		}
		if len(s.BroughtBy) > 0 {
			line += ", brought by " + some(s.BroughtBy, 2)
		}
		t.wrap(2, 4, harmless.Line(line))
	}
	if n := len(m.Strangers) - len(shown); n > 0 {
		t.wrap(2, 4, "and "+num(n)+" more, in the HTML and JSON reports")
	}
	t.w.WriteByte('\n')
}

// maxGaps is how many gaps the text shows with what to do about them.
const maxGaps = 12

// gaps tells what makes the run incomplete, and what to do about it.
func (t *printer) gaps(m *Model) {
	list := m.Incomplete()
	for i, g := range list {
		if i == maxGaps && !t.o.All {
			t.wrap(0, 10, "          and "+num(len(list)-i)+" more gaps")
			break
		}
		t.wrap(0, 10, t.paint("33", fmt.Sprintf("%-8s", "NOT SEEN"))+"  "+harmless.Line(m.GapLine(g)))
		t.wrap(10, 12, harmless.Line(g.Remedy)+" ["+string(g.Kind)+"]")
	}
	if len(list) > 0 {
		t.w.WriteByte('\n')
	}
}

// maxTail bounds each list of remarks.
const maxTail = 8

func (t *printer) tail(m *Model) {
	var told []string
	for _, g := range m.Told() {
		told = append(told, m.GapLine(g))
	}
	t.remarks("also not seen: ", told)
	var lesser []string
	for _, c := range m.OtherContradictions() {
		lesser = append(lesser, c.Sentence+" ("+c.Where()+"; "+c.Decision()+")")
	}
	t.remarks("consent: ", lesser)
	moved := 0
	for _, f := range m.Flows {
		if len(f.Verdict.Also) > 0 && f.Verdict.Decision != policy.New {
			moved++
		}
	}
	if moved > 0 {
		t.wrap(0, 2, "changed: "+plural(moved, "accepted flow")+" also on kinds of page that the baseline does not know (tagscan accept takes note of them)")
	}
	t.remarks("policy: ", m.Verdict.Warnings)
	var scripts []string
	for _, s := range m.Verdict.Scripts {
		if s.Fails {
			scripts = append(scripts, orInline(s.URL)+" on "+s.Route+": "+s.Why)
		}
	}
	t.remarks("script: ", scripts)
	if m.Changes != nil && m.Changes.Summary != "" {
		t.wrap(0, 2, "since last time: "+harmless.Line(m.Changes.Summary))
	}
}

func (t *printer) remarks(what string, list []string) {
	for i, x := range list {
		if i == maxTail && !t.o.All {
			t.wrap(0, 2, what+"and "+num(len(list)-i)+" more")
			return
		}
		t.wrap(0, 2, what+harmless.Line(x))
	}
}

// commands shows what GitHub and Azure would obey where it stands in a log.
var commands = strings.NewReplacer("::", `\:\:`, "##[", `#\#[`)

// wrap writes s as a paragraph, the first line indented by first columns, the others by rest. Words longer than the
// line are cut.
func (t *printer) wrap(first, rest int, s string) {
	col := first
	t.w.WriteString(strings.Repeat(" ", first))
	fresh := true
	for _, word := range strings.Split(s, " ") {
		if strings.HasPrefix(word, "::") || strings.Contains(word, "##[") {
			word = commands.Replace(word)
		}
		w := columns(word)
		if !fresh && col+1+w > t.width {
			t.w.WriteString("\n" + strings.Repeat(" ", rest))
			col, fresh = rest, true
		}
		if !fresh {
			t.w.WriteByte(' ')
			col++
		}
		for col+w > t.width && !strings.Contains(word, "\x1b") {
			head := cut(word, max(t.width-col, 1))
			t.w.WriteString(head + "\n" + strings.Repeat(" ", rest))
			word, col = word[len(head):], rest
			w = columns(word)
		}
		t.w.WriteString(word)
		col += w
		fresh = false
	}
	t.w.WriteByte('\n')
}

// columns is the width of s in a terminal, without its colour codes.
func columns(s string) int {
	for {
		i := strings.Index(s, "\x1b[")
		if i < 0 {
			return uniseg.StringWidth(s)
		}
		j := strings.IndexByte(s[i:], 'm')
		if j < 0 {
			return uniseg.StringWidth(s)
		}
		s = s[:i] + s[i+j+1:]
	}
}

// cut is the longest beginning of s that is at most n columns wide, at least one character.
func cut(s string, n int) string {
	w := 0
	g := uniseg.NewGraphemes(s)
	for g.Next() {
		from, _ := g.Positions()
		if w += g.Width(); w > n && from > 0 {
			return s[:from]
		}
	}
	return s
}
