package discover

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestControlsThatLeadOn(t *testing.T) {
	for name, html := range map[string]string{
		"handler sets the location":     `<button onclick="location.href='/shop'">Shop</button>`,
		"handler assigns":               `<div onclick="window.location = '/a'">A</div>`,
		"opens a window":                `<span onclick="window.open('/a')">A</span>`,
		"history":                       `<li onclick="history.pushState({}, '', '/x'); draw()">X</li>`,
		"router of Vue":                 `<div @click="$router.push('/x')">X</div>`,
		"handler of a framework":        `<div ng-click="$location.path('/x')">X</div>`,
		"own function":                  `<p onclick="navigate('pricing')">Pricing</p>`,
		"role":                          `<span role="link" tabindex="0">Products</span>`,
		"address in an attribute":       `<table><tr data-href="/orders/12"><td>12</td></tr></table>`,
		"htmx":                          `<div hx-get="/news" hx-target="body">News</div>`,
		"router attribute":              `<app-card routerlink="/detail">x</app-card>`,
		"javascript link":               `<a href="javascript:location.assign('/x')">X</a>`,
		"form that is a button":         `<form action="/catalog"><button>Catalog</button></form>`,
		"javascript link, own function": `<a href="javascript:go(1)">Chairs</a><script>function go(n){ location = '/p' + n }</script>`,
		"own function of an arrow":      `<div onclick="turn(2)">Next</div><script>const turn = (n) => { window.location.href = '/p' + n }</script>`,
		"form that is sent by a link":   `<form><input type=hidden name=p></form><a href="javascript:document.forms[0].submit()">Next</a>`,
		"post back":                     `<a href="javascript:__doPostBack('grid','Page$2')">2</a>`,
		"functions of a file":           `<script src=/nav.js></script><a href="javascript:goPage(1)">Chairs</a><a href="javascript:goPage(2)">Tables</a><a href="javascript:goPage(3)">Lamps</a>`,
		"list that sends its form":      `<form action=/search><select name=c onchange="this.form.submit()"><option>chairs<option>tables</select></form>`,
		"list that leaves":              `<select onchange="location = this.value"><option value="">Go to<option value=a.html>A<option value=b.html>B</select>`,
		"list of addresses":             `<select id=j><option>Go to<option value="/a">A<option value="/b">B</select>`,
		"menu of buttons":               `<nav><button>Home</button><button>Products</button><button>Contact us</button></nav>`,
		"menu of blind links":           `<div class="navbar"><a href="#">Home</a><a href="#">Products</a><a href="#">About us</a></div>`,
		"list of cards":                 `<ul><li><div role=button>Red shoe</div></li><li><div role=button>Blue shoe</div></li><li><div role=button>Hat</div></li></ul>`,
		"cards by class":                `<div class="product-cards"><div tabindex=0>Red shoe</div><div tabindex=0>Blue shoe</div><div tabindex=0>Hat</div></div>`,
		"menu in Chinese":               `<nav><button>产品</button><button>新闻</button><button>联系我们</button></nav>`,
		"sidebar by style":              `<aside><div style="cursor: pointer">Overview</div><div style="cursor: pointer">Invoices</div><div style="cursor:pointer">Team</div></aside>`,
		"menu beside a cookie dialog":   `<header><button>Shop</button><button>Journal</button><button>Visit us</button></header><div id=cookie-banner><button>Accept all</button></div>`,
	} {
		c, err := ControlsOf(strings.NewReader("<body>" + html))
		require.NoError(t, err)
		assert.True(t, c.LeadOn(), "%s: %+v", name, c)
	}
}

func TestControlsOfAPageThatIsWhole(t *testing.T) {
	many := func(n int, s string) string { return strings.Repeat(s, n) }
	for name, html := range map[string]string{
		"text":                             `<h1>Hello</h1><p>We bake bread.</p>`,
		"brochure with anchors":            `<nav><a href="#menu">Menu</a><a href="#hours">Hours</a><a href="#find">Find us</a></nav><button>Call us</button>`,
		"hamburger":                        `<header><button aria-label="Menu" aria-expanded="false">≡</button></header>`,
		"cookie dialog":                    `<div class="cookie-consent"><ul><li><button>Accept all</button><li><button>Only necessary</button><li><button>Settings page</button></ul></div>`,
		"dialog":                           `<div role="dialog"><header><button>Allow everything</button><button>Refuse everything</button><button>More information</button></header></div>`,
		"questions and answers":            `<ul>` + many(6, `<li><button aria-expanded="false">How does it work?</button><p>So.</p></li>`) + `</ul>`,
		"details":                          many(4, `<details><summary>Question</summary>Answer</details>`),
		"tabs":                             `<ul role="tablist"><li><button role="tab">Monthly</button><li><button role="tab">Yearly</button><li><button>Forever</button></ul>`,
		"game":                             `<canvas></canvas><button>New game</button><button>Restart</button>`,
		"game with levels":                 `<ul><li><button>Easy</button><li><button>Medium</button><li><button>Hard</button></ul>`,
		"calculator":                       `<div class="grid">` + many(1, `<button>1</button><button>2</button><button>+</button><button>AC</button><button>sin</button><button>cos</button><button>tan</button><button>log</button>`) + `</div>`,
		"piano":                            `<div class="keys">` + many(12, `<div tabindex=0></div>`) + `</div>`,
		"word game":                        `<ul class="keyboard"><button>Enter</button><button>q</button><button>w</button><button>Delete</button></ul>`,
		"to-do list":                       `<ul>` + many(5, `<li>Buy milk <button>Delete</button><button>Edit</button></li>`) + `</ul><form><input><button>Add task</button></form>`,
		"contact form":                     `<form method=post action=/send><input name=email><button>Send</button><button>Attach a file</button><button>Send a copy</button></form>`,
		"search form":                      `<form action="/search"><input name=q><button>Search</button></form>`,
		"carousel":                         `<div class="carousel"><ul><li><button>First picture</button><li><button>Second picture</button><li><button>Third picture</button></ul></div>`,
		"social icons of a template":       `<ul class="nav">` + many(5, `<li><a href="#"><i class="icon"></i></a></li>`) + `</ul>`,
		"images that load later":           many(4, `<img data-url="/a.jpg">`),
		"handler that draws":               `<button onclick="toggle()">Show</button><button onclick="document.body.classList.add('dark')">Dark</button>`,
		"javascript links that do nothing": `<ul><li><a href="javascript:void(0)">More about us</a><li><a href="javascript:;">Our house</a></ul>`,
		"javascript links that draw": `<a href="javascript:pick(1)">Chairs</a><a href="javascript:pick(2)">Tables</a><a href="javascript:pick(3)">Lamps</a><script>function pick(n) { document.title = n }
			addEventListener('x', () => { location = '/a' })</script>`,
		"tabs by a file":              `<a href="javascript:showTab(1)">Chairs</a><a href="javascript:showTab(2)">Tables</a><a href="javascript:toggleAll()">Lamps and more</a>`,
		"one link by a file":          `<a href="javascript:doIt()">Our offer</a>`,
		"list to choose from":         `<form><select name=size onchange="update(this.value)"><option>S<option>M</select></form>`,
		"list of a form that is sent": `<form method=post action=/currency><select name=c onchange="this.form.submit()"><option>EUR<option>USD</select></form>`,
		"list of one":                 `<select onchange="location = this.value"><option value="/">Home</select>`,
		"copy buttons":                `<ol>` + many(4, `<li><code>x</code><button data-clipboard-text="x">Copy this</button></li>`) + `</ol>`,
		"two buttons in a header":     `<header><button>Shop</button><button>Visit us</button></header>`,
		"reads the location":          `<button onclick="if (location.href == 'x') draw()">Draw</button>`,
	} {
		c, err := ControlsOf(strings.NewReader("<body>" + html))
		require.NoError(t, err)
		assert.False(t, c.LeadOn(), "%s: %+v", name, c)
	}
}
