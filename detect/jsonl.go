package detect

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// FindingJSON is a finding as one line of findings.jsonl and of "tagscan detect --format jsonl". Scripts rely on the
// first block; fields are added, never renamed. Everything is masked; only Value can be clear, and only on request.
type FindingJSON struct {
	Request     RequestID       `json:"request"` // the HAR entry's _id, else its index as a number; the event id of a run
	Page        string          `json:"page"`
	Host        string          `json:"host"`
	Recipient   string          `json:"recipient"` // recipient.Recipient.ID
	Class       rule.Class      `json:"class"`
	Form        Form            `json:"form"`
	Known       Known           `json:"known"`
	Where       decode.Where    `json:"where"`
	Field       string          `json:"field"`
	Chain       []string        `json:"chain"`
	Value       string          `json:"value"`
	Consent     crawler.Consent `json:"consent"`
	Severity    rule.Severity   `json:"severity"`
	Fingerprint string          `json:"fingerprint"`

	Confidence Confidence    `json:"confidence"`
	Rule       string        `json:"rule"`
	Clear      bool          `json:"clear,omitempty"` // value is not masked
	Token      string        `json:"token,omitempty"` // equal for equal values under the same key
	Method     string        `json:"method,omitempty"`
	URL        string        `json:"url,omitempty"`
	Route      string        `json:"route,omitempty"`
	PageID     string        `json:"page_id,omitempty"`
	Profile    string        `json:"profile,omitempty"`
	Phase      crawler.Phase `json:"phase,omitempty"`
	Seq        int64         `json:"seq,omitempty"`
	Time       time.Time     `json:"time,omitzero"`
	Account    string        `json:"account,omitempty"`
	Event      string        `json:"event,omitempty"`

	Name     string        `json:"recipient_name,omitempty"`
	Owner    string        `json:"owner,omitempty"`
	Parent   string        `json:"parent,omitempty"`
	Country  string        `json:"country,omitempty"`
	Category string        `json:"category,omitempty"`
	Also     []string      `json:"also,omitempty"`
	Privacy  string        `json:"privacy,omitempty"`
	How      recipient.How `json:"how,omitempty"`
	Via      string        `json:"via,omitempty"` // the first-party host that stands in for the vendor
	Weak     bool          `json:"weak,omitempty"`

	Reasons    []string        `json:"reasons,omitempty"`
	Initiator  []crawler.Cause `json:"initiator,omitempty"`
	TagManager string          `json:"tag_manager,omitempty"`
	Steps      []Step          `json:"steps,omitempty"`
	Evidence   []Evidence      `json:"evidence,omitempty"`
}

// RequestID is a crawler.Request.ID. The id "#17", which stands for the entry of a HAR by its index, is the JSON number
// 17; every other is a string.
type RequestID string

// MarshalJSON implements json.Marshaler.
func (id RequestID) MarshalJSON() ([]byte, error) {
	if digits, ok := strings.CutPrefix(string(id), "#"); ok {
		if n, err := strconv.ParseUint(digits, 10, 53); err == nil && strconv.FormatUint(n, 10) == digits {
			return []byte(digits), nil
		}
	}
	return json.Marshal(string(id))
}

// UnmarshalJSON implements json.Unmarshaler.
func (id *RequestID) UnmarshalJSON(b []byte) error {
	var s string
	if len(b) > 0 && b[0] == '"' {
		err := json.Unmarshal(b, &s)
		*id = RequestID(s)
		return err
	}
	var n uint64
	if err := json.Unmarshal(b, &n); err != nil {
		return fmt.Errorf("request is neither a string nor an index: %w", err)
	}
	*id = RequestID("#" + strconv.FormatUint(n, 10))
	return nil
}

// Output says how findings are written.
type Output struct {
	Reveal bool   // write values as they are
	Key    []byte // of the tokens that correlate values; none: no tokens
}

// Project makes the JSON form of a finding.
func (o Output) Project(f Finding) FindingJSON {
	r := f.Recipient
	j := FindingJSON{
		Request: RequestID(f.Request), Page: f.Page, Host: f.Host, Recipient: r.ID, Class: f.Class, Form: f.Form,
		Known: f.Known, Where: f.Where, Field: f.Field, Chain: f.Chain, Value: f.Value.String(), Consent: f.Consent,
		Severity: f.Severity, Fingerprint: f.Fingerprint,
		Confidence: f.Confidence, Rule: f.Rule, Token: cmp.Or(Token(o.Key, f.Value), f.Token), Method: f.Method, URL: f.URL,
		Route: f.Route, PageID: f.PageID, Profile: f.Profile, Phase: f.Phase, Seq: f.Seq, Time: f.Time,
		Account: f.Account, Event: f.EventName,
		Name: r.Name, Owner: r.Owner, Parent: r.Parent, Country: r.Country, Category: r.Category, Also: r.Also,
		Privacy: r.Privacy, How: r.How, Via: r.Via, Weak: r.Weak,
		Reasons: f.Reasons, Initiator: f.Via, TagManager: f.TagManager, Steps: f.Steps, Evidence: f.Evidence,
	}
	if j.Chain == nil {
		j.Chain = []string{}
	}
	if o.Reveal && f.Value.Revealable() {
		j.Value, j.Clear = f.Value.Reveal(), true
	}
	return j
}

// Finding is the finding of a line. A masked value comes back masked.
func (j FindingJSON) Finding() Finding {
	value := NewMasked(j.Value)
	if j.Clear {
		value = NewValue(j.Value)
	}
	return Finding{
		Request: string(j.Request), Seq: j.Seq, PageID: j.PageID, Page: j.Page, Route: j.Route, Profile: j.Profile,
		Host: j.Host, URL: j.URL, Method: j.Method, Time: j.Time,
		Recipient: recipient.Recipient{
			ID: j.Recipient, Name: j.Name, Owner: j.Owner, Parent: j.Parent, Country: j.Country, Category: j.Category,
			Also: j.Also, Privacy: j.Privacy, How: j.How, Via: j.Via, Weak: j.Weak,
		},
		Account: j.Account, EventName: j.Event, Class: j.Class, Rule: j.Rule, Form: j.Form, Known: j.Known,
		Confidence: j.Confidence, Where: j.Where, Field: j.Field, Chain: j.Chain, Value: value, Token: j.Token,
		Consent: j.Consent, Phase: j.Phase, Severity: j.Severity, Reasons: j.Reasons, Fingerprint: j.Fingerprint,
		Via: j.Initiator, TagManager: j.TagManager, Steps: j.Steps, Evidence: j.Evidence,
	}
}

// WriteJSONL writes one finding a line. It ends with the first error of findings or of w.
func WriteJSONL(w io.Writer, findings iter.Seq2[Finding, error], o Output) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for f, err := range findings {
		if err != nil {
			return err
		}
		if err := enc.Encode(o.Project(f)); err != nil {
			return fmt.Errorf("finding of request %s: %w", f.Request, err)
		}
	}
	return nil
}

// maxLine bounds a line of findings.jsonl, so that a broken file cannot take all memory.
const maxLine = 16 << 20

// ReadFindings reads what WriteJSONL wrote. A line that is no finding ends the stream with an error that names it.
func ReadFindings(r io.Reader) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		sc := bufio.NewScanner(r)
		sc.Buffer(make([]byte, 0, 64<<10), maxLine)
		for n := 1; sc.Scan(); n++ {
			if len(sc.Bytes()) == 0 {
				continue
			}
			var j FindingJSON
			if err := json.Unmarshal(sc.Bytes(), &j); err != nil {
				yield(Finding{}, fmt.Errorf("findings, line %d: %w", n, err))
				return
			}
			if !yield(j.Finding(), nil) {
				return
			}
		}
		if err := sc.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(Finding{}, fmt.Errorf("findings: a line is longer than %d bytes", maxLine))
		} else if err != nil {
			yield(Finding{}, fmt.Errorf("findings: %w", err))
		}
	}
}
