package shown

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// factsOf makes the facts of a visit from a page as wall.Hits writes it, as far as HTML alone tells them: what seen.js reads in a
// browser. TestSeenAgreesWithTheBrowser holds the two together.
func factsOf(t *testing.T, sample string) *Facts {
	t.Helper()
	head, body, found := strings.Cut(sample, "\n\n")
	if !found || strings.HasPrefix(sample, "<") {
		head, body = "", sample
	}
	f := &Facts{Asked: "https://shop.example/p", Status: 200, Looked: true, Claimed: true}
	f.URL = f.Asked
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		if status, err := strconv.Atoi(line); err == nil {
			f.Status = status
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		f.Headers = append(f.Headers, crawler.Header{Name: name, Value: strings.TrimSpace(value)})
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	require.NoError(t, err)
	f.Markup, err = doc.Html()
	require.NoError(t, err)
	f.Title, f.Noscript = text(doc.Find("title")), text(doc.Find("noscript"))
	doc.Find("script").Each(func(_ int, s *goquery.Selection) {
		if src, there := s.Attr("src"); there {
			f.Scripts = append(f.Scripts, absolute(src))
		} else if kind, _ := s.Attr("type"); kind == "" {
			f.Inline++
		}
		f.App = f.App || s.AttrOr("type", "") == "module"
	})
	doc.Find("iframe").Each(func(_ int, s *goquery.Selection) {
		width, _ := strconv.Atoi(s.AttrOr("width", "300"))
		height, _ := strconv.Atoi(s.AttrOr("height", "150"))
		f.Frames = append(f.Frames, Frame{Src: absolute(s.AttrOr("src", "")), Seen: width > 1, Width: width, Height: height})
	})
	doc.Find("script, style, noscript, template, iframe").Remove()
	f.Drawn = doc.Find("img[src], svg, canvas, video").Length()
	all := text(doc.Find("body"))
	f.Text, f.TextLength = all[:min(len(all), 3000)], len([]rune(all))
	doc.Find("h1, h2").Each(func(_ int, s *goquery.Selection) { f.Heads = append(f.Heads, text(s)) })
	links := map[string]bool{}
	doc.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
		if to := absolute(s.AttrOr("href", "")); web.Site(to) == "shop.example" && to != f.URL {
			links[to] = true
		}
	})
	f.OwnLinks = len(links)
	doc.Find("a, button, input[type=submit]").Each(func(_ int, s *goquery.Selection) {
		if said := text(s); said != "" {
			f.Buttons, f.Controls = append(f.Buttons, said), append(f.Controls, said)
		}
	})
	doc.Find("input:not([type=hidden]):not([type=submit]):not([type=checkbox]), textarea, select").Each(func(_ int, s *goquery.Selection) {
		kind := s.AttrOr("type", "text")
		if goquery.NodeName(s) != "input" {
			kind = goquery.NodeName(s)
		}
		f.Password = f.Password || kind == "password"
		label := s.AttrOr("placeholder", "") + " " + text(s.Closest("label"))
		f.Fields = append(f.Fields, Field{kind, s.AttrOr("autocomplete", ""), s.AttrOr("name", ""), label, text(s.Closest("form").Find("button"))})
	})
	doc.Find("#root, #app, #__next, app-root").Each(func(_ int, s *goquery.Selection) {
		f.App = true
		if text(s) == "" && s.Find("img, svg, canvas, input, button").Length() == 0 {
			f.Mounts++
		}
	})
	return f
}

var blanks = regexp.MustCompile(`\s+`)

// text is a selection's text, every element apart.
func text(s *goquery.Selection) string {
	var b strings.Builder
	var walk func(*goquery.Selection)
	walk = func(s *goquery.Selection) {
		s.Contents().Each(func(_ int, c *goquery.Selection) {
			if goquery.NodeName(c) == "#text" {
				b.WriteString(c.Text())
			} else {
				b.WriteString(" ")
				walk(c)
			}
		})
	}
	walk(s)
	return strings.TrimSpace(blanks.ReplaceAllString(strings.ReplaceAll(b.String(), "’", "'"), " "))
}

func absolute(to string) string {
	switch {
	case strings.HasPrefix(to, "//"):
		return "https:" + to
	case strings.HasPrefix(to, "/"):
		return "https://shop.example" + to
	}
	return to
}
