package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/history"
)

// Alert is news that was told.
type Alert struct {
	history.News
	ToldAt   time.Time `json:"told_at"`
	Channels []string  `json:"channels"`
}

// AlertFilter says which alerts are wanted.
type AlertFilter struct {
	Site  string    // "": of all sites
	Since time.Time // told then or later
}

// Alerts reads what was told, in the order in which it was.
func (s *Store) Alerts(ctx context.Context, f AlertFilter) (list []Alert, err error) {
	err = s.do(ctx, func(tx *sql.Tx) error {
		list, err = (&reader{ctx: ctx, tx: tx}).alerts(f)
		return err
	})
	return list, err
}

func (r *reader) alerts(f AlertFilter) ([]Alert, error) {
	list := []Alert{}
	args := []any{f.Since.UnixMicro()}
	if f.Since.IsZero() {
		args[0] = int64(-1 << 62)
	}
	where := ""
	if f.Site != "" {
		where, args = ` AND site.name = $2`, append(args, f.Site)
	}
	err := r.each(`SELECT site.name, COALESCE(scan.run, ''), alert.at, kind, state, topic, mark, recipient, class, consent, severity, fails,
		told, allow, flows, told_at, channels
		FROM alert JOIN site ON site.id = alert.site LEFT JOIN scan ON scan.id = alert.scan
		WHERE told_at >= $1`+where+` ORDER BY alert.id`, args, func(row *sql.Rows) error {
		var a Alert
		var at, severity, fails, told int64
		var class, consent, flows, channels string
		if err := row.Scan(&a.Site, &a.Scan, &at, &a.Kind, &a.State, &a.Key, &a.Mark, &a.Recipient, &class, &consent,
			&severity, &fails, &a.Text, &a.Allow, &flows, &told, &channels); err != nil {
			return err
		}
		a.At, a.ToldAt = time.UnixMicro(at).UTC(), time.UnixMicro(told).UTC()
		a.Class, a.Consent, a.Severity, a.Fails = rule.Class(class), crawler.Consent(consent), rule.Severity(severity), fails != 0
		a.Flows, a.Channels = strings.Fields(flows), strings.Fields(channels)
		list = append(list, a)
		return nil
	})
	return list, err
}

// Tell keeps that something was told that no scan made news.
func (tx *Tx) Tell(n history.News, now time.Time, channels []string) error {
	return (&writer{ctx: tx.ctx, tx: tx.Tx, now: now, ids: map[string]int64{}}).alert(n, channels)
}

// alert keeps that something was told.
func (w *writer) alert(n history.News, channels []string) error {
	site, err := w.site(n.Site)
	if err != nil {
		return fmt.Errorf("alert: %w", err)
	}
	var scan sql.NullInt64 // what is told of no scan has none: that none could be made
	if n.Scan != "" {
		if err := w.tx.QueryRowContext(w.ctx, `SELECT id FROM scan WHERE site = $1 AND run = $2`, site, n.Scan).Scan(&scan); err != nil {
			return fmt.Errorf("alert: %w", err)
		}
	}
	_, err = w.tx.ExecContext(w.ctx, `INSERT INTO alert (site, scan, at, kind, state, topic, mark, recipient, class, consent, severity,
		fails, told, allow, flows,
		told_at, channels)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		site, scan, n.At.UnixMicro(), n.Kind, n.State, n.Key, n.Mark, n.Recipient, string(n.Class), string(n.Consent), int(n.Severity),
		bit(n.Fails), n.Text, n.Allow,
		strings.Join(n.Flows, " "), w.now.UnixMicro(), strings.Join(channels, " "))
	if err != nil {
		return fmt.Errorf("alert: %w", err)
	}
	return nil
}
