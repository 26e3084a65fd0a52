package har

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func TestScriptsOfEntries(t *testing.T) {
	sum := sha256.Sum256([]byte("a()"))
	hash := hex.EncodeToString(sum[:])
	const chain = `"_initiator":{"type":"parser","url":"https://shop.test/","lineNumber":4},`
	for name, c := range map[string]struct {
		entry string
		want  *crawler.Script
	}{
		"by its type": {chain + `"_resourceType":"script","request":{"url":"https://t.test/a.js"},"response":{"status":200,"content":{"size":3,"mimeType":"text/plain","text":"a()"}}`,
			&crawler.Script{URL: "https://t.test/a.js", SHA256: hash, Size: 3, Kind: "external", Target: "page", LoadedBy: []crawler.Cause{{URL: "https://shop.test/", Line: 5}}}},
		"by its answer": {`"request":{"url":"https://t.test/a.js"},"response":{"status":200,"content":{"mimeType":"application/x-javascript","text":"YSgp","encoding":"base64"}}`,
			&crawler.Script{URL: "https://t.test/a.js", SHA256: hash, Size: 3, Kind: "external", Target: "page"}},
		"without content": {`"_resourceType":"script","_fromCache":"disk","request":{"url":"https://t.test/a.js"},"response":{"status":200,"content":{"size":90,"mimeType":"text/javascript"}}`,
			&crawler.Script{URL: "https://t.test/a.js", Size: 90, Kind: "external", Target: "page"}},
		"a worker": {`"request":{"url":"https://shop.test/w.js","headers":[{"name":"Sec-Fetch-Dest","value":"serviceworker"}]},"response":{"status":200,"content":{}}`,
			&crawler.Script{URL: "https://shop.test/w.js", Kind: "worker", Target: "service_worker"}},
		"text that a script asked for": {`"_resourceType":"fetch","request":{"url":"https://t.test/a.js"},"response":{"status":200,"content":{"mimeType":"text/javascript"}}`, nil},
		"not found":                    {`"_resourceType":"script","request":{"url":"https://t.test/a.js"},"response":{"status":404,"content":{"mimeType":"text/javascript"}}`, nil},
		"redirected":                   {`"_resourceType":"script","request":{"url":"https://t.test/a.js"},"response":{"status":302,"content":{"mimeType":"text/javascript"}}`, nil},
		"no answer":                    {`"_resourceType":"script","request":{"url":"https://t.test/a.js"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			entry := `{"_id":"r","pageref":"1",` + c.entry + `}`
			var got []*crawler.Script
			for _, ev := range readAll(t, Read(strings.NewReader(har(`{"id":"1","title":"https://shop.test/"}`, entry+","+entry)))) {
				if ev.Script != nil {
					got = append(got, ev.Script)
				}
			}
			if c.want == nil {
				assert.Empty(t, got)
				return
			}
			require.Len(t, got, 1, "the same script once")
			c.want.ID, c.want.Page, c.want.Request, c.want.Frame = "s1", "1", "r", "https://shop.test/"
			assert.Equal(t, c.want, got[0])
		})
	}
}
