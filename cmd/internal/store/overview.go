package store

import (
	"database/sql"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
)

// Generation is another one after every scan that is added.
func (tx *Tx) Generation() (n int64, err error) {
	err = tx.QueryRowContext(tx.ctx, `SELECT COALESCE(MAX(id), 0) FROM scan`).Scan(&n)
	return n, err
}

// Head is a scan without what it saw.
type Head struct {
	Site   string
	Run    string
	At     time.Time
	Result policy.Result
	Path   string // of the run, when it was remembered
}

// Heads are scans since a time, by site and in order of time; site "" means all.
func (tx *Tx) Heads(site string, since time.Time) (list []Head, err error) {
	err = tx.each(`SELECT site.name, run, at, result, path FROM site JOIN scan ON scan.site = site.id
		WHERE ($1 = '' OR site.name = $1) AND at >= $2 ORDER BY site.name, at, run`, []any{site, since.UnixMicro()}, func(row *sql.Rows) error {
		var h Head
		var at int64
		var result string
		err := row.Scan(&h.Site, &h.Run, &at, &result, &h.Path)
		h.At, h.Result = micro(at), policy.Result(result)
		list = append(list, h)
		return err
	})
	return list, err
}

// LastHead is the last scan of a site; false: it has none.
func (tx *Tx) LastHead(site string) (h Head, ok bool, err error) {
	err = tx.each(`SELECT site.name, run, at, result, path FROM site JOIN scan ON scan.site = site.id
		WHERE site.name = $1 ORDER BY at DESC, run DESC LIMIT 1`, []any{site}, func(row *sql.Rows) error {
		var at int64
		var result string
		err := row.Scan(&h.Site, &h.Run, &at, &result, &h.Path)
		h.At, h.Result, ok = micro(at), policy.Result(result), true
		return err
	})
	return h, ok, err
}

// Present is a flow that the last scan of a site saw.
type Present struct {
	Site string
	detect.FlowKey
	Name     string // of the recipient
	Severity rule.Severity
	Fails    bool
	At       time.Time // of the scan
}

// Present are the flows that the last scan of each site saw.
func (tx *Tx) Present() (list []Present, err error) {
	err = tx.each(`SELECT site.name, flow.recipient, flow.class, flow.consent, flow.form, recipient.name, sight.severity, sight.fails, scan.at
		FROM scan JOIN site ON site.id = scan.site JOIN sight ON sight.scan = scan.id JOIN flow ON flow.id = sight.flow
		LEFT JOIN recipient ON recipient.id = flow.recipient
		WHERE scan.id IN (SELECT MAX(b.id) FROM scan b WHERE b.at = (SELECT MAX(a.at) FROM scan a WHERE a.site = b.site) GROUP BY b.site)
		ORDER BY flow.recipient, site.name, flow.class, flow.consent, flow.form`, nil, func(row *sql.Rows) error {
		var p Present
		var class, consent, form string
		var name sql.NullString
		var severity, fails, at int64
		err := row.Scan(&p.Site, &p.Recipient, &class, &consent, &form, &name, &severity, &fails, &at)
		p.Class, p.Consent, p.Form = rule.Class(class), crawler.Consent(consent), detect.Form(form)
		p.Name, p.Severity, p.Fails, p.At = name.String, rule.Severity(severity), fails != 0, micro(at)
		if p.Name == "" {
			p.Name = p.Recipient
		}
		list = append(list, p)
		return err
	})
	return list, err
}

// Known is a third party that was ever met, and how many sites ever sent it what identifies a person.
type Known struct {
	Recipient
	Sites int
}

// KnownRecipients are all third parties that were ever met.
func (tx *Tx) KnownRecipients() (list []Known, err error) {
	err = tx.each(`SELECT recipient.id, name, owner, parent, COUNT(DISTINCT flow.site) AS sites
		FROM recipient LEFT JOIN flow ON flow.recipient = recipient.id
		GROUP BY recipient.id, name, owner, parent ORDER BY sites DESC, name`, nil, func(row *sql.Rows) error {
		var k Known
		err := row.Scan(&k.ID, &k.Name, &k.Owner, &k.Parent, &k.Sites)
		list = append(list, k)
		return err
	})
	return list, err
}

// SiteNames are the names of all sites that are remembered, in order.
func (tx *Tx) SiteNames() (names []string, err error) {
	err = tx.each(`SELECT name FROM site ORDER BY name`, nil, func(row *sql.Rows) error {
		var n string
		err := row.Scan(&n)
		names = append(names, n)
		return err
	})
	return names, err
}
