package history

import (
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// Header is a header of the site's own documents on which their security rests, as all documents of a kind of page had it.
type Header struct {
	Route string `json:"route"`
	Name  string `json:"name"` // in lower case
	Value string `json:"value"`
}

// securityHeaders are those that PCI DSS 4.0.1, 11.6.1 calls security-impacting: what they allow decides what a script on a
// payment page can do (https://owasp.org/www-project-secure-headers/).
var securityHeaders = []string{
	"content-security-policy", "content-security-policy-report-only", "strict-transport-security", "x-frame-options",
	"x-content-type-options", "referrer-policy", "permissions-policy", "cross-origin-opener-policy", "cross-origin-embedder-policy",
	"cross-origin-resource-policy",
}

// drawnAnew is what a server draws for each answer: the nonce of a Content-Security-Policy.
var drawnAnew = regexp.MustCompile(`'nonce-[^']*'`)

// HeadersOf reads the security headers of the documents that pages asked for, by kind of page and name. A header is named with
// an empty value where some documents of the kind were without it.
func HeadersOf(events iter.Seq2[crawler.Event, error]) ([]Header, error) {
	pages := map[string]*crawler.Page{}
	documents := map[string]*crawler.Request{} // the last of a page: what redirects led to
	for ev, err := range events {
		if err != nil {
			return nil, err
		}
		switch r := ev.Request; {
		case ev.Page != nil:
			pages[ev.Page.ID] = ev.Page
		case r != nil && r.Type == "document" && r.Frame.Parent == "" && answered(r) && ev.Again == 0:
			documents[r.Page] = r
		}
	}
	by := map[[2]string][]string{}
	for id, r := range documents {
		p := pages[id]
		if p == nil || p.Outcome != crawler.Complete {
			continue
		}
		route := p.Task.Route
		if route == "" {
			route = web.Route(p.URL)
		}
		for _, name := range securityHeaders {
			by[[2]string{route, name}] = append(by[[2]string{route, name}], headerOf(r, name))
		}
	}
	return headersBy(by), nil
}

// answered reports whether a document came from the network with a page in it.
func answered(r *crawler.Request) bool {
	return r.Response != nil && r.Response.Status >= 200 && r.Response.Status < 300 && len(r.Response.Headers) > 0
}

func headerOf(r *crawler.Request, name string) string {
	var values []string
	for _, h := range r.Response.Headers {
		if strings.EqualFold(h.Name, name) {
			values = append(values, drawnAnew.ReplaceAllString(strings.TrimSpace(h.Value), "'nonce-…'"))
		}
	}
	slices.Sort(values)
	return strings.Join(values, ", ")
}

// headersBy tells one value for each kind of page and header: that of all its documents; the least of them where they differ.
func headersBy(by map[[2]string][]string) []Header {
	var out []Header
	for k, values := range by {
		out = append(out, Header{Route: k[0], Name: k[1], Value: slices.Min(values)})
	}
	slices.SortFunc(out, func(a, b Header) int { return compareStrings(a.Route, b.Route, a.Name, b.Name) })
	return out
}

// compareStrings compares pairs of strings, the first pair that differs deciding.
func compareStrings(pairs ...string) int {
	for i := 0; i+1 < len(pairs); i += 2 {
		if c := strings.Compare(pairs[i], pairs[i+1]); c != 0 {
			return c
		}
	}
	return 0
}
