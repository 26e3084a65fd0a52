package detect

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/consent"
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
	Recipient   string          `json:"recipient" redact:"-"` // recipient.Recipient.ID
	Class       rule.Class      `json:"class"`
	Form        Form            `json:"form"`
	Known       Known           `json:"known"`
	Where       decode.Where    `json:"where"`
	Field       string          `json:"field"`
	Chain       []string        `json:"chain" redact:"-"`
	Value       string          `json:"value" redact:"-"`
	Consent     crawler.Consent `json:"consent"`
	Severity    rule.Severity   `json:"severity"`
	Fingerprint string          `json:"fingerprint" redact:"-"` // of the flow

	Place      string        `json:"place,omitempty" redact:"-"` // fingerprint of the place in the flow; missing in schema 1 and 2
	Confidence Confidence    `json:"confidence"`
	Rule       string        `json:"rule" redact:"-"`
	Clear      bool          `json:"clear,omitempty"`            // value is not masked
	Token      string        `json:"token,omitempty" redact:"-"` // equal for equal values under the same key
	Method     string        `json:"method,omitempty" redact:"-"`
	URL        string        `json:"url,omitempty"`
	Route      string        `json:"route,omitempty"`
	PageID     string        `json:"page_id,omitempty" redact:"-"`
	Profile    string        `json:"profile,omitempty" redact:"-"`
	Phase      crawler.Phase `json:"phase,omitempty"`
	Seq        int64         `json:"seq,omitempty"`
	Time       time.Time     `json:"time,omitzero"`
	Account    string        `json:"account,omitempty"`
	Event      string        `json:"event,omitempty"`

	Name     string        `json:"recipient_name,omitempty" redact:"-"`
	Owner    string        `json:"owner,omitempty" redact:"-"`
	Parent   string        `json:"parent,omitempty" redact:"-"`
	Country  string        `json:"country,omitempty" redact:"-"`
	Category string        `json:"category,omitempty" redact:"-"`
	Also     []string      `json:"also,omitempty" redact:"-"`
	Privacy  string        `json:"privacy,omitempty" redact:"-"`
	How      recipient.How `json:"how,omitempty"`
	Via      string        `json:"via,omitempty"` // the first-party host that stands in for the vendor
	Weak     bool          `json:"weak,omitempty"`

	Reasons    []string        `json:"reasons,omitempty" redact:"-"`
	Initiator  []crawler.Cause `json:"initiator,omitempty"`
	TagManager string          `json:"tag_manager,omitempty"`
	Steps      []Step          `json:"steps,omitempty"`
	Evidence   []Evidence      `json:"evidence,omitempty"`
	Sender     string          `json:"sender,omitempty"` // as places tell it
	Stability  Stability       `json:"stability,omitzero"`
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
	// Text masks what a page had a hand in, beside Value: names, paths, addresses. nil: it is masked already.
	Text func(string) string
}

// masked applies Text to what a line tells, given as a pointer, but for fields with the tag redact:"-".
func (o Output) masked(line any) any {
	if o.Text != nil {
		eachText(reflect.ValueOf(line).Elem(), o.Text)
	}
	return line
}

// eachText changes every text under v. A type of its own is one of a few words, and left alone.
func eachText(v reflect.Value, change func(string) string) {
	switch v.Kind() {
	case reflect.Slice:
		if v.Len() == 0 {
			return
		}
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len()) // the line shares it with what it tells of
		reflect.Copy(fresh, v)
		v.Set(fresh)
		for i := range v.Len() {
			eachText(v.Index(i), change)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("redact") != "-" {
				eachText(v.Field(i), change)
			}
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.Len() > 0 {
			v.SetString(change(v.String()))
		}
	}
}

// Project makes the JSON form of a finding.
func (o Output) Project(f Finding) FindingJSON {
	r := f.Recipient
	j := FindingJSON{
		Request: RequestID(f.Request), Page: f.Page, Host: f.Host, Recipient: r.ID, Class: f.Class, Form: f.Form,
		Known: f.Known, Where: f.Where, Field: f.Field, Chain: f.Chain, Value: f.Value.String(), Consent: f.Consent,
		Severity: f.Severity, Fingerprint: f.Fingerprint, Place: f.Place,
		Confidence: f.Confidence, Rule: f.Rule, Token: cmp.Or(Token(o.Key, f.Value), f.Token), Method: f.Method, URL: f.URL,
		Route: f.Route, PageID: f.PageID, Profile: f.Profile, Phase: f.Phase, Seq: f.Seq, Time: f.Time,
		Account: f.Account, Event: f.EventName,
		Name: r.Name, Owner: r.Owner, Parent: r.Parent, Country: r.Country, Category: r.Category, Also: r.Also,
		Privacy: r.Privacy, How: r.How, Via: r.Via, Weak: r.Weak,
		Reasons: f.Reasons, Initiator: f.Via, TagManager: f.TagManager, Steps: f.Steps, Evidence: f.Evidence, Sender: f.Sender, Stability: f.Stability,
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
	f := Finding{
		Request: string(j.Request), Seq: j.Seq, PageID: j.PageID, Page: j.Page, Route: j.Route, Profile: j.Profile,
		Host: j.Host, URL: j.URL, Method: j.Method, Time: j.Time,
		Recipient: recipient.Recipient{
			ID: j.Recipient, Name: j.Name, Owner: j.Owner, Parent: j.Parent, Country: j.Country, Category: j.Category,
			Also: j.Also, Privacy: j.Privacy, How: j.How, Via: j.Via, Weak: j.Weak,
		},
		Account: j.Account, EventName: j.Event, Class: j.Class, Rule: j.Rule, Form: j.Form, Known: j.Known,
		Confidence: j.Confidence, Where: j.Where, Field: j.Field, Chain: j.Chain, Value: value, Token: j.Token,
		Consent: j.Consent, Phase: j.Phase, Severity: j.Severity, Reasons: j.Reasons, Fingerprint: j.Fingerprint, Place: j.Place,
		Via: j.Initiator, TagManager: j.TagManager, Steps: j.Steps, Evidence: j.Evidence, Sender: j.Sender, Stability: j.Stability,
	}
	if f.Place == "" {
		f.identify() // an older line has a fingerprint of rule, route and field
	}
	return f
}

// StreamSchema is the version of findings.jsonl. Schema 1 had findings alone and no head; up to schema 2 a fingerprint was
// that of a rule, a route and a field. Both are read as well.
const StreamSchema = 3

// The other lines of findings.jsonl than findings say what they are under "conclusion"; a line without it is a finding.
const (
	headLine   = "head"
	judgedLine = "judged"
	gapLine    = "gap"
	factsLine  = "consent"
	contraLine = "contradiction"
)

// headJSON is the first line: how to read the others.
type headJSON struct {
	Conclusion string `json:"conclusion" redact:"-"`
	Schema     int    `json:"schema"`
}

// judgedJSON is a Judged as a line.
type judgedJSON struct {
	Conclusion string          `json:"conclusion" redact:"-"`
	Request    RequestID       `json:"request"`
	Page       string          `json:"page"`
	Host       string          `json:"host"`
	Recipient  string          `json:"recipient" redact:"-"`
	Consent    crawler.Consent `json:"consent"`
	Own        bool            `json:"own,omitempty"`
	NotSent    bool            `json:"not_sent,omitempty"`
	Apart      bool            `json:"apart,omitempty"`
	Name       string          `json:"recipient_name,omitempty" redact:"-"`
	How        recipient.How   `json:"how,omitempty"`
	Via        string          `json:"via,omitempty"`
	Weak       bool            `json:"weak,omitempty"`
	PageID     string          `json:"page_id,omitempty" redact:"-"`
	Route      string          `json:"route,omitempty"`
	Profile    string          `json:"profile,omitempty" redact:"-"`
	Phase      crawler.Phase   `json:"phase,omitempty"`
	Method     string          `json:"method,omitempty" redact:"-"`
	URL        string          `json:"url,omitempty"`
	Type       string          `json:"type,omitempty" redact:"-"`
	Seq        int64           `json:"seq,omitempty"`
	Time       time.Time       `json:"time,omitzero"`
	Account    string          `json:"account,omitempty"`
	Event      string          `json:"event,omitempty"`
	Endpoint   string          `json:"endpoint,omitempty"`
	Claims     []consent.Claim `json:"claims,omitempty" redact:"-"`
	Redirect   RequestID       `json:"redirect,omitempty"`
	Referer    bool            `json:"referer,omitempty"`
	Cookies    []string        `json:"cookies,omitempty"`
	Initiator  []crawler.Cause `json:"initiator,omitempty"`
	Status     int             `json:"status,omitempty"`
	Failed     string          `json:"failed,omitempty"`
}

func projectJudged(j *Judged) judgedJSON {
	r := j.Recipient
	return judgedJSON{
		Conclusion: judgedLine, Request: RequestID(j.Request), Page: j.Page, Host: j.Host, Recipient: r.ID, Consent: j.Consent,
		Own: j.Own, NotSent: j.NotSent, Apart: j.Apart, Name: r.Name, How: r.How, Via: r.Via, Weak: r.Weak, PageID: j.PageID,
		Route: j.Route, Profile: j.Profile, Phase: j.Phase, Method: j.Method, URL: j.URL, Type: j.Type, Seq: j.Seq, Time: j.Time,
		Account: j.Account, Event: j.EventName, Endpoint: j.Endpoint, Claims: j.Claims,
		Redirect: RequestID(j.Redirect), Referer: j.Referer, Cookies: j.Cookies,
		Initiator: j.Via, Status: j.Status, Failed: j.Failed,
	}
}

func (j judgedJSON) judged() Judged {
	return Judged{
		Request: string(j.Request), Seq: j.Seq, PageID: j.PageID, Page: j.Page, Route: j.Route, Profile: j.Profile, Consent: j.Consent,
		Phase: j.Phase, Host: j.Host, URL: j.URL, Method: j.Method, Type: j.Type, Time: j.Time,
		Recipient: recipient.Recipient{ID: j.Recipient, Name: j.Name, How: j.How, Via: j.Via, Weak: j.Weak},
		Account:   j.Account, EventName: j.Event, Endpoint: j.Endpoint, Claims: j.Claims,
		Own: j.Own, NotSent: j.NotSent, Apart: j.Apart, Redirect: string(j.Redirect),
		Referer: j.Referer, Cookies: j.Cookies, Via: j.Initiator, Status: j.Status, Failed: j.Failed,
	}
}

// gapJSON is a gap as a line. It has the fields that every finding has, empty, so that a script which reads findings by
// class passes over it.
type gapJSON struct {
	Conclusion string          `json:"conclusion" redact:"-"`
	Kind       crawler.GapKind `json:"kind"`
	Text       string          `json:"text"`
	Count      int             `json:"count"`
	GapWhere   string          `json:"at,omitempty"`
	Request    RequestID       `json:"request"`
	Page       string          `json:"page"`
	Host       string          `json:"host"`
	Recipient  string          `json:"recipient" redact:"-"`
	Class      string          `json:"class" redact:"-"`
	Form       string          `json:"form" redact:"-"`
	Known      string          `json:"known" redact:"-"`
	Where      string          `json:"where" redact:"-"`
	Field      string          `json:"field"`
	Chain      []string        `json:"chain" redact:"-"`
	Value      string          `json:"value" redact:"-"`
	Consent    crawler.Consent `json:"consent"`
	Severity   rule.Severity   `json:"severity"`
	Print      string          `json:"fingerprint" redact:"-"`
	PageID     string          `json:"page_id,omitempty" redact:"-"`
	Profile    string          `json:"profile,omitempty" redact:"-"`
}

func projectGap(g *crawler.Gap) gapJSON {
	return gapJSON{
		Conclusion: gapLine, Kind: g.Kind, Text: g.Text, Count: g.N(), GapWhere: g.Where, Request: RequestID(g.Request),
		Recipient: g.Recipient, Consent: g.Consent, PageID: g.Page, Profile: g.Profile, Chain: []string{},
	}
}

func (j gapJSON) gap() crawler.Gap {
	return crawler.Gap{
		Kind: j.Kind, Where: j.GapWhere, Recipient: j.Recipient, Page: j.PageID, Request: string(j.Request), Profile: j.Profile,
		Consent: j.Consent, Count: j.Count, Text: j.Text,
	}
}

// factsJSON is what is known of a recipient in one state of the visitor's choice, as a line.
type factsJSON struct {
	Conclusion string `json:"conclusion" redact:"-"`
	consent.Facts
}

// contradictionJSON is a contradiction as a line. Like that of a gap it has the fields that every finding has.
type contradictionJSON struct {
	Conclusion string          `json:"conclusion" redact:"-"`
	ID         consent.ID      `json:"id"`
	Text       string          `json:"text"` // in a sentence, with the id of the recipient
	Request    RequestID       `json:"request"`
	Page       string          `json:"page"`
	Host       string          `json:"host"`
	Recipient  string          `json:"recipient" redact:"-"`
	Class      string          `json:"class" redact:"-"`
	Form       string          `json:"form" redact:"-"`
	Known      string          `json:"known" redact:"-"`
	Where      string          `json:"where" redact:"-"`
	Field      string          `json:"field"`
	Chain      []string        `json:"chain" redact:"-"`
	Value      string          `json:"value" redact:"-"`
	Consent    crawler.Consent `json:"consent"`
	Severity   rule.Severity   `json:"severity"`
	Print      string          `json:"fingerprint" redact:"-"`
	Facts      consent.Facts   `json:"facts"`
}

func projectContradiction(c *consent.Contradiction) contradictionJSON {
	info, _ := consent.InfoOf(c.ID)
	j := contradictionJSON{
		Conclusion: contraLine, ID: c.ID, Text: info.Sentence(c.Recipient), Recipient: c.Recipient, Chain: []string{}, Consent: c.Consent,
		Severity: info.Severity, Facts: c.Facts,
	}
	if len(c.Requests) > 0 {
		j.Request = RequestID(c.Requests[0])
	}
	return j
}

// StreamWriter writes conclusions as findings.jsonl has them, one a line: findings flat, as scripts rely on; after a head
// and between Judged lines and gaps if all is wanted.
type StreamWriter struct {
	enc *json.Encoder
	o   Output
	all bool
	err error
}

// NewStreamWriter writes to w. With all it begins with a head and writes every conclusion; without, Judged lines and the
// facts about consent are left out: what is left is for scripts that want findings, contradictions, and what was not seen.
func NewStreamWriter(w io.Writer, o Output, all bool) *StreamWriter {
	s := &StreamWriter{enc: json.NewEncoder(w), o: o, all: all}
	s.enc.SetEscapeHTML(false)
	if all {
		s.err = s.enc.Encode(headJSON{headLine, StreamSchema})
	}
	return s
}

// Write writes a conclusion. After an error it writes nothing more and returns that error.
func (s *StreamWriter) Write(c Conclusion) error {
	if s.err != nil {
		return s.err
	}
	switch {
	case c.Finding != nil:
		s.err = s.enc.Encode(s.o.masked(new(s.o.Project(*c.Finding))))
	case c.Gap != nil:
		s.err = s.enc.Encode(s.o.masked(new(projectGap(c.Gap))))
	case c.Contradiction != nil:
		s.err = s.enc.Encode(s.o.masked(new(projectContradiction(c.Contradiction))))
	case c.Judged != nil && s.all:
		s.err = s.enc.Encode(s.o.masked(new(projectJudged(c.Judged))))
	case c.Consent != nil && s.all:
		s.err = s.enc.Encode(s.o.masked(&factsJSON{factsLine, *c.Consent}))
	}
	if s.err != nil {
		s.err = fmt.Errorf("findings: %w", s.err)
	}
	return s.err
}

// WriteJSONL writes one finding a line. It ends with the first error of findings or of w.
func WriteJSONL(w io.Writer, findings iter.Seq2[Finding, error], o Output) error {
	out := NewStreamWriter(w, o, false)
	for f, err := range findings {
		if err != nil {
			return err
		}
		if err := out.Write(Conclusion{Finding: &f}); err != nil {
			return err
		}
	}
	return nil
}

// maxLine bounds a line of findings.jsonl, so that a broken file cannot take all memory.
const maxLine = 16 << 20

// ReadStream reads findings.jsonl, of this schema or of an older one, whose lines are all findings. A line that is no
// conclusion ends the stream with an error that names it.
func ReadStream(r io.Reader) iter.Seq2[Conclusion, error] {
	return func(yield func(Conclusion, error) bool) {
		sc := bufio.NewScanner(r)
		sc.Buffer(make([]byte, 0, 64<<10), maxLine)
		for n := 1; sc.Scan(); n++ {
			if len(sc.Bytes()) == 0 {
				continue
			}
			c, err := readLine(sc.Bytes())
			if err != nil {
				yield(Conclusion{}, fmt.Errorf("findings, line %d: %w", n, err))
				return
			}
			if c != (Conclusion{}) && !yield(c, nil) {
				return
			}
		}
		if err := sc.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(Conclusion{}, fmt.Errorf("findings: a line is longer than %d bytes", maxLine))
		} else if err != nil {
			yield(Conclusion{}, fmt.Errorf("findings: %w", err))
		}
	}
}

// readLine reads one line; the zero Conclusion is that of a head, and of a kind of line that a newer tagscan added.
func readLine(line []byte) (Conclusion, error) {
	var head headJSON
	if err := json.Unmarshal(line, &head); err != nil {
		return Conclusion{}, err
	}
	if head.Schema > StreamSchema {
		return Conclusion{}, fmt.Errorf("schema %d is newer than this tagscan reads (%d): use a newer tagscan", head.Schema, StreamSchema)
	}
	switch head.Conclusion {
	case "":
		var j FindingJSON
		if err := json.Unmarshal(line, &j); err != nil {
			return Conclusion{}, err
		}
		f := j.Finding()
		return Conclusion{Finding: &f}, nil
	case judgedLine:
		var j judgedJSON
		if err := json.Unmarshal(line, &j); err != nil {
			return Conclusion{}, err
		}
		out := j.judged()
		return Conclusion{Judged: &out}, nil
	case factsLine:
		var j factsJSON
		if err := json.Unmarshal(line, &j); err != nil {
			return Conclusion{}, err
		}
		return Conclusion{Consent: &j.Facts}, nil
	case contraLine:
		var j contradictionJSON
		if err := json.Unmarshal(line, &j); err != nil {
			return Conclusion{}, err
		}
		return Conclusion{Contradiction: &consent.Contradiction{ID: j.ID, Facts: j.Facts}}, nil
	case gapLine:
		var j gapJSON
		if err := json.Unmarshal(line, &j); err != nil {
			return Conclusion{}, err
		}
		g := j.gap()
		return Conclusion{Gap: &g}, nil
	}
	return Conclusion{}, nil
}

// ReadFindings is ReadStream without all but the findings.
func ReadFindings(r io.Reader) iter.Seq2[Finding, error] { return findings(ReadStream(r)) }
