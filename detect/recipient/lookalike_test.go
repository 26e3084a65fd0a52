package recipient_test

import (
	"bufio"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
)

// requests reads a file of requests: method and URL, headers, an empty line, the body; parted by lines of three dashes.
func requests(t *testing.T, name string) (list []*crawler.Request, comments []string) {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	for block := range strings.SplitSeq(string(data), "\n---\n") {
		var comment string
		for strings.HasPrefix(block, "#") {
			comment, block, _ = strings.Cut(block, "\n")
		}
		head, body, _ := strings.Cut(block, "\n\n")
		first, lines, _ := strings.Cut(head, "\n")
		method, url, ok := strings.Cut(strings.TrimSpace(first), " ")
		require.True(t, ok, "no request: %q", block)
		r := &crawler.Request{Method: method, URL: url, Body: crawler.NewBody([]byte(strings.TrimSpace(body)))}
		for s := bufio.NewScanner(strings.NewReader(lines)); s.Scan(); {
			if name, value, ok := strings.Cut(s.Text(), ": "); ok {
				r.Headers = append(r.Headers, crawler.Header{Name: http.CanonicalHeaderKey(name), Value: value})
			}
		}
		list, comments = append(list, r), append(comments, strings.TrimSpace(strings.TrimPrefix(comment, "#")))
	}
	return list, comments
}

// A request of the site's own that looks like a vendor's names no vendor, not even as a guess.
func TestLookAlikesNameNoVendor(t *testing.T) {
	c, err := recipient.Default()
	require.NoError(t, err)
	list, _ := requests(t, "testdata/lookalikes.txt")
	require.Greater(t, len(list), 60)
	for _, r := range list {
		m := c.Resolve(r, decode.Request(r, nil, decode.Budget{}), recipient.Site{Page: "https://www.shop.example/"})
		if strings.Contains(r.URL, "www.shop.example") {
			assert.Equal(t, recipient.FirstParty, m.Recipient.ID, "%s %s", r.Method, r.URL)
		} else {
			assert.NotEqual(t, "google-analytics-4", m.Recipient.ID, r.URL)
		}
		assert.Nil(t, m.LooksLike, "%s %s", r.Method, r.URL)
	}
}
