package policy

import (
	"cmp"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// baselineVersion is the version of the baseline's format. Version 1 had an entry for each field on each kind of page.
const baselineVersion = 2

// Baseline is what was accepted as it is, for people to review: by recipient and consent state, a line for each flow, in
// an order that does not depend on who added what, so that two people's additions merge. It holds no personal value.
type Baseline struct {
	Version int     `yaml:"version"`
	Site    string  `yaml:"site,omitempty"`   // origin that the paths below belong to
	Pages   Strings `yaml:"pages,omitempty"`  // that were visited when it was written, so that they are visited again
	Reason  string  `yaml:"reason,omitempty"` // of the groups that have none of their own
	Since   Date    `yaml:"since,omitempty"`  // day of the groups that have none of their own

	Accepted []Group          `yaml:"accepted,omitempty"`
	Scripts  []AcceptedScript `yaml:"scripts,omitempty"`

	Contradictions []AcceptedContradiction `yaml:"contradictions,omitempty"`

	Standing Standing `yaml:"standing,omitempty"` // what news are told by

	Old []oldEntry `yaml:"flows,omitempty"` // of version 1, until migrate has taken them over

	taken int // how many entries of version 1 were taken over
}

// Group are the flows to one recipient in one consent state that were accepted for one reason.
type Group struct {
	Recipient string          `yaml:"recipient"`
	Consent   crawler.Consent `yaml:"consent,omitempty"`
	Reason    string          `yaml:"reason,omitempty"`
	Accepted  Date            `yaml:"accepted,omitempty"`
	Until     Date            `yaml:"until,omitempty"` // last day; without one it holds until it is taken out
	Was       Decision        `yaml:"was,omitempty"`   // forbidden: accepted although a rule forbids it
	Flows     []Entry         `yaml:"flows,omitempty"`
}

// Entry is one flow of a group, with the places where it was seen.
type Entry struct {
	Class rule.Class  `yaml:"class"`
	Form  detect.Form `yaml:"form,omitempty"` // clear, hashed or masked; any form if it is missing
	On    Strings     `yaml:"on,omitempty"`   // kinds of page on which it was sent in a body, header or cookie; of both kinds if Form is missing
	URL   Strings     `yaml:"url,omitempty"`  // kinds of page on which it was sent in an address
	// Unseen is the day on which it did not occur any more, as a run was accepted that saw all of the site: it can go.
	Unseen Date   `yaml:"unseen,omitempty"`
	Print  string `yaml:"print,omitempty"` // beginning of the flow's fingerprint, for people: what counts is recipient, consent, class and form
}

// oldEntry is an entry of version 1.
type oldEntry struct {
	Fingerprint string          `yaml:"fingerprint"`
	Recipient   string          `yaml:"recipient"`
	Class       rule.Class      `yaml:"class"`
	Consent     crawler.Consent `yaml:"consent,omitempty"`
	Route       string          `yaml:"route"`
	Was         Decision        `yaml:"was,omitempty"`
	Reason      string          `yaml:"reason"`
	Accepted    Date            `yaml:"accepted,omitempty"`
	Until       Date            `yaml:"until,omitempty"`
}

// AcceptedScript is a script by content, as it was reviewed for a route of the script inventory.
type AcceptedScript struct {
	URL      string `yaml:"url"`
	SHA256   string `yaml:"sha256"`
	Reason   string `yaml:"reason"`
	Accepted Date   `yaml:"accepted,omitempty"`
}

// migrate takes entries of version 1 over: each accepts its flow in any form, and knows its kind of page.
func (b *Baseline) migrate() {
	for _, o := range b.Old {
		g := Group{Recipient: o.Recipient, Consent: o.Consent, Reason: o.Reason, Accepted: o.Accepted, Until: o.Until, Was: o.Was}
		b.put(g, Entry{Class: o.Class, On: Strings{o.Route}})
	}
	b.taken, b.Old, b.Version = len(b.Old), nil, baselineVersion
}

// inherit gives groups the reason and the day of the file where they have none of their own; a group without any is an
// error.
func (b *Baseline) inherit() error {
	for i := range b.Accepted {
		g := &b.Accepted[i]
		if strings.TrimSpace(g.Reason) != "" {
			continue
		}
		if strings.TrimSpace(b.Reason) == "" {
			return fmt.Errorf("what was accepted for %s (%s) needs a reason", g.Recipient, cmp.Or(g.Consent, crawler.Unknown))
		}
		g.Reason = b.Reason
		if g.Accepted.IsZero() {
			g.Accepted = b.Since
		}
	}
	return b.inheritContradictions()
}

// ofFile reports whether the group has the reason and the day of the file.
func (b *Baseline) ofFile(g *Group) bool {
	return g.Reason == b.Reason && g.Accepted.Format(time.DateOnly) == b.Since.Format(time.DateOnly)
}

// Migrated says in one sentence that the baseline was read from an older version; "" if it was not.
func (b *Baseline) Migrated() string {
	if b == nil || b.taken == 0 {
		return ""
	}
	n := 0
	for range b.entries() {
		n++
	}
	return fmt.Sprintf("the baseline is of version 1: its %s accept %s, each in any form; tagscan accept writes it as version 2",
		count(b.taken, "entry"), count(n, "flow"))
}

// accepted is an entry with its group.
type accepted struct {
	*Group
	*Entry
}

// entries are all accepted flows.
func (b *Baseline) entries() iter.Seq[accepted] {
	return func(yield func(accepted) bool) {
		for i := range b.Accepted {
			g := &b.Accepted[i]
			for k := range g.Flows {
				if !yield(accepted{g, &g.Flows[k]}) {
					return
				}
			}
		}
	}
}

// speaksOf reports whether the entry is about the flow.
func (a accepted) speaksOf(f *detect.Flow) bool {
	return a.Recipient == f.Recipient.ID && a.Consent == f.Consent && a.Class == f.Class && (a.Form == "" || a.Form == f.Form)
}

// knows reports whether the flow was accepted in a place like this one: on this kind of page, in an address or not.
func (a accepted) knows(p *detect.Place) bool {
	routes := a.On
	if a.Form == "" {
		routes = slices.Concat(a.On, a.URL)
	} else if inAddress(p) {
		routes = a.URL
	}
	return slices.ContainsFunc(routes, func(r string) bool { return sameRoute(r, p.Route) })
}

// inAddress reports whether the datum stood in a URL.
func inAddress(p *detect.Place) bool { return p.Where == decode.Query || p.Where == decode.Path }

// sameRoute holds a route of a baseline, which may be without the site's origin, against one of a run.
func sameRoute(known, route string) bool {
	return known == route || strings.HasPrefix(known, "/") && known == pathOf(route)
}

// pathOf is the path of a route.
func pathOf(route string) string {
	_, rest, ok := strings.Cut(route, "://")
	if !ok {
		return route
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return "/"
}

// agreement is what accepts a flow now: the entry that is told of, and all that know places of it.
type agreement struct {
	accepted
	all []accepted
}

// knows reports whether any entry of the flow's own consent state knows a place like this one.
func (g *agreement) knows(p *detect.Place) bool {
	return slices.ContainsFunc(g.all, func(a accepted) bool { return a.knows(p) })
}

// forgives reports whether the place was accepted although a rule forbids it.
func (g *agreement) forgives(p *detect.Place) bool {
	return slices.ContainsFunc(g.all, func(a accepted) bool { return a.Was == Forbidden && a.knows(p) })
}

// find returns what accepts a flow now, or nil: told of is one that was accepted although it is forbidden, then the one
// that holds longest.
func (b *Baseline) find(f detect.Flow, now time.Time) *agreement {
	if b == nil {
		return nil
	}
	var out *agreement
	for a := range b.entries() {
		if !a.speaksOf(&f) || a.Until.Passed(now) {
			continue
		}
		if out == nil {
			out = &agreement{accepted: a}
		} else if a.longer(out.accepted) {
			out.accepted = a
		}
		out.all = append(out.all, a)
	}
	return out
}

// knows reports whether any entry knows a place like this one of the flow, in whatever consent state: what a queue sends, it sends from
// any page in each of them.
func (b *Baseline) knows(f *detect.Flow, p *detect.Place) bool {
	if b == nil {
		return false
	}
	for a := range b.entries() {
		if a.inSomeState(f) && a.knows(p) {
			return true
		}
	}
	return false
}

// inSomeState reports whether the entry is about the flow, or about the same in another consent state.
func (a accepted) inSomeState(f *detect.Flow) bool {
	same := *f
	same.Consent = a.Consent
	return a.speaksOf(&same)
}

func (a accepted) longer(o accepted) bool {
	if (a.Was == Forbidden) != (o.Was == Forbidden) {
		return a.Was == Forbidden
	}
	return !o.Until.IsZero() && (a.Until.IsZero() || a.Until.After(o.Until.Time))
}

// Acceptance is what Accept takes into a baseline, and why.
type Acceptance struct {
	Reason       string    // required
	Until        time.Time // last day; zero: no end
	Now          time.Time
	Fingerprints []string // accept only these flows, or places of flows; empty: all that is new. What a rule forbids must be named
	Scripts      bool     // take the scripts of inventoried routes as reviewed
	Config       *Config  // the policy, whose standing goes on in the baseline; may be nil
}

// Accept adds flows, and contradictions about consent, to a copy of the baseline (nil is an empty one) and returns it with the number of flows,
// contradictions and scripts that are new in it. verdict says what the flows were judged to be. Where nothing is named, what was already accepted is
// taken note of in its new places, for the reason that it has. A fingerprint that occurs in no flow is an error.
func (b *Baseline) Accept(in Input, verdict Verdict, a Acceptance) (*Baseline, int, error) {
	if strings.TrimSpace(a.Reason) == "" {
		return nil, 0, fmt.Errorf("accept: a reason is needed, so that the next reader knows why")
	}
	out := b.clone()
	if len(out.Accepted)+len(out.Contradictions) == 0 {
		out.Reason, out.Since = a.Reason, Date{a.Now}
	}
	if len(a.Fingerprints) == 0 && verdict.whole() && out.sawMost(in.Pages) {
		out.Pages = nil // what was not visited again is not there any more
	}
	out.visit(in.Pages)
	decided := map[detect.FlowKey]FlowVerdict{}
	for _, v := range verdict.Flows {
		decided[v.FlowKey] = v
	}
	named := map[string]bool{}
	added := 0
	for _, f := range in.Flows {
		v := decided[f.Key()]
		places := placesOf(&f)
		take := v.Decision == New
		if len(a.Fingerprints) > 0 {
			places, take = namedPlaces(&f, a.Fingerprints, named)
		}
		known := out.find(f, a.Now)
		g := Group{Recipient: f.Recipient.ID, Consent: f.Consent, Reason: a.Reason, Accepted: Date{a.Now}, Until: Date{a.Until}}
		if v.Decision == Forbidden {
			g.Was = Forbidden
		}
		switch {
		case take && known != nil && v.Rule == NewPlace:
			unknown := slices.DeleteFunc(slices.Clone(places), func(p detect.Place) bool { return known.knows(&p) })
			out.put(g, entryOf(out, &f, unknown))
			added++
		case take:
			out.replace(g, entryOf(out, &f, places))
			added++
		case len(a.Fingerprints) == 0 && known != nil && v.Decision != Forbidden:
			unknown := slices.DeleteFunc(slices.Clone(places), func(p detect.Place) bool { return known.knows(&p) })
			known.learn(out, unknown)
		}
	}
	for _, n := range a.Fingerprints {
		if !named[n] {
			return nil, 0, fmt.Errorf("accept: no flow of this run has the fingerprint %s", n)
		}
	}
	if len(a.Fingerprints) == 0 {
		added += out.acceptContradictions(verdict, a)
		out.stand(in, verdict, a)
	}
	if a.Scripts {
		added += out.acceptScripts(verdict, a)
	}
	out.sort()
	return out, added, nil
}

// clone is a copy that can be changed; of nil an empty baseline.
func (b *Baseline) clone() *Baseline {
	out := &Baseline{Version: baselineVersion}
	if b == nil {
		return out
	}
	out.Site, out.Pages, out.Reason, out.Since, out.Scripts = b.Site, slices.Clone(b.Pages), b.Reason, b.Since, slices.Clone(b.Scripts)
	out.Contradictions, out.Standing = slices.Clone(b.Contradictions), b.Standing
	for _, g := range b.Accepted {
		g.Flows = slices.Clone(g.Flows)
		for i := range g.Flows {
			g.Flows[i].On, g.Flows[i].URL = slices.Clone(g.Flows[i].On), slices.Clone(g.Flows[i].URL)
		}
		out.Accepted = append(out.Accepted, g)
	}
	return out
}

// namedPlaces are the places of a flow that are named: all of them if the flow is.
func namedPlaces(f *detect.Flow, prints []string, named map[string]bool) ([]detect.Place, bool) {
	var out []detect.Place
	for _, n := range prints {
		if names(n, f.Fingerprint) {
			named[n] = true
			return placesOf(f), true
		}
		for _, p := range f.Places {
			if names(n, p.Fingerprint) {
				named[n] = true
				out = append(out, p)
			}
		}
	}
	return out, len(out) > 0
}

// shownPrint is how many digits of a fingerprint reports show.
const shownPrint = 12

func entryOf(b *Baseline, f *detect.Flow, places []detect.Place) Entry {
	e := Entry{Class: f.Class, Form: f.Form, Print: f.Fingerprint[:min(shownPrint, len(f.Fingerprint))]}
	e.learn(b, places)
	return e
}

// learn adds places to those that the entry knows.
func (e *Entry) learn(b *Baseline, places []detect.Place) {
	for i := range places {
		to := &e.On
		if inAddress(&places[i]) && e.Form != "" {
			to = &e.URL
		}
		if r := b.short(places[i].Route); r != "" && !slices.ContainsFunc(*to, func(k string) bool { return sameRoute(k, places[i].Route) }) {
			*to = append(slices.Clip(*to), r)
		}
	}
}

// short is an address without the origin of the site.
func (b *Baseline) short(address string) string {
	if path, ok := strings.CutPrefix(address, b.Site); ok && b.Site != "" && strings.HasPrefix(path, "/") {
		return path
	}
	return address
}

// sawMost reports whether a run saw at least half of the pages that are known: it is of the same site, and not of a part of it.
func (b *Baseline) sawMost(pages []Page) bool {
	again := map[string]bool{}
	for _, p := range pages {
		if page := b.short(p.URL); p.Outcome == crawler.Complete && slices.Contains(b.Pages, page) {
			again[page] = true
		}
	}
	return 2*len(again) >= len(b.Pages)
}

// visit notes the pages of a run, and on which site they are if that is not known yet.
func (b *Baseline) visit(pages []Page) {
	for _, p := range pages {
		u, err := url.Parse(p.URL)
		if err != nil || u.Host == "" || p.Outcome != crawler.Complete {
			continue
		}
		if b.Site == "" {
			b.Site = u.Scheme + "://" + u.Host
		}
		if page := b.short(p.URL); !slices.Contains(b.Pages, page) {
			b.Pages = append(b.Pages, page)
		}
	}
}

// put adds an entry to its group, or what it knows to the entry that is there.
func (b *Baseline) put(g Group, e Entry) {
	i := slices.IndexFunc(b.Accepted, g.same)
	if i < 0 {
		i = len(b.Accepted)
		b.Accepted = append(b.Accepted, g)
	}
	flows := &b.Accepted[i].Flows
	k := slices.IndexFunc(*flows, func(x Entry) bool { return x.Class == e.Class && x.Form == e.Form })
	if k < 0 {
		*flows = append(*flows, e)
		return
	}
	known := &(*flows)[k]
	known.On, known.URL = union(known.On, e.On), union(known.URL, e.URL)
}

func (g Group) same(o Group) bool {
	return g.Recipient == o.Recipient && g.Consent == o.Consent && g.Reason == o.Reason && g.Accepted.Equal(o.Accepted.Time) &&
		g.Until.Equal(o.Until.Time) && g.Was == o.Was
}

func union(a, b Strings) Strings {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(slices.Clip(a), s)
		}
	}
	return a
}

// replace puts an entry and takes out what there was for the same flow before: its places stay known.
func (b *Baseline) replace(g Group, e Entry) {
	for i := range b.Accepted {
		old := &b.Accepted[i]
		if old.Recipient != g.Recipient || old.Consent != g.Consent {
			continue
		}
		old.Flows = slices.DeleteFunc(old.Flows, func(x Entry) bool {
			same := x.Class == e.Class && x.Form == e.Form
			if same && old.Was == g.Was {
				e.On, e.URL = union(e.On, x.On), union(e.URL, x.URL)
			}
			return same
		})
	}
	b.Accepted = slices.DeleteFunc(b.Accepted, func(x Group) bool { return len(x.Flows) == 0 })
	b.put(g, e)
}

func (b *Baseline) acceptScripts(v Verdict, a Acceptance) int {
	added := 0
	for _, s := range v.Scripts {
		if s.Decision == ScriptUnlisted {
			continue
		}
		e := AcceptedScript{URL: s.URL, SHA256: s.SHA256, Reason: a.Reason, Accepted: Date{a.Now}}
		if !slices.ContainsFunc(b.Scripts, func(x AcceptedScript) bool { return x.URL == e.URL && x.SHA256 == e.SHA256 }) {
			b.Scripts = append(b.Scripts, e)
			added++
		}
	}
	return added
}

// sort puts all lists into an order that does not depend on how they came about, groups that say the same into one.
func (b *Baseline) sort() {
	groups := b.Accepted
	b.Accepted = nil
	for _, g := range groups {
		flows := g.Flows
		g.Flows = nil
		for _, e := range flows {
			b.put(g, e)
		}
	}
	for i := range b.Accepted {
		g := &b.Accepted[i]
		for k := range g.Flows {
			slices.Sort(g.Flows[k].On)
			slices.Sort(g.Flows[k].URL)
		}
		slices.SortFunc(g.Flows, func(x, y Entry) int { return cmp.Or(cmp.Compare(x.Class, y.Class), cmp.Compare(x.Form, y.Form)) })
	}
	slices.SortFunc(b.Accepted, func(x, y Group) int {
		return cmp.Or(cmp.Compare(x.Recipient, y.Recipient), cmp.Compare(x.Consent, y.Consent), x.Accepted.Compare(y.Accepted.Time),
			cmp.Compare(x.Reason, y.Reason), x.Until.Compare(y.Until.Time), cmp.Compare(x.Was, y.Was))
	})
	slices.Sort(b.Pages)
	b.Pages = slices.Compact(b.Pages)
	slices.SortFunc(b.Scripts, func(x, y AcceptedScript) int {
		return cmp.Or(strings.Compare(x.URL, y.URL), strings.Compare(x.SHA256, y.SHA256))
	})
}

// warnings names what has expired or soon will, and what does not occur any more, which is told once: a line for each group.
func (b *Baseline) warnings(in Input, now time.Time, whole bool) []string {
	if b == nil {
		return nil
	}
	var out []string
	if s := b.Migrated(); s != "" {
		out = append(out, s)
	}
	look := b.look(in, whole)
	for i := range b.Accepted {
		g := &b.Accepted[i]
		var gone []string
		met := false
		for k := range g.Flows {
			switch a := (accepted{g, &g.Flows[k]}); {
			case look.met(a):
				met = true
			case a.Unseen.IsZero() && look.gone(a):
				gone = append(gone, strings.TrimSpace(string(a.Class)+" "+string(a.Form)))
			}
		}
		what := fmt.Sprintf("baseline: %s (%s)", g.Recipient, cmp.Or(g.Consent, crawler.Unknown))
		switch day := g.Until.Format(time.DateOnly); {
		case met && g.Until.Passed(now):
			out = append(out, fmt.Sprintf("%s expired on %s (%s)", what, day, g.Reason))
		case met && g.Until.Passed(now.Add(soon)):
			out = append(out, fmt.Sprintf("%s expires on %s (%s)", what, day, g.Reason))
		}
		if len(gone) > 0 {
			out = append(out, fmt.Sprintf("%s: %s no longer occurs and can go", what, strings.Join(gone, ", ")))
		}
	}
	return out
}

// covered reports whether every kind of page on which the flow is known is among the routes.
func (a accepted) covered(routes []string) bool {
	known := slices.Concat(a.On, a.URL)
	for _, k := range known {
		if !slices.ContainsFunc(routes, func(r string) bool { return sameRoute(k, r) }) {
			return false
		}
	}
	return len(known) > 0
}
