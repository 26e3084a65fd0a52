package discover

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func seed(u string) crawler.Task { return crawler.Task{URL: u, Via: "seed"} }
func link(u string) crawler.Task { return crawler.Task{URL: u, Via: "link", Depth: 1} }

// entered is a frontier that the named visitors have entered, or one without a name.
func entered(opt Options, visitors ...string) *Frontier {
	f := NewFrontier(opt)
	if len(visitors) == 0 {
		visitors = []string{""}
	}
	for _, v := range visitors {
		f.Enter(Visitor{Name: v})
	}
	return f
}

// drain hands out every task, adds what links gives for it, and returns the URLs.
func drain(t *testing.T, f *Frontier, links map[string][]string) []string {
	var got []string
	for task, err := range f.Tasks(t.Context()) {
		require.NoError(t, err)
		got = append(got, task.URL)
		for _, l := range links[task.URL] {
			f.Add(crawler.Task{URL: l, Via: "link", Depth: task.Depth + 1, Profile: task.Profile})
		}
		f.Done(task)
	}
	return got
}

func TestFrontierVisitsOnce(t *testing.T) {
	scope, err := NewScope([]string{"https://shop.test/"}, nil, nil, []string{"/private/**"})
	require.NoError(t, err)
	skipped := map[string]string{}
	f := entered(Options{Scope: scope, PerRoute: 2, OnSkip: func(s Skip) {
		assert.NotContains(t, skipped, s.Task.URL, "told twice")
		skipped[s.Task.URL] = s.String()
	}})
	require.Equal(t, 1, f.Add(seed("https://shop.test")))
	got := drain(t, f, map[string][]string{
		"https://shop.test/": {"https://shop.test/#top", "https://SHOP.test:443/a?b=1&a=2&utm_source=x", "https://shop.test/a?a=2&b=1", "https://other.test/",
			"https://www.shop.test/b", "https://shop.test/p/1", "https://shop.test/p/2", "https://shop.test/p/3", "https://shop.test/log-out",
			"javascript:alert(1)", "mailto:a@b.test", "file:///etc/passwd", "https://shop.test/private/x/y"},
		"https://shop.test/p/1": {"https://shop.test/", "http://shop.test/p/1/"},
	})
	assert.Equal(t, []string{"https://shop.test/", "https://shop.test/p/1", "https://shop.test/a?a=2&b=1", "https://www.shop.test/b", "https://shop.test/p/2"}, got)
	assert.Equal(t, "another site: other.test", skipped["https://other.test/"])
	assert.Equal(t, "enough pages of this route: https://shop.test/p/{n}", skipped["https://shop.test/p/3"])
	assert.Equal(t, "it acts: logout", skipped["https://shop.test/log-out"])
	assert.Contains(t, skipped["https://shop.test/private/x/y"], "excluded")
	assert.Contains(t, skipped["file:///etc/passwd"], "only http")
	c := f.Counts()
	assert.Equal(t, 5, c.Done)
	assert.Equal(t, 5, c.Known)
}

func TestFrontierDoesWhatTheUserNamed(t *testing.T) {
	scope, err := NewScope([]string{"https://a.test/"}, nil, nil, nil)
	require.NoError(t, err)
	f := entered(Options{Scope: scope, PerRoute: 1})
	for _, u := range []string{"https://b.test/p/1", "https://b.test/p/2", "https://a.test/logout"} {
		f.Add(crawler.Task{URL: u, Via: "list"})
	}
	f.Add(crawler.Task{URL: "https://a.test/p/1", Via: "sitemap"}, link("https://a.test/p/2"), link("https://b.test/p/3"))
	assert.Equal(t, []string{"https://b.test/p/1", "https://b.test/p/2", "https://a.test/logout", "https://a.test/p/1"}, drain(t, f, nil))
}

func TestFrontierCountsWhereARedirectLed(t *testing.T) {
	scope, err := NewScope([]string{"https://a.test/"}, nil, nil, nil)
	require.NoError(t, err)
	f := entered(Options{Scope: scope}, "one", "two")
	led := func(profile, to string) {
		f.Showed(&crawler.Page{Task: crawler.Task{URL: "https://a.test/", Profile: profile}, URL: to, Outcome: crawler.Complete})
	}
	led("one", "https://www.a.test/home?utm_source=x#top")
	assert.Zero(t, f.Add(crawler.Task{URL: "https://www.a.test/home", Via: "link", Depth: 1}))
	led("two", "https://www.a.test/elsewhere")
	assert.Equal(t, 1, f.Add(crawler.Task{URL: "https://www.a.test/elsewhere", Via: "link", Depth: 1}), "the leader's list is that of all")
}

func BenchmarkFrontier(b *testing.B) {
	for b.Loop() {
		f := entered(Options{PerRoute: 3})
		for i := range 20_000 {
			f.Add(link(fmt.Sprintf("https://a.test/p%d/%d", i%500, i)))
		}
		for task := range f.Tasks(b.Context()) {
			f.Done(task)
		}
	}
}

func TestFrontierGivesVisitorsTheSameURLs(t *testing.T) {
	f := entered(Options{MaxPages: 2}, "unasked", "accepted")
	f.Add(link("https://a.test/1x"), link("https://a.test/2x"), link("https://a.test/3x"))
	assert.Equal(t, 4, f.Counts().Known)
	got := map[string][]string{}
	for task := range f.Tasks(t.Context()) {
		got[task.Profile] = append(got[task.Profile], task.URL)
		f.Done(task)
	}
	list := []string{"https://a.test/1x", "https://a.test/2x"}
	assert.Equal(t, map[string][]string{"unasked": list, "accepted": list}, got)
	assert.Equal(t, 4, f.Counts().Done)
}

func TestFrontierWaitsForWhatIsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := entered(Options{})
		f.Add(seed("https://a.test/"))
		release := f.Hold()
		go func() { // a sitemap that takes its time
			time.Sleep(time.Second)
			f.Add(link("https://a.test/late"))
			release()
			release()
		}()
		var got []string
		for task := range f.Tasks(t.Context()) {
			got = append(got, task.URL)
			go func() {
				time.Sleep(5 * time.Second)
				if task.Depth == 0 {
					f.Add(link("https://a.test/linked"))
				}
				f.Done(task)
			}()
		}
		assert.Equal(t, []string{"https://a.test/", "https://a.test/late", "https://a.test/linked"}, got)
	})
}

func TestFrontierIsHeldOpenByASource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := entered(Options{})
		release := f.Hold()
		go func() { // nothing is pending and nothing in flight while the sitemap loads
			time.Sleep(time.Second)
			f.Add(link("https://a.test/late"))
			release()
		}()
		assert.Equal(t, []string{"https://a.test/late"}, drain(t, f, nil))
	})
}

func TestFrontierEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		f := entered(Options{})
		f.Add(seed("https://a.test/"))
		n := 0
		for range f.Tasks(ctx) { // never done
			n++
		}
		assert.Equal(t, 1, n)
	})
}

func TestFrontierIsPolite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := entered(Options{Delay: 10 * time.Second})
		for i := range 3 {
			f.Add(link(fmt.Sprintf("https://a.test/a%d", i)))
		}
		f.Add(link("https://b.test/b"))
		start := time.Now()
		got := drain(t, f, nil)
		assert.Equal(t, []string{"https://a.test/a0", "https://b.test/b", "https://a.test/a1", "https://a.test/a2"}, got, "another host does not wait")
		assert.Equal(t, 20*time.Second, time.Since(start))
	})
}

// Tasks that were handed out and had to wait for room begin no closer to one another than their host's delay.
func TestPaceIsThatOfTheHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := entered(Options{Delay: 10 * time.Second})
		start := time.Now()
		var mu sync.Mutex
		begun := map[string]time.Duration{}
		var wg sync.WaitGroup
		for _, u := range []string{"https://a.test/1", "https://a.test/2", "https://a.test/3", "https://b.test/1"} {
			wg.Go(func() {
				assert.NoError(t, f.Pace(t.Context(), crawler.Task{URL: u}))
				mu.Lock()
				defer mu.Unlock()
				begun[u] = time.Since(start)
			})
		}
		wg.Wait()
		assert.Zero(t, begun["https://b.test/1"])
		a := []time.Duration{begun["https://a.test/1"], begun["https://a.test/2"], begun["https://a.test/3"]}
		slices.Sort(a)
		assert.Equal(t, []time.Duration{0, 10 * time.Second, 20 * time.Second}, a)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		assert.ErrorIs(t, f.Pace(ctx, crawler.Task{URL: "https://a.test/4"}), context.DeadlineExceeded)
	})
}

func TestFrontierAsksRobots(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			fmt.Fprint(w, "User-agent: *\nDisallow: /\nUser-agent: tagscan\nDisallow: /no\nSitemap: http://x.test/s.xml\n")
		}
	}))
	defer srv.Close()
	robots := NewRobots(srv.Client())
	f := entered(Options{Robots: robots})
	f.Add(seed(srv.URL+"/no"), seed(srv.URL+"/yes"))
	assert.Equal(t, []string{srv.URL + "/yes"}, drain(t, f, nil))
	assert.Equal(t, map[Why]int{ByRobots: 1}, f.Counts().Skipped)
	assert.Equal(t, []string{"http://x.test/s.xml"}, robots.Sitemaps(t.Context(), srv.URL))
}

func TestRobotsFollowTheRFC(t *testing.T) {
	for status, allowed := range map[int]bool{404: true, 403: true, 500: false, 503: false} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "0") // for those who would wait
			w.WriteHeader(status)
		}))
		assert.Equal(t, allowed, NewRobots(srv.Client()).Allowed(t.Context(), srv.URL+"/x"), status)
		srv.Close()
		assert.True(t, NewRobots(srv.Client()).Allowed(t.Context(), srv.URL+"/x"), "unreachable: the visit will say so")
	}
}

// What was waiting when time ran out is told, and what a limit would have kept out is told as that.
func TestFrontierTellsWhatItWasNotAskedForAnyMore(t *testing.T) {
	why := map[string]Why{}
	f := entered(Options{MaxPages: 5, PerRoute: 1, OnSkip: func(s Skip) {
		require.NotContains(t, why, s.Task.URL, "told twice")
		why[s.Task.URL] = s.Why
	}}, "one", "two")
	f.Add(seed("https://a.test/"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for task := range f.Tasks(ctx) {
		switch {
		case task.Profile == "two":
			cancel()
		case task.Depth == 0:
			f.Add(link("https://a.test/a"), link("https://a.test/b"))
			f.Done(task)
		case task.URL == "https://a.test/a": // and /b is handed out and never done
			for _, u := range []string{"/p/1", "/p/2", "/p/3", "/c", "/d", "/e"} {
				f.Add(link("https://a.test" + u))
			}
			f.Done(task)
		}
	}
	f.Rest()
	assert.Equal(t, map[string]Why{"https://a.test/b": Unreached, "https://a.test/c": Unreached, "https://a.test/d": PageLimit,
		"https://a.test/e": PageLimit, "https://a.test/p/1": Unreached, "https://a.test/p/2": RouteLimit, "https://a.test/p/3": RouteLimit}, why)
}

func TestFrontierSaysThatANamedPageIsKeptOut(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "User-agent: *\nDisallow: /no\n")
	}))
	defer srv.Close()
	why := map[string]string{}
	f := entered(Options{Robots: NewRobots(srv.Client()), MaxPages: 1, OnSkip: func(s Skip) { why[s.Task.URL] = s.String() }})
	f.Add(seed(srv.URL+"/"), seed(srv.URL+"/no"), seed(srv.URL+"/yes"), link(srv.URL+"/no/2"))
	drain(t, f, nil)
	assert.Equal(t, map[string]string{srv.URL + "/no": "robots.txt: it does not allow that", srv.URL + "/yes": "page limit reached",
		srv.URL + "/no/2": "page limit reached"}, why)
}

func TestRobotsSayWhatIsTheMatter(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(503)
	}))
	defer srv.Close()
	var got Skip
	f := entered(Options{Robots: NewRobots(srv.Client()), OnSkip: func(s Skip) { got = s }})
	f.Add(seed(srv.URL))
	assert.Empty(t, drain(t, f, nil))
	assert.Equal(t, ByRobots, got.Why)
	assert.Contains(t, got.Detail, "503")
}
