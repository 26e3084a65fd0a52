package shown

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// factsOf makes the facts of a visit from a page as Wall.Hits writes it, as far as HTML alone tells them: what seen.js reads in a
// browser. TestSeenAgreesWithTheBrowser holds the two together.
func factsOf(t *testing.T, sample string) *Facts {
	t.Helper()
	head, body, found := strings.Cut(sample, "\n\n")
	if !found || strings.HasPrefix(sample, "<") {
		head, body = "", sample
	}
	f := &Facts{Asked: "https://shop.example/p", Status: 200, Looked: true, Claimed: true}
	f.URL = f.Asked
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		if status, err := strconv.Atoi(line); err == nil {
			f.Status = status
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		f.Headers = append(f.Headers, crawler.Header{Name: name, Value: strings.TrimSpace(value)})
	}
	doc, err := FromHTML(f.URL, []byte(body))
	require.NoError(t, err)
	f.Document = doc
	return f
}
