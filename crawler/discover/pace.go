package discover

import (
	"context"
	"net/url"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// A host that had no time for a visit is visited more slowly from then on: by slowAtFirst between two pages, twice that each
// further time, and slowAtMost at the most.
const (
	slowAtFirst = time.Second
	slowAtMost  = 30 * time.Second
)

// RestHost takes in that a host asked to be left alone for a while: no page of it begins before that is over, and they follow
// each other more slowly from then on.
func (f *Frontier) RestHost(host string, wait time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	until := time.Now().Add(wait)
	if until.After(f.rests[host]) {
		f.rests[host] = until
	}
	if until.After(f.ready[host]) {
		f.ready[host] = until
	}
	f.slowed[host] = min(max(slowAtFirst, 2*f.slowed[host]), slowAtMost)
}

// crowded reports whether as many tasks of the host are under way as may be. f.mu is held.
func (f *Frontier) crowded(host string) bool {
	if f.opt.PerHost == 0 {
		return false
	}
	n := 0
	for _, v := range f.visitors {
		for _, p := range v.out {
			if p.url.Host == host {
				n++
			}
		}
	}
	return n >= f.opt.PerHost
}

// delay is the least time between two tasks for the host of a URL. f.mu is held.
func (f *Frontier) delay(u *url.URL) time.Duration {
	return max(f.opt.Delay, f.slowed[u.Host], f.opt.Robots.delay(u))
}

// Pace waits until the task may begin, for the delay of its host is kept between beginnings, and a task that was handed out may
// have had to wait for room. The error is ctx's.
func (f *Frontier) Pace(ctx context.Context, t crawler.Task) error {
	u, err := url.Parse(t.URL)
	if err != nil {
		return nil // it will fail by itself
	}
	f.opt.Robots.delay(u) // reads robots.txt now, if need be, and not while others wait for the lock
	for {
		wait := f.begin(u, time.Now())
		if wait <= 0 {
			return nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// begin notes that a task of the URL's host begins now; if it may not, it says how long that is to wait.
func (f *Frontier) begin(u *url.URL, now time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.rests[u.Host]
	d := f.delay(u)
	if next := f.begun[u.Host].Add(d); d > 0 && next.After(at) {
		at = next
	}
	if wait := at.Sub(now); wait > 0 {
		return wait
	}
	f.begun[u.Host] = now
	return 0
}
