package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tagscan/tagscan/report/history"
)

// Add keeps scans that are not kept yet and says how many those are. Nothing is told about them; Import does that.
func (s *Store) Add(ctx context.Context, now time.Time, scans ...*history.Scan) (added int, err error) {
	err = s.do(ctx, func(tx *sql.Tx) error {
		w := &writer{ctx: ctx, tx: tx, now: now, ids: map[string]int64{}}
		for _, scan := range scans {
			_, fresh, err := w.scan(scan)
			if err != nil {
				return err
			}
			if fresh {
				added++
			}
		}
		return nil
	})
	return added, err
}

// Import keeps a scan, unless it is kept already, and returns what is news with it: what nobody was told before. That it is told,
// and on which channels, is kept with it, in one transaction.
func (s *Store) Import(ctx context.Context, scan *history.Scan, now time.Time, channels ...string) (news []history.News,
	fresh bool, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		news, fresh, err = tx.Import(scan, now, func(history.News) []string { return channels })
		return err
	})
	return news, fresh, err
}

// Import is Store.Import in a transaction; channels says on which channels a piece of news is told.
func (tx *Tx) Import(scan *history.Scan, now time.Time, channels func(history.News) []string) (news []history.News, fresh bool, err error) {
	w := &writer{ctx: tx.ctx, tx: tx.Tx, now: now, ids: map[string]int64{}}
	_, fresh, err = w.scan(scan)
	if err != nil || !fresh {
		return nil, fresh, err
	}
	r := &reader{ctx: tx.ctx, tx: tx.Tx}
	scans, err := r.scans(Filter{Site: scan.Site})
	if err != nil {
		return nil, fresh, err
	}
	told, err := r.alerts(AlertFilter{Site: scan.Site})
	if err != nil {
		return nil, fresh, err
	}
	var before []history.Told
	for _, a := range told {
		before = append(before, a.Told()...)
	}
	from := scan.At.Truncate(time.Microsecond) // as times are kept
	news = history.Untold(history.Replay(scans), before, from)
	for _, n := range news {
		if err := w.alert(n, channels(n)); err != nil {
			return nil, fresh, err
		}
	}
	return news, fresh, nil
}

// writer writes in one transaction.
type writer struct {
	ctx context.Context
	tx  *sql.Tx
	now time.Time
	ids map[string]int64 // of facts, flows and sites that were looked up
}

// one is the number that a query draws, or finds if it draws none.
func (w *writer) one(key, insert, find string, args ...any) (int64, error) {
	if id, ok := w.ids[key]; ok {
		return id, nil
	}
	var id int64
	err := w.tx.QueryRowContext(w.ctx, insert, args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = w.tx.QueryRowContext(w.ctx, find, args[0]).Scan(&id)
	}
	if err != nil {
		return 0, err
	}
	w.ids[key] = id
	return id, nil
}

func (w *writer) site(name string) (int64, error) {
	return w.one("site "+name, `INSERT INTO site (name, since) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id`,
		`SELECT id FROM site WHERE name = $1`, name, w.now.UnixMicro())
}

// fact keeps v once.
func (w *writer) fact(v any) (int64, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:16])
	return w.one("fact "+hash, `INSERT INTO fact (hash, body) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id`,
		`SELECT id FROM fact WHERE hash = $1`, hash, string(body))
}

// facts keeps several.
func (w *writer) facts(vs ...any) ([]int64, error) {
	out := make([]int64, len(vs))
	for i, v := range vs {
		id, err := w.fact(v)
		if err != nil {
			return nil, err
		}
		out[i] = id
	}
	return out, nil
}

func (w *writer) scan(s *history.Scan) (id int64, fresh bool, err error) {
	site, err := w.site(s.Site)
	if err != nil {
		return 0, false, fmt.Errorf("site: %w", err)
	}
	f, err := w.facts(s.Made, s.Covers.Looks, s.Blind, s.Assets)
	if err != nil {
		return 0, false, fmt.Errorf("scan: %w", err)
	}
	err = w.tx.QueryRowContext(w.ctx, `INSERT INTO scan (site, run, at, added, result, judged, made, path, capture, har, covers,
		blind, assets)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING id`,
		site, s.ID, s.At.UnixMicro(), w.now.UnixMicro(), string(s.Result), bit(s.Judged), f[0], s.Kept.Path, s.Kept.Capture,
		bit(s.Kept.HAR), f[1], f[2], f[3]).Scan(&id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("scan: %w", err)
	}
	for i := range s.Parties {
		if err := w.party(id, &s.Parties[i]); err != nil {
			return 0, false, fmt.Errorf("recipient: %w", err)
		}
	}
	for i := range s.Flows {
		if err := w.sight(site, id, &s.Flows[i]); err != nil {
			return 0, false, fmt.Errorf("flow: %w", err)
		}
	}
	return id, true, nil
}

func (w *writer) party(scan int64, p *history.Party) error {
	detail, err := w.fact(p.Detail)
	if err != nil {
		return err
	}
	if key := fmt.Sprintf("recipient %s %d", p.ID, detail); w.ids[key] == 0 {
		w.ids[key] = 1
		if _, err := w.tx.ExecContext(w.ctx, `INSERT INTO recipient (id, name, owner, parent) VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner = excluded.owner, parent = excluded.parent`,
			p.ID, p.Detail.Name, p.Detail.Owner, p.Detail.Parent); err != nil {
			return err
		}
	}
	_, err = w.tx.ExecContext(w.ctx, `INSERT INTO party (scan, recipient, requests, severity, detail) VALUES ($1, $2, $3, $4, $5)`,
		scan, p.ID, p.Requests, int(p.Severity), detail)
	return err
}

func (w *writer) sight(site, scan int64, s *history.Sight) error {
	flow, err := w.flow(site, s)
	if err != nil {
		return err
	}
	detail, err := w.fact(s.Detail)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(w.ctx, `INSERT INTO sight (flow, scan, severity, doubt, decision, fails, requests, findings, request, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		flow, scan, int(s.Severity), string(s.Doubt), string(s.Decision), bit(s.Fails), s.Requests, s.Findings, s.Request, detail)
	return err
}

func (w *writer) flow(site int64, s *history.Sight) (int64, error) {
	key := fmt.Sprintf("flow %d %v", site, s.FlowKey)
	if id, ok := w.ids[key]; ok {
		return id, nil
	}
	args := []any{site, s.Recipient, string(s.Class), string(s.Consent), string(s.Form)}
	var id int64
	err := w.tx.QueryRowContext(w.ctx, `SELECT id FROM flow
		WHERE site = $1 AND recipient = $2 AND class = $3 AND consent = $4 AND form = $5`, args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = w.tx.QueryRowContext(w.ctx, `INSERT INTO flow (site, recipient, class, consent, form, print) VALUES ($1, $2, $3, $4,
			$5, $6) RETURNING id`,
			append(args, s.Print)...).Scan(&id)
	}
	if err == nil {
		w.ids[key] = id
	}
	return id, err
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
