package conclude

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

var began = time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)

// catalog is read once: it is the same for all tests.
var catalog = sync.OnceValues(recipient.Default)

// options are those of all judgements here.
func options(t testing.TB) Options {
	t.Helper()
	vendors, err := catalog()
	require.NoError(t, err)
	return Options{Tool: "test", Catalog: vendors, Now: began, Workers: 1, Persona: rule.Persona{"email": {"jo.doe@example.org"}}}
}

// record makes a run directory of a page and what it sent, sealed with its reports; leaky says that an address was among it, in a body
// that is kept as a blob.
func record(t testing.TB, dir string, leaky bool) {
	t.Helper()
	w, err := capture.Create(dir, capture.CreateOptions{Tool: "test"})
	require.NoError(t, err)
	body := strings.Repeat(`{"event":"page_view","step":1},`, 700)
	if leaky {
		body += `{"email":"jo.doe@example.org"}`
	}
	task := crawler.Task{URL: "https://shop.example/", Route: "https://shop.example/", Consent: crawler.Unasked, Profile: "unasked", Via: "seed"}
	for _, ev := range []crawler.Event{
		{Run: &crawler.Run{Schema: crawler.Schema, ID: "0123456789abcdef", Tool: "test", Seeds: []string{"https://shop.example/"}, Started: began}},
		{Request: &crawler.Request{ID: "r1", Page: "p1", PageURL: task.URL, URL: task.URL, Method: "GET", Profile: "unasked", Consent: crawler.Unasked,
			Type: "document", Time: began, Response: &crawler.Response{Status: 200}}},
		{Request: &crawler.Request{ID: "r2", Page: "p1", PageURL: task.URL, URL: "https://collector.example/c", Method: "POST", Profile: "unasked",
			Consent: crawler.Unasked, Time: began, Body: crawler.NewBody([]byte("[" + body + "]")), Response: &crawler.Response{Status: 204}}},
		{Page: &crawler.Page{ID: "p1", Task: task, URL: task.URL, Outcome: crawler.Complete, Status: 200, Started: began, Ended: began.Add(time.Second)}},
		{Note: &crawler.Note{Level: "info", Kind: "end", Text: "1 visits, 2 requests"}},
	} {
		ev.Time = began
		_, err := w.Write(ev)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close(capture.Ending{}))
	c, err := capture.Open(dir)
	require.NoError(t, err)
	_, err = options(t).Write(context.Background(), dir, Profile{Capture: c})
	require.NoError(t, err)
	require.NoError(t, capture.Seal(dir))
}

// judged is the verdict on a run directory; an error says why there is none.
func judged(t testing.TB, dir string) (policy.Result, error) {
	c, err := capture.Open(dir)
	if err != nil {
		return "", err
	}
	done, err := options(t).Conclude(context.Background(), nil, Profile{Capture: c})
	if err != nil {
		return "", err
	}
	return done.Verdict.Result, nil
}

func TestARunThatIsAsItWasRecordedIsJudgedByWhatItHolds(t *testing.T) {
	for leaky, want := range map[bool]policy.Result{true: policy.Fail, false: policy.Pass} {
		dir := filepath.Join(t.TempDir(), "run")
		record(t, dir, leaky)
		got, err := judged(t, dir)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

// TestNothingTakenFromAFailingRunMakesItPass drops every file, cuts every file short and changes bytes of it: whatever is left, the run
// fails or is incomplete, or is refused with the name of a file.
func TestNothingTakenFromAFailingRunMakesItPass(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole")
	record(t, whole, true)
	files := map[string][]byte{}
	require.NoError(t, filepath.WalkDir(whole, func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			name, _ := filepath.Rel(whole, path)
			files[name], err = os.ReadFile(path)
		}
		return err
	}))
	require.Len(t, files, 6, "capture, blob, findings, two reports, manifest")
	for name, data := range files {
		path := filepath.Join(whole, name)
		try := func(what string, changed []byte) {
			if changed == nil {
				require.NoError(t, os.Remove(path))
			} else {
				require.NoError(t, os.WriteFile(path, changed, 0o600))
			}
			got, err := judged(t, whole)
			if err != nil {
				assert.ErrorContains(t, err, "capture", "%s: %s", name, what)
			} else if name != capture.ManifestFile || changed == nil {
				assert.NotEqual(t, policy.Pass, got, "%s: %s", name, what)
			} else {
				assert.Contains(t, []policy.Result{policy.Fail, policy.Incomplete}, got, "%s: %s", name, what)
			}
			require.NoError(t, os.WriteFile(path, data, 0o600))
		}
		try("dropped", nil)
		step := max(1, len(data)/25)
		for i := 0; i < len(data); i += step {
			try(fmt.Sprintf("cut at %d", i), data[:i:i])
			flipped := append([]byte(nil), data...)
			flipped[i] ^= 1 << (i % 8)
			try(fmt.Sprintf("bit of byte %d", i), flipped)
		}
	}
	got, err := judged(t, whole)
	require.NoError(t, err)
	assert.Equal(t, policy.Fail, got, "restored")
}
