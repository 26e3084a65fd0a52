package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/history"
)

// Filter says which scans are wanted, and how much of them.
type Filter struct {
	Site       string   // "": of all sites
	Recipients []string // with flows and parties of these only, and without assets; nil: with all
}

// Scans reads scans by site and, within it, in order of time.
func (s *Store) Scans(ctx context.Context, f Filter) (scans []*history.Scan, err error) {
	err = s.do(ctx, func(tx *sql.Tx) error {
		scans, err = (&reader{ctx: ctx, tx: tx}).scans(f)
		return err
	})
	return scans, err
}

// Recipient is who was ever met, by the names of its last time.
type Recipient struct{ ID, Name, Owner, Parent string }

// Recipients are all third parties that were ever met, by id.
func (s *Store) Recipients(ctx context.Context) (list []Recipient, err error) {
	err = s.do(ctx, func(tx *sql.Tx) error {
		r := &reader{ctx: ctx, tx: tx}
		return r.each(`SELECT id, name, owner, parent FROM recipient ORDER BY id`, nil, func(row *sql.Rows) error {
			var x Recipient
			err := row.Scan(&x.ID, &x.Name, &x.Owner, &x.Parent)
			list = append(list, x)
			return err
		})
	})
	return list, err
}

// Sites are the names of all sites, in order.
func (s *Store) Sites(ctx context.Context) (names []string, err error) {
	err = s.do(ctx, func(tx *sql.Tx) error {
		r := &reader{ctx: ctx, tx: tx}
		return r.each(`SELECT name FROM site ORDER BY name`, nil, func(row *sql.Rows) error {
			var n string
			err := row.Scan(&n)
			names = append(names, n)
			return err
		})
	})
	return names, err
}

// reader reads in one transaction.
type reader struct {
	ctx context.Context
	tx  *sql.Tx
}

// each calls f with every row.
func (r *reader) each(query string, args []any, f func(*sql.Rows) error) error {
	rows, err := r.tx.QueryContext(r.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// loading is scans in the making.
type loading struct {
	list  []*history.Scan
	by    map[int64]*history.Scan
	facts map[any]any // by factKey: what was made of a fact
}

func (r *reader) scans(f Filter) ([]*history.Scan, error) {
	l := &loading{by: map[int64]*history.Scan{}, facts: map[any]any{}}
	for _, step := range []func(Filter, *loading) error{r.heads, r.parties, r.sights} {
		if err := step(f, l); err != nil {
			return nil, err
		}
	}
	return l.list, nil
}

// heads reads the scans without what they saw.
func (r *reader) heads(f Filter, l *loading) error {
	where, args := "", []any(nil)
	if f.Site != "" {
		where, args = ` WHERE site.name = $1`, []any{f.Site}
	}
	type head struct {
		made, covers, blind, assets int64
	}
	var heads []head
	err := r.each(`SELECT scan.id, site.name, run, at, result, judged, made, path, capture, har, covers, blind, assets
		FROM scan JOIN site ON site.id = scan.site`+where+` ORDER BY site.name, at, run`, args, func(row *sql.Rows) error {
		var s history.Scan
		var h head
		var id, at, judged, har int64
		var result string
		if err := row.Scan(&id, &s.Site, &s.ID, &at, &result, &judged, &h.made, &s.Kept.Path, &s.Kept.Capture, &har, &h.covers, &h.blind, &h.assets); err != nil {
			return err
		}
		s.At, s.Result, s.Judged, s.Kept.HAR = time.UnixMicro(at).UTC(), policy.Result(result), judged != 0, har != 0
		s.Assets = &history.Assets{}
		l.by[id] = &s
		l.list = append(l.list, &s)
		heads = append(heads, h)
		return nil
	})
	if err != nil {
		return err
	}
	for i, h := range heads {
		s := l.list[i]
		if err := fact(r, l, h.made, &s.Made); err != nil {
			return err
		}
		if err := fact(r, l, h.blind, &s.Blind); err != nil {
			return err
		}
		if err := r.covers(l, h.covers, s); err != nil {
			return err
		}
		if f.Recipients != nil {
			continue
		}
		if err := fact(r, l, h.assets, &s.Assets); err != nil {
			return err
		}
	}
	return nil
}

// covers sets what a scan looked at.
func (r *reader) covers(l *loading, id int64, s *history.Scan) error {
	key := factKey[*history.Coverage]{id}
	if x, ok := l.facts[key].(*history.Coverage); ok {
		s.Covers = x
		return nil
	}
	var looks []history.Look
	if err := fact(r, l, id, &looks); err != nil {
		return err
	}
	s.Covers = history.NewCoverage(looks)
	l.facts[key] = s.Covers
	return nil
}

// factKey is a fact read as a T.
type factKey[T any] struct{ id int64 }

// fact sets what v points to from a fact, which is read once and shared.
func fact[T any](r *reader, l *loading, id int64, v *T) error {
	if x, ok := l.facts[factKey[T]{id}].(T); ok {
		*v = x
		return nil
	}
	var body string
	if err := r.tx.QueryRowContext(r.ctx, `SELECT body FROM fact WHERE id = $1`, id).Scan(&body); err != nil {
		return fmt.Errorf("fact %d: %w", id, err)
	}
	if err := json.Unmarshal([]byte(body), v); err != nil {
		return fmt.Errorf("fact %d: %w", id, err)
	}
	l.facts[factKey[T]{id}] = *v
	return nil
}

// of is the condition that a filter makes, with the numbers of its places.
func (f Filter) of(site, recipient string) (where string, args []any) {
	var parts []string
	if f.Site != "" {
		args = append(args, f.Site)
		parts = append(parts, fmt.Sprintf("%s = (SELECT id FROM site WHERE name = $%d)", site, len(args)))
	}
	if f.Recipients != nil {
		var places []string
		for _, id := range f.Recipients {
			args = append(args, id)
			places = append(places, fmt.Sprintf("$%d", len(args)))
		}
		parts = append(parts, recipient+" IN ("+strings.Join(places, ", ")+")")
	}
	if len(parts) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(parts, " AND "), args
}

// later is a pointer to a detail that is read when no row is open any more.
type later[T any] struct {
	set func(*T)
	id  int64
}

// settle reads the details that rows point to.
func settle[T any](r *reader, l *loading, list []later[T]) error {
	for _, x := range list {
		var p *T
		if err := fact(r, l, x.id, &p); err != nil {
			return err
		}
		x.set(p)
	}
	return nil
}

func (r *reader) parties(f Filter, l *loading) error {
	where, args := f.of("scan.site", "party.recipient")
	var details []later[history.PartyDetail]
	err := r.each(`SELECT party.scan, party.recipient, party.requests, party.severity, party.detail
		FROM party JOIN scan ON scan.id = party.scan`+where, args, func(row *sql.Rows) error {
		var scan, severity, detail int64
		var p history.Party
		if err := row.Scan(&scan, &p.ID, &p.Requests, &severity, &detail); err != nil {
			return err
		}
		p.Severity = rule.Severity(severity)
		s := l.by[scan]
		i := len(s.Parties)
		s.Parties = append(s.Parties, p)
		details = append(details, later[history.PartyDetail]{func(d *history.PartyDetail) { s.Parties[i].Detail = d }, detail})
		return nil
	})
	if err != nil {
		return err
	}
	return settle(r, l, details)
}

func (r *reader) sights(f Filter, l *loading) error {
	flows := map[int64]history.Sight{}
	where, args := f.of("site", "recipient")
	err := r.each(`SELECT id, recipient, class, consent, form, print FROM flow`+where, args, func(row *sql.Rows) error {
		var id int64
		var class, consent, form string
		var s history.Sight
		if err := row.Scan(&id, &s.Recipient, &class, &consent, &form, &s.Print); err != nil {
			return err
		}
		s.Class, s.Consent, s.Form = rule.Class(class), crawler.Consent(consent), detect.Form(form)
		flows[id] = s
		return nil
	})
	if err != nil {
		return err
	}
	where, args = f.of("flow.site", "flow.recipient")
	var details []later[history.Detail]
	err = r.each(`SELECT sight.flow, sight.scan, severity, doubt, decision, fails, requests, findings, request, detail
		FROM flow JOIN sight ON sight.flow = flow.id`+where, args, func(row *sql.Rows) error {
		var flow, scan, severity, fails, detail int64
		var doubt, decision string
		var requests, findings int
		var request string
		if err := row.Scan(&flow, &scan, &severity, &doubt, &decision, &fails, &requests, &findings, &request, &detail); err != nil {
			return err
		}
		x := flows[flow]
		x.Severity, x.Doubt, x.Decision, x.Fails = rule.Severity(severity), history.Doubt(doubt), policy.Decision(decision), fails != 0
		x.Requests, x.Findings, x.Request = requests, findings, request
		s := l.by[scan]
		i := len(s.Flows)
		s.Flows = append(s.Flows, x)
		details = append(details, later[history.Detail]{func(d *history.Detail) { s.Flows[i].Detail = d }, detail})
		return nil
	})
	if err != nil {
		return err
	}
	if err := settle(r, l, details); err != nil {
		return err
	}
	for _, s := range l.list {
		slices.SortFunc(s.Flows, func(a, b history.Sight) int { return strings.Compare(a.Print, b.Print) })
		slices.SortFunc(s.Parties, func(a, b history.Party) int { return strings.Compare(a.ID, b.ID) })
	}
	return nil
}
