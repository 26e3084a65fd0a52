package detect

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// Capture is a recorded run, or a HAR taken for one, whose events can be read more than once.
type Capture struct {
	Events  func() iter.Seq2[crawler.Event, error] // from the start, each time
	Blobs   crawler.Blobs                          // of bodies that are not inline; may be nil
	Profile string                                 // whose visit it is, "A"; empty: each request says so itself
	Visit   int                                    // 0 for the first capture of a profile, 1 for its repeat …
}

// Run is the judgement of captures that belong together: the profiles and repeats of the same pages.
type Run struct {
	a        *Analyzer
	captures []Capture
	k        *knowledge
	pool     *rule.Pool
	memory   *decode.Memory // of the pool
	contacts contactBook
	diff     *differential   // nil: there is only one profile
	held     []Finding       // what the comparison of profiles may still refute
	found    map[uint64]bool // where something was found, if profiles are compared
	keys     map[pageKey]*rule.Keystrokes
	gaps     *gapBook
	consent  *consent.Book
	lessons  *lessons
	stats    Stats
	prints   map[*crawler.Use][]string // who was sent what scripts computed of the device
	workers  []*worker
	secrets  []string // known values that must not show in URLs and routes
	lowered  []string // these in lower case
	routes   *web.Routes
}

// Stats says what a run looked at and what it could not open.
type Stats struct {
	Requests int            // that left the browser
	Own      int            // of these, to the site itself
	Fields   int            // decoded
	Bytes    int64          // of URLs, headers and bodies
	Unseen   int            // requests whose body could not be had
	Cut      map[string]int // budgets that ended decoding early, and how often
}

// Open makes a run of captures.
func (a *Analyzer) Open(captures ...Capture) *Run {
	r := &Run{a: a, captures: captures, k: newKnowledge(a.cfg), keys: map[pageKey]*rule.Keystrokes{}, routes: new(web.Routes), stats: Stats{Cut: map[string]int{}}}
	r.gaps = newGapBook(r)
	r.lessons = newLessons()
	r.consent = consent.NewBook(a.aboutConsent)
	for range a.cfg.Workers {
		r.workers = append(r.workers, newWorker(r))
	}
	return r
}

// Contacts returns who was contacted, with what a contact alone tells. It is complete when Conclude has ended.
func (r *Run) Contacts() []Contact { return r.contacts.list() }

// Stats returns what was looked at. It is complete when Conclude has ended.
func (r *Run) Stats() Stats { return r.stats }

// event is an event of one of the captures.
type event struct {
	crawler.Event
	capture int
}

// events reads all captures one after the other, each event with its profile set.
func (r *Run) events(ctx context.Context) iter.Seq2[event, error] {
	return func(yield func(event, error) bool) {
		for i, c := range r.captures {
			for ev, err := range c.Events() {
				if err == nil && ctx.Err() != nil {
					err = context.Cause(ctx)
				}
				if err != nil {
					yield(event{}, err)
					return
				}
				if c.Profile != "" {
					ev = withProfile(ev, c.Profile)
				}
				if !yield(event{ev, i}, nil) {
					return
				}
			}
		}
	}
}

// withProfile returns the event as one of the profile. What the event points to is copied, not changed.
func withProfile(ev crawler.Event, profile string) crawler.Event {
	switch {
	case ev.Request != nil:
		c := *ev.Request
		c.Profile = profile
		ev.Request = &c
	case ev.Cookie != nil:
		c := *ev.Cookie
		c.Profile = profile
		ev.Cookie = &c
	case ev.Storage != nil:
		c := *ev.Storage
		c.Profile = profile
		ev.Storage = &c
	}
	return ev
}

// Analyze judges a stream of events once, as it comes. The requests of a page are held until its Page event, which tells
// what the page shows to everybody, but no more than a bounded number of bytes; so memory stays flat. What only a later
// page teaches is not looked for in earlier ones, and profiles are not compared: Open does both.
func (a *Analyzer) Analyze(ctx context.Context, events iter.Seq2[crawler.Event, error], blobs crawler.Blobs) iter.Seq2[Finding, error] {
	return findings(a.conclude(ctx, events, blobs))
}

func (a *Analyzer) conclude(ctx context.Context, events iter.Seq2[crawler.Event, error], blobs crawler.Blobs) iter.Seq2[Conclusion, error] {
	return func(yield func(Conclusion, error) bool) {
		r := a.Open(Capture{Blobs: blobs})
		yield = r.noting(yield)
		w := window{run: r, yield: yield, hold: true}
		for ev, err := range events {
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				yield(Conclusion{}, err)
				return
			}
			r.k.learn(ev, 0)
			if !w.take(event{ev, 0}) {
				return
			}
		}
		_ = w.flush() && r.finish(ctx, yield)
	}
}

// know makes ready what was learned: the pool of known values, the list of what must not show, and the routes.
func (r *Run) know() {
	r.pool, r.memory, r.routes = r.k.pool(), decode.NewMemory(), r.k.routes()
	r.lessons.kept(r.pool, r.k.addresses)
	r.lessons.put = 0
	r.taught()
	r.secrets = r.secrets[:0]
	for _, known := range []map[string][]string{r.k.persona, r.k.observed} {
		for _, values := range known {
			for _, v := range values {
				if len(v) >= minSecret {
					r.secrets = append(r.secrets, v)
				}
			}
		}
	}
	slices.SortFunc(r.secrets, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	r.lowered = r.lowered[:0]
	for _, v := range r.secrets {
		r.lowered = append(r.lowered, strings.ToLower(v))
	}
	for _, w := range r.workers {
		clear(w.pages)
		clear(w.routes)
	}
}

const (
	windowRequests = 256      // looked at in parallel before their findings are yielded
	heldRequests   = 4000     // of pages that have not ended
	heldBytes      = 24 << 20 // of these
	heldTrees      = 64 << 20 // bytes of decoded payloads that wait until it is their turn: of bombs, some ten
)

// window collects requests to be looked at together.
type window struct {
	run   *Run
	yield func(Conclusion, error) bool
	hold  bool // until the page has ended
	jobs  []job
	bytes int64
}

type job struct {
	request *crawler.Request
	seq     int64
	capture int
}

// take adds an event; false: the consumer wants no more.
func (w *window) take(ev event) bool {
	w.run.aboutChoice(ev)
	switch {
	case ev.Request != nil:
		w.jobs = append(w.jobs, job{ev.Request, ev.Seq, ev.capture})
		w.bytes += sizeOf(ev.Request)
		if w.hold && ev.Request.Page != "" && len(w.jobs) < heldRequests && w.bytes < heldBytes {
			return true
		}
		if len(w.jobs) < windowRequests && w.bytes < heldBytes {
			return true
		}
		return w.flush()
	case ev.Page != nil:
		ok := w.flush()
		delete(w.run.keys, pageKey{ev.capture, ev.Page.ID})
		return ok && w.gaps(w.run.gaps.page(ev.Page, ev.capture))
	case ev.Gap != nil:
		return w.flush() && w.gaps([]crawler.Gap{w.run.gaps.told(*ev.Gap, ev.capture)})
	}
	return true
}

// gaps yields what was not seen.
func (w *window) gaps(list []crawler.Gap) bool { return yieldGaps(list, w.yield) }

func yieldGaps(list []crawler.Gap, yield func(Conclusion, error) bool) bool {
	for i := range list {
		if !yield(Conclusion{Gap: &list[i]}, nil) {
			return false
		}
	}
	return true
}

func sizeOf(r *crawler.Request) int64 {
	n := int64(len(r.URL) + len(r.Body.Inline) + 512)
	for i := range r.Headers {
		n += int64(len(r.Headers[i].Value))
	}
	for i := range r.Messages {
		n += int64(len(r.Messages[i].Data.Inline))
	}
	return n
}

// flush looks at what was collected and yields what is found, in the order of the events.
func (w *window) flush() bool {
	r := w.run
	if r.pool == nil || r.k.dirty {
		r.know()
	}
	for jobs := w.jobs; len(jobs) > 0; {
		done := r.examineAll(jobs[:min(len(jobs), windowRequests)], (*worker).examine)
		for _, res := range done {
			if !r.settle(res, w.yield) {
				return false
			}
		}
		jobs = jobs[len(done):]
		r.taught()
	}
	clear(w.jobs)
	w.jobs, w.bytes = w.jobs[:0], 0
	return true
}

// examineAll lets the workers look at the jobs in parallel, at as many of the first ones as may be held in memory at once: one at least.
// The results are in the order of the jobs.
func (r *Run) examineAll(jobs []job, look func(*worker, job) *examined) []*examined {
	out := make([]*examined, len(jobs))
	var next, held atomic.Int64
	var wg sync.WaitGroup
	for _, w := range r.workers[:min(len(r.workers), len(jobs))] {
		wg.Go(func() {
			for held.Load() < heldTrees {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) {
					return
				}
				out[i] = look(w, jobs[i])
				held.Add(out[i].tree.Held())
			}
		})
	}
	wg.Wait()
	return out[:min(len(jobs), int(next.Load()))]
}

// settle takes in the result of one request, in order, and yields what is concluded of it.
func (r *Run) settle(x *examined, yield func(Conclusion, error) bool) bool {
	defer x.release()
	r.stats.add(x)
	r.contacts.add(x)
	j := x.judged()
	if !yield(Conclusion{Judged: &j}, nil) || !yieldGaps(r.gaps.request(x), yield) {
		return false
	}
	r.learn(x)
	if x.own || x.apart || x.unsent() {
		return true
	}
	r.sentPrints(x)
	findings := append(x.findings, r.joinKeys(x)...)
	if r.diff != nil {
		r.diff.observe(x)
	}
	for _, f := range findings {
		r.covered(f)
		if r.diff != nil && refutable(f) && len(r.held) < maxHeld {
			r.held = append(r.held, f)
			continue
		}
		r.lessons.finding(r.pool, &f)
		if r.holdHash(&f, x.job.capture) {
			continue
		}
		if !yield(Conclusion{Finding: &f}, nil) {
			return false
		}
	}
	return true
}

func (s *Stats) add(x *examined) {
	s.Requests++
	s.Bytes += sizeOf(x.job.request)
	if x.own {
		s.Own++
	}
	if x.job.request.Unseen != "" {
		s.Unseen++
	}
	if x.tree == nil {
		return
	}
	s.Fields += len(x.tree.Fields)
	for _, c := range x.tree.Cut {
		s.Cut[string(c.Kind)]++
	}
}

// joinKeys follows what is typed over the requests of a page.
func (r *Run) joinKeys(x *examined) []Finding {
	page := pageKey{x.job.capture, x.job.request.Page}
	keys := r.keys[page]
	if keys == nil {
		keys = &rule.Keystrokes{}
		r.keys[page] = keys
	}
	var out []Finding
	for _, m := range keys.Add(x.host, x.tree, r.pool) {
		out = append(out, r.workers[0].finding(x, explained{Match: m}))
	}
	return out
}
