package discover

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"

	"github.com/tagscan/tagscan/crawler/web"
)

// minGist is how many letters a page must show before it can be told from another: shorter ones are judged by other means.
const minGist = 12

// reClock is a time of day, which differs between two showings of one page.
var reClock = regexp.MustCompile(`^\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?$`)

// Gist returns a hash of what the document of the page at the URL shows, so that two addresses that show one and the same
// page have one gist: its words, its pictures, frames and fields. Left out are scripts, long ids as of a request or a
// token, times of day, and the page's own address. ok is false where the document does not hold what is shown: it draws
// on a canvas, keeps it in a shadow tree, or shows next to nothing.
func Gist(at string, html io.Reader) (gist string, ok bool, err error) {
	doc, err := goquery.NewDocumentFromReader(html)
	if err != nil {
		return "", false, fmt.Errorf("gist of %s: %w", at, err)
	}
	doc.Find("script, style, noscript, template, svg, [hidden]").Remove()
	body := doc.Find("body")
	if body.Find("canvas, object, embed").Length() > 0 || hasShadow(body) {
		return "", false, nil
	}
	var b strings.Builder
	letters := 0
	own := addressesOf(at)
	for word := range strings.FieldsSeq(textOf(body)) {
		if own[strings.Trim(word, quotes)] || isPassing(word) {
			continue
		}
		for _, r := range word {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		b.WriteString(word)
		b.WriteByte(' ')
	}
	if letters < minGist {
		return "", false, nil
	}
	body.Find("img[src], iframe[src], input[name]").Each(func(_ int, s *goquery.Selection) {
		src, _, _ := strings.Cut(s.AttrOr("src", s.AttrOr("name", "")), "?")
		b.WriteString("\x00" + goquery.NodeName(s) + " " + src)
	})
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8]), true, nil
}

// textOf is the text of all elements, with a space between two of them.
func textOf(s *goquery.Selection) string {
	var b strings.Builder
	s.Find("*").AddBack().Contents().Each(func(_ int, n *goquery.Selection) {
		if goquery.NodeName(n) == "#text" {
			b.WriteString(n.Text())
			b.WriteByte(' ')
		}
	})
	return b.String()
}

// hasShadow reports whether an element may hold its content where the document does not show it: custom elements without
// any of their own (https://dom.spec.whatwg.org/#concept-shadow-tree).
func hasShadow(body *goquery.Selection) bool {
	found := false
	body.Find("*").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		found = strings.Contains(goquery.NodeName(s), "-") && s.Children().Length() == 0 && strings.TrimSpace(s.Text()) == ""
		return !found
	})
	return found
}

// addressesOf are the ways in which a page may name itself.
func addressesOf(at string) map[string]bool {
	own := map[string]bool{at: true}
	if u, err := url.Parse(at); err == nil {
		for _, a := range []string{u.RequestURI(), u.EscapedPath(), u.Path} {
			own[a] = true
		}
	}
	return own
}

// quotes may stand around a word.
const quotes = `.,;:()[]"'#`

// isPassing reports whether a word is of this showing alone: an id of a request, a token, a time.
func isPassing(word string) bool {
	word = strings.Trim(word, quotes)
	if reClock.MatchString(word) {
		return true
	}
	switch web.FoldSegment(word) {
	case "{uuid}", "{hash}", "{id}":
		return true
	}
	return len(word) >= 10 && strings.ContainsAny(word, "0123456789")
}
