package visit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record"
	"github.com/tagscan/tagscan/crawler/shown"
	"github.com/tagscan/tagscan/crawler/web"
)

// visit is one visit under way.
type visit struct {
	v       *Visitor
	e       *engine
	task    crawler.Task
	page    crawler.Page
	tab     *Tab
	closed  func()            // gives its place among the open pages back
	lost    bool              // the browser went away
	failure string            // the browser's word for why there is no page; "": there is one
	why     []string          // why the visit is partial
	rest    []crawler.Event   // cookies and storage
	jar     []*network.Cookie // the profile's cookies at the end; nil: they could not be read

	integrity map[[2]string]string // integrity attributes, by the URLs of document and script
	frameAsks []string             // scripts that documents of frames say they have asked for
	sandbox   map[string]string    // sandbox attributes, by frame

	speculated int // sets of speculation rules that have taken effect

	facts   shown.Facts
	walled  []crawler.Gap  // frames that show a wall
	instead *shown.Instead // what was shown instead of the page; nil: the page, as far as is known
}

func newVisit(v *Visitor, e *engine, task crawler.Task) *visit {
	return &visit{
		v: v, e: e, task: task, closed: func() {}, integrity: map[[2]string]string{}, sandbox: map[string]string{},
		page: crawler.Page{ID: v.nextID("p"), Task: task, URL: task.URL, Started: time.Now().UTC()},
		facts: shown.Facts{
			Asked: task.URL, SignIn: v.o.SignIn, Flow: task.Via == "flow", Start: task.Via == "seed", Named: task.Via == "list",
			Claimed: v.o.Recording == nil || v.o.Recording.signsIn(),
		},
	}
}

// gap notes what was not seen on the page.
func (p *visit) gap(g crawler.Gap) {
	g.Page, g.Profile, g.Consent = p.page.ID, p.task.Profile, p.task.Consent
	p.page.Gaps = append(p.page.Gaps, g)
}

// browserLost reports whether the visit ended because its browser did.
func (p *visit) browserLost() bool { return p.lost }

// partial notes what was missed.
func (p *visit) partial(word string, err error) {
	p.why = append(p.why, fmt.Sprintf("%s: %v", word, err))
}

// run makes the visit, once there is room for it, and returns its events, the Page last. The error says that ctx ended
// before.
func (p *visit) run(ctx context.Context) (events []crawler.Event, err error) {
	if err := allowed(p.task.URL); err != nil {
		return p.failed(crawler.Failed, err.Error()), nil
	}
	opened, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer p.closed()
	var before []crawler.Event
	if p.v.o.Recording != nil {
		var failed error
		if before, failed = p.e.replay(ctx, p.v, p.task); failed != nil {
			return append(before, p.failed(crawler.Blocked, "sign-in: the recording could not be replayed: "+failed.Error())...), nil
		}
		opened = p.open(ctx)
	}
	if opened != nil {
		p.opensNothing(ctx)
		return append(before, p.failed(crawler.Failed, "browser: "+opened.Error())...), nil
	}
	p.begin()
	ctx, cancel := p.e.browser.WithPatience(ctx, p.v.o.Timeout, fmt.Errorf("%w: the visit took %v", record.ErrTimeout, p.v.o.Timeout))
	defer cancel()
	p.live(ctx)
	return append(before, p.leave()...), nil
}

// enter waits until one more page may be open. Its tab is opened meanwhile, unless a recording is to be replayed first; opened
// says how that went.
func (p *visit) enter(ctx context.Context) (opened, err error) {
	if p.v.o.Recording == nil {
		rise, err := p.v.ready.enter(ctx)
		if err != nil {
			return nil, err
		}
		defer rise()
		opened = p.open(ctx)
	}
	if p.closed, err = p.v.tabs.enter(ctx); err == nil && p.v.o.Before != nil {
		if err = p.v.o.Before(ctx, p.task); err != nil {
			p.closed()
		}
	}
	if err != nil && p.tab != nil {
		p.tab.rec.Discard(context.WithoutCancel(ctx))
	}
	return opened, err
}

// failed ends a visit before it began.
func (p *visit) failed(o crawler.Outcome, why string) []crawler.Event {
	p.page.Outcome, p.page.Reason = o, why
	return p.events(nil)
}

// allowed refuses what is not the web: a page must not make tagscan read files of this machine.
func allowed(u string) error {
	parsed, err := url.Parse(u)
	if err != nil {
		return fmt.Errorf("url: %w", err)
	}
	if s := strings.ToLower(parsed.Scheme); s != "http" && s != "https" || parsed.Host == "" {
		return fmt.Errorf("url: %q is not an http or https address", u)
	}
	return nil
}

// opensNothing gives up a browser that cannot open a tab any more, because it is about to end or gives the tab a renderer
// that is stuck: another one is started for the next visit, and for this one.
func (p *visit) opensNothing(ctx context.Context) {
	if ctx.Err() == nil {
		p.lost = true
		p.e.broken.Store(true)
	}
}

// openCap bounds the opening of a tab, which takes a tenth of a second.
const openCap = 8 * time.Second

func (p *visit) open(ctx context.Context) error {
	ctx, cancel := p.e.browser.WithPatience(ctx, openCap, fmt.Errorf("%w: no tab after %v", record.ErrTimeout, openCap))
	defer cancel()
	id, err := p.e.open(ctx, p.task.Profile, p.v.o)
	if err != nil {
		return err
	}
	t, err := p.e.recorder.Open(ctx, id)
	if err != nil {
		return err
	}
	p.tab = &Tab{rec: t, v: p.v, browser: p.e.browser, context: id, clock: newClock(t, p.e.browser, p.v.o)}
	return nil
}

// begin begins to record in the tab that open made.
func (p *visit) begin() {
	p.page.Started = time.Now().UTC()
	p.tab.rec.Begin(record.Meta{Page: p.page.ID, Task: p.task})
	if p.v.o.Choice != nil {
		p.tab.SetConsent(p.v.o.Choice.State(p.task))
	}
}

// live is what happens between opening and leaving. A page that no longer answers is left at once; everything else that
// goes wrong is noted, and the next step is made.
func (p *visit) live(ctx context.Context) {
	defer p.guard(ctx)()
	if !p.load(ctx) {
		return
	}
	choose, chooseLate, recorded := p.choose, p.chooseLate, p.recorded
	if p.v.o.Choice == nil {
		choose, chooseLate, recorded = nil, nil, nil
	}
	var privacyControl func(context.Context, *Tab) error
	if p.task.Consent == crawler.GPC {
		privacyControl = checkGPC
	}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"speculation", p.speculate},
		{"manifest", p.manifest},
		{"settle", func(ctx context.Context) error { return p.tab.clock.settle(ctx, p.v.o.Dwell/3) }},
		{"show", func(context.Context) error { p.tab.shown(); return nil }},
		{"consent", p.hook(choose)},
		{"privacy control", p.hook(privacyControl)},
		{"after load", p.hook(p.v.o.AfterLoad)},
		{"scroll", p.tab.stroll},
		{"settle", func(ctx context.Context) error { return p.tab.clock.settle(ctx, p.v.o.Dwell) }},
		{"late consent", p.hook(chooseLate)},
		{"speculation", p.speculate},
		{"workers", func(ctx context.Context) error { return p.tab.clock.attend(ctx, &p.v.quiet, p.v.o.Dwell) }},
		{"look", p.look},
		{"late timers", p.lateTimers},
		{"observe", p.observe},
		{"interact", p.interact},
		{"before leaving", p.hook(p.v.o.BeforeLeave)},
		{"record of consent", p.hook(recorded)},
		{"connections", p.connections},
		{"collect", p.collect},
	}
	for _, s := range steps {
		err := s.do(ctx)
		if err == nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			p.stopped(s.name, err)
		}
		if st := p.tab.rec.State(); st.Crashed || st.Gone || ctx.Err() != nil || p.e.browser.Err() != nil {
			return
		}
		if err != nil && !errors.Is(err, errSlow) && !p.tab.alive(ctx) {
			return
		}
	}
}

// manifest has the page's web app manifest fetched, which Chrome with a window does by itself to learn whether the page can
// be installed. Without one nothing is fetched.
func (p *visit) manifest(context.Context) error {
	return p.tab.rec.Main().Send("Page.getAppManifest", nil)
}

// choose answers the consent dialog. What is sent from then on is sent in the state that was chosen.
func (p *visit) choose(ctx context.Context, t *Tab) error {
	return p.v.o.Choice.Answer(ctx, t, &p.page)
}

// chooseLate answers a dialog that came after it was looked for, and gives what is sent then its time. What nobody understood is
// a gap.
func (p *visit) chooseLate(ctx context.Context, t *Tab) error {
	if d := p.page.Dialog; d != nil && !d.Seen && d.Puzzle == "" {
		late, err := p.v.o.Choice.Late(ctx, t, &p.page)
		if err != nil {
			return err
		}
		if late {
			if err := p.tab.clock.settle(ctx, p.v.o.Dwell/3); err != nil {
				return err
			}
		}
	}
	if d := p.page.Dialog; d != nil && d.Puzzle != "" {
		text := "something speaks of cookies and was not understood: " + d.Puzzle
		p.gap(crawler.Gap{Kind: crawler.GapDialog, Where: p.tab.URL(), Text: text})
	}
	return nil
}

// connections has the page's WebRTC connections told. What does not answer is not waited for.
func (p *visit) connections(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.tab.browser.Patient(evalTimeout))
	defer cancel()
	p.tab.rec.Connections(ctx)
	return nil
}

// recorded reads what the site has on record about consent.
func (p *visit) recorded(ctx context.Context, t *Tab) error {
	return p.v.o.Choice.Leave(ctx, t, &p.page)
}

// stopped notes why a step was not finished.
func (p *visit) stopped(step string, err error) {
	switch {
	case errors.Is(err, chrome.ErrCrashed):
		why := "the page's renderer crashed"
		if p.tab.rec.State().OutOfMemory {
			why = "the page used up its memory"
		}
		p.partial("crash", errors.New(why))
	case errors.Is(err, record.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		p.partial("timeout", fmt.Errorf("%s: %w", step, err))
	case errors.Is(err, context.Canceled):
		p.partial("interrupted", errors.New(step))
	default:
		p.partial(step, err)
	}
}

// hook lets others act on the tab.
func (p *visit) hook(fn func(context.Context, *Tab) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if fn == nil {
			return nil
		}
		return fn(ctx, p.tab)
	}
}

// load navigates and waits for the load event. It reports whether there is a page to go on with.
func (p *visit) load(ctx context.Context) bool {
	ctx, cancel := p.e.browser.WithPatience(ctx, p.v.o.Load, fmt.Errorf("%w: no load event after %v", record.ErrTimeout, p.v.o.Load))
	defer cancel()
	done := make(chan error, 1)
	go func() {
		res, err := cdp.Call(ctx, p.tab.rec.Main(), page.Navigate, page.NavigateParams{URL: p.task.URL, TransitionType: page.TransitionTypeTyped})
		if err == nil && res.ErrorText != "" {
			err = navigationError{text: res.ErrorText, download: res.IsDownload}
		}
		done <- err
	}()
	err := p.tab.rec.Wait(ctx, func(s record.State) bool {
		return !s.Loaded.IsZero() || !s.Stopped.IsZero() || s.DocumentErr != "" || s.Runaway
	})
	if err != nil {
		p.stopped("navigation", err)
		if st := p.tab.rec.State(); st.Status == 0 || st.Crashed || p.e.browser.Err() != nil {
			return false
		}
		// The page goes on with what it has, if its main thread can be had back.
		_ = p.tab.rec.Main().Send("Page.stopLoading", nil)
		_ = p.tab.rec.Main().Send("Runtime.terminateExecution", nil)
		return p.tab.alive(context.WithoutCancel(ctx))
	}
	var nav navigationError
	st := p.tab.rec.State()
	if st.DocumentErr != "" {
		if err := <-done; errors.As(err, &nav) {
			p.fail(nav)
			return false
		}
		if st.DocumentErr != "" && st.Loaded.IsZero() {
			p.fail(navigationError{text: st.DocumentErr})
			return false
		}
	}
	if isFile(st.MIME) && st.Status < http.StatusBadRequest {
		p.download("the address is a file: " + st.MIME)
		return false
	}
	return true
}

// navigationError is why the main document could not be shown.
type navigationError struct {
	text     string // net::ERR_…
	download bool
}

func (e navigationError) Error() string { return e.text }

// fail notes that there is no page.
func (p *visit) fail(e navigationError) {
	status := p.tab.rec.State().Status
	switch nothing := status == http.StatusNoContent || status == http.StatusResetContent; {
	case e.download:
		p.download("the address is a download")
		return
	case nothing && !p.asked():
		p.download(fmt.Sprintf("the server answered %d: there is nothing to show", status))
		return
	}
	p.page.Outcome, p.page.Reason = classify(e)
	p.failure = e.text
}

// asked reports whether somebody named the page: it was not found on another, nor by an earlier crawl.
func (p *visit) asked() bool {
	return p.task.Via != "link" && p.task.Via != "sitemap" && p.task.Via != "earlier"
}

// classify turns Chrome's error into an outcome with a stable first word.
func classify(e navigationError) (crawler.Outcome, string) {
	word := func(w string) string { return w + ": " + e.text }
	t := strings.TrimPrefix(e.text, "net::")
	switch {
	case strings.HasPrefix(t, "ERR_NAME_"):
		return crawler.Failed, word("dns")
	case strings.HasPrefix(t, "ERR_CERT_"), strings.HasPrefix(t, "ERR_SSL_"), strings.Contains(t, "BAD_SSL"):
		return crawler.Failed, word("tls")
	case strings.HasPrefix(t, "ERR_CONNECTION_"), strings.HasPrefix(t, "ERR_ADDRESS_"), t == "ERR_UNSAFE_PORT", t == "ERR_TIMED_OUT", t == "ERR_EMPTY_RESPONSE", t == "ERR_INTERNET_DISCONNECTED":
		return crawler.Failed, word("connect")
	case strings.HasPrefix(t, "ERR_PROXY_"), strings.HasPrefix(t, "ERR_TUNNEL_"), strings.HasPrefix(t, "ERR_SOCKS_"):
		return crawler.Failed, word("proxy")
	case strings.HasPrefix(t, "ERR_PRIVATE_"):
		return crawler.Failed, word("private")
	case t == "ERR_TOO_MANY_REDIRECTS":
		return crawler.Failed, word("redirects")
	case t == "ERR_INVALID_AUTH_CREDENTIALS":
		return crawler.Blocked, word("auth")
	case strings.HasPrefix(t, "ERR_HTTP2_"), strings.HasPrefix(t, "ERR_QUIC_"), strings.HasPrefix(t, "ERR_INVALID_"), strings.HasPrefix(t, "ERR_RESPONSE_HEADERS"):
		return crawler.Failed, word("protocol")
	case t == "ERR_ABORTED":
		return crawler.Blocked, word("no_content")
	}
	return crawler.Failed, word("navigation")
}

const (
	leaveCap = 5 * time.Second // for what a page does on leaving, whatever became of the visit
	tellCap  = 5 * time.Second // for the network log and the bodies of a page that has gone
	endCap   = time.Second     // from the end of a browser's pages to its own
)

// lookForEnd waits a moment for the end of a browser whose page went away by itself: one that ends closes its pages first.
func (p *visit) lookForEnd(ctx context.Context) {
	if !p.tab.rec.State().Gone {
		return
	}
	select {
	case <-p.e.browser.Done():
	case <-time.After(p.e.browser.Patient(endCap)):
	case <-ctx.Done():
	}
}

// leave hides and closes the page, waits for what it sends while going, and ends the visit.
func (p *visit) leave() []crawler.Event {
	ctx, cancel := p.e.browser.WithPatience(context.Background(), leaveCap, context.DeadlineExceeded)
	defer cancel()
	p.lookForEnd(ctx)
	if p.e.browser.Err() == nil {
		if len(p.page.Typed) == 0 { // else it is Typing to the end: nothing is submitted
			p.tab.SetPhase(crawler.Leaving)
		}
		p.tab.leave(ctx, p.closed)
		p.tab.reported()
	} else {
		p.lost = true
		p.partial("browser", p.e.browser.Err())
	}
	st := p.tab.rec.State()
	told, cancel := p.e.browser.WithPatience(context.Background(), tellCap, context.DeadlineExceeded)
	defer cancel()
	recorded, counts := p.tab.rec.Release(told)
	p.page.Counts = counts
	var events []crawler.Event
	for ev := range recorded {
		if s := ev.Script; s != nil && s.URL != "" {
			s.Integrity = p.integrity[[2]string{s.Frame, web.WithoutFragment(s.URL)}]
		}
		p.v.explain(ev.Request)
		events = append(events, ev)
	}
	p.explainFailure(events)
	p.conclude(st, events)
	return p.events(events)
}

// conclude fills in what the page's outcome is, and what was not seen.
func (p *visit) conclude(st record.State, events []crawler.Event) {
	g := &p.page
	g.Status, g.Loaded, g.Clock = st.Status, st.Loaded, p.tab.clock.result()
	if st.URL != "" && st.URL != "about:blank" {
		g.URL = st.URL
	}
	if g.Outcome != "" {
		return
	}
	if g.Counts.CapsReached != nil {
		p.partial("caps", errors.New(strings.Join(g.Counts.CapsReached, ", ")))
	}
	if n := g.Counts.DecodeFailed; n > 0 {
		p.partial("protocol", fmt.Errorf("%d messages not understood", n))
	}
	if n := g.Counts.BodiesMissing; n > 0 {
		p.partial("bodies", fmt.Errorf("%d request bodies could not be read", n))
	}
	if st.Runaway {
		p.partial("navigations", errors.New("the page loads itself again and again"))
	}
	if st.Crashed && len(p.why) == 0 {
		p.partial("crash", errors.New("the page's renderer crashed"))
	}
	p.weigh(st, events)
	if p.facts.Cut && p.instead == nil {
		p.partial("document", errors.New("the document was cut off on the way"))
	}
	switch {
	case p.lost || st.Status == 0 && st.Loaded.IsZero():
		g.Outcome = crawler.Failed
	case p.instead != nil:
		g.Outcome = crawler.Blocked
		p.why = append([]string{p.instead.Reason()}, p.why...)
	case st.Status >= 400:
		g.Outcome = crawler.Blocked
		p.why = append([]string{fmt.Sprintf("status: the server answered %d", st.Status)}, p.why...)
	case len(p.why) > 0:
		g.Outcome = crawler.Partial
	default:
		g.Outcome = crawler.Complete
	}
	g.Reason = strings.Join(p.why, "; ")
}

// weigh tells from all that is known whether it was the page, and what it wanted to load and did not get.
func (p *visit) weigh(st record.State, events []crawler.Event) {
	f := &p.facts
	f.Status = st.Status
	f.Gather(events, p.page.URL, func(document, script string) bool {
		return p.integrity[[2]string{document, web.WithoutFragment(script)}] != ""
	})
	f.Unrecorded(p.frameAsks, events)
	if f.URL == "" {
		f.URL = p.page.URL
	}
	if p.v.o.Recording == nil { // else it may have signed in anew
		f.Ended = sessionOf(&p.v.o).ended(f.URL, p.jar)
	}
	if p.instead = f.Instead(); p.instead != nil {
		p.gap(crawler.Gap{Kind: p.instead.Kind, Where: p.page.URL, Text: p.instead.Text})
	}
	if p.instead == nil && st.Status < http.StatusBadRequest && f.Absent() {
		p.gap(crawler.Gap{Kind: crawler.GapPageMissing, Where: p.page.URL, Text: "a page says that it is not there, and its server does not"})
	}
	for _, g := range append(f.LoadGaps(), p.walled...) {
		p.gap(g)
	}
	if n, ok := f.Unbuilt(); ok && p.instead == nil && st.Status < http.StatusBadRequest {
		p.gap(crawler.Gap{Kind: crawler.GapLoadFailed, Where: p.page.URL, Count: n, Text: "none of the site's own scripts could be loaded"})
	}
}

// events puts the Page at the end of what was recorded.
func (p *visit) events(recorded []crawler.Event) []crawler.Event {
	p.page.Ended = time.Now().UTC()
	for i := range p.rest {
		p.rest[i].Time = p.page.Ended
	}
	return append(append(recorded, p.rest...), crawler.Event{Time: p.page.Ended, Page: &p.page})
}
