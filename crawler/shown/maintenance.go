package shown

import (
	"fmt"
	"net/http"

	"github.com/tagscan/tagscan/crawler"
)

// maintenance tells a page that stands in for a site that is being worked on; nil: none was seen. A page that speaks of
// maintenance among other things is a page like any other.
func (f *Facts) maintenance() *Instead {
	again := crawler.HeaderValue(f.Headers, "Retry-After") != ""
	switch {
	case f.Status == http.StatusServiceUnavailable && again:
		return &Instead{Kind: crawler.GapMaintenance, Text: "the server answered 503 and says when to come again"}
	case f.Looked && !f.mayShowMore() && f.few() && !f.missing() && f.speaks(closures) && !f.Absent():
		return &Instead{Kind: crawler.GapMaintenance, Text: f.withStatus("a maintenance page was shown instead of the page")}
	}
	return nil
}

// errorPage tells a page that says that something failed, though the server answers as if nothing had; nil: none was seen. That
// a page is not there is so for everybody, and is no error.
func (f *Facts) errorPage() *Instead {
	if !f.Looked || f.mayShowMore() || !f.few() || f.Status >= http.StatusBadRequest || f.Absent() {
		return nil
	}
	says := f.says(failures) && f.speaks(failures)
	if says || trace.MatchString(f.Text) && f.OwnLinks <= 1 {
		return &Instead{Kind: crawler.GapMaintenance, Text: "an error page was shown instead of the page"}
	}
	return nil
}

// missing reports whether there is no such page, for anybody.
func (f *Facts) missing() bool { return f.Status == http.StatusNotFound || f.Status == http.StatusGone }

// few reports whether there is no more to type into than one field, for the address of who wants to be told.
func (f *Facts) few() bool { return len(f.Fields) <= 1 && !f.Password }

// withStatus adds the status to a sentence if it is one of an error.
func (f *Facts) withStatus(text string) string {
	if f.Status < http.StatusBadRequest {
		return text
	}
	return fmt.Sprintf("%s (the server answered %d)", text, f.Status)
}
