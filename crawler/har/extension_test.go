package har

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func TestFramesOfExtensionsAreSkipped(t *testing.T) {
	const ext = `{"functionName":"w","url":"chrome-extension://abc/hook.js","lineNumber":0,"columnNumber":0}`
	const own = `{"functionName":"send","url":"https://shop.test/a.js","lineNumber":1,"columnNumber":2}`
	for name, c := range map[string]struct {
		initiator string
		want      crawler.Initiator
	}{
		"on top": {`{"type":"script","stack":{"callFrames":[` + ext + `,` + own + `]}}`,
			crawler.Initiator{Type: "script", Chain: []crawler.Cause{{URL: "https://shop.test/a.js", Function: "send", Line: 2, Column: 3}}}},
		"in the parent": {`{"type":"script","stack":{"callFrames":[` + own + `],"parent":{"description":"setTimeout","callFrames":[` + ext + `,` + own + `]}}}`,
			crawler.Initiator{Type: "script", Chain: []crawler.Cause{{URL: "https://shop.test/a.js", Function: "send", Line: 2, Column: 3}, {URL: "https://shop.test/a.js", Function: "send", Line: 2, Column: 3, Async: "setTimeout"}}}},
		"before the parent": {`{"type":"script","stack":{"callFrames":[` + ext + `],"parent":{"description":"setTimeout","callFrames":[` + own + `]}}}`,
			crawler.Initiator{Type: "script", Chain: []crawler.Cause{{URL: "https://shop.test/a.js", Function: "send", Line: 2, Column: 3}}}},
		"with nameless code": {`{"type":"script","stack":{"callFrames":[` + ext + `,{"functionName":"x","url":""}]}}`,
			crawler.Initiator{Type: "script", Chain: []crawler.Cause{{Function: "x", Line: 1, Column: 1, Kind: "unknown"}}}},
		"nothing else": {`{"type":"script","stack":{"callFrames":[` + strings.ReplaceAll(ext, "chrome-", "moz-") + `]}}`,
			crawler.Initiator{Type: "extension", Chain: []crawler.Cause{{URL: "moz-extension://abc/hook.js", Function: "w", Line: 1, Column: 1}}}},
		"its page":    {`{"type":"parser","url":"safari-web-extension://ABC/popup.html"}`, crawler.Initiator{Type: "extension", Chain: []crawler.Cause{{URL: "safari-web-extension://ABC/popup.html"}}}},
		"as a string": {`"chrome-extension://abc/x.js"`, crawler.Initiator{Type: "extension", Chain: []crawler.Cause{{URL: "chrome-extension://abc/x.js"}}}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, parseInitiator([]byte(c.initiator))) })
	}
}

// What an extension sends is told and is not the site's: it has no page, no gap, no cookie, and is no script of it.
func TestRequestsOfExtensionsAreSetApart(t *testing.T) {
	const pages = `{"id":"1","title":"https://shop.test/"},{"id":"2","title":"chrome-extension://abc/popup.html"}`
	for name, entry := range map[string]string{
		"by its stack":    `{"pageref":"1","_initiator":{"type":"script","stack":{"callFrames":[{"url":"chrome-extension://abc/c.js"}]}},"_resourceType":"script","request":{"method":"POST","url":"https://x.test/a.js","headers":[{"name":"Content-Length","value":"9"},{"name":"Cookie","value":"a=bcd"}]},"response":{"status":200}}`,
		"by its origin":   `{"pageref":"1","request":{"method":"POST","url":"https://x.test/","headers":[{"name":"Origin","value":"chrome-extension://abc"},{"name":"Content-Length","value":"9"}]}}`,
		"by its page":     `{"pageref":"2","request":{"method":"POST","url":"https://x.test/","headers":[{"name":"Content-Length","value":"9"}]}}`,
		"without pageref": `{"request":{"method":"POST","url":"https://x.test/","headers":[{"name":"Origin","value":"moz-extension://abc"},{"name":"Content-Length","value":"9"}]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			events := readAll(t, Read(strings.NewReader(har(pages, entry+`,{"pageref":"1","request":{"url":"chrome-extension://abc/icon.png"}},{"pageref":"1","request":{"url":"https://shop.test/"},"response":{"status":200}}`))))
			reqs := requestsOf(events)
			require.Len(t, reqs, 2, "what was sent to the extension is no request")
			assert.Equal(t, "extension", reqs[0].Initiator.Type)
			assert.Empty(t, reqs[0].Page)
			assert.Empty(t, reqs[0].PageURL)
			assert.Empty(t, gapsOf(events))
			pages := pagesOf(events)
			require.Len(t, pages, 1)
			assert.Equal(t, crawler.Complete, pages[0].Outcome)
			assert.Equal(t, 1, pages[0].Counts.Requests)
			notes := 0
			for _, ev := range events {
				assert.Nil(t, ev.Script)
				assert.Nil(t, ev.Cookie)
				if ev.Note != nil && ev.Note.Kind == "extensions" {
					notes++
					assert.Equal(t, "1 request of browser extensions set apart, 1 request to them left out: they are not the site's", ev.Note.Text)
				}
			}
			assert.Equal(t, 1, notes)
		})
	}
}
