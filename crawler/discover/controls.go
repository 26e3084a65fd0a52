package discover

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"
)

// Controls are the things on a page that lead further when they are clicked and are no links.
type Controls struct {
	Leading int // that say so in the document: a handler that sets the location, an address in an attribute, role=link
	Menu    int // buttons of a menu, a header or a list, each with another name; where they lead only their script knows
}

// menuOfButtons is from how many buttons on a page without links is a menu: a page about one thing has one or two, and so
// has a game.
const menuOfButtons = 3

// LeadOn reports whether a page that has no links leads further all the same.
func (c Controls) LeadOn() bool { return c.Leading > 0 || c.Menu >= menuOfButtons }

// N is how many of them there are.
func (c Controls) N() int { return c.Leading + c.Menu }

// ControlsOf counts the controls of a document, as it stands when the page is left. Handlers that a script attached leave
// no trace there, so buttons count by where they stand.
func ControlsOf(html io.Reader) (Controls, error) {
	doc, err := goquery.NewDocumentFromReader(html)
	if err != nil {
		return Controls{}, fmt.Errorf("controls: %w", err)
	}
	calls := callsOf(doc)
	doc.Find(asideSelector).Remove()
	var c Controls
	names := map[string]bool{}
	doc.Find("body *").Each(func(_ int, s *goquery.Selection) {
		switch {
		case leads(s), calls.lead(s), jumps(s, calls):
			c.Leading++
		case isButton(s) && (inMenu(s) || calls.unknown(s)):
			if name := nameOf(s); name != "" && !names[name] {
				names[name] = true
				c.Menu++
			}
		}
	})
	return c, nil
}

// asideSelector is what is beside the page itself: what is not shown, and dialogs, those about cookies above all.
const asideSelector = `script, style, template, noscript, svg, dialog, [hidden], [role=dialog], [role=alertdialog], [aria-modal=true],
	[id*=cookie i], [class*=cookie i], [id*=consent i], [class*=consent i], video, audio, [class*=player i], [class*=carousel i],
	[class*=slider i], [class*=swiper i], [class*=keyboard i], [class*=keypad i], [class*=calculator i]`

// addressAttributes hold where an element leads, by the habit of many scripts and frameworks.
var addressAttributes = []string{"data-href", "data-url", "data-link", "data-navigate", "data-path", "data-route", "routerlink",
	"ng-reflect-router-link", "ui-sref", "hx-get", "data-hx-get", "up-href", "x-link", "to"}

// reNavigates is what a handler calls to leave the page.
var reNavigates = regexp.MustCompile(`(?i)\blocation\s*((\.\s*(href|pathname|hash|search))?\s*=[^=]|\.\s*(assign|replace)\s*\()|` +
	`\bwindow\s*\.\s*open\s*\(|\bhistory\s*\.\s*pushState\b|\bnavigate(To)?\s*\(|\brouter\s*\.\s*(push|replace|navigate|go)\b|` +
	`\$router\b|\$location\b|\$state\s*\.\s*go\b|\bgoTo\w*\s*\(|\bopenPage\s*\(|\bshowPage\s*\(|\bloadPage\s*\(`)

// handlerAttributes hold what is done on a click.
var handlerAttributes = []string{"onclick", "onmousedown", "onpointerdown", "onkeydown", "ng-click", "data-ng-click", "@click",
	"v-on:click", "x-on:click", "(click)"}

// leads reports whether an element says that it leads to another page.
func leads(s *goquery.Selection) bool {
	if s.AttrOr("role", "") == "link" {
		return s.AttrOr("aria-disabled", "") != "true"
	}
	for _, a := range handlerAttributes {
		if v, ok := s.Attr(a); ok && reNavigates.MatchString(v) {
			return true
		}
	}
	for _, a := range addressAttributes {
		if v, ok := s.Attr(a); ok && isAddress(v) {
			return true
		}
	}
	if goquery.NodeName(s) == "a" {
		href := strings.TrimSpace(s.AttrOr("href", ""))
		return strings.HasPrefix(strings.ToLower(href), "javascript:") && reNavigates.MatchString(href)
	}
	return leadingForm(s)
}

// isAddress recognises a path or an address, not an in-page anchor and not a file.
func isAddress(v string) bool {
	v = strings.TrimSpace(v)
	return len(v) > 1 && reAddress.MatchString(v) && !reFile.MatchString(v)
}

var reAddress = regexp.MustCompile(`^(/|\./|https?://)`)

var reFile = regexp.MustCompile(`(?i)\.(png|jpe?g|gif|webp|avif|svg|ico|css|js|mjs|json|xml|pdf|zip|mp[34]|webm|woff2?)([?#]|$)`)

// leadingForm reports whether the element is a form whose only content is a button that leads somewhere.
func leadingForm(s *goquery.Selection) bool {
	if goquery.NodeName(s) != "form" || !strings.EqualFold(s.AttrOr("method", "get"), "get") || !isAddress(s.AttrOr("action", "")) {
		return false
	}
	const asks = "input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=image]), select, textarea"
	return s.Find(asks).Length() == 0
}

// isButton recognises what is clicked and does not say that it does something to the page alone.
func isButton(s *goquery.Selection) bool {
	if !isClickable(s) {
		return false
	}
	for _, a := range withinAttributes {
		if _, ok := s.Attr(a); ok {
			return false
		}
	}
	return s.Closest("form, summary, [role=tablist], [role=toolbar], [role=grid], [role=application]").Length() == 0
}

// isClickable reports whether a visitor would think that an element can be clicked.
func isClickable(s *goquery.Selection) bool {
	tag, role := goquery.NodeName(s), s.AttrOr("role", "")
	switch {
	case tag == "input", tag == "textarea", tag == "select":
		return false
	case tag == "button", role == "button", role == "menuitem":
		return true
	case tag == "a":
		return isBlind(s.AttrOr("href", ""))
	}
	style := strings.ReplaceAll(s.AttrOr("style", ""), " ", "")
	return s.AttrOr("tabindex", "") == "0" || strings.Contains(style, "cursor:pointer")
}

// isBlind recognises an href that leads nowhere by itself.
func isBlind(href string) bool {
	href = strings.ToLower(strings.TrimSpace(href))
	return href == "" || href == "#" || strings.HasPrefix(href, "javascript:")
}

// withinAttributes say that a button opens, switches or copies something on the page.
var withinAttributes = []string{
	"aria-expanded", "aria-controls", "aria-haspopup", "aria-pressed", "aria-checked", "data-toggle", "data-bs-toggle",
	"data-target", "data-bs-target", "data-dismiss", "data-bs-dismiss", "popovertarget", "commandfor",
	"data-clipboard-text", "data-copy", "data-theme", "disabled", "aria-disabled",
}

var reMenu = regexp.MustCompile(`(?i)(^|[-_ ])(nav|navbar|navigation|menu|sidebar|drawer|toc|topbar|header|cards?|list|results|` +
	`tiles|items?)([-_ ]|$)`)

// inMenu reports whether an element stands where one goes on from.
func inMenu(s *goquery.Selection) bool {
	const menus = "nav, header, aside, ul, ol, menu, [role=navigation], [role=menu], [role=menubar], [role=list]"
	if s.Closest(menus).Length() > 0 {
		return true
	}
	found := false
	s.Parents().EachWithBreak(func(i int, p *goquery.Selection) bool {
		found = reMenu.MatchString(p.AttrOr("class", "")) || reMenu.MatchString(p.AttrOr("id", ""))
		return !found && i < 4 && goquery.NodeName(p) != "body"
	})
	return found
}

// actsHere are names of buttons that act where they are.
var actsHere = wordSet(`
	menu close open search play pause stop next previous prev back forward start restart reset new newgame undo redo delete
	remove edit add save cancel ok clear enter submit share copy like more less showmore showless loadmore readmore top dark
	light theme login signin zoomin zoomout print download fullscreen mute settings language accept reject all none easy medium hard`)

// nameOf is what a button is called, "" if it has no words of its own or acts where it is.
func nameOf(s *goquery.Selection) string {
	name := strings.Join(strings.Fields(s.Text()), " ")
	if name == "" {
		name = s.AttrOr("aria-label", s.AttrOr("title", ""))
	}
	letters := 0
	for _, r := range name {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	words := wordsOf(name)
	switch {
	case letters < 3 && !hasIdeographs(name):
	case actsHere[strings.Join(words, "")]:
	case len(words) < 3 && len(words) > 0 && actsHere[words[0]]:
	default:
		return strings.ToLower(name)
	}
	return ""
}

// hasIdeographs reports whether a name is of two or more signs that are words by themselves.
func hasIdeographs(name string) bool {
	n := 0
	for _, r := range name {
		if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
			n++
		}
	}
	return n >= 2
}
