package visit_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/visit"
)

// Scripts that only send do not read what they are answered, so their requests never end. The page's time goes on all the
// same, without a wait for each.
func TestAnswersThatNobodyReadsHoldNothingUp(t *testing.T) {
	const page = `<link rel=icon href="data:,"><script>for (const s of [1, 2, 3, 5, 8, 13, 21, 28]) setTimeout(() =>
		fetch('http://v.test/hit?' + s, {method: 'POST', mode: 'no-cors', body: 's=' + s})%s, s * 1000)</script>`
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/":     html(fmt.Sprintf(page, "")),
		"shop.test/read": html(fmt.Sprintf(page, ".then((r) => r.text())")),
		"v.test/hit":     func(rw http.ResponseWriter, _ *http.Request) { io.WriteString(rw, "ok") },
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{})
	took := map[string]time.Duration{}
	for _, path := range []string{"warm", "", "read"} {
		begun := time.Now()
		p, events := visitPage(t, v, "http://shop.test/"+strings.TrimPrefix(path, "warm"))
		took[path] = time.Since(begun)
		t.Logf("%q: %v for %v of page time", path, took[path].Round(time.Millisecond), p.Clock.PageTime)
		assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
		assert.True(t, hasRequest(events, "v.test/hit?28"))
	}
	assert.Less(t, took[""], 3*took["read"], "waiting for each takes seven times as long as if they are read")
}

// A step that has to be made again, for an answer that is long in coming, is not made again for frames that have made it: Chrome
// takes a budget of none for one without end.
func TestFramesAreGivenNoMoreTimeThanThePage(t *testing.T) {
	const count = `let n = 0; setInterval(() => n++, 100); addEventListener('pagehide', () => navigator.sendBeacon('http://v.test/' + location.hostname + '?' + n));`
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/":     html(`<link rel=icon href="data:,"><iframe src="http://ads.test/frame"></iframe><script>` + count + `for (const s of [3, 13, 23]) setTimeout(() => fetch('http://v.test/slow'), 1000 * s)</script>`),
		"ads.test/frame": html(`<script>` + count + `</script>`),
		"v.test/slow":    func(http.ResponseWriter, *http.Request) { time.Sleep(2 * time.Second) },
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{})
	p, events := visitPage(t, v, "http://shop.test/")
	assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
	ticks := map[string]int{}
	for _, ev := range events {
		if ev.Request != nil {
			if where, n, ok := strings.Cut(strings.TrimPrefix(ev.Request.URL, "http://v.test/"), "?"); ok {
				ticks[where], _ = strconv.Atoi(n)
			}
		}
	}
	assert.InDelta(t, 300, ticks["shop.test"], 60)
	assert.InDelta(t, 300, ticks["ads.test"], 60)
}

// The mouse leaves the page above, which is when pages ask their readers to stay.
func TestTheMouseLeavesThePage(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/": html(`<link rel=icon href="data:,"><body style="height:2000px"><script>document.documentElement.addEventListener('mouseleave', () => fetch('http://v.test/exit'));
document.addEventListener('mouseout', (e) => { if (!e.relatedTarget && e.clientY <= 0) fetch('http://v.test/out') })</script>`),
	})
	for _, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		p, events := visitPage(t, newVisitor(t, kind, w, visit.Options{}), "http://shop.test/")
		assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
		assert.True(t, hasRequest(events, "v.test/exit"), kind)
		assert.True(t, hasRequest(events, "v.test/out"), kind)
	}
}

// What comes into view is told to the page at every stop of scrolling, and looked at for as long as it takes to count.
func TestWhatIsScrolledPastWasSeen(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/": html(`<link rel=icon href="data:,"><body style="margin:0">` + // an advertisement on every screen, in view by half for two seconds
			`<script>for (let i = 0; i < 8; i++) { const d = document.createElement('div'); d.style.cssText = 'height:250px;width:300px;margin-bottom:600px'; document.body.append(d);
let t; new IntersectionObserver((es) => { const e = es[es.length - 1]; if (e.intersectionRatio >= .5) t = t || setTimeout(() => navigator.sendBeacon('http://v.test/seen?' + i), 2000); else { clearTimeout(t); t = 0 } }, {threshold: [.5]}).observe(d) }</script>`),
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{})
	p, events := visitPage(t, v, "http://shop.test/")
	assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
	for _, n := range []string{"0", "1", "2", "3", "4", "5", "6", "7"} {
		assert.True(t, hasRequest(events, "v.test/seen?"+n), "advertisement %s was not seen", n)
	}
}

// A place for the geolocation API leaves all other permissions as they are.
func TestAPlaceLeavesOtherPermissionsAlone(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{
		"localhost/": html(`<link rel=icon href="data:,"><script>
navigator.geolocation.getCurrentPosition((p) => fetch('http://v.test/at?' + p.coords.latitude));
for (const name of ['background-sync', 'notifications']) navigator.permissions.query({name}).then((s) => fetch('http://v.test/may?' + name + '=' + s.state))</script>`),
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{Location: &visit.Location{Latitude: 52.5, Longitude: 13.4}})
	p, events := visitPage(t, v, "http://localhost/")
	assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
	for _, want := range []string{"at?52.5", "may?background-sync=granted", "may?notifications=prompt"} {
		assert.True(t, hasRequest(events, "v.test/"+want), want)
	}
}

// Frames of one site share a renderer and its clock, until one of them goes to another site: then each is given its time.
func TestAFrameThatGoesElsewhereTakesNobodysTime(t *testing.T) {
	late := func(where string) string {
		return `setTimeout(() => fetch('http://v.test/` + where + `', {mode: 'no-cors'}), 20000)`
	}
	w := newWeb(t, map[string]http.HandlerFunc{
		"shop.test/":   html(`<link rel=icon href="data:,"><iframe src="http://ads.test/one"></iframe><iframe src="http://ads.test/two"></iframe>`),
		"ads.test/one": html(`<script>location = 'http://other.test/'</script>`),
		"ads.test/two": html(`<script>` + late("two") + `</script>`),
		"other.test/":  html(`<script>` + late("other") + `</script>`),
	})
	v := newVisitor(t, chrome.KindChrome, w, visit.Options{})
	p, events := visitPage(t, v, "http://shop.test/")
	assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
	assert.True(t, hasRequest(events, "v.test/two"))
	assert.True(t, hasRequest(events, "v.test/other"))
}
