package report

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/recipient"
)

// JSONL is one finding a line, as in findings.jsonl, a line for each contradiction about consent, and at the end one line for what was
// not seen. Without the conclusions
// of the run it has the findings that the report keeps as evidence: up to two of each of its worst places.
var JSONL = Format{Name: "jsonl", Ext: ".jsonl", Doc: "one finding a line, for scripts", Write: writeJSONL}

func writeJSONL(_ context.Context, w io.Writer, m *Model, o WriteOptions) error {
	conclusions := o.Conclusions
	if conclusions == nil {
		conclusions = m.kept(o.Reveal)
	}
	out := detect.NewStreamWriter(w, detect.Output{Reveal: o.Reveal, Key: o.Key}, false)
	for c, err := range conclusions {
		if err == nil && c.Gap == nil {
			err = out.Write(c)
		}
		if err != nil {
			return fmt.Errorf("jsonl report: %w", err)
		}
	}
	for _, g := range m.Verdict.Gaps { // as the judge gathered them: those of the run's files are among them
		if err := out.Write(detect.Conclusion{Gap: g.Fact()}); err != nil {
			return fmt.Errorf("jsonl report: %w", err)
		}
	}
	return nil
}

// kept are the findings that the model holds as evidence, and the contradictions.
func (m *Model) kept(reveal bool) iter.Seq2[detect.Conclusion, error] {
	rs := map[string]recipient.Recipient{}
	for _, e := range m.Recipients {
		rs[e.Recipient.ID] = e.Recipient
	}
	return func(yield func(detect.Conclusion, error) bool) {
		for _, f := range m.Flows {
			r, ok := rs[f.Recipient]
			if !ok {
				r = recipient.Recipient{ID: f.Recipient, Name: f.Name}
			}
			for i := range f.Places {
				for _, e := range f.Places[i].Evidence {
					found := e.finding(&f, &f.Places[i], r, reveal)
					if !yield(detect.Conclusion{Finding: &found}, nil) {
						return
					}
				}
			}
		}
		for _, c := range m.Consent.Contradictions {
			if !yield(c.conclusion(), nil) {
				return
			}
		}
	}
}

func (e Evidence) finding(f *Flow, p *Place, r recipient.Recipient, reveal bool) detect.Finding {
	r.Via, r.Weak = f.Via, p.Weak
	if p.Host != "" && r.ID != recipient.UnknownAds {
		r.Via = p.Host
	}
	v := detect.NewMasked(e.Value)
	if clear := e.shown(reveal); clear != e.Value {
		v = detect.NewValue(clear)
	}
	out := detect.Finding{
		Request: e.Request, PageID: e.PageID, Page: e.Page, Route: p.Route, Host: e.Host, URL: e.URL, Method: e.Method,
		Recipient: r, Account: e.Account, EventName: e.Event, Class: f.Class, Rule: e.Rule, Form: e.Form, Known: e.Known,
		Confidence: detect.Confidence(e.Confidence), Where: e.Where, Field: e.Field, Chain: e.Chain, Value: v, Token: e.Token,
		Consent: f.Consent, Phase: e.Phase, Severity: p.Severity, Reasons: p.Reasons, Fingerprint: f.Fingerprint, Place: p.Fingerprint, Sender: p.Sender, Via: e.Via, Stability: f.Verdict.Stability,
		TagManager: e.TagManager,
	}
	for _, s := range e.Steps {
		out.Steps = append(out.Steps, detect.Step{Decoder: s.Decoder, Result: s.Result})
	}
	return out
}
