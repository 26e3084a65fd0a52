package recipient

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
)

// Prove runs the examples of a vendor against the catalog and returns what does not come out as said.
func (c *Catalog) Prove(v *Vendor) error {
	var errs []error
	for i := range v.Examples {
		for _, err := range c.prove(v, &v.Examples[i]) {
			errs = append(errs, fmt.Errorf("vendor %s: examples[%d] (%s): %w", v.ID, i, v.Examples[i].Request.URL, err))
		}
	}
	return errors.Join(errs...)
}

func (c *Catalog) prove(v *Vendor, e *Example) []error {
	r, err := e.Crawled()
	if err != nil {
		return []error{err}
	}
	page := e.Page
	if page == "" {
		page = "https://www.shop.example/"
	}
	t := decode.Request(r, nil, decode.Budget{})
	m := c.Resolve(r, t, Site{Page: page})
	var errs []error
	differ := func(what, got, want string) {
		if want != "" && got != want {
			errs = append(errs, fmt.Errorf("%s is %q, want %q", what, got, want))
		}
	}
	differ("recipient", m.Recipient.ID, v.ID)
	how := e.Expect.How
	if how == "" {
		how = ByEndpoint
	}
	differ("how", string(m.Recipient.How), string(how))
	differ("endpoint", m.Endpoint, e.Expect.Endpoint)
	differ("account", m.Account, e.Expect.Account)
	differ("event", m.Event, e.Expect.Event)
	found := map[string]string{}
	for _, f := range m.Fields {
		found[t.Fields[f.Field].Path] = f.Name
	}
	for _, path := range slices.Sorted(maps.Keys(e.Expect.Fields)) {
		if want := e.Expect.Fields[path]; found[path] != want {
			errs = append(errs, fmt.Errorf("field %s means %q, want %q; the request has %s", path, found[path], want, paths(t)))
		}
	}
	return errs
}

func paths(t *decode.Tree) string {
	var b strings.Builder
	for i := range t.Fields {
		fmt.Fprintf(&b, "%s ", t.Fields[i].Path)
	}
	return b.String()
}

// Crawled makes the request of an example as a crawl would have seen it.
func (e *Example) Crawled() (*crawler.Request, error) {
	r := &crawler.Request{URL: e.Request.URL, Method: e.Request.Method}
	body := []byte(e.Request.Body)
	if e.Request.Base64 != "" {
		raw, err := base64.StdEncoding.DecodeString(e.Request.Base64)
		if err != nil {
			return nil, fmt.Errorf("base64: %w", err)
		}
		body = raw
	}
	r.Body = crawler.NewBody(body)
	if r.Method == "" {
		r.Method = "GET"
		if len(body) > 0 {
			r.Method = "POST"
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Request.Headers)) {
		r.Headers = append(r.Headers, crawler.Header{Name: name, Value: e.Request.Headers[name]})
	}
	return r, nil
}
