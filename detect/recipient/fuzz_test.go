package recipient

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func FuzzPaths(f *testing.F) {
	for _, s := range []string{"body.data[12].properties.$email", "query.ud[em]", "a[*].b", "[0][1]", "x[", "x[]", "x[1", "é[3]"} {
		f.Add(s, "body.*[*].{a,b}")
	}
	f.Fuzz(func(t *testing.T, path, pattern string) {
		folded := string(fold(nil, path))
		assert.Equal(t, folded, string(fold(nil, folded)), "folding twice is folding once")
		assert.LessOrEqual(t, unfolded(path, len(folded)), len(path))
		assert.Equal(t, len(path), unfolded(path, len(folded)), "the whole unfolds to the whole")
		assert.True(t, strings.Contains(path, lastKey(path)))
		for _, p := range braces(pattern) {
			g := newGlob(p)
			if g.exact() {
				assert.True(t, g.match(p))
			}
			assert.True(t, newGlob("*"+p+"*").match("x"+strings.ReplaceAll(p, "*", "")+"y"))
		}
	})
}

func FuzzUserLists(f *testing.F) {
	f.Add("a.txt", "||spy.example^$third-party\n0.0.0.0 x.example\n")
	f.Add("a.json", `{"domain":"x.example","owner":{"name":"X"},"categories":["Analytics"]}`)
	f.Add("a.json", `{"categories":{"Social":[{"C":{"http://c.example/":["c.example"]}}]}}`)
	f.Add("a.json", `{"entities":{"E":{"properties":["e.example"]}}}`)
	f.Add("a.json", `{"x.example":{"entityName":"X"}}`)
	f.Fuzz(func(t *testing.T, name, text string) {
		if name != "a.txt" && name != "a.json" {
			return
		}
		l, err := readLists(fstest.MapFS{name: {Data: []byte(text)}})
		require.NotNil(t, l)
		if err == nil {
			assert.NotEmpty(t, l.owners, "a list that names nobody is no list")
		}
		for host, r := range l.owners {
			assert.False(t, strings.ContainsAny(host, "/* "), host)
			assert.Equal(t, ByUser, r.How)
		}
	})
}

func FuzzVendorFile(f *testing.F) {
	f.Add("schema: 1\nid: a\nname: A\nowner: {name: A, country: DE}\ncategory: ads\nreviewed: 2026-01-01\nsources: [s]\nfields: {\"x.{a,b}\": online.client_id}\nexamples: [{request: {url: \"https://a.example\"}}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		if vendors, err := Read(fstest.MapFS{"a.yaml": {Data: []byte(text)}}); err == nil {
			newCatalog(vendors).OwnerOf("a.example")
		}
	})
}
