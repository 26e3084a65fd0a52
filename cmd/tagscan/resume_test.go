package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/fixtures"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
)

// paged is a site of some pages with a consent bar, whose vendor knows each visitor by a cookie of the site, and is told its address
// if it agreed. at is called with the count of pages that were asked for.
func paged(t *testing.T, pages int, at func(n int)) *fixtures.Server {
	t.Helper()
	var mu sync.Mutex
	n := 0
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" && !strings.HasPrefix(r.URL.Path, "/p/") {
			http.NotFound(w, r)
			return
		}
		mu.Lock()
		n++
		now := n
		mu.Unlock()
		at(now)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><link rel=icon href="data:,"><title>%[1]s</title><h1>Lamps %[1]s</h1>`, r.URL.Path)
		for i := range pages {
			fmt.Fprintf(w, `<a href="/p/%[1]c%[1]c">lamp</a> `, 'a'+i)
		}
		fmt.Fprint(w, `<script>
			const get = (k) => document.cookie.split('; ').find((c) => c.startsWith(k + '='))?.slice(k.length + 1);
			if (!get('visitor')) document.cookie = 'visitor=' + crypto.randomUUID() + '; path=/; max-age=99999';
			const tell = (what) => fetch('https://track.vendor-of-lamps.dev/e', {method: 'POST', mode: 'no-cors', body: JSON.stringify(what)});
			tell({visitor_id: get('visitor'), page: location.pathname});
			const agreed = () => tell({email: 'ida.lund@example.org', visitor_id: get('visitor')});
			if (get('cookie_consent') === 'yes') agreed();
		</script>
		<div id=bar role=dialog hidden style="position:fixed;bottom:0;background:#fff">We use cookies to measure our audience.
		<button onclick="done('yes'); agreed()">Accept all</button> <button onclick="done('no')">Reject all</button></div>
		<script>const done = (c) => { document.cookie = 'cookie_consent=' + c + '; path=/; max-age=99999'; bar.remove() };
			bar.hidden = !!get('cookie_consent')</script>`)
	})
	vendor := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	ctx, stop := context.WithCancel(context.Background())
	s, err := fixtures.Serve(ctx, fixtures.Site{Name: "paged", URL: "https://lamps.test/", Hosts: map[string]http.Handler{
		"lamps.test": site, "track.vendor-of-lamps.dev": vendor}})
	require.NoError(t, err)
	t.Cleanup(func() { stop(); s.Wait() })
	return s
}

// tagscan runs a command of the tool in a process of its own and returns its exit code and output. kill ends it at once.
func tagscan(t *testing.T, kill <-chan struct{}, args ...string) (int, string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), "TAGSCAN_TEST_MAIN=1")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	ended := make(chan struct{})
	go func() {
		select {
		case <-kill:
			_ = cmd.Process.Kill()
		case <-ended:
		}
	}()
	_ = cmd.Wait()
	close(ended)
	return cmd.ProcessState.ExitCode(), out.String()
}

// flowsOf are the flows of a run, and its verdict.
func flowsOf(t *testing.T, dir string) (flows []string, verdict string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, conclude.ReportFile))
	require.NoError(t, err)
	var m report.Model
	require.NoError(t, json.Unmarshal(data, &m))
	for _, f := range m.Flows {
		flows = append(flows, fmt.Sprintf("%s %s %s %s %s on %d pages", f.Recipient, f.Class, f.Consent, f.Form, f.Confidence, f.PageCount))
	}
	return flows, m.Verdict.Sentence
}

// wholeVisits are the pages of a run by visit, with the ids of their pages.
func wholeVisits(t *testing.T, dir string) map[string][]string {
	t.Helper()
	run, err := capture.Open(dir)
	require.NoError(t, err)
	visits := map[string][]string{}
	for ev, err := range run.Events() {
		require.NoError(t, err)
		if p := ev.Page; p != nil && p.Outcome == crawler.Complete && p.Task.Via != "again" {
			key := string(p.Task.Consent) + " " + p.Task.URL
			visits[key] = append(visits[key], p.ID)
		}
	}
	return visits
}

// proven leaves out the pages of visitors who chose and came to no further page: they have to choose anew, for that the site took their
// choice cannot be proven any more.
func proven(visits map[string][]string) map[string][]string {
	n := map[string]int{}
	for key := range visits {
		state, _, _ := strings.Cut(key, " ")
		n[state]++
	}
	maps.DeleteFunc(visits, func(key string, _ []string) bool {
		state, _, _ := strings.Cut(key, " ")
		return state != string(crawler.Unasked) && n[state] < 2
	})
	return visits
}

// A scan that is killed again and again tells, once it was gone on with, what one tells that nothing happened to, and visits no page
// again that it had visited whole.
func TestAScanThatWasKilledIsGoneOnWith(t *testing.T) {
	const pages = 3
	common := []string{"--insecure", "--no-dns", "--no-sitemap", "--dwell", "2s", "--workers", "2", "--per-route", "0", "-q", "--fail-on", "never"}
	quiet := paged(t, pages, func(int) {})
	calm := filepath.Join(t.TempDir(), "calm")
	args := append([]string{"scan", quiet.URL(), "-o", calm}, common...)
	for _, m := range quiet.MapRules() {
		args = append(args, "--map", m)
	}
	code, out := tagscan(t, nil, args...)
	require.Zero(t, code, out)
	flows, sentence := flowsOf(t, calm)
	require.NotEmpty(t, flows)

	var mu sync.Mutex
	killed, asked := make(chan struct{}), 0
	after := 6 // pages that are asked for until the scan is killed
	s := paged(t, pages, func(int) {
		mu.Lock()
		defer mu.Unlock()
		if asked++; asked == after {
			close(killed)
		}
	})
	dir := filepath.Join(t.TempDir(), "run")
	args = append([]string{"scan", s.URL(), "-o", dir}, common...)
	for _, m := range s.MapRules() {
		args = append(args, "--map", m)
	}
	code, out = tagscan(t, killed, args...)
	require.Equal(t, -1, code, out)
	had := proven(wholeVisits(t, dir))
	mu.Lock()
	kill := make(chan struct{})
	killed, asked, after = kill, 0, 7
	mu.Unlock()
	code, out = tagscan(t, kill, "scan", "--resume", dir)
	require.Equal(t, -1, code, out)
	maps.Copy(had, proven(wholeVisits(t, dir)))
	require.NotEmpty(t, had)
	code, out = tagscan(t, nil, "scan", "--resume", dir)
	require.Zero(t, code, out)
	assert.Contains(t, out, "kept")
	now, sentenceNow := flowsOf(t, dir)
	assert.ElementsMatch(t, flows, now)
	assert.Equal(t, sentence, sentenceNow)
	for key, ids := range wholeVisits(t, dir) {
		assert.Len(t, ids, 1, key)
		if was, ok := had[key]; ok && len(was) == 1 {
			assert.Equal(t, was, ids, "%s was visited again", key)
		}
	}
	code, out = tagscan(t, nil, "verify", dir)
	assert.Zero(t, code, out)
	left, _ := filepath.Glob(filepath.Join(dir, ".*"))
	assert.Empty(t, left, "what was moved aside is gone")
	code, out = tagscan(t, nil, "scan", "--resume", dir)
	assert.Equal(t, 2, code, out)
	assert.Contains(t, out, "came to its end")
	m, err := capture.ReadManifest(dir)
	require.NoError(t, err)
	assert.NotEmpty(t, m.Resumed)
	assert.WithinDuration(t, time.Now(), m.Resumed[0], time.Hour)
}
