package scan

import (
	"bytes"
	"context"
	"iter"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/cmd/internal/console"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/discover"
)

// shop is a site of some forty pages that shows its links in another order each time, and other ones beside them, and takes
// another time for each page.
type shop struct {
	mu      sync.Mutex
	chance  *rand.Rand
	dialogs map[string]bool // paths of pages with a consent dialog
	extra   map[crawler.Consent][]string
}

func newShop(seed uint64) *shop {
	return &shop{chance: rand.New(rand.NewPCG(seed, 1)), dialogs: map[string]bool{}, extra: map[crawler.Consent][]string{}}
}

var (
	lamps = strings.Fields("red-lamp blue-lamp tall-lamp wall-lamp desk-lamp floor-lamp night-lamp green-lamp old-lamp small-lamp big-lamp round-lamp")
	posts = strings.Fields("why-we-glow how-to-hang what-we-read when-it-dims")
)

// page are the links of a page and its document.
func (s *shop) page(path string, c crawler.Consent) (links []string, html string) {
	menu := []string{"/", "/about", "/contact", "/pricing", "/lamps", "/offers", "/blog", "/help/returns", "/help/delivery", "/team", "/terms", "/press", "/stores", "/stores/north", "/stores/south", "/stores/west",
		"/stores/east", "/warranty", "/privacy", "/sitemap", "/brands"}
	all := func(folder string, names []string) (list []string) {
		for _, n := range names {
			list = append(list, folder+n)
		}
		return list
	}
	folder, name, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	items, body := []string(nil), `<main><h1>`+path+`</h1><p class="lead">Words</p></main>`
	switch {
	case path == "/lamps", path == "/offers":
		items = all("/products/", lamps)
	case path == "/blog":
		items = all("/blog/", posts)
	case folder == "products":
		body = `<main class="product"><h1>` + name + `</h1><img src="x"><p class="price">9</p><div class="text"><p>It glows</p></div></main>`
		items = all("/products/", lamps)[s.chance.IntN(6):][:3] // related ones
		links = append(links, "/cart", "/thanks?email=jo.doe%40example.org")
	case folder == "blog":
		body = `<main><article class="post"><h1>` + name + `</h1><p class="by">Ann</p><div class="text"><p>Words</p></div></article></main>`
	}
	links = append(append(append(links, menu...), items...), s.extra[c]...)
	s.chance.Shuffle(len(links), func(i, k int) { links[i], links[k] = links[k], links[i] })
	return links, "<!doctype html><body>" + body
}

// Visit takes between a moment and a minute.
func (s *shop) Visit(_ context.Context, t crawler.Task) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		path := strings.TrimPrefix(t.URL, origin)
		s.mu.Lock()
		links, html := s.page(path, t.Consent)
		slow := time.Duration(s.chance.Int64N(int64(time.Minute)))
		s.mu.Unlock()
		time.Sleep(slow) // of the bubble
		p := &crawler.Page{Task: t, URL: t.URL, Outcome: crawler.Complete, HTML: crawler.NewBody([]byte(html)), Dialog: &crawler.Dialog{Seen: s.dialogs[path]}}
		for _, l := range links {
			p.Links = append(p.Links, origin+l)
		}
		yield(crawler.Event{Time: time.Now(), Page: p}, nil)
	}
}

func (s *shop) End(string) {}

func (s *shop) Settle() []crawler.Event { return nil }

// taking are the pages that a scan of the shop takes, in order, each with its reason, and what each visitor visited, sorted.
type taking struct {
	taken   []string
	visited map[string][]string
	began   map[string]string // by visitor: its first page
	said    string
}

func crawlShop(t *testing.T, s *shop, change func(*Options)) (c taking) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		o := Options{
			Tool: "test", Seeds: []string{origin + "/"}, Dir: filepath.Join(t.TempDir(), "run"), States: allStates,
			MaxPages: 20, PerRoute: 3, Workers: 4, NoRobots: true, NoSitemap: true,
			Console: console.New(&said, console.Options{Verbose: true}), Logger: slog.New(slog.DiscardHandler),
		}
		if change != nil {
			change(&o)
		}
		out, err := capture.Create(o.Dir, capture.CreateOptions{Tool: o.Tool})
		require.NoError(t, err)
		scope, err := discover.NewScope(o.Seeds, o.FirstParty, o.Include, o.Exclude)
		require.NoError(t, err)
		var res Result
		run := &crawl{o: o, out: out, visitor: s, result: &res, third: map[string]bool{}}
		require.NoError(t, run.write(crawler.Event{Run: o.run(crawler.Browser{})}))
		require.NoError(t, run.all(t.Context(), scope))
		require.NoError(t, out.Close(capture.Ending{}))
		c = taking{visited: map[string][]string{}, began: map[string]string{}, said: said.String()}
		for line := range strings.Lines(said.String()) {
			if take, ok := strings.CutPrefix(strings.TrimSpace(line), "to visit: "+origin); ok {
				c.taken = append(c.taken, take)
			}
		}
		opened, err := capture.Open(o.Dir)
		require.NoError(t, err)
		for ev, err := range opened.Events() {
			require.NoError(t, err)
			if p := ev.Page; p != nil {
				if c.visited[p.Task.Profile] == nil {
					c.began[p.Task.Profile] = p.Task.URL
				}
				c.visited[p.Task.Profile] = append(c.visited[p.Task.Profile], p.Task.URL)
			}
		}
		for _, list := range c.visited {
			slices.Sort(list)
		}
	})
	return c
}

// TestTheSameSiteHasTheSamePages scans a site that shows its links in another order each time and whose pages take another time
// each: the same pages, in the same order, for the same reasons, in every consent state.
func TestTheSameSiteHasTheSamePages(t *testing.T) {
	var first taking
	for seed := range uint64(6) {
		s := newShop(seed)
		s.dialogs["/lamps"] = true
		c := crawlShop(t, s, nil)
		require.Len(t, c.taken, 20, "%s", c.said)
		for _, state := range []string{"unasked", "rejected", "accepted"} {
			assert.Len(t, c.visited[state], 20, "scan %d, %s", seed, state)
			assert.Equal(t, c.visited["unasked"], c.visited[state])
		}
		assert.Equal(t, origin+"/lamps", c.began["accepted"], "the choice is made where the dialog is")
		assert.Equal(t, origin+"/lamps", c.began["rejected"])
		if seed == 0 {
			first = c
			continue
		}
		assert.Equal(t, first.taken, c.taken, "scan %d", seed)
	}
	list := strings.Join(first.taken, "\n")
	assert.Contains(t, list, "/thanks?email=***: its address speaks of a person's data")
	assert.Contains(t, list, "/contact: by its address it has a form")
	assert.Contains(t, list, "/about: a kind of page not seen yet")
	assert.Equal(t, 1, strings.Count(list, "/products/"), "no second lamp as long as there are other kinds of pages: %s", list)
}

// Pages that look alike are one route, of which no more are visited than of any other.
func TestPagesThatLookAlikeAreOneRoute(t *testing.T) {
	c := crawlShop(t, newShop(1), func(o *Options) { o.MaxPages = 0 })
	list := strings.Join(c.taken, "\n")
	assert.Equal(t, 3, strings.Count(list, "/products/"), "%s", list)
	assert.Equal(t, 3, strings.Count(list, "/blog/"), "%s", list)
	assert.Equal(t, 1, strings.Count(list, "/about"), "%s", list)
	assert.Contains(t, c.said, origin+"/products/{slug} is one route: there are more than 10 names")
	assert.Contains(t, c.said, origin+"/blog/{slug} is one route: how-to-hang, what-we-read, when-it-dims look alike")
	assert.Contains(t, c.said, "/products/wall-lamp: enough pages of this route: "+origin+"/products/{slug}")
}

// What the last scan visited is visited again, whatever else there is by now.
func TestWhatAnEarlierScanVisitedIsVisitedAgain(t *testing.T) {
	first := crawlShop(t, newShop(1), func(o *Options) { o.MaxPages = 24 })
	var before []string
	for _, u := range first.visited["unasked"] {
		before = append(before, strings.Replace(u, "?email=jo.doe%40example.org", "", 1)) // as a baseline has it
	}
	before = append(before, origin+"/campaign") // no link leads there any more
	s := newShop(2)
	s.extra[crawler.Unasked] = []string{"/aaa", "/account/new-thing", "/checkout"}
	again := crawlShop(t, s, func(o *Options) { o.MaxPages, o.Before = 25, before })
	assert.Equal(t, slices.Sorted(slices.Values(append(first.visited["unasked"], origin+"/campaign"))), again.visited["unasked"])
	assert.Contains(t, strings.Join(again.taken, "\n"), "/campaign: an earlier scan visited it")
}

// What only a later state links to comes last, for all visitors, and is said.
func TestWhatIsLinkedOnlyAfterAChoiceComesLast(t *testing.T) {
	s := newShop(3)
	s.dialogs["/"] = true
	s.extra[crawler.Accepted] = []string{"/aaa", "/about"}
	c := crawlShop(t, s, func(o *Options) { o.MaxPages = 0 })
	require.NotEmpty(t, c.taken)
	assert.Equal(t, "/aaa: a kind of page not seen yet; only linked to after a choice", c.taken[len(c.taken)-1])
	assert.Contains(t, c.visited["unasked"], origin+"/aaa")
	assert.Contains(t, c.visited["rejected"], origin+"/aaa")
	assert.Contains(t, c.said, "one page is linked to only after a choice, and visited last: "+origin+"/aaa")
}

// While a round of the first visitor ends, the others keep the workers busy.
func TestARoundThatEndsKeepsNobodyWaiting(t *testing.T) {
	s := newShop(4)
	s.dialogs["/"] = true
	var mu sync.Mutex
	busy, most := 0, 0
	synctest.Test(t, func(t *testing.T) {
		front := discover.NewFrontier(discover.Options{MaxPages: 20, PerRoute: 3})
		plan := newSchedule(front, allStates)
		front.Add(crawler.Task{URL: origin + "/", Via: "seed"})
		plan.start()
		visit := func(ctx context.Context, task crawler.Task) iter.Seq2[crawler.Event, error] {
			return func(yield func(crawler.Event, error) bool) {
				mu.Lock()
				busy++
				most = max(most, busy)
				mu.Unlock()
				time.Sleep(time.Minute)
				mu.Lock()
				busy--
				mu.Unlock()
				for ev := range s.Visit(ctx, task) {
					yield(ev, nil)
				}
			}
		}
		s.chance = rand.New(rand.NewPCG(0, 0))
		began := time.Now()
		visits := 0
		for ev, err := range crawler.Crawl(t.Context(), front.Tasks(t.Context()), 4, visit) {
			require.NoError(t, err)
			outline(ev.Page)
			front.Showed(ev.Page)
			front.Add(linksOf(ev.Page, ev.Page.Links)...)
			plan.page(ev.Page)
			front.Done(ev.Page.Task)
			visits++
		}
		assert.Equal(t, 60, visits)
		assert.Equal(t, 4, most)
		assert.Less(t, time.Since(began), 30*time.Minute, "60 visits of a minute and a half by four take 22 minutes and a half")
	})
}
