package visit_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// What can be clicked on, ticked or moved is tried, whatever it is made of, and put back; what might do harm is not, and the
// frames of others are left alone.
func TestControlsOfAllKindsAreTried(t *testing.T) {
	const did = `const did = (w) => navigator.sendBeacon('http://v.test/did?' + encodeURIComponent(w));`
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/": html(`<link rel=icon href="data:,"><style>.hand{cursor:pointer}</style><script>` + did + `
const on = (id, ev, w) => document.getElementById(id).addEventListener(ev, () => did(w || id));
addEventListener('keydown', (e) => did('key ' + e.key)); addEventListener('hashchange', () => did('hash'));
addEventListener('pagehide', () => did('left ' + [box.checked, a.checked, b.checked, vol.value].join(' ')));
addEventListener('DOMContentLoaded', () => { on('top', 'click'); on('zoom', 'click'); on('news', 'change'); on('card', 'click'); on('box', 'change'); on('b', 'change'); on('vol', 'input'); on('wipe', 'click'); on('del', 'change'); on('plain', 'click') });</script>
<a id=top href="#specs">Specifications</a><a href="javascript:did('script link')">Show map</a><img onclick="did('picture')" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width=40 height=40>
<img id=zoom alt=Larger style="cursor:zoom-in" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width=40 height=40>
<div id=card class=hand>Blue jacket</div><div id=wipe class=hand>Delete everything</div><div id=plain>Only text</div>
<label><input id=box type=checkbox checked>Compact list</label><label><input id=news type=checkbox>Newsletter</label><label><input id=del type=checkbox>Delete my account</label>
<label><input id=a type=radio name=size checked>Small</label><label><input id=b type=radio name=size>Large</label><label>Volume<input id=vol type=range value=50></label>
<form action="http://v.test/did?form"><input type=checkbox required><button>Send</button></form>
<iframe src="http://help.shop.test/frame" width=300 height=60></iframe><iframe src="http://ads.test/frame" width=300 height=60></iframe><h2 id=specs>Specs</h2>`),
		"help.shop.test/frame": html(`<script>` + did + `</script><button type=button onclick="did('own frame')">More</button>`),
		"ads.test/frame":       html(`<script>` + did + `</script><button type=button onclick="did('other frame')">More</button>`),
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{Interact: &visit.Interact{}})
	p, events := visitPage(t, v, "http://shop.test/")
	assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
	var got []string
	for _, ev := range events {
		if r := ev.Request; r != nil && strings.HasPrefix(r.URL, "http://v.test/did?") && !r.NotSent {
			u, err := url.Parse(r.URL)
			assert.NoError(t, err)
			what, err := url.QueryUnescape(u.RawQuery)
			assert.NoError(t, err)
			got = append(got, what)
		}
	}
	slices.Sort(got)
	assert.Equal(t, []string{"b", "box", "box", "card", "hash", "key ArrowLeft", "key ArrowRight", "key Tab", "left true true false 50", "news", "news", "own frame", "picture", "script link", "top", "vol", "vol", "zoom"}, got)
}

// Whoever types sends nothing but what the page sends: Chrome would fetch a dictionary from its maker, one time in three.
func TestTypingFetchesNoDictionary(t *testing.T) {
	var calls atomic.Int32
	maker := httptest.NewServer(nil)
	maker.Config.ConnState = func(net.Conn, http.ConnState) { calls.Add(1) }
	t.Cleanup(maker.Close)
	w := newWeb(t, map[string]http.HandlerFunc{"shop.test/": html(`<link rel=icon href="data:,"><form><textarea name=message></textarea><input name=email></form>`)})
	bin, err := chrome.Find(chrome.FindOptions{Kind: chrome.KindChrome})
	require.NoError(t, err)
	for range 4 {
		v, err := visit.New(t.Context(), visit.Options{
			Chrome:   chrome.Options{Binary: bin, Map: []string{"*.gvt1.com=" + maker.Listener.Addr().String(), "*.google.com=" + maker.Listener.Addr().String(), "*=" + w.Listener.Addr().String()}},
			Interact: &visit.Interact{Persona: map[string][]string{"email": {"ana@bell.example"}, "full_name": {"Ana Bell"}, "phone": {"123456"}}},
		})
		require.NoError(t, err)
		p, _ := visitPage(t, v, "http://shop.test/")
		assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
		assert.NotEmpty(t, p.Typed)
		require.NoError(t, v.Close())
	}
	assert.Zero(t, calls.Load(), "connections to the browser's maker")
}
