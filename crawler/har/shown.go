package har

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/shown"
	"github.com/tagscan/tagscan/crawler/web"
)

// display is what a page's latest document shows, and what was asked for since: whether that is the page is told by package shown.
type display struct {
	asked string          // the address that a chain of redirects began with, which led to the document
	facts shown.Facts     // of the document
	sent  []crawler.Event // requests since it, without what they carry
	busy  bool            // scripts asked for something
	count int             // documents that the page has shown
}

// maxDisplayed bounds the requests of a page that are looked at for its scripts and frames.
const maxDisplayed = 5000

// watch takes down a document, or what one asked for. led: a redirect of the page led to it. A document of another site to which
// none led may be that of a frame.
func (p *page) watch(e *harEntry, r *crawler.Request, led bool) {
	switch {
	case p.told:
	case isNavigation(r):
		if led || web.Site(r.URL) == web.Site(p.URL) {
			p.display.navigate(r, led)
		}
	case len(p.display.sent) < maxDisplayed:
		p.display.note(e, r)
	}
}

// navigate takes down an answer to the request for a main document. A redirect shows nothing; what is not answered, or has no
// content, leaves what there was.
func (d *display) navigate(r *crawler.Request, led bool) {
	if !led {
		d.asked = r.URL
	}
	if r.Response == nil || leadsOn(r) || !isDocument(r) || r.Response.Status == http.StatusNoContent || r.Response.Status == http.StatusResetContent {
		return
	}
	d.sent, d.busy = nil, false
	d.count++
	d.facts = shown.Facts{AsSent: true, Asked: d.asked, Status: r.Response.Status, Headers: r.Response.Headers}
	d.facts.URL = r.URL
	html := r.Response.Body.Inline
	if len(html) == 0 || !strings.Contains(r.Response.MIME, "html") {
		return
	}
	if doc, err := shown.FromHTML(r.URL, html); err == nil {
		d.facts.Document, d.facts.Looked = doc, true
	}
}

// note takes down what the document asked for.
func (d *display) note(e *harEntry, r *crawler.Request) {
	slim := &crawler.Request{
		ID: r.ID, URL: r.URL, Method: r.Method, Type: r.Type, Failed: r.Failed, Frame: r.Frame, Redirect: r.Redirect,
	}
	if r.Response != nil {
		slim.Response = &crawler.Response{Status: r.Response.Status, MIME: r.Response.MIME}
	}
	if r.Type == "" && isScript(e, r) {
		slim.Type = "script"
	}
	switch slim.Type {
	case "xhr", "fetch", "websocket", "eventsource", "ping", "beacon", "preflight":
		d.busy = true
	}
	d.sent = append(d.sent, crawler.Event{Request: slim})
}

// instead tells what the page showed instead of itself; nil: the page, as far as the file shows. The address that the file lists
// for the page may be the one that was asked for. Of several documents the latest counts; that a visitor came to a sign-in from one
// of the others is his own way.
func (p *page) instead() *shown.Instead {
	d := &p.display
	f := &d.facts
	if f.Status == 0 {
		return nil
	}
	if p.listed && f.Asked == f.URL {
		f.Asked = cmp.Or(p.Task.URL, f.URL)
	}
	f.Flow = d.count > 1
	f.Start, f.Asks = p.Task.Via == "seed", d.busy
	headers := f.Headers
	f.Gather(d.sent, f.URL, func(string, string) bool { return false })
	f.Headers = headers
	return f.Instead()
}

// ledAway tells a document of another site that was shown for the page and whose address names the way back: a gate for consent or
// age, a queue, whoever knows the visitor's identity.
func (p *page) ledAway() (crawler.Gap, bool) {
	f := &p.display.facts
	if p.display.count != 1 || web.Site(f.Asked) == web.Site(f.URL) || !web.NamesSite(f.URL, f.Asked) {
		return crawler.Gap{}, false
	}
	const text = "the page led to another site by a redirect that names the way back"
	return crawler.Gap{Kind: crawler.GapLedElsewhere, Where: web.Site(f.URL), Text: text}, true
}
