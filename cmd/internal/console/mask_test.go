package console

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAddressesAreMasked(t *testing.T) {
	for in, want := range map[string]string{
		"to visit: https://a.test/thanks?email=jo.doe%40example.org&n=2: because":         "to visit: https://a.test/thanks?email=***&n=2: because",
		"led to https://jo:secret@a.test/x":                                               "led to https://***@a.test/x",
		"https://a.test/reset/eyJhbGciOiJIUzI1NiJ9.e30.c2ln#access_token=abcdefghij":      "https://a.test/reset/***#***",
		"https://a.test/u/jo@example.org/orders/4711":                                     "https://a.test/u/***/orders/4711",
		"https://a.test/call/+4930123456789":                                              "https://a.test/call/***",
		"https://a.test/?550e8400-e29b-41d4-a716-446655440000":                            "https://a.test/?***",
		"not visited: /account?token=abc&x=1 (no)":                                        "not visited: /account?token=***&x=1 (no)",
		"wss://a.test/socket?user=jo":                                                     "wss://a.test/socket?user=***",
		"mailto jo@example.org failed":                                                    "mailto *** failed",
		"20 of 40 pages, 17 requests, 3 recipients · https://a.test/product/red-lamp?p=2": "20 of 40 pages, 17 requests, 3 recipients · https://a.test/product/red-lamp?p=2",
		"https://a.test/?a=https%3A%2F%2Fb.test%2F%3Femail%3Djo%40example.org":            "https://a.test/?a=***",
		"page https://a.test/: net::ERR_FAILED; why?":                                     "page https://a.test/: net::ERR_FAILED; why?",
	} {
		assert.Equal(t, want, Mask(in))
	}
}

func TestWhatIsSaidIsMasked(t *testing.T) {
	var out bytes.Buffer
	c := New(&out, Options{Verbose: true})
	c.Sayf("led to %s", "https://a.test/?email=jo@example.org")
	c.Detailf("to visit: %s", "https://a.test/?token=abc")
	c.Show(Progress{Done: 1, Known: 2, Page: "https://a.test/?session=4711abc"})
	assert.NotContains(t, out.String(), "jo@")
	assert.NotContains(t, out.String(), "abc")
	assert.Contains(t, out.String(), "session=***")
}
