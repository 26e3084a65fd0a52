package visit

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/target"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record"
	"github.com/tagscan/tagscan/crawler/web"
)

// open returns the browser context of the profile, made with its first task.
func (e *engine) open(ctx context.Context, profile string, o Options) (cdp.BrowserContextID, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.context == "" {
		id, err := e.newContext(ctx, profile, o)
		if err != nil { // the next task tries again
			return "", fmt.Errorf("making profile %q: %w", profile, err)
		}
		e.context = id
	}
	return e.context, nil
}

// newContext makes a browser context as the profile is to have it: cookies, storage and permissions of its own.
func (e *engine) newContext(ctx context.Context, profile string, o Options) (cdp.BrowserContextID, error) {
	look := o.look(profile)
	e.look.Store(&look)
	s := e.browser.Session()
	res, err := cdp.Call(ctx, s, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		return "", err
	}
	id := res.BrowserContextID
	if _, err := cdp.Call(ctx, s, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: id, EventsEnabled: new(true),
	}); err != nil {
		return "", err
	}
	if o.Location != nil {
		// Browser.grantPermissions would refuse all other permissions, background sync and reports among them.
		if err := s.Call(ctx, "Browser.setPermission", map[string]any{"permission": map[string]any{"name": "geolocation"}, "setting": "granted", "browserContextId": id}, nil); err != nil {
			return "", err
		}
	}
	if err := e.recorder.Anchor(ctx, id); err != nil {
		return "", err
	}
	if len(o.Cookies) > 0 {
		if _, err := cdp.Call(ctx, s, storage.SetCookies, storage.SetCookiesParams{Cookies: o.Cookies, BrowserContextID: id}); err != nil {
			return "", err
		}
	}
	return id, nil
}

// idleCure replaces requestIdleCallback, which full Chrome loses for one page in eight while its clock is run ahead.
const idleCure = `(() => {
  const start = () => performance.now();
  const ric = { requestIdleCallback(fn) { if (typeof fn !== 'function') throw new TypeError("Failed to execute 'requestIdleCallback' on 'Window': parameter 1 is not of type 'Function'."); const t = start(); return setTimeout(() => fn({ didTimeout: false, timeRemaining: () => Math.max(0, 50 - (performance.now() - t)) }), 1); },
    cancelIdleCallback(id) { clearTimeout(id); } };
  for (const k of Object.keys(ric)) Object.defineProperty(window, k, { value: ric[k], writable: true, configurable: true, enumerable: true });
})();
//# sourceURL=` + record.OwnScript + `idle`

// documentScripts lists what runs in every document before its own scripts.
func (v *Visitor) documentScripts() []string {
	if v.o.RealTime || v.o.Chrome.Binary.Kind == chrome.KindHeadlessShell {
		return nil
	}
	return []string{idleCure}
}

// setUp returns what is told to every new target before it runs.
func (v *Visitor) setUp(b *chrome.Browser, of *atomic.Pointer[Look]) func(*chrome.Session, string) {
	every := agentOverride(b.Info(), v.o.Locale)
	return func(s *chrome.Session, kind string) {
		if kind == "tab" {
			return
		}
		look := v.o.look("")
		if l := of.Load(); l != nil {
			look = *l
		}
		if agent := look.agent(b.Info(), every, v.o.Locale); agent != nil {
			_ = s.Send("Emulation.setUserAgentOverride", agent)
		}
		if kind != "page" && kind != "iframe" {
			return
		}
		if v.o.Timezone != "" {
			_ = s.Send("Emulation.setTimezoneOverride", map[string]any{"timezoneId": v.o.Timezone})
		}
		if look.Locale != "" {
			_ = s.Send("Emulation.setLocaleOverride", map[string]any{"locale": look.Locale})
		}
		if l := v.o.Location; l != nil {
			_ = s.Send("Emulation.setGeolocationOverride", map[string]any{"latitude": l.Latitude, "longitude": l.Longitude, "accuracy": max(l.Accuracy, 1)})
		}
		if look.Phone {
			_ = s.Send("Emulation.setTouchEmulationEnabled", map[string]any{"enabled": true, "maxTouchPoints": 5})
		}
		if w := look.Viewport; w.Width > 0 && kind == "page" {
			_ = s.Send("Emulation.setDeviceMetricsOverride", map[string]any{"width": w.Width, "height": w.Height, "deviceScaleFactor": 1, "mobile": w.Mobile})
		}
		if len(v.o.Storage) > 0 {
			_ = s.Send("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": storageScript(v.o.Storage), "runImmediately": true})
		}
	}
}

// agentOverride makes headless-shell's user agent and client hints those of the browser with a window; it names itself
// in both otherwise. Full Chrome needs only its switch. nil: nothing to override.
func agentOverride(b crawler.Browser, locale string) map[string]any {
	if b.Kind != chrome.KindHeadlessShell {
		return nil
	}
	full := b.Product[strings.LastIndexByte(b.Product, '/')+1:]
	major, _, _ := strings.Cut(full, ".")
	brands := func(version, grease string) []map[string]string {
		return []map[string]string{{"brand": "Chromium", "version": version}, {"brand": "Not_A Brand", "version": grease}}
	}
	if locale == "" {
		locale = "en-US"
	}
	return map[string]any{
		"userAgent": b.UserAgent, "acceptLanguage": locale, "platform": "Linux x86_64",
		"userAgentMetadata": map[string]any{
			"brands": brands(major, "99"), "fullVersionList": brands(full, "99.0.0.0"), "fullVersion": full,
			"platform": "Linux", "platformVersion": "", "architecture": "x86", "model": "", "mobile": false, "bitness": "64", "wow64": false,
		},
	}
}

// inject returns the headers to add to a request: only those of its exact origin.
func (o Options) inject() func(string) []crawler.Header {
	by := map[string][]crawler.Header{}
	for _, or := range o.Origins {
		if len(or.Headers) > 0 {
			by[originOf(or.Origin)] = append(by[originOf(or.Origin)], or.Headers...)
		}
	}
	if len(by) == 0 {
		return nil
	}
	return func(u string) []crawler.Header { return by[originOf(u)] }
}

// credentials returns the password for an origin that asks for one.
func (o Options) credentials() func(string) (string, string, bool) {
	if !slices.ContainsFunc(o.Origins, func(or Origin) bool { return or.User != "" }) {
		return nil
	}
	return func(origin string) (string, string, bool) {
		for _, or := range o.Origins {
			if or.User != "" && originOf(or.Origin) == originOf(origin) {
				return or.User, or.Password, true
			}
		}
		return "", "", false
	}
}

// originOf is the origin of a URL with its port always said.
func originOf(u string) string {
	p, err := url.Parse(u)
	if err != nil || p.Host == "" {
		return ""
	}
	return p.Scheme + "://" + strings.ToLower(p.Hostname()) + ":" + web.Port(p)
}
