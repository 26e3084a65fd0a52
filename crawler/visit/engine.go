package visit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chromedp/cdproto/cdp"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record"
)

// profileKey names a profile. Global Privacy Control holds for a whole browser, so its state is never that of another.
type profileKey struct {
	name string
	gpc  bool
}

// profile is one visitor of the site: a line of browsers, one at a time, that nobody else uses.
type profile struct {
	key profileKey

	mu     sync.Mutex // held while a browser is started, too
	engine *engine    // nil: to be started
}

var errClosed = errors.New("the visitor is closed")

// profile returns that of a task.
func (v *Visitor) profile(t crawler.Task) *profile {
	v.mu.Lock()
	defer v.mu.Unlock()
	key := profileKey{t.Profile, t.Consent == crawler.GPC}
	p := v.profiles[key]
	if p == nil {
		p = &profile{key: key}
		v.profiles[key] = p
	}
	return p
}

// engine is one browser with its recorder and the browser context of its profile.
type engine struct {
	browser  *chrome.Browser
	recorder *record.Recorder
	started  time.Time
	replayed replayed
	look     atomic.Pointer[Look] // of the profile; nil: not known yet
	broken   atomic.Bool          // it opens no tabs any more
	front    sync.Mutex           // held by the visit whose page must be in front of its window
	closing  sync.Once

	// Guarded by the profile's lock.
	users  int
	visits int
	old    bool

	mu      sync.Mutex
	context cdp.BrowserContextID // empty: to be made
}

// start launches a browser and begins to record it.
func (v *Visitor) start(ctx context.Context, o chrome.Options) (*engine, error) {
	o.NetLog, o.Spill = true, v.o.Spill
	b, err := chrome.Launch(ctx, o)
	if err != nil {
		return nil, err
	}
	e := &engine{browser: b, started: time.Now()}
	e.recorder, err = record.NewRecorder(ctx, b, record.LiveOptions{
		Scripts: v.documentScripts(), Inject: v.o.inject(), Credentials: v.o.credentials(), Setup: v.setUp(b, &e.look),
		Refuse: v.o.Refuse, NextID: v.nextID, Spill: v.o.Spill, Logger: v.o.Logger,
	})
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	v.mu.Lock()
	closed := v.closed
	v.engines[e] = true
	v.mu.Unlock()
	if closed {
		e.close(v)
		return nil, errClosed
	}
	return e, nil
}

// borrow returns the browser to visit with, a new one if the last has died or is old.
func (p *profile) borrow(ctx context.Context, v *Visitor) (*engine, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.engine; e != nil && (e.browser.Err() != nil || v.worn(e)) {
		p.release(v)
	}
	if p.engine == nil {
		e, err := p.start(ctx, v)
		if err != nil {
			return nil, err
		}
		p.engine = e
	}
	p.engine.users++
	p.engine.visits++
	return p.engine, nil
}

// start returns a browser for the profile: the one that New has started, or one of its own.
func (p *profile) start(ctx context.Context, v *Visitor) (*engine, error) {
	v.mu.Lock()
	spare, closed := v.spare, v.closed
	v.spare = nil
	v.mu.Unlock()
	if closed {
		return nil, errClosed
	}
	o := v.o.Chrome
	if p.key.gpc {
		o.Args = append(o.Args[:len(o.Args):len(o.Args)], gpcFeatures)
	}
	if spare != nil && !p.key.gpc {
		return spare, nil
	}
	if spare != nil {
		v.retire.Go(func() { spare.close(v) })
	}
	return v.launch(ctx, o)
}

// launch starts a browser; a failure is tried again after a moment, for what killed the last one may still be there.
func (v *Visitor) launch(ctx context.Context, o chrome.Options) (*engine, error) {
	var err error
	for pause := 500 * time.Millisecond; pause <= 4*time.Second; pause *= 2 {
		var e *engine
		if e, err = v.start(ctx, o); err == nil {
			return e, nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
	return nil, fmt.Errorf("starting another browser: %w", err)
}

// worn reports whether a browser has done enough.
func (v *Visitor) worn(e *engine) bool {
	if e.broken.Load() || e.visits >= v.o.RecycleVisits || time.Since(e.started) > v.o.RecycleAfter {
		return true
	}
	return e.users == 0 && e.visits%10 == 9 && e.browser.Memory() > v.o.RecycleMemory/int64(max(1, len(v.present())))
}

// release gives the profile's browser up: it ends with the visits that use it. The caller holds the lock.
func (p *profile) release(v *Visitor) {
	e := p.engine
	if e == nil {
		return
	}
	e.old, p.engine = true, nil
	if e.users == 0 {
		v.retire.Go(func() { e.close(v) })
	}
}

// giveBack ends the use of a browser; the last user of an old one closes it.
func (p *profile) giveBack(e *engine, v *Visitor) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.users--
	if e.old && e.users == 0 {
		v.retire.Go(func() { e.close(v) })
	}
}

// close ends a browser and keeps what it had left to tell.
func (e *engine) close(v *Visitor) {
	e.closing.Do(func() {
		rest := e.recorder.Close()
		err := e.browser.Close()
		v.mu.Lock()
		defer v.mu.Unlock()
		delete(v.engines, e)
		v.rest = append(v.rest, rest...)
		if err != nil {
			v.errs = append(v.errs, err)
		}
	})
}
