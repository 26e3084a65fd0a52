package report

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
)

// What the report calls verified never contradicts its gaps, in whichever order both are told.
func TestAChoiceThatWasNotAchievedIsNotVerified(t *testing.T) {
	visit := func(b *Builder, profile string, state crawler.Consent) {
		b.Event(crawler.Event{Page: &crawler.Page{ID: profile, Task: crawler.Task{URL: "https://shop.example/", Profile: profile, Consent: state},
			Outcome: crawler.Complete, Dialog: &crawler.Dialog{Seen: true, Action: state, Verified: true}}})
	}
	for name, c := range map[string]struct {
		gap  crawler.Gap
		want map[crawler.Consent]int
	}{
		"of one visitor": {crawler.Gap{Kind: crawler.GapChoice, Consent: crawler.Rejected, Profile: "rejected-phone"},
			map[crawler.Consent]int{crawler.Accepted: 1, crawler.Rejected: 1}},
		"of a state": {crawler.Gap{Kind: crawler.GapChoice, Consent: crawler.Rejected}, map[crawler.Consent]int{crawler.Accepted: 1, crawler.Rejected: 0}},
		"of another kind": {crawler.Gap{Kind: crawler.GapState, Consent: crawler.Rejected, Profile: "rejected"},
			map[crawler.Consent]int{crawler.Accepted: 1, crawler.Rejected: 2}},
	} {
		for _, first := range []bool{true, false} {
			b := NewBuilder(Options{OwnerOf: ownerOf})
			if first {
				b.Conclusion(detect.Conclusion{Gap: &c.gap})
			}
			visit(b, "accepted", crawler.Accepted)
			visit(b, "rejected", crawler.Rejected)
			visit(b, "rejected-phone", crawler.Rejected)
			if !first {
				b.Conclusion(detect.Conclusion{Gap: &c.gap})
			}
			got, pages := map[crawler.Consent]int{}, 0
			m := b.Build(policy.Verdict{})
			for _, s := range m.Consent.States {
				got[s.Consent] = s.Verified
			}
			for _, p := range m.Pages {
				if p.Dialog.Verified {
					pages++
				}
			}
			assert.Equal(t, c.want, got, name)
			assert.Equal(t, got[crawler.Accepted]+got[crawler.Rejected], pages, name)
		}
	}
}
