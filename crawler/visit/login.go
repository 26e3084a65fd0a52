package visit

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/target"

	"github.com/tagscan/tagscan/crawler/chrome"
)

// LoginOptions say when a person has finished to log in: with the first of these, or when the window is closed.
type LoginOptions struct {
	Chrome chrome.Options
	Done   <-chan struct{} // closed when the person says so; may be nil
	Until  *SignIn         // holds on a page; nil: not looked for
}

// storages reads what a frame's site keeps in the browser and in the tab.
const storages = `(() => { try {
	return {Origin: location.origin, Local: {...localStorage}, OfTab: {...sessionStorage}}
} catch (e) { return {Origin: ''} } })()`

// lookEvery is how often a login in progress is looked at. What it has shown is kept, so a window that is closed loses at
// most as much.
const lookEvery = 300 * time.Millisecond

// Login opens a window at a URL, lets a person log in, and returns the session: cookies of all domains, and the web storage
// of all origins that were visited.
func Login(ctx context.Context, url string, o LoginOptions) (s Session, err error) {
	if err := allowed(url); err != nil {
		return s, err
	}
	b, err := chrome.Launch(ctx, o.Chrome)
	if err != nil {
		return s, fmt.Errorf("login: %w", err)
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	l := &login{b: b, sessions: map[target.ID]*chrome.Session{}, local: map[string]map[string]string{}, ofTabs: map[string]map[string]string{}}
	defer b.Listen(l.pass)()
	if err := b.Session().Call(ctx, "Target.setDiscoverTargets", map[string]any{"discover": true}, nil); err != nil {
		return s, fmt.Errorf("login: %w", err)
	}
	if _, err := cdp.Call(ctx, b.Session(), target.CreateTarget, target.CreateTargetParams{URL: url}); err != nil {
		return s, fmt.Errorf("login: %w", err)
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return s, context.Cause(ctx)
		case <-o.Done:
			l.look(ctx, nil)
			l.revisit(ctx)
			return l.session()
		case <-b.Done():
			return l.session()
		case <-tick.C:
		}
		open, held := l.look(ctx, o.Until)
		if held {
			l.revisit(ctx)
			l.look(ctx, nil)
		}
		if held || !open && l.seen {
			return l.session()
		}
	}
}

// login is one in progress.
type login struct {
	b        *chrome.Browser
	sessions map[target.ID]*chrome.Session
	seen     bool // a page was open
	cookies  []SessionCookie
	local    map[string]map[string]string // by origin
	ofTabs   map[string]map[string]string // session storage, by origin

	mu     sync.Mutex
	passed []string // origins of documents that were open, if only for a moment
}

// pass notes where a page or a frame is.
func (l *login) pass(ev chrome.Event) {
	var e struct {
		Info struct {
			Type string `json:"type"`
			URL  string `json:"url"`
		} `json:"targetInfo"`
	}
	if ev.Method != "Target.targetInfoChanged" && ev.Method != "Target.targetCreated" || json.Unmarshal(ev.Params, &e) != nil {
		return
	}
	if o := origin(e.Info.URL); strings.HasPrefix(o, "http") {
		l.mu.Lock()
		defer l.mu.Unlock()
		if !slices.Contains(l.passed, o) && len(l.passed) < 200 {
			l.passed = append(l.passed, o)
		}
	}
}

// session is what was seen last.
func (l *login) session() (Session, error) {
	s := Session{Cookies: l.cookies, Origins: []SessionOrigin{}}
	for _, o := range slices.Sorted(maps.Keys(l.local)) {
		so := SessionOrigin{Origin: o, LocalStorage: entriesOf(l.local[o]), SessionStorage: entriesOf(l.ofTabs[o])}
		if len(so.LocalStorage)+len(so.SessionStorage) > 0 {
			s.Origins = append(s.Origins, so)
		}
	}
	if len(s.Cookies) == 0 && len(s.Origins) == 0 {
		return s, errors.New("login: the site has set no cookie and stored nothing")
	}
	return s, nil
}

// look takes what the browser holds now. open says that a page is open, held that until holds on one.
func (l *login) look(ctx context.Context, until *SignIn) (open, held bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var res struct {
		Infos []struct {
			ID   target.ID `json:"targetId"`
			Type string    `json:"type"`
			URL  string    `json:"url"`
		} `json:"targetInfos"`
	}
	if l.b.Session().Call(ctx, "Target.getTargets", nil, &res) != nil {
		return false, false
	}
	for _, info := range res.Infos {
		if info.Type != "page" && info.Type != "iframe" || strings.HasPrefix(info.URL, "devtools:") {
			continue
		}
		open = open || info.Type == "page"
		if s := l.attach(ctx, info.ID); s != nil {
			l.documents(ctx, s)
			held = held || until != nil && info.Type == "page" && holds(ctx, s, *until)
		}
	}
	l.seen = l.seen || open
	if open {
		l.jar(ctx)
	}
	return open, held
}

func (l *login) attach(ctx context.Context, id target.ID) *chrome.Session {
	if s := l.sessions[id]; s != nil {
		return s
	}
	at, err := cdp.Call(ctx, l.b.Session(), target.AttachToTarget, target.AttachToTargetParams{TargetID: id, Flatten: new(true)})
	if err != nil {
		return nil
	}
	l.sessions[id] = l.b.Target(at.SessionID)
	return l.sessions[id]
}

// jar keeps all cookies.
func (l *login) jar(ctx context.Context) {
	res, err := cdp.Call(ctx, l.b.Session(), storage.GetCookies, storage.GetCookiesParams{})
	if err != nil {
		return
	}
	l.cookies = l.cookies[:0]
	for _, c := range res.Cookies {
		k := SessionCookie{Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, Expires: -1, HTTPOnly: c.HTTPOnly, Secure: c.Secure, SameSite: string(c.SameSite)}
		if !c.Session && c.Expires > 0 {
			k.Expires = float64(c.Expires)
		}
		l.cookies = append(l.cookies, k)
	}
}

// entriesOf are the entries of a storage in order.
func entriesOf(storage map[string]string) []NameValue {
	entries := []NameValue{}
	for _, k := range slices.Sorted(maps.Keys(storage)) {
		entries = append(entries, NameValue{Name: k, Value: storage[k]})
	}
	return entries
}

// documents keeps the web storage of every frame of a target.
func (l *login) documents(ctx context.Context, s *chrome.Session) {
	tree, err := cdp.Call(ctx, s, page.GetFrameTree, cdp.Empty{})
	if err != nil || tree.FrameTree == nil {
		return
	}
	var walk func(t *page.FrameTree)
	walk = func(t *page.FrameTree) {
		var got struct {
			Origin string
			Local  map[string]string
			OfTab  map[string]string
		}
		if evalIn(ctx, s, t.Frame.ID, storages, &got) == nil && strings.HasPrefix(got.Origin, "http") {
			l.local[got.Origin] = got.Local
			if len(got.OfTab) > 0 { // a tab that was only passed, or that tagscan opened, has none
				l.ofTabs[got.Origin] = got.OfTab
			}
		}
		for _, c := range t.ChildFrames {
			walk(c)
		}
	}
	walk(tree.FrameTree)
}

// revisit reads the local storage of origins that have cookies or were passed too fast, each in an empty document of that
// origin that tagscan itself answers: nothing is asked of the site.
func (l *login) revisit(ctx context.Context) {
	l.mu.Lock()
	want := slices.Clone(l.passed)
	l.mu.Unlock()
	for _, c := range l.cookies {
		scheme := map[bool]string{true: "https://", false: "http://"}[c.Secure]
		want = append(want, scheme+strings.TrimPrefix(c.Domain, "."))
	}
	slices.Sort(want)
	for _, o := range slices.Compact(want) {
		if l.local[o] == nil {
			l.blank(ctx, o)
		}
	}
}

func (l *login) blank(ctx context.Context, o string) {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	res, err := cdp.Call(ctx, l.b.Session(), target.CreateTarget, target.CreateTargetParams{URL: "about:blank", Background: new(true)})
	if err != nil {
		return
	}
	defer func() {
		delete(l.sessions, res.TargetID)
		_ = l.b.Session().Send("Target.closeTarget", map[string]any{"targetId": res.TargetID})
	}()
	s := l.attach(ctx, res.TargetID)
	if s == nil || s.Call(ctx, "Fetch.enable", map[string]any{}, nil) != nil {
		return
	}
	paused, stop := s.Subscribe("Fetch.requestPaused")
	defer stop()
	go func() {
		for raw := range paused {
			var p struct {
				ID string `json:"requestId"`
			}
			if json.Unmarshal(raw, &p) == nil {
				_ = s.Send("Fetch.fulfillRequest", map[string]any{
					"requestId": p.ID, "responseCode": 200, "body": base64.StdEncoding.EncodeToString([]byte("<!doctype html>")),
					"responseHeaders": []map[string]string{{"name": "content-type", "value": "text/html"}},
				})
			}
		}
	}()
	if _, err := cdp.Call(ctx, s, page.Navigate, page.NavigateParams{URL: o + "/"}); err == nil {
		l.documents(ctx, s)
	}
}

// evalIn runs an expression in a frame, in a world of its own.
func evalIn(ctx context.Context, s *chrome.Session, frame cdp.FrameID, expression string, result any) error {
	w, err := cdp.Call(ctx, s, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame, WorldName: world})
	if err != nil {
		return err
	}
	res, err := cdp.Call(ctx, s, runtime.Evaluate, runtime.EvaluateParams{Expression: expression, ContextID: w.ExecutionContextID, ReturnByValue: new(true)})
	return decode(res, err, result)
}

// holds reports whether until holds on a page.
func holds(ctx context.Context, s *chrome.Session, until SignIn) bool {
	tree, err := cdp.Call(ctx, s, page.GetFrameTree, cdp.Empty{})
	if err != nil || tree.FrameTree == nil {
		return false
	}
	var found struct {
		Match bool
		URL   string
	}
	if evalIn(ctx, s, tree.FrameTree.Frame.ID, "("+matchJS+")("+quote(until.Selector)+")", &found) != nil {
		return false
	}
	return (until.Selector == "" || found.Match) && strings.Contains(found.URL, until.URL)
}

// matchJS looks for the selector, in open shadow roots too.
const matchJS = `(sel) => {
  const roots = [document];
  for (let i = 0; i < roots.length && roots.length < 300; i++) for (const e of roots[i].querySelectorAll('*')) if (e.shadowRoot) roots.push(e.shadowRoot);
  const out = { Match: false, URL: location.href };
  if (sel) try { out.Match = roots.some((r) => r.querySelector(sel)); } catch (e) {}
  return out;
}`
