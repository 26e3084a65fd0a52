package scan

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
)

func TestAStartPageThatLeadsOnWithoutLinks(t *testing.T) {
	start := &crawler.Page{ID: "p1", Task: crawler.Task{URL: "https://a.test/", Via: "seed"}, Outcome: crawler.Complete}
	has := func(leading, menu int) func() discover.Controls {
		return func() discover.Controls { return discover.Controls{Leading: leading, Menu: menu} }
	}
	link := &crawler.Page{ID: "p2", Task: crawler.Task{URL: "https://a.test/b", Via: "link", Depth: 1}, Outcome: crawler.Complete}
	blocked := &crawler.Page{ID: "p1", Task: start.Task, Outcome: crawler.Blocked}
	for name, c := range map[string]struct {
		page     *crawler.Page
		own      int
		controls func() discover.Controls
		interact bool
		alone    bool
		want     int
		says     string
	}{
		"handlers":              {start, 0, has(2, 0), false, true, 2, "--interact tries it"},
		"a menu of buttons":     {start, 0, has(0, 4), false, true, 4, "something to click"},
		"one handler":           {start, 0, has(1, 0), false, true, 1, "something to click"},
		"tried in vain":         {start, 0, has(2, 0), true, true, 2, "found no page"},
		"more than is tried":    {start, 0, has(0, 40), true, true, 40, "found no page"},
		"a menu that was tried": {start, 0, has(0, 4), true, true, 0, ""},
		"it has links":          {start, 3, nil, false, true, 0, ""},
		"others are known":      {start, 0, has(2, 0), false, false, 0, ""},
		"a brochure":            {start, 0, has(0, 2), false, true, 0, ""},
		"no start page":         {link, 0, has(2, 0), false, true, 0, ""},
		"it was not shown":      {blocked, 0, has(2, 0), false, true, 0, ""},
	} {
		d := newDeadEnds(c.interact)
		d.page(c.page, c.own, c.controls)
		d.page(c.page, c.own, c.controls) // another visitor
		gaps := d.gaps(func(string) bool { return c.alone })
		if c.want == 0 {
			assert.Empty(t, gaps, name)
			continue
		}
		require.Len(t, gaps, 1, name)
		assert.Equal(t, crawler.GapNoLinks, gaps[0].Kind)
		assert.Equal(t, "https://a.test/", gaps[0].Where)
		assert.Equal(t, c.want, gaps[0].N(), name)
		assert.Contains(t, gaps[0].Text, c.says, name)
	}
}
