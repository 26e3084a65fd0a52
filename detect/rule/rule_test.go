package rule

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
)

// open makes the tree of a sample.
func (s Sample) open() *decode.Tree {
	r := &crawler.Request{Method: "POST", URL: "https://vendor.example"}
	if s.URL != "" {
		r.URL = s.URL
	}
	if name, value, ok := strings.Cut(s.Header, ": "); ok {
		r.Headers = []crawler.Header{{Name: name, Value: value}}
	}
	if s.Body != "" {
		r.Body = crawler.NewBody([]byte(s.Body))
	}
	return decode.Request(r, nil, decode.Budget{})
}

func TestEveryRuleProvesItself(t *testing.T) {
	for _, r := range Rules {
		t.Run(r.ID, func(t *testing.T) {
			require.NotEmpty(t, r.Hits, "a rule needs hits")
			require.NotEmpty(t, r.Misses, "a rule needs misses")
			for _, field := range []string{r.ID, r.Doc, r.Why, r.Do, string(r.Class)} {
				require.NotEmpty(t, field)
			}
			_, known := InfoOf(r.Class)
			require.True(t, known, r.Class)
			for _, s := range r.Hits {
				tree := s.open()
				want := s.Class
				if want == "" {
					want = r.Class
				}
				got := FindWith([]*Rule{r}, &Context{Tree: tree, Host: web.Host(s.URL)}, nil)
				var texts []string
				found := false
				for _, m := range got {
					texts = append(texts, m.Text)
					assert.Equal(t, m.Text, tree.Fields[m.Field].Value[m.Start:m.End])
					found = found || m.Text == s.Text && m.Class == want
				}
				assert.True(t, found, "%+v: want %q as %s, got %q", s, s.Text, want, texts)
			}
			for _, s := range r.Misses {
				for _, m := range FindWith([]*Rule{r}, &Context{Tree: s.open(), Host: web.Host(s.URL)}, nil) {
					assert.NotEmpty(t, m.Info, "%+v must not match, but gives %s %q", s, m.Class, m.Text)
				}
			}
		})
	}
}

func TestRuleIDsAreUniqueWords(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules {
		assert.Regexp(t, `^[a-z]+(-[a-z]+)*$`, r.ID)
		assert.False(t, seen[r.ID], r.ID)
		seen[r.ID] = true
	}
}

func TestSiteFactsAreNoLeaks(t *testing.T) {
	facts := crawler.SiteFacts{Emails: []string{"Lena.Fischer@firma.de"}, Phones: []string{"+43 664 1234567"}, Coordinates: []string{"46.6243,14.3076"}}
	body := `{"a":"lena.fischer@firma.de","phone":"00436641234567","lat":46.6241,"lng":14.3071}`
	assert.Empty(t, Find(&Context{Tree: tree(body), Facts: facts}, nil))
	assert.Len(t, Find(&Context{Tree: tree(body)}, nil), 3)
}

func TestVendorsMeaningDecides(t *testing.T) {
	tr := tree(`{"p1":"5f2d3a7bc1e94860ab9d0c4e7f1835629d3c4b5a69788796a5b4c3d2e1f00123","email":"x1"}`)
	meant := map[int]Class{}
	for i, f := range tr.Fields {
		switch f.Key {
		case "p1":
			meant[i] = Email
		}
	}
	got := Find(&Context{Tree: tr, Meant: meant}, nil)
	require.Len(t, got, 1)
	assert.Equal(t, Email, got[0].Class)
	assert.Equal(t, Hashed, got[0].Form)
}

func BenchmarkRules(b *testing.B) {
	body := `{"api_key":"abc","events":[` + strings.TrimSuffix(strings.Repeat(`{"event_type":"page_view","time":1700000000123,"device_id":"aXk29dLmQ0","user_properties":{"plan":"gold","theme":"dark","note":"nothing to see in this longer text about shoes"},"insert_id":"9f1c2d3e-1b2c-4d5e-8f90-a1b2c3d4e5f6","library":"amplitude-ts/2.1"},`, 10), ",") + `]}`
	t := tree(body)
	n := 0
	for i := range t.Fields {
		n += len(t.Fields[i].Value)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	names := NewNames()
	var out []Match
	for b.Loop() {
		out = Find(&Context{Tree: t, Names: names}, out[:0])
	}
}
