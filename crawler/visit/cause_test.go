package visit_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// Who brought a script is told also where it is called through another's wrapper, and nothing that tagscan does in a page is a cause.
func TestCausesGoThroughWrappersAndLeaveOutTagscan(t *testing.T) {
	js := func(body string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "text/javascript")
			_, _ = rw.Write([]byte(body))
		}
	}
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/":     html(`<link rel=icon href="data:,"><form><input name=email></form><script src="http://wrap.test/w.js"></script><script src="http://tm.test/tm.js"></script><script src="http://v.test/mask.js"></script><script src="http://v.test/hide.js"></script><script src="http://v.test/css.js"></script>`),
		"shop.test/w.js": js(`fetch('http://v.test/worker', {mode: 'no-cors'})`),
		"v.test/css.js":  js(`const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = 'http://v.test/a.css'; document.head.append(l)`),
		"v.test/a.css": func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "text/css")
			_, _ = rw.Write([]byte("body { background: url(http://v.test/styled) }"))
		},
		"v.test/mask.js": js("fetch('http://v.test/masked', {mode: 'no-cors'})\n//# sourceURL=http://innocent.test/x.js"),
		"v.test/hide.js": js("fetch('http://v.test/hidden', {mode: 'no-cors'})\n//# sourceURL=tagscan://idle"),
		"wrap.test/w.js": js(`const add = EventTarget.prototype.addEventListener; EventTarget.prototype.addEventListener = function (t, f, o) { return add.call(this, t, function (e) { return f.call(this, e) }, o) }`),
		"tm.test/tm.js":  js(`const s = document.createElement('script'); s.src = 'http://v.test/v.js'; document.head.append(s)`),
		"v.test/v.js": js(`document.querySelector('input').addEventListener('blur', () => fetch('http://v.test/blur', {mode: 'no-cors'}));
addEventListener('scroll-or-so', () => fetch('http://v.test/wrapped', {mode: 'no-cors'})); dispatchEvent(new Event('scroll-or-so'));
new Worker('/w.js'); requestIdleCallback(() => fetch('http://v.test/idle', {mode: 'no-cors'}))`),
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{Interact: &visit.Interact{Persona: map[string][]string{"email": {"ana@bell.example"}}}})
	_, events := visitPage(t, v, "http://shop.test/")
	chains := map[string][]string{}
	for _, ev := range events {
		if r := ev.Request; r != nil && r.URL == "http://shop.test/w.js" {
			for _, c := range r.Initiator.Chain {
				chains["w.js"] = append(chains["w.js"], c.URL)
			}
		}
		if r := ev.Request; r != nil && strings.HasPrefix(r.URL, "http://v.test/") && !strings.HasSuffix(r.URL, ".js") {
			var urls []string
			for _, c := range r.Initiator.Chain {
				urls = append(urls, c.URL)
			}
			chains[strings.TrimPrefix(r.URL, "http://v.test/")] = slices.Compact(urls)
		}
	}
	assert.Equal(t, []string{"http://v.test/v.js", "http://wrap.test/w.js", "http://v.test/v.js", "http://tm.test/tm.js", "http://shop.test/"}, chains["wrapped"])
	assert.Equal(t, []string{"http://v.test/v.js", "http://tm.test/tm.js", "http://shop.test/"}, chains["idle"])
	assert.Equal(t, []string{"http://v.test/v.js", "http://tm.test/tm.js", "http://shop.test/"}, slices.Compact(chains["w.js"]))
	assert.Equal(t, []string{"http://shop.test/w.js", "http://v.test/v.js", "http://tm.test/tm.js", "http://shop.test/"}, chains["worker"])
	assert.Equal(t, []string{"http://v.test/a.css", "http://v.test/css.js", "http://shop.test/"}, chains["styled"])
	assert.Equal(t, []string{"http://v.test/mask.js", "http://shop.test/"}, chains["masked"], "a script says that it is another")
	assert.Equal(t, []string{"http://v.test/hide.js", "http://shop.test/"}, chains["hidden"], "a script says that it is tagscan's")
	assert.Equal(t, []string{"http://v.test/v.js", "http://wrap.test/w.js", "http://tm.test/tm.js", "http://shop.test/"}, chains["blur"])
}
