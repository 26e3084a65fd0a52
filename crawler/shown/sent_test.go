package shown

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

// A document as it was sent is empty for every application: what stands instead of it is told, and what may have shown more is none.
func TestDocumentsAsTheyWereSent(t *testing.T) {
	const root = `<title>Shop</title><div id="root"></div><script src="/static/js/main.1a2b.js"></script>`
	const entry, chunk, cdn = "https://shop.example/static/js/main.1a2b.js", "https://shop.example/static/js/7.1a2b.chunk.js", "https://cdn.example/app.js"
	calls := []Call{{URL: "https://shop.example/api/products", Status: 200}}
	for name, c := range map[string]struct {
		want   crawler.GapKind
		sample string
		asks   bool
		circumstances
	}{
		"an application that came and asks":         {"", root, true, circumstances{loads: []Load{script(entry, 200)}, calls: calls}},
		"one that came and asks for nothing":        {"", root, false, circumstances{loads: []Load{script(entry, 200)}}},
		"one of which nothing is known":             {"", root, false, circumstances{}},
		"one that says it loads":                    {"", `<div id="root"><p>Loading…</p></div>`, true, circumstances{loads: []Load{script(entry, 200)}}},
		"one that says one moment":                  {"", `<title>Shop</title><div id="app"><h1>Just a moment…</h1></div>`, true, circumstances{loads: []Load{script(entry, 200)}}},
		"one behind a protection":                   {"", `<div id="app"></div><script src="https://js.datadome.co/tags.js"></script>`, true, circumstances{loads: []Load{script(entry, 200), script("https://js.datadome.co/tags.js", 200)}}},
		"one without a place, behind a protection":  {"", `<script src="https://js.datadome.co/tags.js"></script>`, true, circumstances{loads: []Load{script(entry, 200), script("https://js.datadome.co/tags.js", 200)}}},
		"one from elsewhere, without its settings":  {"", `<div id="root"></div>`, false, circumstances{loads: []Load{script(cdn, 200), script("https://shop.example/config.js", 404)}}},
		"one without a part that is loaded late":    {"", root, false, circumstances{loads: []Load{script(entry, 200), script(chunk, 404)}}},
		"one that asks, though a script is missing": {"", root, true, circumstances{loads: []Load{script(entry, 503)}, calls: calls}},
		"content, and no scripts":                   {"", ordinary(""), false, circumstances{loads: []Load{script(entry, 404)}}},
		"its scripts are not there":                 {crawler.GapEmptyPage, root, false, circumstances{loads: []Load{script(entry, 404)}}},
		"nor are they where something counts":       {crawler.GapEmptyPage, root, true, circumstances{loads: []Load{script(entry, 404), script("https://count.example/c.js", 200)}}},
		"its entry is not there, and others are":    {crawler.GapEmptyPage, root, false, circumstances{loads: []Load{script(entry, 503), script(chunk, 200)}}},
		"it says that it loads, and cannot":         {crawler.GapEmptyPage, `<div id="root">Loading…</div>`, false, circumstances{loads: []Load{script(entry, 503)}}},
		"all of it is elsewhere and not there":      {crawler.GapEmptyPage, `<div id="root"></div>`, false, circumstances{loads: []Load{script(cdn, 503)}}},
		"a protection that works":                   {crawler.GapWall, `<title>Just a moment...</title><p>Checking your browser before accessing shop.example</p><script src="/check.js"></script>`, true, circumstances{loads: []Load{script("https://shop.example/check.js", 200)}}},
		"a protection with nothing to see":          {crawler.GapWall, `<script src="/_Incapsula_Resource?SWJIYLWA=1"></script>`, true, circumstances{loads: []Load{script("https://shop.example/_Incapsula_Resource?SWJIYLWA=1", 200)}}},
		"maintenance":                               {crawler.GapMaintenance, `<title>Maintenance</title><h1>We'll be back soon</h1>`, false, circumstances{}},
		"led to a sign-in":                          {crawler.GapLogin, mailOnly, false, circumstances{asked: "https://shop.example/orders", url: "https://shop.example/login"}},
		"led to a sign-in that is an application":   {crawler.GapLogin, root, true, circumstances{asked: "https://shop.example/orders", url: "https://shop.example/login", loads: []Load{script(entry, 200)}}},
		"a sign-in that was asked for":              {"", mailOnly, false, circumstances{asked: "https://shop.example/login", url: "https://shop.example/login"}},
		"hidden words":                              {"", ordinary(`<div hidden><h1>Just a moment...</h1></div><div style="display: none"><h2>Checking your browser</h2></div>`), false, circumstances{}},
		"a shop whose head has a form to sign in":   {"", `<header><form action="/login"><input type="email" name="email"><input type="password" name="pw"><button>Log in</button></form></header>` + ordinary(""), false, circumstances{asked: "https://shop.example/p"}},
		"a captcha beside content":                  {"", ordinary(`<div class="cf-turnstile"></div><iframe src="https://challenges.cloudflare.com/x" width="300" height="65"></iframe>`), false, circumstances{}},
		"a captcha over all of it, by its style":    {crawler.GapWall, ordinary(`<iframe src="https://geo.captcha-delivery.com/captcha/?x=1" style="width: 100vw; height:100vh"></iframe>`), false, circumstances{}},
	} {
		f := c.of(t, c.sample)
		f.AsSent, f.Asks, f.Claimed = true, c.asks, false
		got := f.Instead()
		if c.want == "" {
			if got != nil {
				assert.Fail(t, "taken for something else", "%s: %s", name, got.Text)
			}
		} else if assert.NotNil(t, got, "taken for the page: %s", name) {
			assert.Equal(t, c.want, got.Kind, "%s: %s", name, got.Text)
		}
	}
}
