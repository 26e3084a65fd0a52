package report

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/harmless"
)

// SARIF is version 2.1.0 of the Static Analysis Results Interchange Format, as GitHub code scanning reads it. A result is
// a flow, or a contradiction about consent, that the policy does not allow; its location is the line of the policy that decided, its
// logical locations the
// kinds of page, and its partial fingerprint that of the flow, so that an alert stays the same from run to run.
var SARIF = Format{Name: "sarif", Ext: ".sarif", Doc: "SARIF 2.1.0, for code scanning", Write: writeSARIF}

const sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool            sarifTool         `json:"tool"`
	Invocations     []sarifInvocation `json:"invocations"`
	Results         []sarifResult     `json:"results"`
	AutomationID    *sarifAutomation  `json:"automationDetails,omitempty"`
	ColumnKind      string            `json:"columnKind"`
	DefaultEncoding string            `json:"defaultEncoding,omitempty"`
}

type sarifAutomation struct {
	ID string `json:"id"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri,omitempty"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID         string         `json:"id"`
	Name       string         `json:"name,omitempty"`
	Short      sarifText      `json:"shortDescription"`
	Full       *sarifText     `json:"fullDescription,omitempty"`
	Help       *sarifText     `json:"help,omitempty"`
	Config     sarifConfig    `json:"defaultConfiguration"`
	Properties map[string]any `json:"properties,omitempty"`
}

type sarifConfig struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Start         string              `json:"startTimeUtc,omitempty"`
	End           string              `json:"endTimeUtc,omitempty"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level      string           `json:"level"`
	Message    sarifText        `json:"message"`
	Descriptor *sarifDescriptor `json:"descriptor,omitempty"`
}

type sarifDescriptor struct {
	ID string `json:"id"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Kind         string             `json:"kind"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Prints       map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	Properties   map[string]any     `json:"properties,omitempty"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status,omitempty"`
	Justification string `json:"justification,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

type sarifLogical struct {
	Name     string `json:"name"`
	FullName string `json:"fullyQualifiedName,omitempty"`
	Kind     string `json:"kind"`
}

func writeSARIF(_ context.Context, w io.Writer, m *Model, o WriteOptions) error {
	run := sarifRun{ColumnKind: "utf16CodeUnits", Tool: sarifTool{sarifDriver{Name: "tagscan", Version: strings.TrimPrefix(m.Made.Tool, "tagscan ")}},
		Results: []sarifResult{}, AutomationID: &sarifAutomation{"tagscan/" + harmless.Line(m.Run.Site) + "/"}}
	index := sarifRules(m, &run)
	file := sarifURI(cmp.Or(o.Policy, policy.ConfigFile))
	for _, f := range m.Flows {
		if f.Verdict.Decision == policy.Allowed || f.Recipient == "first-party" {
			continue
		}
		run.Results = append(run.Results, sarifFlow(f, index[string(f.Class)], file, o))
	}
	for _, c := range m.Consent.Contradictions {
		if c.Verdict.Decision != policy.Allowed {
			run.Results = append(run.Results, sarifContradiction(c, index["contradiction."+string(c.ID)], file))
		}
	}
	for _, n := range m.Verdict.News {
		run.Results = append(run.Results, sarifNews(n, index["news."+string(n.Kind)], file))
	}
	for _, s := range m.Verdict.Scripts {
		if s.Fails {
			run.Results = append(run.Results, sarifScript(s, index["script."+string(s.Decision)], file))
		}
	}
	run.Invocations = []sarifInvocation{sarifInvoked(m)}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(true)
	enc.SetIndent("", " ")
	if err := enc.Encode(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}); err != nil {
		return fmt.Errorf("sarif report: %w", err)
	}
	return nil
}

// sarifRules adds the classes and script decisions that occur as rules, and returns their indexes.
func sarifRules(m *Model, run *sarifRun) map[string]int {
	index := map[string]int{}
	for _, t := range m.Glossary {
		index[string(t.Class)] = len(run.Tool.Driver.Rules)
		r := sarifRule{ID: string(t.Class), Name: t.Title, Short: sarifText{t.Title + " sent to a third party"}, Config: sarifConfig{sarifLevel(t.Severity)},
			Properties: map[string]any{"security-severity": score(t.Severity), "tags": []string{"security", "privacy"}}}
		if t.What+t.Why != "" {
			r.Full = &sarifText{strings.TrimSpace(t.What + " " + t.Why)}
		}
		if t.CWE != "" {
			r.Properties["tags"] = []string{"security", "privacy", "external/cwe/" + strings.ToLower(strings.Fields(strings.NewReplacer(",", " ", ";", " ", "/", " ").Replace(t.CWE))[0])}
		}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, r)
	}
	for _, c := range m.Consent.Contradictions {
		id := "contradiction." + string(c.ID)
		if _, ok := index[id]; ok || c.Verdict.Decision == policy.Allowed {
			continue
		}
		index[id] = len(run.Tool.Driver.Rules)
		info, _ := consent.InfoOf(c.ID)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: id, Name: info.Title, Short: sarifText{info.Title},
			Full: &sarifText{info.Doc}, Help: &sarifText{info.Remedy}, Config: sarifConfig{sarifLevel(info.Severity)},
			Properties: map[string]any{"security-severity": score(info.Severity), "tags": []string{"privacy", "consent"}}})
	}
	sarifNewsRules(m, run, index)
	decisions := map[string]bool{}
	for _, s := range m.Verdict.Scripts {
		if s.Fails {
			decisions[string(s.Decision)] = true
		}
	}
	for _, d := range slices.Sorted(maps.Keys(decisions)) {
		index["script."+d] = len(run.Tool.Driver.Rules)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: "script." + d, Name: "Script " + d,
			Short: sarifText{"A script is against the script inventory: " + d}, Config: sarifConfig{"error"},
			Properties: map[string]any{"security-severity": score(rule.High), "tags": []string{"security"}}})
	}
	if run.Tool.Driver.Rules == nil {
		run.Tool.Driver.Rules = []sarifRule{}
	}
	return index
}

func sarifFlow(f Flow, index int, file string, o WriteOptions) sarifResult {
	one := &Party{Recipient: f.Recipient, Name: f.Name, Flows: []Flow{f}}
	text := f.What() + " is sent to " + f.Name + " " + stateWord(f.Consent) + " on " + f.On()
	if e, ok := f.Example(); ok {
		text += ": " + e.line(o.Reveal)
	}
	text += ". " + upper(decisionText(f)) + "."
	if f.Verdict.Fails {
		for _, w := range one.Ways() {
			text += " To " + w.Under + ": " + w.Line + "."
		}
		if f.Do != "" {
			text += " To stop: " + strings.TrimSuffix(f.Do, ".") + "."
		}
	}
	r := sarifResult{RuleID: string(f.Class), RuleIndex: index, Level: sarifLevel(f.Severity), Kind: "fail", Message: sarifText{harmless.Line(text)},
		Prints:    map[string]string{"tagscanFlow/v2": f.Fingerprint},
		Locations: []sarifLocation{sarifAt(file, f.Verdict.Line, f.decidedOn()...)},
		Properties: map[string]any{"recipient": f.Recipient, "consent": string(f.Consent), "form": string(f.Form), "decision": string(f.Verdict.Decision),
			"security-severity": score(f.Severity), "confidence": string(f.Confidence)},
	}
	if s := f.Verdict.Stability; s.Looked() {
		r.Properties["stability"] = s.String()
	}
	if f.Weak || f.Confidence == detect.Possible || !f.Verdict.Fails {
		r.Level = "note"
	}
	if f.Verdict.Decision == policy.Ignored {
		r.Suppressions = []sarifSuppression{{Kind: "external", Status: "accepted", Justification: harmless.Line(f.Verdict.Reason)}}
	}
	return r
}

func sarifContradiction(c Contradiction, index int, file string) sarifResult {
	text := c.Sentence + " " + upper(c.Evidence()) + ". " + upper(c.Decision()) + "."
	if c.Verdict.Fails {
		text += " To allow: " + c.Way() + ". To stop: " + c.Do
	}
	r := sarifResult{RuleID: "contradiction." + string(c.ID), RuleIndex: index, Level: sarifLevel(c.Severity), Kind: "fail",
		Message: sarifText{harmless.Line(text)}, Locations: []sarifLocation{sarifAt(file, c.Verdict.Line)},
		Prints: map[string]string{"tagscanContradiction/v1": contradictionPrint(c)},
		Properties: map[string]any{"recipient": c.Recipient, "consent": string(c.Consent), "decision": string(c.Verdict.Decision),
			"security-severity": score(c.Severity)},
	}
	if !c.Verdict.Fails {
		r.Level = "note"
	}
	if c.Verdict.Decision == policy.Ignored {
		r.Suppressions = []sarifSuppression{{Kind: "external", Status: "accepted", Justification: harmless.Line(c.Verdict.Reason)}}
	}
	return r
}

// contradictionPrint names a contradiction from run to run: its kind, who it is about, and the state.
func contradictionPrint(c Contradiction) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{"tagscan contradiction 1", string(c.ID), c.Recipient, string(c.Consent)}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func sarifScript(s policy.ScriptVerdict, index int, file string) sarifResult {
	return sarifResult{RuleID: "script." + string(s.Decision), RuleIndex: index, Level: "error", Kind: "fail",
		Message:   sarifText{harmless.Line("Script " + orInline(s.URL) + " on " + s.Route + ": " + s.Why + ".")},
		Locations: []sarifLocation{sarifAt(file, s.Line, s.Route)},
		Prints:    map[string]string{"tagscanScript/v2": scriptPrint(s)},
	}
}

// scriptPrint names what the inventory says of a script on a kind of page, whatever its bytes.
func scriptPrint(s policy.ScriptVerdict) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{"tagscan script fingerprint 2", string(s.Decision), s.URL, s.Route}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// maxLogical bounds the kinds of page that a result names.
const maxLogical = 20

func sarifAt(file string, line int, routes ...string) sarifLocation {
	at := sarifLocation{Physical: sarifPhysical{sarifArtifact{file}, sarifRegion{max(1, line)}}}
	for _, r := range routes[:min(maxLogical, len(routes))] {
		at.Logical = append(at.Logical, sarifLogical{Name: harmless.Line(routeLabel(r)), FullName: harmless.Line(r), Kind: "resource"})
	}
	return at
}

func sarifInvoked(m *Model) sarifInvocation {
	const stamp = "2006-01-02T15:04:05.000Z"
	inv := sarifInvocation{Successful: m.Verdict.Result != policy.Incomplete, Start: m.Run.Started.Format(stamp)}
	if !m.Run.Ended.IsZero() {
		inv.End = m.Run.Ended.Format(stamp)
	}
	for _, g := range m.Verdict.Gaps {
		level := "note"
		if g.Incomplete {
			level = "warning"
		}
		inv.Notifications = append(inv.Notifications, sarifNotification{level, sarifText{harmless.Line("not seen: " + m.GapLine(g) + ". " + g.Remedy)},
			&sarifDescriptor{"gap/" + string(g.Kind)}})
	}
	for _, x := range m.Verdict.Warnings {
		inv.Notifications = append(inv.Notifications, sarifNotification{"note", sarifText{harmless.Line(x)}, nil})
	}
	return inv
}

// sarifURI is a path as a relative URI reference, percent-encoded.
func sarifURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	return strings.TrimPrefix(u.EscapedPath(), "/")
}

func sarifLevel(s rule.Severity) string {
	switch {
	case s >= rule.High:
		return "error"
	case s == rule.Medium:
		return "warning"
	}
	return "note"
}

// score is a severity as GitHub's security-severity, a number in text: over 9 critical, over 7 high, over 4 medium.
func score(s rule.Severity) string {
	return [...]string{"0.0", "2.0", "5.0", "8.0", "9.5"}[min(max(s, 0), rule.Critical)]
}
