package store

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/report/breach"
	"github.com/tagscan/tagscan/report/history"
)

func opened(t testing.TB) (*Store, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "data", "a store?.db")
	s, err := Open(context.Background(), file)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s, file
}

// tell makes scans of which equal ones are equal, whatever order their lists had.
func tell(scans []*history.Scan) []*history.Scan {
	for _, s := range scans {
		slices.SortFunc(s.Flows, func(a, b history.Sight) int { return strings.Compare(a.Print, b.Print) })
		slices.SortFunc(s.Parties, func(a, b history.Party) int { return strings.Compare(a.ID, b.ID) })
	}
	return scans
}

func TestWhatIsKeptComesBack(t *testing.T) {
	s, file := opened(t)
	want := made("shop", 12, 1)
	want[3].Judged, want[3].Kept.HAR = true, true
	want[4].Assets = &history.Assets{Scripts: []history.Script{{URL: "https://v.test/v.js", SHA256: "aa"}}, Headers: []history.Header{{Route: "/", Name: "csp", Value: "x"}}}
	perm := rand.New(rand.NewPCG(1, 1)).Perm(len(want))
	for _, i := range perm {
		n, err := s.Add(t.Context(), time.Now(), want[i])
		require.NoError(t, err)
		require.Equal(t, 1, n)
	}
	n, err := s.Add(t.Context(), time.Now(), want...)
	require.NoError(t, err)
	assert.Zero(t, n, "the same run twice is one scan")
	got, err := s.Scans(t.Context(), Filter{})
	require.NoError(t, err)
	assert.Equal(t, tell(want), got, "in the order of the runs' own time")
	sites, err := s.Sites(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"shop"}, sites)

	for name, mode := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode().Perm(), name)
	}
}

func TestAStoreOfANewerVersionIsRefused(t *testing.T) {
	s, file := opened(t)
	_, err := s.db.Exec(`INSERT INTO store_version (version) VALUES ($1)`, len(migrations)+1)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = Open(t.Context(), file)
	require.ErrorContains(t, err, "it has version 3, and this tagscan knows versions up to 2: use a newer tagscan")
}

func TestWhatIsNoStoreIsRefused(t *testing.T) {
	_, err := OpenExisting(t.Context(), filepath.Join(t.TempDir(), "none.db"))
	require.ErrorIs(t, err, ErrAbsent)
	_, err = Open(t.Context(), "postgres://localhost/tagscan")
	require.ErrorContains(t, err, "is no file")
	text := filepath.Join(t.TempDir(), "text.db")
	require.NoError(t, os.WriteFile(text, []byte(strings.Repeat("not a database. ", 100)), 0o600))
	_, err = Open(t.Context(), text)
	require.ErrorContains(t, err, "not a database")
}

func TestTwoWritersTellEachThingOnce(t *testing.T) {
	one, file := opened(t)
	two, err := Open(t.Context(), file)
	require.NoError(t, err)
	defer two.Close()
	scans := made("shop", 10, 2)
	var wg sync.WaitGroup
	counts := make([]int, 2)
	for i, s := range []*Store{one, two} {
		wg.Go(func() {
			for _, x := range scans {
				_, fresh, err := s.Import(context.Background(), x, time.Now(), "test")
				assert.NoError(t, err)
				if fresh {
					counts[i]++
				}
			}
		})
	}
	wg.Wait()
	assert.Equal(t, len(scans), counts[0]+counts[1])
	alerts, err := one.Alerts(t.Context(), AlertFilter{Site: "shop"})
	require.NoError(t, err)
	var got, want []string
	for _, a := range alerts {
		got = append(got, a.Scan+a.State+a.Kind+a.Key)
	}
	for _, n := range history.Replay(tell(scans)) {
		want = append(want, n.Scan+n.State+n.Kind+n.Key)
	}
	slices.Sort(got)
	slices.Sort(want)
	assert.Equal(t, want, got)
}

func TestAlertsAreReadBySiteAndTime(t *testing.T) {
	s, _ := opened(t)
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	told := 0
	for i, x := range made("shop", 8, 3) {
		news, _, err := s.Import(t.Context(), x, day.AddDate(0, 0, i), "terminal", "mail")
		require.NoError(t, err)
		if i >= 4 {
			told += len(news)
		}
	}
	list, err := s.Alerts(t.Context(), AlertFilter{Site: "shop", Since: day.AddDate(0, 0, 4)})
	require.NoError(t, err)
	require.Len(t, list, told)
	require.NotEmpty(t, list)
	assert.Equal(t, []string{"terminal", "mail"}, list[0].Channels)
	none, err := s.Alerts(t.Context(), AlertFilter{Site: "other"})
	require.NoError(t, err)
	assert.Empty(t, none)
}

// brute reads all scans anew for one flow and answers by itself: who saw it first and last, what bounds that, and how many could
// not tell.
func brute(scans []*history.Scan, k detect.FlowKey) (first, last, after, before time.Time, seen, requests, not int) {
	has := func(s *history.Scan) *history.Sight {
		for i := range s.Flows {
			if s.Flows[i].FlowKey == k {
				return &s.Flows[i]
			}
		}
		return nil
	}
	for _, s := range scans {
		if f := has(s); f != nil {
			if first.IsZero() {
				first = s.At
			}
			last, seen, requests = s.At, seen+1, requests+f.Requests
		}
	}
	for i, s := range scans {
		if has(s) != nil {
			continue
		}
		near := -1
		for j := i; j >= 0 && near < 0; j-- {
			if has(scans[j]) != nil {
				near = j
			}
		}
		for j := i; j < len(scans) && near < 0; j++ {
			if has(scans[j]) != nil {
				near = j
			}
		}
		if !whole(s, k, has(scans[near]).Detail.Routes, scans[near]) {
			continue
		}
		not++
		switch {
		case s.At.Before(first):
			after = s.At
		case s.At.After(last) && before.IsZero():
			before = s.At
		}
	}
	return first, last, after, before, seen, requests, not
}

// whole reports whether a scan would have seen the flow, read from what is written down of it.
func whole(s *history.Scan, k detect.FlowKey, routes []string, near *history.Scan) bool {
	if len(s.Blind) > 0 && !(len(near.Blind) > 0 && near.Blind[0].Kind == s.Blind[0].Kind) {
		return false
	}
	any := false
	looked := map[string]bool{}
	for _, l := range s.Covers.Looks {
		if l.Consent == k.Consent && l.Whole > 0 {
			any, looked[l.Route] = true, true
		}
	}
	for _, r := range routes {
		any = any && looked[r]
	}
	return any
}

func TestExposureIsThatOfABruteForceReading(t *testing.T) {
	s, _ := opened(t)
	all := map[string][]*history.Scan{}
	rows := map[string]bool{}
	for i, site := range []string{"a", "b", "c", "d", "e"} {
		all[site] = made(site, 40, uint64(i))
		_, err := s.Add(t.Context(), time.Now(), all[site]...)
		require.NoError(t, err)
	}
	ids := []string{"google-ads", "google-analytics-4"}
	scans, err := s.Scans(t.Context(), Filter{Recipients: ids})
	require.NoError(t, err)
	r := breach.Answer(breach.Question{Asked: "Google", IDs: ids}, scans)
	for _, f := range r.Flows {
		k := detect.FlowKey{Recipient: f.Recipient, Class: f.Class, Consent: f.Consent, Form: f.Form}
		rows[f.Site+f.Print] = true
		first, last, after, before, seen, requests, not := brute(all[f.Site], k)
		spans := f.Interval.Spans
		assert.Equal(t, []time.Time{first, last, after, before}, []time.Time{spans[0].First, spans[len(spans)-1].Last, spans[0].After, spans[len(spans)-1].Before}, "%s %v", f.Site, k)
		assert.Equal(t, []int{seen, requests, not}, []int{f.Interval.Seen, f.Requests, f.Interval.Not}, "%s %v", f.Site, k)
	}
	for site, scans := range all {
		for _, x := range scans {
			for _, f := range x.Flows {
				assert.Equal(t, slices.Contains(ids, f.Recipient), rows[site+f.Print], "%s %v", site, f.FlowKey)
			}
		}
	}
	var flat []*history.Scan
	for _, site := range []string{"a", "b", "c", "d", "e"} {
		flat = append(flat, all[site]...)
	}
	assert.Equal(t, r, breach.Answer(breach.Question{Asked: "Google", IDs: ids}, tell(flat)), "from the store as from the runs")
}

// BenchmarkExposure is 50 sites of 365 scans each.
func BenchmarkExposure(b *testing.B) {
	s, _ := opened(b)
	for i := range 50 {
		_, err := s.Add(context.Background(), time.Now(), made("site"+string(rune('A'+i)), 365, uint64(i))...)
		require.NoError(b, err)
	}
	for b.Loop() {
		scans, err := s.Scans(context.Background(), Filter{Recipients: []string{"mixpanel"}})
		require.NoError(b, err)
		r := breach.Answer(breach.Question{Asked: "mixpanel", IDs: []string{"mixpanel"}}, scans)
		require.Len(b, r.Sites, 50)
	}
}

// Runs know their time to the nanosecond, and the store to the microsecond: their news are told all the same.
func TestNewsOfARunThatWasStartedBetweenTwoMicroseconds(t *testing.T) {
	s, _ := opened(t)
	scan := made("shop", 300, 1)[299]
	scan.At, scan.Judged = scan.At.Add(1234567*time.Nanosecond), true
	for i := range scan.Flows {
		scan.Flows[i].Fails = true
	}
	require.NotEmpty(t, scan.Flows)
	news, _, err := s.Import(t.Context(), scan, time.Now(), "terminal")
	require.NoError(t, err)
	assert.NotEmpty(t, news)
}

// What was told by an earlier tagscan is still told, and not told again.
func TestAStoreOfTheFirstVersionIsTakenOver(t *testing.T) {
	s, file := opened(t)
	scans := made("shop", 20, 1)
	for _, scan := range scans {
		scan.Judged = true
		for i := range scan.Flows {
			scan.Flows[i].Fails = true
		}
		_, _, err := s.Import(t.Context(), scan, time.Now(), "terminal")
		require.NoError(t, err)
	}
	told, err := s.Alerts(t.Context(), AlertFilter{})
	require.NoError(t, err)
	require.NotEmpty(t, told)
	// Back to the first version: its table of alerts knew no alert without a scan.
	for _, stmt := range strings.Split(strings.ReplaceAll(migrations[0], "{id}", sqlite.id), ";\n") {
		if strings.Contains(stmt, "CREATE TABLE alert") {
			_, err = s.db.Exec(`ALTER TABLE alert RENAME TO newer; DROP INDEX alert_site; ` + stmt + `; INSERT INTO alert SELECT id, site, scan,
				kind, state, topic, mark, recipient, class, consent, severity, fails, told, allow, flows, told_at, channels FROM newer;
				DROP TABLE newer; DROP TABLE watch; DROP TABLE run; DROP TABLE message; DROP TABLE channel; DROP TABLE mute; DROP TABLE audit;
				CREATE INDEX alert_site ON alert (site, told_at); DELETE FROM store_version WHERE version > 1;
				INSERT INTO store_version (version) VALUES (1)`)
			require.NoError(t, err)
		}
	}
	require.NoError(t, s.Close())
	s, err = Open(t.Context(), file)
	require.NoError(t, err)
	defer s.Close()
	again, err := s.Alerts(t.Context(), AlertFilter{})
	require.NoError(t, err)
	assert.Equal(t, told, again)
}
