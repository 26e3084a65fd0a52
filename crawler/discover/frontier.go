package discover

import (
	"context"
	"hash/maphash"
	"iter"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// Options says what a Frontier lets pass. The zero value lets everything pass that is http or https and harmless.
type Options struct {
	Scope    *Scope        // nil: every site
	Robots   *Robots       // nil: robots.txt is not asked
	MaxPages int           // URLs in all, each counted once however many profiles visit it; 0: no limit
	PerRoute int           // URLs of one route; 0: no limit
	MaxDepth int           // links followed from a seed; 0: no limit
	Delay    time.Duration // least time between two tasks for one host; a Crawl-delay that is longer holds
	OnSkip   func(Skip)    // told of each URL that is not handed out, once; may be nil
}

// Why says why a URL was not handed out.
type Why string

const (
	NotAPage    Why = "not a page"                  // no address that can be visited
	TooDeep     Why = "too deep"                    // more links from a start page than Options.MaxDepth
	OtherSite   Why = "another site"                // out of scope; Skip.Detail is the site
	Excluded    Why = "excluded"                    // by the glob in Skip.Detail
	NotIncluded Why = "not included"                // by any glob
	Acts        Why = "it acts"                     // see Harmful, whose word is in Skip.Detail
	PageLimit   Why = "page limit reached"          // Options.MaxPages
	RouteLimit  Why = "enough pages of this route"  // Options.PerRoute
	ByRobots    Why = "robots.txt"                  // Skip.Detail says what is the matter with it
	Unreached   Why = "the crawl ended before that" // it was waiting, see Frontier.Rest
)

// Skip is a URL that was found and not handed out.
type Skip struct {
	Task   crawler.Task
	Why    Why
	Detail string
}

func (s Skip) String() string {
	if s.Detail == "" {
		return string(s.Why)
	}
	return string(s.Why) + ": " + s.Detail
}

// Frontier holds the tasks that are still to be done and hands each out once. A URL is decided on once, so all profiles
// visit the same URLs: what the user named, as a seed or in a list, always passes (robots.txt and the page limit aside); a
// link must lie in scope, not act (Harmful), and be one of the first of its route. It is safe for use by several goroutines.
type Frontier struct {
	opt    Options
	routes web.Routes

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced when something may have become possible
	pending  []entry
	seen     map[string]bool // profile and key: was added
	verdict  map[string]bool // key: passed or not
	perRoute map[string]int
	admitted int
	inFlight int
	done     int
	holds    int
	out      map[string]entry // by profile and key: handed out and not done
	visited  map[string]bool  // by key: done in some profile
	told     map[uint64]bool  // hashes of the keys that were skipped, for links repeat on every page
	seed     maphash.Seed
	skipped  map[Why]int
	ready    map[string]time.Time // host: not before
	begun    map[string]time.Time // host: when the last task of it began
}

type entry struct {
	task crawler.Task
	url  *url.URL
	key  string
}

// NewFrontier returns an empty frontier.
func NewFrontier(opt Options) *Frontier {
	return &Frontier{opt: opt, changed: make(chan struct{}), seen: map[string]bool{}, verdict: map[string]bool{},
		perRoute: map[string]int{}, out: map[string]entry{}, visited: map[string]bool{}, told: map[uint64]bool{}, seed: maphash.MakeSeed(),
		skipped: map[Why]int{}, ready: map[string]time.Time{}, begun: map[string]time.Time{}}
}

// Add takes tasks and returns how many were new. Those that cannot be visited at all are skipped; whether a task is
// handed out is decided when its turn comes, for by then more is known about its route.
func (f *Frontier) Add(tasks ...crawler.Task) int {
	n := 0
	for _, t := range tasks {
		u, err := parse(t.URL)
		if err != nil {
			f.skip(Skip{t, NotAPage, err.Error()}, t.URL)
			continue
		}
		if f.add(t, u) {
			n++
		}
	}
	return n
}

func (f *Frontier) add(t crawler.Task, u *url.URL) bool {
	k := key(u)
	if why, detail := f.unfit(t, u); why != "" {
		f.skip(Skip{t, why, detail}, k)
		return false
	}
	f.routes.Learn(u)
	f.mu.Lock()
	defer f.mu.Unlock()
	id := t.Profile + "\x00" + k
	if f.seen[id] {
		return false
	}
	f.seen[id] = true
	t.URL = u.String()
	f.pending = append(f.pending, entry{t, u, k})
	f.wake()
	return true
}

// unfit says why a task can be refused without knowing any other.
func (f *Frontier) unfit(t crawler.Task, u *url.URL) (why Why, detail string) {
	if Named(t) {
		return "", ""
	}
	if f.opt.Scope != nil {
		if why, detail := f.opt.Scope.refuses(u); why != "" {
			return why, detail
		}
	}
	if word := harmful(u); word != "" {
		return Acts, word
	}
	if f.opt.MaxDepth > 0 && t.Depth > f.opt.MaxDepth {
		return TooDeep, ""
	}
	return "", ""
}

// Named reports whether the user named the task's URL, as a start page or in a list.
func Named(t crawler.Task) bool {
	return t.Depth == 0 && (t.Via == "" || t.Via == "seed" || t.Via == "list")
}

// skip tells of a URL, once.
func (f *Frontier) skip(s Skip, key string) {
	h := maphash.String(f.seed, key)
	f.mu.Lock()
	again := f.told[h]
	f.told[h] = true
	if !again {
		f.skipped[s.Why]++
	}
	f.mu.Unlock()
	if !again && f.opt.OnSkip != nil {
		f.opt.OnSkip(s)
	}
}

// wake tells the waiting that something changed. f.mu is held.
func (f *Frontier) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// Hold keeps Tasks from ending although nothing is pending, while a source of tasks is still at work. The function it
// returns ends that; it may be called more than once.
func (f *Frontier) Hold() (release func()) {
	f.mu.Lock()
	f.holds++
	f.mu.Unlock()
	return sync.OnceFunc(func() {
		f.mu.Lock()
		f.holds--
		f.wake()
		f.mu.Unlock()
	})
}

// Landed says that a task of the profile led to the URL, by redirects. It counts as visited, so that a link to it is not
// followed again.
func (f *Frontier) Landed(profile, raw string) {
	u, err := parse(raw)
	if err != nil {
		return
	}
	f.mu.Lock()
	f.seen[profile+"\x00"+key(u)] = true
	f.visited[key(u)] = true
	f.mu.Unlock()
}

// Route folds a URL by all that is known of the site by now; "" for what is no page's address.
func (f *Frontier) Route(raw string) string {
	u, err := parse(raw)
	if err != nil {
		return ""
	}
	return f.routes.Fold(u)
}

// Done says that a task that was handed out is finished. Call it after the links of its page were added, or the frontier
// may run dry between the two.
func (f *Frontier) Done(t crawler.Task) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if k := Key(t.URL); k != "" {
		delete(f.out, t.Profile+"\x00"+k)
		f.visited[k] = true
	}
	f.inFlight--
	f.done++
	f.wake()
}

// Tasks hands out the tasks, each with its Route, in the order in which they were added as far as the delay per host
// allows. It waits for more while a task is in flight or a source holds the frontier, and ends when neither is, or when
// ctx ends. The error is always nil; it is there for crawler.Crawl.
func (f *Frontier) Tasks(ctx context.Context) iter.Seq2[crawler.Task, error] {
	return func(yield func(crawler.Task, error) bool) {
		for ctx.Err() == nil {
			e, wait, ok := f.take()
			if !ok {
				return
			}
			if wait != nil {
				if !wait(ctx) {
					return
				}
				continue
			}
			task, ok := f.admit(ctx, e)
			if ok && !yield(task, nil) {
				return
			}
		}
	}
}

// take returns the next entry whose host is ready, or how to wait for one; ok is false when nothing will come.
func (f *Frontier) take() (e entry, wait func(context.Context) bool, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	var next time.Time
	for i, p := range f.pending {
		at := f.ready[p.url.Host]
		if !at.After(now) {
			if i == 0 {
				f.pending = f.pending[1:] // the usual case, and the sitemap may be long
			} else {
				f.pending = append(f.pending[:i], f.pending[i+1:]...)
			}
			f.inFlight++
			return p, nil, true
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	if len(f.pending) == 0 && f.inFlight == 0 && f.holds == 0 {
		return entry{}, nil, false
	}
	changed := f.changed
	return entry{}, func(ctx context.Context) bool {
		var timer <-chan time.Time
		if !next.IsZero() {
			timer = time.After(next.Sub(now))
		}
		select {
		case <-changed:
		case <-timer:
		case <-ctx.Done():
			return false
		}
		return true
	}, true
}

// admit decides on the entry's URL, if no other profile's task did already.
func (f *Frontier) admit(ctx context.Context, e entry) (crawler.Task, bool) {
	task := e.task
	task.Route = f.routes.Fold(e.url)
	f.mu.Lock()
	pass, decided := f.verdict[e.key]
	f.mu.Unlock()
	if !decided {
		why, detail := f.judge(ctx, e, task.Route)
		pass = why == ""
		f.mu.Lock()
		f.verdict[e.key] = pass
		if pass {
			f.admitted++
			f.perRoute[task.Route]++
		}
		f.mu.Unlock()
		if !pass {
			f.skip(Skip{task, why, detail}, e.key)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !pass {
		f.inFlight--
		f.wake()
		return task, false
	}
	f.out[task.Profile+"\x00"+e.key] = e
	if d := f.delay(e.url); d > 0 {
		f.ready[e.url.Host] = time.Now().Add(d)
	}
	return task, true
}

// judge asks robots.txt of what was named before it counts pages: who named a page wants to know that it is kept out.
func (f *Frontier) judge(ctx context.Context, e entry, route string) (why Why, detail string) {
	f.mu.Lock()
	full := f.opt.MaxPages > 0 && f.admitted >= f.opt.MaxPages
	enough := f.opt.PerRoute > 0 && f.perRoute[route] >= f.opt.PerRoute && !Named(e.task)
	f.mu.Unlock()
	if !Named(e.task) {
		switch {
		case enough:
			return RouteLimit, ""
		case full:
			return PageLimit, ""
		}
	}
	if f.opt.Robots != nil {
		if detail := f.opt.Robots.refuses(ctx, e.url); detail != "" {
			return ByRobots, detail
		}
	}
	if full {
		return PageLimit, ""
	}
	return "", ""
}

// Rest tells, by Options.OnSkip, of every URL that was waiting or under way when the crawl ended before its end, and
// empties the frontier. Those that a limit would have kept out say so. No robots.txt is fetched for that.
func (f *Frontier) Rest() {
	f.mu.Lock()
	waiting := f.pending
	for _, id := range slices.Sorted(maps.Keys(f.out)) {
		waiting = append(waiting, f.out[id])
	}
	f.pending, f.out = nil, map[string]entry{}
	f.mu.Unlock()
	for _, e := range waiting {
		task := e.task
		task.Route = f.routes.Fold(e.url)
		f.mu.Lock()
		pass, decided := f.verdict[e.key]
		seen := f.visited[e.key]
		f.mu.Unlock()
		if seen || decided && !pass {
			continue
		}
		why := Unreached
		if !decided {
			why = f.reserve(e, task.Route)
		}
		f.skip(Skip{task, why, ""}, e.key)
	}
}

// reserve decides on a URL that is not visited any more.
func (f *Frontier) reserve(e entry, route string) Why {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.opt.PerRoute > 0 && f.perRoute[route] >= f.opt.PerRoute && !Named(e.task):
		return RouteLimit
	case f.opt.MaxPages > 0 && f.admitted >= f.opt.MaxPages:
		return PageLimit
	}
	f.verdict[e.key] = true
	f.admitted++
	f.perRoute[route]++
	return Unreached
}

// delay is the least time between two tasks for the host of a URL.
func (f *Frontier) delay(u *url.URL) time.Duration {
	return max(f.opt.Delay, f.opt.Robots.delay(u))
}

// Pace waits until the task may begin, for the delay of its host is kept between beginnings, and a task that was handed out may
// have had to wait for room. The error is ctx's.
func (f *Frontier) Pace(ctx context.Context, t crawler.Task) error {
	u, err := url.Parse(t.URL)
	if err != nil {
		return nil // it will fail by itself
	}
	d := f.delay(u)
	for d > 0 {
		f.mu.Lock()
		wait := time.Until(f.begun[u.Host].Add(d))
		if wait <= 0 {
			f.begun[u.Host] = time.Now()
			f.mu.Unlock()
			return nil
		}
		f.mu.Unlock()
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// Counts says how far a crawl is.
type Counts struct {
	Known    int         // tasks that were done, are in flight, or may still be handed out
	Pending  int         // of these, waiting
	InFlight int         // of these, handed out and not done
	Done     int         // of these, done
	Skipped  map[Why]int // URLs, by reason
}

// Counts returns the counts of now. Known may shrink: what is pending can still be refused.
func (f *Frontier) Counts() Counts {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := Counts{Pending: len(f.pending), InFlight: f.inFlight, Done: f.done, Skipped: maps.Clone(f.skipped)}
	if f.opt.MaxPages > 0 {
		c.Pending = f.possible()
	}
	c.Known = c.Pending + c.InFlight + c.Done
	return c
}

// possible counts the pending tasks that the page limit leaves room for.
func (f *Frontier) possible() int {
	room, n := f.opt.MaxPages-f.admitted, 0
	counted := map[string]bool{}
	for _, e := range f.pending {
		pass, decided := f.verdict[e.key]
		switch {
		case decided && pass, counted[e.key]:
			n++
		case !decided && len(counted) < room:
			counted[e.key] = true
			n++
		}
	}
	return n
}
