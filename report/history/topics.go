package history

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

// How many scans in a row make a sighting sure.
const (
	runSure     = 1
	runOnce     = 2
	runUnstable = 3
	// runAuction is for who is brought along by others and is sent nothing that identifies a person: the bidders of an auction are
	// others every time, and of some hundreds the same come by a few days in a row.
	runAuction = 5
)

// enough is how many scans in a row must see a flow before it is sure; 0: no number of them.
func (s *Scan) enough(f *Sight) int {
	p := s.party(f.Recipient)
	brought := p != nil && len(p.Detail.BroughtBy) > 0
	switch {
	case f.Doubt == Guess:
		return 0
	case f.Doubt == Unstable, f.Doubt == Once && brought && f.Severity < rule.High:
		return runUnstable
	case f.Doubt == Once && f.Severity < rule.Medium:
		return runOnce
	}
	return runSure
}

// flows meets the flows of the scan in hand.
func (r *replay) flows() {
	for i := range r.s.Flows {
		f, near := &r.s.Flows[i], r.s
		k, routes, enough := f.FlowKey, f.Detail.Routes, r.s.enough(f)
		r.meet(sighting{
			news: News{
				Kind: ofFlow, Key: f.Print, Recipient: f.Recipient, Class: f.Class, Consent: f.Consent, Severity: f.Severity, Fails: f.Fails,
				Text:  f.tell(r.s.nameOf(f.Recipient)),
				Allow: fmt.Sprintf("{recipient: %s, class: %s, consent: %s}", f.Recipient, f.Class, f.Consent),
			},
			enough: enough, patience: max(enough, 1) - 1,
			misses: func(s *Scan) string { return s.Misses(k, routes, near) },
			hidden: func(s *Scan) bool { return s.overlooked(k, routes) },
			tools:  r.retooled() && r.scans[r.now-1].contacted(f.Recipient, f.Consent),
		})
	}
}

// overlooked reports whether a scan may have missed a flow that was there: it saw none of the kinds of page to the end that it is on
// now, and was blind besides.
func (s *Scan) overlooked(k detect.FlowKey, routes []string) bool {
	if s.Misses(k, nil, nil) == "" {
		return false
	}
	return !slices.ContainsFunc(routes, func(route string) bool { return s.Covers.places[place{route, k.Consent}] })
}

// contacted reports whether a recipient was sent requests in a state.
func (s *Scan) contacted(id string, c crawler.Consent) bool {
	p := s.party(id)
	return p != nil && (c == crawler.Unknown || slices.Contains(p.Detail.Consents, c))
}

func (s *Scan) party(id string) *Party {
	for i := range s.Parties {
		if s.Parties[i].ID == id {
			return &s.Parties[i]
		}
	}
	return nil
}

func (s *Scan) nameOf(id string) string {
	if p := s.party(id); p != nil {
		return p.Detail.Name
	}
	return id
}

// tell is a flow in a line: what, to whom, in which state, on which kinds of page, by whose hand.
func (s *Sight) tell(name string) string {
	out := s.What() + " to " + name + ", " + report.StateWord(s.Consent)
	var on []string
	for _, route := range s.Detail.Routes {
		on = append(on, label(route))
	}
	out += ", on " + few(on)
	if s.Detail.Sender != "" {
		out += ", sent by " + s.Detail.Sender
	}
	return out
}

// What is the datum with its form where that is not the ordinary one.
func (s *Sight) What() string {
	if s.Form == detect.Clear || s.Form == "" {
		return s.Detail.Title
	}
	return s.Detail.Title + ", " + string(s.Form)
}

// recipients meets the third parties of the scan in hand. The same hosts under another name is the catalog's doing.
func (r *replay) recipients() {
	for i := range r.s.Parties {
		p, near := &r.s.Parties[i], r.s
		keys := near.keysOf(p)
		enough := near.partyEnough(p)
		name := p.Detail.Name
		if p.Detail.Owner != "" && p.Detail.Owner != name {
			name += " (" + p.Detail.Owner + ")"
		}
		r.meet(sighting{
			news:   News{Kind: ofRecipient, Key: p.ID, Recipient: p.ID, Severity: p.Severity, Text: name + receives},
			enough: enough, patience: enough - 1,
			misses: func(s *Scan) string { return s.missesParty(p, keys, near) },
			hidden: func(s *Scan) bool {
				return !slices.ContainsFunc(keys, func(k partyKey) bool { return !s.overlooked(k.FlowKey, k.routes) })
			},
			tools: r.renamed(p),
		})
	}
	for i := range r.s.Parties {
		for _, h := range r.s.Parties[i].Detail.Hosts {
			r.hosts[h] = r.s.Parties[i].ID
		}
	}
}

// renamed reports whether a host of a party was another's before.
func (r *replay) renamed(p *Party) bool {
	return slices.ContainsFunc(p.Detail.Hosts, func(h string) bool { return r.hosts[h] != "" && r.hosts[h] != p.ID })
}

// partyKey is a state in which a party was seen, with the kinds of page on which it was sent what identifies a person.
type partyKey struct {
	detect.FlowKey
	routes []string
}

func (s *Scan) keysOf(p *Party) []partyKey {
	var out []partyKey
	for i := range s.Flows {
		if f := &s.Flows[i]; f.Recipient == p.ID {
			out = append(out, partyKey{f.FlowKey, f.Detail.Routes})
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, c := range p.Detail.Consents {
		out = append(out, partyKey{FlowKey: detect.FlowKey{Recipient: p.ID, Consent: stateKnown(c)}})
	}
	if len(out) == 0 {
		out = append(out, partyKey{FlowKey: detect.FlowKey{Recipient: p.ID, Consent: crawler.Unknown}})
	}
	return out
}

// partyEnough is how many scans in a row make a party sure. One that a flow speaks for is as sure as that, and so is one whose script
// runs in the pages. Of one that is only asked for something it is sure if most visits ask.
func (s *Scan) partyEnough(p *Party) int {
	best := 0
	for i := range s.Flows {
		if s.Flows[i].Recipient != p.ID {
			continue
		}
		if n := s.enough(&s.Flows[i]); n > 0 && (best == 0 || n < best) {
			best = n
		}
	}
	brought := len(p.Detail.BroughtBy) > 0
	switch {
	case best > 0:
		return best
	case p.Detail.InPage && !brought:
		return runSure
	case brought:
		return runAuction
	case 2*p.Requests >= s.Covers.visits(p.Detail.Consents):
		return runSure
	}
	return runUnstable
}

// visits is how many visits saw all of their page in some states.
func (c *Coverage) visits(states []crawler.Consent) (n int) {
	for _, l := range c.Looks {
		if slices.ContainsFunc(states, func(s crawler.Consent) bool { return stateKnown(s) == l.Consent }) {
			n += l.Whole
		}
	}
	return n
}

// missesParty says why a scan did not meet a party; "" if it would have. One without flows was anywhere that near looked.
func (s *Scan) missesParty(p *Party, keys []partyKey, near *Scan) string {
	for _, h := range s.Parties {
		if h.ID != p.ID && slices.ContainsFunc(h.Detail.Hosts, func(x string) bool { return slices.Contains(p.Detail.Hosts, x) }) {
			return "known as " + h.Detail.Name
		}
	}
	for _, k := range keys {
		routes := k.routes
		if routes == nil {
			routes = near.Covers.whole(k.Consent)
		}
		if why := s.Misses(k.FlowKey, routes, near); why != "" {
			return why
		}
	}
	return ""
}

// whole are the kinds of page that were looked at to the end in a state.
func (c *Coverage) whole(state crawler.Consent) []string {
	var out []string
	for _, l := range c.Looks {
		if l.Consent == state && l.Whole > 0 {
			out = append(out, l.Route)
		}
	}
	return out
}

// contradictions meets those about consent.
func (r *replay) contradictions() {
	for _, c := range r.s.Assets.Contradictions {
		k := detect.FlowKey{Recipient: c.Recipient, Consent: stateKnown(c.Consent)}
		near, enough := r.s, runSure
		if c.Severity < rule.Medium {
			enough = runOnce
		}
		text := c.Title + ", " + report.StateWord(c.Consent)
		if c.Name != "" {
			text = c.Name + ": " + text
		}
		r.meet(sighting{
			news: News{
				Kind: ofConsent, Key: c.ID + " " + c.Recipient + " " + string(c.Consent), Recipient: c.Recipient, Consent: c.Consent, Severity: c.Severity,
				Fails: c.Fails, Text: text, Allow: fmt.Sprintf("{contradiction: %s, consent: %s}", c.ID, c.Consent),
			},
			enough: enough, patience: enough - 1,
			misses: func(s *Scan) string { return s.Misses(k, nil, near) },
			hidden: func(s *Scan) bool { return s.Misses(k, nil, nil) != "" },
			tools:  r.retooled() && (c.Recipient == "" || r.scans[r.now-1].contacted(c.Recipient, c.Consent)),
		})
	}
}

// scripts meets the scripts of inventoried kinds of page that the inventory does not allow as they are, and tells those that have
// other bytes than ever before.
func (r *replay) scripts() {
	bytes := map[string][]Script{}
	for _, s := range r.s.Assets.Scripts {
		if s.Decision != "" && s.URL != "" {
			bytes[s.URL] = append(bytes[s.URL], s)
		}
		if s.Decision == "" || s.Decision == policy.ScriptAllowed {
			continue
		}
		route, near := s.Route, r.s
		id := s.URL
		if id == "" {
			id = "inline " + s.SHA256[:min(12, len(s.SHA256))]
		}
		sev := rule.Low
		if s.Fails {
			sev = rule.High
		}
		misses := func(o *Scan) string { return o.missesRoute(route, near) }
		r.meet(sighting{
			news: News{
				Kind: ofScript, Key: string(s.Decision) + " " + id + " " + route, Recipient: s.Owner, Severity: sev, Fails: s.Fails,
				Text: "script " + id + " on " + label(route) + ": " + string(s.Decision),
			},
			enough: runSure, misses: misses, hidden: func(o *Scan) bool { return misses(o) != "" },
		})
	}
	for _, u := range slices.Sorted(maps.Keys(bytes)) {
		r.changedBytes(u, bytes[u])
	}
}

// changedBytes tells a script of the inventory that has bytes that it never had.
func (r *replay) changedBytes(u string, now []Script) {
	had := map[string]bool{}
	for _, s := range r.scans[:r.now] {
		for _, o := range s.Assets.Scripts {
			if o.URL == u && o.Decision != "" {
				had[o.SHA256] = true
			}
		}
	}
	for _, s := range now {
		if len(had) == 0 || had[s.SHA256] {
			continue
		}
		r.tell(News{Kind: ofScript, Key: "bytes " + u, Recipient: s.Owner, Severity: rule.Medium, Fails: s.Fails}, Changed, s.SHA256,
			fmt.Sprintf("script %s on %s has other bytes: %s", u, label(s.Route), s.SHA256[:min(12, len(s.SHA256))]))
	}
}

// missesRoute says why a scan did not see a kind of page whole in any state.
func (s *Scan) missesRoute(route string, near *Scan) string {
	for _, l := range s.Covers.Looks {
		if l.Route == route && l.Whole+l.Missing > 0 {
			return s.Misses(detect.FlowKey{Consent: l.Consent}, nil, near)
		}
	}
	return noRoute
}

// perBuild is what changes in a policy with every build or answer and allows neither more nor less: hashes of inline scripts, and
// queries of the addresses that reports go to.
var perBuild = regexp.MustCompile(`'sha(256|384|512)-[^']*'|\?[^\s;,]*`)

// headersOf tells headers that kinds of page have lost, got back or changed.
func (r *replay) headersOf() {
	routes := map[[2]string][]string{} // by name and state
	marks := map[[2]string][]string{}
	for _, h := range r.s.Assets.Headers {
		k := [2]string{h.Route, h.Name}
		value := tidy(perBuild.ReplaceAllString(h.Value, "…"))
		was, ok := r.headers[k]
		r.headers[k] = value
		state := Changed
		switch {
		case !ok || was == value:
			continue
		case value == "":
			state, r.dropped[k] = Gone, true
		case was == "" && r.dropped[k]:
			state = back
		case was == "":
			state = New
		}
		by := [2]string{h.Name, state}
		routes[by] = append(routes[by], label(h.Route))
		marks[by] = append(marks[by], value)
	}
	for _, by := range slices.SortedFunc(maps.Keys(routes), func(a, b [2]string) int { return compareStrings(a[0], b[0], a[1], b[1]) }) {
		sev := rule.Info
		if by[1] == Gone || by[1] == Changed {
			sev = rule.Medium
		}
		slices.Sort(marks[by])
		r.tell(News{Kind: ofHeader, Key: by[0] + " " + strings.Join(routes[by], " "), Severity: sev}, by[1], r.s.ID+" "+strings.Join(slices.Compact(marks[by]), "\n"),
			"header "+by[0]+headerWord[by[1]]+" on "+few(routes[by]))
	}
}

var headerWord = map[string]string{Gone: " is gone", back: " is back", New: " is new", Changed: " has another value"}

// tidy puts the words of each directive in order: the order of sources says nothing.
func tidy(value string) string {
	parts := strings.Split(value, ";")
	for i, p := range parts {
		words := strings.Fields(p)
		if len(words) > 2 {
			slices.Sort(words[1:])
		}
		parts[i] = strings.Join(slices.Compact(words), " ")
	}
	return strings.Join(parts, "; ")
}

// blindness tells that a site could not be seen whole several times in a row, and that it can be again.
func (r *replay) blindness() {
	if len(r.s.Blind) == 0 {
		if r.isBlind {
			r.tell(News{Kind: ofGap, Key: "blind", Severity: rule.Info}, Gone, "", "the site was seen whole again")
		}
		r.blind, r.isBlind = 0, false
		return
	}
	r.blind++
	if r.isBlind || r.blind < runBlind {
		return
	}
	r.isBlind = true
	kinds := map[string]int{}
	for _, s := range r.scans[r.now+1-r.blind : r.now+1] {
		for _, b := range s.Blind {
			kinds[string(b.Kind)]++
		}
	}
	var words []string
	for _, c := range byCount(kinds) {
		words = append(words, c.Why)
	}
	r.tell(News{Kind: ofGap, Key: "blind", Severity: rule.High}, New, "",
		fmt.Sprintf("%d scans in a row did not see enough: %s. What is sent now may not be seen", r.blind, few(words)))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
