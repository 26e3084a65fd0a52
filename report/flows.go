package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// What a report keeps of the evidence: a few sights of the worst places convince, and each more makes it heavier.
const (
	maxSeen  = 8  // places of a flow with sights
	maxPages = 10 // page URLs that a place names
)

// Flow is one recipient × class × consent state × form: the one thing that every format lists and counts.
type Flow struct {
	Fingerprint string             `json:"fingerprint" redact:"-"`
	Recipient   string             `json:"recipient" redact:"-"` // id
	Name        string             `json:"name" redact:"-"`      // of the recipient
	Via         string             `json:"via,omitempty"`        // the first-party host that stands in for it, if it is the same in all places
	Class       rule.Class         `json:"class" redact:"-"`
	Title       string             `json:"title" redact:"-"` // of the class
	Consent     crawler.Consent    `json:"consent,omitempty"`
	Form        detect.Form        `json:"form" redact:"-"` // clear, hashed, masked
	Severity    rule.Severity      `json:"severity"`        // of the worst place
	Confidence  detect.Confidence  `json:"confidence"`
	Weak        bool               `json:"weak,omitempty"` // the recipient is only guessed
	PageCount   int                `json:"page_count"`
	Findings    int                `json:"findings"`
	Requests    int                `json:"requests"`
	Verdict     policy.FlowVerdict `json:"verdict"`
	Do          string             `json:"do,omitempty"` // what stops it at the recipient
	Places      []Place            `json:"places"`       // the worst first
}

// Place is where a flow was seen.
type Place struct {
	Fingerprint string            `json:"fingerprint" redact:"-"`
	Route       string            `json:"route"`
	Where       decode.Where      `json:"where"`
	Field       string            `json:"field"` // indexes folded to [*]
	Sender      string            `json:"sender,omitempty"`
	Host        string            `json:"host,omitempty"` // that stands in for the recipient, or which of its changing hosts it was
	Weak        bool              `json:"weak,omitempty"`
	Severity    rule.Severity     `json:"severity"`
	Confidence  detect.Confidence `json:"confidence"`
	Forms       []detect.Form     `json:"forms"`
	Known       []detect.Known    `json:"known"`
	Rules       []string          `json:"rules" redact:"-"`
	Reasons     []string          `json:"reasons,omitempty" redact:"-"`
	Phases      []crawler.Phase   `json:"phases,omitempty"`
	Pages       []string          `json:"pages"` // at most maxPages
	PageCount   int               `json:"page_count"`
	Findings    int               `json:"findings"`
	Requests    int               `json:"requests"`
	Through     Through           `json:"through" redact:"-"`
	Evidence    []Evidence        `json:"evidence,omitempty"` // sights, the most telling first; of the worst places only
}

// buildFlows tells the flows with the decisions on them.
func (b *Builder) buildFlows(v policy.Verdict) []Flow {
	verdicts := map[detect.FlowKey]policy.FlowVerdict{}
	for _, fv := range v.Flows {
		verdicts[fv.FlowKey] = fv
	}
	flows := b.Flows()
	out := make([]Flow, 0, len(flows))
	for _, f := range flows {
		o := Flow{
			Fingerprint: f.Fingerprint, Recipient: f.Recipient.ID, Name: f.Recipient.Name, Via: f.Recipient.Via,
			Class: f.Class, Title: titleOf(f.Class), Consent: f.Consent, Form: f.Form, Severity: f.Severity,
			Confidence: f.Confidence, Weak: f.Recipient.Weak, PageCount: len(f.Pages), Findings: f.Findings, Requests: f.Requests,
			Verdict: verdicts[f.Key()],
		}
		if b.o.Advice != nil {
			o.Do = b.o.Advice(f.Recipient.ID, f.Class)
		}
		for i := range f.Places {
			o.Places = append(o.Places, b.place(&f.Places[i], i < maxSeen))
		}
		out = append(out, o)
	}
	return out
}

func (b *Builder) place(p *detect.Place, seen bool) Place {
	o := Place{
		Fingerprint: p.Fingerprint, Route: p.Route, Where: p.Where, Field: p.Field, Sender: p.Sender, Host: p.Host, Weak: p.Weak,
		Severity: p.Severity, Confidence: p.Confidence, Forms: p.Forms, Known: p.Known, Rules: p.Rules, Reasons: p.Reasons, Phases: p.Phases,
		Pages: p.Pages[:min(maxPages, len(p.Pages))], PageCount: len(p.Pages), Findings: p.Findings, Requests: p.Requests,
		Through: b.through(p.Sights[0]),
	}
	for _, s := range p.Sights {
		if seen {
			o.Evidence = append(o.Evidence, b.evidence(s))
		}
	}
	return o
}

// detected is the flow as it was detected, as far as a kept report tells.
func (f *Flow) detected(r recipient.Recipient) detect.Flow {
	r.Via, r.Weak = f.Via, f.Weak
	out := detect.Flow{
		Fingerprint: f.Fingerprint, Recipient: r, Class: f.Class, Consent: f.Consent, Form: f.Form, Severity: f.Severity,
		Confidence: f.Confidence, Findings: f.Findings, Requests: f.Requests,
	}
	for _, p := range f.Places {
		out.Places = append(out.Places, detect.Place{
			Fingerprint: p.Fingerprint, Route: p.Route, Where: p.Where, Field: p.Field, Sender: p.Sender, Host: p.Host, Weak: p.Weak,
			Severity: p.Severity, Confidence: p.Confidence, Forms: p.Forms, Known: p.Known, Rules: p.Rules, Reasons: p.Reasons,
			Phases: p.Phases, Pages: p.Pages, Findings: p.Findings, Requests: p.Requests,
		})
	}
	return out
}

// Key is what tells the flow from others.
func (f *Flow) Key() detect.FlowKey {
	return detect.FlowKey{Recipient: f.Recipient, Class: f.Class, Consent: f.Consent, Form: f.Form}
}

// gather lists what all places of a flow say of something, each once, in order.
func gather[T cmp.Ordered](f *Flow, of func(*Place) []T) []T {
	out := map[T]bool{}
	for i := range f.Places {
		for _, v := range of(&f.Places[i]) {
			out[v] = true
		}
	}
	return slices.Sorted(maps.Keys(out))
}

// Routes are the kinds of page, Wheres the parts of requests, Fields the fields, and so on, of all places of the flow.
func (f *Flow) Routes() []string {
	return gather(f, func(p *Place) []string { return []string{p.Route} })
}

// Wheres: see Routes.
func (f *Flow) Wheres() []decode.Where {
	return gather(f, func(p *Place) []decode.Where { return []decode.Where{p.Where} })
}

// Fields: see Routes.
func (f *Flow) Fields() []string {
	return gather(f, func(p *Place) []string { return []string{p.Field} })
}

// Forms: see Routes; the forms as they were met, not as the flow is told.
func (f *Flow) Forms() []detect.Form {
	return gather(f, func(p *Place) []detect.Form { return p.Forms })
}

// Known: see Routes.
func (f *Flow) Known() []detect.Known {
	return gather(f, func(p *Place) []detect.Known { return p.Known })
}

// Reasons: see Routes.
func (f *Flow) Reasons() []string { return gather(f, func(p *Place) []string { return p.Reasons }) }

// Through is the hand that sent the flow in its worst place.
func (f *Flow) Through() Through {
	if len(f.Places) == 0 {
		return Through{Kind: "unknown"}
	}
	return f.Places[0].Through
}

// Example is the most telling sight of the flow; ok is false if the report keeps none.
func (f *Flow) Example() (e Evidence, ok bool) {
	for i := range f.Places {
		if len(f.Places[i].Evidence) > 0 {
			return f.Places[i].Evidence[0], true
		}
	}
	return Evidence{}, false
}

// Sights is all evidence that the report keeps of the flow.
func (f *Flow) Sights() []Evidence {
	var out []Evidence
	for i := range f.Places {
		out = append(out, f.Places[i].Evidence...)
	}
	return out
}

// decidedOn are the kinds of page that the decision is about: those of all places, unless the verdict names some.
func (f *Flow) decidedOn() []string {
	if len(f.Verdict.On) > 0 {
		return f.Verdict.On
	}
	return f.Routes()
}

// On tells on which kinds of page the decision is: "/checkout and 3 more kinds of page".
func (f *Flow) On() string {
	return some(labels(f.decidedOn()), 3)
}

func labels(routes []string) []string {
	out := make([]string, len(routes))
	for i, r := range routes {
		out[i] = routeLabel(r)
	}
	return out
}

// What is the datum with its form where that is not the ordinary one: "E-mail address, hashed".
func (f *Flow) What() string {
	if f.Form == detect.Clear || f.Form == "" {
		return f.Title
	}
	return f.Title + ", " + string(f.Form)
}

// sortFlows puts the worst first; what is only guessed comes after what is known.
func sortFlows(fs []detect.Flow) {
	slices.SortStableFunc(fs, func(a, b detect.Flow) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(doubt(a), doubt(b)),
			strings.Compare(a.Recipient.Name, b.Recipient.Name),
			strings.Compare(a.Recipient.ID, b.Recipient.ID),
			strings.Compare(string(a.Class), string(b.Class)),
			strings.Compare(string(a.Consent), string(b.Consent)),
			strings.Compare(string(a.Form), string(b.Form)),
		)
	})
}

func doubt(f detect.Flow) int {
	if f.Solid() {
		return 0
	}
	return 1
}

func keys[K cmp.Ordered](m map[K]bool) []K { return slices.Sorted(maps.Keys(m)) }
