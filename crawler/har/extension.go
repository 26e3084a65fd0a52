package har

import (
	"cmp"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// Browser extensions show in a network panel in two ways. Their content scripts wrap what a page calls, so their frames
// stand in stacks of the page's own requests: these are skipped. And they send requests of their own, which are not the
// site's: these have the initiator type ofExtension, and no page.

// ofExtension is the Initiator.Type of what a browser extension sent by itself.
const ofExtension = "extension"

// isExtension reports whether a URL, or an origin, is that of a browser extension.
func isExtension(raw string) bool {
	scheme, _, ok := strings.Cut(raw, "://")
	if !ok {
		return false
	}
	switch strings.ToLower(scheme) {
	case "chrome-extension", "moz-extension", "safari-web-extension", "safari-extension", "ms-browser-extension", "extension":
		return true
	}
	return false
}

// withoutExtensions leaves the frames of extensions out of a chain; what bound such a frame to the one before binds the
// next. If there are no others, it is the extension's own request. If the others are nameless code, they may be the
// extension's or the page's.
func withoutExtensions(in crawler.Initiator) crawler.Initiator {
	var kept []crawler.Cause
	bound, named := "", false
	for _, c := range in.Chain {
		if isExtension(c.URL) {
			bound = cmp.Or(c.Async, bound)
			continue
		}
		c.Async, bound = cmp.Or(c.Async, bound), ""
		named = named || c.URL != ""
		kept = append(kept, c)
	}
	switch {
	case len(kept) == len(in.Chain):
		return in
	case len(kept) == 0:
		return crawler.Initiator{Type: ofExtension, Chain: in.Chain[:1]}
	}
	if kept[0].Async = ""; !named {
		kept[0].Kind = "unknown"
	}
	return crawler.Initiator{Type: in.Type, Chain: kept}
}

// setApart marks a request that an extension sent: by its initiator, by its Origin or Referer, or because its page is the
// extension's.
func setApart(r *crawler.Request, page string) bool {
	from := ""
	for _, u := range []string{crawler.HeaderValue(r.Headers, "Origin"), crawler.HeaderValue(r.Headers, "Referer")} {
		if isExtension(u) {
			from = u
		}
	}
	if isExtension(page) {
		from = page
	}
	switch {
	case r.Initiator.Type == ofExtension:
	case from != "":
		r.Initiator = crawler.Initiator{Type: ofExtension, Chain: []crawler.Cause{{URL: from}}}
	default:
		return false
	}
	r.Page, r.PageURL = "", ""
	return true
}
