package report

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
)

func TestWhatIsKnownOfUnknownRecipientsIsInOnePlace(t *testing.T) {
	m := built(
		crawler.Event{Request: &crawler.Request{ID: "r1", Page: "p", URL: "https://shop.example/account", Type: "document"}},
		crawler.Event{Request: &crawler.Request{ID: "r2", Page: "p", URL: "https://cdn.oddmetrics.net/a.js?v=1", Type: "script"}},
		crawler.Event{Request: &crawler.Request{ID: "r3", Page: "p", URL: "https://in.oddmetrics.net/c?x=1", Type: "fetch"}},
		crawler.Event{Request: &crawler.Request{ID: "r4", Page: "p", URL: "https://www.facebook.com/tr/", Type: "fetch"}},
		runs("https://cdn.oddmetrics.net/a.js?v=1", account, "page", ""),
		onPage(crawler.Reach{}),
	)
	require.Len(t, m.Strangers, 1, "Meta is known")
	s := m.Strangers[0]
	assert.Equal(t, "oddmetrics.net", s.ID)
	assert.Equal(t, []string{"cdn.oddmetrics.net", "in.oddmetrics.net"}, s.Hosts)
	assert.Equal(t, 2, s.Requests)
	assert.Equal(t, account, s.FirstPage)
	assert.Equal(t, []string{"https://cdn.oddmetrics.net/a.js"}, s.Scripts)
	for _, f := range []Format{Text, HTML, JSON} {
		var b bytes.Buffer
		require.NoError(t, f.Write(t.Context(), &b, m, WriteOptions{}))
		assert.Contains(t, b.String(), "oddmetrics.net", f.Name)
	}
}

func TestReasonsReadAsSentences(t *testing.T) {
	f := &Flow{Places: []Place{{Reasons: []string{"in a URL", "looks like a test account", "masked", "before consent"}}}}
	assert.Equal(t, "Graver because it was sent before consent and in a URL, milder because it is masked", gradedText(f))
	assert.Equal(t, "Looks like a test account", notedText(f))
	assert.Empty(t, gradedText(&Flow{Places: []Place{{Reasons: []string{"the same hash was sent to X as that of an e-mail address"}}}}))
	for reason, way := range map[string]int{
		"in a URL": 1, "after refusal": 1, "while typing, before submit": 1, "hashed with a secret key": -1, "looks like a test account": 0,
	} {
		assert.Equal(t, way, detect.Weighs(reason), reason)
	}
}
