package scan

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"sync"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/visit/consent"
)

// A scan that was killed is gone on with by leading the crawl once more: what was visited whole is answered from the capture, as fast
// as it can be read, and everything else by the browser. So the list of pages, the visitors and the limits come to what they were
// without any record of them, and the capture is the only state there is.
//
// The browser of before is gone, and with it what its visitors had in storage. Whoever goes on is a new visitor in the same state, under
// a name of its own, and makes its choice on its first page.

// resumedPrefix begins the names of those who go on.
const resumedPrefix = "resumed-"

// planned is the name by which the plan knows a visitor: that of whom it goes on for.
func planned(profile string) string {
	rest, ok := strings.CutPrefix(profile, resumedPrefix)
	if !ok {
		return profile
	}
	n, name, ok := strings.Cut(rest, "-")
	if _, err := strconv.Atoi(n); err != nil || !ok {
		return profile
	}
	return name
}

// asPlanned is the page as the plan knows it.
func asPlanned(p *crawler.Page) *crawler.Page {
	name := planned(p.Task.Profile)
	if name == p.Task.Profile {
		return p
	}
	known := *p
	known.Task.Profile = name
	return &known
}

// keyOf names the visit that a page ended, for capture.Resume; "": it has to be made anew. That is so for what was not seen whole, and
// for all that follows a crawl, which depends on what its visitors have in storage.
func keyOf(p *crawler.Page) string {
	whole := p.Outcome == crawler.Complete || p.Outcome == crawler.Blocked && !discover.Busy(p.Status) && !throttledPage(p)
	switch {
	case p.Task.Via == viaFlow:
		return capture.Before
	case !whole, p.Task.Again > 0, p.Task.Via == consent.ViaAgain, p.Task.Consent == crawler.Withdrawn:
		return ""
	}
	return taskKey(p.Task)
}

func throttledPage(p *crawler.Page) bool {
	return strings.HasPrefix(p.Reason, string(crawler.GapThrottled)+":")
}

func taskKey(t crawler.Task) string { return planned(t.Profile) + " " + discover.Key(t.URL) }

// resumed is a run that is gone on with.
type resumed struct {
	kept  *capture.Salvage
	blobs crawler.Blobs
	n     int // how often that was done, this time included

	mu     sync.Mutex
	begins map[string]crawler.Task  // by the planned name of a visitor who had chosen: the visit of that
	first  map[string]chan struct{} // by name: closed when the first page of a new visitor has ended
	read   map[string]bool          // visits that were read already, for each is made once
}

func newResumed(kept *capture.Salvage, blobs crawler.Blobs) *resumed {
	r := &resumed{
		kept: kept, blobs: blobs, n: len(kept.Manifest.Resumed) + 1,
		begins: map[string]crawler.Task{}, first: map[string]chan struct{}{}, read: map[string]bool{},
	}
	r.unproven()
	return r
}

// unproven gives up the visits of those who chose and of whom it could not be proven any more that the site took the choice: that
// takes the page of the choice, and a further one.
func (r *resumed) unproven() {
	type chose struct {
		keys         []string
		asked, chose bool
	}
	who := map[string]*chose{}
	for _, k := range r.kept.Kept {
		t, d := k.Page.Task, k.Page.Dialog
		if !isChoice(t.Consent) {
			continue
		}
		c := who[t.Profile]
		if c == nil {
			c = &chose{}
			who[t.Profile] = c
		}
		c.keys = append(c.keys, k.Key)
		c.asked = c.asked || d != nil && d.Seen
		if d != nil && d.Action == t.Consent {
			c.chose = true
			r.begins[planned(t.Profile)] = t
		}
	}
	for name, c := range who {
		if len(c.keys) > 1 && (c.chose || !c.asked) {
			continue
		}
		for _, key := range c.keys {
			r.kept.Drop(key)
		}
		if r.begins[planned(name)].Profile == name {
			delete(r.begins, planned(name))
		}
	}
}

// around answers from the capture what is there.
func (r *resumed) around(visit visitFunc) visitFunc {
	return func(ctx context.Context, t crawler.Task) iter.Seq2[crawler.Event, error] {
		if key := taskKey(t); r.take(key, t) {
			return r.reread(key)
		}
		return r.live(ctx, t, visit)
	}
}

// reread yields a visit as the browser did, with the text of the page.
func (r *resumed) reread(key string) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		for ev, err := range r.kept.Visit(key) {
			if p := ev.Page; p != nil && p.HTML.Inline == nil && p.HTML.SHA256 != "" && !p.HTML.Cut {
				if text, err := p.HTML.Bytes(r.blobs); err == nil { // Resume looked at it; where it is gone since, the run says so
					p.HTML.Inline = text
				}
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

// take reports whether a task is answered from the capture, which is so once.
func (r *resumed) take(key string, t crawler.Task) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t.Again > 0 || t.Via == consent.ViaAgain || r.read[key] || !r.kept.Has(key) {
		return false
	}
	r.read[key] = true
	return true
}

// live lets the browser visit. The first page of a new visitor ends before its others begin. Where the visitor of before had chosen,
// the new one makes its choice on the same page first, so that its first page is seen after a choice, too.
func (r *resumed) live(ctx context.Context, t crawler.Task, visit visitFunc) iter.Seq2[crawler.Event, error] {
	begin, chose := r.begins[planned(t.Profile)]
	t.Profile = r.name(t.Profile)
	return func(yield func(crawler.Event, error) bool) {
		if done := r.begin(ctx, t.Profile); done != nil {
			defer done()
			if chose && t.Again == 0 && t.Via != consent.ViaAgain {
				begin.Profile, begin.Via = t.Profile, consent.ViaAgain
				if !pass(visit(ctx, begin), yield) {
					return
				}
			}
		}
		pass(ended(visit)(ctx, t), yield)
	}
}

// pass yields what is yielded; false: no more is wanted.
func pass(events iter.Seq2[crawler.Event, error], yield func(crawler.Event, error) bool) bool {
	for ev, err := range events {
		if !yield(ev, err) {
			return false
		}
	}
	return true
}

// name is that of who goes on for a visitor of before.
func (r *resumed) name(profile string) string {
	if strings.HasPrefix(profile, resumedPrefix) || strings.HasPrefix(profile, againPrefix) {
		return profile
	}
	return fmt.Sprintf("%s%d-%s", resumedPrefix, r.n, profile)
}

// begin waits until the first page of the visitor has ended. For that one it returns what to call in the end.
func (r *resumed) begin(ctx context.Context, profile string) (done func()) {
	r.mu.Lock()
	ended, begun := r.first[profile]
	if !begun {
		ended = make(chan struct{})
		r.first[profile] = ended
	}
	r.mu.Unlock()
	if !begun {
		return func() { close(ended) }
	}
	select {
	case <-ended:
	case <-ctx.Done():
	}
	return nil
}

// wrote takes in that a page was written.
func (r *resumed) wrote(p *crawler.Page, out *capture.Writer) error {
	if p.Task.Via != viaFlow {
		r.kept.Written(taskKey(p.Task))
	}
	return out.Overtaken()
}
