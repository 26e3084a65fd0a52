package detect

import (
	"cmp"
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/rule"
)

// The lists of a flow that grow with the run are kept to what a reader can use. Findings and Requests still count all.
const (
	maxFlowPages  = 1000
	maxFlowFields = 200
)

// Flows groups findings into flows, worst first: by severity, then confidence, then how often, then by name. The order
// depends on the findings alone, not on their order.
func Flows(findings []Finding) []Flow {
	var g Grouper
	for i := range findings {
		g.Add(findings[i])
	}
	return g.Flows()
}

// Grouper builds flows from a stream of findings without keeping the findings. The zero value is ready to use.
type Grouper struct {
	flows map[FlowKey]*flowState
}

// FlowKey is what tells flows apart.
type FlowKey struct {
	Recipient string          `json:"recipient"` // id
	Via       string          `json:"via,omitempty"`
	Class     rule.Class      `json:"class"`
	Consent   crawler.Consent `json:"consent,omitempty"`
	Route     string          `json:"route"`
}

// Key is the key of the flow.
func (f *Flow) Key() FlowKey {
	return FlowKey{f.Recipient.ID, f.Recipient.Via, f.Class, f.Consent, f.Route}
}

// FlowKey is the key of the flow that the finding is of.
func (f *Finding) FlowKey() FlowKey {
	return FlowKey{f.Recipient.ID, f.Recipient.Via, f.Class, f.Consent, f.Route}
}

type flowState struct {
	Flow
	requests map[requestKey]bool
}

type requestKey struct {
	id  string
	seq int64
}

// Add counts a finding in.
func (g *Grouper) Add(f Finding) {
	if g.flows == nil {
		g.flows = map[FlowKey]*flowState{}
	}
	key := f.FlowKey()
	s := g.flows[key]
	if s == nil {
		s = &flowState{requests: map[requestKey]bool{}, Flow: Flow{
			Recipient: f.Recipient, Class: f.Class, Consent: f.Consent, Route: f.Route, Example: f,
			Severity: f.Severity, Confidence: f.Confidence,
		}}
		g.flows[key] = s
	}
	s.add(f)
}

func (s *flowState) add(f Finding) {
	s.Findings++
	s.requests[requestKey{f.Request, f.Seq}] = true
	s.Severity = max(s.Severity, f.Severity)
	if rank(f.Confidence) > rank(s.Confidence) {
		s.Confidence = f.Confidence
	}
	if f.Recipient.Weak != s.Recipient.Weak && !f.Recipient.Weak {
		s.Recipient = f.Recipient
	}
	s.Forms = insert(s.Forms, f.Form, 0)
	s.Known = insert(s.Known, f.Known, 0)
	s.Wheres = insert(s.Wheres, f.Where, 0)
	s.Fields = insert(s.Fields, FoldPath(f.Field), maxFlowFields)
	s.Fingerprints = insert(s.Fingerprints, f.Fingerprint, 0)
	if f.Phase != "" {
		s.Phases = insert(s.Phases, f.Phase, 0)
	}
	if f.Page != "" {
		s.Pages = insert(s.Pages, f.Page, maxFlowPages)
	}
	if compareFindings(f, s.Example) < 0 {
		s.Example = f
	}
	s.Fingerprint = s.Example.Fingerprint
}

// insert puts v into the sorted set s, unless it has limit members already; 0 is no limit.
func insert[T cmp.Ordered](s []T, v T, limit int) []T {
	i, found := slices.BinarySearch(s, v)
	if found || limit > 0 && len(s) >= limit {
		return s
	}
	return slices.Insert(s, i, v)
}

// Flows returns the flows so far, worst first.
func (g *Grouper) Flows() []Flow {
	out := make([]Flow, 0, len(g.flows))
	for _, s := range g.flows {
		s.Requests = len(s.requests)
		out = append(out, s.Flow)
	}
	slices.SortFunc(out, func(a, b Flow) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(rank(b.Confidence), rank(a.Confidence)),
			cmp.Compare(b.Findings, a.Findings),
			cmp.Compare(a.Recipient.ID, b.Recipient.ID),
			cmp.Compare(a.Class, b.Class),
			cmp.Compare(a.Consent, b.Consent),
			cmp.Compare(a.Route, b.Route),
			cmp.Compare(a.Recipient.Via, b.Recipient.Via),
		)
	})
	return out
}

// compareFindings orders findings by how much they tell: severity, confidence, plain before hashed, then position.
func compareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(rank(b.Confidence), rank(a.Confidence)),
		cmp.Compare(formRank(a.Form), formRank(b.Form)),
		cmp.Compare(a.Seq, b.Seq),
		cmp.Compare(a.Request, b.Request),
		cmp.Compare(a.Field, b.Field),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Fingerprint, b.Fingerprint),
	)
}

func rank(c Confidence) int {
	switch c {
	case Certain:
		return 3
	case Likely:
		return 2
	case Possible:
		return 1
	}
	return 0
}

func formRank(f Form) int {
	return slices.Index([]Form{Plain, Encoded, Compressed, Split, Hashed, Masked}, f)
}
