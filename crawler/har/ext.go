package har

import (
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// What a capture knows and HAR has no place for, tagscan writes as _tagscan members and reads again, so that detection on
// an exported HAR says what it says on the run: beside entries and pages, the run itself in the log's _tagscan, and in its
// _tagscanEvents every event that is neither.

// harRunExt is the log's _tagscan.
type harRunExt struct {
	Run *crawler.Run `json:"run"`
}

// harRequestExt is an entry's _tagscan.
type harRequestExt struct {
	PageURL   string             `json:"pageUrl,omitempty"`
	Profile   string             `json:"profile,omitempty"`
	Consent   crawler.Consent    `json:"consent,omitempty"`
	Route     string             `json:"route,omitempty"`
	Phase     crawler.Phase      `json:"phase,omitempty"`
	Unseen    string             `json:"unseen,omitempty"`
	Cut       *harCut            `json:"cut,omitempty"` // the body's text is only its beginning
	Frame     crawler.Frame      `json:"frame,omitzero"`
	Target    crawler.Target     `json:"target,omitzero"`
	Initiator *crawler.Initiator `json:"initiator,omitempty"`
	PageTime  time.Duration      `json:"pageTime,omitempty"` // ns
	Redirect  string             `json:"redirect,omitempty"`
	Source    string             `json:"source,omitempty"`
	Address   string             `json:"address,omitempty"` // of the response, with its port
}

// harCut says what is known of a body that was not kept whole.
type harCut struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256,omitempty"`
}

func cutOf(b crawler.Body) *harCut {
	if !b.Cut {
		return nil
	}
	return &harCut{b.Size, b.SHA256}
}

func requestExt(r *crawler.Request) *harRequestExt {
	e := &harRequestExt{Cut: cutOf(r.Body), PageURL: r.PageURL, Profile: r.Profile, Consent: r.Consent, Route: r.Route, Phase: r.Phase,
		Unseen: r.Unseen, Frame: r.Frame, Target: r.Target, Initiator: &r.Initiator, PageTime: r.PageTime, Redirect: r.Redirect, Source: r.Source}
	if r.Response != nil {
		e.Address = r.Response.Address
	}
	return e
}

// restore puts into r what the export says. An export of an earlier tagscan has no initiator and no address of its own.
func (e *harRequestExt) restore(r *crawler.Request) {
	r.PageURL, r.Profile, r.Consent, r.Route, r.Phase = e.PageURL, e.Profile, e.Consent, e.Route, e.Phase
	r.Frame, r.Target, r.PageTime, r.Redirect, r.Unseen = e.Frame, e.Target, e.PageTime, e.Redirect, e.Unseen
	r.NotSent = false // what never left is no entry
	if e.Initiator != nil {
		r.Initiator = *e.Initiator
	}
	if e.Cut != nil {
		r.Body.Cut, r.Body.Size, r.Body.SHA256 = true, e.Cut.Size, e.Cut.SHA256
	}
	if e.Source != "" {
		r.Source = e.Source
	}
	if e.Address != "" && r.Response != nil {
		r.Response.Address = e.Address
	}
}

// harPageExt is a page's _tagscan: the page as the capture has it, without document and screenshot. An export of an earlier
// tagscan has a few of its members alone, with those of the task beside them.
type harPageExt struct {
	crawler.Page
	Profile string          `json:"profile,omitempty"`
	Consent crawler.Consent `json:"consent,omitempty"`
	Route   string          `json:"route,omitempty"`
}

func pageExt(p *crawler.Page) *harPageExt {
	e := &harPageExt{Page: *p}
	e.HTML, e.Screenshot = crawler.Body{}, crawler.Body{}
	return e
}

func (e *harPageExt) restore(p *page) {
	if e.ID != "" {
		id := p.ID
		p.Page, p.told = e.Page, true
		p.ID = id
		return
	}
	p.Title, p.Outcome, p.Reason = e.Title, e.Outcome, e.Reason
	p.Task.Profile, p.Task.Consent, p.Task.Route = e.Profile, e.Consent, e.Route
}
