package shown

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A page that is shown instead of another says that, what to do about it, and nothing else; a page that uses its words in a headline has
// something of its own to say. So a document is taken for such a page by the share of its text that this explains.

// share is how much of a document's text is explained by the words of a kind of page, in characters. Those of Chinese, Japanese and
// Korean count twice, for they say more.
type share struct {
	all, own int  // outside of headings that say it and of buttons, and what of it is not explained
	part     bool // the kind's own statement is in it
	sells    bool // something has a price, or can be bought
	place    bool // an address or a telephone number, of people whom one can visit or call
}

// most is how many characters a sentence explains at the most: some pages have no full stops.
const most = 240

// share reads a document by the words of a kind.
func (s *Document) share(t phrases) share {
	out := share{sells: goods.MatchString(s.Text), place: places.MatchString(s.Text)}
	for _, said := range sentences.Split(s.beside(t), -1) {
		n := weigh(said)
		out.all += n
		if t.part.MatchString(said) {
			out.part = true
			n -= most
		} else if manners.MatchString(said) {
			n -= most
		}
		out.own += max(n, 0)
	}
	return out
}

// beside is a document's text without the headings that are the kind's own, without what buttons and links say, and without the names of
// the host and of the request, which such pages have.
func (s *Document) beside(t phrases) string {
	text := " " + s.Text + " "
	without := func(said string) {
		if said != "" {
			text = strings.Replace(text, " "+said+" ", " . ", 1)
		}
	}
	for _, head := range s.Heads {
		if t.whole.MatchString(strings.TrimSpace(head)) {
			without(head)
		}
	}
	labels := slices.Clone(s.Buttons)
	slices.SortStableFunc(labels, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, label := range labels {
		if !t.part.MatchString(label) { // the wall's own, which explain it
			without(label)
		}
	}
	if u, err := url.Parse(s.URL); err == nil && u.Hostname() != "" {
		text = strings.ReplaceAll(text, strings.TrimPrefix(u.Hostname(), "www."), " ")
	}
	return references.ReplaceAllString(text, " ")
}

// weigh counts the letters and digits of a text, and what stands between them.
func weigh(text string) int {
	n := 0
	for _, r := range strings.TrimSpace(text) {
		n++
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			n++
		}
	}
	return n
}

var (
	sentences = regexp.MustCompile(`[.!?…:]+(?:\s+|$)|[。！？؟।…]+|[;|•]\s| [–—·-] `)
	// references are the numbers of requests, and addresses of networks.
	references = regexp.MustCompile(`\b[\dA-Za-z+/_-]*\d[\dA-Za-z+/_.:#-]{7,}=*|\b[0-9a-f]{0,4}(:[0-9a-f]{0,4}){3,}\b`)
	// goods are prices, and how one buys.
	goods = regexp.MustCompile(`(?i)\d ?(?:€|\$|£|₽|¥|円|元|₺|₴|zł|kč|kr\b|ft\b|лв|руб|eur\b|usd\b|chf\b)|(?:€|\$|£|¥|₹|₩|₺|chf|eur|usd) ?\d|` +
		`add to (?:cart|bag|basket)|in den warenkorb|ajouter au panier|añadir al carrito|aggiungi al carrello|\btickets?\b.{0,20}\d`)
	// places are addresses of houses and telephone numbers.
	places = regexp.MustCompile(`(?i)(?:stra(?:ß|ss)e|str\.|gasse|platz|weg|allee|street|road|avenue|lane|rue|calle|via|piazza|straat|laan|ulica|ul\.|gatan|gade|katu|улица|ул\.|вулиця) ?\pL{0,20} ?\d{1,4}\b|` +
		`(?:\b(?:tel|phone|call|ring|telephone|telefon|teléfono|téléphone|notruf|bel|réservations|reservas)\b|телефон|电话|電話|전화)[^\d]{0,12}\d[\d ()/-]{5,}`)
)

// How much of its own a page that is shown instead of another may say, in characters and as a share of the text beside its heading.
const (
	ownBesideBoth = 90 // its heading and its text say it; and three fifths
	ownBesideHead = 24 // its heading alone; and a third
	ownBesidePart = 60 // its text alone; and a half
)

// mostSaid is how many characters a page says at the most that is shown instead of another, but for those that are known by name.
const mostSaid = 700

// speaks reports whether a document of some sentences is about nothing but what a table holds: its heading is one of it, or one
// of its sentences is, and what else it says is how such pages speak.
func (s *Document) speaks(t phrases) bool {
	if s.TextLength > mostSaid || s.OwnLinks > 4 {
		return false
	}
	whole := s.says(t)
	if !whole && !t.part.MatchString(s.Text) {
		return false
	}
	sh := s.share(t)
	switch {
	case sh.sells:
		return false
	case whole && sh.part:
		return t.firm || sh.own <= ownBesideBoth || 5*sh.own <= 3*sh.all
	case whole:
		return s.TextLength <= 500 && s.OwnLinks <= 3 && !sh.place && (sh.own <= ownBesideHead || 3*sh.own <= sh.all)
	case sh.part && sh.place:
		return s.TextLength <= 300 && s.OwnLinks <= 1 && 3*sh.own <= sh.all
	case sh.part:
		return s.TextLength <= 300 && s.OwnLinks <= 1 && (sh.own <= ownBesidePart || 2*sh.own <= sh.all)
	}
	return false
}
