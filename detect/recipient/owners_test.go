package recipient_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/recipient"
)

// Every host of testdata/hosts.txt belongs to the company it stands under.
func TestHostsHaveTheirOwners(t *testing.T) {
	data, err := os.ReadFile("testdata/hosts.txt")
	require.NoError(t, err)
	c, err := recipient.Default()
	require.NoError(t, err)
	n := 0
	for line := range strings.Lines(string(data)) {
		want, hosts, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for host := range strings.FieldsSeq(hosts) {
			n++
			m := c.Resolve(&crawler.Request{URL: "https://" + host + "/x/y?z=1", Method: "GET"}, nil, recipient.Site{Page: "https://www.shop.example/"})
			r := m.Recipient
			assert.True(t, owned(r, want), "%s is %s of %q (parent %q, by %s), want %s", host, r.ID, r.Owner, r.Parent, r.How, want)
			assert.Equal(t, r.Owner, c.OwnerOf(host).Owner, "OwnerOf(%s)", host)
		}
	}
	assert.GreaterOrEqual(t, n, 250)
}

func owned(r recipient.Recipient, want string) bool {
	for w := range strings.SplitSeq(want, "|") {
		if strings.Contains(r.Owner, w) || strings.Contains(r.Parent, w) {
			return true
		}
	}
	return false
}
