package record

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
)

// Answer is the body of a response that a script of the page asked for.
type Answer struct {
	URL  string
	Body []byte
}

const (
	maxAnswer  = 64 << 10 // bytes of a response that is kept, on the wire and opened
	maxAnswers = 100      // responses that are kept of a visit
)

// Answers returns the JSON that scripts of the page's own documents were answered with, for URLs that want names: at most
// limit of them, none longer than size bytes. The browser forgets bodies of documents that are gone.
func (t *Tab) Answers(ctx context.Context, want func(url string) bool, limit int, size float64) []Answer {
	hops := t.answered(limit, size, func(h *hop) bool { return h.isJSON() && want(h.url) })
	var out []Answer
	for i, b := range bodiesOf(ctx, hops) {
		if b != nil {
			out = append(out, Answer{URL: hops[i].url, Body: b})
		}
	}
	return out
}

// KeepAnswers keeps, for the capture, the small documents that the tab shows and the small JSON that scripts were answered
// with by the page's own site. siteOf gives the site of a URL.
func (t *Tab) KeepAnswers(ctx context.Context, siteOf func(url string) string) {
	site := siteOf(t.State().URL)
	hops := t.answered(maxAnswers, maxAnswer, func(h *hop) bool {
		return h.kind == "document" && strings.Contains(h.response.MIME, "html") || h.isJSON() && siteOf(h.url) == site
	})
	bodies := bodiesOf(ctx, hops)
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	for i, b := range bodies {
		if len(b) <= maxAnswer {
			hops[i].answerBody = b
		}
	}
}

// isJSON reports whether the hop is a script's question that was answered with JSON.
func (h *hop) isJSON() bool {
	return (h.kind == "fetch" || h.kind == "xhr") && strings.Contains(h.response.MIME, "json")
}

// answered lists up to limit hops whose whole answer is there and no longer than size bytes on the wire.
func (t *Tab) answered(limit int, size float64, want func(*hop) bool) []*hop {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	var out []*hop
	for _, h := range t.order {
		if len(out) < limit && h.response != nil && h.member != nil && !h.ended.IsZero() && h.failed == "" && h == h.flow.last() && h.size <= size && want(h) {
			out = append(out, h)
		}
	}
	return out
}

// bodiesOf asks for the bodies of answers, all at once; nil where the browser has none any more.
func bodiesOf(ctx context.Context, hops []*hop) [][]byte {
	out := make([][]byte, len(hops))
	var wg sync.WaitGroup
	for i, h := range hops {
		wg.Go(func() { out[i] = bodyOf(ctx, h.member.session, h.flow.id) })
	}
	wg.Wait()
	return out
}

func bodyOf(ctx context.Context, s *chrome.Session, request string) []byte {
	var body struct {
		Text   string `json:"body"`
		Base64 bool   `json:"base64Encoded"`
	}
	if s.Call(ctx, "Network.getResponseBody", map[string]any{"requestId": request}, &body) != nil {
		return nil
	}
	if !body.Base64 {
		return []byte(body.Text)
	}
	b, err := base64.StdEncoding.DecodeString(body.Text)
	if err != nil {
		return nil
	}
	return b
}

// policies gives, by frame, the Content-Security-Policy header of the document that it was last answered with; several
// headers are joined. The caller holds the lock.
func (t *Tab) policies() map[string]string {
	out := map[string]string{}
	for _, h := range t.order {
		if h.kind == "document" && h.response != nil && h.frame != "" {
			csp := crawler.HeaderValue(h.response.Headers, "Content-Security-Policy")
			out[h.frame] = strings.ReplaceAll(csp, "\n", ", ")
		}
	}
	return out
}
