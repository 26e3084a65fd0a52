package serve

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/tagscan/tagscan/cmd/internal/store"
)

// clearEvery is how often old runs are looked for.
const clearEvery = time.Hour

// clear removes the folders of runs that are older than they are to be kept: what they showed is remembered. The last one of each
// site that made a scan stays, and so does what is running.
func (s *Server) clear(ctx context.Context, settings *Settings, now time.Time) error {
	s.mu.Lock()
	due := now.Sub(s.cleared) >= clearEvery || now.Before(s.cleared)
	if due {
		s.cleared = now
	}
	s.mu.Unlock()
	if !due {
		return nil
	}
	keep := map[string]bool{}
	err := s.store.Do(ctx, func(tx *store.Tx) error {
		runs, err := tx.Runs(store.RunFilter{})
		last := map[string]bool{}
		for _, r := range runs { // the latest first
			open := r.State == store.Queued || r.State == store.Running
			if open || r.State == store.Done && !last[r.Site] {
				keep[r.Dir] = true
			}
			last[r.Site] = last[r.Site] || r.State == store.Done
		}
		return err
	})
	if err != nil {
		return err
	}
	dirs, err := filepath.Glob(filepath.Join(s.data, runsFolder, "*", "[0-9]*T[0-9]*Z-*"))
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || keep[dir] || now.Sub(info.ModTime()) < settings.Keep.Duration {
			continue
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		s.log.Info("an old run is removed; what it showed is remembered", "dir", filepath.Base(dir))
	}
	return nil
}
