package visit

import (
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// download notes that the address leads to a file, or to nothing, and not to a page. Neither sends anything, so nothing is hidden.
func (p *visit) download(why string) {
	p.page.Outcome, p.page.Reason = crawler.Blocked, "download: "+why
	p.gap(crawler.Gap{Kind: crawler.GapDownload, Where: p.task.URL, Text: why})
}

// isFile reports whether the browser shows a file where the document would be: it has a viewer of its own for documents,
// pictures, sounds and films. A drawing in SVG may run scripts, and plain text, JSON and XML are shown as a page.
func isFile(mime string) bool {
	kind, _, _ := strings.Cut(mime, "/")
	switch {
	case mime == "image/svg+xml":
		return false
	case kind == "image", kind == "audio", kind == "video", kind == "font":
		return true
	}
	return mime == "application/pdf" || mime == "text/pdf"
}
