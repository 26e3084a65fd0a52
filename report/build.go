package report

import (
	"cmp"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
)

// Build makes the Model. v is the judgement on b.Input(). The Builder can go on afterwards.
func (b *Builder) Build(v policy.Verdict) *Model {
	m := &Model{
		Schema: Schema, Made: b.o.Made, Verdict: v, Pages: slices.Clone(b.pages),
		Scripts: b.sortedScripts(), Cookies: b.sortedCookies(),
	}
	m.Run = b.runFacts()
	m.Flows = b.buildFlows(v)
	m.Standing = b.standing(b.Flows())
	m.Recipients = b.exposures(m)
	m.Routes = b.buildRoutes(m)
	m.Consent = b.matrix(m, v)
	m.Contacts = b.contacts()
	m.Strangers = b.strangers(m)
	m.Loads = b.sortedLoads()
	m.Totals = b.totals(m)
	m.Gravest = gravest(m)
	for _, s := range v.Scripts {
		decideScript(m.Scripts, s)
	}
	m.Glossary = b.glossary(m)
	m.Advice = b.advice(m)
	m.Limits = limits(m, b.notes)
	fill(reflect.ValueOf(m).Elem())
	b.redact(m)
	neutralise(m)
	return m
}

func (b *Builder) runFacts() Run {
	r := Run{
		ID: b.run.ID, Tool: b.run.Tool, Seeds: b.run.Seeds, Started: b.run.Started.UTC(), Browser: b.run.Browser,
		FirstParty: b.run.FirstParty, Deviations: b.run.Deviations, Persona: slices.Clone(b.o.Persona),
	}
	if b.ended.Time.After(r.Started) {
		r.Ended = b.ended.Time.UTC()
	}
	r.Browser.Path = "" // a path of the machine is nobody's business
	r.Browser.Args = nil
	for i, s := range r.Seeds {
		if i == 0 {
			r.Seeds = slices.Clone(r.Seeds)
			if u, err := url.Parse(s); err == nil {
				r.Site = u.Host
			}
		}
		r.Seeds[i] = plainURL(s)
	}
	for _, k := range slices.Sorted(maps.Keys(b.run.Options)) {
		r.Options = append(r.Options, Option{k, b.run.Options[k]})
	}
	for k := range b.run.Persona {
		r.Persona = append(r.Persona, k)
	}
	slices.Sort(r.Persona)
	r.Persona = slices.Compact(r.Persona)
	return r
}

func (b *Builder) evidence(f detect.Finding) Evidence {
	e := Evidence{
		Request: f.Request, PageID: f.PageID, Page: plainURL(f.Page), Host: f.Host, Method: f.Method, URL: plainURL(f.URL),
		Account: f.Account, Event: f.EventName, Rule: f.Rule, Form: f.Form, Known: f.Known, Confidence: string(f.Confidence),
		Where: f.Where, Field: f.Field, Chain: f.Chain, Value: f.Value.String(), Token: cmp.Or(detect.Token(b.o.Key, f.Value), f.Token),
		Phase: f.Phase, TagManager: f.TagManager, Print: f.Place, clear: f.Value.Reveal(),
	}
	for _, s := range f.Steps {
		e.Steps = append(e.Steps, Step{s.Decoder, s.Result})
	}
	for i, c := range f.Via {
		if i == 12 {
			break
		}
		c.URL = causeURL(c)
		e.Via = append(e.Via, c)
	}
	for _, x := range f.Evidence {
		if !slices.Contains(e.Also, x.Rule) && x.Rule != f.Rule {
			e.Also = append(e.Also, x.Rule)
		}
	}
	return e
}

// through names the hand that sent a finding: a tag manager if one is in the chain, else the nearest third party's
// script, else the site's own code, else the page itself.
func (b *Builder) through(f detect.Finding) Through {
	t := Through{Kind: "unknown"}
	if len(f.Via) > 0 && f.Via[0].Kind == "unknown" && !slices.ContainsFunc(f.Via, func(c crawler.Cause) bool { return isThird(b.owner(c.URL)) }) {
		return t // the page is where it ran, not who sent
	}
	for _, c := range f.Via {
		r := b.owner(c.URL)
		switch {
		case isThird(r) && r.Category == "tag-manager":
			return Through{"tag-manager", r.ID, r.Name}
		case isThird(r) && t.Kind != "vendor":
			t = Through{"vendor", r.ID, r.Name}
		case t.Kind == "unknown" && c.Kind == "document":
			t = Through{Kind: "page"}
		case t.Kind == "unknown" || t.Kind == "page" && c.Kind != "document":
			t = Through{Kind: "own"}
		}
	}
	if f.TagManager != "" {
		return Through{Kind: "tag-manager", Name: f.TagManager}
	}
	return t
}

func (b *Builder) buildRoutes(m *Model) []Route {
	byRoute := map[string]*Route{}
	get := func(r string) *Route {
		if byRoute[r] == nil {
			byRoute[r] = &Route{Route: r}
		}
		return byRoute[r]
	}
	for _, p := range m.Pages {
		r := get(p.Route)
		r.Pages++
		if p.Outcome == crawler.Complete {
			r.Complete++
		}
		if p.Consent != "" {
			r.Consents = append(r.Consents, p.Consent)
		}
	}
	got := map[[2]string]bool{}
	for _, f := range m.Flows {
		if f.Recipient == "first-party" {
			continue
		}
		for _, p := range f.Places {
			r := get(p.Route)
			r.Severity = max(r.Severity, p.Severity)
			if k := [2]string{p.Route, f.Recipient}; !got[k] && f.Class.Identifies() {
				got[k] = true
				r.Recipients++
			}
		}
	}
	out := make([]Route, 0, len(byRoute))
	for _, k := range slices.Sorted(maps.Keys(byRoute)) {
		r := *byRoute[k]
		r.Consents = sortStates(r.Consents)
		out = append(out, r)
	}
	return out
}

func (b *Builder) totals(m *Model) Totals {
	t := Totals{Pages: len(m.Pages), Requests: b.requests, ThirdParty: b.third, Findings: b.findings,
		Scripts: len(m.Scripts), BodiesGone: b.missing}
	for _, p := range m.Pages {
		switch p.Outcome {
		case crawler.Complete:
			t.Complete++
		case crawler.Partial:
			t.Partial++
		case crawler.Blocked:
			t.Blocked++
		default:
			t.Failed++
		}
	}
	for _, f := range m.Flows {
		if f.Recipient != "first-party" && f.Severity >= rule.Info && f.Severity <= rule.Critical {
			t.Severity[f.Severity]++
		}
	}
	for _, s := range m.Scripts {
		if s.Owner != "first-party" && s.Owner != "" {
			t.ThirdCode++
		}
	}
	for _, s := range b.scripts {
		if s.inside {
			t.Inside++
		}
	}
	return t
}

func (b *Builder) contacts() []Contact {
	var out []Contact
	for _, p := range b.parties {
		if p.requests == 0 {
			continue
		}
		out = append(out, Contact{
			ID: p.r.ID, Name: p.r.Name, Owner: p.r.Owner, Country: countryName(p.r.Country), Category: p.r.Category,
			Hosts: p.hosts.list(), Requests: p.requests, Consents: p.states(), Referer: p.referer,
		})
	}
	slices.SortFunc(out, func(a, b Contact) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return out
}

func (p *party) states() []crawler.Consent {
	var cs []crawler.Consent
	for c, n := range p.by {
		if c != "" && n > 0 {
			cs = append(cs, c)
		}
	}
	return sortStates(cs)
}

func (b *Builder) glossary(m *Model) []Term {
	seen := map[rule.Class]bool{}
	var out []Term
	for _, f := range m.Flows {
		if seen[f.Class] {
			continue
		}
		seen[f.Class] = true
		t := Term{Class: f.Class, Title: titleOf(f.Class), Severity: f.Severity}
		if i, ok := rule.InfoOf(f.Class); ok {
			t.Severity, t.What, t.Why, t.GDPR, t.TCF = i.Severity, i.What, i.Why, i.GDPR, i.TCF
			t.DPV, t.Apple, t.Play, t.CWE = i.DPV, i.Apple, i.Play, i.CWE
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Term) int { return strings.Compare(string(a.Class), string(b.Class)) })
	return out
}

func decideScript(ss []Script, v policy.ScriptVerdict) {
	for i := range ss {
		if ss[i].SHA256 == v.SHA256 && ss[i].URL == v.URL {
			ss[i].Decision, ss[i].Why = string(v.Decision), v.Why
		}
	}
}

// deviations says what makes a run differ from an ordinary visitor's, by the word in crawler.Run.
var deviations = map[string]string{
	"insecure":   "Certificates were not checked (--insecure): a server in between could have answered.",
	"map":        "Hosts were led to other addresses (--map): what answered need not be what visitors reach.",
	"no-sandbox": "The browser ran without its sandbox.",
	"real-time":  "Pages were waited for in real time: what is sent late may have been missed.",
	"header":     "A header was added to requests: the site may have answered differently.",
}

func deviation(word string) string {
	if s, ok := deviations[word]; ok {
		return s
	}
	return "The run differed from an ordinary visit: " + word + "."
}

// limits says what this report cannot say.
func limits(m *Model, notes []string) []string {
	out := slices.Clone(notes)
	t := m.Totals
	if t.Partial+t.Blocked+t.Failed > 0 {
		out = append(out, plural(t.Partial+t.Blocked+t.Failed, "visit")+" of "+num(t.Pages)+
			" saw less than everything; only complete visits can prove that something is not sent.")
	}
	if t.BodiesGone > 0 {
		out = append(out, plural(t.BodiesGone, "request body")+" existed and could not be read.")
	}
	for _, d := range m.Run.Deviations {
		out = append(out, deviation(d))
	}
	return append(out,
		"Only pages that were visited, as this visitor, from this place and at this time are covered; vendors can behave differently for others.",
		"What a recipient does with the data, passes on from its own servers or joins with what it has is not visible from the browser.",
		"What the site's own servers pass on to others does not pass the browser and is not covered.",
		"Payloads encrypted by a vendor's script are named as unreadable, not as harmless.",
	)
}

// fill replaces nil slices by empty ones where JSON does not leave them out, so that report.json has arrays where its
// schema says so.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			if fv := v.Field(i); fv.Kind() == reflect.Slice && fv.IsNil() && !strings.Contains(f.Tag.Get("json"), ",omit") {
				fv.Set(reflect.MakeSlice(fv.Type(), 0, 0))
			}
			fill(v.Field(i))
		}
	}
}
