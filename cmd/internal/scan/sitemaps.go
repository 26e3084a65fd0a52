package scan

import (
	"context"
	"errors"
	"net/url"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
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
	case e.NotThere():
		g.Kind, g.Text = crawler.GapPageMissing, "a sitemap that the site names is not there"
	}
	if c.unread == nil {
		c.unread = map[string]bool{}
	}
	c.unread[e.Address] = true
	c.sitemapGaps = append(c.sitemapGaps, g)
}
