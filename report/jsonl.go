package report

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/recipient"
)

// JSONL is one finding a line, as in findings.jsonl. Without the findings of the run it has those that the report keeps
// as evidence: up to three of each flow.
var JSONL = Format{Name: "jsonl", Ext: ".jsonl", Doc: "one finding a line, for scripts", Write: writeJSONL}

func writeJSONL(_ context.Context, w io.Writer, m *Model, o WriteOptions) error {
	findings := o.Findings
	if findings == nil {
		findings = m.kept(o.Reveal)
	}
	if err := detect.WriteJSONL(w, findings, detect.Output{Reveal: o.Reveal, Key: o.Key}); err != nil {
		return fmt.Errorf("jsonl report: %w", err)
	}
	return nil
}

// kept are the findings that the model holds as evidence.
func (m *Model) kept(reveal bool) iter.Seq2[detect.Finding, error] {
	rs := map[string]recipient.Recipient{}
	for _, e := range m.Recipients {
		rs[e.Recipient.ID] = e.Recipient
	}
	return func(yield func(detect.Finding, error) bool) {
		for _, f := range m.Flows {
			r, ok := rs[f.Recipient]
			if !ok {
				r = recipient.Recipient{ID: f.Recipient, Name: f.Name}
			}
			r.Via, r.Weak = f.Via, f.Weak
			for _, e := range f.Evidence {
				if !yield(e.finding(f, r, reveal), nil) {
					return
				}
			}
		}
	}
}

func (e Evidence) finding(f Flow, r recipient.Recipient, reveal bool) detect.Finding {
	v := detect.NewMasked(e.Value)
	if clear := e.shown(reveal); clear != e.Value {
		v = detect.NewValue(clear)
	}
	out := detect.Finding{
		Request: e.Request, PageID: e.PageID, Page: e.Page, Route: f.Route, Host: e.Host, URL: e.URL, Method: e.Method,
		Recipient: r, Account: e.Account, EventName: e.Event, Class: f.Class, Rule: e.Rule, Form: e.Form, Known: e.Known,
		Confidence: detect.Confidence(e.Confidence), Where: e.Where, Field: e.Field, Chain: e.Chain, Value: v, Token: e.Token,
		Consent: f.Consent, Phase: e.Phase, Severity: f.Severity, Reasons: f.Reasons, Fingerprint: e.Print, Via: e.Via,
		TagManager: e.TagManager,
	}
	for _, s := range e.Steps {
		out.Steps = append(out.Steps, detect.Step{Decoder: s.Decoder, Result: s.Result})
	}
	return out
}
