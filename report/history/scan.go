package history

import (
	"slices"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

// Scan is what is remembered of one scan of a site when its run may be gone: what it looked at, what it could not see, and what
// it saw. It holds no value of a person. What does not change from scan to scan is pointed to, so that it is kept once.
type Scan struct {
	Site    string
	ID      string    // of the run; of a HAR a hash of its bytes
	At      time.Time // when the run was started: scans are ordered by it, whenever they are remembered
	Result  policy.Result
	Judged  bool // by a policy or a baseline, and not by the default alone
	Made    report.Made
	Kept    Kept
	Covers  *Coverage
	Blind   []Blind // what makes it incomplete
	Flows   []Sight
	Parties []Party
	Assets  *Assets
}

// Kept is where the evidence of a scan is.
type Kept struct {
	Path    string `json:"path"`    // as it was when the scan was remembered
	Capture string `json:"capture"` // SHA-256 of the capture, or of the HAR
	HAR     bool   `json:"har,omitempty"`
}

// Look is how one kind of page was looked at in one consent state.
type Look struct {
	Route   string          `json:"route"`
	Consent crawler.Consent `json:"consent"`
	Whole   int             `json:"whole,omitempty"`   // visits that saw all of the page
	Missing int             `json:"missing,omitempty"` // visits that were told that there is no such page: nothing is sent from it
	Other   int             `json:"other,omitempty"`   // visits that saw less
}

// place is a kind of page in a consent state.
type place struct {
	route   string
	consent crawler.Consent
}

// Coverage is what a scan looked at.
type Coverage struct {
	Looks  []Look
	places map[place]bool           // looked at to the end
	states map[crawler.Consent]bool // with at least one whole page
}

// NewCoverage makes the looks ready to be asked.
func NewCoverage(looks []Look) *Coverage {
	c := &Coverage{Looks: looks, places: map[place]bool{}, states: map[crawler.Consent]bool{}}
	for _, l := range looks {
		c.places[place{l.Route, l.Consent}] = l.Whole+l.Missing > 0
		c.states[l.Consent] = c.states[l.Consent] || l.Whole > 0
	}
	return c
}

// Blind is something that a scan did not see and that could hide a flow.
type Blind struct {
	Kind      crawler.GapKind   `json:"kind"`
	Recipient string            `json:"recipient,omitempty"`
	Where     []string          `json:"where,omitempty"`
	More      int               `json:"more,omitempty"`
	Consents  []crawler.Consent `json:"consents,omitempty"`
}

// Sight is a flow as one scan saw it.
type Sight struct {
	detect.FlowKey
	Print    string
	Severity rule.Severity
	Doubt    Doubt
	Decision policy.Decision
	Fails    bool
	Requests int
	Findings int
	Request  string // one that shows it: id of the event, or of the HAR's entry
	Detail   *Detail
}

// Doubt is why a sight alone is not yet news.
type Doubt string

// The doubts, the least first.
const (
	Sure     Doubt = ""
	Once     Doubt = "once"     // one visit saw it, and nobody looked again
	Unstable Doubt = "unstable" // most fresh visitors who looked again did not see it
	Guess    Doubt = "guess"    // the recipient only looks like one, or the datum is only possible
)

// Detail is what seldom changes about a flow.
type Detail struct {
	Title  string   `json:"title"` // of the class
	Routes []string `json:"routes"`
	Wheres []string `json:"wheres"`
	Fields []string `json:"fields"`
	Chain  []string `json:"chain,omitempty"` // how the example was unwrapped, outside in
	Sender string   `json:"sender,omitempty"`
	Ref    string   `json:"ref,omitempty"` // contract that the policy names
}

// Party is a third party that was contacted.
type Party struct {
	ID       string
	Requests int
	Severity rule.Severity
	Detail   *PartyDetail
}

// PartyDetail is what seldom changes about a third party.
type PartyDetail struct {
	Name      string            `json:"name"`
	Owner     string            `json:"owner,omitempty"`
	Parent    string            `json:"parent,omitempty"`
	Country   string            `json:"country,omitempty"`
	Category  string            `json:"category,omitempty"`
	Hosts     []string          `json:"hosts,omitempty"`
	Accounts  []string          `json:"accounts,omitempty"`
	Consents  []crawler.Consent `json:"consents,omitempty"`
	Routes    int               `json:"routes"`
	Reach     []string          `json:"reach,omitempty"` // fields, cookies and storage that its script could have read
	InPage    bool              `json:"in_page,omitempty"`
	Brings    []string          `json:"brings,omitempty"`     // names of third parties that came with it
	BroughtBy []string          `json:"brought_by,omitempty"` // names of third parties that it came with
}

// Assets are scripts, headers and contradictions about consent.
type Assets struct {
	Scripts        []Script        `json:"scripts,omitempty"`
	Headers        []Header        `json:"headers,omitempty"`
	Contradictions []Contradiction `json:"contradictions,omitempty"`
}

// Script is one script by content. Decision and Route are set where the policy keeps an inventory of scripts.
type Script struct {
	URL      string                `json:"url"`
	SHA256   string                `json:"sha256"`
	Owner    string                `json:"owner"`
	Pinned   bool                  `json:"pinned,omitempty"`
	Route    string                `json:"route,omitempty"`
	Decision policy.ScriptDecision `json:"decision,omitempty"`
	Fails    bool                  `json:"fails,omitempty"`
}

// Contradiction is one about consent, as it was judged.
type Contradiction struct {
	ID        string          `json:"id"`
	Recipient string          `json:"recipient,omitempty"`
	Name      string          `json:"name,omitempty"`
	Consent   crawler.Consent `json:"consent"`
	Title     string          `json:"title"`
	Severity  rule.Severity   `json:"severity"`
	Decision  policy.Decision `json:"decision"`
	Fails     bool            `json:"fails,omitempty"`
}

// Remember makes a Scan of a report. headers are those of the site's own documents, see HeadersOf.
func Remember(site, id string, m *report.Model, kept Kept, headers []Header) Scan {
	s := Scan{
		Site: site, ID: id, At: m.Run.Started.UTC(), Result: m.Verdict.Result, Judged: m.Made.Policy+m.Made.Baseline != "",
		Made: m.Made, Kept: kept, Covers: coverage(m), Blind: blind(m), Assets: assets(m, headers),
	}
	for _, f := range m.Flows {
		if f.Recipient != recipient.FirstParty {
			s.Flows = append(s.Flows, sight(&f))
		}
	}
	for i := range m.Recipients {
		s.Parties = append(s.Parties, party(&m.Recipients[i]))
	}
	return s
}

// stateKnown is the state for which nobody says any.
func stateKnown(c crawler.Consent) crawler.Consent {
	if c == "" {
		return crawler.Unknown
	}
	return c
}

// The status of a page that is not there, for anybody.
const notFound, isGone = 404, 410

func coverage(m *report.Model) *Coverage {
	by := map[place]*Look{}
	var order []*Look
	for _, p := range m.Pages {
		k := place{p.Route, stateKnown(p.Consent)}
		if by[k] == nil {
			by[k] = &Look{Route: k.route, Consent: k.consent}
			order = append(order, by[k])
		}
		switch {
		case p.Outcome == crawler.Complete:
			by[k].Whole++
		case p.Status == notFound || p.Status == isGone:
			by[k].Missing++
		default:
			by[k].Other++
		}
	}
	looks := make([]Look, 0, len(order))
	for _, l := range order {
		looks = append(looks, *l)
	}
	slices.SortFunc(looks, func(a, b Look) int {
		return compareStrings(a.Route, b.Route, string(a.Consent), string(b.Consent))
	})
	return NewCoverage(looks)
}

func blind(m *report.Model) []Blind {
	var out []Blind
	for _, g := range m.Incomplete() {
		out = append(out, Blind{Kind: g.Kind, Recipient: g.Recipient, Where: g.Where, More: g.More, Consents: g.Consents})
	}
	return out
}

func sight(f *report.Flow) Sight {
	s := Sight{
		FlowKey: f.Key(), Print: f.Fingerprint, Severity: f.Severity, Doubt: doubt(f), Decision: f.Verdict.Decision, Fails: f.Verdict.Fails,
		Requests: f.Requests, Findings: f.Findings,
		Detail: &Detail{Title: f.Title, Routes: f.Routes(), Fields: f.Fields(), Ref: f.Verdict.Ref},
	}
	s.Consent = stateKnown(s.Consent)
	for _, w := range f.Wheres() {
		s.Detail.Wheres = append(s.Detail.Wheres, string(w))
	}
	if e, ok := f.Example(); ok {
		s.Request, s.Detail.Chain = e.Request, e.Chain
	}
	if len(f.Places) > 0 {
		s.Detail.Sender = f.Places[0].Sender
	}
	return s
}

// doubt is why the report alone does not prove that the site sends a flow.
func doubt(f *report.Flow) Doubt {
	switch s := f.Verdict.Stability; {
	case f.Weak || f.Confidence == detect.Possible:
		return Guess
	case s.Unstable():
		return Unstable
	case !s.Looked() && f.PageCount < 2 && f.Requests < 2:
		return Once
	}
	return Sure
}

func party(e *report.Exposure) Party {
	r := e.Recipient
	d := &PartyDetail{
		Name: r.Name, Owner: r.Owner, Parent: r.Parent, Country: e.Country, Category: r.Category,
		Hosts: e.Hosts, Accounts: e.Accounts, Consents: e.Consents, Routes: e.Routes,
	}
	if w := e.Reach; w != nil {
		d.InPage = len(w.Routes) > 0
		for _, list := range [][]report.Readable{w.Fields, w.Cookies, w.Storage} {
			for _, x := range list {
				d.Reach = append(d.Reach, reachable(x))
			}
		}
		slices.Sort(d.Reach)
		d.Reach = slices.Compact(d.Reach)
	}
	for _, b := range e.Brings {
		d.Brings = append(d.Brings, b.Name)
	}
	for _, b := range e.BroughtBy {
		d.BroughtBy = append(d.BroughtBy, b.Name)
	}
	slices.Sort(d.Brings)
	slices.Sort(d.BroughtBy)
	return Party{ID: r.ID, Requests: e.Requests, Severity: e.Severity, Detail: d}
}

func reachable(x report.Readable) string {
	if x.Kind == "" || x.Kind == x.Name {
		return x.Name
	}
	return x.Kind + " " + x.Name
}

func assets(m *report.Model, headers []Header) *Assets {
	a := &Assets{Headers: headers}
	decided := map[[2]string]policy.ScriptVerdict{}
	for _, v := range m.Verdict.Scripts {
		k := [2]string{v.URL, v.SHA256}
		if old, ok := decided[k]; !ok || v.Fails && !old.Fails {
			decided[k] = v
		}
	}
	for _, s := range m.Scripts {
		if s.URL == "" && s.Decision == "" {
			continue // inline code has no name to be known by
		}
		v := decided[[2]string{s.URL, s.SHA256}]
		a.Scripts = append(a.Scripts, Script{
			URL: s.URL, SHA256: s.SHA256, Owner: s.Owner, Pinned: s.Integrity != "", Route: v.Route, Decision: v.Decision, Fails: v.Fails,
		})
	}
	for _, c := range m.Consent.Contradictions {
		a.Contradictions = append(a.Contradictions, Contradiction{
			ID: string(c.ID), Recipient: c.Recipient, Name: c.Name, Consent: c.Consent, Title: c.Title, Severity: c.Severity,
			Decision: c.Verdict.Decision, Fails: c.Verdict.Fails,
		})
	}
	return a
}
