package web

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// maxPaths is how many of its paths stand for the shape of a page: enough to tell templates apart, few enough to write down
	// with every page.
	maxPaths = 48
	// minPaths is how many different paths a page must have to have a shape: plainer pages are alike whatever they are.
	minPaths = 4
	// maxPathDepth is how far below the body elements count: what lies deeper is content, such as a text's own mark-up.
	maxPathDepth = 8
	// pathWidth is the length of a path's hash in a shape, in letters.
	pathWidth = 4
	// minListed is how many links make a list.
	minListed = 3
)

// Outline says what a page is like, without its words: the shape is the set of its paths of tags and classes, in a form that
// alike compares ("" if there is too little of it), and lists are the folders, as Fold writes them and with a slash at the
// end, whose pages stand in one list on the page. Navigation is no list, and the menus, heads and feet that all pages share
// are part of no shape where the page says what its main part is.
func Outline(address string, document io.Reader) (shape string, lists []string, err error) {
	base, err := url.Parse(address)
	if err != nil {
		return "", nil, fmt.Errorf("outline: %w", err)
	}
	root, err := html.Parse(document)
	if err != nil {
		return "", nil, fmt.Errorf("outline of %s: %w", address, err)
	}
	body := find(root, func(n *html.Node) bool { return n.DataAtom == atom.Body })
	if body == nil {
		return "", nil, nil
	}
	if b := find(root, func(n *html.Node) bool { return n.DataAtom == atom.Base && attr(n, "href") != "" }); b != nil {
		if u, err := base.Parse(strings.TrimSpace(attr(b, "href"))); err == nil {
			base = u
		}
	}
	l := lister{base: base, found: map[string]bool{}}
	l.look(body)
	for folder := range l.found {
		lists = append(lists, folder)
	}
	slices.Sort(lists)
	return shapeOf(body), lists, nil
}

// shapeOf is the shape of the page's main part, if it names one, or of all of it.
func shapeOf(body *html.Node) string {
	top := find(body, func(n *html.Node) bool { return n.DataAtom == atom.Main || attr(n, "role") == "main" })
	paths := map[string]bool{}
	var walk func(n *html.Node, path string, depth int)
	walk = func(n *html.Node, path string, depth int) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode || isNothing(c) || top == nil && isNavigation(c) {
				continue
			}
			at := path + ">" + signature(c)
			paths[at] = true
			if depth < maxPathDepth {
				walk(c, at, depth+1)
			}
		}
	}
	walk(cmp.Or(top, body), "", 1)
	if len(paths) < minPaths {
		return ""
	}
	hashes := make([]string, 0, len(paths))
	for p := range paths {
		h := fnv.New32a()
		_, _ = h.Write([]byte(p)) // never fails
		hashes = append(hashes, fmt.Sprintf("%04x", (h.Sum32()>>16^h.Sum32())&0xffff))
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	return strings.Join(hashes[:min(len(hashes), maxPaths)], "")
}

// alikeFrom is the share of paths that two pages of one template have in common: one has a badge, the other a discount.
const alikeFrom = 0.75

// alike reports whether two shapes are of one template: most of their paths are the same.
func alike(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if a == b {
		return true
	}
	x, y := paths(a), paths(b)
	union, both := 0, 0
	for i, k := 0, 0; (i < len(x) || k < len(y)) && union < maxPaths; union++ {
		switch {
		case k == len(y) || i < len(x) && x[i] < y[k]:
			i++
		case i == len(x) || y[k] < x[i]:
			k++
		default:
			both++
			i++
			k++
		}
	}
	return float64(both) >= alikeFrom*float64(union)
}

func paths(shape string) (list []string) {
	for chunk := range slices.Chunk([]byte(shape), pathWidth) {
		list = append(list, string(chunk))
	}
	return list
}

// nothing are elements that show nothing, or what is not the page's own.
var nothing = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Link: true,
	atom.Meta: true, atom.Iframe: true, atom.Br: true}

var (
	reOverlay    = regexp.MustCompile(`(?i)cookie|consent|gdpr|onetrust|usercentrics|didomi|overlay|modal|popup|backdrop|toast|chat`)
	reNavigation = regexp.MustCompile(`(?i)(^|[-_ ])(nav|navigation|navbar|menu|megamenu|header|footer|breadcrumbs?|sidebar|toc|tabs|pagination|pager|languages?|lang)([-_ ]|$)`)
	reState      = regexp.MustCompile(`(?i)^(is|has|js|no)-|active|current|selected|open|loaded|lazy|visible|hidden|disabled|checked|first|last|odd|even|sale|new`)
)

// isNothing reports whether an element is no part of a page's shape.
func isNothing(n *html.Node) bool {
	return nothing[n.DataAtom] || hasAttr(n, "hidden") || reOverlay.MatchString(attr(n, "id")+" "+attr(n, "class")) || attr(n, "role") == "dialog"
}

// isNavigation reports whether an element leads through the site, wherever it stands.
func isNavigation(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Header, atom.Footer, atom.Aside:
		return true
	}
	switch attr(n, "role") {
	case "navigation", "menu", "menubar", "banner", "contentinfo", "tablist":
		return true
	}
	return reNavigation.MatchString(attr(n, "id")) || reNavigation.MatchString(attr(n, "class"))
}

// signature is the tag of an element with those of its classes that are not of this showing alone.
func signature(n *html.Node) string {
	var classes []string
	for c := range strings.FieldsSeq(attr(n, "class")) {
		if !strings.ContainsAny(c, "0123456789") && !reState.MatchString(c) {
			classes = append(classes, c)
		}
	}
	slices.Sort(classes)
	return n.Data + "." + strings.Join(slices.Compact(classes), ".")
}

// lister finds lists of pages.
type lister struct {
	base  *url.URL
	found map[string]bool
}

// look finds lists among the children of an element, and below.
func (l *lister) look(n *html.Node) {
	groups := map[string][]*html.Node{}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || isNothing(c) || isNavigation(c) {
			continue
		}
		groups[signature(c)] = append(groups[signature(c)], c)
		l.look(c)
	}
	for _, items := range groups {
		if len(items) >= minListed {
			l.list(items)
		}
	}
}

// list takes in a list, if its items lead to pages of one folder: each is a card, which shows more than a link, or most are
// named as things are, in several words. What has neither may be a menu.
func (l *lister) list(items []*html.Node) {
	folder, names, worded, cards := "", map[string]bool{}, 0, 0
	for _, item := range items {
		link := find(item, func(n *html.Node) bool { return n.DataAtom == atom.A && attr(n, "href") != "" })
		if link == nil {
			continue
		}
		u, err := l.base.Parse(strings.TrimSpace(attr(link, "href")))
		if err != nil || u.Host != l.base.Host || Normalize(u) != nil {
			return
		}
		in, name, ok := folderOf(u)
		if !ok || folder != "" && in != folder {
			return
		}
		folder = in
		if !names[name] && strings.ContainsAny(name, "-_0123456789") {
			worded++
		}
		names[name] = true
		if len(textOf(item)) > len(textOf(link))+2 || find(item, isPicture) != nil {
			cards++
		}
	}
	if len(names) >= minListed && (2*worded > len(names) || cards >= len(names)) {
		l.found[folder] = true
	}
}

func isPicture(n *html.Node) bool { return n.DataAtom == atom.Img || n.DataAtom == atom.Picture }

// folderOf is the folder that a page is in, as Fold writes it, and the page's name in it; false if it is none below the top
// of the site, where every page is a kind of its own.
func folderOf(u *url.URL) (folder, name string, ok bool) {
	segments := foldPath(u.EscapedPath())
	last := len(segments) - 1
	if !isBelow(segments) || !isLiteral(segments[last]) {
		return "", "", false
	}
	return u.Scheme + "://" + u.Host + "/" + strings.Join(segments[:last], "/") + "/", segments[last], true
}

// isBelow reports whether the last segment lies in a folder, and not at the top of the site or of one of its languages.
func isBelow(segments []string) bool {
	return slices.ContainsFunc(segments[:len(segments)-1], func(s string) bool { return s != "" && !IsLocale(s) })
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return strings.TrimSpace(n.Data)
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode || c.Type == html.ElementNode && !isNothing(c) {
			b.WriteString(textOf(c))
		}
	}
	return b.String()
}

// find returns the first element below n, or n itself, that is one.
func find(n *html.Node, is func(*html.Node) bool) *html.Node {
	if n.Type == html.ElementNode && is(n) {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if f := find(c, is); f != nil {
			return f
		}
	}
	return nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}
