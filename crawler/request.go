package crawler

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// What Request.Failed says of a request that waited in vain and was not sent, beside the browser's own errors.
const (
	NotConnected        = "not connected when it was given up"
	PreflightUnanswered = "CORS: the preflight was not answered" // https://fetch.spec.whatwg.org/#cors-preflight-fetch
)

// Request is one message that left the browser, with what came back. Each hop of a redirect is a Request of its own.
// A WebSocket is one Request with Messages.
type Request struct {
	ID      string  `json:"id"`                 // unique in the run, "r17". From a HAR: the entry's _id, or "#" and its index
	Page    string  `json:"page"`               // Page.ID of the visit it belongs to; empty: which page sent it is not known
	PageURL string  `json:"page_url,omitempty"` // the main frame's URL when it was sent; where the page is not known, the site's home page
	Profile string  `json:"profile,omitempty"`  // empty with consent unknown: nor is the visitor known
	Consent Consent `json:"consent,omitempty"`
	Route   string  `json:"route,omitempty"`
	Phase   Phase   `json:"phase,omitempty"`

	URL     string   `json:"url"` // as sent: without fragment
	Method  string   `json:"method"`
	Headers []Header `json:"headers,omitempty"` // as sent, Cookie included
	Body    Body     `json:"body,omitzero"`
	Unseen  string   `json:"unseen,omitempty"` // why a body that existed could not be had; empty: nothing is missing

	Type      string        `json:"type,omitempty"` // CDP resource type, lower case: document script image stylesheet font media xhr fetch ping websocket eventsource preflight cspviolationreport prefetch manifest other
	Frame     Frame         `json:"frame,omitzero"`
	Target    Target        `json:"target,omitzero"`
	Initiator Initiator     `json:"initiator,omitzero"`
	Time      time.Time     `json:"time"`                // wall time of sending
	PageTime  time.Duration `json:"page_time,omitempty"` // ns of the page's own clock since navigation, if it is known
	Redirect  string        `json:"redirect,omitempty"`  // Request.ID of the hop before, if a redirect led here
	Response  *Response     `json:"response,omitempty"`  // nil: none came
	Failed    string        `json:"failed,omitempty"`    // net::ERR_… or the reason it ended without a response
	NotSent   bool          `json:"not_sent,omitempty"`  // the browser began it and it never reached the wire (cache, aborted before sending); kept for attribution, never a disclosure
	Source    string        `json:"source,omitempty"`    // which evidence has it: network, fetch, both, netlog, har

	Messages []Message `json:"messages,omitempty"` // WebSocket and EventSource messages, in order
}

// Phase is the moment of a visit in which a request was sent.
type Phase string

const (
	Load    Phase = "load"    // before anything was done to the page
	Choice  Phase = "choice"  // after the consent dialog was answered
	Scroll  Phase = "scroll"  // while the page was scrolled and hovered
	Typing  Phase = "typing"  // after something was typed and before anything was submitted
	Submit  Phase = "submit"  // after a form was submitted (recorded flows)
	Leaving Phase = "leaving" // while the page was hidden and closed
)

// Header is one header line. Names keep the case they were sent with.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// HeaderValue returns the first value of the header with the name, whatever its case, or "".
func HeaderValue(hs []Header, name string) string {
	for _, h := range hs {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// Frame is the document that a request belongs to.
type Frame struct {
	ID     string `json:"id,omitempty"`
	URL    string `json:"url,omitempty"`
	Parent string `json:"parent,omitempty"` // ID of the parent frame; empty for the main frame
}

// Target is the process-like thing that sent a request.
type Target struct {
	ID   string `json:"id,omitempty"`
	Type string `json:"type,omitempty"` // page iframe worker shared_worker service_worker worklet popup prerender browser
	URL  string `json:"url,omitempty"`
}

// Initiator is why a request was sent.
type Initiator struct {
	Type  string  `json:"type,omitempty"`  // script parser preload preflight redirect other
	Chain []Cause `json:"chain,omitempty"` // nearest cause first, up to the HTML that started it
}

// Cause is one link of the chain that led to a request or a script.
type Cause struct {
	URL      string `json:"url,omitempty"`      // script or document; empty for inline and eval code
	Function string `json:"function,omitempty"` // name of the function, if it has one
	Line     int    `json:"line,omitempty"`     // from 1
	Column   int    `json:"column,omitempty"`   // from 1
	Async    string `json:"async,omitempty"`    // how this cause is bound to the one before: setTimeout, Promise.then, PendingScript, postMessage, frame, worker …; empty: a plain call
	Script   string `json:"script,omitempty"`   // SHA-256 of the script if it has no URL
	Kind     string `json:"kind,omitempty"`     // script, inline, eval, document, worker, stylesheet; unknown: a script, but nobody tells which
}

// Response is the head of what came back, and what is known of its body.
type Response struct {
	Status    int           `json:"status"`
	Proto     string        `json:"proto,omitempty"` // http/1.1, h2, h3
	Headers   []Header      `json:"headers,omitempty"`
	MIME      string        `json:"mime,omitempty"`
	Address   string        `json:"address,omitempty"`    // remote IP and port
	Size      int64         `json:"size,omitempty"`       // bytes on the wire, body, if known
	Body      Body          `json:"body,omitzero"`        // kept for scripts, documents and small JSON only
	FromCache string        `json:"from_cache,omitempty"` // disk, memory, service-worker, prefetch; empty: from the network
	Duration  time.Duration `json:"duration,omitempty"`   // ns from sending to the end of the body
}

// Message is one WebSocket frame or EventSource event.
type Message struct {
	Sent   bool      `json:"sent"` // true: it left the browser
	Time   time.Time `json:"time"`
	Opcode int       `json:"opcode,omitempty"` // WebSocket opcode: 1 text, 2 binary; 0 for EventSource
	Data   Body      `json:"data,omitzero"`
}

// Body is a byte string: held inline if it is small, else named by its hash and kept as a blob. The zero value is no
// body at all. In JSON it is {"size", "text" or "base64" or "sha256"}: text if it is valid UTF-8.
type Body struct {
	Size   int64  // bytes
	Inline []byte // the bytes, if they are held here
	SHA256 string // hex; set if the bytes are in a blob, or if only their hash was kept
	Cut    bool   // Inline holds the first bytes only, SHA256 (if set) is of all
}

// MaxInline is the size in bytes up to which a body is kept inline in a capture; a longer one goes to a blob.
const MaxInline = 16 << 10

// NewBody returns an inline body of b. It keeps b, so the caller must not change it. No bytes: no body.
func NewBody(b []byte) Body {
	if len(b) == 0 {
		return Body{}
	}
	return Body{Size: int64(len(b)), Inline: b}
}

// IsZero reports whether there is no body.
func (b Body) IsZero() bool { return b.Size == 0 && b.SHA256 == "" && len(b.Inline) == 0 }

// Blobs gives the bytes of bodies that are not inline, by the hex SHA-256 of the bytes.
type Blobs interface {
	Open(sha256 string) (io.ReadCloser, error)
}

// Sink takes a body whose end is not known yet. It is ended by Close or Abort, once. capture.BlobWriter is one.
type Sink interface {
	io.Writer
	// Close ends the body and returns what names it. After an error nothing is left of it.
	Close() (Body, error)
	// Abort gives the body up and removes what was written of it.
	Abort() error
}

// Pour puts a whole body into a new sink.
func Pour(open func() (Sink, error), b []byte) (Body, error) {
	sink, err := open()
	if err != nil {
		return Body{}, err
	}
	if _, err := sink.Write(b); err != nil {
		return Body{}, errors.Join(err, sink.Abort())
	}
	return sink.Close()
}

// Bytes returns the whole body, from blobs if it is not inline. blobs may be nil if all bodies are inline.
func (b Body) Bytes(blobs Blobs) ([]byte, error) {
	switch {
	case b.Inline != nil && !b.Cut:
		return b.Inline, nil
	case b.IsZero():
		return nil, nil
	case b.SHA256 == "" || blobs == nil:
		return b.Inline, fmt.Errorf("body of %d bytes was not kept", b.Size)
	}
	r, err := blobs.Open(b.SHA256)
	if err != nil {
		return b.Inline, fmt.Errorf("body %s: %w", b.SHA256, err)
	}
	defer r.Close()
	return io.ReadAll(r)
}

type bodyJSON struct {
	Size   int64   `json:"size"`
	Text   *string `json:"text,omitempty"`
	Base64 string  `json:"base64,omitempty"`
	SHA256 string  `json:"sha256,omitempty"`
	Cut    bool    `json:"cut,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (b Body) MarshalJSON() ([]byte, error) {
	j := bodyJSON{Size: b.Size, SHA256: b.SHA256, Cut: b.Cut}
	if b.Inline != nil {
		if utf8.Valid(b.Inline) {
			s := string(b.Inline)
			j.Text = &s
		} else {
			j.Base64 = base64.StdEncoding.EncodeToString(b.Inline)
		}
	}
	return json.Marshal(j)
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *Body) UnmarshalJSON(data []byte) error {
	var j bodyJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*b = Body{Size: j.Size, SHA256: j.SHA256, Cut: j.Cut}
	switch {
	case j.Text != nil:
		b.Inline = []byte(*j.Text)
	case j.Base64 != "":
		raw, err := base64.StdEncoding.DecodeString(j.Base64)
		if err != nil {
			return fmt.Errorf("body: %w", err)
		}
		b.Inline = raw
	}
	return nil
}
