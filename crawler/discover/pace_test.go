package discover

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func TestRetryAfterIsRead(t *testing.T) {
	now := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"0": 0, "1": time.Second, " 3600 ": time.Hour, "Sun, 29 Nov 2026 09:02:00 GMT": 2 * time.Minute, "Sun, 29 Nov 2026 08:00:00 GMT": 0,
		"99999999999999": 365 * 24 * time.Hour,
	} {
		got, ok := RetryAfter(value, now)
		assert.True(t, ok, value)
		assert.Equal(t, want, got, value)
	}
	for _, value := range []string{"", "soon", "-1", "1.5"} {
		_, ok := RetryAfter(value, now)
		assert.False(t, ok, value)
	}
}

func TestAHostThatRestsIsPacedFromThenOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFrontier(Options{})
		began := time.Now()
		begin := func(url string) time.Duration {
			require.NoError(t, f.Pace(t.Context(), crawler.Task{URL: url}))
			return time.Since(began)
		}
		assert.Zero(t, begin("https://a.example/1"))
		assert.Zero(t, begin("https://a.example/2"), "nothing is to be kept yet")
		f.RestHost("a.example", 30*time.Second)
		assert.Zero(t, begin("https://b.example/1"), "another host")
		assert.Equal(t, 30*time.Second, begin("https://a.example/3"))
		assert.Equal(t, 31*time.Second, begin("https://a.example/4"))
		f.RestHost("a.example", 0)
		assert.Equal(t, 33*time.Second, begin("https://a.example/5"), "twice as slowly")
	})
}

func TestSoManyPagesOfAHostAreUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFrontier(Options{PerHost: 2})
		f.Enter(Visitor{Name: "unasked", Consent: crawler.Unasked})
		f.Enter(Visitor{Name: "accepted", Consent: crawler.Accepted})
		for _, u := range []string{"https://a.example/1", "https://a.example/2", "https://a.example/3", "https://b.example/1"} {
			f.Add(crawler.Task{URL: u, Via: "list"})
		}
		var mu sync.Mutex
		handed, most, under := 0, 0, map[string]int{}
		for task, err := range f.Tasks(t.Context()) {
			require.NoError(t, err)
			u, err := parse(task.URL)
			require.NoError(t, err)
			mu.Lock()
			handed++
			under[u.Host]++
			most = max(most, under[u.Host])
			mu.Unlock()
			go func() {
				time.Sleep(time.Second)
				mu.Lock()
				under[u.Host]--
				mu.Unlock()
				f.Done(task)
			}()
		}
		assert.Equal(t, 8, handed)
		assert.Equal(t, 2, most)
	})
}

func TestRobotsAndSitemapsWaitForABusyServer(t *testing.T) {
	for name, test := range map[string]struct {
		status  int
		after   string
		until   int // answers before it has time
		asked   int
		refused bool
	}{
		"at once":             {503, "0", 0, 1, false},
		"503 once":            {503, "0", 1, 2, false},
		"429 twice":           {429, "0", 2, 3, false},
		"503 for good":        {503, "0", 9, 3, true},
		"429 for good":        {429, "0", 9, 3, true},
		"429, an hour":        {429, "3600", 9, 1, true},
		"404 is no such case": {404, "0", 9, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				if asked++; asked <= test.until {
					rw.Header().Set("Retry-After", test.after)
					rw.WriteHeader(test.status)
				}
			}))
			defer server.Close()
			r := NewRobots(server.Client())
			assert.Equal(t, !test.refused, r.Allowed(t.Context(), server.URL+"/x"))
			assert.Equal(t, test.asked, asked)
		})
	}
}
