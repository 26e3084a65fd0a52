package report

import (
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report/harmless"
)

// JUnit is for CI systems that show test results: a suite for each kind of page and consent state, a case in it for each
// rule of the policy that spoke; and a suite of what was not seen, where a gap that makes the run incomplete is an error.
var JUnit = Format{Name: "junit", Ext: ".xml", Doc: "test results for CI systems: a case per route, consent state and policy rule", Write: writeJUnit}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string    `xml:"name,attr"`
	Class   string    `xml:"classname,attr"`
	Failure *junitBad `xml:"failure,omitempty"`
	Error   *junitBad `xml:"error,omitempty"`
}

type junitBad struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type suiteKey struct {
	route   string
	consent crawler.Consent
}

func writeJUnit(_ context.Context, w io.Writer, m *Model, o WriteOptions) error {
	suites := map[suiteKey]map[string][]Flow{}
	for _, p := range m.Pages {
		if k := (suiteKey{p.Route, p.Consent}); suites[k] == nil {
			suites[k] = map[string][]Flow{}
		}
	}
	for _, f := range m.Flows {
		k := suiteKey{f.Route, f.Consent}
		if suites[k] == nil {
			suites[k] = map[string][]Flow{}
		}
		name := cmp.Or(f.Verdict.Rule, "default")
		suites[k][name] = append(suites[k][name], f)
	}
	out := junitSuites{Name: "tagscan " + harmless.XML(m.Run.Site)}
	for _, k := range slices.SortedFunc(maps.Keys(suites), func(a, b suiteKey) int {
		return cmp.Or(strings.Compare(a.route, b.route), strings.Compare(string(a.consent), string(b.consent)))
	}) {
		s := m.suite(k, suites[k], o)
		out.Tests, out.Failures, out.Errors = out.Tests+s.Tests, out.Failures+s.Failures, out.Errors+s.Errors
		out.Suites = append(out.Suites, s)
	}
	seen := m.seen()
	out.Tests, out.Errors = out.Tests+seen.Tests, out.Errors+seen.Errors
	out.Suites = append(out.Suites, seen)
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

func (m *Model) suite(k suiteKey, rules map[string][]Flow, o WriteOptions) junitSuite {
	s := junitSuite{Name: harmless.XML(k.route + " (" + stateWord(k.consent) + ")"), Timestamp: m.Run.Started.Format("2006-01-02T15:04:05")}
	class := harmless.XML(routeLabel(k.route) + "." + cmp.Or(string(k.consent), "unknown"))
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		c := junitCase{Name: harmless.XML("policy: " + name), Class: class}
		var lines []string
		for _, f := range rules[name] {
			if f.Verdict.Fails {
				lines = append(lines, junitLine(f, o))
			}
		}
		if len(lines) > 0 {
			c.Failure = &junitBad{Message: plural(len(lines), "flow") + " against the policy", Type: "policy", Text: strings.Join(lines, "\n")}
			s.Failures++
		}
		s.Cases = append(s.Cases, c)
	}
	for _, v := range m.Verdict.Scripts {
		if v.Route != k.route || !v.Fails {
			continue
		}
		s.Failures++
		s.Cases = append(s.Cases, junitCase{Name: harmless.XML("script: " + orInline(v.URL)), Class: class,
			Failure: &junitBad{Message: harmless.XML(v.Why), Type: "script-" + string(v.Decision), Text: v.SHA256}})
	}
	s.Tests = len(s.Cases)
	return s
}

// seen is the suite of what was looked at: a case that passes for each visit's kind of page and state is not enough to
// call a run whole, so every gap is a case, and one that makes the run incomplete is an error.
func (m *Model) seen() junitSuite {
	s := junitSuite{Name: "what was seen", Timestamp: m.Run.Started.Format("2006-01-02T15:04:05")}
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

func junitLine(f Flow, o WriteOptions) string {
	s := f.Severity.String() + ": " + f.Title + " to " + f.Name
	if len(f.Evidence) > 0 {
		e := f.Evidence[0]
		s += ", " + e.fieldName() + " = " + e.shown(o.Reveal)
		if by := sentBy(e); by != "" {
			s += ", sent by " + by
		}
	}
	return harmless.XML(s + " (" + decisionText(f) + ", " + f.Fingerprint + ")")
}
