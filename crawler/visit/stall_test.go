package visit_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// sameFrame is a site each of whose pages holds the same frame of another site, which loads a script that sends late.
func sameFrame(t *testing.T) *web {
	return newWeb(t, map[string]http.HandlerFunc{
		"shop.test/held":  html(`<link rel=icon href="data:,"><iframe src="http://t.test/f.html?held"></iframe>`),
		"shop.test/other": html(`<link rel=icon href="data:,"><iframe src="http://t.test/f.html?other"></iframe>`),
		"t.test/f.html":   html(`<script async src="w.js"></script>`),
		"t.test/w.js":     js(`for (const s of [1, 20]) setTimeout(() => fetch('http://v.test/hit' + location.search + s, {mode: 'no-cors'}), s * 1000)`),
	})
}

// visitBeside visits a page while another, which has had all its time, is kept from being left.
func visitBeside(t *testing.T, w *web, o visit.Options) (crawler.Page, []crawler.Event) {
	t.Helper()
	lived, release := make(chan struct{}), make(chan struct{})
	o.BeforeLeave = func(ctx context.Context, tab *visit.Tab) error {
		if tab.URL() != "http://shop.test/held" {
			return nil
		}
		close(lived)
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	v := newVisitor(t, chrome.KindChrome, w, o)
	held := make(chan error, 1)
	go func() {
		var failed error
		for _, err := range v.Visit(context.Background(), crawler.Task{URL: "http://shop.test/held", Profile: "a"}) {
			failed = err
		}
		held <- failed
	}()
	<-lived
	p, events := visitPage(t, v, "http://shop.test/other")
	close(release)
	require.NoError(t, <-held)
	return p, events
}

// The frames of one site in two tabs have clocks of their own: that one page has had its time, and its clock stands, does not keep
// another from loading.
func TestAPageThatHasHadItsTimeHoldsNoOther(t *testing.T) {
	p, events := visitBeside(t, sameFrame(t), visit.Options{})
	assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
	assert.Empty(t, p.Gaps)
	assert.True(t, hasRequest(events, "v.test/hit?other1"))
	assert.True(t, hasRequest(events, "v.test/hit?other20"))
}

// Where the browser has frames of several tabs share a renderer all the same, a page that has had its time stops the clock of another
// one's frame. It is set going again, which is told, and the frame has all its time.
func TestAClockThatStandsIsSetGoing(t *testing.T) {
	o := visit.Options{Chrome: chrome.Options{Args: []string{"--enable-features=None"}}} // instead of what keeps renderers apart
	p, events := visitBeside(t, sameFrame(t), o)
	assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
	require.Len(t, p.Gaps, 1)
	assert.Equal(t, crawler.GapStall, p.Gaps[0].Kind)
	assert.Equal(t, p.ID, p.Gaps[0].Page)
	assert.Equal(t, "http://t.test/f.html?other", p.Gaps[0].Where)
	assert.True(t, hasRequest(events, "v.test/hit?other1"))
	assert.True(t, hasRequest(events, "v.test/hit?other20"))
	t.Log(p.Loaded.Sub(p.Started))
}
