package har

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// maxResponseBody is up to how many bytes of a response are kept: enough for a document or a script to be looked at.
const maxResponseBody = 4 << 20

// request turns an entry into a request. Nothing is made up: what the entry does not say stays empty.
func (e *harEntry) request(index int) *crawler.Request {
	r := &crawler.Request{
		ID:        entryID(e.ID, index),
		URL:       web.WithoutFragment(string(e.Request.URL)),
		Method:    strings.ToUpper(string(e.Request.Method)),
		Headers:   headers(e.Request.Headers),
		Type:      resourceType(e),
		Initiator: parseInitiator(e.Initiator),
		Time:      parseHARTime(string(e.Started)),
		Failed:    firstOf(e.Error, e.Response.Error, e.Failure),
		Source:    "har",
	}
	if r.Method == "" {
		r.Method = "GET"
	}
	if crawler.HeaderValue(r.Headers, "Cookie") == "" && len(e.Request.Cookies) > 0 {
		r.Headers = append(r.Headers, crawler.Header{Name: "Cookie", Value: cookieHeader(e.Request.Cookies)})
	}
	r.Body, r.Unseen = e.Request.body(r.Headers)
	r.Response = e.response()
	r.NotSent = e.notSent(r.Failed)
	for _, m := range e.WebSocket {
		if m.Opcode >= 0 { // DevTools lists errors of the socket with -1
			r.Messages = append(r.Messages, m.message(r.Time))
		}
	}
	for _, m := range e.EventSource {
		msg := m.message(r.Time)
		msg.Opcode = 0
		r.Messages = append(r.Messages, msg)
	}
	if e.Ext != nil {
		e.Ext.restore(r)
	}
	return r
}

func entryID(raw json.RawMessage, index int) string {
	raw = bytes.TrimSpace(raw)
	var s string
	switch {
	case len(raw) == 0, bytes.Equal(raw, []byte("null")):
		return "#" + strconv.Itoa(index)
	case json.Unmarshal(raw, &s) == nil:
		return s
	case raw[0] == '-' || unicode.IsDigit(rune(raw[0])):
		return "#" + string(raw)
	}
	return "#" + strconv.Itoa(index)
}

func firstOf(list ...loose) string {
	for _, s := range list {
		if s != "" {
			return string(s)
		}
	}
	return ""
}

// headers leaves out HTTP/2's pseudo headers: they repeat the request line.
func headers(pairs harPairs) []crawler.Header {
	var hs []crawler.Header
	for _, p := range pairs {
		if p.Name != "" && p.Name[0] != ':' {
			hs = append(hs, crawler.Header{Name: string(p.Name), Value: string(p.Value)})
		}
	}
	return hs
}

// cookieHeader is the header that a tool took apart and left out, as Chrome's sanitized export does.
func cookieHeader(cookies harPairs) string {
	var list []string
	for _, c := range cookies {
		list = append(list, string(c.Name)+"="+string(c.Value))
	}
	return strings.Join(list, "; ")
}

// fetchDest gives the type of a resource from what Sec-Fetch-Dest says of it
// (https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header).
var fetchDest = map[string]string{
	"document": "document", "iframe": "document", "frame": "document", "object": "document", "embed": "document",
	"script": "script", "worker": "script", "sharedworker": "script", "serviceworker": "script", "audioworklet": "script", "paintworklet": "script",
	"style": "stylesheet", "image": "image", "font": "font", "audio": "media", "video": "media", "track": "media",
	"manifest": "manifest", "report": "cspviolationreport", "empty": "fetch", "websocket": "websocket",
}

func resourceType(e *harEntry) string {
	if t := strings.ToLower(strings.ReplaceAll(string(e.Type), "-", "")); t != "" {
		return t
	}
	if u := strings.ToLower(string(e.Request.URL)); strings.HasPrefix(u, "ws:") || strings.HasPrefix(u, "wss:") {
		return "websocket"
	}
	for _, h := range e.Request.Headers {
		if strings.EqualFold(string(h.Name), "Sec-Fetch-Dest") {
			return fetchDest[strings.ToLower(string(h.Value))]
		}
	}
	return ""
}

// body is what was posted, and why it is missing if the entry says that there was something.
func (r *harRequest) body(hs []crawler.Header) (body crawler.Body, unseen string) {
	p := r.PostData
	switch {
	case p != nil && p.Text != nil && *p.Text != "":
		return crawler.NewBody(p.bytes()), ""
	case p != nil && len(p.Params) > 0:
		contentType := string(p.MimeType)
		if contentType == "" {
			contentType = crawler.HeaderValue(hs, "Content-Type")
		}
		return crawler.NewBody(formBody(p.Params, contentType)), ""
	case r.BodySize > 0:
		return crawler.Body{}, fmt.Sprintf("the HAR does not have the body of %.0f bytes", float64(r.BodySize))
	}
	return crawler.Body{}, ""
}

// bytes opens the base64 that a tool says it wrote. Text without such a word is taken as it stands, mangled or not.
func (p *harPostData) bytes() []byte {
	text := string(*p.Text)
	if strings.EqualFold(firstOf(p.Underscored, p.Encoding), "base64") {
		if raw, ok := decodeBase64(text); ok {
			return raw
		}
	}
	return []byte(text)
}

func decodeBase64(text string) ([]byte, bool) {
	text = strings.Map(func(r rune) rune {
		switch r {
		case '-':
			return '+'
		case '_':
			return '/'
		case '=', '\r', '\n', ' ', '\t':
			return -1
		}
		return r
	}, text)
	raw, err := base64.RawStdEncoding.DecodeString(text)
	return raw, err == nil
}

// formBody puts a form together again that a tool took apart without keeping the text. A multipart form keeps the
// boundary that its content type names.
func formBody(params harPairs, contentType string) []byte {
	kind, args, _ := mime.ParseMediaType(contentType)
	if kind == "multipart/form-data" {
		if b, err := multipartBody(params, args["boundary"]); err == nil {
			return b
		}
	}
	encoded := true // HAR leaves open whether names and values are; they are if nothing in them would need it
	for _, p := range params {
		encoded = encoded && isQueryEncoded(string(p.Name)) && isQueryEncoded(string(p.Value))
	}
	var b bytes.Buffer
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		name, value := string(p.Name), string(p.Value)
		if !encoded {
			name, value = url.QueryEscape(name), url.QueryEscape(value)
		}
		b.WriteString(name + "=" + value)
	}
	return b.Bytes()
}

func isQueryEncoded(s string) bool {
	if strings.ContainsAny(s, " &=#\"<>\r\n") {
		return false
	}
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] < 0x20 {
			return false
		}
	}
	_, err := url.QueryUnescape(s)
	return err == nil
}

func multipartBody(params harPairs, boundary string) ([]byte, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if boundary != "" {
		if err := w.SetBoundary(boundary); err != nil {
			return nil, err
		}
	}
	for _, p := range params {
		args := map[string]string{"name": string(p.Name)}
		if p.FileName != "" {
			args["filename"] = string(p.FileName)
		}
		h := textproto.MIMEHeader{"Content-Disposition": {mime.FormatMediaType("form-data", args)}}
		if p.ContentType != "" {
			h.Set("Content-Type", string(p.ContentType))
		}
		part, err := w.CreatePart(h)
		if err != nil {
			return nil, err
		}
		part.Write([]byte(p.Value))
	}
	err := w.Close()
	return b.Bytes(), err
}

// response is nil if none came: tools then write the status 0.
func (e *harEntry) response() *crawler.Response {
	h := &e.Response
	if h.Status <= 0 {
		return nil
	}
	mimeType, _, _ := strings.Cut(string(h.Content.MimeType), ";")
	r := &crawler.Response{
		Status:    int(h.Status),
		Proto:     strings.ToLower(string(h.HTTPVersion)),
		Headers:   headers(h.Headers),
		MIME:      strings.TrimSpace(mimeType),
		Address:   string(e.ServerIP),
		FromCache: string(e.FromCache),
		Duration:  time.Duration(max(0, float64(e.Time)) * float64(time.Millisecond)),
	}
	if h.BodySize > 0 {
		r.Size = int64(h.BodySize)
	}
	if h.Content.Text == nil || !keepResponse(r.MIME, e.Type) {
		return r
	}
	text := []byte(*h.Content.Text)
	if strings.EqualFold(string(h.Content.Encoding), "base64") {
		if raw, ok := decodeBase64(string(text)); ok {
			text = raw
		}
	}
	if len(text) <= maxResponseBody {
		r.Body = crawler.NewBody(text)
	}
	return r
}

// keepResponse says which bodies are worth keeping: documents, scripts and JSON.
func keepResponse(mimeType string, kind loose) bool {
	switch strings.ToLower(string(kind)) {
	case "document", "script":
		return true
	}
	m := strings.ToLower(mimeType)
	return strings.Contains(m, "html") || strings.Contains(m, "javascript") || strings.Contains(m, "ecmascript") || strings.Contains(m, "json")
}

// notSent reports what a browser's panel lists although nothing left: answers from its cache, and what an extension or a
// policy of the page stopped.
func (e *harEntry) notSent(failed string) bool {
	switch strings.ToLower(string(e.FromCache)) {
	case "memory", "disk":
		return true
	}
	return strings.Contains(failed, "ERR_BLOCKED_BY_CLIENT") || strings.Contains(failed, "ERR_BLOCKED_BY_CSP") || strings.Contains(failed, "blocked:")
}

// message turns a frame of a socket into a message. Binary frames are base64 in DevTools.
func (m harSocketMessage) message(opened time.Time) crawler.Message {
	out := crawler.Message{Sent: strings.EqualFold(string(m.Type), "send"), Opcode: int(m.Opcode)}
	switch t := float64(m.Time); {
	case t > 1e11: // milliseconds
		out.Time = unixSeconds(t / 1000)
	case t > 1e8:
		out.Time = unixSeconds(t)
	default: // seconds since the socket was opened
		out.Time = opened.Add(time.Duration(t * float64(time.Second)))
	}
	data := []byte(m.Data)
	if m.Opcode == 2 {
		if raw, err := base64.StdEncoding.DecodeString(string(m.Data)); err == nil {
			data = raw
		}
	}
	out.Data = crawler.NewBody(data)
	return out
}
