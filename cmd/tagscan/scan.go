package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tagscan/tagscan/cmd/internal/annotate"
	"github.com/tagscan/tagscan/cmd/internal/console"
	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/scan"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/crawler/visit/consent"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
)

// byDefault is --confirm where it is not given: confirmLooks if there is something agreed that can fail, else none.
const (
	byDefault    = -1
	confirmLooks = 3
)

// scanFlags are the flags of a scan as given.
type scanFlags struct {
	judgeFlags
	signInFlags
	personFlags
	vouchFlags
	politeFlags
	networkFlags
	out        string
	resume     string
	earlier    *crawler.Run // the run that is gone on with
	overwrite  bool
	maxPages   int
	perRoute   int
	depth      int
	list       string
	include    []string
	exclude    []string
	noRobots   bool
	noSitemap  bool
	workers    int
	timeout    time.Duration
	budget     time.Duration
	dwell      time.Duration
	realTime   bool
	consent    []string
	gpc        bool
	chrome     string
	browser    string
	cookies    string
	locales    []string
	devices    []string
	timezone   string
	noSandbox  bool
	confirm    int
	screenshot bool
	quiet      bool
	verbose    bool
	ci         bool
	leash      bool // stop when stdin ends
}

func (f *scanFlags) register(c *cobra.Command) {
	fl := c.Flags()
	f.judgeFlags.register(c)
	f.signInFlags.register(c)
	f.personFlags.register(c)
	f.vouchFlags.register(c)
	fl.StringVarP(&f.out, "out", "o", "", "run directory (a new one beside you unless given)")
	fl.StringVar(&f.resume, "resume", "", "go on with the run in this directory, which was killed or stopped, by the command that began it unless one is given")
	fl.BoolVar(&f.overwrite, "overwrite", false, "replace an earlier run in the run directory")
	fl.IntVar(&f.maxPages, "max-pages", 20, "pages to visit at the most; 0: no limit")
	fl.IntVar(&f.perRoute, "per-route", 3, "pages to visit of each route (/product/1 and /product/2 are one); 0: no limit")
	fl.IntVar(&f.depth, "depth", 0, "links to follow from a start page; 0: no limit")
	fl.StringVar(&f.list, "list", "", "file with further URLs, one a line")
	fl.StringSliceVar(&f.include, "include", nil, "visit only URLs that match this glob (repeatable)")
	fl.StringSliceVar(&f.exclude, "exclude", nil, "never follow links to URLs that match this glob (repeatable); what is named is visited")
	fl.BoolVar(&f.noRobots, "ignore-robots", false, "do not ask robots.txt")
	fl.BoolVar(&f.noSitemap, "no-sitemap", false, "do not read sitemaps")
	fl.IntVar(&f.workers, "workers", 2*runtime.NumCPU(), "pages at a time")
	fl.DurationVar(&f.timeout, "timeout", 60*time.Second, "longest time for a page; up to ten times that while the machine has too much to do")
	fl.DurationVar(&f.budget, "budget", 15*time.Minute, "longest time for the crawl; 0: no limit")
	f.politeFlags.register(fl)
	fl.DurationVar(&f.dwell, "dwell", 30*time.Second, "time a page is given after it loaded, by the page's own clock")
	fl.BoolVar(&f.realTime, "real-time", false, "wait in real time instead of running the page's clock ahead")
	fl.StringSliceVar(&f.consent, "consent", []string{"unasked", "rejected", "accepted"}, "consent states to visit in, where a dialog is seen: unasked, rejected, accepted, gpc, withdrawn")
	fl.BoolVar(&f.gpc, "gpc", false, "visit as a visitor with Global Privacy Control, too: the same as gpc among --consent")
	f.networkFlags.register(fl)
	fl.StringSliceVar(&f.allowPrivate, "allow-private", nil, "address or network (10.1.0.0/16) of this machine or its networks that pages may reach (repeatable)")
	fl.StringVar(&f.chrome, "chrome", "", "path of the browser")
	fl.StringVar(&f.browser, "browser", chrome.KindAuto, "auto, chrome or headless-shell")
	fl.StringVar(&f.cookies, "third-party-cookies", "allowed", "allowed or blocked")
	fl.StringSliceVar(&f.locales, "locale", nil, "language of the visitor, as de-DE; each further one is a visitor of its own in every consent state")
	fl.StringSliceVar(&f.devices, "device", []string{"desktop"}, "desktop, phone: what the visitor holds; the second is a visitor of its own in every consent state")
	fl.StringVar(&f.timezone, "timezone", "", "time zone of the visitor, as Europe/Berlin")
	fl.BoolVar(&f.noSandbox, "dangerously-no-sandbox", false, "let the browser run without its sandbox: a page that breaks out acts as you")
	fl.IntVar(&f.confirm, "confirm", byDefault, "how many fresh visitors look again for what would fail the run and was seen once; 0: none (3 with a policy or baseline, else 0)")
	fl.BoolVar(&f.screenshot, "screenshots", false, "keep a picture of every page, form fields blurred")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "no progress")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "tell of every page")
	fl.BoolVar(&f.ci, "ci", os.Getenv("CI") != "", "plain progress, and annotations where GitHub Actions reads them")
}

func (a *app) scanCommand() *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use:   "scan URL…",
		Short: "Visit a site, detect, judge, report",
		Example: `  tagscan scan https://shop.example
  tagscan scan https://staging.example --map staging.example=10.1.2.3:8443 --insecure --fail-on new
  tagscan scan https://shop.example --persona me.yaml --max-pages 100 --report audit.html
  tagscan scan --resume tagscan-shop.example-20261128-140000`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if f.leash {
				a.leashed(c.InOrStdin())
			}
			if f.resume != "" {
				if args, err = f.again(c, args); err != nil {
					return err
				}
			}
			return a.scan(c.Context(), f, args, nil)
		},
	}
	f.register(c)
	f.registerServed(c)
	return c
}

// scan does the main job. persona is what the known values are if no --persona is given; it may be nil.
func (a *app) scan(ctx context.Context, f scanFlags, args []string, persona []byte) error {
	f.runDir = f.out
	judge, err := f.judgeFlags.load(persona)
	if err != nil {
		return err
	}
	f.adopt(judge)
	seeds, err := f.seeds(args, judge)
	if err != nil {
		return err
	}
	o, err := f.options(a, seeds, judge)
	if err != nil {
		return err
	}
	if err := f.goOn(&o); err != nil {
		return err
	}
	seal, err := f.vouchFlags.load()
	if err != nil {
		return err
	}
	if f.timestamp != "" {
		if seal.Client.Transport, err = f.outside(ctx, f.timestamp); err != nil {
			return err
		}
	}
	unlock, err := capture.Lock(o.Dir)
	if err != nil {
		return scanError(err)
	}
	defer unlock()
	release := func() {}
	o.OnStart = func(closeBrowser func() error) { release = a.atExit(func() { _ = closeBrowser() }) }
	res, err := scan.Run(ctx, o)
	release()
	if err != nil {
		return scanError(err)
	}
	verdict := a.concludeScan(ctx, f, judge, o, res)
	if exit.CodeOf(verdict) == exit.Failed {
		return verdict
	}
	return verdictOr(verdict, vouch(context.WithoutCancel(ctx), seal, o.Dir), o.Console.Sayf)
}

// concludeScan detects, judges and reports what a crawl left, also one that was interrupted: for that it has a context that
// the first signal did not end.
func (a *app) concludeScan(ctx context.Context, f scanFlags, judge *judgement, o scan.Options, res scan.Result) error {
	ctx = context.WithoutCancel(ctx)
	run, err := capture.Open(o.Dir)
	if err != nil {
		return err
	}
	c := judge.options
	model, err := c.Write(ctx, o.Dir, conclude.Profile{Capture: run})
	if err != nil {
		again := "the capture in " + o.Dir + " is kept: `tagscan report " + o.Dir + "` tries again"
		if hint := machineHint(err); hint != "" {
			again = hint + "; " + again
		}
		return exit.Failedf(again, "%w", err)
	}
	if err := f.judgeFlags.reports(ctx, a, judge, model, filepath.Join(o.Dir, conclude.FindingsFile), run.Blobs); err != nil {
		return err
	}
	names := append(f.reportsIn(o.Dir), conclude.FindingsFile, conclude.ReportFile, conclude.HTMLFile)
	if err := capture.Seal(o.Dir, names...); err != nil {
		return exit.Failedf("", "manifest: %w", err)
	}
	html := filepath.Join(o.Dir, conclude.HTMLFile)
	if err := a.text(ctx, model, html); err != nil {
		return err
	}
	if f.ci && annotate.Wanted(os.Getenv) {
		if err := annotate.GitHub(a.stderr, model, judge.policy); err != nil {
			return err
		}
	}
	switch {
	case res.Interrupted:
		return exit.Silent(exit.Interrupted)
	case res.Seen == 0 && res.Blocked == 0:
		return &exit.Error{
			Code: exit.CodeOf(exitOf(model)), Hint: res.Cause.Hint, Err: fmt.Errorf("nothing could be seen: %s", res.Cause.Text),
		}
	}
	return exitOf(model)
}

// text prints the terminal report.
func (a *app) text(ctx context.Context, m *report.Model, html string) error {
	w := report.WriteOptions{HTML: html, Color: colour(a.stdout), Width: width(a.stdout)}
	text, err := report.ByName("text")
	if err != nil {
		return err
	}
	return text.Write(ctx, a.stdout, m, w)
}

// seeds are the URLs to start from: arguments, else those of the policy file.
func (f *scanFlags) seeds(args []string, j *judgement) ([]string, error) {
	if len(args) == 0 && j.options.Config != nil {
		args = j.options.Config.Site
	}
	if len(args) == 0 {
		return nil, exit.Usagef("say what to scan: tagscan scan https://your.site", "no URL was given")
	}
	seeds := make([]string, 0, len(args))
	for _, arg := range args {
		raw := arg
		if !strings.Contains(raw, "://") {
			raw = "https://" + raw
		}
		u, err := discover.Normalize(raw)
		if err != nil {
			return nil, exit.Usagef("give absolute http or https URLs", "%s: %w", arg, err)
		}
		seeds = append(seeds, u)
	}
	return seeds, nil
}

// options turns flags into what scan.Run wants and says what is wrong with them.
func (f *scanFlags) options(a *app, seeds []string, j *judgement) (scan.Options, error) {
	var none scan.Options
	for name, v := range map[string]int{"--max-pages": f.maxPages, "--per-route": f.perRoute, "--depth": f.depth} {
		if v < 0 {
			return none, exit.Usagef("0 means no limit", "%s must not be negative", name)
		}
	}
	if f.confirm < 0 && f.changed("confirm") {
		return none, exit.Usagef("0 means that nobody looks again", "--confirm must not be negative")
	}
	if f.workers < 1 || f.timeout <= 0 || f.budget < 0 || f.dwell < 0 {
		return none, exit.Usagef("", "--workers and --timeout must be positive, --budget and --dwell not negative")
	}
	if err := f.politeFlags.apply(f.changed); err != nil {
		return none, err
	}
	if f.gpc && !slices.Contains(f.consent, string(crawler.GPC)) {
		f.consent = append(slices.Clone(f.consent), string(crawler.GPC))
	}
	states, err := scan.ParseStates(f.consent)
	if err != nil {
		return none, exit.Usagef("as in --consent unasked,accepted", "%w", err)
	}
	network, err := f.egress()
	if err != nil {
		return none, err
	}
	binary, err := chrome.Find(chrome.FindOptions{Path: f.chrome, Kind: f.browser})
	if err != nil {
		if errors.Is(err, chrome.ErrNotFound) {
			return none, exit.Failedf("`tagscan doctor` says what is missing", "%w", err)
		}
		return none, exit.Usagef("--chrome names the program itself, --browser is auto, chrome or headless-shell", "%w", err)
	}
	var list []string
	if f.list != "" {
		if list, err = readList(f.list); err != nil {
			return none, err
		}
	}
	if cfg := j.options.Config; cfg != nil {
		for _, item := range cfg.Pages.List {
			more := []string{item}
			if !strings.Contains(item, "://") {
				if more, err = readList(beside(j.policy, item)); err != nil {
					return none, err
				}
			}
			list = append(list, more...)
		}
	}
	dir := f.out
	if dir == "" {
		dir = scan.DefaultDir(seeds[0], time.Now())
	}
	var v visit.Options
	var expired []string
	signedIn, err := f.signInFlags.apply(&v, seeds, time.Now(), func(format string, args ...any) {
		expired = append(expired, fmt.Sprintf(format, args...))
	})
	if err != nil {
		return none, err
	}
	f.secrets.persona(j.options.Persona)
	vault := a.keep(f.secrets, j.options.Key)
	say := console.New(a.stderr, console.Options{Terminal: isTerminal(a.stderr) && !f.ci, Quiet: f.quiet, Verbose: f.verbose})
	logger := slog.New(slog.DiscardHandler)
	if f.verbose {
		logger = slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	}
	for _, text := range expired {
		say.Sayf("%s", text)
	}
	owners := detect.NewOwners(j.options.Catalog, append(slices.Clone(j.options.FirstParty), seeds...)...)
	o := scan.Options{
		Tool: "tagscan " + toolVersion(), Seeds: seeds, List: list, Dir: dir, Overwrite: f.overwrite,
		States: states, FirstParty: j.options.FirstParty, Include: f.include, Exclude: f.exclude, MaxPages: f.maxPages,
		PerRoute: f.perRoute, Depth: f.depth, NoRobots: f.noRobots, NoSitemap: f.noSitemap, Delay: f.delay, PerHost: f.perHost,
		Before: j.options.Baseline.Visited(), Workers: f.workers, Budget: f.budget, Console: say, Logger: logger, Egress: network,
		RecipientOf: func(host string) (string, bool) {
			r := owners.Of(host)
			return r.ID, r.ID != recipient.FirstParty
		},
		Visit: v, Secrets: vault,
	}
	o.Command, o.Masked = a.command()
	o.Visit.Timeout, o.Visit.Dwell, o.Visit.RealTime, o.Visit.Timezone = f.timeout, f.dwell, f.realTime, f.timezone
	o.Visit.Screenshot, o.Visit.Logger, o.Visit.Choice = f.screenshot, logger, consent.NewChooser()
	o.Visit.Chrome = chrome.Options{
		Binary: binary, Map: f.hostMap, Insecure: f.insecure, ThirdPartyCookies: f.cookies, DangerouslyNoSandbox: f.noSandbox,
	}
	if err := f.looks(&o); err != nil {
		return none, err
	}
	o.Flags, o.Deviations = f.record()
	o.Known = j.options.Known()
	f.lookAgain(&o, j)
	o.Deviations = append(o.Deviations, signedIn...)
	if f.earlier != nil {
		f.personFlags.made = f.earlier.Persona
	}
	return o, f.personFlags.apply(a, &o, j.options.Persona, f.ci)
}

// lookAgain lets fresh visitors confirm what would fail the run, if that is wanted.
func (f *scanFlags) lookAgain(o *scan.Options, j *judgement) {
	o.Confirm = f.confirm
	if f.confirm == byDefault {
		o.Confirm = 0
		if j.policy != "" || j.options.Baseline != nil {
			o.Confirm = confirmLooks
		}
	}
	if o.Confirm == 0 {
		return
	}
	o.Flags[conclude.ConfirmOption] = fmt.Sprint(o.Confirm)
	dir, most := o.Dir, o.Confirm
	o.Again = func(ctx context.Context) ([]crawler.Task, error) {
		run, err := capture.Open(dir)
		if err != nil {
			return nil, err
		}
		return j.options.Again(ctx, most, conclude.Profile{Capture: run})
	}
}

// record is what of the flags changes what is seen, and what of that makes the visitor unlike an ordinary one.
func (f *scanFlags) record() (flags map[string]string, deviations []string) {
	flags = map[string]string{
		"max-pages": fmt.Sprint(f.maxPages), "per-route": fmt.Sprint(f.perRoute), "depth": fmt.Sprint(f.depth),
		"timeout": f.timeout.String(), "dwell": f.dwell.String(), "workers": fmt.Sprint(f.workers),
		"consent": strings.Join(f.consent, ","), "robots": fmt.Sprint(!f.noRobots), "third-party-cookies": f.cookies,
		"include": strings.Join(f.include, " "), "exclude": strings.Join(f.exclude, " "), "locale": strings.Join(f.locales, ","), "device": strings.Join(f.devices, ","),
		"timezone": f.timezone, "map": strings.Join(f.hostMap, " "), "allow-private": strings.Join(f.allowPrivate, " "),
	}
	maps.DeleteFunc(flags, func(_, v string) bool { return v == "" })
	for name, on := range map[string]bool{"real-time": f.realTime, "insecure": f.insecure, "no-sandbox": f.noSandbox, "map": len(f.hostMap) > 0, "allow-private": len(f.allowPrivate) > 0,
		"proxy": f.proxied, "client-cert": f.clientCert != "", "ca": f.authorities != "", "robots-ignored": f.noRobots} {
		if on {
			deviations = append(deviations, name)
		}
	}
	slices.Sort(deviations)
	return flags, deviations
}

func readList(name string) ([]string, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, exit.Usagef("give a file with one URL a line", "list of pages: %w", err)
	}
	defer file.Close()
	list, err := discover.List(file)
	if err != nil {
		return nil, exit.Usagef("give a file with one URL a line", "list of pages %s: %w", name, err)
	}
	return list, nil
}

// scanError says what a failed crawl means to its user.
func scanError(err error) error {
	var pathErr *os.PathError
	var urlErr *url.Error
	if hint := machineHint(err); hint != "" {
		return exit.Failedf(hint, "%w", err)
	}
	switch {
	case errors.Is(err, capture.ErrForeign), errors.Is(err, capture.ErrLocked):
		return exit.Usagef("choose another directory with -o", "%w", err)
	case errors.Is(err, capture.ErrEnded):
		return exit.Usagef("`tagscan report` concludes it again", "%w", err)
	case errors.Is(err, capture.ErrNothing), errors.Is(err, capture.ErrSigned):
		return exit.Usagef("", "%w", err)
	case errors.Is(err, capture.ErrRunExists):
		return exit.Usagef("choose another directory with -o, or say --overwrite", "%w", err)
	case errors.Is(err, chrome.ErrNoSandbox):
		return exit.Failedf("`tagscan doctor` says how to allow it; --dangerously-no-sandbox goes without, on a machine that holds nothing", "%w", err)
	case errors.As(err, &pathErr) && (errors.Is(err, os.ErrPermission) || pathErr.Op == "mkdir" || pathErr.Op == "open"):
		return exit.Usagef("choose a directory that can be written to with -o", "%w", err)
	case errors.As(err, &urlErr):
		return exit.Usagef("give absolute http or https URLs", "%w", err)
	}
	return exit.Failedf("`tagscan doctor` looks at this machine", "%w", err)
}

func isTerminal(w io.Writer) bool {
	if d, ok := w.(*discreet); ok {
		w = d.w
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colour reports whether a report on w may use colour (https://no-color.org).
func colour(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// width is how many columns the terminal has; 0 where there is none.
func width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil {
			return n
		}
	}
	return 0
}
