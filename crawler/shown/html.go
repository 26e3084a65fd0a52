package shown

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/tagscan/tagscan/crawler/web"
)

// FromHTML is what a document at an address shows by its HTML alone, before any script has worked on it: what seen.js of package
// visit reads in a browser, as far as it can be told. Sizes are those that attributes say, and what only a style sheet hides
// counts as seen.
func FromHTML(address string, html []byte) (Document, error) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(html))
	if err != nil {
		return Document{}, fmt.Errorf("document: %w", err)
	}
	r := htmlReader{doc: doc, base: baseOf(address, doc), out: Document{URL: address}}
	for _, step := range []func(){r.scripts, r.frames, r.places, r.strip, r.texts, r.links, r.buttons, r.fields, r.pictures, r.layers} {
		step()
	}
	if r.out.TextLength <= maxMarkupText {
		if r.out.Markup, err = markupOf(html); err != nil {
			return Document{}, fmt.Errorf("document: %w", err)
		}
	}
	return r.out, nil
}

// Bounds, as in seen.js.
const (
	maxMarkupText = 2500    // characters of text of documents whose HTML is kept
	maxMarkup     = 100_000 // bytes of it
	maxText       = 3000    // characters
	maxOver       = 1000    // characters
	maxHeads      = 4
	maxFields     = 30
	maxButtons    = 300
)

// htmlReader reads one document.
type htmlReader struct {
	doc  *goquery.Document
	base *url.URL
	out  Document
}

func baseOf(address string, doc *goquery.Document) *url.URL {
	at, err := url.Parse(address)
	if err != nil {
		return &url.URL{}
	}
	if u, err := at.Parse(strings.TrimSpace(doc.Find("base[href]").First().AttrOr("href", ""))); err == nil {
		return u
	}
	return at
}

// absolute is an address as the document means it; "" if it is none.
func (r *htmlReader) absolute(to string) string {
	to = strings.TrimSpace(to)
	u, err := r.base.Parse(to)
	if to == "" || err != nil {
		return ""
	}
	return u.String()
}

var reScriptType = regexp.MustCompile(`(?i)javascript|ecmascript|^module$`)

func (r *htmlReader) scripts() {
	r.out.Title = short(text(r.doc.Find("head title, title").First()), 300)
	r.doc.Find("noscript").Each(func(_ int, s *goquery.Selection) {
		if said := s.Text(); !reMedia.MatchString(said) {
			r.out.Noscript = short(strings.TrimSpace(r.out.Noscript+" "+plain(reTag.ReplaceAllString(said, " "))), 300)
		}
	})
	r.doc.Find("script").Each(func(_ int, s *goquery.Selection) {
		kind, src := s.AttrOr("type", ""), r.absolute(s.AttrOr("src", ""))
		switch {
		case kind != "" && !reScriptType.MatchString(kind):
		case src != "":
			r.out.Scripts = append(r.out.Scripts, src)
		case strings.TrimSpace(s.Text()) != "":
			r.out.Inline++
		}
	})
}

// Elements that a noscript element has for those who count, and not for those who read; and any element.
var (
	reMedia = regexp.MustCompile(`(?i)<(img|iframe|style|link)`)
	reTag   = regexp.MustCompile(`<[^>]*>`)
)

// viewport is what a size in percent is of: the window of a common notebook.
var viewport = struct{ width, height int }{1366, 768}

func (r *htmlReader) frames() {
	r.doc.Find("iframe, frame").Each(func(_ int, s *goquery.Selection) {
		f := Frame{
			Src: r.absolute(s.AttrOr("src", "")), Width: size(s, "width", 300, viewport.width), Height: size(s, "height", 150, viewport.height),
		}
		_, f.Srcdoc = s.Attr("srcdoc")
		f.Seen = f.Width >= 16 && f.Height >= 16 && !hidden(s)
		r.out.Frames = append(r.out.Frames, f)
	})
}

var reSize = regexp.MustCompile(`^\s*(\d+)(?:\.\d+)?\s*(%|vw|vh|px)?`)

// size is a width or height of an element in pixels, by its style or its attribute.
func size(s *goquery.Selection, name string, ordinary, whole int) int {
	said := s.AttrOr(name, "")
	for rule := range strings.SplitSeq(s.AttrOr("style", ""), ";") {
		if k, v, _ := strings.Cut(rule, ":"); strings.EqualFold(strings.TrimSpace(k), name) {
			said = v
		}
	}
	m := reSize.FindStringSubmatch(said)
	if m == nil {
		return ordinary
	}
	n, err := strconv.Atoi(m[1])
	switch {
	case err != nil:
		return ordinary
	case m[2] == "" || m[2] == "px":
		return n
	}
	return whole * n / 100
}

var reHides = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*hidden`)

// hidden reports whether an element says itself, or one around it, that it is not shown.
func hidden(s *goquery.Selection) bool {
	around := s.ParentsFiltered("[style]").FilterFunction(hides)
	return s.Closest("[hidden], template, dialog:not([open])").Length() > 0 || s.FilterFunction(hides).Length() > 0 || around.Length() > 0
}

// hides reports whether an element's own style says that it is not shown.
func hides(_ int, s *goquery.Selection) bool { return reHides.MatchString(s.AttrOr("style", "")) }

// Where applications put themselves, as in seen.js: usual names, and what is no place for content.
const usualMounts = "#root, #app, #__next, #__nuxt, #___gatsby, #svelte, #application, #app-root, #react-root, #vue-app, " +
	"#q-app, #main-app, #single-spa-application, app-root, [ng-app], [ng-version], [data-reactroot], [data-v-app]"

var (
	reOverlay = regexp.MustCompile(`(?i)modal|portal|overlay|toast|dialog|popup|tooltip|drawer|fb-root|gtm|captcha|announce|notif|` +
		`(^|[-_])ads?([-_]|$)|cookie|consent|widget|chat|snack|live`)
	reNoPlace = regexp.MustCompile(`(?i)^(script|style|noscript|template|iframe|img|link|form|footer|header|nav|svg)$`)
)

func (r *htmlReader) places() {
	known := r.doc.Find(usualMounts)
	r.out.App = known.Length() > 0 || r.doc.Find("script[type=module][src], #__NEXT_DATA__, #__NUXT_DATA__").Length() > 0
	all := known.AddSelection(r.doc.Find("body > *").FilterFunction(func(_ int, s *goquery.Selection) bool {
		name, id := goquery.NodeName(s), s.AttrOr("id", "")
		place := strings.Contains(name, "-") || id != "" || name == "main"
		return place && !reNoPlace.MatchString(name) && !reOverlay.MatchString(id+" "+name)
	}))
	r.out.Mounts = all.FilterFunction(func(_ int, s *goquery.Selection) bool {
		return text(s) == "" && s.Find("img, svg, canvas, video, iframe, object, input, button").Length() == 0
	}).Length()
}

// asking are what asks for consent, by id or class, and how it says that it lies over the page.
const (
	asking = `[id*=cookie i], [class*=cookie i], [id*=consent i], [class*=consent i], [id*=onetrust i], [id*=didomi i], ` +
		`[id*=usercentrics i], [id*=gdpr i], [class*=gdpr i]`
	apart = `dialog, [role=dialog], [role=alertdialog], [aria-modal=true], [style*=fixed i], [style*=sticky i], ` +
		`[class*=banner i], [class*=modal i], [class*=popup i], [class*=overlay i], [class*=notice i], [id*=banner i], [id*=modal i], [id*=popup i], [id*=overlay i], [id*=notice i]`
)

// strip takes away what is not shown, and what asks for consent, which is no content.
func (r *htmlReader) strip() {
	r.doc.Find("script, style, noscript, template, iframe, frame, [hidden], dialog:not([open])").Remove()
	r.doc.Find("[style]").FilterFunction(hides).Remove()
	r.doc.Find(asking).FilterFunction(func(_ int, s *goquery.Selection) bool {
		return !s.Is("html, body") && s.Find("main, article").Length() == 0 && (s.Is(apart) || s.Find(apart).Length() > 0)
	}).Remove()
}

func (r *htmlReader) texts() {
	all := text(r.doc.Find("body"))
	r.out.Text, r.out.TextLength = short(all, maxText), len([]rune(all))
	r.doc.Find("h1, h2").Each(func(_ int, s *goquery.Selection) {
		if said := short(text(s), 150); said != "" && len(r.out.Heads) < maxHeads {
			r.out.Heads = append(r.out.Heads, said)
		}
	})
}

func (r *htmlReader) links() { r.out.OwnLinks = r.ownLinks() }

// ownLinks counts the addresses of the own site that links lead to.
func (r *htmlReader) ownLinks() int {
	led := map[string]bool{}
	here := web.WithoutFragment(r.out.URL)
	r.doc.Find("a[href], area[href]").Each(func(_ int, s *goquery.Selection) {
		to := web.WithoutFragment(r.absolute(s.AttrOr("href", "")))
		if strings.HasPrefix(to, "http") && to != here && web.Site(to) == web.Site(r.out.URL) {
			led[to] = true
		}
	})
	return len(led)
}

// What lies over a page says so by its element or style; the others stand around its content.
const (
	layer   = `dialog, [role=dialog], [role=alertdialog], [aria-modal=true], [style*=fixed i]`
	footing = `footer, [role=contentinfo], [class*=footer i], [id*=footer i]`
	heading = `header, nav`
)

// layers takes away what lies over the page, and reads what is left. It is the last step.
func (r *htmlReader) layers() {
	over := r.doc.Find(layer).FilterFunction(func(_ int, s *goquery.Selection) bool {
		return !s.Is("html, body") && !s.Is(heading) && s.ParentsFiltered(layer).Length() == 0
	})
	var said []string
	over.Each(func(_ int, s *goquery.Selection) { said = append(said, text(s)) })
	r.out.Over = short(strings.TrimSpace(strings.Join(said, " ")), maxOver)
	if r.out.Over == "" {
		return
	}
	over.Remove()
	r.doc.Find(footing).Remove()
	r.out.LinksUnder = r.ownLinks()
	r.doc.Find(heading).Remove()
	r.out.Beneath = len([]rune(text(r.doc.Find("body"))))
}

func (r *htmlReader) buttons() {
	r.doc.Find("a, button, [role=button], [role=menuitem], input[type=submit], input[type=button]").Each(func(_ int, s *goquery.Selection) {
		said := label(s)
		if said != "" && len([]rune(said)) <= 60 && len(r.out.Controls) < maxButtons {
			r.out.Buttons, r.out.Controls = append(r.out.Buttons, said), append(r.out.Controls, said)
		}
	})
}

// label is what a button says.
func label(s *goquery.Selection) string {
	for _, said := range []string{text(s), s.AttrOr("value", ""), s.AttrOr("aria-label", ""), s.AttrOr("title", "")} {
		if said = plain(said); said != "" {
			return said
		}
	}
	return ""
}

// puzzle are the elements of captchas, whose fields are none of the page's.
const puzzle = ".g-recaptcha, .h-captcha, .cf-turnstile, .frc-captcha, #px-captcha, [class*=captcha i], [id*=captcha i]"

var (
	reNoField     = regexp.MustCompile(`(?i)^(hidden|submit|button|reset|image|checkbox|radio|range|color)$`)
	rePuzzleField = regexp.MustCompile(`(?i)captcha|turnstile`)
)

func (r *htmlReader) fields() {
	var secrets []string
	r.doc.Find("input, textarea, select, [contenteditable=true]").Each(func(_ int, s *goquery.Selection) {
		kind, name := goquery.NodeName(s), s.AttrOr("name", "")+" "+s.AttrOr("id", "")
		if kind == "input" {
			kind = strings.ToLower(s.AttrOr("type", "text"))
		}
		form := s.Closest("form")
		if reNoField.MatchString(kind) || rePuzzleField.MatchString(name) || form.Length() == 0 && s.Closest(puzzle).Length() > 0 {
			return
		}
		auto := plain(s.AttrOr("autocomplete", ""))
		if kind == "password" {
			secrets = append(secrets, auto)
		}
		if len(r.out.Fields) >= maxFields {
			return
		}
		var sends []string
		form.Find("button, input[type=submit], [role=button]").Each(func(_ int, b *goquery.Selection) { sends = append(sends, label(b)) })
		r.out.Fields = append(r.out.Fields, Field{
			Type: kind, Auto: auto, Name: plain(name), Label: short(r.labelOf(s), 120), Sends: short(strings.Join(sends, " | "), 200),
		})
	})
	r.out.Password = len(secrets) == 1 && secrets[0] != "new-password"
}

// labelOf is what is written at a field.
func (r *htmlReader) labelOf(s *goquery.Selection) string {
	said := []string{text(s.Closest("label"))}
	if id := s.AttrOr("id", ""); id != "" {
		r.doc.Find("label[for]").EachWithBreak(func(_ int, l *goquery.Selection) bool {
			if l.AttrOr("for", "") == id {
				said = append(said, text(l))
			}
			return len(said) < 3
		})
	}
	said = append(said, s.AttrOr("placeholder", ""), s.AttrOr("aria-label", ""), s.AttrOr("title", ""))
	return plain(strings.Join(said, " "))
}

// pictures counts what is drawn. Images of a few dots are for counting.
func (r *htmlReader) pictures() {
	drawn := r.doc.Find("img[src], img[srcset], svg, canvas, video, object, embed")
	r.out.Drawn = drawn.FilterFunction(func(_ int, s *goquery.Selection) bool {
		return size(s, "width", 100, viewport.width) >= 16 && size(s, "height", 100, viewport.height) >= 16
	}).Length()
	r.out.Drawn += r.doc.Find(`[style*="background" i][style*="url(" i]`).Length()
}

// markupOf is the HTML as a browser would write it.
func markupOf(html []byte) (string, error) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(html))
	if err != nil {
		return "", err
	}
	out, err := doc.Html()
	return out[:min(len(out), maxMarkup)], err
}

// text is a selection's text, every element apart.
func text(s *goquery.Selection) string {
	var b strings.Builder
	var walk func(*goquery.Selection)
	walk = func(s *goquery.Selection) {
		s.Contents().Each(func(_ int, c *goquery.Selection) {
			switch goquery.NodeName(c) {
			case "#text":
				b.WriteString(c.Text())
			case "script", "style", "noscript", "template":
			default:
				b.WriteString(" ")
				walk(c)
			}
		})
	}
	walk(s)
	return plain(b.String())
}

var (
	reBlanks    = regexp.MustCompile(`\s+`)
	apostrophes = strings.NewReplacer("’", "'", "‘", "'", "ʼ", "'")
)

// plain is a text with single blanks and plain apostrophes.
func plain(s string) string {
	return strings.TrimSpace(reBlanks.ReplaceAllString(apostrophes.Replace(s), " "))
}

// short is the beginning of a text, so many characters of it.
func short(s string, most int) string {
	for i := range s {
		if most == 0 {
			return s[:i]
		}
		most--
	}
	return s
}
