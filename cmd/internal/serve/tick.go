package serve

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/tagscan/tagscan/cmd/internal/alert"
	"github.com/tagscan/tagscan/cmd/internal/store"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/history"
)

// tickEvery is how often schedules, files and messages are looked at.
const tickEvery = 10 * time.Second

type tickArgs struct{}

func (tickArgs) Kind() string { return "tick" }

type tickWorker struct {
	river.WorkerDefaults[tickArgs]
	s *Server
}

func (w *tickWorker) Work(ctx context.Context, _ *river.Job[tickArgs]) error { return w.s.tick(ctx) }

// Why a run is made.
const (
	byFirst    = "first"
	bySchedule = "schedule"
	byHand     = "hand"
)

// tick looks at everything once: files, schedules, runs that nobody has, messages that are due, old runs.
func (s *Server) tick(ctx context.Context) error {
	if err := s.folder.Read(); err != nil {
		s.log.Error("the folder of the sites cannot be read: what it held stays in force", "error", err)
	}
	now := s.now()
	settings, _ := s.folder.Settings()
	var late []string
	err := s.store.Do(ctx, func(tx *store.Tx) error {
		watches, err := tx.Watches()
		if err != nil {
			return err
		}
		open, err := openRuns(tx)
		if err != nil {
			return err
		}
		for _, site := range s.folder.Sites() {
			if site.Config == nil {
				continue
			}
			isLate, err := s.look(tx, site, watches, open[site.Name], now)
			if err != nil {
				return fmt.Errorf("site %s: %w", site.Name, err)
			}
			if isLate {
				late = append(late, site.Name)
			}
		}
		return s.handOut(ctx, tx, settings, now)
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.ticked, s.late = now, late
	s.mu.Unlock()
	if err := s.clear(ctx, settings, now); err != nil {
		s.log.Error("old runs could not be removed", "error", err)
	}
	s.ping(ctx, settings, now)
	return nil
}

// openRuns are the runs that are queued or running, by site.
func openRuns(tx *store.Tx) (map[string]*store.Run, error) {
	list, err := tx.Runs(store.RunFilter{Open: true})
	out := map[string]*store.Run{}
	for i := range list {
		out[list[i].Site] = &list[i]
	}
	return out, err
}

// look queues a run of a site if one is due, and tells if one that was did not begin.
func (s *Server) look(tx *store.Tx, site *Site, watches map[string]store.Watch, open *store.Run, now time.Time) (late bool, err error) {
	was, known := watches[site.Name]
	w := was
	w.Site, w.Spec = site.Name, site.Spec.String()
	switch {
	case !known && site.Spec.Never():
	case !known: // whoever adds a site wants to see it now
		w.Due = site.Spec.After(site.Name, now, now)
		if _, err := tx.Queue(site.Name, byFirst, now, now); err != nil {
			return false, err
		}
	case was.Spec != w.Spec:
		w.Due = site.Spec.First(site.Name, now)
	default:
		w.Due = site.Spec.Kept(site.Name, was.Due, now)
	}
	due := !w.Due.At.IsZero() && !w.Due.At.After(now)
	switch {
	case due && w.Paused != "":
		w.Due = site.Spec.After(site.Name, w.Due.Slot, now)
	case due && open == nil:
		if _, err := tx.Queue(site.Name, bySchedule, w.Due.Slot, now); err != nil {
			return false, err
		}
		w.Due = site.Spec.After(site.Name, w.Due.Slot, now)
	}
	settings, _ := s.folder.Settings()
	late = open != nil && open.State == store.Queued && now.Sub(open.QueuedAt) > settings.Late.Duration && w.Paused == ""
	if late && w.Late.IsZero() {
		w.Late = open.Slot
		text := fmt.Sprintf("the scan that was due on %s did not begin", open.Slot.Format("2 January 2006 at 15:04 MST"))
		if open.Note != "" {
			text += ": " + open.Note
		}
		if err := s.watchNews(tx, site, history.New, text, now); err != nil {
			return late, err
		}
	}
	if known && w == was {
		return late, nil
	}
	return late, tx.Keep(w)
}

// ofGap is the kind of news that say that nothing was seen, and noScan what it is about if no scan could be made at all.
const (
	ofGap  = "gap"
	noScan = "no-scan"
)

// watchNews tells that no scan can be made, or that one can again.
func (s *Server) watchNews(tx *store.Tx, site *Site, state, text string, now time.Time) error {
	n := history.News{Kind: ofGap, Key: noScan, State: state, Site: site.Name, Severity: rule.High, At: now, Text: text}
	channels, err := s.channelsFor(tx, site, n, now)
	if err != nil {
		return err
	}
	if err := tx.Tell(n, now, channels); err != nil {
		return err
	}
	m := alert.Message{Kind: alert.Watch, Site: site.Name, At: now, Title: site.Name + ": " + text,
		News: []history.News{n}, Link: s.link("/sites/" + site.Name)}
	return s.post(tx, channels, &m, now, false)
}

// handOut makes jobs of runs that nobody has, and of messages that are due.
func (s *Server) handOut(ctx context.Context, tx *store.Tx, settings *Settings, now time.Time) error {
	runs, err := tx.Runs(store.RunFilter{Open: true})
	if err != nil {
		return err
	}
	for i := len(runs) - 1; i >= 0; i-- { // the oldest first
		if r := runs[i]; r.State == store.Queued && r.Node == "" {
			if err := tx.Hand(r.ID, s.node); err != nil {
				return err
			}
			if _, err := s.queue.InsertTx(ctx, tx.Tx, scanArgs{Run: r.ID}, nil); err != nil {
				return err
			}
		}
	}
	for name := range settings.Channels {
		c, err := tx.Channel(name, now)
		if err != nil {
			return err
		}
		if c.Waiting > 0 && !c.AgainAt.After(now) {
			if _, err := s.queue.InsertTx(ctx, tx.Tx, tellArgs{Channel: name}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// Kick has everything looked at now, if the queue works.
func (s *Server) Kick(ctx context.Context) error {
	_, err := s.queue.Insert(ctx, tickArgs{}, nil)
	return err
}
