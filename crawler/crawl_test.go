package crawler

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func tasksOf(n int) iter.Seq2[Task, error] {
	return func(yield func(Task, error) bool) {
		for i := range n {
			if !yield(Task{URL: fmt.Sprint(i)}, nil) {
				return
			}
		}
	}
}

// slowVisit yields three requests and the page, a second apart, unless it is cancelled: then the page at once.
func slowVisit(ctx context.Context, t Task) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for i := range 3 {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				yield(Event{Page: &Page{ID: t.URL, Outcome: Partial}}, nil)
				return
			}
			if !yield(Event{Request: &Request{ID: fmt.Sprint(i), Page: t.URL}}, nil) {
				return
			}
		}
		yield(Event{Page: &Page{ID: t.URL, Outcome: Complete}}, nil)
	}
}

func TestCrawlKeepsOrderOfEachVisit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		next, done := map[string]int{}, 0
		for ev, err := range Crawl(t.Context(), tasksOf(10), 5, slowVisit) {
			require.NoError(t, err)
			if ev.Page != nil {
				assert.Equal(t, 3, next[ev.Page.ID], "the page comes last")
				done++
				continue
			}
			assert.Equal(t, fmt.Sprint(next[ev.Request.Page]), ev.Request.ID)
			next[ev.Request.Page]++
		}
		assert.Equal(t, 10, done)
		assert.Equal(t, 6*time.Second, time.Since(start), "five at once")
	})
}

func TestCrawlLeavesNoGoroutine(t *testing.T) {
	t.Run("break", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { // the bubble fails if a goroutine is left
			for range Crawl(t.Context(), tasksOf(100), 3, slowVisit) {
				break
			}
		})
	})
	t.Run("break waits for the visits", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var running atomic.Int32
			visit := func(ctx context.Context, task Task) iter.Seq2[Event, error] {
				return func(yield func(Event, error) bool) {
					running.Add(1)
					defer running.Add(-1)
					defer time.Sleep(time.Minute) // closing a tab takes its time (the bubble's)
					for range slowVisit(ctx, task) {
						if !yield(Event{Request: &Request{}}, nil) {
							return
						}
					}
				}
			}
			for range Crawl(t.Context(), tasksOf(100), 3, visit) {
				break
			}
			assert.Zero(t, running.Load())
		})
	})
	t.Run("cancel keeps what was seen", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var pages []Outcome
			for ev := range Crawl(ctx, tasksOf(100), 3, slowVisit) {
				if ev.Request != nil && ev.Request.ID == "1" {
					cancel()
				}
				if ev.Page != nil {
					pages = append(pages, ev.Page.Outcome)
				}
			}
			assert.Equal(t, []Outcome{Partial, Partial, Partial}, pages)
		})
	})
}

func TestCrawlPassesErrorsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := errors.New("bad")
		tasks := func(yield func(Task, error) bool) {
			_ = yield(Task{URL: "a"}, nil) && yield(Task{}, bad) && yield(Task{URL: "never"}, nil)
		}
		visit := func(_ context.Context, task Task) iter.Seq2[Event, error] {
			return func(yield func(Event, error) bool) { yield(Event{}, fmt.Errorf("visit %s: %w", task.URL, bad)) }
		}
		var got []string
		for _, err := range Crawl(t.Context(), tasks, 1, visit) {
			got = append(got, err.Error())
		}
		assert.ElementsMatch(t, []string{"visit a: bad", "bad"}, got)
	})
}
