package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

// Baseline is what was accepted as it is: one entry a fingerprint, sorted, so that two people's additions merge. It
// holds no personal value.
type Baseline struct {
	Version int              `yaml:"version"`
	Flows   []Entry          `yaml:"flows,omitempty"`
	Scripts []AcceptedScript `yaml:"scripts,omitempty"`
}

// Entry accepts one fingerprint. A flow is accepted if all its fingerprints are: a leak in another field is another leak.
type Entry struct {
	Fingerprint string          `yaml:"fingerprint"`
	Recipient   string          `yaml:"recipient"`
	Class       rule.Class      `yaml:"class"`
	Consent     crawler.Consent `yaml:"consent,omitempty"`
	Route       string          `yaml:"route"`
	Was         Decision        `yaml:"was,omitempty"` // forbidden: accepted although a rule forbids it
	Reason      string          `yaml:"reason"`
	Accepted    Date            `yaml:"accepted,omitempty"`
	Until       Date            `yaml:"until,omitempty"` // last day; without one it holds until it is taken out
}

// AcceptedScript is a script by content, as it was reviewed for a route of the script inventory.
type AcceptedScript struct {
	URL      string `yaml:"url"`
	SHA256   string `yaml:"sha256"`
	Reason   string `yaml:"reason"`
	Accepted Date   `yaml:"accepted,omitempty"`
}

// Acceptance is what Accept takes into a baseline, and why.
type Acceptance struct {
	Reason       string    // required
	Until        time.Time // last day; zero: no end
	Now          time.Time
	Fingerprints []string // accept only these; empty: every flow that is new. What a rule forbids must be named
	Scripts      bool     // take the scripts of inventoried routes as reviewed
}

// Accept adds flows to a copy of the baseline (nil is an empty one) and returns it with the number of entries that are
// new in it. verdict says what the flows were judged to be. A fingerprint that occurs in no flow is an error.
func (b *Baseline) Accept(in Input, verdict Verdict, a Acceptance) (*Baseline, int, error) {
	if strings.TrimSpace(a.Reason) == "" {
		return nil, 0, fmt.Errorf("accept: a reason is needed, so that the next reader knows why")
	}
	out := &Baseline{Version: 1}
	if b != nil {
		out.Flows, out.Scripts = slices.Clone(b.Flows), slices.Clone(b.Scripts)
	}
	decided := map[detect.FlowKey]Decision{}
	for _, v := range verdict.Flows {
		decided[v.FlowKey] = v.Decision
	}
	named := map[string]bool{}
	added := 0
	for _, f := range in.Flows {
		d := decided[f.Key()]
		for _, p := range prints(f) {
			want := d == New
			if len(a.Fingerprints) > 0 {
				i := slices.IndexFunc(a.Fingerprints, func(n string) bool { return names(n, p) || names(n, f.Fingerprint) })
				if want = i >= 0; want {
					named[a.Fingerprints[i]] = true
				}
			}
			if want && out.put(entry(f, p, d, a)) {
				added++
			}
		}
	}
	for _, n := range a.Fingerprints {
		if !named[n] {
			return nil, 0, fmt.Errorf("accept: no flow of this run has the fingerprint %s", n)
		}
	}
	if a.Scripts {
		added += out.acceptScripts(verdict, a)
	}
	out.sort()
	return out, added, nil
}

func prints(f detect.Flow) []string {
	if len(f.Fingerprints) > 0 {
		return f.Fingerprints
	}
	return []string{f.Fingerprint}
}

func entry(f detect.Flow, print string, d Decision, a Acceptance) Entry {
	e := Entry{Fingerprint: print, Recipient: f.Recipient.ID, Class: f.Class, Consent: f.Consent, Route: f.Route,
		Reason: a.Reason, Accepted: Date{a.Now}, Until: Date{a.Until}}
	if d == Forbidden {
		e.Was = Forbidden
	}
	return e
}

// put adds an entry or renews the one with its fingerprint; it reports whether it is an added one.
func (b *Baseline) put(e Entry) bool {
	i := slices.IndexFunc(b.Flows, func(x Entry) bool { return x.Fingerprint == e.Fingerprint })
	if i >= 0 {
		b.Flows[i] = e
		return false
	}
	b.Flows = append(b.Flows, e)
	return true
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

func (b *Baseline) sort() {
	slices.SortFunc(b.Flows, func(x, y Entry) int {
		return cmp.Or(strings.Compare(x.Recipient, y.Recipient), strings.Compare(string(x.Class), string(y.Class)),
			strings.Compare(x.Route, y.Route), strings.Compare(string(x.Consent), string(y.Consent)),
			strings.Compare(x.Fingerprint, y.Fingerprint))
	})
	slices.SortFunc(b.Scripts, func(x, y AcceptedScript) int {
		return cmp.Or(strings.Compare(x.URL, y.URL), strings.Compare(x.SHA256, y.SHA256))
	})
}

// find returns what accepts a flow now: nil unless every fingerprint of it is accepted. Where several entries do, the
// strictest holds: forbidden only if all were accepted as such, and the earliest end.
func (b *Baseline) find(f detect.Flow, now time.Time) *Entry {
	if b == nil {
		return nil
	}
	var out *Entry
	for _, p := range prints(f) {
		i := slices.IndexFunc(b.Flows, func(e Entry) bool { return e.Fingerprint == p && !e.Until.Passed(now) })
		if i < 0 {
			return nil
		}
		e := b.Flows[i]
		if out == nil {
			out = &e
			continue
		}
		if e.Was != Forbidden {
			out.Was = e.Was
		}
		if out.Until.IsZero() || !e.Until.IsZero() && e.Until.Before(out.Until.Time) {
			out.Until = e.Until
		}
	}
	return out
}

// warnings names entries that have expired or soon will, and those that no longer occur although their kind of page was
// seen completely in their consent state.
func (b *Baseline) warnings(in Input, met map[string]bool, now time.Time) []string {
	if b == nil {
		return nil
	}
	seen := map[[2]string]bool{}
	for _, p := range in.Pages {
		if p.Outcome == crawler.Complete {
			seen[[2]string{p.Route, string(p.Consent)}] = true
		}
	}
	var out []string
	for _, e := range b.Flows {
		what := fmt.Sprintf("baseline entry %.12s (%s to %s on %s)", e.Fingerprint, e.Class, e.Recipient, e.Route)
		day := e.Until.Format(time.DateOnly)
		switch {
		case !met[e.Fingerprint]:
			if seen[[2]string{e.Route, string(e.Consent)}] {
				out = append(out, what+" no longer occurs and can go")
			}
		case e.Until.Passed(now):
			out = append(out, what+" expired on "+day)
		case e.Until.Passed(now.Add(soon)):
			out = append(out, what+" expires on "+day)
		}
	}
	return out
}
