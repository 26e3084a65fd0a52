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
// "encoding", which proxies read). An entry's _id is Request.ID. Requests that never left (NotSent) are left out. events
// is ranged over twice, for HAR wants its pages first; blobs may be nil if every body is inline.
func Write(w io.Writer, events iter.Seq2[crawler.Event, error], blobs crawler.Blobs) error {
	out := &harWriter{w: bufio.NewWriterSize(w, 64<<10), blobs: blobs}
	if err := out.pages(events); err != nil {
		return fmt.Errorf("write HAR: %w", err)
	}
	if err := out.entries(events); err != nil {
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
	for ev, err := range events {
		switch {
		case err != nil:
			return err
		case ev.Run != nil:
			creator = toolOf(ev.Run.Tool, " ")
			browser = toolOf(ev.Run.Browser.Product, "/")
		case ev.Page != nil:
			pages = append(pages, pageOf(ev.Page))
		}
	}
	head := struct {
		Version string    `json:"version"`
		Creator harTool   `json:"creator"`
		Browser harTool   `json:"browser,omitzero"`
		Pages   []harPage `json:"pages"`
	}{"1.2", creator, browser, pages}
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
		raw, err := encode(entry)
		if err != nil {
			return err
		}
		if h.n > 0 {
			h.w.WriteByte(',')
		}
		h.n++
		h.w.WriteByte('\n')
		if _, err := h.w.Write(raw); err != nil {
			return err
		}
	}
	h.w.WriteString("\n]}}\n")
	return h.w.Flush()
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
		data, err := m.Data.Bytes(h.blobs)
		if err != nil {
			return nil, fmt.Errorf("request %s: message: %w", r.ID, err)
		}
		msg := harSocketMessage{Type: "receive", Time: number(float64(m.Time.UnixMicro()) / 1e6), Opcode: number(m.Opcode), Data: loose(data)}
		if m.Sent {
			msg.Type = "send"
		}
		if m.Opcode == 2 {
			msg.Data = loose(base64.StdEncoding.EncodeToString(data))
		}
		if r.Type == "eventsource" {
			e.EventSource = append(e.EventSource, msg)
		} else {
			e.WebSocket = append(e.WebSocket, msg)
		}
	}
	return e, nil
}

func (h *harWriter) request(out *harRequest, r *crawler.Request) error {
	*out = harRequest{Method: loose(r.Method), URL: loose(r.URL), HTTPVersion: "unknown", Headers: pairs(r.Headers), QueryString: query(r.URL),
		Cookies: requestCookies(r.Headers), HeadersSize: -1}
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
	text := loose(body)
	if !utf8.Valid(body) {
		text = loose(base64.StdEncoding.EncodeToString(body))
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
		e.Response = harResponse{HTTPVersion: "unknown", Headers: harPairs{}, Cookies: harPairs{}, HeadersSize: -1, BodySize: -1,
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

func responseCookies(hs []crawler.Header) harPairs {
	out := harPairs{}
	for _, h := range hs {
		if strings.EqualFold(h.Name, "Set-Cookie") {
			first, _, _ := strings.Cut(h.Value, ";")
			name, value, _ := strings.Cut(first, "=")
			out = append(out, harPair{Name: loose(strings.TrimSpace(name)), Value: loose(strings.TrimSpace(value))})
		}
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
