package scan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
)

// states keeps which pages each visitor saw, to say in the end which consent states were not visited, or hardly.
type states struct {
	wanted   []crawler.Consent
	visitors []string // profiles in the order in which they came
	consent  map[string]crawler.Consent
	pages    map[string]map[string]bool // by profile: keys of pages it visited or was led to
	dialog   bool                       // one was seen on some page
	failed   bool                       // a recording came to no end
}

// fewer is the part of the first visitor's pages that another one may miss: pages lead each visitor elsewhere now and then.
const fewer = 4

func newStates(wanted []crawler.Consent) *states {
	return &states{wanted: wanted, consent: map[string]crawler.Consent{}, pages: map[string]map[string]bool{}}
}

// page takes in a visit.
func (s *states) page(p *crawler.Page) {
	s.dialog = s.dialog || p.Dialog != nil && p.Dialog.Seen
	s.opened(p.Task.Profile, p.Task.Consent)
	for _, raw := range []string{p.Task.URL, p.URL} {
		if k := discover.Key(raw); k != "" {
			s.pages[p.Task.Profile][k] = true
		}
	}
}

// flow takes in a page of a recording, which may show the only dialog there is, and fail before it.
func (s *states) flow(p *crawler.Page) {
	s.dialog = s.dialog || p.Dialog != nil && p.Dialog.Seen
	for _, why := range strings.Split(p.Reason, "; ") {
		s.failed = s.failed || strings.HasPrefix(why, viaFlow+": ")
	}
}

// opened takes in that a visitor exists, though it may never visit anything.
func (s *states) opened(profile string, consent crawler.Consent) {
	if s.pages[profile] == nil {
		s.pages[profile], s.consent[profile] = map[string]bool{}, consent
		s.visitors = append(s.visitors, profile)
	}
}

// gaps says which states were not visited as they should have been. full are the visitors who were to see all pages.
func (s *states) gaps(full []string) (gaps []crawler.Gap) {
	if len(s.visitors) == 0 || len(s.pages[s.visitors[0]]) == 0 {
		return nil // nothing was seen at all, which is said elsewhere
	}
	first := s.pages[s.visitors[0]]
	for _, name := range s.visitors[1:] {
		if !slices.Contains(full, name) {
			continue
		}
		missed := 0
		for k := range first {
			if !s.pages[name][k] {
				missed++
			}
		}
		if missed*fewer <= len(first) {
			continue
		}
		text := fmt.Sprintf("a page that the first visitor saw was not visited in the state %q (%d of %d were)",
			s.consent[name], len(first)-missed, len(first))
		gaps = append(gaps, crawler.Gap{Kind: crawler.GapState, Profile: name, Consent: s.consent[name], Count: missed, Text: text})
	}
	return append(gaps, s.never()...)
}

// never are the states that were asked for and that no visitor was made for, although there is something to choose, or may be.
func (s *states) never() (gaps []crawler.Gap) {
	why := "a consent dialog was seen"
	switch {
	case !s.dialog && s.failed:
		why = "the recording failed before it could be told whether there is a consent dialog"
	case !s.dialog:
		return s.nothingToChoose()
	}
	for _, c := range s.wanted {
		made := false
		for _, have := range s.consent {
			made = made || have == c
		}
		if !made {
			text := fmt.Sprintf("%s, and the state %q was not visited", why, c)
			gaps = append(gaps, crawler.Gap{Kind: crawler.GapState, Consent: c, Text: text})
		}
	}
	return gaps
}

// nothingToChoose are the choices that somebody asked for by name, and not the state before any, on a site that asked nobody.
func (s *states) nothingToChoose() (gaps []crawler.Gap) {
	if slices.Contains(s.wanted, crawler.Unasked) {
		return nil
	}
	for _, c := range s.wanted {
		if c == crawler.Accepted || c == crawler.Rejected || c == crawler.Withdrawn {
			text := fmt.Sprintf("no consent dialog was seen, so nobody was in the state %q: its pages were seen before any choice", c)
			gaps = append(gaps, crawler.Gap{Kind: crawler.GapState, Consent: c, Text: text})
		}
	}
	return gaps
}
