package consent_test

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/crawler/visit/consent"
	"github.com/tagscan/tagscan/fixtures"
	pages "github.com/tagscan/tagscan/fixtures/consent"
)

// browser starts what all tests here need: the fixture pages, and a visitor that answers dialogs.
func browser(t *testing.T, site fixtures.Site) (*visit.Visitor, *fixtures.Server) {
	t.Helper()
	return browserWith(t, site, visit.Options{Dwell: 6 * time.Second})
}

func browserWith(t *testing.T, site fixtures.Site, o visit.Options) (*visit.Visitor, *fixtures.Server) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	server, err := fixtures.Serve(ctx, site)
	require.NoError(t, err)
	t.Cleanup(func() { stop(); server.Wait() })
	binary, err := chrome.Find(chrome.FindOptions{})
	require.NoError(t, err)
	o.Chrome, o.Choice = chrome.Options{Binary: binary, Map: server.MapRules(), Insecure: true}, consent.NewChooser()
	v, err := visit.New(ctx, o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, v.Close()) })
	return v, server
}

// see visits a page and returns its outcome and its requests.
func see(t *testing.T, v *visit.Visitor, task crawler.Task) (*crawler.Page, []*crawler.Request) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute) // a busy machine is waited for
	defer cancel()
	var page *crawler.Page
	var requests []*crawler.Request
	for ev, err := range v.Visit(ctx, task) {
		require.NoError(t, err)
		if ev.Page != nil {
			page = ev.Page
		}
		if ev.Request != nil {
			requests = append(requests, ev.Request)
		}
	}
	require.NotNil(t, page)
	return page, requests
}

// chosen is what the page by name told its server that was chosen since the log had n choices.
func chosen(t *testing.T, s *fixtures.Server, name string, n int) []string {
	t.Helper()
	all, err := pages.Choices(s.Received())
	require.NoError(t, err)
	var states []string
	for _, c := range all[n:] {
		if c.Site == name {
			states = append(states, c.State)
		}
	}
	return states
}

// The tests that answer many dialogs have a browser and a server of their own, and wait most of the time: they run side by side.

// TestDialogsAreAnsweredAsAsked visits every fixture page, real tools and hosted platforms, once to accept and once to
// refuse, and asks the page's server what was really chosen.
func TestDialogsAreAnsweredAsAsked(t *testing.T) {
	t.Parallel()
	site, err := pages.Site(pages.Bundles(t))
	require.NoError(t, err)
	v, server := browser(t, site)
	var table []string
	proof := new(consent.Proof)
	for _, p := range pages.Pages() {
		for _, want := range []crawler.Consent{crawler.Accepted, crawler.Rejected} {
			t.Run(p.Name+" "+string(want), func(t *testing.T) {
				before, err := pages.Choices(server.Received())
				require.NoError(t, err)
				task := crawler.Task{URL: p.URL, Profile: p.Name + "-" + string(want), Consent: want}
				defer v.End(task.Profile)
				page, requests := see(t, v, task)
				d := page.Dialog
				require.NotNil(t, d)
				got := chosen(t, server, p.Name, len(before))
				table = append(table, fmt.Sprintf("%-28s %-9s seen=%-5t by=%-22s server=%-22v state=%-9s %s", p.Name, want, d.Seen, d.Platform, got, d.State, d.Detail))
				assert.True(t, d.Seen, "the dialog was not seen")
				if assert.NotEmpty(t, got, "nothing was chosen: %s", d.Detail) {
					assert.Equal(t, string(want), got[len(got)-1])
				}
				assert.Equal(t, string(want), d.State, d.Detail)
				for _, r := range requests {
					if !d.At.IsZero() && r.Time.Before(d.At.Add(-100*time.Millisecond)) {
						assert.Equal(t, crawler.Unasked, r.Consent, "%s was sent before the choice", r.URL)
					}
				}
				assert.NotEmpty(t, d.Text, "what the dialog says")
				assert.Positive(t, d.Clicks)
				assert.True(t, d.Verified, "the record after the click: %v", page.Records)
				again, requests := see(t, v, task)
				proof.Page(page)
				proof.Page(again)
				assert.Equal(t, string(want), again.Dialog.State, "on the next page: %s", again.Dialog.Detail)
				for _, r := range requests {
					assert.Equal(t, want, r.Consent, "%s on the next page", r.URL)
				}
			})
		}
	}
	assert.Empty(t, pages.Wrong(server.Received()), "something else was clicked")
	assert.Empty(t, proof.Owed())
	for _, g := range proof.Gaps() {
		t.Errorf("%s %s: %s", g.Where, g.Profile, g.Text)
	}
	sort.Strings(table)
	fmt.Fprintln(os.Stderr, strings.Join(table, "\n"))
}

// TestUnaskedTouchesNothing visits the same pages without choosing.
func TestUnaskedTouchesNothing(t *testing.T) {
	t.Parallel()
	site, err := pages.Site(pages.Bundles(t))
	require.NoError(t, err)
	v, server := browser(t, site)
	seen := 0
	for _, p := range pages.Pages() {
		page, _ := see(t, v, crawler.Task{URL: p.URL, Profile: "unasked", Consent: crawler.Unasked})
		require.NotNil(t, page.Dialog, p.Name)
		if page.Dialog.Seen {
			seen++
			assert.Equal(t, "unasked", page.Dialog.State, p.Name)
		}
		assert.Empty(t, page.Dialog.Action, p.Name)
	}
	choices, err := pages.Choices(server.Received())
	require.NoError(t, err)
	assert.Empty(t, choices)
	assert.Equal(t, len(pages.Pages()), seen, "dialogs that were seen")
}
