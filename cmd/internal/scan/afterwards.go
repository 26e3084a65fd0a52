package scan

import (
	"context"
	"fmt"
	"iter"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/visit/consent"
)

// afterwards plans the visits that follow the crawl: those that show whether a choice still holds where its visitor came to no
// further page, and those of the visitor who consents and takes it back.
type afterwards struct {
	proof    consent.Proof
	withdraw bool
	asked    string // the first page that showed a dialog
	accepted string // the page on which a visitor accepted
}

// page takes in a visit.
func (a *afterwards) page(p *crawler.Page) {
	a.proof.Page(p)
	if d := p.Dialog; d != nil && d.Seen {
		if a.asked == "" {
			a.asked = p.Task.URL
		}
		if a.accepted == "" && d.Action == crawler.Accepted {
			a.accepted = p.Task.URL
		}
	}
}

// withdrawal are the visits of the visitor who withdraws, one after the other: it consents, it withdraws, and it comes again. There are
// none where no dialog was seen.
func (a *afterwards) withdrawal() (out []crawler.Task) {
	where := a.accepted
	if where == "" {
		where = a.asked
	}
	if !a.withdraw || where == "" {
		return nil
	}
	for range 3 {
		out = append(out, crawler.Task{URL: where, Profile: string(crawler.Withdrawn), Consent: crawler.Withdrawn, Via: consent.ViaAgain})
	}
	return out
}

// afterwards makes these visits.
func (c *crawl) afterwards(ctx context.Context) error {
	if err := c.further(ctx, c.after.proof.Owed(), c.o.Workers); err != nil {
		return err
	}
	return c.further(ctx, c.after.withdrawal(), 1)
}

// further visits what the frontier knows nothing of, so many pages at a time.
func (c *crawl) further(ctx context.Context, tasks []crawler.Task, workers int) error {
	for ev, err := range crawler.Crawl(ctx, tasksOf(tasks), workers, ended(c.patient.around(c.visits()))) {
		if err != nil {
			c.o.Console.Detailf("%v", err)
			c.o.Logger.Warn("visit", "err", err)
			continue
		}
		if err := c.write(ev); err != nil {
			return fmt.Errorf("write the capture: %w", err)
		}
		switch {
		case ev.Request != nil:
			c.request(ev.Request)
		case ev.Page != nil:
			c.page(ev.Page)
			c.whole.states.page(asPlanned(ev.Page))
			c.after.page(ev.Page)
		}
	}
	return nil
}

func tasksOf(tasks []crawler.Task) iter.Seq2[crawler.Task, error] {
	return func(yield func(crawler.Task, error) bool) {
		for _, t := range tasks {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// crawled are the states that the crawl itself visits in. Who withdraws comes afterwards.
func crawled(states []crawler.Consent) (out []crawler.Consent) {
	for _, s := range states {
		if s != crawler.Withdrawn {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		out = append(out, crawler.Unasked)
	}
	return out
}
