package consent_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/crawler/visit/consent/wording"
	"github.com/tagscan/tagscan/fixtures"
)

//go:embed dialog.js
var dialogScript string

// What the script leaves out before a text is judged must not be what the words of some language would have found: in the page,
// text is folded as in Go, and every text that asks for consent has one of the stems.
func TestThePageReadsAllLanguagesAsGoDoes(t *testing.T) {
	shop := http.NewServeMux()
	shop.HandleFunc("/", page(`<!doctype html><link rel=icon href="data:,"><p>Lamps</p>`))
	ctx, stop := context.WithCancel(context.Background())
	site := fixtures.Site{Name: "bare", URL: "https://shop.example/", Hosts: map[string]http.Handler{"shop.example": shop}}
	server, err := fixtures.Serve(ctx, site)
	require.NoError(t, err)
	t.Cleanup(func() { stop(); server.Wait() })
	binary, err := chrome.Find(chrome.FindOptions{})
	require.NoError(t, err)
	phrases := wording.Phrases()
	require.Greater(t, len(phrases), 1000)
	list, err := json.Marshal(phrases)
	require.NoError(t, err)
	stems, err := json.Marshal(wording.Stems())
	require.NoError(t, err)
	var seen [][]any
	v, err := visit.New(ctx, visit.Options{
		Chrome: chrome.Options{Binary: binary, Map: server.MapRules(), Insecure: true},
		AfterLoad: func(ctx context.Context, tab *visit.Tab) error {
			read := fmt.Sprintf("(%s).map((s) => { const b = tagscanConsent.bare(s); return [b, (%s).some((t) => b.includes(t))]; })", list, stems)
			return tab.Evaluate(ctx, dialogScript+"\n"+read, &seen)
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, v.Close()) })
	see(t, v, crawler.Task{URL: "https://shop.example/"})
	require.Len(t, seen, len(phrases))
	for i, phrase := range phrases {
		assert.Equal(t, wording.Fold(phrase), seen[i][0], "%q", phrase)
		if wording.SpeaksOfConsent(phrase) {
			assert.Equal(t, true, seen[i][1], "no stem is in %q", phrase)
		}
	}
}
