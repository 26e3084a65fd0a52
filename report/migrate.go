package report

import (
	"encoding/json"
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/policy"
)

// migrate takes over what older schemas said in other words. Up to schema 2 a flow was of one kind of page, and held all
// forms; in schema 1 what was not seen was a list of sentences.
func (m *Model) migrate(data []byte) error {
	var old struct {
		Verdict struct {
			Missing []string `json:"missing"`
		} `json:"verdict"`
		Flows []oldFlow `json:"flows"`
	}
	if err := json.Unmarshal(data, &old); err != nil {
		return err
	}
	info, _ := crawler.InfoOfGap(crawler.GapPagePartial)
	for _, text := range old.Verdict.Missing {
		m.Verdict.Gaps = append(m.Verdict.Gaps, policy.Gap{Kind: info.Kind, Text: text, Count: 1, Incomplete: true, Remedy: info.Remedy})
	}
	m.takeFlows(old.Flows)
	m.Schema = Schema
	return nil
}

// oldFlow is a flow up to schema 2.
type oldFlow struct {
	Flow
	Route    string             `json:"route"`
	Forms    []detect.Form      `json:"forms"`
	Known    []detect.Known     `json:"known"`
	Wheres   []decode.Where     `json:"wheres"`
	Fields   []string           `json:"fields"`
	Pages    []string           `json:"pages"`
	Phases   []crawler.Phase    `json:"phases"`
	Rules    []string           `json:"rules"`
	Reasons  []string           `json:"reasons"`
	Through  Through            `json:"through"`
	Verdict  policy.FlowVerdict `json:"verdict"`
	Evidence []Evidence         `json:"evidence"`
}

// takeFlows makes flows and places of what was one flow for each kind of page. The places are as fine as what was kept:
// one for each field that the evidence shows, one for each form and part of the request of which no evidence was kept.
func (m *Model) takeFlows(old []oldFlow) {
	m.Flows, m.Verdict.Flows = []Flow{}, []policy.FlowVerdict{}
	at := map[detect.FlowKey]int{}
	for i := range old {
		o := &old[i]
		forms := map[detect.Form]bool{}
		for _, x := range o.Forms {
			forms[x.OfFlow()] = true
		}
		for n, form := range keys(forms) {
			key := detect.FlowKey{Recipient: o.Recipient, Class: o.Class, Consent: o.Consent, Form: form}
			k, ok := at[key]
			if !ok {
				k = len(m.Flows)
				at[key] = k
				m.Flows = append(m.Flows, Flow{
					Fingerprint: detect.FlowFingerprint(key), Recipient: o.Recipient, Name: o.Name, Via: o.Via, Class: o.Class,
					Title: o.Title, Consent: o.Consent, Form: form, Severity: o.Severity, Confidence: o.Confidence, Weak: true, Verdict: o.Verdict,
				})
			}
			m.Flows[k].take(o, form, n == 0)
		}
	}
	for i := range m.Flows {
		f := &m.Flows[i]
		f.Verdict.FlowKey, f.Verdict.Fingerprint = f.Key(), f.Fingerprint
		m.Verdict.Flows = append(m.Verdict.Flows, f.Verdict)
	}
}

// take adds an old flow as places. first says that what it counted is not counted yet.
func (f *Flow) take(o *oldFlow, form detect.Form, first bool) {
	if first {
		f.Findings, f.Requests, f.PageCount = f.Findings+o.Findings, f.Requests+o.Requests, f.PageCount+o.PageCount
	}
	f.Severity = max(f.Severity, o.Severity)
	f.Weak = f.Weak && o.Weak
	if sureness(o.Confidence) > sureness(f.Confidence) {
		f.Confidence = o.Confidence
	}
	if f.Via != o.Via {
		f.Via = ""
	}
	if o.Verdict.Fails && !f.Verdict.Fails {
		f.Verdict = o.Verdict
	}
	for _, p := range o.places(form) {
		p.Fingerprint = detect.PlaceFingerprint(f.Fingerprint, p.Route, p.Where, p.Field, p.Sender, p.Host)
		if k := slices.IndexFunc(f.Places, func(x Place) bool { return x.Fingerprint == p.Fingerprint }); k < 0 {
			f.Places = append(f.Places, p)
		}
	}
}

// places are where the old flow was seen in a form.
func (o *oldFlow) places(form detect.Form) []Place {
	var forms []detect.Form
	for _, x := range o.Forms {
		if x.OfFlow() == form {
			forms = append(forms, x)
		}
	}
	like := Place{
		Route: o.Route, Host: o.Via, Weak: o.Weak, Severity: o.Severity, Confidence: o.Confidence, Forms: forms, Known: o.Known, Rules: o.Rules,
		Reasons: o.Reasons, Phases: o.Phases, Pages: o.Pages, PageCount: o.PageCount, Findings: o.Findings, Requests: o.Requests, Through: o.Through,
		Field: detect.OtherFields,
	}
	var out []Place
	seen := map[decode.Where]bool{}
	for _, e := range o.Evidence {
		if e.Form.OfFlow() != form {
			continue
		}
		p := like
		p.Where, p.Field, p.Evidence, p.Forms = e.Where, detect.FoldPath(e.Field), []Evidence{e}, []detect.Form{e.Form}
		seen[e.Where] = true
		out = append(out, p)
	}
	for _, w := range o.Wheres {
		if !seen[w] {
			p := like
			p.Where = w
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		out = append(out, like)
	}
	return out
}

func sureness(c detect.Confidence) int {
	return slices.Index([]detect.Confidence{detect.Possible, detect.Likely, detect.Certain}, c)
}
