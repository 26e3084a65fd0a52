package shown

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

// A page that says that it is not there hides nothing if a link led to it, and is not what was asked for if somebody named it.
func TestPagesThatSayThatTheyAreNotThere(t *testing.T) {
	const bare = `<title>Page not found</title><h1>Page not found</h1><p>There is nothing here.</p>`
	framed := `<title>404 - Page not found | Shop</title><nav><a href=/a>A</a><a href=/b>B</a><a href=/c>C</a><a href=/d>D</a><a href=/e>E</a><a href=/f>F</a><a href=/g>G</a></nav>
		<h1>Page not found</h1><p>Try our search, or one of the pages above.</p><form><input type=search name=q></form>`
	article := `<title>Page not found | Blog</title><h1>Page not found</h1><p>` + long + long + long + `</p>`
	for name, tt := range map[string]struct {
		sample        string
		absent, named bool
	}{
		"a link":                       {bare, true, false},
		"named":                        {bare, true, true},
		"named, with menu and search":  {framed, true, true},
		"a link, with menu and search": {framed, true, false},
		"an article":                   {article, false, true},
		"a search without results":     {ordinary(`<h2>Not found</h2><p>No jacket of that name.</p>`), false, true},
	} {
		f := circumstances{}.of(t, tt.sample)
		f.Named = tt.named
		assert.Equal(t, tt.absent, f.Absent(), name)
		if i := f.Instead(); tt.absent && tt.named && assert.NotNil(t, i, name) {
			assert.Equal(t, crawler.GapPageBlocked, i.Kind, name)
		} else if !tt.named {
			assert.Nil(t, i, name)
		}
	}
}
