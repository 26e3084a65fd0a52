package scan

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// again lets fresh visitors look at pages again, as often as is asked for. What they do is written with its mark and counts
// nowhere else: the crawl has come to its end.
func (c *crawl) again(ctx context.Context) error {
	for n := 1; n <= c.o.Confirm && c.o.Again != nil && ctx.Err() == nil; n++ {
		if err := c.out.Flush(); err != nil {
			return fmt.Errorf("write the capture: %w", err)
		}
		tasks, err := c.o.Again(ctx)
		if err != nil {
			c.o.Console.Sayf("nobody looks again: %v", err) // what was seen is kept, and told without
			return nil
		}
		if len(tasks) == 0 {
			return nil
		}
		if n == 1 {
			c.o.Console.Sayf("what is new and was seen once is looked at again (--confirm)")
		}
		first, rest := fresh(tasks, n)
		for _, round := range [][]crawler.Task{first, rest} {
			if err := c.lookAgain(ctx, round, n); err != nil {
				return err
			}
		}
		for _, ev := range c.visitor.Settle() {
			if err := c.writeAgain(ev, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// againPrefix begins the names of those who look again.
const againPrefix = "again-"

// fresh gives tasks to visitors of their own. The first page of each comes before its others, for there a choice is made.
// The name of a visitor ends as that of the crawl's does, which says what it holds in its hands.
func fresh(tasks []crawler.Task, n int) (first, rest []crawler.Task) {
	begun := map[string]bool{}
	for _, t := range tasks {
		t.Again, t.Profile = n, againPrefix+strconv.Itoa(n)+"-"+t.Profile
		if begun[t.Profile] {
			rest = append(rest, t)
			continue
		}
		begun[t.Profile] = true
		first = append(first, t)
	}
	return first, rest
}

// lookAgain makes the visits of a round.
func (c *crawl) lookAgain(ctx context.Context, tasks []crawler.Task, n int) error {
	for _, t := range tasks {
		c.o.Console.Detailf("look %d at %s (%s)", n, t.URL, t.Consent)
	}
	var list iter.Seq2[crawler.Task, error] = func(yield func(crawler.Task, error) bool) {
		for _, t := range tasks {
			if !yield(t, nil) {
				return
			}
		}
	}
	for ev, err := range crawler.Crawl(ctx, list, c.o.Workers, ended(c.patient.around(c.visits()))) {
		if err != nil {
			c.o.Logger.Warn("look again", "err", err)
			continue
		}
		if err := c.writeAgain(ev, n); err != nil {
			return err
		}
	}
	return nil
}

// writeAgain writes an event with the mark of those who look again.
func (c *crawl) writeAgain(ev crawler.Event, n int) error {
	ev.Again = n
	if ev.Time.IsZero() {
		ev.Time = time.Now().UTC()
	}
	if ev.Page != nil {
		ev.Page.Task.Again = n
		c.o.Console.Detailf("%-8s %s (%s, look %d) %s", ev.Page.Outcome, ev.Page.Task.URL, ev.Page.Task.Consent, n, ev.Page.Reason)
	}
	if err := c.write(ev); err != nil {
		return fmt.Errorf("write the capture: %w", err)
	}
	return nil
}
