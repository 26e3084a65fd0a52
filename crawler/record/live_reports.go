package record

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
)

// onReport notes that the page has something to report: https://www.w3.org/TR/reporting-1/. It is uploaded some seconds later.
func (r *Recorder) onReport(m *member, _ chrome.Event) error {
	m.tab.reports = true
	return nil
}

// Reports reports whether the tab has left something that Chrome is yet to upload: what a page reports, or how requests
// went where a server asked for that, also for those that went well (network error logging,
// https://www.w3.org/TR/network-error-logging/#nel-response-header). logged says whether Chrome logs network errors.
func (t *Tab) Reports(logged bool) bool {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return t.reports && slices.ContainsFunc(t.order, (*hop).takesReports) || logged && slices.ContainsFunc(t.order, (*hop).logged)
}

// takesReports reports whether the answer says where reports go.
func (h *hop) takesReports() bool {
	return h.response != nil && (crawler.HeaderValue(h.response.Headers, "Reporting-Endpoints") != "" || crawler.HeaderValue(h.response.Headers, "Report-To") != "")
}

// logged reports whether the answer asked to be told that it was had.
func (h *hop) logged() bool {
	if h.response == nil {
		return false
	}
	var policy struct {
		Success float64 `json:"success_fraction"`
	}
	nel := crawler.HeaderValue(h.response.Headers, "NEL")
	return nel != "" && json.Unmarshal([]byte(nel), &policy) == nil && policy.Success > 0
}

// Reported waits until Chrome has uploaded reports, or ctx ends.
func (t *Tab) Reported(ctx context.Context) {
	w, begun := t.r.wire, time.Now()
	if w == nil {
		return
	}
	for ctx.Err() == nil && !w.ReportedSince(begun) {
		select {
		case <-ctx.Done():
		case <-t.r.browser.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
		_ = t.r.barrier(ctx)
	}
}
