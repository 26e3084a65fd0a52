package store

import (
	"database/sql"
	"errors"
	"time"

	"github.com/tagscan/tagscan/cmd/internal/schedule"
)

// Watch is where a site stands in its schedule. It outlives the process that scans.
type Watch struct {
	Site   string
	Spec   string // the schedule in words: another one begins anew
	Due    schedule.Due
	Paused string    // why it is paused, and by whom; "": it is not
	Late   time.Time // slot that was told not to have been scanned; zero: none
}

// Watches are all that are kept, by site.
func (tx *Tx) Watches() (map[string]Watch, error) {
	out := map[string]Watch{}
	err := tx.each(`SELECT site, spec, slot, next_at, paused, late FROM watch`, nil, func(row *sql.Rows) error {
		var w Watch
		var slot, at, late int64
		err := row.Scan(&w.Site, &w.Spec, &slot, &at, &w.Paused, &late)
		w.Due, w.Late = schedule.Due{Slot: micro(slot), At: micro(at)}, micro(late)
		out[w.Site] = w
		return err
	})
	return out, err
}

// Keep keeps where a site stands.
func (tx *Tx) Keep(w Watch) error {
	return tx.exec(`INSERT INTO watch (site, spec, slot, next_at, paused, late) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (site) DO UPDATE SET spec = excluded.spec, slot = excluded.slot, next_at = excluded.next_at,
		paused = excluded.paused, late = excluded.late`,
		w.Site, w.Spec, unmicro(w.Due.Slot), unmicro(w.Due.At), w.Paused, unmicro(w.Late))
}

// micro is a time as it is kept; 0 is none.
func micro(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func unmicro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// RunState is where a run is in its life.
type RunState string

// The states. Only the last three are an end.
const (
	Queued  RunState = "queued"
	Running RunState = "running"
	Done    RunState = "done"    // there is a scan
	Failed  RunState = "failed"  // there is none, and why
	Dropped RunState = "dropped" // it was not wanted any more
)

// Run is one scan of a site, from being due to its end.
type Run struct {
	ID       int64
	Site     string
	Slot     time.Time
	Cause    string // "schedule", or by hand
	State    RunState
	QueuedAt time.Time
	BeganAt  time.Time
	EndedAt  time.Time
	Node     string // whose it is: the process that claimed it last
	Attempt  int    // how often it was claimed
	Failures int    // how often it failed, and not only ended with its process
	Scan     string // id of the scan that it made
	Result   string
	Note     string // what went wrong last
	Dir      string // run directory
}

// ErrFenced says that a run is another's by now: what was done meanwhile does not count.
var ErrFenced = errors.New("the run is another's by now")

// Queue notes a run that is to be made, unless one of the site is queued or running, or the slot was scanned. It returns 0 then.
func (tx *Tx) Queue(site, cause string, slot, now time.Time) (id int64, err error) {
	err = tx.QueryRowContext(tx.ctx, `INSERT INTO run (site, slot, cause, state, queued_at, began_at, ended_at, node, attempt, failures,
		scan, result, note, dir)
		SELECT $1, $2, $3, 'queued', $4, 0, 0, '', 0, 0, '', '', '', ''
		WHERE NOT EXISTS (SELECT 1 FROM run WHERE site = $1 AND state IN ('queued', 'running'))
		ON CONFLICT DO NOTHING RETURNING id`, site, slot.UnixMicro(), cause, now.UnixMicro()).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// RunFilter says which runs are wanted.
type RunFilter struct {
	ID   int64  // 0: any
	Site string // "": of all sites
	Open bool   // queued or running
	Last int    // at most so many; 0: all
}

// Runs reads runs, the latest first.
func (tx *Tx) Runs(f RunFilter) (list []Run, err error) {
	limit := int64(f.Last)
	if f.Last == 0 {
		limit = 1 << 40
	}
	err = tx.each(`SELECT id, site, slot, cause, state, queued_at, began_at, ended_at, node, attempt, failures, scan, result, note, dir
		FROM run WHERE ($1 = 0 OR id = $1) AND ($2 = '' OR site = $2) AND ($3 = 0 OR state IN ('queued', 'running'))
		ORDER BY id DESC LIMIT $4`, []any{f.ID, f.Site, bit(f.Open), limit}, func(row *sql.Rows) error {
		var r Run
		var slot, queued, began, ended int64
		err := row.Scan(&r.ID, &r.Site, &slot, &r.Cause, &r.State, &queued, &began, &ended, &r.Node, &r.Attempt, &r.Failures, &r.Scan,
			&r.Result, &r.Note, &r.Dir)
		r.Slot, r.QueuedAt, r.BeganAt, r.EndedAt = micro(slot), micro(queued), micro(began), micro(ended)
		list = append(list, r)
		return err
	})
	return list, err
}

// Claim makes a run that is queued the node's own. A run that another claims later is fenced off by node and attempt.
func (tx *Tx) Claim(id int64, node string, now time.Time) (*Run, error) {
	res, err := tx.ExecContext(tx.ctx, `UPDATE run SET state = 'running', node = $2, attempt = attempt + 1, began_at = $3
		WHERE id = $1 AND state = 'queued'`, id, node, now.UnixMicro())
	if err == nil {
		err = changed(res)
	}
	if err != nil {
		return nil, err
	}
	list, err := tx.Runs(RunFilter{ID: id})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// Settle writes what became of a run that was claimed, or fails with ErrFenced if it is another's by now.
func (tx *Tx) Settle(r *Run) error {
	res, err := tx.ExecContext(tx.ctx, `UPDATE run SET state = $4, ended_at = $5, failures = $6, scan = $7, result = $8, note = $9, dir = $10
		WHERE id = $1 AND node = $2 AND attempt = $3 AND state = 'running'`, r.ID, r.Node, r.Attempt, string(r.State), unmicro(r.EndedAt),
		r.Failures, r.Scan, r.Result, r.Note, r.Dir)
	if err != nil {
		return err
	}
	return changed(res)
}

func changed(res sql.Result) error {
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = ErrFenced
	}
	return err
}

// Adopt takes over the runs of a process that ended: whoever calls it knows that there is no other. It returns all that are open.
func (tx *Tx) Adopt() ([]Run, error) {
	if err := tx.exec(`UPDATE run SET note = 'the process that scanned it ended' WHERE state = 'running'`); err != nil {
		return nil, err
	}
	if err := tx.exec(`UPDATE run SET state = 'queued', node = '' WHERE state IN ('queued', 'running')`); err != nil {
		return nil, err
	}
	return tx.Runs(RunFilter{Open: true})
}

// Drop ends a run that is queued.
func (tx *Tx) Drop(id int64, note string, now time.Time) error {
	return tx.exec(`UPDATE run SET state = 'dropped', note = $2, ended_at = $3 WHERE id = $1 AND state = 'queued'`, id, note, now.UnixMicro())
}

// Hand notes that a run that is queued is handed to a node's queue.
func (tx *Tx) Hand(id int64, node string) error {
	return tx.exec(`UPDATE run SET node = $2 WHERE id = $1 AND state = 'queued'`, id, node)
}
