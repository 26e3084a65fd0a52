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
	"github.com/tagscan/tagscan/detect/rule"
)

// exposures makes the three rings of every third party that was sent something, could read something, or brings others
// along.
func (b *Builder) exposures(m *Model) []Exposure {
	flows := map[string][]Flow{}
	for _, f := range m.Flows {
		flows[f.Recipient] = append(flows[f.Recipient], f)
	}
	broughtBy := map[string][]Brought{}
	for _, id := range slices.Sorted(maps.Keys(b.parties)) {
		for to, br := range b.parties[id].brings {
			p := b.parties[id].r
			broughtBy[to] = append(broughtBy[to], Brought{ID: id, Name: p.Name, Country: countryName(p.Country), Direct: br.Direct, Requests: br.Requests, How: br.How})
		}
	}
	var out []Exposure
	for id, p := range b.parties {
		if !isThird(p.r) {
			continue
		}
		e := Exposure{
			Recipient: p.r, Country: countryName(p.r.Country), Hosts: p.hosts.list(), Accounts: p.accounts.list(),
			Events: p.events.list(), Requests: p.requests, Routes: len(p.routes), Consents: p.states(),
			Sent: sentOf(flows[id]), Reach: p.reach.within(), Brings: p.brought(), BroughtBy: broughtBy[id],
		}
		if p.direct {
			e.Recipient.Via = ""
		}
		e.weigh(flows[id])
		e.Sentence = sentence(&e)
		e.Why = why(&e, flows[id])
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Exposure) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(len(b.Sent), len(a.Sent)),
			cmp.Compare(b.Requests, a.Requests),
			strings.Compare(a.Recipient.ID, b.Recipient.ID),
		)
	})
	return out
}

func (p *party) brought() []Brought {
	var out []Brought
	for _, id := range slices.Sorted(maps.Keys(p.brings)) {
		out = append(out, *p.brings[id])
	}
	slices.SortStableFunc(out, func(a, b Brought) int { return cmp.Compare(b.Requests, a.Requests) })
	return out
}

// weigh sums up the flows: the severity of the exposure is that of its worst flow that is more than a guess.
func (e *Exposure) weigh(flows []Flow) {
	for _, f := range flows {
		e.Flows = append(e.Flows, f.Fingerprint)
		if f.Confidence != detect.Possible {
			e.Severity = max(e.Severity, f.Severity)
		}
		if f.Consent != "" {
			e.Consents = append(e.Consents, f.Consent)
		}
		e.Requests = max(e.Requests, f.Requests)
	}
	e.Consents = sortStates(e.Consents)
	e.decide(flows)
}

// decide sums up what the policy says of the flows.
func (e *Exposure) decide(flows []Flow) {
	count := map[policy.Decision]int{}
	refs := set{}
	for _, f := range flows {
		count[f.Verdict.Decision]++
		refs.add(f.Verdict.Ref)
	}
	e.Refs, e.Decisions = refs.list(), nil
	for _, d := range []policy.Decision{policy.Forbidden, policy.New, policy.Ignored, policy.Allowed} {
		if count[d] > 0 {
			e.Decisions = append(e.Decisions, Count{string(d), count[d]})
		}
	}
}

// identified reports whether the recipient was sent anything that identifies a person.
func (e *Exposure) identified() bool {
	return slices.ContainsFunc(e.Sent, func(s Sent) bool { return s.Class.Identifies() })
}

func sentOf(flows []Flow) []Sent {
	type acc struct {
		Sent
		forms  map[detect.Form]bool
		wheres map[decode.Where]bool
		routes set
	}
	by := map[rule.Class]*acc{}
	var order []rule.Class // flows come with the worst first
	for _, f := range flows {
		a := by[f.Class]
		if a == nil {
			a = &acc{Sent: Sent{Class: f.Class, Title: f.Title, Doubtful: true}, forms: map[detect.Form]bool{}, wheres: map[decode.Where]bool{}, routes: set{}}
			by[f.Class] = a
			order = append(order, f.Class)
		}
		a.Severity = max(a.Severity, f.Severity)
		a.Findings += f.Findings
		a.Requests += f.Requests
		a.Consents = append(a.Consents, f.Consent)
		for _, r := range f.Routes() {
			a.routes.add(r)
		}
		if !f.Weak && f.Confidence != detect.Possible {
			a.Doubtful = false
		}
		for _, x := range f.Forms() {
			a.forms[x] = true
		}
		for _, x := range f.Wheres() {
			a.wheres[x] = true
		}
		if e, ok := f.Example(); ok && a.Example == "" {
			a.Example = e.Value
		}
	}
	out := make([]Sent, 0, len(order))
	for _, c := range order {
		a := by[c]
		a.Forms, a.Wheres, a.Routes, a.Consents = keys(a.forms), keys(a.wheres), a.routes.list(), sortStates(a.Consents)
		out = append(out, a.Sent)
	}
	slices.SortStableFunc(out, func(a, b Sent) int {
		if a.Doubtful != b.Doubtful {
			if b.Doubtful {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Severity, a.Severity)
	})
	return out
}

// sentence says what a breach of the recipient would mean, as one would tell it a manager.
func sentence(e *Exposure) string {
	name := e.Recipient.Name
	var words []string
	for _, s := range e.Sent {
		if s.Doubtful || s.Class == rule.ConsentStr {
			continue
		}
		w := manyOf(s.Class)
		if len(s.Forms) == 1 && s.Forms[0] == detect.Hashed {
			w = "hashed " + w
		}
		words = append(words, w)
	}
	reach := reachWords(e.Reach)
	switch {
	case len(words) > 0 && reach != "":
		return "If " + name + " were breached tomorrow, your users' " + whose(words) + " would be exposed. Its script could also have read " + reach + "."
	case len(words) > 0:
		return "If " + name + " were breached tomorrow, your users' " + whose(words) + " would be exposed."
	case reach != "":
		return name + " was not seen to be sent identifying data, but if its script were taken over tomorrow, it could read " + reach + "."
	case e.Reach != nil && len(e.Reach.Routes) > 0:
		return name + " was not seen to be sent identifying data, but its script runs with the rights of your pages: what it reads is its choice."
	}
	return name + " was not seen to be sent more than an IP address and a browser by being connected to."
}

// whose lists classes, the phrases that already say "they" last, so that "your users'" fits.
func whose(words []string) string {
	var plain, they []string
	for _, w := range words {
		if strings.Contains(w, "they ") || strings.Contains(w, "their ") {
			they = append(they, w)
		} else {
			plain = append(plain, w)
		}
	}
	if len(plain) == 0 {
		plain = append(plain, "behaviour ("+list(they)+")")
		return plain[0]
	}
	return some(append(plain, they...), 9)
}

// reachWords names the grave things within reach: kinds of fields, and whether a session could be taken over.
func reachWords(w *Within) string {
	if w == nil {
		return ""
	}
	var fields []string
	for _, f := range w.Fields {
		if f.Grave && !slices.Contains(fields, f.Kind) {
			fields = append(fields, f.Kind)
		}
	}
	out := list(fields)
	if out != "" {
		out += " as they are typed"
	}
	for _, r := range slices.Concat(w.Cookies, w.Storage) {
		if r.Grave && r.Kind == "session or token" {
			if out != "" {
				out += ", and "
			}
			return out + "the keys of signed-in sessions"
		}
	}
	return out
}

// why explains the severity of an exposure: never a bare word.
func why(e *Exposure, flows []Flow) string {
	if len(flows) == 0 {
		return "Nothing that identifies a person was seen to be sent."
	}
	worst := flows[0]
	for _, f := range flows {
		if f.Confidence != detect.Possible {
			worst = f
			break
		}
	}
	s := strings.ToUpper(e.Severity.String()[:1]) + e.Severity.String()[1:] + ": " + strings.ToLower(worst.Title[:1]) + worst.Title[1:]
	if len(worst.Places) > 0 {
		if weight := append(weighed(worst.Places[0].Reasons, 1), weighed(worst.Places[0].Reasons, -1)...); len(weight) > 0 {
			s += ", " + list(weight)
		}
	}
	if w := stateWord(worst.Consent); worst.Consent != "" && !slices.ContainsFunc(worst.Reasons(), func(r string) bool {
		return strings.Contains(r, "consent") || strings.Contains(r, "refusal")
	}) {
		s += ", " + w
	}
	s += ", on " + plural(len(distinctRoutes(flows, worst.Class)), "kind") + " of page."
	if worst.Confidence == detect.Possible {
		s += " It is only a hint: no known value was seen."
	}
	return s
}

// distinctRoutes are the kinds of page on which a class was sent.
func distinctRoutes(flows []Flow, c rule.Class) []string {
	rs := set{}
	for _, f := range flows {
		if f.Class == c {
			for _, r := range f.Routes() {
				rs.add(r)
			}
		}
	}
	return rs.list()
}

// state gathers the pages of one consent state.
type state struct {
	State
	platforms set
}

func (b *Builder) stateOf(p Page) {
	s := b.states[p.Consent]
	if s == nil {
		s = &state{State: State{Consent: p.Consent}, platforms: set{}}
		b.states[p.Consent] = s
	}
	s.Pages++
	if d := p.Dialog; d != nil {
		if d.Seen {
			s.Dialogs++
			s.platforms.add(d.Platform)
		}
		if d.Verified {
			s.Verified++
		}
	}
}

// matrix holds the consent states against each other.
func (b *Builder) matrix(m *Model, v policy.Verdict) Matrix {
	mx := Matrix{Dialog: asked(m.Pages), Contradictions: b.contradictions(v)}
	var order []crawler.Consent
	for c := range b.states {
		order = append(order, c)
	}
	for _, c := range sortStates(order) {
		s := b.states[c]
		s.Platforms = s.platforms.list()
		own := b.facts[factsKey{state: c}]
		s.Pressed, s.Recorded = own.Pressed, own.Recorded
		mx.States = append(mx.States, s.State)
	}
	for _, e := range m.Recipients {
		p := b.parties[e.Recipient.ID]
		row := MatrixRow{ID: e.Recipient.ID, Name: e.Recipient.Name}
		for _, s := range mx.States {
			f := b.facts[factsKey{row.ID, s.Consent}]
			c := Cell{Requests: p.by[s.Consent], Pressed: s.Pressed, Recorded: s.Recorded, Claimed: f.Claimed, Sent: f.Sent, Sights: f.Sights}
			for _, x := range mx.Contradictions {
				if x.Recipient == row.ID && x.Consent == s.Consent {
					c.Contradicts = append(c.Contradicts, x.ID)
				}
			}
			classes := map[rule.Class]rule.Severity{}
			for _, f := range m.Flows {
				if f.Recipient == row.ID && f.Consent == s.Consent {
					c.Severity = max(c.Severity, f.Severity)
					classes[f.Class] = max(classes[f.Class], f.Severity)
				}
			}
			c.Classes = worstFirst(classes)
			for _, ck := range m.Cookies {
				if (ck.SetByID == row.ID || ck.Owner == row.ID) && slices.Contains(ck.Consents, s.Consent) {
					c.Cookies++
				}
			}
			row.Cells = append(row.Cells, c)
		}
		mx.Rows = append(mx.Rows, row)
	}
	mx.Remarks = remarks(mx)
	return mx
}

func remarks(mx Matrix) []string {
	dialogs := 0
	for _, s := range mx.States {
		dialogs += s.Dialogs
	}
	if dialogs == 0 {
		return []string{"No consent dialog was seen. Whether one is shown to other visitors is unknown."}
	}
	var out []string
	for _, s := range mx.States {
		if (s.Consent == crawler.Rejected || s.Consent == crawler.Accepted || s.Consent == crawler.Withdrawn) && s.Verified == 0 {
			out = append(out, "The choice \""+string(s.Consent)+"\" could not be verified on any page: that column shows what was sent, not what the site believed.")
		}
	}
	return out
}

// gravest says in a few lines what a reader should know first: the worst classes of data that are more than a guess, and
// who is sent them.
func gravest(m *Model) []Grave {
	by := map[rule.Class]*Grave{}
	states := map[rule.Class][]crawler.Consent{}
	hashed := map[rule.Class]bool{}
	var order []rule.Class
	for _, f := range m.third() {
		if f.Severity < rule.Medium || f.Weak || f.Confidence == detect.Possible {
			continue
		}
		g := by[f.Class]
		if g == nil {
			g = &Grave{Class: f.Class, What: manyOf(f.Class), Severity: f.Severity}
			by[f.Class], hashed[f.Class] = g, true
			order = append(order, f.Class)
		}
		if !slices.Contains(g.To, f.Name) {
			g.To = append(g.To, f.Name)
		}
		hashed[f.Class] = hashed[f.Class] && f.Form == detect.Hashed
		states[f.Class] = append(states[f.Class], f.Consent)
	}
	var out []Grave
	for _, c := range order {
		if len(out) == 5 {
			break
		}
		g := *by[c]
		if hashed[c] {
			g.What = "hashed " + g.What
		}
		var ws []string
		for _, s := range sortStates(states[c]) {
			ws = append(ws, stateWord(s))
		}
		g.When = list(ws)
		out = append(out, g)
	}
	return out
}
