// Package consent answers consent dialogs: it recognises the platform that shows one (one small file each), or failing that
// the dialog's buttons by their words, clicks what a visitor would click to accept or to refuse everything, reads what
// the page believes was chosen, and says so only if it was seen to hold. It decides nothing about which page is visited in
// which state, and judges nothing that is sent.
//
// It touches nothing but the dialog. Where no button can be told for the wanted choice nothing is clicked and the state is
// unknown.
package consent

import "github.com/tagscan/tagscan/crawler"

//go:generate go run github.com/tagscan/tagscan/cmd/internal/listvars -type Platform -var Platforms -pointers

// Platform is a consent platform: how its dialog is recognised, and where its buttons are. Selectors are CSS; they reach
// into open shadow roots, so no part of one may span the border of a root.
type Platform struct {
	ID     string   // kebab-case: "onetrust"
	Name   string   // "OneTrust"
	Doc    string   // public page that the selectors and APIs are described on
	Frame  string   // regular expression on the URL of the frame that the dialog is in; empty: any frame
	Popup  []string // the dialog is seen when one of these is visible
	Accept []Way    // to accept everything, best first
	Reject []Way    // to refuse everything that can be refused, best first
	Reopen []string // what opens the dialog again once a choice was made: selectors of what a visitor clicks
	Recall string   // the same by the platform's API: a JavaScript expression; empty: there is none, or it is not known
}

// Way is a series of clicks: selectors, one after the other. The first letter may say more:
//
//	"sel"   must be there and visible within two seconds; it is clicked
//	"?sel"  is clicked if it is there
//	"-sel"  every box that matches and is checked is unchecked
type Way []string

// Of returns the ways to make a choice.
func (p Platform) Of(c crawler.Consent) []Way {
	switch c {
	case crawler.Accepted:
		return p.Accept
	case crawler.Rejected:
		return p.Reject
	}
	return nil
}
