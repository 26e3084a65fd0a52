package discover

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// linkSelector finds what leads to other pages.
const linkSelector = `a[href], area[href], iframe[src], frame[src], link[href][rel], meta[http-equiv][content]`

// linksOf returns the http and https URLs that the HTML of the page at the base URL leads to, normalised, in order and
// without duplicates: of a, area, iframe, frame, link (canonical, next, prev, alternate in another language) and of a
// refresh. Downloads, and links that a script turns into another method than GET, are left out.
func linksOf(base string, html io.Reader) ([]string, error) {
	at, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("links: %w", err)
	}
	doc, err := goquery.NewDocumentFromReader(html)
	if err != nil {
		return nil, fmt.Errorf("links of %s: %w", base, err)
	}
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if u, err := at.Parse(strings.TrimSpace(href)); err == nil {
			at = u
		}
	}
	var list []string
	seen := map[string]bool{}
	doc.Find(linkSelector).Each(func(_ int, s *goquery.Selection) {
		target := targetOf(s)
		if target == "" {
			return
		}
		u, err := at.Parse(target)
		if err != nil {
			return
		}
		if link, err := Normalize(u.String()); err == nil && !seen[link] {
			seen[link] = true
			list = append(list, link)
		}
	})
	return list, nil
}

// targetOf returns where an element leads, as it is written; "" if it does not lead to a page.
func targetOf(s *goquery.Selection) string {
	switch goquery.NodeName(s) {
	case "iframe", "frame":
		return strings.TrimSpace(s.AttrOr("src", ""))
	case "meta":
		if strings.EqualFold(s.AttrOr("http-equiv", ""), "refresh") {
			return refreshURL(s.AttrOr("content", ""))
		}
		return ""
	case "link":
		if !leadsOn(s) {
			return ""
		}
	default:
		if _, download := s.Attr("download"); download || otherMethod(s) {
			return ""
		}
	}
	href := strings.TrimSpace(s.AttrOr("href", ""))
	if href == "#" {
		return ""
	}
	return href
}

func leadsOn(s *goquery.Selection) bool {
	for rel := range strings.FieldsSeq(strings.ToLower(s.AttrOr("rel", ""))) {
		switch rel {
		case "canonical", "next", "prev":
			return true
		case "alternate":
			_, language := s.Attr("hreflang")
			return language
		}
	}
	return false
}

// otherMethod recognises links that Rails UJS and Turbo send by POST or DELETE.
func otherMethod(s *goquery.Selection) bool {
	for _, attr := range []string{"data-method", "data-turbo-method"} {
		if m := s.AttrOr(attr, "get"); !strings.EqualFold(m, "get") {
			return true
		}
	}
	return false
}

// refreshURL reads "5; url=/next".
func refreshURL(content string) string {
	i := strings.Index(strings.ToLower(content), "url=")
	if i < 0 {
		return ""
	}
	return strings.Trim(strings.TrimSpace(content[i+len("url="):]), `'"`)
}

// List reads URLs, one a line; empty lines and lines that begin with "#" are passed over. A URL without scheme is taken
// for https. The error names the line that is not a URL.
func List(r io.Reader) ([]string, error) {
	var list []string
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || line[0] == '#' {
			continue
		}
		if !strings.Contains(line, "://") {
			line = "https://" + line
		}
		u, err := Normalize(line)
		if err != nil {
			return nil, fmt.Errorf("line %d is no http or https URL", n) // the file may be another than was meant, and is not quoted
		}
		list = append(list, u)
	}
	return list, lines.Err()
}
