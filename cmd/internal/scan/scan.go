// Package scan runs a crawl from seeds to a capture on disk: it plans which page is visited in which profile, lets the
// browser visit it, and writes what was seen. It judges nothing: what the capture means is for package conclude.
package scan

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tagscan/tagscan/cmd/internal/console"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/egress"
	"github.com/tagscan/tagscan/crawler/secret"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/crawler/visit/consent"
)

// Options say what is scanned and how. Zero means the default named.
type Options struct {
	Tool      string   // "tagscan 1.2.3"
	Seeds     []string // absolute http and https URLs
	List      []string // further URLs to visit
	Before    []string // addresses of pages that an earlier scan visited: they are visited before others that nobody named
	Dir       string   // run directory
	Overwrite bool     // an earlier run there is removed; the pages that it visited count among Before
	Resume    bool     // the run that is there is gone on with

	States     []crawler.Consent // to visit in, where there is a dialog
	Looks      []string          // further profiles for every state, by their names in Visit.Looks
	FirstParty []string
	Include    []string
	Exclude    []string
	MaxPages   int // URLs; 0: no limit
	PerRoute   int // URLs of one route; 0: no limit
	Depth      int // links from a seed; 0: no limit
	NoRobots   bool
	NoSitemap  bool
	Delay      time.Duration // between two visits to one host
	PerHost    int           // pages of one host at a time; 0: no limit but Workers
	Workers    int           // pages at a time
	Budget     time.Duration // of the crawl; 0: no limit
	Visit      visit.Options
	Egress     egress.Options      // what may be reached beside public addresses, and through which proxy; Map and Named are filled in
	Flags      map[string]string   // for the record: what changes what is seen
	Deviations []string            // for the record
	Persona    map[string][]string // for the record: known values that tagscan made up
	Known      *crawler.Known      // for the record: which values of the user's are known
	Command    []string            // for the record: the arguments of the command
	Masked     bool                // for the record: something in Command was masked
	Secrets    *secret.Vault       // what must not be written; nil: nothing

	// Again says, once the crawl and those who looked again before have come to their end and all is on disk, which visits a
	// fresh visitor makes next; none: nobody looks again. It is asked at most Confirm times. Tasks name the visitors of the crawl.
	Again   func(ctx context.Context) ([]crawler.Task, error)
	Confirm int

	RecipientOf func(host string) (id string, third bool) // for the progress only; may be nil
	OnStart     func(close func() error)                  // told how to end the browser at once; may be nil
	Console     *console.Console
	Logger      *slog.Logger
}

// Result is how a crawl ended.
type Result struct {
	Pages       int // visits that ended, whatever the outcome
	Seen        int // of these, complete or partial
	Blocked     int
	Requests    int
	Interrupted bool
	OutOfTime   bool  // the budget ended it
	Cause       Cause // why nothing could be seen, if nothing was
}

// ErrBudget is the cause of a crawl that ran out of time.
var ErrBudget = errors.New("the budget of the run was used up")

// viaFlow marks the pages of a recording, which is replayed before a profile's first page.
const viaFlow = "flow"

// Run crawls and leaves a capture in o.Dir. An error means that nothing could be looked at or written; one page's failure
// is in the capture, not an error. The capture is closed in any case, and its manifest says whether it is whole.
func Run(ctx context.Context, o Options) (res Result, err error) {
	scope, err := discover.NewScope(o.Seeds, o.FirstParty, o.Include, o.Exclude)
	if err != nil {
		return res, err
	}
	guard, shut, err := o.guard(ctx)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, shut()) }()
	client := &http.Client{Transport: guard.Client(o.Visit.Chrome.Insecure), Timeout: 20 * time.Second}
	if o.Overwrite {
		o.Before = append(slices.Clone(o.Before), pagesOf(o.Dir)...)
	}
	out, kept, err := o.open()
	if err != nil {
		return res, err
	}
	if kept != nil {
		o.Visit.FirstID = kept.kept.LastID
		defer func() { err = errors.Join(err, kept.kept.Close()) }()
	}
	end := capture.Ending{Reason: "the scan could not start"}
	defer func() { err = errors.Join(err, out.Close(end)) }()

	o.Visit.Spill = out.Blobs().Sink
	o.Visit.Tabs = o.Workers // twice as many visits are under way: those that are being closed take no tab any more
	c := &crawl{o: o, out: out, client: client, private: newPrivate(guard), result: &res, third: map[string]bool{}, resumed: kept}
	o.Visit.Before = func(ctx context.Context, t crawler.Task) error { return c.front.Pace(ctx, t) }
	visitor, err := visit.New(ctx, o.Visit)
	if err != nil {
		return res, fmt.Errorf("start the browser: %w", err)
	}
	if o.OnStart != nil {
		o.OnStart(visitor.Close)
	}
	defer func() { err = errors.Join(err, visitor.Close()) }()

	c.visitor = visitor
	if err = c.head(visitor.Browser()); err != nil {
		return res, err
	}
	err = c.all(ctx, scope)
	end = capture.Ending{Interrupted: res.Interrupted || res.OutOfTime}
	switch {
	case res.Interrupted:
		end.Reason = "interrupted"
	case res.OutOfTime:
		end.Reason = ErrBudget.Error()
	case err != nil:
		end.Reason = err.Error()
	}
	return res, err
}

// open makes the run directory, or goes on with the run that is there.
func (o *Options) open() (*capture.Writer, *resumed, error) {
	opt := capture.CreateOptions{Tool: o.Tool, Overwrite: o.Overwrite, Command: o.Command, Masked: o.Masked, Secrets: o.Secrets}
	if !o.Resume {
		out, err := capture.Create(o.Dir, opt)
		return out, nil, err
	}
	out, kept, err := capture.Resume(o.Dir, opt, keyOf)
	if err != nil {
		return nil, nil, err
	}
	return out, newResumed(kept, out.Blobs()), nil
}

// head writes how the run is made. One that is gone on with is the same run.
func (c *crawl) head(b crawler.Browser) error {
	if c.resumed == nil {
		return c.write(crawler.Event{Run: c.o.run(b)})
	}
	kept := c.resumed.kept
	n := len(kept.Kept)
	c.o.Console.Sayf("the run in %s is gone on with: %s kept", c.o.Dir, choose(n, "one visit is", fmt.Sprintf("%d visits are", n)))
	text := fmt.Sprintf("gone on with after %d visits, by visitors of their own", n)
	if had := kept.Run.Browser.Product; had != b.Product {
		text += fmt.Sprintf(", in %s instead of %s", b.Product, had)
	}
	for _, ev := range []crawler.Event{{Run: &kept.Run}, {Note: &crawler.Note{Level: "info", Kind: "resumed", Text: text}}} {
		if err := c.write(ev); err != nil {
			return err
		}
	}
	for ev, err := range kept.Loose() {
		if err == nil {
			err = c.write(ev)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// visits is how pages are visited.
func (c *crawl) visits() visitFunc {
	if c.resumed == nil {
		return c.visitor.Visit
	}
	return c.resumed.around(c.visitor.Visit)
}

// guard makes the one way out, and leads the browser through it if there is anything to guard. shut closes it.
func (o *Options) guard(ctx context.Context) (g *egress.Guard, shut func() error, err error) {
	o.Egress.Map, o.Egress.Named = o.Visit.Chrome.Map, slices.Concat(o.Seeds, o.List)
	o.Egress.Users = []int{chrome.User()}
	if g, err = egress.New(ctx, o.Egress); err != nil {
		return nil, nil, err
	}
	if g.Idle() {
		return g, func() error { return nil }, nil
	}
	door, err := g.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("guard of the network: %w", err)
	}
	o.Visit.Chrome.Proxy, o.Visit.Chrome.TrustKey, o.Visit.Network = door.ProxyServer(), g.Pin(), g
	return g, door.Close, nil
}

func (o Options) run(b crawler.Browser) *crawler.Run {
	return &crawler.Run{
		Schema: crawler.Schema, ID: runID(), Tool: o.Tool, Seeds: o.Seeds, Started: time.Now().UTC(), Browser: b,
		Options: o.Flags, FirstParty: o.FirstParty, Persona: o.Persona, Known: o.Known, Secrets: o.Secrets.Told(), Deviations: o.Deviations,
	}
}

// visitor visits pages; visit.Visitor is one.
type visitor interface {
	Visit(context.Context, crawler.Task) iter.Seq2[crawler.Event, error]
	End(profile string)      // no more pages are visited in it
	Settle() []crawler.Event // what is left to tell when no visit is under way
}

// crawl is one run under way.
type crawl struct {
	o       Options
	out     *capture.Writer
	client  *http.Client
	visitor visitor
	front   *discover.Frontier
	patient *patience
	private *private
	whole   *whole
	after   afterwards
	result  *Result
	third   map[string]bool // recipients so far
	failed  *crawler.Page   // the first visit that failed
	resumed *resumed        // nil: the run is a new one

	unread      map[string]bool // addresses of sitemaps that were not read
	sitemapGaps []crawler.Gap   // what is said of them

	mu   sync.Mutex
	kept Cause    // why a start page was not visited; guarded by mu
	late []string // pages that only others than the first visitor were led to; guarded by mu
}

func (c *crawl) write(ev crawler.Event) error {
	_, err := c.out.Write(ev)
	return err
}

// all visits everything that is to be visited.
func (c *crawl) all(parent context.Context, scope *discover.Scope) error {
	ctx := parent
	if c.o.Budget > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(parent, c.o.Budget, ErrBudget)
		defer cancel()
	}
	robots := discover.NewRobots(c.client)
	front := discover.NewFrontier(c.frontierOptions(scope, robots))
	c.front = front
	c.patient = newPatience(front.RestHost, c.o.Console.Sayf)
	plan := newSchedule(front, crawled(c.o.States), c.o.Looks...)
	c.after.withdraw = slices.Contains(c.o.States, crawler.Withdrawn)
	tasks := c.seeds(ctx, robots)
	c.whole = newWhole(c.o, scope, tasks)
	front.Add(tasks...)
	plan.start()

	for ev, err := range crawler.Crawl(ctx, front.Tasks(ctx), 2*c.o.Workers, ended(c.patient.around(c.visits()))) {
		if err != nil {
			c.o.Console.Detailf("%v", err)
			c.o.Logger.Warn("visit", "err", err)
			continue
		}
		var gaps []crawler.Gap
		var page *crawler.Page // as the plan knows it
		if ev.Page != nil {
			page = asPlanned(ev.Page)
		}
		if page != nil && page.Task.Via != viaFlow && page.Task.Via != consent.ViaAgain {
			outline(ev.Page)
			page.Shape, page.Lists = ev.Page.Shape, ev.Page.Lists
			gaps = c.whole.page(page)
			ev.Page.Adopted = page.Adopted
		}
		if err := c.write(ev); err != nil {
			return fmt.Errorf("write the capture: %w", err)
		}
		if err := c.tell(gaps); err != nil {
			return err
		}
		switch {
		case ev.Request != nil:
			c.request(ev.Request)
		case page != nil:
			c.page(page)
			c.after.page(ev.Page)
			if c.resumed != nil && page.Task.Via != consent.ViaAgain {
				if err := c.resumed.wrote(page, c.out); err != nil {
					return fmt.Errorf("write the capture: %w", err)
				}
			}
			switch page.Task.Via { // nobody asked the frontier for it
			case viaFlow:
				c.whole.states.flow(page)
				continue
			case consent.ViaAgain:
				c.whole.states.page(page)
				continue
			}
			front.Showed(page)
			if page.Adopted != "" {
				front.Again()
				front.Add(c.sitemapOf(ctx, robots, page.URL)...)
			}
			front.Add(linksOf(page, c.whole.links(page))...)
			plan.page(page)
			front.Done(page.Task)
			if front.Over(page.Task.Profile) && !consent.Chooses(page.Task.Consent) { // a choice may have to be proven yet
				c.visitor.End(ev.Page.Task.Profile)
			}
			counts := front.Counts()
			c.o.Console.Show(console.Progress{
				Done: counts.Done, Known: counts.Known, Recipients: len(c.third), Requests: c.result.Requests, Page: ev.Page.Task.URL,
			})
		}
	}
	if err := c.afterwards(ctx); err != nil {
		return err
	}
	c.o.Console.Done()
	for _, ev := range c.visitor.Settle() {
		if ev.Request != nil {
			c.request(ev.Request)
		}
		if err := c.write(ev); err != nil {
			return fmt.Errorf("write the capture: %w", err)
		}
	}
	c.result.Interrupted = parent.Err() != nil
	c.result.OutOfTime = !c.result.Interrupted && errors.Is(context.Cause(ctx), ErrBudget)
	c.result.Cause = c.cause(parent)
	front.Rest()
	c.sayLate()
	gaps := slices.Concat(c.sitemapGaps, c.whole.gaps(plan.profiles, front.Route), c.after.proof.Gaps(), c.private.gaps())
	if err := c.tell(gaps); err != nil {
		return err
	}
	if err := c.again(ctx); err != nil {
		return err
	}
	c.result.Interrupted = parent.Err() != nil
	return c.write(crawler.Event{Note: c.ending()})
}

// frontierOptions are the limits of the crawl, and who is told what came of them.
func (c *crawl) frontierOptions(scope *discover.Scope, robots *discover.Robots) discover.Options {
	opt := discover.Options{
		Scope: scope, MaxPages: c.o.MaxPages, PerRoute: c.o.PerRoute, MaxDepth: c.o.Depth, Delay: c.o.Delay,
		PerHost: c.o.PerHost, Before: c.o.Before,
		OnSkip: c.skip, OnTake: c.taken, OnRoute: func(what string) { c.o.Console.Detailf("%s", what) },
	}
	if !c.o.NoRobots {
		opt.Robots = robots
	}
	return opt
}

// taken is told of every URL that will be visited, in order.
func (c *crawl) taken(t discover.Taken) {
	c.o.Console.Detailf("to visit: %s: %s", t.Task.URL, t.Why)
	if t.Late {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.late = append(c.late, t.Task.URL)
	}
}

// sayLate says which pages the first visitor found no link to.
func (c *crawl) sayLate() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.late); n > 0 {
		c.o.Console.Sayf("%s linked to only after a choice, and visited last: %s", choose(n, "one page is", fmt.Sprintf("%d pages are", n)), c.late[0])
	}
}

// linksOf are the tasks that the links of a page give.
func linksOf(p *crawler.Page, links []string) []crawler.Task {
	tasks := make([]crawler.Task, 0, len(links))
	for _, l := range links {
		tasks = append(tasks, crawler.Task{URL: l, Profile: p.Task.Profile, Depth: p.Task.Depth + 1, Via: "link"})
	}
	return tasks
}

// tell writes gaps, and says those that a person should know of at once.
func (c *crawl) tell(gaps []crawler.Gap) error {
	for _, g := range gaps {
		if g.Kind == crawler.GapLedElsewhere || g.Kind == crawler.GapStartMoved {
			c.o.Console.Sayf("%s: %s", g.Where, g.Text)
		}
		if err := c.write(crawler.Event{Time: time.Now().UTC(), Gap: &g}); err != nil {
			return fmt.Errorf("write the capture: %w", err)
		}
	}
	return nil
}

// skip is told of every URL that is not visited.
func (c *crawl) skip(s discover.Skip) {
	c.o.Console.Detailf("not visited: %s: %s", s.Task.URL, s)
	c.whole.skip(s)
	if cause, ok := causeOfSkip(s); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.kept == (Cause{}) {
			c.kept = cause
		}
	}
}

// cause is why nothing could be seen: the first thing that went wrong.
func (c *crawl) cause(ctx context.Context) Cause {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.result.Seen+c.result.Blocked > 0:
		return Cause{}
	case c.kept != Cause{}:
		return c.kept
	case c.result.OutOfTime:
		return Cause{ErrBudget.Error() + " before the first page was seen", "give it more with --budget"}
	case c.failed != nil:
		return causeOf(ctx, c.client, c.failed)
	}
	return Cause{"no page was visited", "check the address and the network; `tagscan doctor` looks at this machine"}
}

// visitFunc visits a task; visit.Visitor.Visit is one.
type visitFunc = func(context.Context, crawler.Task) iter.Seq2[crawler.Event, error]

// ended makes sure that every visit ends with a Page, whatever happens to it: the frontier waits for that.
func ended(visit visitFunc) visitFunc {
	return func(ctx context.Context, t crawler.Task) iter.Seq2[crawler.Event, error] {
		return func(yield func(crawler.Event, error) bool) {
			started, reason, paged := time.Now().UTC(), "visit: ended without an outcome", false
			for ev, err := range visit(ctx, t) {
				if err != nil {
					reason = "visit: " + err.Error()
				}
				paged = paged || ev.Page != nil
				if !yield(ev, err) {
					return
				}
			}
			if !paged {
				now := time.Now().UTC()
				page := &crawler.Page{Task: t, URL: t.URL, Outcome: crawler.Failed, Reason: reason, Started: started, Ended: now}
				yield(crawler.Event{Time: now, Page: page}, nil)
			}
		}
	}
}

// seeds are the tasks known before any page was visited: the URLs asked for, the list, and the sitemaps.
func (c *crawl) seeds(ctx context.Context, robots *discover.Robots) []crawler.Task {
	var tasks []crawler.Task
	for _, s := range c.o.Seeds {
		tasks = append(tasks, crawler.Task{URL: s, Via: "seed"})
	}
	for _, s := range c.o.List {
		tasks = append(tasks, crawler.Task{URL: s, Via: "list"})
	}
	for _, s := range c.o.Seeds {
		tasks = append(tasks, c.sitemapOf(ctx, robots, s)...)
	}
	return tasks
}

func (c *crawl) request(r *crawler.Request) {
	c.whole.request(r)
	c.private.request(r)
	if r.NotSent {
		return
	}
	c.result.Requests++
	if c.o.RecipientOf == nil {
		return
	}
	if u, err := url.Parse(r.URL); err == nil {
		if id, third := c.o.RecipientOf(u.Hostname()); third {
			c.third[id] = true
		}
	}
}

func (c *crawl) page(p *crawler.Page) {
	c.result.Pages++
	switch p.Outcome {
	case crawler.Complete, crawler.Partial:
		c.result.Seen++
	case crawler.Blocked:
		c.result.Blocked++
	case crawler.Failed:
		if c.failed == nil {
			c.failed = p
		}
	}
	c.o.Console.Detailf("%-8s %s (%s) %s", p.Outcome, p.Task.URL, p.Task.Consent, p.Reason)
}

func (c *crawl) ending() *crawler.Note {
	n := &crawler.Note{Level: "info", Kind: "end", Text: fmt.Sprintf("%d visits, %d requests", c.result.Pages, c.result.Requests)}
	switch {
	case c.result.Interrupted:
		n.Level, n.Kind, n.Text = "warn", "interrupted", "interrupted after "+n.Text
	case c.result.OutOfTime:
		n.Level, n.Kind, n.Text = "warn", "interrupted", ErrBudget.Error()+" after "+n.Text
	}
	return n
}

// DefaultDir is the run directory for a scan of the seed at a time: one that does not exist yet.
func DefaultDir(seed string, now time.Time) string {
	host := "run"
	if u, err := url.Parse(seed); err == nil && u.Hostname() != "" {
		host = strings.NewReplacer(":", "-", "/", "-").Replace(u.Hostname())
	}
	base := "tagscan-" + host + "-" + now.Format("20060102-150405")
	dir := base
	for i := 2; ; i++ {
		if _, err := os.Stat(filepath.Clean(dir)); os.IsNotExist(err) {
			return dir
		}
		dir = fmt.Sprintf("%s-%d", base, i)
	}
}
