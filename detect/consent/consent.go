// Package consent holds four facts about every recipient and every state of the visitor's choice against each other: what was
// pressed, what the site recorded of it, what the requests claimed to their recipients, and what they carried. Where two of them
// cannot both be right it says so as a Contradiction. It is fed with what detection concludes, in order, and with the facts of the
// pages; it decodes no request, finds no personal data and names no recipient. Whether a contradiction fails a run is for package
// policy, and how it is told for package report.
package consent

import (
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/signal"
	"github.com/tagscan/tagscan/detect/rule"
)

// Withdrawn is the state of a visitor who accepted and then took the consent back.
const Withdrawn = crawler.Withdrawn

// Vendor is what a recipient's own documentation says about consent.
type Vendor struct {
	GVL   int  // its id in the IAB's Global Vendor List; 0: none is known
	Takes bool // its requests can say what the visitor chose
}

// Request is one request that left for a third party, as it was concluded.
type Request struct {
	ID        string
	Seq       int64
	PageID    string
	Profile   string
	Consent   crawler.Consent
	Sent      Moment
	Recipient string
	Weak      bool   // the recipient is only guessed
	Hit       bool   // it reports to an endpoint of the vendor's, and does not only load something from it
	Page      string // masked
	Method    string
	URL       string // masked
	Claims    []Claim
}

// Datum is something that identifies in a request.
type Datum struct {
	Request  string
	Seq      int64
	Profile  string
	PageID   string
	Class    rule.Class
	Value    string // as it is: only compared with others, never kept
	Lasting  bool   // it is known to outlive the page: it is in the browser's storage, or the comparison of visitors proved it
	Kept     bool   // the browser's storage has it
	Possible bool   // only a hint
}

// Said is what a record or a claim says.
type Said struct {
	Name  string `json:"name"`                       // of the parameter, cookie or interface
	Says  string `json:"says" redact:"-"`            // as signal.State has it: granted, denied, mixed …
	Text  string `json:"text,omitempty"`             // by purposes: "ad_storage, analytics_storage denied"
	Value string `json:"value,omitempty" redact:"-"` // as it was sent or kept; empty if it has something that tells visitors apart
	Why   string `json:"why,omitempty" redact:"-"`   // what in it contradicts, as a clause: "isGpcEnabled=0"; empty if that is plain
}

// because is the same with what in it contradicts.
func (s Said) because(why string) Said {
	s.Why = why
	return s
}

// Sight is a request as evidence.
type Sight struct {
	Request string `json:"request" redact:"-"`
	Page    string `json:"page"`
	Method  string `json:"method,omitempty"`
	URL     string `json:"url"` // without query, identifying parts masked
	Claimed []Said `json:"claimed,omitempty"`
}

// Facts are the four facts about one recipient in one state of the visitor's choice.
type Facts struct {
	Recipient string          `json:"recipient" redact:"-"` // id; empty for the site's own record
	Consent   crawler.Consent `json:"consent"`
	Pressed   crawler.Consent `json:"pressed"` // the choice that was pressed; empty if none was
	Recorded  []Said          `json:"recorded"`
	Claimed   []Said          `json:"claimed"`
	Sent      []rule.Class    `json:"sent" redact:"-"`
	Requests  []string        `json:"requests" redact:"-"` // crawler.Request.ID, in the order they were sent, at most maxListed
	Count     int             `json:"count"`               // how many requests there are
	Sights    []Sight         `json:"sights,omitempty"`
}

// Contradiction is two of the four facts that cannot both be right.
type Contradiction struct {
	ID ID `json:"id"`
	Facts
}

// The lists that grow with the run are kept to what a reader can use.
const (
	maxListed = 1000
	maxSaid   = 12
	maxSights = 3
)

// said is a record as it is told. A value that tells visitors apart stays out.
func said(r *signal.Record) Said {
	s := Said{Name: r.Name, Says: r.Says.String(), Text: r.Summary()}
	if s.Name == "" {
		s.Name = r.Title()
	}
	if f := r.Err(); f != nil {
		s.Text = f.Error()
		return s
	}
	if r.Claim() {
		s.Value = r.Value
	}
	return s
}
