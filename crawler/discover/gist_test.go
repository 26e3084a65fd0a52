package discover

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func gist(t *testing.T, at, html string) (string, bool) {
	g, ok, err := Gist("https://a.example"+at, strings.NewReader(html))
	require.NoError(t, err)
	return g, ok
}

func TestPagesThatShowTheSameHaveOneGist(t *testing.T) {
	for name, two := range map[string][2]string{
		"tokens":     {`<p>Please sign in</p><input name=email><input type=hidden name=csrf value=a1>`, `<p>Please sign in</p><input name=email><input type=hidden name=csrf value=b2>`},
		"way back":   {`<p>Please sign in</p><a href="/login?next=/a">Go</a>`, `<p>Please sign in</p><a href="/login?next=/b">Go</a>`},
		"request id": {`<h1>Something went wrong</h1>Reference 8f3a2b1c9d4e5f60`, `<h1>Something went wrong</h1>Reference 1b2c3d4e5f607182`},
		"time":       {`<p>We are back soon. It is 10:31:02</p>`, `<p>We are back soon. It is 10:31:07</p>`},
		"address":    {`<p>You asked for /a and must wait</p>`, `<p>You asked for /b/c and must wait</p>`},
		"scripts":    {`<p>Maintenance tonight</p><script>var a = 1</script>`, `<p>Maintenance tonight</p><script>var a = 2</script>`},
		"spaces":     {"<p>Maintenance   tonight</p>", "<p>Maintenance\n tonight</p> "},
	} {
		a, okA := gist(t, "/a", two[0])
		b, okB := gist(t, "/b/c", two[1])
		assert.True(t, okA && okB, name)
		assert.Equal(t, a, b, name)
	}
}

func TestPagesThatDifferHaveTwo(t *testing.T) {
	for name, two := range map[string][2]string{
		"words":    {`<p>Apples and pears</p>`, `<p>Apples and plums</p>`},
		"number":   {`<p>This is page 1 of many</p>`, `<p>This is page 2 of many</p>`},
		"price":    {`<p>A nice shoe in red 20.00</p>`, `<p>A nice shoe in red 30.00</p>`},
		"pictures": {`<p>From our gallery</p><img src=/1.jpg>`, `<p>From our gallery</p><img src=/2.jpg>`},
		"frames":   {`<p>See the map below</p><iframe src=/map/1></iframe>`, `<p>See the map below</p><iframe src=/map/2></iframe>`},
		"fields":   {`<p>Fill in this form</p><input name=email>`, `<p>Fill in this form</p><input name=phone>`},
		"glued":    {`<p>one two three</p><p>four</p>`, `<p>one two</p><p>threefour</p>`},
	} {
		a, okA := gist(t, "/a", two[0])
		b, okB := gist(t, "/b/c", two[1])
		assert.True(t, okA && okB, name)
		assert.NotEqual(t, a, b, name)
	}
}

func TestWhatADocumentDoesNotHoldHasNoGist(t *testing.T) {
	for name, html := range map[string]string{
		"canvas":        `<p>All of it is drawn</p><canvas></canvas>`,
		"shadow tree":   `<nav>Home Products About us</nav><route-outlet></route-outlet>`,
		"next to empty": `<p>Loading</p>`,
		"pictures only": `<img src=/a.jpg><img src=/b.jpg>`,
	} {
		_, ok := gist(t, "/a", html)
		assert.False(t, ok, name)
	}
}
