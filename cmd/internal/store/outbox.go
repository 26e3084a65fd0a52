package store

import (
	"database/sql"
	"errors"
	"time"
)

// Message is what is to be told on a channel. It stays until it is told.
type Message struct {
	ID      int64
	Channel string
	Site    string
	DueAt   time.Time
	Digest  bool // told with others that are due
	MadeAt  time.Time
	ToldAt  time.Time // zero: it is not told yet
	Body    string
}

// Post notes a message that is to be told.
func (tx *Tx) Post(m Message) (id int64, err error) {
	err = tx.QueryRowContext(tx.ctx, `INSERT INTO message (channel, site, due_at, digest, made_at, told_at, body)
		VALUES ($1, $2, $3, $4, $5, 0, $6) RETURNING id`,
		m.Channel, m.Site, unmicro(m.DueAt), bit(m.Digest), unmicro(m.MadeAt), m.Body).Scan(&id)
	return id, err
}

// MessageFilter says which messages are wanted.
type MessageFilter struct {
	Channel string    // "": of all
	Due     time.Time // not told, and due by then; zero: all
	Last    int       // at most so many, the latest first; 0: all, the oldest first
}

// Messages reads messages.
func (tx *Tx) Messages(f MessageFilter) (list []Message, err error) {
	order, limit := "id", int64(1)<<40
	if f.Last > 0 {
		order, limit = "id DESC", int64(f.Last)
	}
	err = tx.each(`SELECT id, channel, site, due_at, digest, made_at, told_at, body FROM message
		WHERE ($1 = '' OR channel = $1) AND ($2 = 0 OR told_at = 0 AND due_at <= $2) ORDER BY `+order+` LIMIT $3`,
		[]any{f.Channel, unmicro(f.Due), limit}, func(row *sql.Rows) error {
			var m Message
			var due, digest, made, told int64
			err := row.Scan(&m.ID, &m.Channel, &m.Site, &due, &digest, &made, &told, &m.Body)
			m.DueAt, m.Digest, m.MadeAt, m.ToldAt = micro(due), digest != 0, micro(made), micro(told)
			list = append(list, m)
			return err
		})
	return list, err
}

// Told notes that messages were told.
func (tx *Tx) Told(now time.Time, ids ...int64) error {
	for _, id := range ids {
		if err := tx.exec(`UPDATE message SET told_at = $2 WHERE id = $1 AND told_at = 0`, id, now.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

// ChannelState is how a channel fares.
type ChannelState struct {
	Name     string
	Failures int       // in a row
	AgainAt  time.Time // before which it is not tried again
	Note     string    // what went wrong last
	Waiting  int       // messages that are due and not told
}

// Channel is how a channel fares.
func (tx *Tx) Channel(name string, now time.Time) (c ChannelState, err error) {
	var again int64
	err = tx.QueryRowContext(tx.ctx, `SELECT failures, again_at, note FROM channel WHERE name = $1`, name).Scan(&c.Failures, &again, &c.Note)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err == nil {
		err = tx.QueryRowContext(tx.ctx, `SELECT COUNT(*) FROM message WHERE channel = $1 AND told_at = 0 AND due_at <= $2`, name,
			now.UnixMicro()).Scan(&c.Waiting)
	}
	c.Name, c.AgainAt = name, micro(again)
	return c, err
}

// Fared keeps how a channel fares.
func (tx *Tx) Fared(c ChannelState) error {
	return tx.exec(`INSERT INTO channel (name, failures, again_at, note) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, again_at = excluded.again_at, note = excluded.note`,
		c.Name, c.Failures, unmicro(c.AgainAt), c.Note)
}

// Mute is what is not to be told for a time, and why.
type Mute struct {
	ID     int64
	Site   string
	Topic  string // key of the news; "": all of the site
	Reason string
	Owner  string
	MadeAt time.Time
	Until  time.Time
}

// Mute keeps that something is not to be told.
func (tx *Tx) Mute(m Mute) error {
	return tx.exec(`INSERT INTO mute (site, topic, reason, owner, made_at, until) VALUES ($1, $2, $3, $4, $5, $6)`,
		m.Site, m.Topic, m.Reason, m.Owner, unmicro(m.MadeAt), unmicro(m.Until))
}

// Unmute ends a mute.
func (tx *Tx) Unmute(id int64, now time.Time) error {
	return tx.exec(`UPDATE mute SET until = $2 WHERE id = $1 AND until > $2`, id, now.UnixMicro())
}

// Mutes are those that hold at a time, by site.
func (tx *Tx) Mutes(now time.Time) (list []Mute, err error) {
	err = tx.each(`SELECT id, site, topic, reason, owner, made_at, until FROM mute WHERE until > $1 ORDER BY site, id`,
		[]any{now.UnixMicro()}, func(row *sql.Rows) error {
			var m Mute
			var made, until int64
			err := row.Scan(&m.ID, &m.Site, &m.Topic, &m.Reason, &m.Owner, &made, &until)
			m.MadeAt, m.Until = micro(made), micro(until)
			list = append(list, m)
			return err
		})
	return list, err
}

// Act is something that somebody did.
type Act struct {
	At                       time.Time
	Who, What, Subject, Note string
}

// Audit keeps what somebody did.
func (tx *Tx) Audit(a Act) error {
	return tx.exec(`INSERT INTO audit (at, who, what, subject, note) VALUES ($1, $2, $3, $4, $5)`, unmicro(a.At), a.Who, a.What,
		a.Subject, a.Note)
}

// Acts are what was done last, the latest first.
func (tx *Tx) Acts(last int) (list []Act, err error) {
	err = tx.each(`SELECT at, who, what, subject, note FROM audit ORDER BY id DESC LIMIT $1`, []any{last}, func(row *sql.Rows) error {
		var a Act
		var at int64
		err := row.Scan(&at, &a.Who, &a.What, &a.Subject, &a.Note)
		a.At = micro(at)
		list = append(list, a)
		return err
	})
	return list, err
}
