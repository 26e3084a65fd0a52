package har

import (
	"cmp"
	htmlpkg "html"
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
	// lasting says that all redirects that led to the document are for good.
	lasting bool
}

// maxDisplayed bounds the requests of a page that are looked at for its scripts and frames.
const maxDisplayed = 5000

// watch takes down a document, or what one asked for. before: the redirect that led to it. A document of another site to which
// none led may be that of a frame.
func (p *page) watch(e *harEntry, r *crawler.Request, before hop) {
	led := before.page == p && before.id != ""
	switch {
	case p.told:
	case isNavigation(r) && !p.frames(r, before):
		if led || web.Site(r.URL) == web.Site(p.URL) {
			p.display.lasting = before.lasting
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
	switch mime := r.Response.MIME; {
	case len(html) == 0:
		return
	case strings.Contains(mime, "html"):
	case strings.HasPrefix(mime, "text/plain"), strings.Contains(mime, "json"), strings.Contains(mime, "xml"): // shown as it stands
		html = []byte("<pre>" + htmlpkg.EscapeString(string(html)) + "</pre>")
	default:
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

// unbuilt tells that none of the site's own scripts could be had.
func (p *page) unbuilt() (crawler.Gap, bool) {
	n, ok := p.display.facts.Unbuilt()
	if !ok || p.display.facts.Status >= http.StatusBadRequest {
		return crawler.Gap{}, false
	}
	const text = "none of the site's own scripts could be loaded, so what they do and load was not seen"
	return crawler.Gap{Kind: crawler.GapLoadFailed, Where: p.URL, Count: n, Text: text}, true
}

// ledAway tells a document of another site that was shown for the page: by a redirect that is not for good, if the visitor asked for the
// page, or by any whose address names the way back. It is a gate for consent or age, a queue, whoever knows the visitor's identity.
func (p *page) ledAway() (crawler.Gap, bool) {
	f := &p.display.facts
	if p.display.count != 1 || f.Asked == "" || web.Site(f.Asked) == web.Site(f.URL) {
		return crawler.Gap{}, false
	}
	text := "the page led to another site by a redirect that is not for good"
	switch {
	case web.NamesSite(f.URL, f.Asked):
		text = "the page led to another site by a redirect that names the way back"
	case p.display.lasting || p.Task.Via != "seed":
		return crawler.Gap{}, false
	}
	return crawler.Gap{Kind: crawler.GapLedElsewhere, Where: web.Site(f.URL), Text: text}, true
}
