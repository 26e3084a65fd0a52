package har

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// The shapes of HAR 1.2 and of the extensions that browsers and proxies write. They are read leniently, for tools differ
// in what they quote, and written as Chrome's DevTools do.

// loose is a string that may be written as a number, a boolean or null.
type loose string

// UnmarshalJSON implements json.Unmarshaler.
func (l *loose) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err == nil {
		*l = loose(s)
	} else if data[0] != '{' && data[0] != '[' && !bytes.Equal(data, []byte("null")) {
		*l = loose(data)
	}
	return nil
}

// number is a number that may be quoted, missing or null.
type number float64

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(data []byte) error {
	f, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64)
	if err == nil && f == f && f <= 1e18 && f >= -1e18 {
		*n = number(f)
	}
	return nil
}

// harPair is a header, cookie, query or form parameter.
type harPair struct {
	Name        loose `json:"name"`
	Value       loose `json:"value"`
	FileName    loose `json:"fileName,omitempty"`    // of a form's file
	ContentType loose `json:"contentType,omitempty"` // of a form's part
}

// harPairs is a list of pairs; some tools write an object of names and values instead.
type harPairs []harPair

// UnmarshalJSON implements json.Unmarshaler.
func (ps *harPairs) UnmarshalJSON(data []byte) error {
	if data[0] != '{' {
		var list []harPair
		err := json.Unmarshal(data, &list)
		*ps = list
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	return eachKey(dec, func(key string) error {
		var v loose
		err := dec.Decode(&v)
		*ps = append(*ps, harPair{Name: loose(key), Value: v})
		return err
	})
}

type harTool struct {
	Name    loose `json:"name"`
	Version loose `json:"version"`
}

func (t harTool) String() string { return strings.TrimSpace(string(t.Name) + " " + string(t.Version)) }

type harPage struct {
	StartedDateTime loose          `json:"startedDateTime"`
	ID              loose          `json:"id"`
	Title           loose          `json:"title"`
	PageTimings     harPageTimings `json:"pageTimings"`
	Ext             *harPageExt    `json:"_tagscan,omitempty"`
}

type harPageTimings struct {
	OnContentLoad number `json:"onContentLoad,omitempty"` // ms
	OnLoad        number `json:"onLoad,omitempty"`        // ms
}

type harEntry struct {
	ID          json.RawMessage    `json:"_id,omitempty"`
	Initiator   json.RawMessage    `json:"_initiator,omitempty"`
	Type        loose              `json:"_resourceType,omitempty"`
	FromCache   loose              `json:"_fromCache,omitempty"`
	Error       loose              `json:"_error,omitempty"`
	Failure     loose              `json:"_failureText,omitempty"` // Playwright
	WebSocket   []harSocketMessage `json:"_webSocketMessages,omitempty"`
	EventSource []harSocketMessage `json:"_eventSourceMessages,omitempty"`
	Ext         *harRequestExt     `json:"_tagscan,omitempty"`

	Cache     struct{}    `json:"cache"`
	PageRef   loose       `json:"pageref,omitempty"`
	Request   harRequest  `json:"request"`
	Response  harResponse `json:"response"`
	ServerIP  loose       `json:"serverIPAddress,omitempty"`
	Conn      loose       `json:"connection,omitempty"`
	Started   loose       `json:"startedDateTime"`
	Time      number      `json:"time"` // ms
	Timings   harTimings  `json:"timings"`
	Commented loose       `json:"comment,omitempty"`
}

type harTimings struct {
	Blocked number `json:"blocked"`
	DNS     number `json:"dns"`
	Connect number `json:"connect"`
	Send    number `json:"send"`
	Wait    number `json:"wait"`
	Receive number `json:"receive"`
	SSL     number `json:"ssl"`
}

type harRequest struct {
	Method      loose        `json:"method"`
	URL         loose        `json:"url"`
	HTTPVersion loose        `json:"httpVersion"`
	Headers     harPairs     `json:"headers"`
	QueryString harPairs     `json:"queryString"`
	Cookies     harPairs     `json:"cookies"`
	HeadersSize number       `json:"headersSize"`
	BodySize    number       `json:"bodySize"`
	PostData    *harPostData `json:"postData,omitempty"`
}

type harPostData struct {
	MimeType    loose    `json:"mimeType"`
	Text        *loose   `json:"text,omitempty"`
	Params      harPairs `json:"params,omitempty"`
	Underscored loose    `json:"_encoding,omitempty"`
	Encoding    loose    `json:"encoding,omitempty"`
}

type harResponse struct {
	Status      number     `json:"status"`
	StatusText  loose      `json:"statusText"`
	HTTPVersion loose      `json:"httpVersion"`
	Headers     harPairs   `json:"headers"`
	Cookies     harPairs   `json:"cookies"`
	Content     harContent `json:"content"`
	RedirectURL loose      `json:"redirectURL"`
	HeadersSize number     `json:"headersSize"`
	BodySize    number     `json:"bodySize"`
	Transfer    number     `json:"_transferSize,omitempty"`
	Error       loose      `json:"_error,omitempty"`
}

type harContent struct {
	Size     number `json:"size"`
	MimeType loose  `json:"mimeType"`
	Text     *loose `json:"text,omitempty"`
	Encoding loose  `json:"encoding,omitempty"`
}

type harSocketMessage struct {
	Type   loose  `json:"type,omitempty"` // send, receive
	Time   number `json:"time"`           // seconds since 1970
	Opcode number `json:"opcode"`
	Data   loose  `json:"data"`
}

type harStack struct {
	Description loose      `json:"description,omitempty"`
	CallFrames  []harFrame `json:"callFrames"`
	Parent      *harStack  `json:"parent,omitempty"`
}

type harFrame struct {
	Function loose  `json:"functionName"`
	ScriptID loose  `json:"scriptId"`
	URL      loose  `json:"url"`
	Line     number `json:"lineNumber"`   // from 0
	Column   number `json:"columnNumber"` // from 0
}

type harInitiator struct {
	Type  loose     `json:"type"`
	URL   loose     `json:"url,omitempty"`
	Line  *number   `json:"lineNumber,omitempty"`
	Stack *harStack `json:"stack,omitempty"`
}

// harTimeLayouts are the ways in which tools write startedDateTime; Go reads any number of fraction digits.
var harTimeLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999-0700",
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999 -0700",
	"2006-01-02 15:04:05.999999999",
	"Jan 2, 2006, 3:04:05 PM",
}

// parseHARTime reads an absolute time: ISO 8601 in its variants, or seconds or milliseconds since 1970. Anything else
// is the zero time.
func parseHARTime(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range harTimeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f > 1e8 && f < 1e14 {
		if f > 1e11 {
			f /= 1000
		}
		return unixSeconds(f)
	}
	return time.Time{}
}

// unixSeconds keeps microseconds: a float64 of today's seconds holds no more.
func unixSeconds(f float64) time.Time { return time.UnixMicro(int64(f * 1e6)).UTC() }
