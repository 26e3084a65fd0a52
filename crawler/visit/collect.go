package visit

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/storage"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/record"
	"github.com/tagscan/tagscan/crawler/web"
)

// collectJS reads what one document shows; see collected for what it returns.
//
//go:embed collect.js
var collectJS string

// collected is what collect.js returns of a document.
type collected struct {
	URL     string
	Title   string
	HTML    string // main document only
	Links   []string
	Fields  []string
	Cookies []string
	Local   map[string]string
	Session map[string]string
	CSP     string
	Sandbox []string // sandbox attributes of the child frames, in the order of their elements: URL, attribute
	// Integrity are the integrity attributes of the document's script elements, by the URL of the script.
	Integrity map[string]string
	Asked     []string // scripts that a frame's document had asked for, as the document itself says
	Facts     crawler.SiteFacts
	Clock     float64 // ms since the epoch by the page's clock
	Uptime    float64 // ms since navigation by the page's clock
}

// collect reads the page before it is left: one evaluation per frame.
func (p *visit) collect(ctx context.Context) error {
	ctx, cancel := p.e.browser.WithPatience(ctx, collectCap, fmt.Errorf("%w: it took %v", record.ErrTimeout, collectCap))
	defer cancel()
	var docs []document
	for i, f := range p.tab.Frames() {
		var c collected
		if err := p.tab.EvaluateIn(ctx, f, "("+collectJS+")("+map[bool]string{true: "true", false: "false"}[i == 0]+")", &c); err != nil {
			if i == 0 {
				return err
			}
			continue
		}
		if i == 0 {
			p.main(&c)
		}
		docs = append(docs, document{f, c})
	}
	p.sandboxes(ctx, docs)
	for i := range docs {
		p.document(docs[i].frame, &docs[i].collected, p.policy(docs, i))
	}
	p.tab.rec.KeepAnswers(ctx, web.Site)
	if err := p.cookies(ctx); err != nil {
		return err
	}
	if p.v.o.Screenshot {
		if b, err := p.tab.Screenshot(ctx); err == nil {
			p.page.Screenshot = crawler.NewBody(b)
		}
	}
	return nil
}

// collectCap is how long all that a page shows may take to read.
const collectCap = 15 * time.Second

// main takes what only the main document says.
func (p *visit) main(c *collected) {
	g := &p.page
	g.Title, g.Links, g.Facts = c.Title, c.Links, c.Facts
	g.HTML = crawler.NewBody([]byte(c.HTML))
	p.tab.clock.skew = time.Duration(c.Clock*float64(time.Millisecond)) - time.Duration(time.Now().UnixNano())
	lived, given := time.Duration(c.Uptime*float64(time.Millisecond)), p.tab.clock.spent
	if p.tab.clock.virtual && p.tab.rec.State().Navigations == 1 && lived < given-clockSlack {
		p.partial("clock", fmt.Errorf("the page lived %v of the %v that it was given", lived.Round(time.Second), given.Round(time.Second)))
	}
}

// clockSlack is how much of its time a page may have missed.
const clockSlack = 2 * time.Second

// document takes what scripts in a document could read.
func (p *visit) document(f Frame, c *collected, csp string) {
	r := crawler.Reach{Frame: c.URL, Fields: c.Fields, Cookies: c.Cookies, CSP: csp, Sandbox: p.sandbox[f.ID]}
	for script, value := range c.Integrity {
		p.integrity[[2]string{c.URL, web.WithoutFragment(script)}] = value
	}
	for _, script := range c.Asked {
		p.frameAsks = append(p.frameAsks, web.WithoutFragment(script))
	}
	for area, entries := range map[string]map[string]string{"local": c.Local, "session": c.Session} {
		for _, k := range sortedKeys(entries) {
			r.Storage = append(r.Storage, area+":"+k)
			p.rest = append(p.rest, crawler.Event{Storage: &crawler.Storage{
				Page: p.page.ID, Profile: p.task.Profile, Consent: p.task.Consent, Origin: origin(c.URL), Area: area, Key: k, Value: entries[k],
			}})
		}
	}
	if len(r.Fields)+len(r.Cookies)+len(r.Storage) > 0 || r.CSP != "" || r.Sandbox != "" || f.Parent == "" {
		p.page.Reach = append(p.page.Reach, r)
	}
}

// cookies takes the profile's cookies, HttpOnly ones too.
func (p *visit) cookies(ctx context.Context) error {
	res, err := cdp.Call(ctx, p.e.browser.Session(), storage.GetCookies, storage.GetCookiesParams{BrowserContextID: p.tab.context})
	if err != nil {
		return err
	}
	p.jar = res.Cookies
	for _, c := range res.Cookies {
		k := &crawler.Cookie{
			Page: p.page.ID, Profile: p.task.Profile, Consent: p.task.Consent, Name: c.Name, Value: c.Value, Domain: c.Domain,
			Path: c.Path, HTTPOnly: c.HTTPOnly, Secure: c.Secure, SameSite: string(c.SameSite),
		}
		if !c.Session && c.Expires > 0 {
			k.Expires = time.Unix(int64(c.Expires), 0).UTC()
		}
		p.rest = append(p.rest, crawler.Event{Cookie: k})
	}
	return nil
}

// storageScript puts local storage entries into documents of their origin, once for each entry that is not there yet.
func storageScript(entries []crawler.Storage) string {
	b, err := json.Marshal(entries)
	if err != nil {
		return ""
	}
	return `(() => { try { for (const e of ` + string(b) + `) if (e.origin === location.origin && (e.area === 'local' || e.area === 'session')) { const s = e.area === 'local' ? localStorage : sessionStorage; if (s.getItem(e.key) === null) s.setItem(e.key, e.value); } } catch (e) {} })();
//# sourceURL=tagscan://storage`
}

// sortedKeys returns the keys of a map in order.
func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// origin is the scheme, host and port of a URL.
func origin(u string) string {
	p, err := url.Parse(u)
	if err != nil || p.Host == "" {
		return "null"
	}
	return p.Scheme + "://" + p.Host
}
