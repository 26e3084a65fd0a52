package detect

import (
	"context"
	"iter"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/recipient"
)

// Conclusion is one step of what detection says about captures: exactly one of its fields is set.
//
// As a capture is a stream of facts, detection is a stream of conclusions over it. Policy, reports and exports consume it
// and resolve, find and count nothing of their own; findings.jsonl is this stream on disk.
type Conclusion struct {
	Judged  *Judged
	Finding *Finding
	Gap     *crawler.Gap
	// Consent are the facts about a recipient in one state of the visitor's choice, Contradiction what in them cannot both be right.
	// They come last.
	Consent       *consent.Facts
	Contradiction *consent.Contradiction
}

// Judged says who received a request, and as whose visit: the only answer to "who receives" there is. There is one for
// every request of the captures, also for those to the site itself and for those that never left. Texts are masked.
type Judged struct {
	Request   string // crawler.Request.ID
	Seq       int64  // crawler.Event.Seq of the request
	PageID    string // crawler.Page.ID; "" if the page is not known
	Page      string // URL of the page, masked
	Route     string // folded route of the page
	Profile   string // the visitor, if the run has several
	Consent   crawler.Consent
	Phase     crawler.Phase
	Host      string // of the request, without port
	URL       string // of the request without query, masked
	Method    string
	Type      string // crawler.Request.Type
	Time      time.Time
	Recipient recipient.Recipient
	Account   string          // the vendor's account, if it is known
	EventName string          // the vendor's name for the event, if it is known
	Endpoint  string          // id of the vendor's endpoint that takes such requests, if it is known
	Claims    []consent.Claim // what it tells its recipient about the visitor's choice; only of requests to third parties
	Own       bool            // the recipient is the site itself
	NotSent   bool            // it never left the browser: nobody received it, nor would at a visitor's
	Apart     bool            // sent by a browser extension: neither the site's nor a third party's doing
	Redirect  string          // Request.ID of the hop before, if a redirect led here
	Referer   bool            // the Referer header was sent
	Cookies   []string
	Via       []crawler.Cause // who caused it, nearest first
	// Status is that of the response, 0 if none came; Failed says why there was none.
	Status int
	Failed string
}

// Third reports whether the request went to a third party.
func (j Judged) Third() bool { return !j.Own && !j.NotSent && !j.Apart && j.Recipient.ID != "" }

// Conclude reads the captures twice, first for what they teach, then for what leaves, and yields what it concludes:
// first, in the order of the events, who received each request, what was found in it and what was not seen; then what
// only the whole run shows. It can be ranged over once. The stream ends with the first error of a capture, or with the
// cause of ctx.
//
// see, if it is not nil, is called with every event of the second reading, each after the conclusions about what came
// before it; so that a consumer who needs the facts too reads them once.
func (r *Run) Conclude(ctx context.Context, see func(crawler.Event)) iter.Seq2[Conclusion, error] {
	return func(yield func(Conclusion, error) bool) {
		for ev, err := range r.events(ctx) {
			if err != nil {
				yield(Conclusion{}, err)
				return
			}
			r.k.learn(ev.Event, ev.capture)
		}
		if len(r.k.profiles) > 1 {
			r.diff = newDifferential(r.repeated())
		}
		r.lessons.again = true
		r.know()
		yield = r.noting(yield)
		w := window{run: r, yield: yield}
		for ev, err := range r.events(ctx) {
			if err != nil {
				yield(Conclusion{}, err)
				return
			}
			if !w.take(ev) {
				return
			}
			if see != nil {
				see(ev.Event)
			}
		}
		_ = w.flush() && r.finish(ctx, yield)
	}
}

// Findings is Conclude without all but the findings.
func (r *Run) Findings(ctx context.Context) iter.Seq2[Finding, error] {
	return findings(r.Conclude(ctx, nil))
}

func findings(conclusions iter.Seq2[Conclusion, error]) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		for c, err := range conclusions {
			switch {
			case err != nil:
				yield(Finding{}, err)
				return
			case c.Finding != nil && !yield(*c.Finding, nil):
				return
			}
		}
	}
}

// judged makes the Judged of a request that was looked at.
func (x *examined) judged() Judged {
	q := x.job.request
	j := Judged{
		Request: q.ID, Seq: x.job.seq, PageID: q.Page, Page: x.stub.Page, Route: x.stub.Route, Profile: q.Profile,
		Consent: x.stub.Consent, Phase: q.Phase, Host: x.host, URL: x.stub.URL, Method: q.Method, Type: q.Type, Time: q.Time,
		Recipient: x.match.Recipient, Account: x.match.Account, EventName: x.match.Event, Endpoint: x.match.Endpoint, Claims: x.claims,
		Own: x.match.Recipient.ID == recipient.FirstParty, NotSent: x.unsent(), Apart: x.apart, Redirect: q.Redirect,
		Referer: crawler.HeaderValue(q.Headers, "Referer") != "", Via: x.stub.Via, Failed: q.Failed,
	}
	for name := range cookiesSent(q) {
		j.Cookies = append(j.Cookies, name)
	}
	if q.Response != nil {
		j.Status = q.Response.Status
	}
	return j
}
