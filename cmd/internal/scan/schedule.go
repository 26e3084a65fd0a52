package scan

import (
	"fmt"
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
)

const (
	// comparePages is how many pages a second fresh visitor visits where there is no consent dialog: enough for identifiers
	// to show by comparison, few enough to cost little.
	comparePages = 3
	// maxBegun is how many pages that showed a dialog a visitor begins with at the most, until it is shown it, too.
	maxBegun = 3
)

// frontier is where visitors go in; discover.Frontier is one.
type frontier interface {
	Enter(discover.Visitor)
	BeginAgain(name, address string)
	Order() []string // keys of the pages of the list so far
}

// schedule decides who visits the site. A profile is one visitor with cookies of its own, in one consent state. The
// unasked visitor goes first, and the list of pages is what it finds. A dialog that any visitor before a choice is shown on
// any page lets in one visitor a state, who visits the whole list; each makes its choice on a page that showed the dialog,
// before it visits others. Where the first page shows none, a second unasked visitor comes for a few pages, so that what
// differs between the two can be told for an identifier.
//
// All that is decided by the order of the list, and not by which page ended first: what a page shows counts once all pages
// before it have ended. It is used by one goroutine, the one that reads the events of the crawl.
type schedule struct {
	frontier frontier
	states   []crawler.Consent
	looks    []string // further profiles for every state: "phone" visits as "accepted-phone"
	profiles []*profile
	compared bool // the second unasked visitor was let in, and all who need no dialog
	opened   bool // the visitors who choose were let in
}

type profile struct {
	name    string
	consent crawler.Consent
	few     int               // how many pages it visits; 0: all of the list
	saw     map[string]sight  // by key of the page
	begun   map[string]bool   // keys of the pages that it began with
	chooses bool              // it begins with a page that showed a dialog, and has not ended that
	pages   map[string]string // by key: the address
}

// sight is what a visit says about consent.
type sight struct {
	tells  bool // there is a page to tell by
	dialog bool // it showed a dialog
}

// newSchedule plans visits in the states, which are those that the user wants where there is something to choose.
// looks are further visitors for each of them.
func newSchedule(f frontier, states []crawler.Consent, looks ...string) *schedule {
	return &schedule{frontier: f, states: states, looks: looks}
}

// start lets the first visitor in.
func (s *schedule) start() {
	first := crawler.Unasked
	if len(s.states) == 1 {
		first, s.compared, s.opened = s.states[0], true, true
	}
	s.state(first, "")
}

// state lets the visitors of a consent state in, one for each look, who begin at the address if there is one.
func (s *schedule) state(c crawler.Consent, begin string) {
	for _, look := range append([]string{""}, s.looks...) {
		name := string(c)
		if look != "" {
			name += "-" + look
		}
		s.enter(&profile{name: name, consent: c}, begin)
	}
}

func (s *schedule) enter(p *profile, begin string) {
	p.saw, p.begun, p.pages = map[string]sight{}, map[string]bool{}, map[string]string{}
	choice := isChoice(p.consent)
	if begin != "" {
		p.chooses = true
		p.begun[discover.Key(begin)] = true
	}
	s.profiles = append(s.profiles, p)
	s.frontier.Enter(discover.Visitor{Name: p.name, Consent: p.consent, First: begin, Alone: choice, Limit: p.few})
}

// isChoice reports whether a state is that of a visitor who answers a dialog.
func isChoice(c crawler.Consent) bool { return c == crawler.Accepted || c == crawler.Rejected }

// page takes in what a visit says about consent.
func (s *schedule) page(page *crawler.Page) {
	i := slices.IndexFunc(s.profiles, func(p *profile) bool { return p.name == page.Task.Profile })
	if i < 0 {
		return
	}
	p, key := s.profiles[i], discover.Key(page.Task.URL)
	dialog := page.Dialog != nil && page.Dialog.Seen
	p.saw[key] = sight{tells: dialog || page.Outcome == crawler.Complete || page.Outcome == crawler.Partial, dialog: dialog}
	p.pages[key] = page.Task.URL
	if p.chooses && p.begun[key] {
		p.chooses = !dialog && s.beginAgain(p)
	}
	s.decide()
}

// beginAgain lets a visitor who was not shown the dialog begin with another page that showed it to somebody; false if there
// is none, or it has tried often enough.
func (s *schedule) beginAgain(p *profile) bool {
	if len(p.begun) >= maxBegun {
		return false
	}
	for _, key := range s.frontier.Order() {
		for _, other := range s.profiles {
			if _, visited := p.saw[key]; visited || p.begun[key] || !other.saw[key].dialog {
				continue
			}
			p.begun[key] = true
			s.frontier.BeginAgain(p.name, other.pages[key])
			return true
		}
	}
	return false
}

// decide lets further visitors in: it looks at the pages in the order of the list, each as all visitors before a choice saw
// it, up to the first that one of them has not ended.
func (s *schedule) decide() {
	if s.opened && s.compared {
		return
	}
	for n, key := range s.frontier.Order() {
		for _, p := range slices.Clone(s.profiles) {
			if isChoice(p.consent) || p.few > 0 && n >= p.few {
				continue
			}
			saw, ended := p.saw[key]
			switch {
			case !ended:
				return
			case saw.dialog && !s.opened:
				s.opened = true
				s.open(p.pages[key])
			}
			if saw.tells && !s.compared {
				s.compared = true
				s.compare(saw.dialog)
			}
		}
		if s.opened && s.compared {
			return
		}
	}
}

// open lets in the visitors who choose; they begin with the page.
func (s *schedule) open(begin string) {
	for _, state := range s.states {
		if isChoice(state) {
			s.state(state, begin)
		}
	}
}

// compare lets in those who need no dialog, after the first page that tells whether it shows one.
func (s *schedule) compare(dialog bool) {
	if slices.Contains(s.states, crawler.GPC) {
		s.state(crawler.GPC, "")
	}
	if !dialog {
		s.enter(&profile{name: string(crawler.Unasked) + "-2", consent: crawler.Unasked, few: comparePages}, "")
	}
}

// ParseStates reads the names of consent states.
func ParseStates(names []string) ([]crawler.Consent, error) {
	var states []crawler.Consent
	for _, n := range names {
		switch c := crawler.Consent(n); c {
		case crawler.Unasked, crawler.Rejected, crawler.Accepted, crawler.GPC, crawler.Withdrawn:
			states = append(states, c)
		default:
			return nil, fmt.Errorf("consent state %q is none of unasked, rejected, accepted, gpc, withdrawn", n)
		}
	}
	return states, nil
}
