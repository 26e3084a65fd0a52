package report

import (
	"slices"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
)

// Input is what the report's verdict rests on, as far as a kept report tells: enough to judge it anew by another policy
// without detecting again.
func (m *Model) Input() policy.Input {
	in := policy.Input{Again: map[string]detect.Stability{}}
	for _, f := range m.Flows {
		in.Flows = append(in.Flows, m.Detected(f))
		if f.Verdict.Stability.Looked() {
			in.Again[f.Fingerprint] = f.Verdict.Stability
		}
	}
	in.Pages, in.Scripts = toJudge(m.Pages, m.Scripts)
	in.Contradictions = m.judgeAgain()
	in.Gathered, in.Standing = slices.Clone(m.Verdict.Gaps), m.Standing
	return in
}

// Detected is a flow of the report as it was detected, as far as the report tells.
func (m *Model) Detected(f Flow) detect.Flow {
	r := recipient.Recipient{ID: f.Recipient, Name: f.Name}
	for i := range m.Recipients {
		if m.Recipients[i].Recipient.ID == f.Recipient {
			r = m.Recipients[i].Recipient
		}
	}
	return f.detected(r)
}

// Judged is the report under another verdict on m.Input(). m itself is not changed.
func (m *Model) Judged(v policy.Verdict) *Model {
	out := *m
	out.Verdict = v
	verdicts := map[detect.FlowKey]policy.FlowVerdict{}
	for _, fv := range v.Flows {
		verdicts[fv.FlowKey] = fv
	}
	out.Flows = slices.Clone(m.Flows)
	of := map[string][]Flow{}
	for i := range out.Flows {
		f := &out.Flows[i]
		f.Verdict = verdicts[f.Key()]
		of[f.Recipient] = append(of[f.Recipient], *f)
	}
	out.Consent.Contradictions = slices.Clone(m.Consent.Contradictions)
	for i := range out.Consent.Contradictions {
		out.Consent.Contradictions[i].decide(v)
	}
	out.Recipients = slices.Clone(m.Recipients)
	for i := range out.Recipients {
		out.Recipients[i].decide(of[out.Recipients[i].Recipient.ID])
	}
	out.Scripts = slices.Clone(m.Scripts)
	for i := range out.Scripts {
		out.Scripts[i].Decision, out.Scripts[i].Why = "", ""
	}
	for _, s := range v.Scripts {
		decideScript(out.Scripts, s)
	}
	return &out
}
