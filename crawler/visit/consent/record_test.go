package consent_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/signal"
	"github.com/tagscan/tagscan/crawler/visit"
	pages "github.com/tagscan/tagscan/fixtures/consent"
)

// kept is what a visit left in the browser that says something about consent.
func kept(t *testing.T, v *visit.Visitor, task crawler.Task) map[signal.Kind]signal.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	records := map[signal.Kind]signal.Record{}
	for ev, err := range v.Visit(ctx, task) {
		require.NoError(t, err)
		var name, value string
		switch {
		case ev.Cookie != nil:
			name, value = ev.Cookie.Name, ev.Cookie.Value
		case ev.Storage != nil:
			name, value = ev.Storage.Key, ev.Storage.Value
		}
		if r, ok := signal.Recognise(name, value); ok {
			records[r.Kind] = r
		}
	}
	return records
}

// The records that real tools keep say what was pressed: those of a visitor who refused grant nothing.
func TestRecordsOfRealToolsSayWhatWasPressed(t *testing.T) {
	t.Parallel()
	kinds := map[string]signal.Kind{
		"cookieconsent": "cookieconsent-status", "cookies-eu-banner": "yes-no", "iabtcf": "tcf", "klaro": "klaro", "orejime": "orejime",
		"tarteaucitron": "tarteaucitron", "vanilla-cookieconsent": "vanilla-cookieconsent",
	}
	site, err := pages.Site(pages.Bundles(t))
	require.NoError(t, err)
	v, _ := browser(t, site)
	seen := 0
	for _, p := range pages.Pages() {
		kind, ok := kinds[p.Name]
		if !ok {
			continue
		}
		seen++
		for _, want := range []crawler.Consent{crawler.Accepted, crawler.Rejected} {
			task := crawler.Task{URL: p.URL, Profile: p.Name + "-" + string(want), Consent: want}
			r, ok := kept(t, v, task)[kind]
			v.End(task.Profile)
			if !assert.True(t, ok, "%s keeps no record that is read, %s", p.Name, want) {
				continue
			}
			assert.NoError(t, r.Err(), p.Name)
			assert.Equal(t, want == crawler.Accepted, r.Grants(), "%s, %s: %s", p.Name, want, r.Summary())
			if want == crawler.Rejected {
				assert.Equal(t, signal.Denied, r.Says, "%s: %s", p.Name, r.Summary())
			}
		}
	}
	assert.Equal(t, len(kinds), seen)
}
