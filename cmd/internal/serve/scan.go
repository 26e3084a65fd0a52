package serve

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/tagscan/tagscan/cmd/internal/alert"
	"github.com/tagscan/tagscan/cmd/internal/store"
	"github.com/tagscan/tagscan/report/history"
)

const (
	scanQueue = "scan"
	// longestScan is when a scan is given up: a scan has a budget of its own, so something hangs then.
	longestScan = 6 * time.Hour
	// mostFailures is how often a scan is tried, and mostAttempts how often a process may end over it.
	mostFailures = 3
	mostAttempts = 6
	// queueAttempts is more than the queue ever needs: a run counts its failures itself.
	queueAttempts = 25
)

// scanArgs are the number of a run, and nothing else: arguments are in clear in the store.
type scanArgs struct {
	Run int64 `json:"run"`
}

func (scanArgs) Kind() string { return "scan" }

func (scanArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: scanQueue} }

type scanWorker struct {
	river.WorkerDefaults[scanArgs]
	s *Server
}

func (w *scanWorker) Timeout(*river.Job[scanArgs]) time.Duration { return longestScan }

// NextRetry is later each time: what a site or network needs to come back is minutes.
func (w *scanWorker) NextRetry(job *river.Job[scanArgs]) time.Time {
	return time.Now().Add(time.Duration(job.Attempt) * w.s.retryAfter)
}

// retryAfter is how long a scan that failed waits to be tried again.
const retryAfter = 2 * time.Minute

func (w *scanWorker) Work(ctx context.Context, job *river.Job[scanArgs]) error {
	run, site, err := w.s.claim(ctx, job.Args.Run)
	switch {
	case errors.Is(err, store.ErrFenced):
		return river.JobCancel(err)
	case err != nil:
		return err
	}
	w.s.noteScanning(run.ID, true)
	defer w.s.noteScanning(run.ID, false)
	scan, err := w.s.scan(ctx, run, site)
	if errors.Is(ctx.Err(), context.Canceled) && err != nil {
		return fmt.Errorf("stopped: %w", context.Cause(ctx)) // the run stays open, and whoever comes next adopts it
	}
	return w.s.settle(context.WithoutCancel(ctx), job, run, site, scan, err)
}

func (s *Server) noteScanning(id int64, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on {
		s.scanning[id] = s.now()
	} else {
		delete(s.scanning, id)
	}
}

// claim makes a run this process's own.
func (s *Server) claim(ctx context.Context, id int64) (run *store.Run, site *Site, err error) {
	err = s.store.Do(ctx, func(tx *store.Tx) error {
		run, err = tx.Claim(id, s.node, s.now())
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return run, s.folder.Site(run.Site), nil
}

// scan has the run made, in a folder of its own: what another attempt left is not touched.
func (s *Server) scan(ctx context.Context, run *store.Run, site *Site) (*history.Scan, error) {
	switch {
	case site == nil:
		return nil, fmt.Errorf("%w: the site is not in the folder any more", ErrRefused)
	case run.Attempt > mostAttempts:
		return nil, fmt.Errorf("%w: the process ended %d times while it was scanned", ErrRefused, run.Attempt-1)
	}
	name := fmt.Sprintf("%s-%d-%d", run.BeganAt.Format("20060102T150405Z"), run.ID, run.Attempt)
	run.Dir = filepath.Join(s.data, runsFolder, site.Name, name)
	work := filepath.Dir(site.File)
	if filepath.Clean(work) == filepath.Clean(s.o.Sites) { // where files of several sites lie, none is meant by its usual name
		work = filepath.Join(s.data, runsFolder, site.Name)
	}
	if err := os.MkdirAll(filepath.Dir(run.Dir), 0o700); err != nil {
		return nil, err
	}
	s.log.Info("scan begins", "site", site.Name, "run", run.ID, "attempt", run.Attempt)
	settings, _ := s.folder.Settings()
	return s.o.Scanner.Scan(ctx, Order{Site: site.Name, File: site.File, Copy: site.Copy, Work: work, Dir: run.Dir,
		AllowPrivate: settings.AllowPrivate})
}

// settle remembers what became of a run, what is news with it and whom to tell: all of it, or nothing if the run is another's by now.
func (s *Server) settle(ctx context.Context, job *river.Job[scanArgs], run *store.Run, site *Site, scan *history.Scan,
	failure error) error {
	now := s.now()
	again := failure != nil && !errors.Is(failure, ErrRefused) && run.Failures+1 < mostFailures
	err := s.store.Do(ctx, func(tx *store.Tx) error {
		run.EndedAt = now
		if failure == nil {
			run.State, run.Scan, run.Result, run.Note = store.Done, scan.ID, string(scan.Result), ""
		} else {
			run.State, run.Failures, run.Note = store.Failed, run.Failures+1, failure.Error()
		}
		if again {
			run.State, run.EndedAt = store.Queued, time.Time{}
		}
		if err := tx.Settle(run); err != nil {
			return err
		}
		if again {
			return nil
		}
		if err := s.remember(tx, run, site, scan, failure, now); err != nil {
			return err
		}
		_, err := river.JobCompleteTx[*riversqlite.Driver](ctx, tx.Tx, job)
		return err
	})
	switch {
	case errors.Is(err, store.ErrFenced):
		s.log.Warn("a late result is refused: the run is another's by now", "run", run.ID)
		return river.JobCancel(err)
	case err != nil:
		return err
	case failure != nil:
		s.log.Error("scan failed", "site", run.Site, "run", run.ID, "again", again, "error", failure)
	default:
		s.log.Info("scan done", "site", run.Site, "run", run.ID, "result", run.Result)
	}
	if again {
		return failure
	}
	return s.Kick(ctx) // what is due is told now, and not with the next tick
}

// remember keeps a scan and posts its news; or tells that there is none.
func (s *Server) remember(tx *store.Tx, run *store.Run, site *Site, scan *history.Scan, failure error, now time.Time) error {
	if site == nil {
		return nil
	}
	watches, err := tx.Watches()
	if err != nil {
		return err
	}
	w := watches[site.Name]
	switch {
	case failure != nil && !w.Late.IsZero():
		return nil // it was told
	case failure != nil:
		w.Late = run.Slot
		if err := s.watchNews(tx, site, history.New, "no scan could be made: "+failure.Error(), now); err != nil {
			return err
		}
		return tx.Keep(w)
	case !w.Late.IsZero():
		w.Late = time.Time{}
		if err := s.watchNews(tx, site, history.Gone, "scans can be made again", now); err != nil {
			return err
		}
		if err := tx.Keep(w); err != nil {
			return err
		}
	}
	by := map[string][]history.News{}
	var failed error
	news, _, err := tx.Import(scan, now, func(n history.News) []string {
		channels, err := s.channelsFor(tx, site, n, now)
		failed = errors.Join(failed, err)
		for _, c := range channels {
			by[c] = append(by[c], n)
		}
		return channels
	})
	if err := errors.Join(err, failed); err != nil || len(news) == 0 {
		return err
	}
	for channel, list := range by {
		m := alert.Message{Kind: alert.OfScan, Site: site.Name, Scan: scan.ID, Result: string(scan.Result), At: scan.At, News: list,
			Title: titleOf(site.Name, list), Link: s.link("/scans/" + site.Name + "/" + scan.ID)}
		if err := s.post(tx, []string{channel}, &m, now, !atOnce(list, site.AtOnce)); err != nil {
			return err
		}
	}
	return nil
}

// Remember keeps a scan that was made elsewhere as one of a site, and tells its news.
func (s *Server) Remember(ctx context.Context, scan *history.Scan) error {
	site := s.folder.Site(scan.Site)
	if site == nil {
		return fmt.Errorf("there is no site %q", scan.Site)
	}
	return s.store.Do(ctx, func(tx *store.Tx) error { return s.remember(tx, &store.Run{}, site, scan, nil, s.now()) })
}
