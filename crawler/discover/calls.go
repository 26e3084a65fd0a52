package discover

import (
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// calls are the functions that the scripts in a document define, by what they do: whether one that a handler calls leads on can be
// read there. Of those that stand in files nothing is known.
type calls struct {
	leading map[string]bool // functions that leave the page
	defined map[string]bool
}

// leadingCalls lead on without a definition in the document: they send a form and show what is answered
// (https://learn.microsoft.com/en-us/previous-versions/aspnet/ms153112(v=vs.100), https://html.spec.whatwg.org/#dom-form-submit).
var leadingCalls = regexp.MustCompile(`\b__doPostBack\s*\(|\bWebForm_DoPostBackWithOptions\s*\(|\.\s*(submit|requestSubmit)\s*\(`)

var (
	reDefines = regexp.MustCompile(`\bfunction\s+([A-Za-z_$][\w$]*)\s*\(|` +
		`\b([A-Za-z_$][\w$]*)\s*=\s*(?:async\s+)?(?:function\b|\([^()]*\)\s*=>|[A-Za-z_$][\w$]*\s*=>)`)
	reCalls = regexp.MustCompile(`(?:^|[^.\w$])([A-Za-z_$][\w$]*)\s*\(`)
)

// maxDefinition bounds how much of a function is read for what it does.
const maxDefinition = 2000

// callsOf reads the scripts in a document.
func callsOf(doc *goquery.Document) *calls {
	c := &calls{leading: map[string]bool{}, defined: map[string]bool{}}
	doc.Find("script:not([src])").Each(func(_ int, s *goquery.Selection) {
		text := s.Text()
		at := reDefines.FindAllStringSubmatchIndex(text, -1)
		for _, m := range at {
			name := submatch(text, m, 1) + submatch(text, m, 2)
			body := definition(text[m[0]:])
			c.defined[name] = true
			if reNavigates.MatchString(body) || leadingCalls.MatchString(body) {
				c.leading[name] = true
			}
		}
	})
	return c
}

func submatch(text string, m []int, i int) string {
	if m[2*i] < 0 {
		return ""
	}
	return text[m[2*i]:m[2*i+1]]
}

// definition is the function that a text begins with, to its closing brace, or to the end of the line if it has none.
func definition(text string) string {
	text = text[:min(len(text), maxDefinition)]
	depth := 0
	for i, r := range text {
		switch {
		case r == '{':
			depth++
		case r == '}' && depth == 1:
			return text[:i+1]
		case r == '}':
			depth--
		case depth == 0 && (r == '\n' || r == ';'):
			return text[:i]
		}
	}
	return text
}

// handlersOf are what is done when an element is clicked: handlers, and the script of a link.
func handlersOf(s *goquery.Selection) (out []string) {
	for _, a := range handlerAttributes {
		if v, ok := s.Attr(a); ok {
			out = append(out, v)
		}
	}
	href := strings.TrimSpace(s.AttrOr("href", ""))
	if len(href) > len(scriptScheme) && strings.EqualFold(href[:len(scriptScheme)], scriptScheme) {
		out = append(out, href[len(scriptScheme):])
	}
	return out
}

const scriptScheme = "javascript:"

// lead reports whether an element calls what leaves the page.
func (c *calls) lead(s *goquery.Selection) bool {
	for _, h := range handlersOf(s) {
		if c.leads(h) {
			return true
		}
	}
	return false
}

func (c *calls) leads(handler string) bool {
	if leadingCalls.MatchString(handler) {
		return true
	}
	for _, m := range reCalls.FindAllStringSubmatch(handler, -1) {
		if c.leading[m[1]] {
			return true
		}
	}
	return false
}

// unknown reports whether an element is a link that calls a function of which nothing is known but its name, and that does not say that it
// acts on the page.
func (c *calls) unknown(s *goquery.Selection) bool {
	if goquery.NodeName(s) != "a" {
		return false
	}
	for _, h := range handlersOf(s) {
		for _, m := range reCalls.FindAllStringSubmatch(h, -1) {
			if !c.defined[m[1]] && !actsOnPage.MatchString(m[1]) {
				return true
			}
		}
	}
	return false
}

// actsOnPage are names of functions that do something to the page, or to nothing.
var actsOnPage = regexp.MustCompile(`(?i)^(void|if|for|while|switch|function|return|typeof|set(Timeout|Interval)|alert|confirm|prompt|` +
	`print|eval|close|\$|jQuery)$|` +
	`^_?(toggle|show|hide|open|close|expand|collapse|scroll|slide|play|pause|stop|mute|copy|share|print|zoom|set|add|remove|delete|` +
	`select|sort|filter|switch|change|clear|reset|focus|activate|accordion|tab|modal|popup|dialog|menu|lightbox|gallery|swap|like|vote|` +
	`download|track|bookmark)`)

// jumps reports whether an element is a list whose choice shows another page: its entries are addresses, or choosing one leaves the page or
// asks the server by a form.
func jumps(s *goquery.Selection, c *calls) bool {
	if goquery.NodeName(s) != "select" || s.Find("option").Length() < 2 {
		return false
	}
	does := s.AttrOr("onchange", "")
	if does == "" {
		return allAddresses(s)
	}
	if reNavigates.MatchString(does) {
		return true
	}
	form := s.Closest("form")
	asks := form.Length() == 0 || strings.EqualFold(form.AttrOr("method", "get"), "get")
	return asks && c.leads(does)
}

// allAddresses reports whether the entries of a list are addresses, but for a first one that only says what to choose.
func allAddresses(s *goquery.Selection) bool {
	found, others := 0, 0
	s.Find("option").Each(func(i int, o *goquery.Selection) {
		switch {
		case isAddress(o.AttrOr("value", "")):
			found++
		case i > 0:
			others++
		}
	})
	return found >= 2 && others == 0
}
