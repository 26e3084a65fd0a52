package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report/harmless"
)

// FailingNews are the news that fail the run; OtherNews are the rest.
func (m *Model) FailingNews() []policy.News { return m.newsThat(true) }

// OtherNews are the news that do not fail the run.
func (m *Model) OtherNews() []policy.News { return m.newsThat(false) }

func (m *Model) newsThat(fail bool) []policy.News {
	var out []policy.News
	for _, n := range m.Verdict.News {
		if n.Fails == fail {
			out = append(out, n)
		}
	}
	return out
}

// newsWay says how news that fail a run stop to: each is told until how the site stands now is accepted.
const newsWay = `tagscan accept RUN --reason WHY`

// news tells what is not as it was, a line for each.
func (t *printer) news(list []policy.News) {
	for _, n := range list {
		sev := t.paint(colours[n.Severity], fmt.Sprintf("%-8s", strings.ToUpper(n.Severity.String())))
		t.wrap(0, 10, sev+"  "+harmless.Line(upper(n.Text)+" [news:"+string(n.Kind)+"]"))
		if n.Fails {
			t.wrap(2, 12, "run       "+newsWay)
		}
	}
	if len(list) > 0 {
		t.w.WriteByte('\n')
	}
}

// aboutNews is the suite of what is not as it was; news that do not fail the run pass with their sentence as name.
func (m *Model) aboutNews() junitSuite {
	s := m.newSuite("what is not as it was")
	for _, n := range m.Verdict.News {
		x := junitCase{Name: harmless.XML(string(n.Kind) + ": " + n.Text), Class: "news." + string(n.Kind)}
		if n.Fails {
			s.Failures++
			x.Failure = &junitBad{Message: harmless.XML(n.Text), Type: string(n.Kind), Text: "to accept: " + newsWay}
		}
		s.Cases = append(s.Cases, x)
	}
	s.Tests = len(s.Cases)
	return s
}

// markdownNews tells what is not as it was, what fails the run first.
func markdownNews(b *strings.Builder, m *Model) {
	var items []string
	for _, n := range m.FailingNews() {
		items = append(items, n.Severity.String()+": **"+harmless.Markdown(upper(n.Text))+"** ("+harmless.Code(string(n.Kind))+")")
	}
	for _, n := range m.OtherNews() {
		items = append(items, n.Severity.String()+": "+harmless.Markdown(upper(n.Text))+" ("+harmless.Code(string(n.Kind))+")")
	}
	if len(items) > 0 {
		b.WriteString("**Not as it was:**\n\n")
		markdownList(b, items)
		b.WriteByte('\n')
	}
}

// newsRow is news among the flows.
func newsRow(m *Model, n policy.News, columns int) []string {
	row := make([]string, columns)
	decision := "told"
	if n.Fails {
		decision = string(policy.Fail)
	}
	name := ""
	if n.Recipient != "" {
		name = m.nameOf(n.Recipient)
	}
	copy(row, []string{n.Severity.String(), decision, "news:" + string(n.Kind), n.Text, name, n.Recipient})
	return row
}

// sarifNewsRules adds the kinds of news that occur as rules.
func sarifNewsRules(m *Model, run *sarifRun, index map[string]int) {
	for _, k := range policy.NewsKinds {
		id := "news." + string(k.Kind)
		for _, n := range m.Verdict.News {
			if _, ok := index[id]; ok || n.Kind != k.Kind {
				continue
			}
			index[id] = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
				ID: id, Name: "Not as it was: " + string(k.Kind), Short: sarifText{k.Doc}, Config: sarifConfig{sarifLevel(n.Severity)},
				Properties: map[string]any{"security-severity": score(n.Severity), "tags": []string{"security", "privacy"}},
			})
		}
	}
}

func sarifNews(n policy.News, index int, file string) sarifResult {
	sum := sha256.Sum256([]byte("tagscan news 1\x00" + n.ID))
	r := sarifResult{
		RuleID: "news." + string(n.Kind), RuleIndex: index, Level: "note", Kind: "fail",
		Message:    sarifText{harmless.Line(upper(n.Text) + ".")},
		Locations:  []sarifLocation{sarifAt(file, 1)},
		Prints:     map[string]string{"tagscanNews/v1": hex.EncodeToString(sum[:16])},
		Properties: map[string]any{"recipient": n.Recipient, "security-severity": score(n.Severity)},
	}
	if n.Fails {
		r.Level = sarifLevel(n.Severity)
	}
	return r
}
