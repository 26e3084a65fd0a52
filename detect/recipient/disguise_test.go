package recipient_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
)

// What a vendor gets on its own host is known as the vendor's when the site passes it on from a host of its own, even if
// it calls the path differently.
func TestFirstPartyDisguises(t *testing.T) {
	c, err := recipient.Default()
	require.NoError(t, err)
	known, all := 0, 0
	for _, v := range c.All() {
		for i := range v.Examples {
			e := v.Examples[i]
			if !hasStrongShape(v) || e.Expect.How == recipient.ByDomain || e.Expect.How == recipient.ByShape {
				continue
			}
			u, err := url.Parse(e.Request.URL)
			require.NoError(t, err)
			for _, form := range []struct{ name, path string }{
				{"same path", u.Path}, {"prefix", "/px" + u.Path}, {"any name", "/x7/k2"},
			} {
				all++
				d := *u
				d.Host, d.Path, d.RawPath = "t.shop.example", form.path, ""
				e.Request.URL = d.String()
				m := resolveExample(t, c, &e)
				ok := m.Recipient.ID == v.ID && m.Recipient.How == recipient.ByShape && m.Recipient.Via == "t.shop.example"
				if ok {
					known++
				} else {
					t.Logf("%s %s: %s is %s", v.ID, form.name, d.String(), m.Recipient.ID)
				}
			}
		}
	}
	t.Logf("%d of %d", known, all)
	assert.GreaterOrEqual(t, float64(known)/float64(all), 0.93, fmt.Sprintf("%d of %d", known, all))
}

func hasStrongShape(v *recipient.Vendor) bool {
	for _, e := range v.Endpoints {
		for _, s := range e.Shapes {
			if !s.Weak {
				return true
			}
		}
	}
	return false
}

func resolveExample(t *testing.T, c *recipient.Catalog, e *recipient.Example) recipient.Match {
	t.Helper()
	r, err := e.Crawled()
	require.NoError(t, err)
	return c.Resolve(r, decode.Request(r, nil, decode.Budget{}), recipient.Site{Page: "https://www.shop.example/"})
}

// Requests of the vendors' SDKs through a host of the site's own, each in full, are given to the vendor.
func TestDisguisedSamples(t *testing.T) {
	c, err := recipient.Default()
	require.NoError(t, err)
	list, vendors := requests(t, "testdata/disguised.txt")
	require.Greater(t, len(list), 80)
	for i, r := range list {
		m := c.Resolve(r, decode.Request(r, nil, decode.Budget{}), recipient.Site{Page: "https://www.shop.example/"})
		if assert.Equal(t, vendors[i], m.Recipient.ID, "%s %s", r.Method, r.URL) {
			assert.Equal(t, recipient.ByShape, m.Recipient.How)
			assert.Contains(t, r.URL, "://"+m.Recipient.Via+"/")
		}
	}
}
