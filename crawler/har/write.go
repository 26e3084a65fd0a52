package har

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tagscan/tagscan/crawler"
)

// Write writes the pages and requests of a capture as HAR 1.2, as Chrome's DevTools do (_initiator, _resourceType,
// _webSocketMessages), complete with request bodies: one that is not UTF-8 is base64 with "_encoding": "base64" (and
// "encoding", which proxies read). An entry's _id is Request.ID. Requests that never left (NotSent) are no entries.
//
// What HAR has no place for is in members _tagscan, so that Read gives the capture again: scripts, cookies, storage, gaps,
// what is known of pages; all but screenshots and the documents of pages. events is ranged over three times, for HAR wants
// its pages first; blobs may be nil if every body is inline.
func Write(w io.Writer, events iter.Seq2[crawler.Event, error], blobs crawler.Blobs) error {
	out := &harWriter{w: bufio.NewWriterSize(w, 64<<10), blobs: blobs}
	if err := out.pages(events); err != nil {
		return fmt.Errorf("write HAR: %w", err)
	}
	if err := out.entries(events); err != nil {
		return fmt.Errorf("write HAR: %w", err)
	}
	if err := out.rest(events); err != nil {
		return fmt.Errorf("write HAR: %w", err)
	}
	return nil
}

type harWriter struct {
	w     *bufio.Writer
	blobs crawler.Blobs
	n     int
}

// pages writes everything that comes before the entries.
func (h *harWriter) pages(events iter.Seq2[crawler.Event, error]) error {
	creator, browser := harTool{Name: "tagscan"}, harTool{}
	pages := []harPage{}
	var ext *harRunExt
	for ev, err := range events {
		switch {
		case err != nil:
			return err
		case ev.Run != nil:
			creator = toolOf(ev.Run.Tool, " ")
			browser = toolOf(ev.Run.Browser.Product, "/")
			ext = &harRunExt{Run: ev.Run}
		case ev.Page != nil:
			pages = append(pages, pageOf(ev.Page))
		}
	}
	head := struct {
		Version string     `json:"version"`
		Creator harTool    `json:"creator"`
		Browser harTool    `json:"browser,omitzero"`
		Ext     *harRunExt `json:"_tagscan,omitempty"`
		Pages   []harPage  `json:"pages"`
	}{"1.2", creator, browser, ext, pages}
	raw, err := encode(head)
	if err != nil {
		return err
	}
	fmt.Fprintf(h.w, `{"log":%s,"entries":[`, strings.TrimSuffix(string(raw), "}"))
	return nil
}

func (h *harWriter) entries(events iter.Seq2[crawler.Event, error]) error {
	for ev, err := range events {
		if err != nil {
			return err
		}
		if ev.Request == nil || ev.Request.NotSent {
			continue
		}
		entry, err := h.entry(ev.Request)
		if err != nil {
			return err
		}
		if err := h.item(entry); err != nil {
			return err
		}
	}
	return nil
}

// rest writes what is neither run, page nor entry, and the end.
func (h *harWriter) rest(events iter.Seq2[crawler.Event, error]) error {
	fmt.Fprint(h.w, "\n],\"_tagscanEvents\":[")
	h.n = 0
	for ev, err := range events {
		switch {
		case err != nil:
			return err
		case ev.Run != nil, ev.Page != nil, ev.Request != nil && !ev.Request.NotSent:
			continue
		case ev.Request != nil:
			ev.Request = h.inline(ev.Request)
		}
		if err := h.item(ev); err != nil {
			return err
		}
	}
	h.w.WriteString("\n]}}\n")
	return h.w.Flush()
}

// item writes one more item of a list.
func (h *harWriter) item(v any) error {
	raw, err := encode(v)
	if err != nil {
		return err
	}
	if h.n > 0 {
		h.w.WriteByte(',')
	}
	h.n++
	h.w.WriteByte('\n')
	_, err = h.w.Write(raw)
	return err
}

// inline is the request with its body in it, for the blobs do not come along. It never left, so a body that is gone is
// nothing that anybody was sent.
func (h *harWriter) inline(r *crawler.Request) *crawler.Request {
	body, err := r.Body.Bytes(h.blobs)
	if err != nil || r.Body.Cut || len(body) > ordinary.text {
		return r
	}
	c := *r
	c.Body = crawler.NewBody(body)
	return &c
}

// encode is json.Marshal without the escapes for HTML.
func encode(v any) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}

func toolOf(text, sep string) harTool {
	name, version, _ := strings.Cut(text, sep)
	return harTool{Name: loose(name), Version: loose(version)}
}

// harTime writes ISO 8601 with as many digits as there are.
func harTime(t time.Time) loose { return loose(t.UTC().Format(time.RFC3339Nano)) }

func pageOf(p *crawler.Page) harPage {
	out := harPage{StartedDateTime: harTime(p.Started), ID: loose(p.ID), Title: loose(p.URL), Ext: pageExt(p)}
	if !p.Loaded.IsZero() {
		out.PageTimings.OnLoad = milliseconds(p.Loaded.Sub(p.Started))
	}
	return out
}

func milliseconds(d time.Duration) number { return number(float64(d) / float64(time.Millisecond)) }

func (h *harWriter) entry(r *crawler.Request) (*harEntry, error) {
	id, err := json.Marshal(r.ID)
	if n, ok := strings.CutPrefix(r.ID, "#"); ok && json.Valid([]byte(n)) {
		id = []byte(n) // it was a number
	}
	if err != nil {
		return nil, err
	}
	e := &harEntry{ID: id, Initiator: initiator(r.Initiator), Type: loose(r.Type), Error: loose(r.Failed), Ext: requestExt(r),
		PageRef: loose(r.Page), Started: harTime(r.Time), Timings: harTimings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1}}
	if err := h.request(&e.Request, r); err != nil {
		return nil, fmt.Errorf("request %s: %w", r.ID, err)
	}
	if err := h.response(e, r); err != nil {
		return nil, fmt.Errorf("request %s: response: %w", r.ID, err)
	}
	for _, m := range r.Messages {
		msg, err := h.message(m)
		if err != nil {
			return nil, fmt.Errorf("request %s: message: %w", r.ID, err)
		}
		if r.Type == "eventsource" {
			e.EventSource = append(e.EventSource, msg)
		} else {
			e.WebSocket = append(e.WebSocket, msg)
		}
	}
	if r.Type == "websocket" && e.WebSocket == nil {
		e.WebSocket = []harSocketMessage{}
	}
	return e, nil
}

// message writes a binary message as base64, as DevTools do, and so one that is not UTF-8.
func (h *harWriter) message(m crawler.Message) (harSocketMessage, error) {
	data, err := m.Data.Bytes(h.blobs)
	if err != nil && !m.Data.Cut {
		return harSocketMessage{}, err
	}
	msg := harSocketMessage{
		Type: "receive", Time: number(float64(m.Time.UnixMicro()) / 1e6), Opcode: number(m.Opcode), Data: loose(data),
		Cut: cutOf(m.Data),
	}
	if m.Sent {
		msg.Type = "send"
	}
	switch {
	case m.Opcode == 2:
		msg.Data = loose(base64.StdEncoding.EncodeToString(data))
	case !utf8.Valid(data):
		msg.Data, msg.Encoding = loose(base64.StdEncoding.EncodeToString(data)), "base64"
	}
	return msg, nil
}

func (h *harWriter) request(out *harRequest, r *crawler.Request) error {
	*out = harRequest{Method: loose(r.Method), URL: loose(r.URL), HTTPVersion: "unknown", Headers: pairs(r.Headers), QueryString: query(r.URL),
		Cookies: cookieList(requestCookies(r.Headers)), HeadersSize: -1}
	if r.Response != nil {
		out.HTTPVersion = loose(r.Response.Proto)
	}
	body, err := r.Body.Bytes(h.blobs)
	switch {
	case err != nil && r.Unseen == "":
		return err
	case len(body) == 0:
		if out.BodySize = number(r.Body.Size); r.Unseen != "" && r.Body.Size == 0 {
			out.BodySize = -1
		}
		return nil
	}
	out.BodySize = number(len(body))
	if r.Body.Cut {
		out.BodySize = number(r.Body.Size)
	}
	p := &harPostData{MimeType: loose(crawler.HeaderValue(r.Headers, "Content-Type"))}
	text := octets(body)
	if !utf8.Valid(body) {
		text = octets(base64.StdEncoding.EncodeToString(body))
		p.Underscored, p.Encoding = "base64", "base64"
	} else if strings.HasPrefix(string(p.MimeType), "application/x-www-form-urlencoded") {
		p.Params = formPairs(string(body))
	}
	p.Text = &text
	out.PostData = p
	return nil
}

func (h *harWriter) response(e *harEntry, r *crawler.Request) error {
	resp := r.Response
	if resp == nil {
		e.Response = harResponse{HTTPVersion: "unknown", Headers: harPairs{}, Cookies: harCookies{}, HeadersSize: -1, BodySize: -1,
			Content: harContent{MimeType: "x-unknown"}}
		return nil
	}
	e.Time = milliseconds(resp.Duration)
	e.Timings.Wait = e.Time
	e.FromCache = loose(resp.FromCache)
	e.ServerIP = loose(addressIP(resp.Address))
	e.Response = harResponse{Status: number(resp.Status), StatusText: loose(http.StatusText(resp.Status)), HTTPVersion: loose(resp.Proto),
		Headers: pairs(resp.Headers), Cookies: responseCookies(resp.Headers), RedirectURL: loose(redirectOf(resp)),
		HeadersSize: -1, BodySize: number(resp.Size), Transfer: number(resp.Size),
		Content: harContent{Size: number(resp.Body.Size), MimeType: loose(resp.MIME)}}
	body, err := resp.Body.Bytes(h.blobs)
	if err != nil && !resp.Body.Cut && resp.Body.SHA256 != "" {
		body = nil // only its hash was kept
	}
	if len(body) == 0 || resp.Body.Cut {
		return nil
	}
	text := loose(body)
	if !utf8.Valid(body) {
		text = loose(base64.StdEncoding.EncodeToString(body))
		e.Response.Content.Encoding = "base64"
	}
	e.Response.Content.Text = &text
	return nil
}

func pairs(hs []crawler.Header) harPairs {
	out := harPairs{}
	for _, h := range hs {
		out = append(out, harPair{Name: loose(h.Name), Value: loose(h.Value)})
	}
	return out
}

func query(raw string) harPairs {
	_, q, _ := strings.Cut(raw, "?")
	return formPairs(q)
}

// formPairs keeps the order and the encoding, as DevTools do for the query.
func formPairs(q string) harPairs {
	out := harPairs{}
	for pair := range strings.SplitSeq(q, "&") {
		if name, value, _ := strings.Cut(pair, "="); pair != "" {
			out = append(out, harPair{Name: loose(name), Value: loose(value)})
		}
	}
	return out
}

func requestCookies(hs []crawler.Header) harPairs {
	out := harPairs{}
	for _, h := range hs {
		if !strings.EqualFold(h.Name, "Cookie") {
			continue
		}
		for pair := range strings.SplitSeq(h.Value, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			out = append(out, harPair{Name: loose(name), Value: loose(value)})
		}
	}
	return out
}

func cookieList(pairs harPairs) harCookies {
	out := harCookies{}
	for _, p := range pairs {
		out = append(out, harCookie{Name: p.Name, Value: p.Value})
	}
	return out
}

func responseCookies(hs []crawler.Header) harCookies {
	out := harCookies{}
	for _, c := range setCookies(hs) {
		item := harCookie{
			Name: loose(c.Name), Value: loose(c.Value), Path: loose(c.Path), Domain: loose(c.Domain), HTTPOnly: c.HttpOnly,
			Secure: c.Secure, SameSite: loose(sameSite[c.SameSite]),
		}
		if !c.Expires.IsZero() {
			item.Expires = harTime(c.Expires)
		}
		out = append(out, item)
	}
	return out
}

func redirectOf(resp *crawler.Response) string {
	if resp.Status/100 != 3 {
		return ""
	}
	to := crawler.HeaderValue(resp.Headers, "Location")
	if _, err := url.Parse(to); err != nil {
		return ""
	}
	return to
}

// addressIP cuts the port off.
func addressIP(address string) string {
	i := strings.LastIndexByte(address, ':')
	if i < 0 {
		return address
	}
	if _, err := strconv.Atoi(address[i+1:]); err != nil || (strings.Count(address, ":") > 1 && !strings.HasPrefix(address, "[")) {
		return address
	}
	return strings.Trim(address[:i], "[]")
}
