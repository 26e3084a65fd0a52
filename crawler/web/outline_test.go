package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const shopURL = "https://shop.example"

func product(name, more string) string {
	return `<body class="page-id-7"><header><nav><a href="/about">About</a></nav></header><main class="product"><h1>` + name +
		`</h1><div class="gallery"><img src="` + name + `.jpg"></div><div class="buy"><p class="price">9</p><button>Buy</button></div>` +
		`<div class="text"><p>Words</p><ul><li>One</li></ul></div>` + more + `</main><footer><p>Us</p></footer>`
}

func article(title string) string {
	return `<body><header><nav><a href="/about">About</a></nav></header><main><article class="post"><h1>` + title +
		`</h1><p class="by">Ann</p><div class="body"><p>Words <em>and</em> more</p><blockquote>Said</blockquote></div></article></main>`
}

func plainPage(title string) string {
	return `<body><header><nav><a href="/about">About</a></nav></header><main class="page"><h1>` + title +
		`</h1><div class="text"><p>Words</p><p class="more">More</p></div></main>`
}

func seen(t *testing.T, path, html string) Sight {
	t.Helper()
	shape, lists, err := Outline(shopURL+path, strings.NewReader(html))
	require.NoError(t, err)
	return Sight{shopURL + path, shape, lists}
}

func TestPagesOfOneTemplateAreAlike(t *testing.T) {
	shape := func(html string) string { return seen(t, "/", html).Shape }
	red := shape(product("red", ""))
	assert.True(t, alike(red, shape(product("blue", ""))))
	assert.True(t, alike(red, shape(product("blue", `<span class="badge">Sale</span>`))), "one has a badge")
	assert.True(t, alike(red, shape(product("blue", `<div id="cookie-banner"><div class="x"><button>OK</button></div></div>`))))
	assert.True(t, alike(red, shape(strings.Replace(product("blue", ""), `class="product"`, `class="product is-active post-7"`, 1))))
	assert.False(t, alike(red, shape(article("Why"))))
	assert.False(t, alike(red, shape(plainPage("About"))))
	assert.Empty(t, shape(`<h1>Lamps</h1><p>Words</p>`), "a page so plain is like any other")
	assert.False(t, alike("", ""))
}

func TestRoutesLearnFromPagesThatLookAlike(t *testing.T) {
	var r Routes
	learned := r.See(
		seen(t, "/products/red-shoe", product("red", "")), seen(t, "/products/blue-hat", product("blue", `<span class="badge">New</span>`)),
		seen(t, "/about", plainPage("About")), seen(t, "/contact", plainPage("Contact")), seen(t, "/pricing", plainPage("Pricing")),
		seen(t, "/en/about", plainPage("About")), seen(t, "/en/contact", plainPage("Contact")),
		seen(t, "/company/team", plainPage("Team")), seen(t, "/company/story", article("Story")), seen(t, "/company/shop", product("all", "")),
		seen(t, "/guide/one", article("One")),
	)
	assert.Equal(t, []string{shopURL + "/products/{slug} is one route: blue-hat, red-shoe look alike"}, learned)
	for path, want := range map[string]string{
		"/products/red-shoe": "/products/{slug}", "/products/never-seen": "/products/{slug}", "/products/red-shoe/reviews": "/products/{slug}/reviews",
		"/about": "/about", "/contact": "/contact", "/pricing": "/pricing", "/en/about": "/en/about",
		"/company/team": "/company/team", "/company/story": "/company/story", "/guide/one": "/guide/one",
	} {
		u, err := url.Parse(shopURL + path)
		require.NoError(t, err)
		assert.Equal(t, shopURL+want, r.Fold(u), path)
		assert.Equal(t, shopURL+want, r.Refold(Route(shopURL+path)), path)
	}
	assert.Empty(t, r.See(seen(t, "/products/green-sock", product("green", ""))), "it is said once")
}

func TestWhatRoutesLearnDoesNotDependOnTheOrder(t *testing.T) {
	pages := []Sight{seen(t, "/a/one", article("1")), seen(t, "/a/two", article("2")), seen(t, "/a/three", product("3", "")), seen(t, "/b/one", article("1"))}
	want := new(Routes).See(pages...)
	require.Len(t, want, 1)
	for i := range pages {
		pages = append(pages[1:], pages[0])
		assert.Equal(t, want, new(Routes).See(pages...), i)
	}
}

func items(format string, names ...string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(strings.ReplaceAll(format, "%", n))
	}
	return b.String()
}

func TestPagesThatStandInOneListAreOneRoute(t *testing.T) {
	link := `<li><a href="/p/%">%</a></li>`
	card := `<div class="card"><a href="/p/%"><img src="%.jpg"></a><h3>%</h3></div>`
	for name, c := range map[string]struct {
		html string
		want []string
	}{
		"things named in words":          {`<ul>` + items(link, "red-shoe", "blue-hat", "sock") + `</ul>`, []string{shopURL + "/p/"}},
		"cards":                          {`<div class="grid">` + items(card, "shoe", "hat", "sock") + `</div>`, []string{shopURL + "/p/"}},
		"two are no list":                {`<ul>` + items(link, "red-shoe", "blue-hat") + `</ul>`, nil},
		"words alone may be a menu":      {`<ul>` + items(link, "team", "story", "press") + `</ul>`, nil},
		"navigation":                     {`<nav><ul>` + items(link, "red-shoe", "blue-hat", "old-sock") + `</ul></nav>`, nil},
		"navigation by its class":        {`<div class="main-menu"><ul>` + items(link, "red-shoe", "blue-hat", "old-sock") + `</ul></div>`, nil},
		"pages at the top of the site":   {`<ul>` + items(`<li><a href="/%">%</a></li>`, "red-shoe", "blue-hat", "old-sock") + `</ul>`, nil},
		"pages of a language":            {`<ul>` + items(`<li><a href="/en/%">%</a></li>`, "red-shoe", "blue-hat", "old-sock") + `</ul>`, nil},
		"pages of several folders":       {`<ul>` + items(link, "red-shoe", "blue-hat", "old-sock") + `<li><a href="/q/x-y">x</a></li></ul>`, nil},
		"pages of another site":          {`<ul>` + items(`<li><a href="https://b.example/p/%">%</a></li>`, "a-b", "c-d", "e-f") + `</ul>`, nil},
		"relative to what the page says": {`<base href="/x/"><ul>` + items(`<li><a href="%">%</a></li>`, "a-b", "c-d", "e-f") + `</ul>`, []string{shopURL + "/x/"}},
	} {
		assert.Equal(t, c.want, seen(t, "/", `<body><main>`+c.html+`</main>`).Lists, name)
	}
	var r Routes
	assert.Equal(t, []string{shopURL + "/p/{slug} is one route: its pages stand in a list on " + shopURL + "/all"},
		r.See(seen(t, "/all", `<ul>`+items(link, "red-shoe", "blue-hat", "old-sock")+`</ul>`)))
}

// A site that lives in a folder of its host has its top there.
func TestTheTopOfASiteIsWhereItBegins(t *testing.T) {
	var r Routes
	begin, err := url.Parse(shopURL + "/project/")
	require.NoError(t, err)
	r.Begin(begin)
	assert.Empty(t, r.See(seen(t, "/project/about", plainPage("About")), seen(t, "/project/contact", plainPage("Contact"))))
	assert.Len(t, r.See(seen(t, "/project/docs/about", plainPage("About")), seen(t, "/project/docs/contact", plainPage("Contact"))), 1)
}

// Who folds a URL when all is known, and who was told what somebody else folded it to, agree.
func TestRoutesFollowWhatOthersKnow(t *testing.T) {
	var r Routes
	r.Follow(shopURL+"/p/red-shoe?colour=red", shopURL+"/p/{slug}?{query}")
	r.Follow(shopURL+"/q/red-shoe", "https://other.example/q/{slug}")
	r.Follow(shopURL+"/about", shopURL+"/{n}")
	for address, want := range map[string]string{
		"/p/blue-hat?size=3": "/p/{slug}?{query}", "/q/blue-hat": "/q/blue-hat", "/pricing": "/pricing",
	} {
		assert.Equal(t, shopURL+want, r.Refold(Route(shopURL+address)), address)
	}
	for _, same := range []string{"", "no route", shopURL + "/x/y?a&b#c/{n}"} {
		assert.Equal(t, same, r.Refold(same))
	}
}

func TestSiblingsAreOfOneKindUntilTheyWereSeen(t *testing.T) {
	var r Routes
	kind := func(path string) string {
		u, err := url.Parse(shopURL + path)
		require.NoError(t, err)
		return strings.TrimPrefix(r.Kind(u), shopURL)
	}
	assert.Equal(t, "/docs/{?}", kind("/docs/install"))
	assert.Equal(t, "/docs/{?}", kind("/docs/use"))
	assert.Equal(t, "/about", kind("/about"))
	assert.Equal(t, "/en/about", kind("/en/about"))
	assert.Equal(t, "/p/{n}", kind("/p/7"))
	r.See(seen(t, "/docs/a", product("a", "")), seen(t, "/docs/b", article("b")), seen(t, "/docs/c", plainPage("c")))
	assert.Equal(t, "/docs/install", kind("/docs/install"), "they are not alike")
}

func TestMergingKeepsWhatIsBelow(t *testing.T) {
	for range 20 { // the order of maps
		var r Routes
		parse := func(path string) *url.URL {
			u, err := url.Parse(shopURL + path)
			require.NoError(t, err)
			return u
		}
		for i := range 12 {
			r.Learn(parse(fmt.Sprintf("/a/x%c-y/photos/p%c-q", 'a'+i, 'a'+i)))
			r.Learn(parse(fmt.Sprintf("/a/x%c-z", 'a'+i)))
		}
		assert.Equal(t, shopURL+"/a/{slug}/photos/{slug}", r.Fold(parse("/a/other-one/photos/any-one")))
	}
}

func FuzzOutline(f *testing.F) {
	f.Add(shopURL+"/a", product("a", ""))
	f.Fuzz(func(t *testing.T, address, html string) {
		shape, lists, err := Outline(address, strings.NewReader(html))
		if err != nil {
			return
		}
		new(Routes).See(Sight{address, shape, lists}, Sight{address + "b", shape, nil})
	})
}
