package serve

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/tagscan/tagscan/cmd/internal/store"
)

// Options are what a server is made of.
type Options struct {
	Sites   string // folder of the sites' files
	Data    string // folder of store and runs; "": that of serve.yaml
	Listen  string // "": that of serve.yaml
	Version string
	Scanner Scanner
	Logger  *slog.Logger
	Now     func() time.Time // nil: time.Now
	Getenv  func(string) string
}

// Server is open until Close. Nothing runs before Run.
type Server struct {
	o       Options
	log     *slog.Logger
	now     func() time.Time
	node    string // new with every process: what another one did is told apart by it
	data    string
	lock    *os.File
	store   *store.Store
	folder  *Folder
	queue   *river.Client[*sql.Tx]
	telling sync.Mutex // held while messages are sent
	pages   cache

	served chan struct{} // closed when the page answers no more; nil: it never did

	retryAfter time.Duration

	mu       sync.Mutex
	ticked   time.Time // when the schedules were looked at last
	late     []string  // sites whose scan did not begin in time
	cleared  time.Time // when old runs were removed last
	pinged   time.Time
	scanning map[int64]time.Time
}

// StoreFile is the store in the folder of the data.
const StoreFile = "tagscan.db"

// The names of what else is in it.
const (
	runsFolder = "runs"
	kept       = "sites" // copies of the sites' files
)

// Open locks the data, opens the store, reads the folder, and adopts what a server that ended has left.
func Open(ctx context.Context, o Options) (_ *Server, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	// A scan is made in another working directory.
	if o.Sites, err = filepath.Abs(o.Sites); err != nil {
		return nil, err
	}
	settings, err := ReadSettings(o.Sites)
	if err != nil {
		return nil, err
	}
	data := o.Data
	orElse(&data, settings.Data)
	if data, err = filepath.Abs(data); err != nil {
		return nil, err
	}
	s := &Server{o: o, log: o.Logger, now: func() time.Time { return o.Now().UTC() }, node: rand.Text(), data: data,
		retryAfter: retryAfter, scanning: map[int64]time.Time{}}
	for _, dir := range []string{data, filepath.Join(data, runsFolder), filepath.Join(data, kept)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("data: %w", err)
		}
	}
	if s.lock, err = lock(data); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.store, err = store.Open(ctx, filepath.Join(data, StoreFile)); err != nil {
		return nil, err
	}
	s.folder = OpenFolder(o.Sites, filepath.Join(data, kept), settings)
	if err := s.folder.Read(); err != nil {
		return nil, err
	}
	if err := s.makeQueue(ctx, settings.Parallel); err != nil {
		return nil, err
	}
	return s, s.adopt(ctx)
}

// Close gives the data back. The queue must have ended.
func (s *Server) Close() error {
	var err error
	if s.store != nil {
		err = s.store.Close()
	}
	return errors.Join(err, s.lock.Close())
}

// Store is what is remembered.
func (s *Server) Store() *store.Store { return s.store }

// makeQueue makes the tables of the queue and its client.
func (s *Server) makeQueue(ctx context.Context, parallel int) error {
	driver := riversqlite.New(s.store.DB())
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(quiet{s.log.Handler()})})
	if err == nil {
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &scanWorker{s: s})
	river.AddWorker(workers, &tickWorker{s: s})
	river.AddWorker(workers, &tellWorker{s: s})
	s.queue, err = river.NewClient(driver, &river.Config{
		ID:     s.node,
		Logger: slog.New(quiet{s.log.Handler()}),
		Queues: map[string]river.QueueConfig{
			scanQueue:          {MaxWorkers: parallel},
			tellQueue:          {MaxWorkers: 1},
			river.QueueDefault: {MaxWorkers: 2},
		},
		Workers: workers,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(tickEvery),
			func() (river.JobArgs, *river.InsertOpts) { return tickArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})},
		CompletedJobRetentionPeriod: time.Hour, // a tick is no news
		RescueStuckJobsAfter:        longestScan + time.Hour,
		MaxAttempts:                 queueAttempts,
	})
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}

// quiet keeps what the queue says of its ordinary work out of the log.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

// adopt takes over what a process that ended has left: the lock says that there is no other. The jobs of its scans are made anew.
func (s *Server) adopt(ctx context.Context) error {
	began := time.Now()
	var open []store.Run
	err := s.store.Do(ctx, func(tx *store.Tx) (err error) {
		if _, err := tx.ExecContext(ctx, `DELETE FROM river_job WHERE kind IN ($1, $2, $3) AND state <> 'completed'`,
			scanArgs{}.Kind(), tickArgs{}.Kind(), tellArgs{}.Kind()); err != nil {
			return err
		}
		open, err = tx.Adopt()
		return err
	})
	if err != nil {
		return fmt.Errorf("adopt: %w", err)
	}
	if len(open) > 0 {
		s.log.Info("adopted what was open", "runs", len(open), "took", time.Since(began))
	}
	return nil
}

// Run works until the context ends, and then waits for what it started. It can be called once.
func (s *Server) Run(ctx context.Context) error {
	if err := s.queue.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	if err := s.Kick(ctx); err != nil { // the queue's own first tick waits until it has found out that it is alone
		s.log.Warn("the first look at the schedules waits", "error", err)
	}
	<-ctx.Done()
	// A scan that is stopped is told so, ends its browser, and is made anew by the next server.
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestStop)
	defer cancel()
	if s.served != nil {
		<-s.served
	}
	if err := s.queue.StopAndCancel(stop); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}

// longestStop is how long a scan that is stopped may take to end its browser.
const longestStop = 30 * time.Second
