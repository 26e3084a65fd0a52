package report

import (
	"slices"

	"github.com/tagscan/tagscan/crawler"
)

// doubt takes back that visits are verified whose visitor's choice was not achieved. A visit tells what it saw, and only all of them
// together tell whether the choice stands.
func (b *Builder) doubt(g crawler.Gap) {
	for i := range b.pages {
		p := &b.pages[i]
		if p.Dialog != nil && p.Dialog.Verified && doubts(g, p) {
			p.Dialog.Verified = false
			b.states[p.Consent].Verified--
		}
	}
}

// doubted reports whether it was said before the visit that its visitor's choice was not achieved.
func (b *Builder) doubted(p *Page) bool {
	return p.Dialog != nil && slices.ContainsFunc(b.gaps, func(g crawler.Gap) bool { return g.Kind == crawler.GapChoice && doubts(g, p) })
}

// doubts reports whether a gap of a choice is that of a visit's visitor. One without a visitor is of all in its state.
func doubts(g crawler.Gap, p *Page) bool {
	return g.Consent == p.Consent && (g.Profile == "" || g.Profile == p.Profile)
}
