package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/serve"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/fixtures"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/history"
)

// watchDir is where the demonstration of the watch keeps its sites and its data. It is made anew each time.
const watchDir = "tagscan-demo-watch"

// demoWatch serves the fixture site, watches it, and opens with a month behind it that is invented: of two sites a vendor came to
// one, an e-mail address was sent for some days and later again, and for three days nothing could be seen.
func (a *app) demoWatch(ctx context.Context, listen string) error {
	site, err := fixtures.Breach()
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	web, err := fixtures.Serve(serving, site)
	if err != nil {
		return exit.Failedf("", "serve the fixture: %w", err)
	}
	defer web.Wait()
	defer stop()
	sites, data := filepath.Join(watchDir, "sites"), filepath.Join(watchDir, "data")
	if err := writeDemoSites(sites, web.URL()); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	f := serveFlags{pass: web.MapRules(), insecure: true, noDNS: true}
	var back atomic.Int64 // how long ago it is, while the month is told
	s, err := serve.Open(ctx, serve.Options{
		Sites: sites, Data: data, Listen: listen, Version: toolVersion(), Logger: slog.New(slog.NewTextHandler(a.stderr, nil)),
		Scanner: &childScanner{a: a, self: self, args: f.args()}, Now: func() time.Time { return time.Now().Add(-time.Duration(back.Load())) },
	})
	if err != nil {
		return serveError(err)
	}
	defer s.Close()
	for day := demoDays; day >= 1; day-- {
		back.Store(int64(time.Duration(day) * 24 * time.Hour))
		for _, scan := range demoMonth(day, time.Now().Add(-time.Duration(back.Load())).UTC()) {
			if err := s.Remember(ctx, scan); err != nil {
				return exit.Failedf("", "the invented month: %w", err)
			}
		}
	}
	back.Store(0)
	where, err := s.Listen(ctx)
	if err != nil {
		return serveError(err)
	}
	fmt.Fprintf(a.stdout, "%s\n", where)
	fmt.Fprintf(a.stderr, "The month that the page shows is invented; the scan of today is real, of a site on this machine, and "+
		"takes a minute.\nThe sites are in %s: edit them, and add yours. Ctrl-C ends it.\n", sites)
	if err := s.Run(ctx); err != nil {
		return exit.Failedf("", "%w", err)
	}
	return nil
}

// writeDemoSites writes the folder anew.
func writeDemoSites(dir, url string) error {
	if err := os.RemoveAll(watchDir); err != nil {
		return exit.Failedf("", "%w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return exit.Failedf("", "%w", err)
	}
	for name, text := range map[string]string{
		"console.yaml": "site: " + url + "\nschedule: {every: 1h}\nowner: the console's team\npersona: persona.yaml\npages: {max: 3}\n",
		"docs.yaml":    "site: " + url + "\nschedule: never\nowner: the writers\n",
		"persona.yaml": string(fixtures.Persona()),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return exit.Failedf("", "%w", err)
		}
	}
	return nil
}

// demoDays is how long the invented month is.
const demoDays = 30

// demoVendors are who the invented sites send to.
var demoVendors = map[string]history.PartyDetail{
	"mixpanel":   {Name: "Mixpanel", Owner: "Mixpanel, Inc.", Country: "US", Category: "analytics"},
	"sentry":     {Name: "Sentry", Owner: "Functional Software, Inc.", Country: "US", Category: "monitoring"},
	"clarity":    {Name: "Microsoft Clarity", Owner: "Microsoft Corporation", Country: "US", Category: "session-replay"},
	"meta-pixel": {Name: "Meta Pixel", Owner: "Meta Platforms, Inc.", Country: "US", Category: "advertising"},
}

// demoMonth are the scans of a day, so many days ago.
func demoMonth(ago int, at time.Time) []*history.Scan {
	console := demoScan("console", ago, at, "mixpanel", "sentry")
	docs := demoScan("docs", ago, at, "mixpanel")
	if ago <= 18 { // a vendor that is new
		demoSend(console, "clarity", "identity.name", detect.Clear, rule.High)
	}
	if ago <= 24 && ago > 20 || ago <= 6 { // a leak that comes, goes and comes back
		demoSend(docs, "meta-pixel", "contact.email", detect.Hashed, rule.Medium)
	}
	if ago <= 13 && ago > 9 { // a wall: nothing is seen, and nothing is said to be gone
		docs.Result, docs.Flows, docs.Parties = policy.Incomplete, nil, nil
		docs.Blind, docs.Covers = []history.Blind{{Kind: crawler.GapWall}}, history.NewCoverage(nil)
	}
	return []*history.Scan{console, docs}
}

func demoScan(site string, ago int, at time.Time, vendors ...string) *history.Scan {
	s := &history.Scan{Site: site, ID: fmt.Sprintf("invented-%s-%02d", site, ago), At: at, Result: policy.Pass,
		Made: report.Made{Tool: "nobody: it is invented"}, Assets: &history.Assets{},
		Covers: history.NewCoverage([]history.Look{{Route: "/", Consent: crawler.Unasked, Whole: 2}})}
	for _, v := range vendors {
		demoSend(s, v, "contact.email", detect.Clear, rule.High)
	}
	return s
}

func demoSend(s *history.Scan, vendor string, class rule.Class, form detect.Form, severity rule.Severity) {
	k := detect.FlowKey{Recipient: vendor, Class: class, Consent: crawler.Unasked, Form: form}
	title := string(class)
	if info, ok := rule.InfoOf(class); ok {
		title = info.Title
	}
	s.Flows = append(s.Flows, history.Sight{FlowKey: k, Print: detect.FlowFingerprint(k), Severity: severity, Decision: policy.New,
		Requests: 2, Findings: 2, Detail: &history.Detail{Title: title, Routes: []string{"/"}, Wheres: []string{"body"}}})
	d := demoVendors[vendor]
	s.Parties = append(s.Parties, history.Party{ID: vendor, Requests: 2, Severity: severity, Detail: &d})
}
