package har

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// maxResponseBody is up to how many bytes of a response are kept: enough for a document or a script to be looked at.
const maxResponseBody = 4 << 20

// request turns an entry into a request. Nothing is made up: what the entry does not say stays empty. What of the body and
// the messages is missing comes beside it; that of the body is in Unseen, too.
func (e *harEntry) request(id string) (*crawler.Request, []lack) {
	r := &crawler.Request{
		ID:        id,
		URL:       e.address(),
		Method:    strings.ToUpper(string(e.Request.Method)),
		Headers:   headers(e.Request.Headers),
		Type:      resourceType(e),
		Initiator: parseInitiator(e.Initiator),
		Time:      parseHARTime(string(e.Started)),
		Failed:    firstOf(e.Error, e.Response.Error, e.Failure),
		Source:    "har",
		Consent:   crawler.Unknown,
	}
	if r.Method == "" {
		r.Method = "GET"
	}
	if crawler.HeaderValue(r.Headers, "Cookie") == "" && len(e.Request.Cookies) > 0 {
		r.Headers = append(r.Headers, crawler.Header{Name: "Cookie", Value: cookieHeader(e.Request.Cookies)})
	}
	body, missing := e.Request.payload()
	r.Body = body
	r.Response = e.response()
	r.NotSent = e.notSent(r.Failed) || leavesNothing(r.URL)
	messages, unread := e.messages(r.Time)
	r.Messages = messages
	if e.Ext != nil {
		e.Ext.restore(r)
	}
	return r, e.lacks(r, missing, unread)
}

// lacks is what is missing of the request, and makes it say so. An export knows itself what its run did not see, and misses
// only what is longer than is kept here.
func (e *harEntry) lacks(r *crawler.Request, body lack, unread int) []lack {
	var out []lack
	if r.NotSent {
		return nil
	}
	if body != (lack{}) && (e.Ext == nil || body.kind == crawler.GapCap) {
		r.Unseen = cmp.Or(r.Unseen, body.text)
		out = append(out, body)
	}
	switch {
	case unread > 0:
		out = append(out, lack{crawler.GapSocket, "messages of a socket could not be read whole", unread})
	case e.WebSocket == nil && e.Ext == nil && e.isSocket(r):
		out = append(out, lack{crawler.GapSocket, "the HAR does not have the messages of a socket", 1})
	}
	return out
}

// isSocket reports whether the entry opened a WebSocket, as far as it says. A server that answers something else than 101
// opened none.
func (e *harEntry) isSocket(r *crawler.Request) bool {
	status := int(e.Response.Status)
	switch {
	case r.Failed != "", status > 0 && status != http.StatusSwitchingProtocols && status != http.StatusOK:
		return false
	case r.Type == "websocket":
		return true
	}
	upgrade := strings.ToLower(e.Response.Headers.value("Upgrade"))
	return status == http.StatusSwitchingProtocols && !strings.Contains(upgrade, "h2c")
}

// messages are those of a socket or an event source, and how many of those that the browser sent could not be read.
func (e *harEntry) messages(opened time.Time) (list []crawler.Message, unread int) {
	for _, m := range e.WebSocket {
		if m.Opcode < 0 { // DevTools lists errors of the socket so
			continue
		}
		msg, ok := m.message(opened)
		if !ok && msg.Sent {
			unread++
		}
		list = append(list, msg)
	}
	for _, m := range e.EventSource {
		msg, _ := m.message(opened)
		msg.Opcode = 0
		list = append(list, msg)
	}
	return list, unread
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
func cookieHeader(cookies harCookies) string {
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
	"script": "script", "worker": "script", "sharedworker": "script", "serviceworker": "script", "audioworklet": "script",
	"paintworklet": "script",
	"style":        "stylesheet", "image": "image", "font": "font", "audio": "media", "video": "media", "track": "media",
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

// decodeBase64 opens base64 in either alphabet, with padding or line breaks or without; of a text that was cut, what its
// whole groups of four hold.
func decodeBase64(text string, cut bool) ([]byte, bool) {
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
	if cut {
		text = text[:len(text)/4*4]
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	return raw, err == nil
}

// formBody puts a form together again that a tool took apart without keeping the text. A multipart form keeps the
// boundary that its content type names; the members of a JSON object come as parameters, too.
func formBody(params harPairs, contentType string) []byte {
	kind, args, _ := mime.ParseMediaType(contentType)
	if kind == "multipart/form-data" {
		if b, err := multipartBody(params, args["boundary"]); err == nil {
			return b
		}
	}
	if strings.HasSuffix(kind, "/json") || strings.HasSuffix(kind, "+json") {
		return jsonBody(params)
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

// jsonBody is the object of the members; a value that is a list or an object is JSON already.
func jsonBody(params harPairs) []byte {
	b := []byte{'{'}
	for i, p := range params {
		if i > 0 {
			b = append(b, ',')
		}
		name, _ := json.Marshal(string(p.Name)) // a string always marshals
		value := []byte(p.Value)
		if len(value) == 0 || value[0] != '{' && value[0] != '[' || !json.Valid(value) {
			value, _ = json.Marshal(string(p.Value))
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}')
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
	if text, ok := h.Content.bytes(); ok && len(text) <= maxResponseBody {
		r.Body = crawler.NewBody(text)
	}
	return r
}

// bytes is the content as the browser had it; false if it is not whole.
func (c *harContent) bytes() ([]byte, bool) {
	if c.Text == nil {
		return nil, false
	}
	text, _, cut := cutAt(string(*c.Text))
	if strings.EqualFold(string(c.Encoding), "base64") {
		if raw, ok := decodeBase64(text, cut); ok {
			return raw, !cut
		}
	}
	return []byte(text), !cut
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
	for _, stopped := range []string{"ERR_BLOCKED_BY_CLIENT", "ERR_BLOCKED_BY_CSP", "blocked:"} {
		if strings.Contains(failed, stopped) {
			return true
		}
	}
	return false
}

// message turns a frame of a socket into a message. Binary frames are base64 in DevTools. false: not all of it was read.
func (m harSocketMessage) message(opened time.Time) (crawler.Message, bool) {
	out := crawler.Message{Sent: strings.EqualFold(string(m.Type), "send"), Opcode: int(m.Opcode)}
	switch t := float64(m.Time); {
	case t > 1e11: // milliseconds
		out.Time = unixSeconds(t / 1000)
	case t > 1e8:
		out.Time = unixSeconds(t)
	default: // seconds since the socket was opened
		out.Time = opened.Add(time.Duration(t * float64(time.Second)))
	}
	data, size, ok := m.bytes()
	out.Data = crawler.NewBody(data)
	if size > int64(len(data)) {
		out.Data = crawler.Body{Size: size, Inline: data, Cut: true}
	}
	ok = ok && !out.Data.Cut
	if m.Cut != nil { // so it was in the run
		out.Data.Size, out.Data.SHA256, out.Data.Cut = m.Cut.Size, m.Cut.SHA256, true
	}
	return out, ok
}

// bytes is what the message held, and how many bytes it had before it was cut; false if it cannot be read.
func (m harSocketMessage) bytes() (data []byte, size int64, ok bool) {
	text, size, cut := cutAt(string(m.Data))
	if m.Opcode != 2 && m.Encoding != "base64" {
		return []byte(text), size, true
	}
	raw, ok := decodeBase64(text, cut)
	switch {
	case !ok:
		return []byte(text), size, false
	case cut:
		return raw, max(size/4*3, int64(len(raw))+1), true
	}
	return raw, int64(len(raw)), true
}
