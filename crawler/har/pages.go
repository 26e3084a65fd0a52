package har

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// pageTable knows the pages of a HAR and finds the page of an entry.
type pageTable struct {
	list  []*crawler.Page
	byID  map[string]*crawler.Page
	byURL map[string]*crawler.Page // documents, style sheets and scripts that entries without pageref loaded, and their page
}

// maxKnown bounds the URLs that are remembered to find the page of an entry; a HAR with more leaves pages unknown.
const maxKnown = 100_000

// add takes a page that the HAR lists. Chrome and Safari write the page's URL as its title, Firefox the document's title.
func (t *pageTable) add(p harPage) {
	id := string(p.ID)
	if t.byID[id] != nil {
		return
	}
	page := t.open(id)
	page.Started = parseHARTime(string(p.StartedDateTime))
	page.Ended = page.Started
	if p.PageTimings.OnLoad > 0 {
		page.Loaded = page.Started.Add(time.Duration(float64(p.PageTimings.OnLoad) * float64(time.Millisecond)))
	}
	if u := pageURL(string(p.Title)); u != "" {
		page.URL = u
	} else {
		page.Title = string(p.Title)
	}
	if p.Ext != nil {
		p.Ext.restore(page)
	}
	page.Task.URL = page.URL
}

func (t *pageTable) open(id string) *crawler.Page {
	if t.byID == nil {
		t.byID, t.byURL = map[string]*crawler.Page{}, map[string]*crawler.Page{}
	}
	page := &crawler.Page{ID: id, Outcome: crawler.Partial, Reason: "har: whether everything was recorded is not known"}
	t.byID[id] = page
	t.list = append(t.list, page)
	return page
}

// pageURL returns the URL if the text is one of a page.
func pageURL(text string) string {
	u, err := url.Parse(web.WithoutFragment(text))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return u.String()
}

// place says to which page the entry belongs.
func (t *pageTable) place(e *harEntry, r *crawler.Request) {
	page := t.find(e, r)
	if page == nil {
		return
	}
	if page.URL == "" && isDocument(r) && (r.Response == nil || r.Response.Status/100 != 3) {
		page.URL = pageURL(r.URL)
		page.Task.URL = page.URL
	}
	r.Page = page.ID
	if r.PageURL == "" {
		r.PageURL = page.URL
	}
	if r.PageURL == "" && !isDocument(r) { // a page whose document is not in the HAR
		r.PageURL = pageURL(crawler.HeaderValue(r.Headers, "Referer"))
	}
	page.Counts.Requests++
	page.Counts.Messages += len(r.Messages)
	if r.Unseen != "" {
		page.Counts.BodiesMissing++
	}
	if page.Started.IsZero() {
		page.Started = r.Time
	}
	end := r.Time
	if r.Response != nil {
		end = end.Add(r.Response.Duration)
		if page.Status == 0 && page.URL == r.URL {
			page.Status = r.Response.Status
		}
	}
	if end.After(page.Ended) {
		page.Ended = end
	}
}

func (t *pageTable) find(e *harEntry, r *crawler.Request) *crawler.Page {
	if e.PageRef != "" {
		if p := t.byID[string(e.PageRef)]; p != nil {
			return p
		}
		return t.open(string(e.PageRef)) // listed nowhere, but a page
	}
	page := t.lead(r)
	if page == nil && isNavigation(r) {
		page = t.open(fmt.Sprintf("p%d", len(t.list)+1))
		page.URL, page.Started = pageURL(r.URL), r.Time
		page.Task.URL = page.URL
	}
	if page != nil && len(t.byURL) < maxKnown {
		switch r.Type {
		case "document", "script", "stylesheet", "":
			t.byURL[r.URL] = page
		}
	}
	return page
}

// lead follows what an entry without pageref says of where it came from: its Referer (a document, or a style sheet),
// its initiator, its Origin. What leads to a document that the HAR does not have still names the page, if it is a whole
// URL; a bare origin, as most referrer policies leave it, names the page's site.
func (t *pageTable) lead(r *crawler.Request) *crawler.Page {
	if isNavigation(r) {
		return nil // its Referer is the page before
	}
	referer := web.WithoutFragment(crawler.HeaderValue(r.Headers, "Referer"))
	hints := []string{referer}
	for _, c := range r.Initiator.Chain {
		hints = append(hints, c.URL)
	}
	origin := crawler.HeaderValue(r.Headers, "Origin")
	hints = append(hints, origin)
	for _, hint := range hints {
		if p := t.byURL[hint]; hint != "" && p != nil {
			return p
		}
	}
	for _, hint := range []string{referer, origin} {
		if p := t.ofOrigin(hint); p != nil {
			return p
		}
	}
	for _, hint := range []string{referer, origin} {
		if u := pageURL(hint); u != "" {
			page := t.open(fmt.Sprintf("p%d", len(t.list)+1))
			page.URL, page.Started = u, r.Time
			page.Task.URL = u
			t.byURL[hint] = page
			return page
		}
	}
	return nil
}

// ofOrigin finds the latest page of the origin, if the hint is no more than an origin.
func (t *pageTable) ofOrigin(hint string) *crawler.Page {
	u, err := url.Parse(hint)
	if hint == "" || err != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil
	}
	for i := len(t.list) - 1; i >= 0; i-- {
		if p, err := url.Parse(t.list[i].URL); err == nil && p.Host == u.Host && p.Scheme == u.Scheme {
			return t.list[i]
		}
	}
	return nil
}

// isNavigation reports whether the request loaded a document into a main frame, as far as it says so.
func isNavigation(r *crawler.Request) bool {
	switch strings.ToLower(crawler.HeaderValue(r.Headers, "Sec-Fetch-Dest")) {
	case "document":
		return true
	case "":
		return isDocument(r) && crawler.HeaderValue(r.Headers, "Origin") == "" && crawler.HeaderValue(r.Headers, "X-Requested-With") == ""
	}
	return false
}

// isDocument reports whether the request loaded a document, into whatever frame.
func isDocument(r *crawler.Request) bool {
	if r.Type != "" {
		return r.Type == "document"
	}
	return r.Response != nil && strings.Contains(r.Response.MIME, "html")
}
