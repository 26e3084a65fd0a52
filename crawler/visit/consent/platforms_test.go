package consent_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/crawler/visit/consent"
	"github.com/tagscan/tagscan/fixtures"
	pages "github.com/tagscan/tagscan/fixtures/consent"
)

// unproven are the platforms whose record nobody has published, or which keep none: what was pressed on them is told by their server's
// log alone, and a scan has to say that it is not proven. The states that cannot be proven, by page.
var unproven = map[string][]crawler.Consent{
	"acris": both, "amazon": both, "cassie": both, "ccm19": both, "enzuzo": both, "gdpr-legal-cookie": both, "google": both,
	"om-cookie-consent": both, "openli": both, "squarespace": both, "truyo": both, "wp-dsgvo-tools": both, "yahoo": both,
	"evidon":   {crawler.Rejected}, // keeps the refusal for the session, and nowhere where it can be read
	"shopware": {crawler.Rejected}, // keeps that an answer was given, and the services that were allowed
}

var both = []crawler.Consent{crawler.Accepted, crawler.Rejected}

// atOnce is how many pages are asked at a time: they wait most of the time.
const atOnce = 4

// Every platform's page is answered both ways by the platform's own buttons, by the log of its server; and what the platform keeps is
// read back, so that the choice is proven, where it can be.
func TestPlatformsAreAnsweredAndTheirRecordsRead(t *testing.T) {
	t.Parallel()
	site, err := pages.PlatformSite(pages.Bundles(t))
	require.NoError(t, err)
	v, server := browserWith(t, site, visit.Options{Dwell: time.Second})
	var g sync.WaitGroup
	free := make(chan bool, atOnce)
	for _, p := range pages.Platforms() {
		free <- true
		g.Go(func() {
			defer func() { <-free }()
			t.Run(p.Name, func(t *testing.T) { answersBothWays(t, v, server, p) })
		})
	}
	g.Wait()
	assert.Empty(t, pages.Wrong(server.Received()), "something else was clicked")
}

// answersBothWays makes both choices on a page, comes again, and holds what the server was told, and what can be proven, against them.
func answersBothWays(t *testing.T, v *visit.Visitor, server *fixtures.Server, p pages.Page) {
	proof := new(consent.Proof)
	for i, want := range both {
		// Each visitor has a browser of its own, which takes as long to start as many visits: the same two go to all pages.
		task := crawler.Task{URL: p.URL, Profile: string(want), Consent: want}
		first, _ := see(t, v, task)
		again, _ := see(t, v, task)
		proof.Page(first)
		proof.Page(again)
		d := first.Dialog
		assert.Equal(t, p.Name, d.Platform, "%s: %+v", want, d)
		told := chosen(t, server, p.Name, 0)
		if assert.Len(t, told, i+1, "%s: what the server was told; %s", want, d.Detail) {
			assert.Equal(t, string(want), told[i], d.Detail)
		}
		assert.NotContains(t, d.Detail, "usual buttons", want)
		assert.False(t, again.Dialog.Seen, "%s: asked again", want)
	}
	open := map[crawler.Consent]string{}
	for _, gap := range proof.Gaps() {
		open[gap.Consent] = gap.Text
	}
	for _, want := range both {
		if slices.Contains(unproven[p.Name], want) {
			assert.Contains(t, open[want], "is not proven", "%s is said to be proven", want)
		} else {
			assert.Empty(t, open[want], want)
		}
	}
}
