package har

import (
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// harRequestExt is what a capture knows of a request and HAR has no place for; tagscan writes it as _tagscan and reads it
// again, so that detection on an exported HAR says what it says on the run.
type harRequestExt struct {
	PageURL  string          `json:"pageUrl,omitempty"`
	Profile  string          `json:"profile,omitempty"`
	Consent  crawler.Consent `json:"consent,omitempty"`
	Route    string          `json:"route,omitempty"`
	Phase    crawler.Phase   `json:"phase,omitempty"`
	Unseen   string          `json:"unseen,omitempty"`
	Cut      *harCut         `json:"cut,omitempty"` // the body's text is only its beginning
	Frame    crawler.Frame   `json:"frame,omitzero"`
	Target   crawler.Target  `json:"target,omitzero"`
	PageTime time.Duration   `json:"pageTime,omitempty"` // ns
	Redirect string          `json:"redirect,omitempty"`
	Source   string          `json:"source,omitempty"`
}

// harCut says what is known of a body that was not kept whole.
type harCut struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256,omitempty"`
}

func requestExt(r *crawler.Request) *harRequestExt {
	var cut *harCut
	if r.Body.Cut {
		cut = &harCut{r.Body.Size, r.Body.SHA256}
	}
	return &harRequestExt{Cut: cut, PageURL: r.PageURL, Profile: r.Profile, Consent: r.Consent, Route: r.Route, Phase: r.Phase, Unseen: r.Unseen,
		Frame: r.Frame, Target: r.Target, PageTime: r.PageTime, Redirect: r.Redirect, Source: r.Source}
}

func (e *harRequestExt) restore(r *crawler.Request) {
	r.PageURL, r.Profile, r.Consent, r.Route, r.Phase = e.PageURL, e.Profile, e.Consent, e.Route, e.Phase
	r.Frame, r.Target, r.PageTime, r.Redirect = e.Frame, e.Target, e.PageTime, e.Redirect
	if e.Unseen != "" {
		r.Unseen = e.Unseen
	}
	if e.Cut != nil {
		r.Body.Cut, r.Body.Size, r.Body.SHA256 = true, e.Cut.Size, e.Cut.SHA256
	}
	if e.Source != "" {
		r.Source = e.Source
	}
}

// harPageExt is what a capture knows of a page and HAR has no place for.
type harPageExt struct {
	Title   string          `json:"title,omitempty"`
	Profile string          `json:"profile,omitempty"`
	Consent crawler.Consent `json:"consent,omitempty"`
	Route   string          `json:"route,omitempty"`
	Outcome crawler.Outcome `json:"outcome,omitempty"`
	Reason  string          `json:"reason,omitempty"`
}

func pageExt(p *crawler.Page) *harPageExt {
	return &harPageExt{Title: p.Title, Profile: p.Task.Profile, Consent: p.Task.Consent, Route: p.Task.Route, Outcome: p.Outcome, Reason: p.Reason}
}

func (e *harPageExt) restore(p *crawler.Page) {
	p.Title = e.Title
	p.Task.Profile, p.Task.Consent, p.Task.Route = e.Profile, e.Consent, e.Route
	if e.Outcome != "" {
		p.Outcome, p.Reason = e.Outcome, e.Reason
	}
}
