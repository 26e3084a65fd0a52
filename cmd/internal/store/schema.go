package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// migrations make the store of one version into that of the next. What is released is never changed. {id} is the dialect's number
// that the database draws; times are microseconds since 1970, booleans 0 or 1. What seldom changes from scan to scan is a fact,
// kept once by its hash: a site that is looked at every day takes a few kilobytes for each.
var migrations = []string{`
CREATE TABLE site (id {id}, name TEXT NOT NULL UNIQUE, since BIGINT NOT NULL);
CREATE TABLE fact (id {id}, hash TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE scan (
	id {id}, site BIGINT NOT NULL REFERENCES site(id), run TEXT NOT NULL, at BIGINT NOT NULL, added BIGINT NOT NULL,
	result TEXT NOT NULL, judged BIGINT NOT NULL, made BIGINT NOT NULL REFERENCES fact(id),
	path TEXT NOT NULL, capture TEXT NOT NULL, har BIGINT NOT NULL,
	covers BIGINT NOT NULL REFERENCES fact(id), blind BIGINT NOT NULL REFERENCES fact(id), assets BIGINT NOT NULL REFERENCES fact(id),
	UNIQUE (site, run)
);
CREATE INDEX scan_at ON scan (site, at);
CREATE TABLE recipient (id TEXT PRIMARY KEY, name TEXT NOT NULL, owner TEXT NOT NULL, parent TEXT NOT NULL);
CREATE TABLE party (
	scan BIGINT NOT NULL REFERENCES scan(id), recipient TEXT NOT NULL REFERENCES recipient(id),
	requests BIGINT NOT NULL, severity BIGINT NOT NULL, detail BIGINT NOT NULL REFERENCES fact(id),
	PRIMARY KEY (recipient, scan)
);
CREATE INDEX party_scan ON party (scan);
CREATE TABLE flow (
	id {id}, site BIGINT NOT NULL REFERENCES site(id), recipient TEXT NOT NULL, class TEXT NOT NULL, consent TEXT NOT NULL,
	form TEXT NOT NULL, print TEXT NOT NULL,
	UNIQUE (site, recipient, class, consent, form)
);
CREATE INDEX flow_recipient ON flow (recipient);
CREATE TABLE sight (
	flow BIGINT NOT NULL REFERENCES flow(id), scan BIGINT NOT NULL REFERENCES scan(id),
	severity BIGINT NOT NULL, doubt TEXT NOT NULL, decision TEXT NOT NULL, fails BIGINT NOT NULL,
	requests BIGINT NOT NULL, findings BIGINT NOT NULL, request TEXT NOT NULL, detail BIGINT NOT NULL REFERENCES fact(id),
	PRIMARY KEY (flow, scan)
);
CREATE INDEX sight_scan ON sight (scan);
CREATE TABLE alert (
	id {id}, site BIGINT NOT NULL REFERENCES site(id), scan BIGINT NOT NULL REFERENCES scan(id),
	kind TEXT NOT NULL, state TEXT NOT NULL, topic TEXT NOT NULL, mark TEXT NOT NULL, recipient TEXT NOT NULL, class TEXT NOT NULL,
	consent TEXT NOT NULL, severity BIGINT NOT NULL, fails BIGINT NOT NULL, told TEXT NOT NULL, allow TEXT NOT NULL, flows TEXT NOT NULL,
	told_at BIGINT NOT NULL, channels TEXT NOT NULL
);
CREATE INDEX alert_site ON alert (site, told_at);
`, `
CREATE TABLE alert2 (
	id {id}, site BIGINT NOT NULL REFERENCES site(id), scan BIGINT REFERENCES scan(id), at BIGINT NOT NULL,
	kind TEXT NOT NULL, state TEXT NOT NULL, topic TEXT NOT NULL, mark TEXT NOT NULL, recipient TEXT NOT NULL, class TEXT NOT NULL,
	consent TEXT NOT NULL, severity BIGINT NOT NULL, fails BIGINT NOT NULL, told TEXT NOT NULL, allow TEXT NOT NULL, flows TEXT NOT NULL,
	told_at BIGINT NOT NULL, channels TEXT NOT NULL
);
INSERT INTO alert2 SELECT alert.id, alert.site, scan, scan.at, kind, state, topic, mark, recipient, class, consent, severity, fails, told,
	allow, flows, told_at, channels FROM alert JOIN scan ON scan.id = alert.scan;
DROP TABLE alert;
ALTER TABLE alert2 RENAME TO alert;
CREATE INDEX alert_site ON alert (site, told_at);
CREATE TABLE watch (
	site TEXT PRIMARY KEY, spec TEXT NOT NULL, slot BIGINT NOT NULL, next_at BIGINT NOT NULL, paused TEXT NOT NULL, late BIGINT NOT NULL
);
CREATE TABLE run (
	id {id}, site TEXT NOT NULL, slot BIGINT NOT NULL, cause TEXT NOT NULL, state TEXT NOT NULL, queued_at BIGINT NOT NULL,
	began_at BIGINT NOT NULL, ended_at BIGINT NOT NULL, node TEXT NOT NULL, attempt BIGINT NOT NULL, failures BIGINT NOT NULL,
	scan TEXT NOT NULL, result TEXT NOT NULL, note TEXT NOT NULL, dir TEXT NOT NULL,
	UNIQUE (site, slot, cause)
);
CREATE INDEX run_state ON run (state);
CREATE TABLE message (
	id {id}, channel TEXT NOT NULL, site TEXT NOT NULL, due_at BIGINT NOT NULL, digest BIGINT NOT NULL, made_at BIGINT NOT NULL,
	told_at BIGINT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX message_open ON message (told_at, channel);
CREATE TABLE channel (name TEXT PRIMARY KEY, failures BIGINT NOT NULL, again_at BIGINT NOT NULL, note TEXT NOT NULL);
CREATE TABLE mute (
	id {id}, site TEXT NOT NULL, topic TEXT NOT NULL, reason TEXT NOT NULL, owner TEXT NOT NULL, made_at BIGINT NOT NULL, until BIGINT NOT NULL
);
CREATE TABLE audit (id {id}, at BIGINT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, note TEXT NOT NULL);
`}

// migrate brings the store to the version that this package knows. A store of a newer one is refused.
func (s *Store) migrate(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS store_version (version BIGINT NOT NULL)`); err != nil {
		return err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it does nothing
	var version sql.NullInt64
	if err := tx.QueryRowContext(ctx, `SELECT MAX(version) FROM store_version`).Scan(&version); err != nil {
		return err
	}
	if n := int64(len(migrations)); version.Int64 > n {
		return fmt.Errorf("it has version %d, and this tagscan knows versions up to %d: use a newer tagscan", version.Int64, n)
	} else if version.Int64 == n {
		return nil
	}
	for i, m := range migrations[version.Int64:] {
		for _, stmt := range strings.Split(strings.ReplaceAll(m, "{id}", sqlite.id), ";\n") {
			if strings.TrimSpace(stmt) == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, stmt); err != nil {
				return fmt.Errorf("version %d: %w", version.Int64+int64(i)+1, err)
			}
		}
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO store_version (version) VALUES ($1)`, len(migrations)); err != nil {
		return err
	}
	return tx.Commit()
}
