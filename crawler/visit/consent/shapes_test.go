package consent_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/fixtures"
)

// shapes are dialogs that no platform's file knows, each with the host's own way of asking. tell(what) reports a choice.
var shapes = map[string]string{
	// The refusal first, and an acceptance without "all".
	"negated": `<div style="position:fixed;bottom:0;z-index:9;background:#fff">Używamy plików cookie na tej stronie.<button onclick="tell('rejected'); this.parentNode.remove()">Nie akceptuję</button><button onclick="tell('accepted'); this.parentNode.remove()">Akceptuję</button></div>`,
	// "Reject all" and "Allow all" of the second layer only set its boxes.
	"layer": `<div id=first role=dialog style="position:fixed;bottom:0;z-index:9;background:#fff">We use cookies on this website.<button onclick="accepted()">Accept all</button><button onclick="first.remove(); second.hidden = false">Cookie settings</button></div>
		<div id=second hidden role=dialog style="position:fixed;top:0;z-index:9;background:#fff">Your preferences for our website
		<label><input type=checkbox checked disabled> Necessary</label><label><input type=checkbox class=o checked> Statistics</label><label><input type=checkbox class=o checked> Marketing</label>
		<button onclick="each((b) => b.checked = false)">Reject all</button><button onclick="each((b) => b.checked = true)">Allow all</button><button onclick="second.remove(); tell(any() ? 'accepted' : 'rejected')">Confirm choices</button></div>
		<script>const each = (f) => document.querySelectorAll('.o').forEach(f), any = () => [...document.querySelectorAll('.o')].some((b) => b.checked), accepted = () => { first.remove(); tell('accepted') }</script>`,
	// One choice by boxes, one button.
	"boxes": `<div id=b role=dialog style="position:fixed;bottom:0;z-index:9;background:#fff">Diese Website verwendet Cookies.<label><input type=checkbox checked disabled>Notwendig</label><label><input id=o type=checkbox checked>Statistik</label>
		<button onclick="tell(o.checked ? 'accepted' : 'rejected'); b.remove()">Auswahl bestätigen</button></div>`,
	// Radio buttons, and a div that is made a button by script, in the page's own text.
	"radios": `<main><section id=r><h2>Cookies on this website</h2><p>We would like to use analytics cookies.</p><label><input type=radio name=c value=1 checked>Yes, use analytics cookies</label><label><input type=radio name=c value=0>No, only essential</label><div id=go class="btn-submit">Submit</div></section></main>
		<script>go.addEventListener('click', () => { tell(document.querySelector('[name=c]:checked').value === '1' ? 'accepted' : 'rejected'); r.remove() })</script>`,
	"closed root": `<x-c></x-c><script>const root = document.querySelector('x-c').attachShadow({mode: 'closed'});
		root.innerHTML = '<div style="position:fixed;bottom:0;background:#fff">Käytämme evästeitä.<button id=n>En hyväksy</button><button id=y>Hyväksyn</button></div>';
		for (const [id, what] of [['n', 'rejected'], ['y', 'accepted']]) root.getElementById(id).onclick = () => { tell(what); root.innerHTML = '' }</script>`,
	"first move": `<script>addEventListener('mousemove', () => { document.body.insertAdjacentHTML('beforeend', bar) }, {once: true});
		const bar = '<div aria-hidden=true style="position:fixed;bottom:0;z-index:9;background:#fff">Utilizamos cookies en este sitio web.<button onclick="tell(\'rejected\'); this.parentNode.remove()">No acepto</button><button onclick="tell(\'accepted\'); this.parentNode.remove()">Acepto</button></div>'</script>`,
	"late": `<script>setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<div style="position:fixed;bottom:0;z-index:9;background:#fff">We use cookies on this site.<button onclick="tell(\'rejected\'); this.parentNode.remove()">Continue without accepting</button><button onclick="tell(\'accepted\'); this.parentNode.remove()">I accept</button></div>'), 9500)</script>`,
	// As government sites have it: in the flow of the page, below other things.
	"static": `<div id=app><a href="#m">Skip to content</a><div class=wrap><section id=s aria-label="Cookies on this service"><h2>Cookies on this service</h2><p>We use some essential cookies to make this service work.</p><button onclick="tell('accepted'); s.remove()">Accept analytics cookies</button><button onclick="tell('rejected'); s.remove()">Reject analytics cookies</button><a href="/cookies">View cookies</a></section></div><main id=m>Lamps</main><p>The end</p></div>`,
	"links":  `<div id=l style="position:fixed;bottom:0;z-index:9;background:#fff">This website uses cookies. <a href="/consent?c=all">Accept all</a> <a href="/consent?c=min">Only necessary</a> <a href="/privacy">Privacy policy</a></div><script>if (document.cookie.includes('c=')) l.remove()</script>`,
	// Icons with names.
	"icons": `<div role=alertdialog style="position:fixed;bottom:0;z-index:9;background:#fff">Questo sito usa cookie.<button aria-label="Continua senza accettare" onclick="tell('rejected'); this.parentNode.remove()">×</button><button title="Accetto" aria-label="Accetto" onclick="tell('accepted'); this.parentNode.remove()">✓</button></div>`,
}

// quiet are pages on which nothing is to be pressed; puzzle says that it is told.
var quiet = map[string]struct {
	html   string
	puzzle bool
}{
	"helpful":  {`<article><h1>How we use cookies on this website</h1><p>Cookies are small files.</p><div>Was this page about cookies helpful? <button onclick="tell('x')">Yes</button><button onclick="tell('x')">No</button></div></article>`, false},
	"bakery":   {`<div role=dialog style="position:fixed;bottom:0;background:#fff">Chocolate cookies, baked today! <button onclick="tell('x')">Order now</button><button onclick="tell('x')">No thanks</button></div>`, false},
	"footer":   {`<p>Lamps</p><button style="position:fixed;bottom:0" onclick="tell('x')">Cookie settings</button>`, false},
	"strange":  {`<div role=dialog style="position:fixed;bottom:0;background:#fff">We use cookies on this website for analytics and advertising. <button onclick="tell('x')">Whoop</button><button onclick="tell('x')">Bazinga</button></div>`, true},
	"articles": {`<main><h1>News</h1><p>The court on cookies</p><button onclick="tell('x')">Read more</button><button onclick="tell('x')">Share</button></main>`, false},
}

func TestDialogsOfManyShapes(t *testing.T) {
	t.Parallel()
	const head = `<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><body><script>const tell = (w) => navigator.sendBeacon('/told?' + w)</script><h1>Lamps</h1>`
	shop := http.NewServeMux()
	shop.HandleFunc("/consent", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "c", Value: r.FormValue("c")})
		http.Redirect(w, r, "/links", http.StatusSeeOther)
	})
	for name, html := range shapes {
		shop.HandleFunc("/"+pathOf(name), page(head+html))
	}
	for name, q := range quiet {
		shop.HandleFunc("/"+name, page(head+q.html))
	}
	v, server := browser(t, fixtures.Site{Name: "shapes", URL: "https://shop.example/", Hosts: map[string]http.Handler{"shop.example": shop}})
	told := func(n int) (out []string) {
		for _, r := range server.Received()[n:] {
			if _, what, ok := strings.Cut(r.URL, "/told?"); ok {
				out = append(out, what)
			}
			if _, c, ok := strings.Cut(r.URL, "/consent?c="); ok {
				out = append(out, map[string]string{"all": "accepted", "min": "rejected"}[c])
			}
		}
		return out
	}
	for name := range shapes {
		for _, want := range []crawler.Consent{crawler.Rejected, crawler.Accepted} {
			profile := fmt.Sprint(name, " ", want)
			t.Run(profile, func(t *testing.T) {
				before := len(server.Received())
				p, _ := see(t, v, crawler.Task{URL: "https://shop.example/" + pathOf(name), Profile: profile, Consent: want})
				v.End(profile)
				assert.Equal(t, []string{string(want)}, told(before), "%s: %+v", profile, p.Dialog)
				assert.Equal(t, want, p.Dialog.Action, profile)
				assert.Empty(t, p.Dialog.Puzzle, profile)
			})
		}
	}
	for name, q := range quiet {
		t.Run(name, func(t *testing.T) {
			before := len(server.Received())
			p, _ := see(t, v, crawler.Task{URL: "https://shop.example/" + name, Profile: name, Consent: crawler.Rejected})
			v.End(name)
			assert.Empty(t, told(before), name)
			assert.False(t, p.Dialog.Seen, "%s: %+v", name, p.Dialog)
			assert.Equal(t, q.puzzle, p.Dialog.Puzzle != "", "%s: %+v", name, p.Dialog)
		})
	}
}

func page(html string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, html)
	}
}

// pathOf is where the page of a name is.
func pathOf(name string) string { return strings.ReplaceAll(name, " ", "-") }
