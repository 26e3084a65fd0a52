package scan

import (
	"fmt"
	"slices"

	"github.com/tagscan/tagscan/crawler"
)

// comparePages is how many pages a second fresh profile visits where there is no consent dialog: enough for identifiers
// to show by comparison, few enough to cost little.
const comparePages = 3

// frontier is where tasks go; discover.Frontier is one.
type frontier interface {
	Add(tasks ...crawler.Task) int
}

// schedule decides which URL is visited in which profile. A profile is one visitor with cookies of its own, in one consent
// state. The unasked visitor goes first; what it meets decides whether there are others: where a consent dialog was seen,
// one visitor a state; where none was, a second unasked visitor for a few pages, so that what differs between the two can
// be told for an identifier. A visitor who makes a choice makes it on its first page: the others follow only after that.
// It is used by one goroutine, the one that reads the events of the crawl.
type schedule struct {
	frontier frontier
	states   []crawler.Consent
	looks    []string // further profiles for every state: "phone" visits as "accepted-phone"
	profiles []*profile
	known    []crawler.Task // every task so far, of the first profile, in the order found
	has      map[string]bool
	decided  bool
}

type profile struct {
	name    string
	consent crawler.Consent
	open    bool // its first page was visited: all pages may follow
	left    int  // tasks that it still may be given; negative: no limit
	given   int  // tasks that it was given
	ended   int  // of these, those that were visited
}

// newSchedule plans visits in the states, which are those that the user wants where there is something to choose.
// looks are further visitors for each of them.
func newSchedule(f frontier, states []crawler.Consent, looks ...string) *schedule {
	return &schedule{frontier: f, states: states, looks: looks, has: map[string]bool{}}
}

// start takes the seeds and what else is known to begin with.
func (s *schedule) start(tasks ...crawler.Task) {
	first := crawler.Unasked
	if len(s.states) == 1 {
		first, s.decided = s.states[0], true
	}
	s.learn(tasks)
	s.state(first)
}

// state adds the profiles of a consent state: one for each look.
func (s *schedule) state(c crawler.Consent) {
	open := c == crawler.Unasked || c == crawler.GPC
	s.add(&profile{name: string(c), consent: c, left: -1, open: open})
	for _, look := range s.looks {
		s.add(&profile{name: string(c) + "-" + look, consent: c, left: -1, open: open})
	}
}

// found takes tasks from another source than a visited page: a sitemap, a list.
func (s *schedule) found(tasks ...crawler.Task) {
	fresh := s.learn(tasks)
	for _, p := range s.profiles {
		if p.open {
			s.give(p, fresh)
		}
	}
}

// page takes the outcome of a visit: its links, and what it says about consent.
func (s *schedule) page(page *crawler.Page, links []string) {
	tasks := make([]crawler.Task, 0, len(links))
	for _, l := range links {
		tasks = append(tasks, crawler.Task{URL: l, Depth: page.Task.Depth + 1, Via: "link"})
	}
	s.found(tasks...)
	for _, p := range s.profiles {
		if p.name != page.Task.Profile {
			continue
		}
		p.ended++
		if !p.open {
			p.open = true
			s.give(p, s.known)
		}
	}
	if !s.decided && tellsOfConsent(page) {
		s.decided = true
		s.decide(page.Dialog)
	}
}

// over reports whether a profile has visited all that it may.
func (s *schedule) over(name string) bool {
	return slices.ContainsFunc(s.profiles, func(p *profile) bool { return p.name == name && p.left == 0 && p.ended >= p.given })
}

// again offers all that is known once more: the frontier may let pass by now what it did not before.
func (s *schedule) again() {
	for _, p := range s.profiles {
		if p.open {
			s.give(p, s.known)
		}
	}
}

// tellsOfConsent reports whether a visit can tell if there is something to choose: a download or a page that is not there
// cannot, unless it shows a dialog all the same.
func tellsOfConsent(page *crawler.Page) bool {
	return page.Outcome == crawler.Complete || page.Outcome == crawler.Partial || page.Dialog != nil && page.Dialog.Seen
}

// decide plans the further profiles after the first page.
func (s *schedule) decide(d *crawler.Dialog) {
	for _, state := range s.states {
		switch {
		case state == crawler.GPC:
			s.state(state)
		case state != crawler.Unasked && d != nil && d.Seen:
			s.state(state)
		}
	}
	if d == nil || !d.Seen {
		s.add(&profile{name: string(crawler.Unasked) + "-2", consent: crawler.Unasked, left: comparePages, open: true})
	}
}

func (s *schedule) add(p *profile) {
	s.profiles = append(s.profiles, p)
	if p.open {
		s.give(p, s.known)
	} else if len(s.known) > 0 {
		s.give(p, s.known[:1])
	}
}

// learn keeps the tasks that are new and returns them.
func (s *schedule) learn(tasks []crawler.Task) []crawler.Task {
	from := len(s.known)
	for _, t := range tasks {
		if !s.has[t.URL] {
			s.has[t.URL] = true
			s.known = append(s.known, t)
		}
	}
	return s.known[from:]
}

func (s *schedule) give(p *profile, tasks []crawler.Task) {
	for _, t := range tasks {
		if p.left == 0 {
			return
		}
		t.Profile, t.Consent = p.name, p.consent
		if s.frontier.Add(t) == 0 {
			continue
		}
		p.given++
		if p.left > 0 {
			p.left--
		}
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
