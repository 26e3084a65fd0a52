package scan

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/web"
)

// moves finds out how a page came to be on another site than the one that was asked for. A start address that has moved
// for good, by redirects of which each says so, is where its site now is, and the crawl goes with it. Any other way leads
// to somebody else: a shop's payment provider, a publisher's consent gate, a queue, whoever knows the visitor's identity.
// Their pages are not the site's, and what the redirect carries was sent to a third party.
type moves struct {
	documents map[string][]document // by Page.ID of visits under way
	told      map[string]bool       // by address asked for and site
}

// document is one request for the main document of a page.
type document struct {
	id, before string // Request.ID, and that of the hop that redirected here
	url        string
	status     int
}

// maxDocuments bounds the documents that are kept of a visit: a page may load itself again and again.
const maxDocuments = 64

func newMoves() *moves { return &moves{documents: map[string][]document{}, told: map[string]bool{}} }

// request takes in what a visit sent.
func (m *moves) request(r *crawler.Request) {
	ofPage := r.Type == "document" && r.Frame.Parent == "" && (r.Target.Type == "" || r.Target.Type == "page")
	if !ofPage || len(m.documents[r.Page]) >= maxDocuments {
		return
	}
	d := document{id: r.ID, before: r.Redirect, url: r.URL}
	if r.Response != nil {
		d.status = r.Response.Status
	}
	m.documents[r.Page] = append(m.documents[r.Page], d)
}

// move is that a page is on another site.
type move struct {
	site    string // registrable domain of where it led
	forGood bool   // by redirects that are permanent, each of them
	how     string // else: in what way, for a person
}

// page says where a visit led, if that is another site than was asked for. What was kept of the visit is forgotten.
func (m *moves) page(p *crawler.Page) (move, bool) {
	documents := m.documents[p.ID]
	delete(m.documents, p.ID)
	to := web.Site(p.URL)
	if to == "" || to == web.Site(p.Task.URL) || p.Outcome == crawler.Failed {
		return move{}, false
	}
	mv := move{site: to}
	mv.forGood, mv.how = way(documents, p.Task.URL, to)
	return mv, true
}

// way follows the redirects back from the first document on a site to the address that was asked for.
func way(documents []document, asked, site string) (forGood bool, how string) {
	byID := map[string]document{}
	arrived := document{}
	for _, d := range documents {
		byID[d.id] = d
		if arrived.id == "" && web.Site(d.url) == site {
			arrived = d
		}
	}
	if arrived.id == "" || arrived.before == "" {
		return false, "by its own script, a form or a refresh"
	}
	for at := arrived; at.before != ""; {
		from, ok := byID[at.before]
		switch {
		case !ok:
			return false, "by a redirect"
		case isUpgrade(from.url, at.url):
		case from.status != http.StatusMovedPermanently && from.status != http.StatusPermanentRedirect:
			return false, fmt.Sprintf("by a redirect that is not permanent (%d)", from.status)
		}
		at = from
		if at.before == "" && discover.Key(at.url) != discover.Key(asked) {
			return false, "by its own script, a form or a refresh"
		}
	}
	if web.NamesSite(arrived.url, asked) {
		return false, "by a redirect that names the way back"
	}
	return true, ""
}

// isUpgrade reports whether a redirect is from one spelling of a site to the other: to https, to or from www, by the
// server or by the browser itself, which says 307 then.
func isUpgrade(from, to string) bool {
	a, err := url.Parse(from)
	b, err2 := url.Parse(to)
	if err != nil || err2 != nil {
		return false
	}
	bare := func(u *url.URL) string { return strings.TrimPrefix(u.Hostname(), "www.") }
	return bare(a) == bare(b) && strings.TrimSuffix(a.Path, "/") == strings.TrimSuffix(b.Path, "/") && a.RawQuery == b.RawQuery
}

// gap is what is said of a page that is on another site; false if it was said already, of another visitor.
func (m *moves) gap(p *crawler.Page, mv move) (crawler.Gap, bool) {
	key := p.Task.URL + " " + mv.site
	if m.told[key] {
		return crawler.Gap{}, false
	}
	m.told[key] = true
	g := crawler.Gap{Kind: crawler.GapLedElsewhere, Where: p.Task.URL, Page: p.ID}
	asked := "the start address"
	if p.Task.Via == "list" {
		asked = "a page that was named"
	}
	g.Text = fmt.Sprintf("%s led to another site, %s, %s", asked, mv.site, mv.how)
	if mv.forGood {
		g.Text = fmt.Sprintf("%s has moved to another site, %s", asked, mv.site)
	}
	return g, true
}
