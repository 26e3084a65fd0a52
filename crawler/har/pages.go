package har

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/shown"
	"github.com/tagscan/tagscan/crawler/web"
)

// pageTable knows the pages of a HAR and finds the page of an entry.
type pageTable struct {
	site    string // an address of the site; "" if nobody knows whose it is
	prefix  string // of the ids of pages that are not of the file's first HAR
	list    []*page
	byID    map[string]*page
	byURL   map[string]*page // documents, style sheets and scripts that entries without pageref loaded, and their page
	frames  map[string]*page // documents of frames, and their origins where these are not the page's
	adopted bool             // a listed page got a document that does not name it
	html    int              // bytes of documents that are held
	hops    map[string]hop   // redirects whose next request has not come, by its address
}

// hop is a request that was answered with a redirect.
type hop struct {
	id      string
	page    *page
	framed  bool // it was the document of a frame
	lasting bool // it and all before it are for good (301, 308)
}

// page is a page that is still being read.
type page struct {
	crawler.Page
	told      bool    // the file is an export that says all about the page
	found     bool    // no list has its address: it is that of a document, or of what a request names
	listed    bool    // the file lists it
	shown     showing // what is there of its document
	elsewhere bool    // there is a document of another site
	lost      int     // requests to others whose body is missing, or a part of it
	deaf      int     // sockets to others whose messages are
	display   display
}

const (
	// maxKnown bounds the URLs that are remembered to find the page of an entry; a HAR with more leaves pages unknown.
	maxKnown = 100_000
	// maxHTML bounds the documents that are held until the pages are told, at the end; later ones are left out.
	maxHTML = 32 << 20
)

// add takes a page that the HAR lists. Chrome and Safari write the page's URL as its title, PhantomJS as its id, Firefox
// nowhere.
func (t *pageTable) add(p harPage) *page {
	id := t.prefix + string(p.ID)
	page := t.byID[id]
	if page == nil {
		page = t.open(id)
	}
	page.listed = true
	if !page.Started.IsZero() {
		return page // it was seen when the file was looked at before
	}
	page.Started = parseHARTime(string(p.StartedDateTime))
	page.Ended = page.Started
	if p.PageTimings.OnLoad > 0 {
		page.Loaded = page.Started.Add(time.Duration(float64(p.PageTimings.OnLoad) * float64(time.Millisecond)))
	}
	title := string(p.Title)
	address := cmp.Or(pageURL(title), pageURL(string(p.URL)), pageURL(string(p.ID)))
	switch {
	case isExtension(title):
		page.URL = title
	case address != "":
		page.URL = address
	}
	if pageURL(title) == "" {
		page.Title = title
	}
	page.Task.URL = page.URL
	if p.Ext != nil {
		p.Ext.restore(page)
	}
	return page
}

func (t *pageTable) open(id string) *page {
	if t.byID == nil {
		t.byID, t.byURL, t.frames, t.hops = map[string]*page{}, map[string]*page{}, map[string]*page{}, map[string]hop{}
	}
	page := &page{Page: crawler.Page{ID: id, Task: crawler.Task{Consent: crawler.Unknown}}}
	t.byID[id] = page
	t.list = append(t.list, page)
	return page
}

// openAt opens a page that the HAR does not list.
func (t *pageTable) openAt(address string, at time.Time) *page {
	page := t.open(fmt.Sprintf("%sp%d", t.prefix, len(t.list)+1))
	page.URL, page.Task.URL, page.Started, page.found = address, address, at, true
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

// place says to which page and frame the request belongs; what an extension sent belongs to none. It returns the page, nil
// if it is not known.
func (t *pageTable) place(e *harEntry, r *crawler.Request) *page {
	if setApart(r, "") {
		return nil
	}
	before := t.hops[r.URL]
	page := t.find(e, r, before.page)
	switch {
	case page == nil:
		if e.Ext == nil {
			r.PageURL = t.own(r)
		}
		return nil
	case setApart(r, page.URL):
		return nil
	}
	r.Page = page.ID
	if e.Ext == nil {
		t.navigate(page, r, before)
		page.see(e, r, before.page == page)
		t.locate(page, r, before)
		page.watch(e, r, before)
		t.follow(page, r, before, string(e.Response.RedirectURL))
	}
	page.count(r)
	return page
}

// follow ties a redirect to the request that it led to. said is where the tool says that it leads.
func (t *pageTable) follow(page *page, r *crawler.Request, before hop, said string) {
	if before.page == page && before.id != "" {
		r.Redirect = before.id
		delete(t.hops, r.URL)
	}
	if r.Response == nil || r.Response.Status/100 != 3 || r.Response.Status == 304 || len(t.hops) >= maxKnown {
		return
	}
	lasting := r.Response.Status == http.StatusMovedPermanently || r.Response.Status == http.StatusPermanentRedirect
	if before.page == page && before.id != "" {
		lasting = lasting && before.lasting
	}
	base, err := url.Parse(r.URL)
	if err != nil {
		return
	}
	if to, err := base.Parse(cmp.Or(crawler.HeaderValue(r.Response.Headers, "Location"), said)); err == nil && to.String() != r.URL {
		t.hops[web.WithoutFragment(to.String())] = hop{r.ID, page, page.frames(r, before), lasting}
	}
}

// navigate learns from a document that was loaded into the page's main frame, perhaps by a redirect.
func (t *pageTable) navigate(page *page, r *crawler.Request, before hop) {
	if !isNavigation(r) || page.told {
		return
	}
	if page.Task.Via == "" {
		page.Task.Via = "link"
		if wasAskedFor(r) {
			page.Task.Via = "seed"
		}
	}
	if r.Response != nil && r.Response.Status/100 == 3 {
		return
	}
	if isDocument(r) && (page.URL == "" || page.found && before.page == page) {
		page.URL, page.found = pageURL(r.URL), true
		page.Task.URL = cmp.Or(page.Task.URL, page.URL)
	}
	if r.Response == nil || page.URL != r.URL {
		return
	}
	failed := page.Status >= http.StatusBadRequest // a page may be asked for again, behind a challenge
	page.Status = r.Response.Status
	if html := r.Response.Body; (page.HTML.IsZero() || failed) && t.html+len(html.Inline) <= maxHTML {
		page.HTML = html
		t.html += len(html.Inline)
	}
}

// wasAskedFor reports whether the visitor asked for a document by its address, and no page led there: the browser says so
// (https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header), or, where it says nothing, no page is named.
func wasAskedFor(r *crawler.Request) bool {
	if site := crawler.HeaderValue(r.Headers, "Sec-Fetch-Site"); site != "" {
		return strings.EqualFold(site, "none")
	}
	from := r.Initiator
	return crawler.HeaderValue(r.Headers, "Referer") == "" && from.Type != "script" && from.Type != "parser" && len(from.Chain) == 0
}

// locate finds the page's URL when the request was sent, and its frame. Where nobody knows whose site the HAR is of, no
// page is named: what is sent to it would count as the site's own by a guess.
func (t *pageTable) locate(page *page, r *crawler.Request, before hop) {
	if t.site != "" {
		t.recall(page, r)
		r.PageURL = cmp.Or(page.URL, t.own(r))
	}
	r.Frame.URL = r.PageURL
	if page.frames(r, before) {
		r.Frame = crawler.Frame{URL: r.URL, Parent: page.ID}
		if len(t.frames) < maxKnown {
			t.frames[r.URL] = page
			if origin := originOf(r.URL); origin != originOf(page.URL) {
				t.frames[origin] = page
			}
		}
		return
	}
	for _, from := range hints(r) {
		if t.frames[from] == page {
			r.Frame = crawler.Frame{URL: from, Parent: page.ID}
			return
		}
	}
}

// frames reports whether a request loaded the document of a frame of the page: it says so, or the page has shown its document, which no
// redirect led away from, and it has such a frame or the request is to another site.
func (p *page) frames(r *crawler.Request, before hop) bool {
	switch {
	case !isDocument(r):
		return false
	case !isNavigation(r):
		return true
	case before.page == p && before.id != "":
		return before.framed
	case p.display.count == 0 || saysTop(r):
		return false
	}
	shows := slices.ContainsFunc(p.display.facts.Frames, func(f shown.Frame) bool { return web.WithoutFragment(f.Src) == r.URL })
	return shows || web.Site(r.URL) != web.Site(p.display.facts.URL)
}

// saysTop reports whether the browser says that a request loaded a main document
// (https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header).
func saysTop(r *crawler.Request) bool {
	return strings.EqualFold(crawler.HeaderValue(r.Headers, "Sec-Fetch-Dest"), "document")
}

// recall finds the address of a page whose document is not in the HAR: what a request names as where it came from, if that
// is the site, and no frame of it.
func (t *pageTable) recall(page *page, r *crawler.Request) {
	from := pageURL(crawler.HeaderValue(r.Headers, "Referer"))
	if page.URL != "" || isDocument(r) || t.frames[from] != nil || web.Site(from) != web.Site(t.site) {
		return
	}
	page.URL, page.found = from, true
	page.Task.URL = from
}

// own is the site's address for what is sent to the site itself: of whatever page it is, it is its own.
func (t *pageTable) own(r *crawler.Request) string {
	if t.site != "" && web.Site(r.URL) == web.Site(t.site) {
		return t.site
	}
	return ""
}

// hints are the addresses that a request says it came from: its Referer (a document, or a style sheet), its initiators,
// its Origin.
func hints(r *crawler.Request) []string {
	list := []string{web.WithoutFragment(crawler.HeaderValue(r.Headers, "Referer"))}
	for _, c := range r.Initiator.Chain {
		list = append(list, c.URL)
	}
	if origin := crawler.HeaderValue(r.Headers, "Origin"); pageURL(origin) != "" {
		list = append(list, origin, origin+"/")
	}
	return list
}

// count adds a request to what is known of the page.
func (p *page) count(r *crawler.Request) {
	if p.told {
		return
	}
	p.Counts.Requests++
	p.Counts.Messages += len(r.Messages)
	if r.Unseen != "" {
		p.Counts.BodiesMissing++
	}
	if p.Started.IsZero() {
		p.Started = r.Time
	}
	end := r.Time
	if r.Response != nil {
		end = end.Add(r.Response.Duration)
	}
	if end.After(p.Ended) {
		p.Ended = end
	}
}

// ended returns the pages as they are at the end of the file, or where it was cut. Those of extensions are none, and those
// without address and requests are tabs in which nothing was opened.
func (t *pageTable) ended(cut bool) []*crawler.Page {
	var out []*crawler.Page
	first := true
	for _, p := range t.list {
		if isExtension(p.URL) || !p.told && p.URL == "" && p.Counts.Requests == 0 {
			continue
		}
		if first && !p.told && t.site != "" && web.Site(p.URL) == web.Site(t.site) {
			p.Task.Via, first = "seed", false
		}
		p.end(cut)
		p.outline()
		out = append(out, &p.Page)
	}
	return out
}

// outline says what the page is like, as far as the file has its document.
func (p *page) outline() {
	if p.told || len(p.HTML.Inline) == 0 || p.HTML.Cut {
		return
	}
	p.Shape, p.Lists, _ = web.Outline(p.URL, bytes.NewReader(p.HTML.Inline)) // what cannot be read has none
}

// end says how the visit ended, as far as the file goes. What is missing of what was sent to the page's own site hides
// nothing from others, and is told by its gap alone.
func (p *page) end(cut bool) {
	if p.Outcome != "" {
		return
	}
	if i := p.instead(); i != nil {
		p.Outcome, p.Reason = crawler.Blocked, i.Reason()
		p.gap(crawler.Gap{Kind: i.Kind, Where: p.URL, Text: i.Text})
		return
	}
	if g, ok := p.unbuilt(); ok {
		p.gap(g)
	}
	if g, ok := p.ledAway(); ok {
		p.Outcome, p.Reason = crawler.Partial, "har: "+g.Text
		p.gap(g)
		return
	}
	switch {
	case p.Status >= 400:
		p.Outcome, p.Reason = crawler.Blocked, fmt.Sprintf("status: the server answered %d", p.Status)
	case cut:
		p.Outcome, p.Reason = crawler.Partial, "har: the file is cut off"
	case p.Counts.Requests == 0:
		p.Outcome, p.Reason = crawler.Partial, "har: the file has no request of this page"
	case p.lost+p.deaf > 0:
		p.Outcome, p.Reason = crawler.Partial, p.losses()
	case p.shown == nothing && !p.elsewhere:
		p.Outcome = crawler.Complete
		const text = "the file does not have the document of this page"
		p.gap(crawler.Gap{Kind: crawler.GapHARUnproven, Where: p.URL, Text: text})
	case p.shown != content:
		p.Outcome, p.Reason = showings[p.shown].outcome, "har: "+showings[p.shown].why
	default:
		p.Outcome = crawler.Complete
	}
}

// gap notes what was not seen of the page.
func (p *page) gap(g crawler.Gap) {
	g.Page, g.Consent = p.ID, p.Task.Consent
	p.Gaps = append(p.Gaps, g)
}

// losses is what the file does not have of what was sent to others, in the words of a visit's reason.
func (p *page) losses() string {
	var list []string
	if p.lost > 0 {
		list = append(list, "bodies: "+count(p.lost, "request body is", "request bodies are")+" not whole")
	}
	if p.deaf > 0 {
		list = append(list, "sockets: the messages of "+count(p.deaf, "socket are", "sockets are")+" not whole")
	}
	return strings.Join(list, "; ")
}

// find names the page of an entry: the one it says, the one that its redirect came from, or the one that it leads to.
func (t *pageTable) find(e *harEntry, r *crawler.Request, before *page) *page {
	if e.PageRef != "" {
		id := t.prefix + string(e.PageRef)
		if p := t.byID[id]; p != nil {
			return p
		}
		return t.open(id) // listed nowhere, but a page
	}
	if e.Ext != nil {
		return nil
	}
	page := before
	if page == nil {
		page = t.lead(r)
	}
	if page == nil && t.opens(r) {
		if page = t.unused(pageURL(r.URL)); page == nil {
			page = t.openAt(pageURL(r.URL), r.Time)
		}
	}
	if page != nil && len(t.byURL) < maxKnown {
		switch r.Type {
		case "document", "script", "stylesheet", "":
			t.byURL[r.URL] = page
		}
	}
	return page
}

// opens reports whether a request of which no page is known opened one. One of which only the answer speaks opened one if it
// is the site's: else a vendor's frame would be a page, and what is sent there its own.
func (t *pageTable) opens(r *crawler.Request) bool {
	return saysNavigation(r) || mayNavigate(r) && t.site != "" && web.Site(r.URL) == web.Site(t.site)
}

// unused is the page that the file lists with the address, of which it has no request yet; nil if there is none.
func (t *pageTable) unused(address string) *page {
	for _, p := range t.list {
		if p.listed && p.Counts.Requests == 0 && p.URL == address {
			t.adopted = true
			return p
		}
	}
	return nil
}

// lead follows what an entry without pageref says of where it came from. What leads to a document that the HAR does not
// have still names the page, if it is a whole URL; a bare origin, as most referrer policies leave it, names the page's
// site.
func (t *pageTable) lead(r *crawler.Request) *page {
	if isNavigation(r) {
		return nil // its Referer is the page before
	}
	for _, hint := range hints(r) {
		if p := t.byURL[hint]; hint != "" && p != nil {
			return p
		}
	}
	referer := web.WithoutFragment(crawler.HeaderValue(r.Headers, "Referer"))
	origin := crawler.HeaderValue(r.Headers, "Origin")
	for _, hint := range []string{referer, origin} {
		if p := t.ofOrigin(hint); p != nil {
			return p
		}
	}
	for _, hint := range []string{referer, origin} {
		if u := pageURL(hint); u != "" {
			page := t.openAt(u, r.Time)
			t.byURL[hint] = page
			return page
		}
	}
	return nil
}

// ofOrigin finds the latest page of the origin, or the page with a frame of it, if the hint is no more than an origin.
func (t *pageTable) ofOrigin(hint string) *page {
	u, err := url.Parse(hint)
	if hint == "" || err != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil
	}
	for i := len(t.list) - 1; i >= 0; i-- {
		if p, err := url.Parse(t.list[i].URL); err == nil && p.Host == u.Host && p.Scheme == u.Scheme {
			return t.list[i]
		}
	}
	return t.frames[originOf(hint)]
}

// isNavigation reports whether the request loaded a document into a main frame, as far as it says so, or else may have by its
// answer.
func isNavigation(r *crawler.Request) bool {
	return saysNavigation(r) || mayNavigate(r)
}

// saysNavigation reports whether the browser says that the request loaded a document into a main frame.
func saysNavigation(r *crawler.Request) bool {
	if dest := crawler.HeaderValue(r.Headers, "Sec-Fetch-Dest"); dest != "" {
		return strings.EqualFold(dest, "document")
	}
	return r.Type == "document" && isUnprompted(r)
}

// mayNavigate reports whether a request of which nobody says what it loaded may have loaded a main document: it asked for
// nothing else, and what came is a page. That a vendor answers a beacon with a word of HTML makes it no page.
func mayNavigate(r *crawler.Request) bool {
	if r.Type != "" || r.Method != "GET" || !isDocument(r) || !isUnprompted(r) {
		return false
	}
	status := r.Response.Status
	return status != http.StatusNoContent && status != http.StatusResetContent
}

// isUnprompted reports whether no script and no element of a page is known to have asked for it.
func isUnprompted(r *crawler.Request) bool {
	return r.Initiator.Type != "parser" && crawler.HeaderValue(r.Headers, "Origin") == "" &&
		crawler.HeaderValue(r.Headers, "X-Requested-With") == ""
}

// isDocument reports whether the request loaded a document, into whatever frame.
func isDocument(r *crawler.Request) bool {
	if r.Type != "" {
		return r.Type == "document"
	}
	return r.Response != nil && strings.Contains(r.Response.MIME, "html")
}
