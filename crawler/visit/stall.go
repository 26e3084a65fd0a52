package visit

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/target"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/web"
)

// How the watch looks for what stands still. Real time of an idle machine: something is free again within 2 s.
const (
	watchFrom  = 700 * time.Millisecond // a page that loads is not looked at before
	watchEvery = 400 * time.Millisecond
	watchRead  = 300 * time.Millisecond // for a document to say what time it is
	freeEvery  = 50 * time.Millisecond  // how often a clock that nobody drives is moved on
	holdFor    = 1200 * time.Millisecond
	stoodStill = 500 * time.Microsecond // a clock that moved by less between two looks stands
)

// watch sees to it that a page stands still for no reason of tagscan's own. While a page loads, its clock and those of its frames are
// left alone by its visit, so one that does not move is stopped by somebody else: a renderer has one clock, and another tab may have a
// document in the same one, if the browser has them share. Such a clock is moved on at the pace of real time until the page has loaded.
// Requests and targets that the browser goes on holding are let go once more. All of it is told as a gap of the page.
type watch struct {
	tab           *Tab
	since         time.Time                            // since when the page has been loading and was left alone
	last          map[target.SessionID]time.Duration   // what the documents' clocks said at the last look
	freed         map[target.SessionID]*chrome.Session // documents whose clocks are moved on
	looked, moved time.Time                            // when the clocks were last looked at, and when those were last moved on
	told          map[string]*crawler.Gap              // by text
}

// guard watches a visit's page until the returned func is called, which takes what was seen into the page.
func (p *visit) guard(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{tab: p.tab, told: map[string]*crawler.Gap{}}
	w.rest()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.run(ctx)
	}()
	return func() {
		cancel()
		<-done
		for _, text := range slices.Sorted(maps.Keys(w.told)) {
			g := w.told[text]
			g.Page = p.page.ID
			p.page.Gaps = append(p.page.Gaps, *g)
		}
	}
}

func (w *watch) run(ctx context.Context) {
	for {
		every := watchEvery
		if len(w.freed) > 0 {
			every = freeEvery
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
		for _, what := range w.tab.rec.Free(w.tab.Patient(holdFor)) {
			w.tell(what+" and was set going again", "")
		}
		switch {
		case !w.waits():
			w.rest()
		case len(w.freed) > 0 && time.Since(w.looked) < watchEvery:
			w.move()
		case time.Since(w.since) >= watchFrom:
			w.move()
			w.look(ctx)
		}
	}
}

// waits reports whether the page's clock should move by itself: while it loads, and its visit gives it no time; and all along where a
// recording is replayed in real time beside pages whose clocks are run ahead.
func (w *watch) waits() bool {
	st, c := w.tab.rec.State(), w.tab.clock
	if st.Crashed || st.Gone || st.Runaway {
		return false
	}
	if !c.virtual {
		return !w.tab.v.o.RealTime
	}
	loads := st.Loaded.IsZero() && st.Stopped.IsZero()
	return loads && !c.giving.Load() && time.Since(time.Unix(0, c.rested.Load())) >= watchFrom
}

// rest forgets what was seen: the page has its time from its visit.
func (w *watch) rest() {
	w.since, w.last, w.freed = time.Now(), map[target.SessionID]time.Duration{}, map[target.SessionID]*chrome.Session{}
}

// look reads the clocks of all documents and takes those that have stood still since the last look.
func (w *watch) look(ctx context.Context) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	now := map[target.SessionID]time.Duration{}
	w.looked = time.Now()
	frames := w.documents()
	for _, f := range frames {
		wg.Go(func() {
			if t, ok := w.read(ctx, f); ok {
				mu.Lock()
				defer mu.Unlock()
				now[f.session.ID] = t
			}
		})
	}
	wg.Wait()
	for _, f := range frames {
		id := f.session.ID
		was, before := w.last[id]
		t, there := now[id]
		if before && there && w.freed[id] == nil && t-was < stoodStill && t >= was {
			w.freed[id] = f.session
			w.moved = time.Now().Add(-watchEvery)
			w.tell("the clock of a document stood still while it loaded and was set going again", f.URL)
		}
	}
	w.last = now
}

// documents lists one frame for every target that the page has documents in: its own main one.
func (w *watch) documents() []Frame {
	var out []Frame
	have := map[target.SessionID]bool{}
	for _, f := range w.tab.Frames() {
		if !have[f.session.ID] {
			have[f.session.ID] = true
			out = append(out, f)
		}
	}
	return out
}

// read asks a document what time it is, in a world where no script of the page's can answer.
func (w *watch) read(ctx context.Context, f Frame) (time.Duration, bool) {
	ctx, cancel := context.WithTimeout(ctx, w.tab.Patient(watchRead))
	defer cancel()
	var ms float64
	if w.tab.EvaluateIn(ctx, f, "performance.timeOrigin + performance.now()", &ms) != nil || ms <= 0 {
		return 0, false
	}
	return time.Duration(ms * float64(time.Millisecond)), true
}

// move lets the clocks that nobody drives come to where real time is. Nothing holds them: a request that somebody else's document
// waits for is no reason to stand still.
func (w *watch) move() {
	d := time.Since(w.moved)
	w.moved = time.Now()
	for _, s := range w.freed {
		w.tab.clock.meddled.Store(true)
		budget(s, emulation.VirtualTimePolicyAdvance, d)
	}
}

// tell notes something for the page's gaps.
func (w *watch) tell(text, where string) {
	if g := w.told[text]; g != nil {
		g.Count++
		return
	}
	w.told[text] = &crawler.Gap{Kind: crawler.GapStall, Where: web.WithoutFragment(where), Count: 1, Text: text}
}
