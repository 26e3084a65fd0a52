package record

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/tagscan/tagscan/crawler/chrome"
)

// Answer is the body of a response that a script of the page asked for.
type Answer struct {
	URL  string
	Body []byte
}

// Answers returns the JSON that scripts of the page's own documents were answered with, for URLs that want names: at most
// limit of them, none longer than size bytes. The browser forgets bodies of documents that are gone.
func (t *Tab) Answers(ctx context.Context, want func(url string) bool, limit int, size float64) []Answer {
	type ref struct {
		session *chrome.Session
		id, url string
	}
	var refs []ref
	t.r.mu.Lock()
	for _, h := range t.order {
		r := h.response
		if r == nil || h.member == nil || h.kind != "fetch" && h.kind != "xhr" || h.size > size || !strings.Contains(r.MIME, "json") || len(refs) >= limit || !want(h.url) {
			continue
		}
		refs = append(refs, ref{h.member.session, h.flow.id, h.url})
	}
	t.r.mu.Unlock()
	var out []Answer
	for _, x := range refs {
		var body struct {
			Text   string `json:"body"`
			Base64 bool   `json:"base64Encoded"`
		}
		if x.session.Call(ctx, "Network.getResponseBody", map[string]any{"requestId": x.id}, &body) != nil {
			continue
		}
		b := []byte(body.Text)
		if body.Base64 {
			var err error
			if b, err = base64.StdEncoding.DecodeString(body.Text); err != nil {
				continue
			}
		}
		out = append(out, Answer{URL: x.url, Body: b})
	}
	return out
}
