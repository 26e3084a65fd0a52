package visit

import (
	"fmt"
	"net/http"

	"github.com/tagscan/tagscan/crawler"
)

// maintenance tells a page that stands in for a site that is being worked on, or for one that failed; nil: none was seen.
// A page that speaks of maintenance among other things is a page like any other.
func (f *facts) maintenance() *instead {
	again := crawler.HeaderValue(f.Headers, "Retry-After") != ""
	if f.Status == http.StatusServiceUnavailable && again {
		return &instead{Kind: crawler.GapMaintenance, Text: "the server answered 503 and says when to come again"}
	}
	if !f.looked || len(f.Fields) > 1 || f.Password {
		return nil // one field may ask for the address of who wants to be told
	}
	switch {
	case f.speaks(closures):
		return &instead{Kind: crawler.GapMaintenance, Text: f.withStatus("a maintenance page was shown instead of the page")}
	case f.Status < http.StatusBadRequest && f.says(failures) && f.TextLength <= 500 && f.OwnLinks <= 3:
		return &instead{Kind: crawler.GapMaintenance, Text: "an error page was shown instead of the page"}
	}
	return nil
}

// withStatus adds the status to a sentence if it is one of an error.
func (f *facts) withStatus(text string) string {
	if f.Status < http.StatusBadRequest {
		return text
	}
	return fmt.Sprintf("%s (the server answered %d)", text, f.Status)
}
