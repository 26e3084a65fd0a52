package detect

import (
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// Form is how a datum was dressed on the wire.
type Form string

const (
	Plain      Form = "plain" // readable, percent-encoding aside
	Encoded    Form = "encoded"
	Compressed Form = "compressed"
	Hashed     Form = "hashed"
	Masked     Form = "masked" // starred out, but still telling its shape
	Split      Form = "split"  // in parts over several fields or requests
)

// Clear is the form of a flow whose data its recipient can read: plain, encoded, compressed or split.
const Clear Form = "clear"

// Known is how it is known that a value identifies somebody.
type Known string

const (
	ByPersona      Known = "persona"
	ByPattern      Known = "pattern"
	ByFieldName    Known = "field"
	ByStorage      Known = "storage"
	ByDifferential Known = "differential"
	ByObserved     Known = "observed" // the site showed it about the signed-in user, or it was found elsewhere in the run
)

// Confidence is how sure a finding is.
type Confidence string

const (
	Certain  Confidence = "certain"  // a known value, a checksum, the vendor's own field with a fitting value
	Likely   Confidence = "likely"   // a pattern with a validator in a fitting place
	Possible Confidence = "possible" // a hint: never alone fails a policy
)

// Finding is one identifying datum in one place of one request.
type Finding struct {
	Request     string // crawler.Request.ID
	Seq         int64  // crawler.Event.Seq of the request
	PageID      string // crawler.Page.ID
	Page        string // URL of the page without query and fragment, identifying parts of the path masked
	Route       string // folded route of the page
	Profile     string // of the visit, if the run has several
	Host        string // host of the request
	URL         string // URL of the request without query, identifying parts of the path masked
	Method      string
	Time        time.Time
	Recipient   recipient.Recipient
	Account     string // the vendor's account the data went to (tracking id, write key), if it is known
	EventName   string // the vendor's name for the event ("page_view"), if it is known
	Class       rule.Class
	Rule        string // id of the rule that decided
	Form        Form
	Known       Known
	Confidence  Confidence
	Where       decode.Where
	Field       string   // decode.Field.Path; names in it that are personal values are folded
	Chain       []string // decoders, outside in; a hash function ends it
	Value       Value
	Token       string // correlates equal values; set where only the mask of Value was kept
	Consent     crawler.Consent
	Phase       crawler.Phase
	Severity    rule.Severity
	Reasons     []string        // why the severity differs from that of the class ("in a URL", "before consent" …), and what else the run tells of the datum
	Fingerprint string          // of the flow
	Place       string          // fingerprint of the place in the flow
	Via         []crawler.Cause // who caused the request, nearest first
	TagManager  string          // name of the tag manager in Via, if one is there
	Sender      string          // who sent it, as places tell it: tag manager or script; "" if it is not known, or not worked out yet
	Steps       []Step          // the decode chain step by step, masked
	Evidence    []Evidence      // what else explains the same span
	Stability   Stability       // of the flow, if somebody looked for it again
}

// Step is one step of unwrapping, for a reader: what the decoder made of the field.
type Step struct {
	Decoder string `json:"decoder"` // "base64"
	Result  string `json:"result"`  // beginning of the result, with what may identify somebody masked
}

// Evidence is a further explanation of a finding's span.
type Evidence struct {
	Rule  string     `json:"rule"`
	Class rule.Class `json:"class"`
	Known Known      `json:"known"`
	Field string     `json:"field"`
}
