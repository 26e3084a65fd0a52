package serve

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tagscan/tagscan/cmd/internal/store"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/breach"
	"github.com/tagscan/tagscan/report/harmless"
	"github.com/tagscan/tagscan/report/history"
)

//go:embed page
var pageFiles embed.FS

// view is what a page is made of.
type view struct {
	Title   string
	Nav     string // the part of the page that it is in
	Who     *Token // nil: nobody is signed in
	Note    string
	Refresh bool // something is running: look again soon
	Data    any
}

// Operator reports whether whoever looks may do something.
func (v view) Operator() bool { return v.Who != nil && v.Who.Role.may(Operator) }

// Auditor reports whether whoever looks may see who did what.
func (v view) Auditor() bool { return v.Who != nil && v.Who.Role.may(Auditor) }

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"t":     harmless.Line,
	"time":  func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04") },
	"iso":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"day":   func(t time.Time) string { return t.UTC().Format("2 Jan 2006") },
	"sev":   func(s rule.Severity) string { return s.String() },
	"state": func(c crawler.Consent) string { return report.StateWord(c) },
	"join":  func(list []string) string { return harmless.Line(strings.Join(list, ", ")) },
	"upper": func(s any) string { return strings.ToUpper(fmt.Sprint(s)) },
	"class": classTitle,
	"few":   func(n int, list []string) []string { return list[:min(n, len(list))] },
}).ParseFS(pageFiles, "page/*.tmpl"))

func classTitle(c rule.Class) string {
	if info, ok := rule.InfoOf(c); ok {
		return info.Title
	}
	return string(c)
}

// style is the report's own style, and what only this page needs.
func style(w http.ResponseWriter, _ *http.Request) {
	css, _ := report.Style()
	more, _ := pageFiles.ReadFile("page/style.css") // it is there
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=300")
	_, _ = w.Write(append([]byte(css), more...))
}

func (p *site) render(w http.ResponseWriter, name string, v view) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name+".tmpl", v); err != nil {
		p.s.log.Error("a page failed", "page", name, "error", err)
		http.Error(w, "it failed; the log says why", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w)
}

// routes are all pages that need somebody who is signed in.
func (p *site) routes(mux *http.ServeMux) {
	for pattern, f := range map[string]func(http.ResponseWriter, *http.Request, *Token) error{
		"GET /{$}":                         p.sitesPage,
		"GET /sites/{site}":                p.sitePage,
		"GET /scans/{site}/{scan}":         p.scanPage,
		"GET /scans/{site}/{scan}/report":  p.reportPage,
		"GET /recipients":                  p.recipientsPage,
		"GET /recipients/{id}":             p.recipientPage,
		"GET /recipients/{id}/as/{format}": p.breachFile,
		"GET /data":                        p.dataPage,
		"GET /alerts":                      p.alertsPage,
		"POST /sign-out":                   p.signOut,
		"GET /metrics":                     p.metrics,
		"GET /api/v1/alerts":               p.apiAlerts,
		"GET /api/v1/sites":                p.apiSites,
		"GET /api/v1/scans":                p.apiScans,
		"GET /api/v1/exposure":             p.apiExposure,
	} {
		p.handle(mux, pattern, Viewer, f)
	}
	p.handle(mux, "GET /audit", Auditor, p.auditPage)
	for pattern, f := range map[string]func(http.ResponseWriter, *http.Request, *Token) error{
		"POST /sites/{site}/{act}":        p.act,
		"POST /api/v1/sites/{site}/{act}": p.act,
		"POST /mutes":                     p.mute,
		"POST /mutes/{id}/end":            p.unmute,
		"POST /channels/{name}/test":      p.testChannel,
	} {
		p.handle(mux, pattern, Operator, f)
	}
}

// strip is how many days the strip of a site shows.
const strip = 30

// siteRow is a site on the first page.
type siteRow struct {
	Name    string    `json:"name"`
	Owner   string    `json:"owner,omitempty"`
	Spec    string    `json:"schedule,omitempty"`
	Next    time.Time `json:"next,omitzero"`
	Last    time.Time `json:"last,omitzero"`
	Scan    string    `json:"scan,omitempty"`
	Result  string    `json:"result,omitempty"` // of the last scan
	State   string    `json:"state,omitempty"`  // queued, running
	Paused  string    `json:"paused,omitempty"`
	Mistake string    `json:"mistake,omitempty"` // of the file as it is
	Watched bool      `json:"watched"`           // it has a file
	Note    string    `json:"note,omitempty"`    // why the last run made no scan
	Days    []dayCell `json:"-"`
}

// dayCell is a day in the strip.
type dayCell struct {
	Day    time.Time
	Result string // "": no scan
}

// siteRows are all sites: those with a file, and those that are only remembered.
func (s *Server) siteRows(ctx context.Context) (rows []*siteRow, err error) {
	now := s.now()
	by := map[string]*siteRow{}
	for _, x := range s.folder.Sites() {
		r := &siteRow{Name: x.Name, Watched: x.Config != nil}
		if x.Config != nil {
			r.Owner, r.Spec = x.Config.Owner, x.Spec.String()
		}
		if x.Mistake != nil {
			r.Mistake = x.Mistake.Error()
		}
		rows = append(rows, r)
		if by[x.Name] == nil || x.Config != nil {
			by[x.Name] = r
		}
	}
	err = s.store.Do(ctx, func(tx *store.Tx) error {
		heads, err := tx.Heads("", now.AddDate(0, 0, -strip))
		if err != nil {
			return err
		}
		names, err := tx.SiteNames()
		if err != nil {
			return err
		}
		for _, name := range names {
			if by[name] == nil {
				by[name] = &siteRow{Name: name}
				rows = append(rows, by[name])
			}
			h, ok, err := tx.LastHead(name)
			if err != nil {
				return err
			}
			if r := by[name]; ok {
				r.Last, r.Scan, r.Result = h.At, h.Run, string(h.Result)
			}
		}
		for _, r := range rows {
			r.Days = daysOf(r.Name, heads, now)
		}
		return s.standing(tx, by)
	})
	slices.SortStableFunc(rows, func(a, b *siteRow) int { return strings.Compare(a.Name, b.Name) })
	return rows, err
}

// standing adds what is going on with the sites.
func (s *Server) standing(tx *store.Tx, by map[string]*siteRow) error {
	watches, err := tx.Watches()
	if err != nil {
		return err
	}
	for name, w := range watches {
		if r := by[name]; r != nil && r.Watched {
			r.Next, r.Paused = w.Due.At, w.Paused
		}
	}
	runs, err := tx.Runs(store.RunFilter{Last: 10 * max(len(by), 1)})
	for i := len(runs) - 1; i >= 0; i-- {
		r := by[runs[i].Site]
		if r == nil {
			continue
		}
		r.State, r.Note = "", ""
		switch runs[i].State {
		case store.Queued, store.Running:
			r.State, r.Note = string(runs[i].State), runs[i].Note
		case store.Failed:
			r.Note = runs[i].Note
		}
	}
	return err
}

// daysOf is the strip of a site: the last scan of each day.
func daysOf(site string, heads []store.Head, now time.Time) []dayCell {
	out := make([]dayCell, strip)
	today := now.Truncate(24 * time.Hour)
	for i := range out {
		out[i].Day = today.AddDate(0, 0, i-strip+1)
	}
	for _, h := range heads {
		i := strip - 1 - int(today.Sub(h.At.Truncate(24*time.Hour))/(24*time.Hour))
		if h.Site == site && i >= 0 && i < strip {
			out[i].Result = string(h.Result)
		}
	}
	return out
}

func (p *site) sitesPage(w http.ResponseWriter, r *http.Request, t *Token) error {
	rows, err := p.s.siteRows(r.Context())
	if err != nil {
		return err
	}
	_, mistake := p.s.folder.Settings()
	note := ""
	if mistake != nil {
		note = mistake.Error()
	}
	busy := slices.ContainsFunc(rows, func(x *siteRow) bool { return x.State != "" })
	p.render(w, "sites", view{Title: "Sites", Nav: "sites", Who: t, Note: note, Refresh: busy,
		Data: map[string]any{"Rows": rows, "Folder": p.s.o.Sites, "Settings": SettingsFile}})
	return nil
}

// scansOf are the scans of a site.
func (s *Server) scansOf(ctx context.Context, site string) ([]*history.Scan, error) {
	return cached(ctx, s, "scans "+site, func() ([]*history.Scan, error) { return s.store.Scans(ctx, store.Filter{Site: site}) })
}

func (p *site) sitePage(w http.ResponseWriter, r *http.Request, t *Token) error {
	name := r.PathValue("site")
	rows, err := p.s.siteRows(r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(x *siteRow) bool { return x.Name == name })
	if i < 0 {
		return errNotThere
	}
	scans, err := p.s.scansOf(r.Context(), name)
	if err != nil {
		return err
	}
	line, err := cached(r.Context(), p.s, "line "+name, func() (*timeline, error) { return timelineOf(scans), nil })
	if err != nil {
		return err
	}
	var runs []store.Run
	if err := p.s.store.Do(r.Context(), func(tx *store.Tx) error {
		runs, err = tx.Runs(store.RunFilter{Site: name, Last: 10})
		return err
	}); err != nil {
		return err
	}
	latest := slices.Clone(scans[max(0, len(scans)-listed):])
	slices.Reverse(latest)
	p.render(w, "site", view{Title: name, Nav: "sites", Who: t, Refresh: rows[i].State != "",
		Data: map[string]any{"Site": rows[i], "Scans": latest, "All": len(scans), "Line": line, "Runs": runs}})
	return nil
}

// listed is how many scans of a site are listed.
const listed = 40

func (p *site) scanOf(r *http.Request) (*history.Scan, error) {
	scans, err := p.s.scansOf(r.Context(), r.PathValue("site"))
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(scans, func(s *history.Scan) bool { return s.ID == r.PathValue("scan") })
	if i < 0 {
		return nil, errNotThere
	}
	return scans[i], nil
}

func (p *site) scanPage(w http.ResponseWriter, r *http.Request, t *Token) error {
	s, err := p.scanOf(r)
	if err != nil {
		return err
	}
	p.render(w, "scan", view{Title: s.Site + ", " + s.At.Format("2 January 2006"), Nav: "sites", Who: t,
		Data: map[string]any{"Scan": s, "Report": isFile(filepath.Join(s.Kept.Path, reportFile))}})
	return nil
}

const reportFile = "report.html"

// reportHeader lets a report show itself as it is: it is a file that loads nothing, and here it has no rights of this page.
const reportHeader = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-popups"

func (p *site) reportPage(w http.ResponseWriter, r *http.Request, _ *Token) error {
	s, err := p.scanOf(r)
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(s.Kept.Path, reportFile))
	if err != nil {
		return errNotThere
	}
	defer f.Close()
	w.Header().Set("Content-Security-Policy", reportHeader)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// present are the flows of the last scans.
func (s *Server) present(ctx context.Context) ([]store.Present, error) {
	return cached(ctx, s, "present", func() (list []store.Present, err error) {
		err = s.store.Do(ctx, func(tx *store.Tx) error {
			list, err = tx.Present()
			return err
		})
		return list, err
	})
}

// recipientRow is a third party in the list.
type recipientRow struct {
	store.Known
	Now   int // sites whose last scan saw it being sent what identifies a person
	Worst rule.Severity
}

func (p *site) recipientsPage(w http.ResponseWriter, r *http.Request, t *Token) error {
	present, err := p.s.present(r.Context())
	if err != nil {
		return err
	}
	var known []store.Known
	if err := p.s.store.Do(r.Context(), func(tx *store.Tx) error {
		known, err = tx.KnownRecipients()
		return err
	}); err != nil {
		return err
	}
	sites, worst := map[string]map[string]bool{}, map[string]rule.Severity{}
	for _, x := range present {
		if sites[x.Recipient] == nil {
			sites[x.Recipient] = map[string]bool{}
		}
		sites[x.Recipient][x.Site] = true
		worst[x.Recipient] = max(worst[x.Recipient], x.Severity)
	}
	var rows []recipientRow
	for _, k := range known {
		rows = append(rows, recipientRow{k, len(sites[k.ID]), worst[k.ID]})
	}
	p.render(w, "recipients", view{Title: "Recipients", Nav: "recipients", Who: t, Data: rows})
	return nil
}

// breachOf is the answer of breach day about one recipient.
func (s *Server) breachOf(ctx context.Context, id string) (*breach.Report, error) {
	return cached(ctx, s, "breach "+id, func() (*breach.Report, error) {
		known, err := s.store.Recipients(ctx)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(known, func(k store.Recipient) bool { return k.ID == id })
		if i < 0 {
			return nil, errNotThere
		}
		scans, err := s.store.Scans(ctx, store.Filter{Recipients: []string{id}})
		if err != nil {
			return nil, err
		}
		return breach.Answer(breach.Question{Asked: known[i].Name, IDs: []string{id}}, scans), nil
	})
}

func (p *site) recipientPage(w http.ResponseWriter, r *http.Request, t *Token) error {
	b, err := p.s.breachOf(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p.render(w, "recipient", view{Title: b.Asked, Nav: "recipients", Who: t,
		Data: map[string]any{"ID": r.PathValue("id"), "B": b, "Formats": breach.Formats}})
	return nil
}

func (p *site) breachFile(w http.ResponseWriter, r *http.Request, _ *Token) error {
	format := r.PathValue("format")
	if !slices.Contains(breach.Formats, format) {
		return errNotThere
	}
	b, err := p.s.breachOf(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", reportHeader)
	kind := map[string]string{"html": "text/html", "json": "application/json", "csv": "text/csv"}[format]
	orElse(&kind, "text/plain")
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	return b.Write(w, format)
}

// dataRow is who gets a class of data, and from which sites.
type dataRow struct {
	Class    rule.Class
	Worst    rule.Severity
	Parties  []dataParty
	sitesOf  map[string]bool
	Sites    int
	partyIdx map[string]int
}

type dataParty struct {
	ID, Name string
	Sites    []string
	Consents []crawler.Consent
	Forms    []detect.Form
	Worst    rule.Severity
}

func dataRows(present []store.Present) []*dataRow {
	by := map[rule.Class]*dataRow{}
	var rows []*dataRow
	for _, x := range present {
		d := by[x.Class]
		if d == nil {
			d = &dataRow{Class: x.Class, sitesOf: map[string]bool{}, partyIdx: map[string]int{}}
			by[x.Class] = d
			rows = append(rows, d)
		}
		i, ok := d.partyIdx[x.Recipient]
		if !ok {
			i = len(d.Parties)
			d.partyIdx[x.Recipient] = i
			d.Parties = append(d.Parties, dataParty{ID: x.Recipient, Name: x.Name})
		}
		q := &d.Parties[i]
		q.Sites, q.Consents, q.Forms = with(q.Sites, x.Site), with(q.Consents, x.Consent), with(q.Forms, x.Form)
		d.sitesOf[x.Site] = true
		d.Sites, d.Worst, q.Worst = len(d.sitesOf), max(d.Worst, x.Severity), max(q.Worst, x.Severity)
	}
	slices.SortStableFunc(rows, func(a, b *dataRow) int {
		if a.Worst != b.Worst {
			return int(b.Worst) - int(a.Worst)
		}
		return strings.Compare(string(a.Class), string(b.Class))
	})
	return rows
}

func with[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

func (p *site) dataPage(w http.ResponseWriter, r *http.Request, t *Token) error {
	present, err := p.s.present(r.Context())
	if err != nil {
		return err
	}
	p.render(w, "data", view{Title: "Data", Nav: "data", Who: t, Data: dataRows(present)})
	return nil
}

// channelRow is a channel and how it fares.
type channelRow struct {
	store.ChannelState
	Leads  string
	Broken bool
}

func (s *Server) channelRows(tx *store.Tx) (rows []channelRow, err error) {
	settings, _ := s.folder.Settings()
	for name, c := range settings.Channels {
		state, err := tx.Channel(name, s.now())
		if err != nil {
			return nil, err
		}
		rows = append(rows, channelRow{state, c.String(), state.Failures >= brokenAfter})
	}
	slices.SortFunc(rows, func(a, b channelRow) int { return strings.Compare(a.Name, b.Name) })
	return rows, nil
}

// shown is how many alerts are shown.
const shown = 200

func (p *site) alertsPage(w http.ResponseWriter, r *http.Request, t *Token) error {
	site := r.URL.Query().Get("site")
	list, err := p.s.store.Alerts(r.Context(), store.AlertFilter{Site: site})
	if err != nil {
		return err
	}
	all := len(list)
	list = slices.Clone(list[max(0, all-shown):])
	slices.Reverse(list)
	var channels []channelRow
	var mutes []store.Mute
	if err := p.s.store.Do(r.Context(), func(tx *store.Tx) error {
		if channels, err = p.s.channelRows(tx); err != nil {
			return err
		}
		mutes, err = tx.Mutes(p.s.now())
		return err
	}); err != nil {
		return err
	}
	p.render(w, "alerts", view{Title: "Alerts", Nav: "alerts", Who: t, Note: r.URL.Query().Get("note"),
		Data: map[string]any{"Alerts": list, "All": all, "Channels": channels, "Mutes": mutes, "Site": site}})
	return nil
}

func (p *site) auditPage(w http.ResponseWriter, r *http.Request, t *Token) error {
	var acts []store.Act
	err := p.s.store.Do(r.Context(), func(tx *store.Tx) (err error) {
		acts, err = tx.Acts(500)
		return err
	})
	p.render(w, "audit", view{Title: "Who did what", Nav: "audit", Who: t, Data: acts})
	return err
}

// act does what the buttons of a site do.
func (p *site) act(w http.ResponseWriter, r *http.Request, t *Token) error {
	name, what, reason := r.PathValue("site"), r.PathValue("act"), strings.TrimSpace(r.FormValue("reason"))
	if err := p.s.Act(r.Context(), name, what, reason, t.Name); err != nil {
		return err
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, "/sites/"+pathEscape(name), http.StatusSeeOther)
	return nil
}

func pathEscape(s string) string { return strings.ReplaceAll(s, " ", "%20") }

// Act has a site scanned now, paused, or no longer paused, and notes who did that.
func (s *Server) Act(ctx context.Context, name, what, reason, who string) error {
	if s.folder.Site(name) == nil {
		return errNotThere
	}
	err := s.store.Do(ctx, func(tx *store.Tx) error { return Act(tx, name, what, reason, who, s.now()) })
	if err != nil {
		return err
	}
	return s.Kick(ctx)
}

// Act is what Server.Act does, also where no server runs: the next one, or the one that runs, sees it.
func Act(tx *store.Tx, name, what, reason, who string, now time.Time) error {
	watches, err := tx.Watches()
	if err != nil {
		return err
	}
	w := watches[name]
	w.Site = name
	switch what {
	case "run":
		id, err := tx.Queue(name, byHand, now, now)
		if err == nil && id == 0 {
			err = &badRequest{name + " is being scanned, or about to be"}
		}
		if err != nil {
			return err
		}
	case "pause":
		if reason == "" {
			return &badRequest{"a pause needs a reason: whoever wonders why nothing is scanned reads it"}
		}
		w.Paused = reason + " (" + who + ")"
		if err := tx.Keep(w); err != nil {
			return err
		}
	case "resume":
		w.Paused = ""
		if err := tx.Keep(w); err != nil {
			return err
		}
	default:
		return errNotThere
	}
	return tx.Audit(store.Act{At: now, Who: who, What: what, Subject: name, Note: reason})
}

func (p *site) mute(w http.ResponseWriter, r *http.Request, t *Token) error {
	m := store.Mute{Site: r.PostFormValue("site"), Topic: r.PostFormValue("topic"), Reason: strings.TrimSpace(r.PostFormValue("reason")),
		Owner: t.Name, MadeAt: p.s.now()}
	day, err := time.Parse(time.DateOnly, r.PostFormValue("until"))
	switch {
	case m.Site == "":
		return &badRequest{"a mute is of a site"}
	case m.Reason == "":
		return &badRequest{"a mute needs a reason"}
	case err != nil || !day.After(m.MadeAt):
		return &badRequest{"a mute needs an end: a day to come, as 2026-12-31"}
	}
	m.Until = day.AddDate(0, 0, 1)
	err = p.s.store.Do(r.Context(), func(tx *store.Tx) error {
		if err := tx.Mute(m); err != nil {
			return err
		}
		return tx.Audit(store.Act{At: m.MadeAt, Who: t.Name, What: "mute", Subject: strings.TrimSpace(m.Site + " " + m.Topic),
			Note: m.Reason + ", until " + day.Format(time.DateOnly)})
	})
	if err == nil {
		http.Redirect(w, r, "/alerts", http.StatusSeeOther)
	}
	return err
}

func (p *site) unmute(w http.ResponseWriter, r *http.Request, t *Token) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return errNotThere
	}
	err = p.s.store.Do(r.Context(), func(tx *store.Tx) error {
		if err := tx.Unmute(id, p.s.now()); err != nil {
			return err
		}
		return tx.Audit(store.Act{At: p.s.now(), Who: t.Name, What: "unmute", Subject: r.PathValue("id")})
	})
	if err == nil {
		http.Redirect(w, r, "/alerts", http.StatusSeeOther)
	}
	return err
}

func (p *site) testChannel(w http.ResponseWriter, r *http.Request, t *Token) error {
	name := r.PathValue("name")
	settings, _ := p.s.folder.Settings()
	if _, ok := settings.Channels[name]; !ok {
		return errNotThere
	}
	note := name + ": the test arrived"
	if err := p.s.Test(r.Context(), name); err != nil {
		note = name + ": the test failed: " + err.Error()
	}
	p.audit(r.Context(), t, "test", name, note)
	http.Redirect(w, r, "/alerts?note="+template.URLQueryEscaper(note), http.StatusSeeOther)
	return nil
}

// timeline is the flows of a site as bars over time.
type timeline struct {
	From, To time.Time
	Rows     []bar
}

// bar is one flow: a line of a picture 1000 wide.
type bar struct {
	Recipient, Name string
	detect.FlowKey
	Severity rule.Severity
	Decision policy.Decision
	Open     bool // nothing says that it has ended
	When     string
	Pieces   []piece
}

// piece is a part of a bar: sure is when it was seen, else it may have been sent.
type piece struct {
	X, W float64
	Sure bool
}

// wide is the width of a bar's picture.
const wide = 1000

func timelineOf(scans []*history.Scan) *timeline {
	t := &timeline{}
	if len(scans) == 0 {
		return t
	}
	t.From, t.To = scans[0].At, scans[len(scans)-1].At
	names := map[string]string{}
	last := map[detect.FlowKey]*history.Sight{}
	for _, s := range scans {
		for i := range s.Parties {
			names[s.Parties[i].ID] = s.Parties[i].Detail.Name
		}
		for i := range s.Flows {
			last[s.Flows[i].FlowKey] = &s.Flows[i]
		}
	}
	for k, x := range last {
		iv := history.Between(history.Answers(scans, k))
		b := bar{Recipient: k.Recipient, Name: names[k.Recipient], FlowKey: k, Severity: x.Severity, Decision: x.Decision, When: iv.Sentence()}
		orElse(&b.Name, k.Recipient)
		for _, span := range iv.Spans {
			b.Open = span.Open()
			b.Pieces = append(b.Pieces, t.pieces(span)...)
		}
		t.Rows = append(t.Rows, b)
	}
	slices.SortFunc(t.Rows, func(a, b bar) int {
		if a.Open != b.Open {
			return map[bool]int{true: -1, false: 1}[a.Open]
		}
		if a.Severity != b.Severity {
			return int(b.Severity) - int(a.Severity)
		}
		return strings.Compare(fmt.Sprint(a.Name, a.FlowKey), fmt.Sprint(b.Name, b.FlowKey))
	})
	return t
}

// pieces are the parts of a span: between the scans that bound it and those that saw it nobody knows.
func (t *timeline) pieces(s history.Span) (out []piece) {
	add := func(from, to time.Time, sure bool) {
		x := t.x(from)
		if w := max(t.x(to)-x, map[bool]float64{true: 4}[sure]); w > 0 {
			out = append(out, piece{min(x, wide-w), w, sure})
		}
	}
	if !s.After.IsZero() {
		add(s.After, s.First, false)
	}
	if !s.Before.IsZero() {
		add(s.Last, s.Before, false)
	}
	add(s.First, s.Last, true)
	return out
}

func (t *timeline) x(at time.Time) float64 {
	whole := t.To.Sub(t.From)
	if whole <= 0 {
		return 0
	}
	return float64(at.Sub(t.From)) / float64(whole) * wide
}
