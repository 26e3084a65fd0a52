package report

import (
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report/harmless"
)

// JUnit is for CI systems that show test results: a suite for each recipient and consent state, a case in it for each flow; a suite of
// what contradicts the visitor's choice; a suite of what is not as it was; a suite of the script inventory; and a suite of what was not seen, where a gap that makes the
// run incomplete is an error.
var JUnit = Format{Name: "junit", Ext: ".xml", Doc: "test results for CI systems: a suite per recipient and consent state, a case per flow", Write: writeJUnit}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr,omitempty"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr,omitempty"`
	Timestamp string      `xml:"timestamp,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string    `xml:"name,attr"`
	Class   string    `xml:"classname,attr"`
	Failure *junitBad `xml:"failure,omitempty"`
	Error   *junitBad `xml:"error,omitempty"`
	Skipped *junitBad `xml:"skipped,omitempty"`
}

type junitBad struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func writeJUnit(_ context.Context, w io.Writer, m *Model, o WriteOptions) error {
	out := junitSuites{Name: "tagscan " + harmless.XML(m.Run.Site)}
	for _, p := range parties(m.third()) {
		for _, s := range m.suites(p, o) {
			out.add(s)
		}
	}
	if s := m.aboutConsent(); s.Tests > 0 {
		out.add(s)
	}
	if s := m.aboutNews(); s.Tests > 0 {
		out.add(s)
	}
	if s := m.inventory(); s.Tests > 0 {
		out.add(s)
	}
	out.add(m.seen())
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("junit report: %w", err)
	}
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("junit report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (ss *junitSuites) add(s junitSuite) {
	ss.Tests, ss.Failures, ss.Errors = ss.Tests+s.Tests, ss.Failures+s.Failures, ss.Errors+s.Errors
	ss.Skipped += s.Skipped
	ss.Suites = append(ss.Suites, s)
}

func (m *Model) newSuite(name string) junitSuite {
	return junitSuite{Name: harmless.XML(name), Timestamp: m.Run.Started.Format("2006-01-02T15:04:05")}
}

// suites are those of a recipient: one for each consent state in the order in which a visitor meets them.
func (m *Model) suites(p *Party, o WriteOptions) []junitSuite {
	by := map[crawler.Consent][]Flow{}
	var states []crawler.Consent
	for _, f := range p.Flows {
		by[f.Consent] = append(by[f.Consent], f)
		states = append(states, f.Consent)
	}
	var out []junitSuite
	for _, state := range sortStates(states) {
		s := m.newSuite(p.Name + " (" + stateWord(state) + ")")
		for _, f := range by[state] {
			c := junitCase{Name: harmless.XML(f.What()), Class: harmless.XML(p.Recipient + "." + cmp.Or(string(state), "unknown"))}
			if f.Verdict.Fails {
				c.Failure = f.junit(o)
				s.Failures++
			}
			if f.Verdict.Unstable() {
				c.Skipped = f.junit(o)
				s.Skipped++
			}
			s.Cases = append(s.Cases, c)
		}
		s.Tests = len(s.Cases)
		out = append(out, s)
	}
	return out
}

// junit tells why a flow fails, and the line that would allow it.
func (f *Flow) junit(o WriteOptions) *junitBad {
	one := &Party{Recipient: f.Recipient, Name: f.Name, Flows: []Flow{*f}}
	lines := []string{f.Severity.String() + ", on " + f.On()}
	if e, ok := f.Example(); ok {
		lines = append(lines, e.line(o.Reveal))
	}
	for _, w := range one.Ways() {
		lines = append(lines, "to "+w.Under+": "+w.Line)
	}
	for _, x := range one.Stop() {
		lines = append(lines, "to stop: "+x)
	}
	lines = append(lines, "flow "+f.Fingerprint)
	for i := range lines {
		lines[i] = harmless.XML(lines[i])
	}
	return &junitBad{
		Message: harmless.XML(f.What() + " to " + f.Name + " " + stateWord(f.Consent) + ": " + decisionText(*f)), Type: string(f.Verdict.Decision),
		Text: strings.Join(lines, "\n"),
	}
}

// aboutConsent is the suite of the contradictions about consent; those that do not fail the run pass with their sentence as name.
func (m *Model) aboutConsent() junitSuite {
	s := m.newSuite("consent: pressed, recorded, claimed, sent")
	for _, c := range m.Consent.Contradictions {
		x := junitCase{Name: harmless.XML(string(c.ID) + ": " + c.Sentence + " (" + c.Where() + ")"), Class: "contradiction." + string(c.ID)}
		if c.Verdict.Fails {
			s.Failures++
			x.Failure = &junitBad{Message: harmless.XML(c.Sentence), Type: string(c.ID),
				Text: harmless.XML(strings.Join([]string{c.Evidence(), "to allow: " + c.Way(), "to stop: " + c.Do}, "\n"))}
		}
		s.Cases = append(s.Cases, x)
	}
	s.Tests = len(s.Cases)
	return s
}

// inventory is the suite of the scripts that the inventory speaks of and does not allow.
func (m *Model) inventory() junitSuite {
	s := m.newSuite("script inventory")
	for _, v := range m.Verdict.Scripts {
		if !v.Fails {
			continue
		}
		s.Failures++
		s.Cases = append(s.Cases, junitCase{Name: harmless.XML("script: " + orInline(v.URL)), Class: harmless.XML("scripts." + routeLabel(v.Route)),
			Failure: &junitBad{Message: harmless.XML(v.Why), Type: "script-" + string(v.Decision), Text: v.SHA256}})
	}
	s.Tests = len(s.Cases)
	return s
}

// seen is the suite of what was looked at: a case that passes for each visit's kind of page and state is not enough to
// call a run whole, so every gap is a case, and one that makes the run incomplete is an error.
func (m *Model) seen() junitSuite {
	s := m.newSuite("what was seen")
	for _, g := range m.Verdict.Gaps {
		c := junitCase{Name: harmless.XML(string(g.Kind) + ": " + m.GapLine(g)), Class: "gap." + string(g.Kind)}
		if g.Incomplete {
			c.Error = &junitBad{Message: harmless.XML(m.GapLine(g)), Type: string(policy.Incomplete), Text: harmless.XML(g.Remedy)}
			s.Errors++
		}
		s.Cases = append(s.Cases, c)
	}
	if s.Errors == 0 {
		s.Cases = append(s.Cases, junitCase{Name: "seen completely", Class: "gap.none"})
	}
	s.Tests = len(s.Cases)
	return s
}
