package scan

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
)

const (
	// longestRest is how long a server is waited for that asks to be left alone. One that asks for more is: its other pages
	// are not visited.
	longestRest = 5 * time.Minute
	// givenUpAfter is how many visits in a row a host may turn away for good before no more are tried.
	givenUpAfter = 3
)

// patience gives servers time that say they have none (429, 503): the host is left alone for as long as it asks, or longer
// each time, then the page is visited again, and the host more slowly from then on. What it turns away for good ends as a
// blocked page that says so. It is safe for use by several goroutines.
type patience struct {
	rest func(host string, wait time.Duration) // the host is left alone
	say  func(format string, args ...any)
	now  func() time.Time

	mu    sync.Mutex
	hosts map[string]*hostRest
	ids   int // of pages that nobody asked for
}

// hostRest is what is known of a host that had no time.
type hostRest struct {
	inRow  int    // visits that were turned away for good, one after the other
	closed string // why no page of it is visited any more; "": they are
}

func newPatience(rest func(string, time.Duration), say func(string, ...any)) *patience {
	return &patience{rest: rest, say: say, now: time.Now, hosts: map[string]*hostRest{}}
}

// yielded is what a visit yields.
type yielded struct {
	event crawler.Event
	err   error
}

// turnedAway is an answer by which a server says that it has no time.
type turnedAway struct {
	page  *crawler.Page
	host  string
	after time.Duration
	said  bool // it says after how long to come again
}

// around visits with patience.
func (p *patience) around(visit visitFunc) visitFunc {
	return func(ctx context.Context, t crawler.Task) iter.Seq2[crawler.Event, error] {
		return func(yield func(crawler.Event, error) bool) {
			for _, s := range p.visit(ctx, t, visit) {
				if !yield(s.event, s.err) {
					return
				}
			}
		}
	}
}

// visit returns what the visit that counts yields, and before it what those yielded that were turned away: they are one with it.
func (p *patience) visit(ctx context.Context, t crawler.Task, visit visitFunc) []yielded {
	host := hostOf(t.URL)
	if why := p.closed(host); why != "" {
		return []yielded{{event: p.notTried(t, why)}}
	}
	var earlier []yielded
	var aways []string // ids of their pages
	for try := 1; ; try++ {
		var got []yielded
		for ev, err := range visit(ctx, t) {
			got = append(got, yielded{ev, err})
		}
		page := pageOf(got, t)
		away := busy(got, page, p.now())
		if away == nil || ctx.Err() != nil {
			p.answered(host, away != nil)
			return joined(earlier, got, aways, page)
		}
		wait := away.wait(try)
		if why := p.tooLong(ctx, away, wait, try); why != "" {
			p.giveUp(away, why, wait > longestRest)
			return joined(earlier, got, aways, page)
		}
		p.say("%s answers %d: it is left alone for %v, then visited more slowly", away.host, page.Status, wait.Round(time.Second))
		p.rest(away.host, wait)
		earlier = append(earlier, without(got, page)...)
		earlier = append(earlier, yielded{event: noteOf(away, wait)})
		aways = append(aways, page.ID)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// pageOf is the page of the task among what its visit yielded; nil: there is none.
func pageOf(got []yielded, t crawler.Task) *crawler.Page {
	for _, s := range slices.Backward(got) {
		if page := s.event.Page; page != nil && page.Task.URL == t.URL && page.Task.Via == t.Via {
			return page
		}
	}
	return nil
}

// busy reports how a server turned a visit away; nil: it did not. A protection that is known by its challenge means what it
// says: to come again does not help.
func busy(got []yielded, page *crawler.Page, now time.Time) *turnedAway {
	if page == nil || !discover.Busy(page.Status) {
		return nil
	}
	challenge := func(g crawler.Gap) bool {
		return g.Kind == crawler.GapWall || g.Kind == crawler.GapQueue || g.Kind == crawler.GapLogin
	}
	if slices.ContainsFunc(page.Gaps, challenge) {
		return nil
	}
	away := &turnedAway{page: page, host: hostOf(cmp.Or(page.URL, page.Task.URL))}
	for _, s := range got {
		r := s.event.Request
		if r == nil || r.Page != page.ID || r.Type != "document" || r.Response == nil || r.Response.Status != page.Status {
			continue
		}
		if after, said := discover.RetryAfter(crawler.HeaderValue(r.Response.Headers, "Retry-After"), now); said {
			away.after, away.said = after, true
		}
	}
	return away
}

// wait is how long to leave the host alone after so many tries.
func (a *turnedAway) wait(try int) time.Duration {
	if a.said {
		return max(a.after, time.Second)
	}
	return discover.Backoff(try)
}

// tooLong says in a clause why the page is not tried again; "" if it is.
func (p *patience) tooLong(ctx context.Context, away *turnedAway, wait time.Duration, try int) string {
	deadline, ends := ctx.Deadline()
	switch {
	case try >= discover.Tries:
		return fmt.Sprintf("the server answered %d each of %d times", away.page.Status, try)
	case wait > longestRest:
		return fmt.Sprintf("the server answered %d and asks to be left alone for %v", away.page.Status, wait.Round(time.Second))
	case ends && p.now().Add(wait).After(deadline):
		return fmt.Sprintf("the server answered %d and asks for %v, more than is left of the budget", away.page.Status, wait.Round(time.Second))
	case p.closed(away.host) != "":
		return fmt.Sprintf("the server answered %d", away.page.Status)
	}
	return ""
}

// giveUp ends a page that was turned away, and the visits to its host if it wants none or has turned too many away.
func (p *patience) giveUp(away *turnedAway, why string, asked bool) {
	page := away.page
	page.Reason = string(crawler.GapThrottled) + ": " + why
	told := slices.ContainsFunc(page.Gaps, func(g crawler.Gap) bool { return g.Kind == crawler.GapMaintenance })
	if !told {
		page.Gaps = append(page.Gaps, throttled(page, why))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.host(away.host)
	h.inRow++
	if h.closed == "" && (asked || h.inRow >= givenUpAfter) {
		h.closed = "it was not asked for: " + why
		p.say("%s: %s; no more of its pages are visited", away.host, why)
	}
}

// throttled is the gap of a page that a server had no time for.
func throttled(page *crawler.Page, why string) crawler.Gap {
	return crawler.Gap{
		Kind: crawler.GapThrottled, Where: page.Task.URL, Page: page.ID, Profile: page.Task.Profile, Consent: page.Task.Consent, Text: why,
	}
}

// answered takes in that a host answered a visit, or that the crawl ended before it could.
func (p *patience) answered(host string, ended bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h := p.hosts[host]; h != nil && !ended {
		h.inRow = 0
	}
}

// closed says why no page of the host is visited any more; "" if they are.
func (p *patience) closed(host string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h := p.hosts[host]; h != nil {
		return h.closed
	}
	return ""
}

// host is what is known of a host. p.mu is held.
func (p *patience) host(name string) *hostRest {
	h := p.hosts[name]
	if h == nil {
		h = &hostRest{}
		p.hosts[name] = h
	}
	return h
}

// notTried is the page of a host that wants to be left alone.
func (p *patience) notTried(t crawler.Task, why string) crawler.Event {
	now := p.now().UTC()
	p.mu.Lock()
	p.ids++
	id := p.ids
	p.mu.Unlock()
	page := &crawler.Page{
		ID: "rest" + strconv.Itoa(id), Task: t, URL: t.URL, Outcome: crawler.Blocked,
		Reason: string(crawler.GapThrottled) + ": " + why, Started: now, Ended: now,
	}
	page.Gaps = []crawler.Gap{throttled(page, why)}
	return crawler.Event{Time: now, Page: page}
}

// noteOf says that a page is visited again.
func noteOf(away *turnedAway, wait time.Duration) crawler.Event {
	text := fmt.Sprintf("%s answered %d, it was left alone for %v and is visited again",
		away.page.Task.URL, away.page.Status, wait.Round(time.Second))
	return crawler.Event{Time: away.page.Ended, Note: &crawler.Note{Level: "info", Kind: "retry", Page: away.page.ID, Text: text}}
}

// without is what a visit yielded but for its page.
func without(got []yielded, page *crawler.Page) []yielded {
	return slices.DeleteFunc(got, func(s yielded) bool { return s.event.Page == page })
}

// joined is all that the visits of a page yielded, those that were turned away first: what these saw belongs to the page
// of the one that counts.
func joined(earlier, last []yielded, aways []string, page *crawler.Page) []yielded {
	if page != nil {
		for _, s := range earlier {
			belongsTo(s.event, aways, page.ID)
		}
	}
	return append(earlier, last...)
}

// belongsTo gives what belongs to one of the pages to another.
func belongsTo(ev crawler.Event, pages []string, to string) {
	move := func(page *string) {
		if slices.Contains(pages, *page) {
			*page = to
		}
	}
	switch {
	case ev.Request != nil:
		move(&ev.Request.Page)
	case ev.Script != nil:
		move(&ev.Script.Page)
	case ev.Use != nil:
		move(&ev.Use.Page)
	case ev.Cookie != nil:
		move(&ev.Cookie.Page)
	case ev.Storage != nil:
		move(&ev.Storage.Page)
	case ev.Gap != nil:
		move(&ev.Gap.Page)
	case ev.Note != nil:
		move(&ev.Note.Page)
	}
}

// hostOf is the host of an address with its port, as the frontier names it.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}
