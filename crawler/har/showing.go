package har

import (
	"net/http"
	"strconv"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// showing is what a file has of a page's document, the more the higher.
type showing int

const (
	nothing    showing = iota // no request for it
	unanswered                // a request that nobody answered
	redirect                  // an answer that leads elsewhere
	empty                     // an answer without content
	content
)

// showings say how a visit ended of whose document no more is there. That the file has nothing of it says only that the recording
// began later, or that a tool left it out, which is told and hides nothing that a HAR does not hide anyway.
var showings = map[showing]struct {
	outcome crawler.Outcome
	why     string
}{
	nothing:    {crawler.Partial, "the file has a document of another site, and none of this page"},
	unanswered: {crawler.Failed, "the document of this page was not answered"},
	redirect:   {crawler.Partial, "the file has only a redirect of this page, and not where it led"},
	empty:      {crawler.Partial, "the document of this page is empty"},
}

// see takes down what an entry shows of the page's document; led: a redirect of the page led to it.
func (p *page) see(e *harEntry, r *crawler.Request, led bool) {
	own := led || pageURL(r.URL) == p.URL
	switch {
	case r.Type != "" && r.Type != "document", crawler.HeaderValue(r.Headers, "Sec-Fetch-Dest") != "" && !saysNavigation(r):
		return
	case !own && !isNavigation(r):
		return
	case !own && web.Site(r.URL) != web.Site(p.URL):
		p.elsewhere = true
		return
	}
	p.shown = max(p.shown, e.shows(r))
}

// shows is what an entry that asked for a document has of it.
func (e *harEntry) shows(r *crawler.Request) showing {
	switch {
	case r.Response == nil:
		return unanswered
	case leadsOn(r):
		return redirect
	case r.Response.Status == http.StatusNotModified:
		return content
	case r.Response.Status == http.StatusNoContent, r.Response.Status == http.StatusResetContent, e.isEmpty(r):
		return empty
	}
	return content
}

// isEmpty reports whether the file says that the answer had no content: what a tool did not keep has a size, or no text.
func (e *harEntry) isEmpty(r *crawler.Request) bool {
	c := e.Response.Content
	length, _ := strconv.Atoi(crawler.HeaderValue(r.Response.Headers, "Content-Length"))
	return c.Text != nil && *c.Text == "" && c.Size == 0 && e.Response.BodySize == 0 && length <= 0 && e.FromCache == ""
}

// leadsOn reports whether the answer is a redirect.
func leadsOn(r *crawler.Request) bool {
	return r.Response.Status/100 == 3 && r.Response.Status != http.StatusNotModified
}
