package record

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/chromedp"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record/cause"
)

// The types below are what the recorder reads of protocol events. They are looser than cdproto's: every enumeration is
// plain text, so an event of a newer browser, with a value that nobody knows yet, is read and not lost.

// decodeEvent reads an event's parameters; unknown members are ignored.
func decodeEvent(params jsonv2.Value, v any) error {
	if err := jsonv2.Unmarshal(params, v, chromedp.DefaultUnmarshalOptions); err != nil {
		return fmt.Errorf("reading an event: %w", err)
	}
	return nil
}

// wireHeaders keeps a JSON object of headers in its order. One name with several values comes joined by newlines.
type wireHeaders []crawler.Header

// UnmarshalJSON implements json.Unmarshaler.
func (h *wireHeaders) UnmarshalJSON(b []byte) error {
	dec := jsontext.NewDecoder(bytes.NewReader(b), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != '{' {
		return err
	}
	*h = nil
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		key := name.String()
		value, err := dec.ReadToken()
		if err != nil {
			return err
		}
		text := value.String()
		if strings.EqualFold(key, "set-cookie") {
			for line := range strings.SplitSeq(text, "\n") {
				*h = append(*h, crawler.Header{Name: key, Value: line})
			}
			continue
		}
		*h = append(*h, crawler.Header{Name: key, Value: text})
	}
	return nil
}

type wireRequest struct {
	URL             string      `json:"url"`
	Method          string      `json:"method"`
	Headers         wireHeaders `json:"headers"`
	HasPostData     bool        `json:"hasPostData"`
	PostData        string      `json:"postData"`
	PostDataEntries []struct {
		Bytes string `json:"bytes"` // base64
	} `json:"postDataEntries"`

	spilled  crawler.Body // as chrome.Event.Body
	spillErr error        // as chrome.Event.BodyErr
	cut      int          // bytes that the connection cut out of the message
}

// arrived takes over what an event says besides its parameters.
func (r *wireRequest) arrived(ev chrome.Event) {
	r.spilled, r.spillErr, r.cut = ev.Body, ev.BodyErr, ev.Cut
	if r.cut > 0 {
		r.PostData = "" // only postDataEntries can say how much is missing
	}
}

// body returns the bytes of the request's body. ok is false if there is one and its bytes are not here.
func (r *wireRequest) body() (b []byte, ok bool) {
	if len(r.PostDataEntries) == 0 {
		if r.PostData != "" && len(r.PostData) < 4<<10 && !strings.ContainsRune(r.PostData, 0xFFFD) {
			return []byte(r.PostData), true
		}
		return nil, !r.HasPostData
	}
	for _, e := range r.PostDataEntries {
		raw, err := base64.StdEncoding.DecodeString(e.Bytes)
		if err != nil || len(raw) == 0 {
			return nil, false // a Blob or file part has no bytes here
		}
		if b == nil {
			b = raw // nearly every body is one entry, and need not be copied
		} else {
			b = append(b, raw...)
		}
	}
	return b, true
}

type wireResponse struct {
	URL               string      `json:"url"`
	Status            int         `json:"status"`
	Headers           wireHeaders `json:"headers"`
	MIME              string      `json:"mimeType"`
	RemoteIP          string      `json:"remoteIPAddress"`
	RemotePort        int         `json:"remotePort"`
	FromDiskCache     bool        `json:"fromDiskCache"`
	FromServiceWorker bool        `json:"fromServiceWorker"`
	FromPrefetchCache bool        `json:"fromPrefetchCache"`
	Size              float64     `json:"encodedDataLength"`
	Protocol          string      `json:"protocol"`
}

type willBeSent struct {
	ID               string          `json:"requestId"`
	Loader           string          `json:"loaderId"`
	DocumentURL      string          `json:"documentURL"`
	Request          wireRequest     `json:"request"`
	Mono             float64         `json:"timestamp"`
	Initiator        cause.Initiator `json:"initiator"`
	RedirectExtra    bool            `json:"redirectHasExtraInfo"`
	RedirectResponse *wireResponse   `json:"redirectResponse"`
	Type             string          `json:"type"`
	Frame            string          `json:"frameId"`
}

type sentExtra struct {
	ID      string      `json:"requestId"`
	Headers wireHeaders `json:"headers"`
}

type receivedExtra struct {
	ID      string      `json:"requestId"`
	Headers wireHeaders `json:"headers"`
	Status  int         `json:"statusCode"`
	Blocked []struct {
		Reasons []string `json:"blockedReasons"`
		Line    string   `json:"cookieLine"`
	} `json:"blockedCookies"`
}

type responseReceived struct {
	ID       string       `json:"requestId"`
	Mono     float64      `json:"timestamp"`
	Type     string       `json:"type"`
	Response wireResponse `json:"response"`
	HasExtra bool         `json:"hasExtraInfo"`
}

type finished struct {
	ID   string  `json:"requestId"`
	Mono float64 `json:"timestamp"`
	Size float64 `json:"encodedDataLength"`
}

type failedLoad struct {
	ID       string  `json:"requestId"`
	Mono     float64 `json:"timestamp"`
	Error    string  `json:"errorText"`
	Canceled bool    `json:"canceled"`
	Blocked  string  `json:"blockedReason"`
	CORS     *struct {
		Error string `json:"corsError"`
	} `json:"corsErrorStatus"`
}

type paused struct {
	ID         string      `json:"requestId"`
	Request    wireRequest `json:"request"`
	Frame      string      `json:"frameId"`
	Type       string      `json:"resourceType"`
	NetworkID  string      `json:"networkId"`
	Redirected string      `json:"redirectedRequestId"`

	gone bool // when it was let go, nobody wanted it any more
}

type socketCreated struct {
	ID        string          `json:"requestId"`
	Transport string          `json:"transportId"` // WebTransport
	URL       string          `json:"url"`
	Initiator cause.Initiator `json:"initiator"`
}

type socketHandshake struct {
	ID       string       `json:"requestId"`
	Request  *wireRequest `json:"request"`
	Response *struct {
		Status         int         `json:"status"`
		Headers        wireHeaders `json:"headers"`
		RequestHeaders wireHeaders `json:"requestHeaders"`
	} `json:"response"`
}

type socketFrame struct {
	ID       string `json:"requestId"`
	Response struct {
		Opcode  int    `json:"opcode"`
		Payload string `json:"payloadData"`
	} `json:"response"`
}

// data returns the frame's bytes: text as it is, everything else from base64.
func (f *socketFrame) data() []byte {
	if f.Response.Opcode == 1 {
		return []byte(f.Response.Payload)
	}
	b, err := base64.StdEncoding.DecodeString(f.Response.Payload)
	if err != nil {
		return []byte(f.Response.Payload)
	}
	return b
}

type sourceMessage struct {
	ID   string `json:"requestId"`
	Name string `json:"eventName"`
	Data string `json:"data"`
}

type scriptParsed struct {
	ID     cause.ScriptID `json:"scriptId"`
	URL    string         `json:"url"`
	Line   int            `json:"startLine"`
	Column int            `json:"startColumn"`
	Hash   string         `json:"hash"`
	Length int64          `json:"length"`
	Module bool           `json:"isModule"`
	Aux    struct {
		Frame   string `json:"frameId"`
		Type    string `json:"type"` // default, isolated, worker
		Default bool   `json:"isDefault"`
	} `json:"executionContextAuxData"`
	Stack        *cause.Stack `json:"stackTrace"`
	HasSourceURL bool         `json:"hasSourceURL"`
	Embedder     string       `json:"embedderName"` // where it was loaded from, whatever it says of itself
	Language     string       `json:"scriptLanguage"`
}

type attached struct {
	Session string     `json:"sessionId"`
	Info    targetInfo `json:"targetInfo"`
	Waiting bool       `json:"waitingForDebugger"`
}

type targetInfo struct {
	ID          string `json:"targetId"`
	Type        string `json:"type"`
	URL         string `json:"url"`
	Parent      string `json:"parentId"`
	Opener      string `json:"openerId"`
	ParentFrame string `json:"parentFrameId"`
	Context     string `json:"browserContextId"`
	Subtype     string `json:"subtype"`
}

// mono is the time between two of the protocol's monotonic timestamps, which are seconds.
func mono(from, to float64) time.Duration {
	if from == 0 || to < from {
		return 0
	}
	return time.Duration((to - from) * float64(time.Second))
}
