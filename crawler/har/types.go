package har

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The shapes of HAR 1.2 and of the extensions that browsers and proxies write. They are read leniently, for tools differ
// in what they quote, and written as Chrome's DevTools do.

// loose is a string that may be written as a number, a boolean or null; what is written as a list or an object stays JSON.
type loose string

// UnmarshalJSON implements json.Unmarshaler.
func (l *loose) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err == nil {
		*l = loose(s)
	} else if !bytes.Equal(data, []byte("null")) {
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
	File        loose `json:"_file,omitempty"`       // of a form's part: its content is in a file beside the HAR
}

// harCookie is a cookie that a request carried or a response set.
type harCookie struct {
	Name     loose `json:"name"`
	Value    loose `json:"value"`
	Path     loose `json:"path,omitempty"`
	Domain   loose `json:"domain,omitempty"`
	Expires  loose `json:"expires,omitempty"`
	HTTPOnly bool  `json:"httpOnly,omitempty"`
	Secure   bool  `json:"secure,omitempty"`
	SameSite loose `json:"sameSite,omitempty"`
}

// harPairs and harCookies are lists; some tools write an object of names and values instead.
type (
	harPairs   []harPair
	harCookies []harCookie
)

// UnmarshalJSON implements json.Unmarshaler.
func (ps *harPairs) UnmarshalJSON(data []byte) error {
	return listOrObject(data, (*[]harPair)(ps), func(name, value loose) harPair { return harPair{Name: name, Value: value} })
}

// UnmarshalJSON implements json.Unmarshaler.
func (cs *harCookies) UnmarshalJSON(data []byte) error {
	return listOrObject(data, (*[]harCookie)(cs), func(name, value loose) harCookie { return harCookie{Name: name, Value: value} })
}

// listOrObject reads a list of T, or an object whose members are made one each.
func listOrObject[T any](data []byte, list *[]T, item func(name, value loose) T) error {
	if data[0] != '{' {
		*list = nil
		return json.Unmarshal(data, list)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	return eachKey(dec, func(key string) error {
		var v loose
		err := dec.Decode(&v)
		*list = append(*list, item(loose(key), v))
		return err
	})
}

// octets is the text of a body. Where a tool could not decode one as UTF-8 and wrote each byte that did not fit as a lone
// surrogate (Python's surrogateescape, so mitmproxy), the bytes are put back.
type octets string

// UnmarshalJSON implements json.Unmarshaler.
func (o *octets) UnmarshalJSON(data []byte) error {
	escaped := bytes.Contains(data, []byte(`\udc`)) || bytes.Contains(data, []byte(`\uDC`))
	if escaped {
		data = unescapeSurrogates(data)
	}
	var l loose
	err := l.UnmarshalJSON(data)
	if *o = octets(l); escaped {
		*o = octets(restoreBytes(string(l)))
	}
	return err
}

// escapedByte are the private-use characters that stand for bytes while JSON is read: U+10FF00 and the byte.
const escapedByte = 0x10ff00

// unescapeSurrogates writes lone surrogates of U+DC80 to U+DCFF as private-use characters, which JSON can hold.
func unescapeSurrogates(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); {
		u, ok := escapeIn(data[i:])
		switch {
		case data[i] == '\\' && !ok:
			out = append(out, data[i:min(i+2, len(data))]...)
			i += 2
		case !ok:
			out = append(out, data[i])
			i++
		case u >= 0xd800 && u < 0xdc00: // the first half of a pair, or alone: Go reads both
			n := 6
			if low, ok := escapeIn(data[i+6:]); ok && low >= 0xdc00 && low < 0xe000 {
				n = 12
			}
			out = append(out, data[i:i+n]...)
			i += n
		case u >= 0xdc80 && u <= 0xdcff:
			out = utf8.AppendRune(out, escapedByte+u-0xdc00)
			i += 6
		default:
			out = append(out, data[i:i+6]...)
			i += 6
		}
	}
	return out
}

// escapeIn reads the \u escape that data begins with.
func escapeIn(data []byte) (rune, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	u, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	return rune(u), err == nil
}

// restoreBytes makes bytes of the private-use characters that stand for them.
func restoreBytes(s string) string {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if isEscapedByte(r) {
			out = append(out, byte(r-escapedByte))
			continue
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

func isEscapedByte(r rune) bool { return r >= escapedByte+0x80 && r <= escapedByte+0xff }

type harTool struct {
	Name    loose `json:"name"`
	Version loose `json:"version"`
}

func (t harTool) String() string { return strings.TrimSpace(string(t.Name) + " " + string(t.Version)) }

type harPage struct {
	StartedDateTime loose          `json:"startedDateTime"`
	ID              loose          `json:"id"`
	Title           loose          `json:"title"`
	URL             loose          `json:"_url,omitempty"` // Browsertime; WebPagetest writes _URL
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
	Failure     loose              `json:"_failureText,omitempty"`      // Playwright
	WebSocket   []harSocketMessage `json:"_webSocketMessages,omitzero"` // nil: not said
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
	Cookies     harCookies   `json:"cookies"`
	HeadersSize number       `json:"headersSize"`
	BodySize    number       `json:"bodySize"`
	PostData    *harPostData `json:"postData,omitempty"`
}

type harPostData struct {
	MimeType    loose    `json:"mimeType"`
	Text        *octets  `json:"text,omitempty"`
	File        loose    `json:"_file,omitempty"` // Playwright: the text is in a file beside the HAR
	Params      harPairs `json:"params,omitempty"`
	Underscored loose    `json:"_encoding,omitempty"`
	Encoding    loose    `json:"encoding,omitempty"`
}

type harResponse struct {
	Status      number     `json:"status"`
	StatusText  loose      `json:"statusText"`
	HTTPVersion loose      `json:"httpVersion"`
	Headers     harPairs   `json:"headers"`
	Cookies     harCookies `json:"cookies"`
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
	Type     loose   `json:"type,omitempty"` // send, receive
	Time     number  `json:"time"`           // seconds since 1970
	Opcode   number  `json:"opcode"`
	Data     loose   `json:"data"`
	Encoding loose   `json:"_encoding,omitempty"` // base64: of a message that is not binary by its opcode; tagscan writes it
	Cut      *harCut `json:"_cut,omitempty"`      // likewise: Data is only the message's beginning
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
