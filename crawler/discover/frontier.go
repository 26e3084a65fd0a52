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
	MaxPages int           // URLs in all, each counted once however many visitors visit it; 0: no limit
	PerRoute int           // URLs of one route; 0: no limit
	MaxDepth int           // links followed from a seed; 0: no limit
	Delay    time.Duration // least time between two tasks for one host; a Crawl-delay that is longer holds
	PerHost  int           // tasks of one host that are under way at a time; 0: no limit

	// Before are the addresses of pages that an earlier crawl of the site visited: they have their places among MaxPages
	// before any other that nobody named. One without a query stands for a page with one, too.
	Before []string

	OnSkip  func(Skip)        // told of each URL that is not handed out, once; may be nil
	OnTake  func(Taken)       // told of each URL that is taken into the list, in its order; may be nil
	OnRoute func(what string) // told what was learned about routes; may be nil
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
	RouteLimit  Why = "enough pages of this route"  // Options.PerRoute; Skip.Detail is the route
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

// Taken is a URL that was taken into the list of pages.
type Taken struct {
	Task crawler.Task
	Why  string // for a person, a clause
	Late bool   // only others than the leader were led to it
}

// Visitor is who visits pages: a profile in one consent state.
type Visitor struct {
	Name    string
	Consent crawler.Consent
	First   string // the page that it begins with, alone: no other is begun until this one has ended; "": it begins with any
	Alone   bool   // it begins with one page alone, that which is first in the list
	Limit   int    // of pages; 0: all of the list
}

// Frontier decides which URLs a crawl visits and in which order, and hands each out once to each visitor. What it decides
// depends on the site and not on how fast which page was:
//
// The list of pages grows in rounds. A round takes what was found until then, in the order that candidate.class gives, as
// far as the limits allow, and the next one is decided when the leader, who is the first visitor that entered, has ended
// all pages of the list. All other visitors follow the list at their own pace, which keeps workers busy while a round
// ends. What the leader was not led to and another visitor was, comes last, in rounds of its own.
//
// What the user named, as a seed or in a list, always passes (robots.txt and the page limit aside); a link must lie in
// scope, not act (Harmful), and be one of the first of its route. It is safe for use by several goroutines.
type Frontier struct {
	opt    Options
	routes web.Routes

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced when something may have become possible
	visitors []*visitor
	found    map[string]*candidate // by key: what is not decided yet
	seen     map[string]bool       // keys that are in found or were decided on, or that a page of the leader led to
	outside  []crawler.Task        // that the scope keeps out: it may grow
	list     []*page               // decided, in the order of the visits
	before   []*earlier            // pages of an earlier crawl that are not among list or refused yet
	visited  map[string]bool       // by key: done by some visitor
	shown    []web.Sight           // what the leader was shown and routes have not learned from
	added    int
	holds    int
	done     int
	told     map[uint64]bool // hashes of the keys that were skipped, for links repeat on every page
	seed     maphash.Seed
	skipped  map[Why]int
	ready    map[string]time.Time // host: not before
	begun    map[string]time.Time // host: when the last task of it began
	rests    map[string]time.Time // host: it asked to be left alone until then
	slowed   map[string]time.Duration
}

// page is a place of the list.
type page struct {
	task crawler.Task
	url  *url.URL
	key  string
}

// visitor is a Visitor under way.
type visitor struct {
	Visitor
	queue []*page
	alone bool             // it waits for the end of its first page
	given int              // pages that it was handed
	out   map[string]*page // by key: handed out and not done
}

// maxOutside bounds the links to other sites that are kept in case that one of these is adopted.
const maxOutside = 20_000

// lead is how many pages the leader may be ahead of the other visitors: far enough that these have something to do while a
// round of the leader's ends, and no further, so that each has seen about as much if the crawl ends early.
const lead = 8

// NewFrontier returns an empty frontier.
func NewFrontier(opt Options) *Frontier {
	f := &Frontier{
		opt: opt, changed: make(chan struct{}), found: map[string]*candidate{}, seen: map[string]bool{}, visited: map[string]bool{},
		told: map[uint64]bool{}, seed: maphash.MakeSeed(), skipped: map[Why]int{},
		ready: map[string]time.Time{}, begun: map[string]time.Time{}, rests: map[string]time.Time{}, slowed: map[string]time.Duration{},
	}
	f.before = f.earlierPages(opt.Before)
	return f
}

// Enter lets a visitor in, who visits all of the list. The first one is the leader.
func (f *Frontier) Enter(v Visitor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := &visitor{Visitor: v, alone: v.Alone || v.First != "", out: map[string]*page{}}
	n.follow(f.list)
	if i := slices.IndexFunc(n.queue, func(p *page) bool { return p.key == Key(v.First) }); i > 0 {
		n.queue = slices.Concat(n.queue[i:i+1], n.queue[:i], n.queue[i+1:])
	}
	f.visitors = append(f.visitors, n)
	f.wake()
}

// follow adds pages to what the visitor visits.
func (v *visitor) follow(pages []*page) {
	for _, p := range pages {
		if v.Limit > 0 && v.given+len(v.queue) >= v.Limit {
			return
		}
		v.queue = append(v.queue, p)
	}
}

// BeginAgain lets a visitor begin once more, with another page of the list: the one that it began with did not show what it
// was to begin with. Call it before Done of that one.
func (f *Frontier) BeginAgain(name, address string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, k := f.visitor(name), Key(address)
	if v == nil {
		return
	}
	if i := slices.IndexFunc(v.queue, func(p *page) bool { return p.key == k }); i >= 0 {
		v.queue = slices.Concat(v.queue[i:i+1], v.queue[:i], v.queue[i+1:])
		v.First = address
	}
}

func (f *Frontier) visitor(name string) *visitor {
	if i := slices.IndexFunc(f.visitors, func(v *visitor) bool { return v.Name == name }); i >= 0 {
		return f.visitors[i]
	}
	return nil
}

// Add takes what was found and returns how much of it is new. Task.Profile says which visitor found it; empty is the
// leader. What cannot be visited at all is skipped at once; all else is decided on with the round.
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
		if why == OtherSite {
			f.keepOutside(t)
		}
		f.skip(Skip{t, why, detail}, k)
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	late := t.Profile != "" && len(f.visitors) > 0 && t.Profile != f.visitors[0].Name
	if c := f.found[k]; c != nil {
		c.meet(t, u, late)
		return false
	}
	if f.seen[k] {
		return false
	}
	f.seen[k] = true
	f.added++
	f.found[k] = &candidate{page: page{t, u, k}, late: late, nth: f.added}
	f.found[k].task.URL = u.String()
	f.wake()
	return true
}

// keepOutside keeps a link in case that its site is adopted.
func (f *Frontier) keepOutside(t crawler.Task) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.outside) < maxOutside {
		f.outside = append(f.outside, t)
	}
}

// Again takes once more what the scope kept out: it may have grown.
func (f *Frontier) Again() {
	f.mu.Lock()
	again := f.outside
	f.outside = nil
	f.mu.Unlock()
	f.Add(again...)
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
		s.Task.Profile = ""
		f.opt.OnSkip(s)
	}
}

// wake tells the waiting that something changed. f.mu is held.
func (f *Frontier) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// Hold keeps a round from being decided, and Tasks from ending, while a source of tasks is still at work. The function it
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

// Showed takes in what a visitor was shown at the end of a visit: where it was, which by redirects may be elsewhere than
// at the task's address, and what the page looked like. Where the leader was led to counts as visited, so that a link to
// it is not followed again.
func (f *Frontier) Showed(p *crawler.Page) {
	u, err := parse(p.URL)
	if err != nil {
		return
	}
	f.mu.Lock()
	if len(f.visitors) > 0 && f.visitors[0].Name == p.Task.Profile {
		f.seen[key(u)] = true
		f.visited[key(u)] = true
		delete(f.found, key(u))
		if p.Outcome == crawler.Complete || p.Outcome == crawler.Partial {
			f.shown = append(f.shown, web.Sight{Address: u.String(), Shape: p.Shape, Lists: p.Lists})
		}
	}
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

// Order are the keys of the pages of the list so far, in its order.
func (f *Frontier) Order() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	keys := make([]string, len(f.list))
	for i, p := range f.list {
		keys[i] = p.key
	}
	return keys
}

// Done says that a task that was handed out is finished. Call it after what its page showed was added, or a round is
// decided between the two.
func (f *Frontier) Done(t crawler.Task) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := Key(t.URL)
	f.visited[k] = true
	if v := f.visitor(t.Profile); v != nil {
		delete(v.out, k)
		if v.First == "" || Key(v.First) == k {
			v.alone, v.First = false, ""
		}
	}
	f.done++
	f.wake()
}

// Over reports whether a visitor has visited as many pages as it may.
func (f *Frontier) Over(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := f.visitor(name)
	return v != nil && v.Limit > 0 && v.given >= v.Limit && len(v.out) == 0
}

// Tasks hands out the tasks, each with its Route, in the order of the list as far as the delay per host allows. It waits
// for more while a task is in flight or a source holds the frontier, and ends when neither is, or when ctx ends. The error
// is always nil; it is there for crawler.Crawl.
func (f *Frontier) Tasks(ctx context.Context) iter.Seq2[crawler.Task, error] {
	return func(yield func(crawler.Task, error) bool) {
		for ctx.Err() == nil {
			step := f.take()
			switch {
			case step.task != nil:
				if !yield(*step.task, nil) {
					return
				}
			case step.decide:
				f.decide(ctx, step.round)
			case step.wait == nil || !step.wait(ctx):
				return
			}
		}
	}
}

// step is what comes next; the zero value is the end.
type step struct {
	task   *crawler.Task              // a task to hand out
	decide bool                       // a round is to be decided
	round  []*candidate               // from these
	wait   func(context.Context) bool // there is neither for now
}

// take returns what comes next.
func (f *Frontier) take() step {
	f.mu.Lock()
	defer f.mu.Unlock()
	if round, ok := f.next(); ok {
		return step{decide: true, round: round} // before others are served: it may give the leader something to do
	}
	now := time.Now()
	var next time.Time
	for _, v := range f.turns() {
		task, at := f.hand(v, now)
		if task != nil {
			return step{task: task}
		}
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if f.holds == 0 && f.rest() {
		return step{}
	}
	changed := f.changed
	return step{wait: func(ctx context.Context) bool { return wait(ctx, changed, now, next) }}
}

// next is what the next round is decided from, if it can be decided: what the user named first of all, then what the leader
// found, and when there is nothing else to visit what others found.
func (f *Frontier) next() (round []*candidate, ok bool) {
	if len(f.visitors) == 0 || !f.visitors[0].idle() {
		return nil, false
	}
	round = f.candidates(false)
	if named := slices.DeleteFunc(slices.Clone(round), func(c *candidate) bool { return !Named(c.task) }); len(named) > 0 {
		return named, true
	}
	switch {
	case f.holds > 0:
		return nil, false
	case len(round) > 0 || len(f.before) > 0:
		return round, true
	case f.rest():
		round = f.candidates(true)
		return round, len(round) > 0
	}
	return nil, false
}

// rest reports whether all visitors have visited all that there is for them.
func (f *Frontier) rest() bool {
	return !slices.ContainsFunc(f.visitors, func(v *visitor) bool { return !v.idle() })
}

// wait waits until something changed or the time has come, if there is one.
func wait(ctx context.Context, changed <-chan struct{}, now, next time.Time) bool {
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
}

// idle reports whether the visitor has visited all that there is for it.
func (v *visitor) idle() bool { return len(v.queue) == 0 && len(v.out) == 0 }

// turns are the visitors who have something to visit: first those who begin, for others wait for them, then who is
// furthest behind, where the leader may be ahead.
func (f *Frontier) turns() []*visitor {
	behind := func(v *visitor) int {
		switch {
		case v.alone:
			return -lead - 1
		case v == f.visitors[0]:
			return v.given - lead
		}
		return v.given
	}
	able := slices.DeleteFunc(slices.Clone(f.visitors), func(v *visitor) bool { return len(v.queue) == 0 || v.alone && len(v.out) > 0 })
	slices.SortStableFunc(able, func(a, b *visitor) int { return behind(a) - behind(b) })
	return able
}

// hand takes the visitor's next page whose host is ready; nil if there is none before the time it returns.
func (f *Frontier) hand(v *visitor, now time.Time) (task *crawler.Task, next time.Time) {
	for i, p := range v.queue {
		if f.crowded(p.url.Host) {
			if v.alone {
				break
			}
			continue // Done wakes those who wait
		}
		if at := f.ready[p.url.Host]; at.After(now) {
			if next.IsZero() || at.Before(next) {
				next = at
			}
			if v.alone {
				break
			}
			continue
		}
		if i == 0 {
			v.queue = v.queue[1:] // the usual case, and the list may be long
		} else {
			v.queue = slices.Delete(v.queue, i, i+1)
		}
		v.given++
		v.out[p.key] = p
		if d := f.delay(p.url); d > 0 {
			f.ready[p.url.Host] = now.Add(d)
		}
		t := p.task
		t.Profile, t.Consent = v.Name, v.Consent
		return &t, time.Time{}
	}
	return nil, next
}

// decide takes into the list what may be visited of the candidates, in their order.
func (f *Frontier) decide(ctx context.Context, round []*candidate) {
	taken := f.settle(ctx, round)
	f.mu.Lock()
	for _, c := range taken {
		for _, v := range f.visitors {
			v.follow([]*page{&c.page})
		}
		f.list = append(f.list, &c.page)
	}
	f.wake()
	f.mu.Unlock()
	for _, c := range taken {
		if f.opt.OnTake != nil {
			f.opt.OnTake(Taken{c.task, c.reason(), c.late})
		}
	}
}

// Rest tells, by Options.OnSkip, of every URL that was waiting or under way when the crawl ended before its end, and
// empties the frontier. Those that a limit would have kept out say so. No robots.txt is fetched for that.
func (f *Frontier) Rest() {
	f.mu.Lock()
	var unseen []*page
	for _, p := range f.list {
		if !f.visited[p.key] {
			unseen = append(unseen, p)
		}
	}
	waiting := append(f.candidates(false), f.candidates(true)...)
	for _, v := range f.visitors {
		v.queue, v.out = nil, map[string]*page{}
	}
	f.found = map[string]*candidate{}
	f.mu.Unlock()
	for _, p := range unseen {
		f.skip(Skip{Task: p.task, Why: Unreached}, p.key)
	}
	f.before = nil
	r := f.newRound(waiting)
	for _, c := range r.order {
		why, detail := r.full(c)
		if why == "" {
			why = Unreached
			r.count(c)
		}
		f.skip(Skip{c.task, why, detail}, c.key)
	}
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
	more := len(f.found)
	if f.opt.MaxPages > 0 {
		more = min(more, max(0, f.opt.MaxPages-len(f.list)))
	}
	c := Counts{Done: f.done, Skipped: maps.Clone(f.skipped)}
	for _, v := range f.visitors {
		c.InFlight += len(v.out)
		c.Pending += len(v.queue)
		switch room := v.Limit - v.given - len(v.queue); {
		case v.Limit == 0:
			c.Pending += more
		case room > 0:
			c.Pending += min(more, room)
		}
	}
	c.Known = c.Pending + c.InFlight + c.Done
	return c
}
