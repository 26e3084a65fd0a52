package scan

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// chain is a navigation: each address with the status that it answered. A zero status before it begins a navigation of its
// own, which no redirect led to.
type chain []struct {
	url    string
	status int
}

// visit feeds a visit to m: its documents, frames and pictures beside them, and its page.
func (c chain) visit(m *moves, asked string) (move, bool) {
	before := ""
	end := asked
	for i, d := range c {
		if d.url == "" {
			before = ""
			continue
		}
		id := fmt.Sprintf("r%d", i)
		m.request(&crawler.Request{ID: id, Page: "p1", URL: d.url, Type: "document", Redirect: before, Target: crawler.Target{Type: "page"}, Response: &crawler.Response{Status: d.status}})
		m.request(&crawler.Request{ID: id + "f", Page: "p1", URL: "https://frame.test/", Type: "document", Frame: crawler.Frame{Parent: "f0"}, Response: &crawler.Response{Status: 200}})
		before, end = "", d.url
		if d.status >= 300 {
			before = id
		}
	}
	return m.page(&crawler.Page{ID: "p1", Task: crawler.Task{URL: asked, Via: "seed"}, URL: end, Outcome: crawler.Complete})
}

func TestAStartThatHasMoved(t *testing.T) {
	for name, c := range map[string]chain{
		"301":                          {{"https://old.test/", 301}, {"https://new.test/", 200}},
		"308":                          {{"https://old.test/", 308}, {"https://www.new.test/shop", 200}},
		"https and www first":          {{"http://old.test/", 302}, {"https://old.test/", 302}, {"https://www.old.test/", 301}, {"https://new.test/", 200}},
		"the browser's own upgrade":    {{"http://old.test/", 307}, {"https://old.test/", 301}, {"https://new.test/", 200}},
		"on the new site as it likes":  {{"https://old.test/", 301}, {"https://new.test/", 302}, {"https://new.test/en/", 200}},
		"over a second domain of both": {{"https://old.test/", 301}, {"https://middle.test/", 301}, {"https://new.test/", 200}},
		"a new language, by a script":  {{"https://old.test/", 301}, {"https://new.test/", 200}, {"", 0}, {"https://new.test/de", 200}},
	} {
		asked := c[0].url
		mv, moved := c.visit(newMoves(), asked)
		require.True(t, moved, name)
		assert.Equal(t, move{site: "new.test", forGood: true}, mv, name)
	}
}

func TestAStartThatLedElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		chain chain
		how   string
	}{
		"302":                       {chain{{"https://shop.test/", 302}, {"https://consent.other.test/?go=1", 200}}, "not permanent (302)"},
		"303":                       {chain{{"https://shop.test/", 303}, {"https://other.test/", 200}}, "not permanent (303)"},
		"307":                       {chain{{"https://shop.test/", 307}, {"https://other.test/", 200}}, "not permanent (307)"},
		"one of two":                {chain{{"https://shop.test/", 301}, {"https://t.test/c", 302}, {"https://other.test/", 200}}, "not permanent (302)"},
		"its own sign-in first":     {chain{{"https://shop.test/", 302}, {"https://shop.test/login", 301}, {"https://id.other.test/?login_hint=a", 200}}, "not permanent (302)"},
		"script or refresh":         {chain{{"https://shop.test/", 200}, {"", 0}, {"https://other.test/", 200}}, "script, a form or a refresh"},
		"script, then a redirect":   {chain{{"https://shop.test/", 200}, {"", 0}, {"https://shop.test/go", 301}, {"https://other.test/", 200}}, "script, a form or a refresh"},
		"a gate that says for good": {chain{{"https://shop.test/", 301}, {"https://gate.other.test/?continue=https%3A%2F%2Fshop.test%2F", 200}}, "way back"},
		"nothing was seen of it":    {chain{{"https://shop.test/", 200}, {"", 0}}, ""},
	} {
		mv, moved := c.chain.visit(newMoves(), "https://shop.test/")
		if c.how == "" {
			assert.False(t, moved, name)
			continue
		}
		require.True(t, moved, name)
		assert.False(t, mv.forGood, name)
		assert.Equal(t, "other.test", mv.site, name)
		assert.Contains(t, mv.how, c.how, name)
	}
}

func TestTheSameSiteIsNoMove(t *testing.T) {
	for name, c := range map[string]chain{
		"www":         {{"https://shop.test/", 302}, {"https://www.shop.test/", 200}},
		"https":       {{"http://shop.test/", 302}, {"https://shop.test/", 200}},
		"other host":  {{"https://shop.test/", 302}, {"https://login.shop.test/?x=1", 200}},
		"other port":  {{"http://127.0.0.1:3000/", 302}, {"https://127.0.0.1:3443/", 200}},
		"there again": {{"https://shop.test/", 302}, {"https://id.other.test/", 302}, {"https://shop.test/?code=1", 200}},
	} {
		_, moved := c.visit(newMoves(), c[0].url)
		assert.False(t, moved, name)
	}
}

func TestWhereAStartLedIsToldOnce(t *testing.T) {
	m := newMoves()
	c := chain{{"https://shop.test/", 302}, {"https://gate.other.test/", 200}}
	mv, _ := c.visit(m, "https://shop.test/")
	page := &crawler.Page{ID: "p1", Task: crawler.Task{URL: "https://shop.test/", Via: "seed"}}
	g, ok := m.gap(page, mv)
	require.True(t, ok)
	const text = "the start address led to another site, other.test, by a redirect that is not permanent (302)"
	assert.Equal(t, crawler.Gap{Kind: crawler.GapLedElsewhere, Where: "https://shop.test/", Page: "p1", Text: text}, g)
	_, ok = m.gap(page, mv)
	assert.False(t, ok, "another visitor went the same way")
	assert.Empty(t, m.documents)
}
