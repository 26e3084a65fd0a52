package rule

import (
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
)

// PageURLField finds the address of the page the visitor is on.
var PageURLField = Rule{
	ID:     "page-url-field",
	Class:  PageURL,
	Doc:    "The address of the page, in a field that is named for it.",
	Why:    "It is the browsing history, and it carries whatever the site puts into its URLs.",
	Do:     "Cut the query off before it is sent; keep personal data out of URLs.",
	Names:  true,
	Find:   findPageURL,
	Hits:   []Sample{{URL: "https://vendor.example/g/collect?dl=https%3A%2F%2Fshop.example%2Fcart", Text: "https://shop.example/cart"}, {Body: `{"context":{"page":{"url":"https://shop.example/a?b=c"}}}`, Text: "https://shop.example/a?b=c"}},
	Misses: []Sample{{Body: `{"url":"https://cdn.example/logo.png"}`}, {Body: `{"href":"#top"}`}, {Body: `{"url":"n/a"}`}, {Body: `{"image":{"url":"https://shop.example/x"}}`}, {Body: `{"path":"M0 0"}`}, {Body: `{"request":{"url":"https://api.example/v1/x.json"}}`}},
}

func findPageURL(c *Context, yield func(Match)) {
	if c.f.Where == decode.Path {
		return
	}
	v := c.v
	if strings.HasPrefix(v, "/") && (c.name.flat == "pagepath" || c.name.flat == "dp" || c.name.flat == "pathname" || c.name.flat == "path" && len(c.name.outer) > 0 && c.name.outer[len(c.name.outer)-1] == "page") && len(v) > 1 && !strings.ContainsAny(v, " <>") {
		yield(c.whole(ByField, Likely))
		return
	}
	if !c.pageAddress(v) || c.foreignURL() || c.name.flat == "canonicalurl" {
		return
	}
	conf := Certain
	if c.name.flat == "url" || c.name.flat == "href" || c.name.flat == "uri" || c.name.flat == "path" || c.name.flat == "requesturl" {
		conf = Likely
		if c.Site == "" && !c.pageAround() || c.Site != "" && web.Site(v) != c.Site {
			return
		}
	}
	m := c.whole(ByField, conf)
	m.Key = ""
	yield(m)
}

// pageAround reports names around or beside that speak of a page visit.
func (c *Context) pageAround() bool {
	if len(c.name.outer) == 0 {
		return true
	}
	for _, w := range c.name.outer {
		if w == "page" || w == "context" || w == "request" || w == "document" || w == "view" || w == "properties" || w == "location" || w == "event" || w == "events" || w == "data" || w == "payload" || w == "usr" {
			return true
		}
	}
	return c.beside(Referrer, Title)
}

// foreignURL reports the address of a thing rather than of the page.
func (c *Context) foreignURL() bool {
	if len(c.name.outer) == 0 {
		return false
	}
	for _, w := range c.name.outer {
		switch w {
		case "breadcrumb", "breadcrumbs", "xhr", "fetch", "resource", "resources", "network", "assets", "spans", "span", "frames", "stack", "stacktrace", "initiator":
			return true
		}
	}
	switch c.name.outer[len(c.name.outer)-1] {
	case "image", "images", "img", "product", "products", "item", "items", "video", "media", "icon", "logo", "script", "stylesheet", "file", "api", "resource", "resources", "asset", "assets", "link", "links", "breadcrumb", "target", "stack", "frames":
		return true
	}
	return false
}

// pageAddress reports an absolute http address that is not that of a file.
func (c *Context) pageAddress(v string) bool {
	if !isURL(v) || len(v) > 8192 || strings.ContainsAny(v, " \n<>") {
		return false
	}
	path := v
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	slash, dot := strings.LastIndexByte(path, '/'), strings.LastIndexByte(path, '.')
	if slash < 9 || dot < slash {
		return true
	}
	switch ending := strings.ToLower(path[dot+1:]); ending {
	case "html", "htm", "php", "asp", "aspx", "jsp":
		return true
	default:
		return !fileEndings[ending]
	}
}

// ReferrerField finds where the visitor came from.
var ReferrerField = Rule{
	ID:     "referrer-field",
	Class:  Referrer,
	Doc:    "The page the visitor came from, in a field that is named for it, or a Referer header with a query.",
	Why:    "It is the browsing history before this page, other sites' included.",
	Do:     "Set Referrer-Policy: strict-origin-when-cross-origin, and cut the query off before it is sent.",
	Names:  true,
	Find:   findReferrer,
	Hits:   []Sample{{URL: "https://vendor.example/g/collect?dr=https%3A%2F%2Fnews.example%2Fa", Text: "https://news.example/a"}, {Body: `{"properties":{"$referrer":"https://www.google.com/"}}`, Text: "https://www.google.com/"}},
	Misses: []Sample{{Body: `{"referrer":"$direct"}`}, {Body: `{"ref":"main"}`}, {Body: `{"referrer":""}`}, {Header: "Referer: https://shop.example/"}, {Body: `{"ref":"refs/heads/main"}`}, {Header: "Referer: https://shop.example/cart"}},
}

func findReferrer(c *Context, yield func(Match)) {
	if !c.pageAddress(c.v) || c.f.Where == decode.Header && !strings.Contains(c.v, "?") {
		return
	}
	m := c.whole(ByField, Certain)
	m.Key = ""
	yield(m)
}

// TitleField finds the title of the page.
var TitleField = Rule{
	ID:     "title-field",
	Class:  Title,
	Doc:    "The title of the page, in a field that is named for it.",
	Why:    "It says what was read, and titles of account pages name the user.",
	Do:     "Keep names out of titles.",
	Needs:  NeedLeaf,
	Names:  true,
	Find:   findTitle,
	Hits:   []Sample{{URL: "https://vendor.example/g/collect?dt=Your%20cart%20%E2%80%93%20Shop", Text: "Your cart – Shop"}, {Body: `{"context":{"page":{"title":"Insulin pumps"}}}`, Text: "Insulin pumps"}},
	Misses: []Sample{{Body: `{"product":{"title":"Red Shoes"}}`}, {Body: `{"title":"Red Shoes"}`}, {Body: `{"dt":"1700000000"}`}, {Body: `{"dt":"2024-01-02T03:04:05Z"}`}, {Body: `{"page_title":"null"}`}, {Body: `{"title":"Mr"}`}},
}

func findTitle(c *Context, yield func(Match)) {
	v := c.v
	if len(v) < 2 || len(v) > 400 || isNothing(v) || letterShare(v) < 40 || isURL(v) || isTemplate(v) || strings.ContainsAny(v, "{}<") || digestShape(v) != "" {
		return
	}
	switch c.name.flat {
	case "title":
		last := ""
		if len(c.name.outer) > 0 {
			last = c.name.outer[len(c.name.outer)-1]
		}
		if last != "page" && last != "document" && (c.foreign() || c.onMap() || !c.beside(PageURL, Referrer)) || mapWords[last] || last == "product" || last == "item" || last == "items" {
			return
		}
	case "viewname", "pagename", "actionname":
		if isSlug(v) {
			return
		}
	case "dt":
		if letterShare(v) < 50 || strings.Contains(v, "T") && strings.HasSuffix(v, "Z") && len(digitsOf(v)) > 8 {
			return
		}
	}
	m := c.whole(ByField, Likely)
	m.Key = ""
	yield(m)
}
