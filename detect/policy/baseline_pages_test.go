package policy

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

func TestThePagesOfABaselineHaveTheirAddresses(t *testing.T) {
	b := &Baseline{Site: "https://shop.example", Pages: Strings{"/", "/about", "/orders/{id}", "https://blog.example/post"}}
	assert.Equal(t, []string{"https://shop.example/", "https://shop.example/about", "https://blog.example/post"}, b.Visited())
	assert.Empty(t, (*Baseline)(nil).Visited())
	assert.Empty(t, (&Baseline{Pages: Strings{"/about"}}).Visited(), "of which site is not known")
}

// TestTheListOfPagesDoesNotGrowNightByNight: pages that are not there any more go as a run is accepted that saw all; those of a part of the
// site take nothing away.
func TestTheListOfPagesDoesNotGrowNightByNight(t *testing.T) {
	run := func(outcome crawler.Outcome, paths ...string) (in Input) {
		for _, p := range paths {
			in.Pages = append(in.Pages, Page{ID: p, URL: "https://a.example" + p, Route: "https://a.example" + p, Consent: "unasked", Outcome: outcome})
		}
		return in
	}
	base := accept(t, nil, run(crawler.Complete, "/", "/a", "/sale-1"), nil)
	base = accept(t, base, run(crawler.Complete, "/", "/a", "/sale-2"), nil)
	assert.Equal(t, Strings{"/", "/a", "/sale-2"}, base.Pages)
	assert.Equal(t, Strings{"/", "/a", "/sale-2"}, accept(t, base, run(crawler.Complete, "/a"), nil).Pages, "a part of the site")
	some := run(crawler.Complete, "/", "/a")
	some.Gaps = []crawler.Gap{{Kind: crawler.GapPageFailed, Text: "no answer", Where: "https://a.example/sale-2"}}
	assert.Equal(t, Strings{"/", "/a", "/sale-2"}, accept(t, base, some, nil).Pages, "not all was seen")
}
