package detect

import (
	"cmp"
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// Flow is what people agree to: "Mixpanel may get the hashed e-mail address after consent". It is recipient × class ×
// consent state × form, and nothing finer is new by itself. Where it was seen are its places, the evidence of those are
// findings.
type Flow struct {
	Fingerprint string              // see FlowFingerprint
	Recipient   recipient.Recipient // Via is set only if every place has the same
	Class       rule.Class
	Consent     crawler.Consent
	Form        Form          // Clear, Hashed or Masked
	Severity    rule.Severity // that of the worst place
	Confidence  Confidence    // that of the worst place
	Places      []Place       // the worst first
	Pages       []string      // distinct page URLs of all places, at most maxFlowPages
	Findings    int           // how many
	Requests    int           // how many distinct requests
	Visits      int           // how many distinct visits of pages
	Example     Finding       // the most telling one of the worst place
}

// Place is where a flow was seen: kind of page × part of the request × field × sender. Its severity is the reason why it
// is told apart: the same datum is worse in a URL, before consent, while typing.
type Place struct {
	Fingerprint string // see PlaceFingerprint
	Route       string
	Where       decode.Where
	Field       string // indexes and personal names folded; OtherFields where there are too many to tell apart
	Sender      string // tag manager, else script, see senderOf
	Host        string // who stands in for the recipient, or which of its changing hosts it was; "" where the recipient says it
	Weak        bool   // the recipient is only guessed
	Severity    rule.Severity
	Confidence  Confidence
	Forms       []Form
	Known       []Known
	Rules       []string
	Reasons     []string // why the severity differs from that of the class
	Phases      []crawler.Phase
	Pages       []string // distinct page URLs, at most maxPlacePages
	Findings    int
	Requests    int
	Sights      []Finding // the most telling, of different requests, at most maxSights
}

// The lists that grow with the run are kept to what a reader can use. Findings and Requests still count all.
const (
	maxFlowPages  = 1000
	maxPlacePages = 50
	maxSights     = 2
	// maxFlowPlaces is how many places of a flow are told apart by their fields and senders. A page that makes up a name for each
	// field it sends must not take all memory; what comes after is told by route and part of the request.
	maxFlowPlaces = 2000
)

// OtherFields stands for the fields that are not told apart any more.
const OtherFields = "…"

// Solid reports whether a place is more than a guess: the recipient is not only guessed, and the datum is more than a hint.
func (p *Place) Solid() bool { return !p.Weak && p.Confidence != Possible }

// Solid reports whether any place of the flow is.
func (f *Flow) Solid() bool {
	return slices.ContainsFunc(f.Places, func(p Place) bool { return p.Solid() })
}

// Routes are the kinds of page of all places, sorted.
func (f *Flow) Routes() []string {
	var out []string
	for _, p := range f.Places {
		out = insert(out, p.Route, 0)
	}
	return out
}

// OfFlow is the form as flows tell it: what anybody who receives it can read, whatever it is wrapped in, is Clear.
func (f Form) OfFlow() Form {
	switch f {
	case Hashed, Masked:
		return f
	}
	return Clear
}

// Flows groups findings into flows, worst first: by severity, then confidence, then how often, then by name. The order
// depends on the findings alone, not on their order.
func Flows(findings []Finding) []Flow {
	var g Grouper
	for i := range findings {
		g.Add(findings[i])
	}
	return g.Flows()
}

// Grouper builds flows from a stream of findings. Of the findings it keeps a few for each place. The zero value is ready
// to use.
type Grouper struct {
	flows map[FlowKey]*flowState
}

// FlowKey is what tells flows apart.
type FlowKey struct {
	Recipient string          `json:"recipient"` // id
	Class     rule.Class      `json:"class"`
	Consent   crawler.Consent `json:"consent,omitempty"`
	Form      Form            `json:"form"` // as flows tell it
}

// Key is the key of the flow.
func (f *Flow) Key() FlowKey { return FlowKey{f.Recipient.ID, f.Class, f.Consent, f.Form} }

// FlowKey is the key of the flow that the finding is of.
func (f *Finding) FlowKey() FlowKey {
	return FlowKey{f.Recipient.ID, f.Class, f.Consent, f.Form.OfFlow()}
}

type flowState struct {
	places   map[placeID]*placeState
	pages    []string
	requests map[requestKey]bool
	visits   map[string]bool // Page.ID
	findings int
}

type placeID struct {
	route               string
	where               decode.Where
	field, sender, host string
}

type placeState struct {
	Place
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
		s = &flowState{requests: map[requestKey]bool{}, visits: map[string]bool{}, places: map[placeID]*placeState{}}
		g.flows[key] = s
	}
	s.findings++
	s.requests[requestKey{f.Request, f.Seq}] = true
	s.visits[f.PageID] = true
	if f.Page != "" {
		s.pages = insert(s.pages, f.Page, maxFlowPages)
	}
	s.place(&f).add(f)
}

// place is the place of a finding.
func (s *flowState) place(f *Finding) *placeState {
	key := placeIn(f)
	p := s.places[key]
	if p == nil && len(s.places) >= maxFlowPlaces {
		key.field, key.sender = OtherFields, ""
		p = s.places[key]
	}
	if p == nil {
		p = &placeState{requests: map[requestKey]bool{}, Place: Place{
			Fingerprint: key.fingerprint(FlowFingerprint(f.FlowKey())), Route: key.route, Where: key.where,
			Field: key.field, Sender: key.sender, Host: key.host, Weak: true, Severity: f.Severity, Confidence: f.Confidence,
		}}
		s.places[key] = p
	}
	return p
}

func (p *placeState) add(f Finding) {
	p.Findings++
	p.requests[requestKey{f.Request, f.Seq}] = true
	p.Severity = max(p.Severity, f.Severity)
	if rank(f.Confidence) > rank(p.Confidence) {
		p.Confidence = f.Confidence
	}
	p.Weak = p.Weak && f.Recipient.Weak
	p.Forms, p.Known, p.Rules = insert(p.Forms, f.Form, 0), insert(p.Known, f.Known, 0), insert(p.Rules, f.Rule, 0)
	for _, r := range f.Reasons {
		p.Reasons = insert(p.Reasons, r, 0)
	}
	if f.Phase != "" {
		p.Phases = insert(p.Phases, f.Phase, 0)
	}
	if f.Page != "" {
		p.Pages = insert(p.Pages, f.Page, maxPlacePages)
	}
	p.see(f)
}

// see keeps the finding if it is among the most telling, one for each request.
func (p *placeState) see(f Finding) {
	i := slices.IndexFunc(p.Sights, func(s Finding) bool { return s.Request == f.Request && s.Seq == f.Seq })
	switch {
	case i >= 0 && compareFindings(f, p.Sights[i]) < 0:
		p.Sights[i] = f
	case i < 0 && len(p.Sights) < maxSights:
		p.Sights = append(p.Sights, f)
	case i < 0 && compareFindings(f, p.Sights[maxSights-1]) < 0:
		p.Sights[maxSights-1] = f
	default:
		return
	}
	slices.SortFunc(p.Sights, compareFindings)
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
	for key, s := range g.flows {
		out = append(out, s.flow(key))
	}
	slices.SortFunc(out, compareFlows)
	return out
}

func (s *flowState) flow(key FlowKey) Flow {
	f := Flow{
		Fingerprint: FlowFingerprint(key), Class: key.Class, Consent: key.Consent, Form: key.Form,
		Pages: slices.Clone(s.pages), Findings: s.findings, Requests: len(s.requests), Visits: len(s.visits), Places: make([]Place, 0, len(s.places)),
	}
	for _, p := range s.places {
		p.Requests = len(p.requests)
		f.Places = append(f.Places, p.Place)
	}
	slices.SortFunc(f.Places, byWeight)
	worst := f.Places[0]
	f.Severity, f.Confidence, f.Example = worst.Severity, worst.Confidence, worst.Sights[0]
	f.Recipient = f.Example.Recipient
	f.Recipient.Weak = worst.Weak
	if slices.ContainsFunc(f.Places, func(p Place) bool { return p.Host != f.Recipient.Via }) {
		f.Recipient.Via = ""
	}
	return f
}

// byWeight orders places, the worst first: what is only guessed comes after what is known.
func byWeight(a, b Place) int {
	return cmp.Or(
		cmp.Compare(boolRank(!a.Solid()), boolRank(!b.Solid())),
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(rank(b.Confidence), rank(a.Confidence)),
		cmp.Compare(b.Findings, a.Findings),
		cmp.Compare(a.Route, b.Route),
		cmp.Compare(a.Where, b.Where),
		cmp.Compare(a.Field, b.Field),
		cmp.Compare(a.Sender, b.Sender),
		cmp.Compare(a.Host, b.Host),
	)
}

// compareFlows orders flows, the worst first.
func compareFlows(a, b Flow) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(rank(b.Confidence), rank(a.Confidence)),
		cmp.Compare(b.Findings, a.Findings),
		cmp.Compare(a.Recipient.ID, b.Recipient.ID),
		cmp.Compare(a.Class, b.Class),
		cmp.Compare(a.Consent, b.Consent),
		cmp.Compare(a.Form, b.Form),
	)
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
		cmp.Compare(a.Place, b.Place),
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
