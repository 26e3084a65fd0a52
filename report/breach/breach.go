// Package breach answers the question of the day on which a vendor is breached: which sites sent it what, since when and until
// when, and how is that known. It reads what is remembered of scans (package history), of one site or of many, and says with
// every answer what cannot be said. It keeps nothing and finds nothing.
package breach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/history"
)

// schema is the version of the JSON form. It grows by one with every change that an older reader would misread.
const schema = 1

// Question is who is asked about, and when. Zero times are no bounds.
type Question struct {
	Asked        string // as the user wrote it
	IDs          []string
	Since, Until time.Time
}

// Report is the answer.
type Report struct {
	Schema   int       `json:"schema"`
	Asked    string    `json:"asked"`
	Since    time.Time `json:"since,omitzero"`
	Until    time.Time `json:"until,omitzero"`
	Sentence string    `json:"sentence"` // for the press office
	Who      []Who     `json:"recipients"`
	Flows    []Flow    `json:"flows"` // by site, the worst first
	Contacts []Contact `json:"contacts"`
	Sites    []Site    `json:"sites"` // all that were looked at
	Cannot   []string  `json:"cannot_be_said"`
	// Blind says that nothing was seen, and that not enough was looked at to say that nothing was sent.
	Blind bool `json:"blind"`
}

// Who is one recipient that the question means.
type Who struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Owner    string `json:"owner,omitempty"`
	Parent   string `json:"parent,omitempty"`
	Country  string `json:"country,omitempty"`
	Category string `json:"category,omitempty"`
	Seen     bool   `json:"seen"` // by any scan in the time asked about
}

// Flow is one class of data in one form, sent by one site in one consent state.
type Flow struct {
	Site      string           `json:"site"`
	Recipient string           `json:"recipient"`
	Name      string           `json:"name"`
	Class     rule.Class       `json:"class"`
	Title     string           `json:"title"`
	Form      detect.Form      `json:"form"`
	Consent   crawler.Consent  `json:"consent"`
	Severity  rule.Severity    `json:"severity"` // the worst it was
	Doubtful  bool             `json:"doubtful,omitempty"`
	Interval  history.Interval `json:"interval"`
	When      string           `json:"when"` // the interval in words
	Routes    []string         `json:"routes"`
	Wheres    []string         `json:"wheres"`
	Fields    []string         `json:"fields"`
	Senders   []string         `json:"senders"`
	Requests  int              `json:"requests"` // of all scans in the time asked about
	Findings  int              `json:"findings"`
	Decision  policy.Decision  `json:"decision"` // of the last scan that saw it
	Ref       string           `json:"ref,omitempty"`
	Print     string           `json:"fingerprint"`
	First     Evidence         `json:"first"` // what proves it, of the first scan that saw it in the time asked about
	Last      Evidence         `json:"last"`
}

// Evidence is where one sight of a flow can be looked up.
type Evidence struct {
	Scan    string    `json:"scan"`
	At      time.Time `json:"at"`
	Run     string    `json:"run"`     // path when the scan was remembered
	Capture string    `json:"capture"` // SHA-256
	Request string    `json:"request"`
	Chain   []string  `json:"chain,omitempty"`
	Command string    `json:"command"` // that shows it
}

// Contact is a recipient as one site met it.
type Contact struct {
	Site      string            `json:"site"`
	Recipient string            `json:"recipient"`
	Name      string            `json:"name"`
	Interval  history.Interval  `json:"interval"`
	When      string            `json:"when"`
	Requests  int               `json:"requests"`
	Consents  []crawler.Consent `json:"consents"`
	Hosts     []string          `json:"hosts"`
	Accounts  []string          `json:"accounts"` // project keys and the like
	InPage    bool              `json:"in_page"`  // its script ran with the rights of a page
	Reach     []string          `json:"reach"`    // what its script could have read
	Brings    []string          `json:"brings"`
	BroughtBy []string          `json:"brought_by"`
}

// Site is how well a site was looked at in the time asked about.
type Site struct {
	Name  string    `json:"name"`
	Scans int       `json:"scans"`
	Whole int       `json:"whole"` // of which nothing is known to be missing
	HARs  int       `json:"hars"`
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	Pause float64   `json:"longest_pause_days"` // between two scans
	Sent  bool      `json:"sent"`               // what identifies a person was seen to be sent
	Met   bool      `json:"met"`                // it was contacted
}

// Answer answers a question from scans that are ordered by site and, within it, by time. The bounds of an interval are found in
// all scans; volumes and evidence are of those in the time asked about.
func Answer(q Question, scans []*history.Scan) *Report {
	r := &Report{
		Schema: schema, Asked: q.Asked, Since: q.Since, Until: q.Until, Who: []Who{}, Flows: []Flow{}, Contacts: []Contact{}, Sites: []Site{},
		Cannot: []string{},
	}
	who := map[string]*Who{}
	for len(scans) > 0 {
		n := slices.IndexFunc(scans, func(s *history.Scan) bool { return s.Site != scans[0].Site })
		if n < 0 {
			n = len(scans)
		}
		r.site(q, scans[:n], who)
		scans = scans[n:]
	}
	for _, id := range q.IDs {
		w := Who{ID: id, Name: id}
		if who[id] != nil {
			w = *who[id]
		}
		r.Who = append(r.Who, w)
	}
	slices.SortStableFunc(r.Flows, func(a, b Flow) int {
		return cmp.Or(
			strings.Compare(a.Site, b.Site), cmp.Compare(b.Severity, a.Severity), strings.Compare(a.Recipient, b.Recipient),
			strings.Compare(string(a.Class), string(b.Class)), strings.Compare(string(a.Consent), string(b.Consent)), strings.Compare(string(a.Form), string(b.Form)),
		)
	})
	r.Blind = r.blind()
	r.Sentence = r.sentence()
	r.Cannot = r.cannot()
	return r
}

// in reports whether a scan is of the time asked about.
func (q Question) in(s *history.Scan) bool {
	return (q.Since.IsZero() || !s.At.Before(q.Since)) && (q.Until.IsZero() || !s.At.After(q.Until))
}

// site reads the scans of one site.
func (r *Report) site(q Question, scans []*history.Scan, who map[string]*Who) {
	site := Site{Name: scans[0].Site}
	var keys []detect.FlowKey
	seen := map[detect.FlowKey]bool{}
	met := map[string]bool{}
	for _, s := range scans {
		site.count(q, s)
		for i := range s.Flows {
			if k := s.Flows[i].FlowKey; slices.Contains(q.IDs, k.Recipient) && !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
		for i := range s.Parties {
			if p := &s.Parties[i]; slices.Contains(q.IDs, p.ID) {
				met[p.ID] = true
				note(who, p)
			}
		}
	}
	names := func(id string) string {
		if who[id] != nil {
			return who[id].Name
		}
		return id
	}
	for _, k := range keys {
		if f, ok := flowOf(q, scans, k, names(k.Recipient)); ok {
			r.Flows = append(r.Flows, f)
			site.Sent = site.Sent || !f.Doubtful
			site.Met = true
			mark(who, k.Recipient)
		}
	}
	for _, id := range q.IDs {
		if !met[id] {
			continue
		}
		if c, ok := contactOf(q, scans, id, names(id)); ok {
			r.Contacts = append(r.Contacts, c)
			site.Met = true
			mark(who, id)
		}
	}
	r.Sites = append(r.Sites, site)
}

// note remembers what a party is called.
func note(who map[string]*Who, p *history.Party) {
	d := p.Detail
	seen := who[p.ID] != nil && who[p.ID].Seen
	who[p.ID] = &Who{ID: p.ID, Name: d.Name, Owner: d.Owner, Parent: d.Parent, Country: d.Country, Category: d.Category, Seen: seen}
}

func mark(who map[string]*Who, id string) {
	if who[id] == nil {
		who[id] = &Who{ID: id, Name: id}
	}
	who[id].Seen = true
}

func (site *Site) count(q Question, s *history.Scan) {
	if !q.in(s) {
		return
	}
	if !site.Last.IsZero() {
		site.Pause = max(site.Pause, s.At.Sub(site.Last).Hours()/24)
	} else {
		site.First = s.At
	}
	site.Last = s.At
	site.Scans++
	if len(s.Blind) == 0 {
		site.Whole++
	}
	if s.Kept.HAR {
		site.HARs++
	}
}

// flowOf gathers what all scans say of one flow; false if it cannot have been sent in the time asked about.
func flowOf(q Question, scans []*history.Scan, k detect.FlowKey, name string) (Flow, bool) {
	f := Flow{
		Site: scans[0].Site, Recipient: k.Recipient, Name: name, Class: k.Class, Form: k.Form, Consent: k.Consent, Doubtful: true,
		Interval: history.Between(history.Answers(scans, k)), Senders: []string{},
	}
	if !may(f.Interval, q) {
		return f, false
	}
	f.When = f.Interval.Sentence()
	routes, wheres, fields, senders := words{}, words{}, words{}, words{}
	last := map[*history.Detail]bool{}
	for _, s := range scans {
		for i := range s.Flows {
			x := &s.Flows[i]
			if x.FlowKey != k {
				continue
			}
			f.Severity = max(f.Severity, x.Severity)
			f.Doubtful = f.Doubtful && x.Doubt == history.Guess
			f.Title, f.Decision, f.Print, f.Ref = x.Detail.Title, x.Decision, x.Print, x.Detail.Ref
			if !last[x.Detail] {
				last[x.Detail] = true
				routes.add(x.Detail.Routes...)
				wheres.add(x.Detail.Wheres...)
				fields.add(x.Detail.Fields...)
				senders.add(x.Detail.Sender)
			}
			if !q.in(s) {
				continue
			}
			f.Requests += x.Requests
			f.Findings += x.Findings
			f.Last = evidence(s, x)
			if f.First.Scan == "" {
				f.First = f.Last
			}
		}
	}
	f.Routes, f.Wheres, f.Fields, f.Senders = routes.list(), wheres.list(), fields.list(), senders.list()
	return f, true
}

// may reports whether any span may lie in the time asked about.
func may(iv history.Interval, q Question) bool {
	return slices.ContainsFunc(iv.Spans, func(s history.Span) bool { return s.May(q.Since, q.Until) })
}

// evidence says where a sight can be looked up. A kept run explains it; a HAR is read again.
func evidence(s *history.Scan, x *history.Sight) Evidence {
	e := Evidence{Scan: s.ID, At: s.At, Run: s.Kept.Path, Capture: s.Kept.Capture, Request: x.Request, Chain: x.Detail.Chain}
	e.Command = fmt.Sprintf("tagscan explain %s --run %s", x.Print[:min(12, len(x.Print))], quoted(s.Kept.Path))
	if s.Kept.HAR {
		e.Command = fmt.Sprintf("tagscan detect %s --format jsonl", quoted(s.Kept.Path))
	}
	return e
}

// quoted is a path as a shell takes it for one word.
func quoted(path string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-", r)
	}
	if path != "" && !strings.ContainsFunc(path, func(r rune) bool { return !plain(r) }) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

func contactOf(q Question, scans []*history.Scan, id, name string) (Contact, bool) {
	c := Contact{Site: scans[0].Site, Recipient: id, Name: name, Interval: history.Between(history.Contacts(scans, id))}
	if !may(c.Interval, q) {
		return c, false
	}
	c.When = c.Interval.Sentence()
	hosts, accounts, reach, brings, by, states := words{}, words{}, words{}, words{}, words{}, words{}
	seen := map[*history.PartyDetail]bool{}
	for _, s := range scans {
		for i := range s.Parties {
			p := &s.Parties[i]
			if p.ID != id {
				continue
			}
			if q.in(s) {
				c.Requests += p.Requests
			}
			if seen[p.Detail] {
				continue
			}
			seen[p.Detail] = true
			hosts.add(p.Detail.Hosts...)
			accounts.add(p.Detail.Accounts...)
			reach.add(p.Detail.Reach...)
			brings.add(p.Detail.Brings...)
			by.add(p.Detail.BroughtBy...)
			for _, x := range p.Detail.Consents {
				states.add(string(x))
			}
			c.InPage = c.InPage || p.Detail.InPage
		}
	}
	c.Hosts, c.Accounts, c.Reach, c.Brings, c.BroughtBy = hosts.list(), accounts.list(), reach.list(), brings.list(), by.list()
	c.Consents = []crawler.Consent{}
	for _, x := range states.list() {
		c.Consents = append(c.Consents, crawler.Consent(x))
	}
	return c, true
}

// words is a set of strings.
type words map[string]bool

func (w words) add(list ...string) {
	for _, s := range list {
		if s != "" {
			w[s] = true
		}
	}
}

func (w words) list() []string {
	out := make([]string, 0, len(w))
	for s := range w {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// blind reports whether nothing was seen and no scan, or not every site, was looked at well enough to say that nothing was sent.
func (r *Report) blind() bool {
	if len(r.Flows)+len(r.Contacts) > 0 {
		return false
	}
	return len(r.Sites) == 0 || slices.ContainsFunc(r.Sites, func(s Site) bool { return s.Whole == 0 })
}
