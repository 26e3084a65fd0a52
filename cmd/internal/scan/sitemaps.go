package scan

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/shown"
)

// sitemapLimit bounds how many URLs of a sitemap are looked at for each page that may be visited: routes are folded, so
// most of a long sitemap is passed over.
const sitemapLimit = 200

// sitemapOf are the tasks that the sitemaps of a site give. What could not be read is a gap, told with the others.
func (c *crawl) sitemapOf(ctx context.Context, robots *discover.Robots, seed string) (tasks []crawler.Task) {
	if c.o.NoSitemap || c.o.MaxPages == 1 {
		return nil
	}
	addresses, guessed := robots.Sitemaps(ctx, seed), ""
	if len(addresses) == 0 {
		guessed = usualSitemap(seed)
		addresses = []string{guessed}
	}
	for u, err := range discover.Sitemap(ctx, c.client, addresses...) {
		if err != nil {
			c.o.Logger.Info("sitemap", "err", err)
			if ctx.Err() == nil {
				c.sitemapUnread(err, guessed)
			}
			continue
		}
		tasks = append(tasks, crawler.Task{URL: u, Depth: 1, Via: "sitemap"})
		if len(tasks) >= sitemapLimit*max(c.o.MaxPages, 50) {
			break
		}
	}
	return tasks
}

// usualSitemap is where a site has its sitemap if it does not say.
func usualSitemap(seed string) string {
	u, err := url.Parse(seed)
	if err != nil {
		return ""
	}
	at, err := discover.Normalize(u.Scheme + "://" + u.Host + "/sitemap.xml")
	if err != nil {
		return ""
	}
	return at
}

// sitemapUnread notes a sitemap that was not read. One at the usual address, which nobody named, need not be there.
func (c *crawl) sitemapUnread(err error, guessed string) {
	var e *discover.SitemapError
	if !errors.As(err, &e) || c.unread[e.Address] {
		return
	}
	g := crawler.Gap{Kind: crawler.GapSitemap, Where: e.Address, Text: "a sitemap could not be read: " + e.Why()}
	switch {
	case e.Address == guessed && !e.Fails():
		return
	case e.NotThere() && instead(e) != "":
		g.Text = "a sitemap could not be read: " + instead(e)
	case e.NotThere():
		g.Kind, g.Text = crawler.GapPageMissing, "a sitemap that the site names is not there"
	}
	if c.unread == nil {
		c.unread = map[string]bool{}
	}
	c.unread[e.Address] = true
	c.sitemapGaps = append(c.sitemapGaps, g)
}

// saysAbsent is how a plain answer says that there is nothing.
var saysAbsent = regexp.MustCompile(`(?i)\b(404|not found|no such (file|page|key)|does ?n[o']t exist)\b`)

// instead says in a clause why what was answered instead of a sitemap does not mean that there is none: a challenge, a waiting room or an
// error that only a browser gets past, or is not shown. A page of the site's own, which many servers answer with whatever they are asked
// for, means that there is none, and so does one that says so. "" if there is none.
func instead(e *discover.SitemapError) string {
	at, head := e.Instead()
	head = bytes.TrimSpace(head)
	switch {
	case len(head) == 0:
		return ""
	case head[0] != '<' && saysAbsent.Match(head):
		return ""
	case head[0] != '<':
		return "the server answered with something else"
	}
	doc, err := shown.FromHTML(at, head)
	if err != nil {
		return ""
	}
	f := shown.Facts{Document: doc, Looked: true, AsSent: true, Asked: at, Status: http.StatusOK}
	if i := f.Instead(); i != nil && i.Kind != crawler.GapEmptyPage {
		return i.Text
	}
	if doc.OwnLinks > 0 || doc.Mounts > 0 || f.Absent() || doc.Inline+len(doc.Scripts) == 0 || !doc.Bare() {
		return ""
	}
	return "the server answered with a script that asks something of a browser first"
}
