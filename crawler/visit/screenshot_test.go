package visit_test

import (
	"bytes"
	"context"
	"image/png"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// darkest is the darkest pixel of a part of a PNG, from 0 to 255.
func darkest(t *testing.T, picture []byte, x0, y0, x1, y1 int) int {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	low := 255
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			low = min(low, int((r+g+b)/3>>8))
		}
	}
	return low
}

// TestScreenshotsBlurWhatWasTyped looks at a picture: text of the page is sharp, the same text in a field, also in a shadow
// root, is a shade. The page's own policy forbids styles, which must not matter.
func TestScreenshotsBlurWhatWasTyped(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{"form.test/": func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.Header().Set("Content-Security-Policy", "style-src 'sha256-none' 'unsafe-hashes'")
		_, _ = rw.Write([]byte(`<!doctype html><body bgcolor=white><script>
const put = (el, top) => Object.assign(el.style, {position: 'absolute', left: '0', top: top + 'px', margin: '0', border: '0', padding: '0', outline: '0', width: '300px', height: '40px', font: '13px monospace', background: 'white', color: 'black'});
const p = document.createElement('p'); p.textContent = 'jo.doe@example.org'; put(p, 0); document.body.append(p);
const i = document.createElement('input'); i.value = 'jo.doe@example.org'; put(i, 100); document.body.append(i);
const h = document.createElement('div'); put(h, 200); document.body.append(h);
const s = document.createElement('input'); s.value = 'jo.doe@example.org'; put(s, 0); h.attachShadow({mode: 'open'}).append(s);
</script>`))
	}})
	var picture []byte
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{BeforeLeave: func(ctx context.Context, tab *visit.Tab) (err error) {
		picture, err = tab.Screenshot(ctx)
		return err
	}})
	p, _ := visitPage(t, v, "http://form.test/")
	require.NotEmpty(t, picture, p.Reason)
	assert.Less(t, darkest(t, picture, 0, 0, 300, 40), 60, "the page's text is sharp")
	assert.Greater(t, darkest(t, picture, 0, 100, 300, 140), 120, "a field can be read")
	assert.Greater(t, darkest(t, picture, 0, 200, 300, 240), 120, "a field in a shadow root can be read")
}
