package scan

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/web"
)

func visited(url string) *crawler.Page {
	return &crawler.Page{Task: crawler.Task{URL: url, Via: "link", Depth: 1, Profile: "unasked"}, URL: url, Outcome: crawler.Complete}
}

func skipped(url string, why discover.Why, detail string) discover.Skip {
	return discover.Skip{Task: crawler.Task{URL: url, Via: "link", Depth: 1}, Why: why, Detail: detail}
}

// sentences are the gaps as a table has them: kind, number, where, text.
func sentences(gaps []crawler.Gap) (list []string) {
	for _, g := range gaps {
		list = append(list, fmt.Sprintf("%s %d %s: %s", g.Kind, g.N(), g.Where, g.Text))
	}
	return list
}

func TestWhatLimitsKeptOutIsCountedByRoute(t *testing.T) {
	u := newUnvisited(limits{pages: 2, perRoute: 3, depth: 1}, nil)
	u.page(visited("https://a.test/"))
	u.page(visited("https://a.test/p/1"))
	u.page(visited("https://a.test/old")) // and led to /new
	u.page(&crawler.Page{Task: crawler.Task{URL: "https://a.test/old"}, URL: "https://a.test/new"})
	for _, p := range []string{"p/2", "p/3", "blog/1", "new"} {
		u.skip(skipped("https://a.test/"+p, discover.PageLimit, ""))
	}
	u.skip(skipped("https://a.test/p/4", discover.RouteLimit, ""))
	u.skip(skipped("https://a.test/deep", discover.TooDeep, ""))
	u.skip(skipped("https://a.test/late", discover.Unreached, ""))
	assert.Equal(t, []string{
		"pages-not-visited 3 https://a.test/blog/1: a page is known and was not visited: limit of 2 pages (they are of 2 routes; 3 of 6 known routes were seen)",
		"pages-not-visited 1 https://a.test/late: a page is known and was not visited: the crawl ended before that (they are of 1 route; 3 of 6 known routes were seen)",
		"pages-not-visited 1 https://a.test/deep: a page is known and was not visited: limit of 1 link from a start page (they are of 1 route; 3 of 6 known routes were seen)",
		"pages-not-visited 1 https://a.test/p/4: a page is known and was not visited: limit of 3 pages of each route (they are of 1 route; 3 of 6 known routes were seen)",
	}, sentences(u.gaps(web.Route)))
}

func TestLinksThatAreLeftAloneAreToldByReason(t *testing.T) {
	u := newUnvisited(limits{}, nil)
	for i := range 3 {
		u.skip(skipped(fmt.Sprintf("https://a.test/items/%d/delete", i), discover.Acts, "delete"))
	}
	u.skip(skipped("https://a.test/logout", discover.Acts, "logout"))
	u.skip(skipped("https://a.test/consent?c=all", discover.Acts, discover.Chooses))
	u.skip(skipped("https://a.test/x", discover.ByRobots, "it does not allow that"))
	u.skip(skipped("https://a.test/admin", discover.Excluded, "/admin/**"))
	u.skip(skipped("https://a.test/y", discover.Excluded, "/y"))
	for i := range 4 {
		u.skip(skipped(fmt.Sprintf("https://b.test/%d", i), discover.OtherSite, "b.test"))
	}
	u.skip(skipped("https://c.test/", discover.OtherSite, "c.test"))
	u.skip(skipped("https://moved.test/", discover.OtherSite, "moved.test"))
	u.adopted("moved.test")
	u.ledOut("https://a.test/go/1")
	assert.Equal(t, []string{
		`links-left-out 3 https://a.test/items/0/delete: a link was left alone, for "delete" may change something`,
		`links-left-out 1 https://a.test/consent?c=all: a link was left alone, for it makes the visitor's choice about cookies`,
		`links-left-out 1 https://a.test/logout: a link was left alone, for "logout" may change something`,
		`links-left-out 1 https://a.test/x: a link was kept out by robots.txt`,
		`links-left-out 2 https://a.test/admin: a link was left out by --exclude`,
		`links-left-out 5 https://b.test/0: a link to another site was not followed (2 sites in all)`,
		`links-left-out 1 https://a.test/go/1: a link of the site led to another site, whose pages are not its own`,
	}, sentences(u.gaps(web.Route)))
}

func TestANamedPageThatWasNotVisitedIsToldByItsAddress(t *testing.T) {
	var tasks []crawler.Task
	for _, p := range []string{"", "robots", "many", "late", "done", "done/", "https:bad"} {
		tasks = append(tasks, crawler.Task{URL: "https://a.test/" + p, Via: "list"})
	}
	tasks[6].URL = "https:bad"
	u := newUnvisited(limits{pages: 5}, append(tasks, crawler.Task{URL: "https://a.test/map", Depth: 1, Via: "sitemap"}))
	u.page(visited("https://a.test/"))
	u.page(visited("https://a.test/done"))
	named := func(i int, why discover.Why, detail string) {
		u.skip(discover.Skip{Task: tasks[i], Why: why, Detail: detail})
	}
	named(1, discover.ByRobots, "it does not allow that")
	named(2, discover.PageLimit, "")
	named(6, discover.NotAPage, "no host")
	gaps := u.gaps(web.Route)
	assert.Equal(t, []string{
		"named-not-visited 1 https://a.test/robots: a page that was named was not visited: robots.txt: it does not allow that",
		"named-not-visited 1 https://a.test/many: a page that was named was not visited: limit of 5 pages",
		"named-not-visited 1 https://a.test/late: a page that was named was not visited: the crawl ended before that",
		"named-not-visited 1 https:bad: a page that was named was not visited: it is no address of a page",
	}, sentences(gaps))
	info, ok := crawler.InfoOfGap(gaps[0].Kind)
	assert.True(t, ok && info.Hides)
}

func TestALongListIsToldInFewGaps(t *testing.T) {
	var tasks []crawler.Task
	for i := range 1000 {
		tasks = append(tasks, crawler.Task{URL: fmt.Sprintf("https://a.test/%d", i), Via: "list"})
	}
	u := newUnvisited(limits{pages: 20}, tasks)
	for _, task := range tasks {
		u.skip(discover.Skip{Task: task, Why: discover.PageLimit})
	}
	for i := range 60_000 {
		u.skip(skipped(fmt.Sprintf("https://a.test/p/%d", i), discover.PageLimit, ""))
		u.skip(skipped(fmt.Sprintf("https://b%d.test/", i), discover.OtherSite, fmt.Sprintf("b%d.test", i)))
	}
	gaps := u.gaps(web.Route)
	require.Len(t, gaps, maxToldEach+3)
	assert.Equal(t, 980, gaps[maxToldEach].N())
	assert.Contains(t, gaps[maxToldEach].Text, "a further page that was named was not visited: limit of 20 pages")
	assert.Equal(t, 60_000, gaps[maxToldEach+1].N())
	assert.Len(t, u.left[discover.OtherSite], maxDetails)
}

func TestNothingIsSaidOfASiteThatWasSeenWhole(t *testing.T) {
	u := newUnvisited(limits{pages: 20, perRoute: 3}, []crawler.Task{{URL: "https://a.test/", Via: "seed"}})
	u.page(visited("https://a.test/"))
	u.page(visited("https://a.test/b"))
	assert.Empty(t, u.gaps(web.Route))
}

// Of several sites that a scan began with, one may have nothing but its start page.
func TestWhatIsKnownOfASiteIsToldSiteBySite(t *testing.T) {
	a, b := crawler.Task{URL: "https://a.test/", Via: "seed"}, crawler.Task{URL: "https://b.test/", Via: "seed"}
	u := newUnvisited(limits{}, []crawler.Task{a, b})
	for _, at := range []string{"https://a.test/", "https://b.test/", "https://b.test/c"} {
		u.page(&crawler.Page{Task: crawler.Task{URL: at}, URL: at})
	}
	assert.True(t, u.onlyNamed("a.test"))
	assert.False(t, u.onlyNamed("b.test"))
	u.skip(discover.Skip{Task: crawler.Task{URL: "https://a.test/x", Via: "link"}, Why: discover.ByRobots})
	assert.False(t, u.onlyNamed("a.test"), "a page of it is known, and kept out")
}
