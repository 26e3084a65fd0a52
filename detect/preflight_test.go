package detect

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

// A HAR shows a preflight and perhaps no more: one that is refused says that nothing was sent.
func TestPreflightsThatAreRefused(t *testing.T) {
	allowed := []crawler.Header{{Name: "Access-Control-Allow-Origin", Value: "*"}}
	for name, c := range map[string]struct {
		kind   string
		answer *crawler.Response
		want   bool
	}{
		"refused":       {"preflight", &crawler.Response{Status: 403}, true},
		"led on":        {"preflight", &crawler.Response{Status: 302, Headers: allowed}, true},
		"names nobody":  {"preflight", &crawler.Response{Status: 204, Headers: []crawler.Header{{Name: "Date", Value: "x"}}}, true},
		"allowed":       {"preflight", &crawler.Response{Status: 204, Headers: allowed}, false},
		"without heads": {"preflight", &crawler.Response{Status: 204}, false},
		"not answered":  {"preflight", nil, false},
		"a request":     {"fetch", &crawler.Response{Status: 403}, false},
	} {
		q := &crawler.Request{Type: c.kind, Method: "OPTIONS", Source: "har", Response: c.answer}
		assert.Equal(t, c.want, turnedAway(q) != "", name)
	}
}
