package har

import (
	"cmp"
	"encoding/json"
	"net/url"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// survey finds out whose site a HAR is of, which the Run event at the beginning says. In this order:
//
//   - the first page that the HAR lists, if it has an address;
//   - what Referer and Origin headers name before the first document, if they name one site alone, those of frames left
//     out: the page was there before the recording began;
//   - the first document that was loaded into a main frame. One that the visitor asked for outdoes such headers;
//   - the document that may be one by its answer, if most headers name it, or if a page without an address is listed.
//
// Else nobody knows, and nothing counts as the site's own.
type survey struct {
	pages    bool   // pages were listed
	listed   string // address of the first of them
	document string // of the first document that was answered with more than a redirect
	redirect string // of the first one that was answered with one
	asked    bool   // the visitor asked for the first of the two
	frames   map[string]bool
	sites    map[string]bool // that headers name before
	hint     string          // the first such header
	guesses  []string        // addresses of documents that only their answers tell, and that may be main ones
	named    map[string]int  // how many requests name an origin as where they came from
}

// maxHints bounds what is remembered of headers: more than one site is one too many already.
const maxHints = 1000

func newSurvey() *survey {
	return &survey{frames: map[string]bool{}, sites: map[string]bool{}, named: map[string]int{}}
}

func (s *survey) page(p *crawler.Page) {
	s.pages = true
	if s.listed == "" && !isExtension(p.URL) {
		s.listed = p.URL
	}
}

// entry takes a request in. Those of extensions are nobody's.
func (s *survey) entry(r *crawler.Request) {
	if s.document != "" || r.Initiator.Type == ofExtension || isExtension(crawler.HeaderValue(r.Headers, "Origin")) {
		return
	}
	s.count(r)
	address := pageURL(r.URL)
	switch {
	case address == "" || !isDocument(r):
	case isNavigation(r) && !saysNavigation(r):
		if len(s.guesses) < maxHints {
			s.guesses = append(s.guesses, address)
		}
		return
	case isNavigation(r):
		s.asked = s.asked || s.redirect == "" && wasAskedFor(r)
		if r.Response != nil && r.Response.Status/100 == 3 {
			s.redirect = cmp.Or(s.redirect, address)
		} else {
			s.document = address
		}
		return // its Referer is the page before
	case len(s.frames) < maxHints && web.Site(crawler.HeaderValue(r.Headers, "Referer")) != web.Site(address):
		s.frames[r.URL], s.frames[originOf(address)] = true, true
	}
	if s.redirect == "" {
		s.hints(r)
	}
}

func (s *survey) hints(r *crawler.Request) {
	for _, name := range []string{"Referer", "Origin"} {
		from := pageURL(crawler.HeaderValue(r.Headers, name))
		if from == "" || s.frames[from] || s.frames[originOf(from)] || len(s.sites) >= maxHints {
			continue
		}
		s.hint = cmp.Or(s.hint, from)
		s.sites[web.Site(from)] = true
		return
	}
}

// count takes down the origin that a request names.
func (s *survey) count(r *crawler.Request) {
	for _, name := range []string{"Referer", "Origin"} {
		from := originOf(pageURL(crawler.HeaderValue(r.Headers, name)))
		if from == "" || from == originOf(r.URL) && isNavigation(r) {
			continue
		}
		if s.named[from] > 0 || len(s.named) < maxHints {
			s.named[from]++
		}
		return
	}
}

// guess is the document that most requests name, of those that may be main ones by their answers; "" if none is named.
func (s *survey) guess() string {
	most, best := 0, ""
	for _, n := range s.named {
		most = max(most, n)
	}
	for _, address := range s.guesses {
		if n := s.named[originOf(address)]; n > 0 && n == most && best == "" {
			best = address
		}
	}
	if best == "" && s.pages && len(s.guesses) > 0 && most == 0 {
		best = s.guesses[0]
	}
	return best
}

// done reports whether nothing that comes can change the answer.
func (s *survey) done() bool { return s.pages && (s.listed != "" || s.document != "") }

// known reports whether there is an answer that hardly anything can change.
func (s *survey) known() bool { return s.listed != "" || s.document != "" || s.guess() != "" }

// site is an address of the site, without its query; "" if nobody knows.
func (s *survey) site() string {
	switch {
	case s.listed != "":
		return web.WithoutQuery(s.listed)
	case len(s.sites) == 1 && !s.asked:
		return web.WithoutQuery(s.hint)
	}
	return web.WithoutQuery(cmp.Or(s.document, s.guess(), s.redirect))
}

// originOf is the URL of an origin, as a Referer has it where the policy leaves no more.
func originOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/"
}

// glance is as much of an entry as the survey needs: the bodies are not read.
type glance struct {
	Started   loose           `json:"startedDateTime"`
	Type      loose           `json:"_resourceType"`
	Initiator json.RawMessage `json:"_initiator"`
	Request   struct {
		Method  loose    `json:"method"`
		URL     loose    `json:"url"`
		Headers harPairs `json:"headers"`
	} `json:"request"`
	Response struct {
		Status  number `json:"status"`
		Content struct {
			Size     number `json:"size"`
			MimeType loose  `json:"mimeType"`
		} `json:"content"`
	} `json:"response"`
}

func (g *glance) request() *crawler.Request {
	e := &harEntry{Type: g.Type, Initiator: g.Initiator}
	e.Request.Method, e.Request.URL, e.Request.Headers = g.Request.Method, g.Request.URL, g.Request.Headers
	e.Response.Status, e.Response.Content.MimeType = g.Response.Status, g.Response.Content.MimeType
	r, _ := e.request("")
	return r
}
