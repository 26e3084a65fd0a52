package crawler

import (
	"context"
	"iter"
	"sync"
)

// Crawl visits tasks with so many workers at once (at least one) and yields what the visits yield. Events of several
// visits come interleaved, those of one visit in its own order, so its Page, which visit yields last, comes after
// everything that belongs to it. An error of a visit is yielded and does not end the others; an error of tasks is yielded
// and no more tasks are asked for.
//
// It is the one place that starts the goroutines of a crawl: one draws tasks, and each worker visits one after the other.
// The caller's loop alone writes. When the loop ends, whether by break, by cancelling ctx or at the end of tasks, the
// context of the visits is cancelled and Crawl waits for all of them; a sequence of tasks must end when the context it was
// given ends. What running visits still yield after ctx is cancelled is passed on, so that an interrupted scan keeps what
// was seen; after a break it is dropped.
func Crawl(ctx context.Context, tasks iter.Seq2[Task, error], workers int, visit func(context.Context, Task) iter.Seq2[Event, error]) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		var (
			queue = make(chan Task)
			seen  = make(chan result)
			left  = make(chan struct{}) // closed when the loop wants no more
			wg    sync.WaitGroup
		)
		pass := func(r result) bool {
			select {
			case seen <- r:
				return true
			case <-left:
				return false
			}
		}
		wg.Go(func() {
			defer close(queue)
			draw(ctx, tasks, queue, pass)
		})
		for range max(1, workers) {
			wg.Go(func() {
				for task := range queue {
					if ctx.Err() != nil {
						continue // it was handed over while the crawl ended
					}
					for ev, err := range visit(ctx, task) {
						if !pass(result{ev, err}) {
							break
						}
					}
				}
			})
		}
		go func() {
			wg.Wait()
			close(seen)
		}()
		for r := range seen {
			if !yield(r.event, r.err) {
				close(left)
				cancel()
				for range seen { // until the last goroutine is gone
				}
				return
			}
		}
	}
}

type result struct {
	event Event
	err   error
}

// draw hands the tasks on until they, or the crawl, end.
func draw(ctx context.Context, tasks iter.Seq2[Task, error], queue chan<- Task, pass func(result) bool) {
	for task, err := range tasks {
		if err != nil {
			pass(result{err: err})
			return
		}
		select {
		case queue <- task:
		case <-ctx.Done():
			return
		}
	}
}
