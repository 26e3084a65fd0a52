package shown

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

// Every wall is told by its own pages, by name, and by none of the ordinary pages that its vendor looks at.
func TestWallsAreToldAndSensorsAreNone(t *testing.T) {
	names := map[string]bool{}
	for _, w := range Walls {
		t.Run(w.Name, func(t *testing.T) {
			assert.False(t, names[w.Name], "there twice")
			names[w.Name] = true
			assert.Contains(t, w.Source, "https://")
			assert.NotEmpty(t, w.Hits)
			assert.NotEmpty(t, w.Misses)
			for _, asSent := range []bool{false, true} {
				for _, sample := range w.Hits {
					f := factsOf(t, sample)
					f.AsSent = asSent
					got := f.Instead()
					if assert.NotNil(t, got, "taken for a page: %s", sample) {
						assert.Equal(t, w.Kind, got.Kind, sample)
						assert.Contains(t, got.Text, w.Name, sample)
					}
				}
				for _, sample := range w.Misses {
					f := factsOf(t, sample)
					f.AsSent = asSent
					if got := f.Instead(); got != nil {
						assert.Fail(t, "an ordinary page is taken for a wall", "%s\n%s", sample, got.Text)
					}
				}
			}
		})
	}
}

// Protections that nobody knows are told by what they say, in any language, if they say nothing else.
func TestUnknownWallsAreToldByTheirWords(t *testing.T) {
	for sample, kind := range map[string]crawler.GapKind{
		`<title>Just a moment...</title><script>check()</script>`:                                                                       crawler.GapWall,
		`<h1>Security check</h1><p>Please wait.</p>`:                                                                                    crawler.GapWall,
		`<p>Checking your browser before accessing shop.example</p><script>1</script>`:                                                  crawler.GapWall,
		`<h1>Sind Sie ein Mensch?</h1><button>Ja</button>`:                                                                              crawler.GapWall,
		`<p>Vérifions que vous n'êtes pas un robot</p>`:                                                                                 crawler.GapWall,
		`<h1>Проверка браузера</h1>`:                                                                                                    crawler.GapWall,
		`<title>安全验证</title>`:                                                                                                           crawler.GapWall,
		`<h1>You are in the queue</h1><p>There are 200 people ahead of you. Estimated wait: 4 minutes.</p>`:                             crawler.GapQueue,
		`<h1>Warteraum</h1><p>Sie befinden sich in der Warteschlange.</p>`:                                                              crawler.GapQueue,
		`<p>Estás en la fila. Tiempo estimado de espera: 4 minutos.</p>`:                                                                crawler.GapQueue,
		`<title>Salle d'attente</title><p>Merci de patienter</p>`:                                                                       crawler.GapQueue,
		"202\n\n<script>check()</script>":                                                                                               crawler.GapWall,
		ordinary(`<iframe src="https://geo.captcha-delivery.com/captcha/?x=1" width="1200" height="800"></iframe>`):                     crawler.GapWall,
		ordinary(`<iframe src="https://geo.captcha-delivery.com/captcha/?x=1" width="300" height="80"></iframe>`):                       "",
		"202\n\n<p>Your order was accepted.</p><script>1</script>":                                                                      "",
		ordinary(`<h2>Verify you are human</h2><p>What captchas are, and why they are shown.</p>`):                                      "",
		`<h1>Why captchas annoy</h1><p>Verify you are human, they say, and show nine traffic lights. ` + long + `</p>`:                  "",
		`<title>Dr Ames</title><h1>Our surgery</h1><p>The waiting room is on the first floor. ` + long + `</p><a href="/team">Team</a>`: "",
	} {
		got := factsOf(t, sample).Instead()
		if kind == "" {
			assert.Nil(t, got, sample)
		} else if assert.NotNil(t, got, sample) {
			assert.Equal(t, kind, got.Kind, sample)
		}
	}
}

// Who is not served for a reason that the page names is told that reason.
func TestRefusedVisitorsAreToldWhy(t *testing.T) {
	for sample, want := range map[string]string{
		`<title>Oops</title><h1>VPN or proxy detected</h1><p>It looks like you are using a VPN, proxy or hosting provider. Please disable it and try again.</p>`: "VPN",
		`<h1>Please turn off your VPN</h1>`: "VPN",
		`<title>Cookies required</title><h1>Please enable cookies</h1><p>Your browser does not accept cookies. Please enable cookies and reload this page to continue.</p>`: "cookies",
	} {
		if got := factsOf(t, sample).Instead(); assert.NotNil(t, got, sample) {
			assert.Equal(t, crawler.GapWall, got.Kind, sample)
			assert.Contains(t, got.Text, want, sample)
		}
	}
}

// long is some sentences of an article.
const long = `There is more to tell of it than fits into a line, so this goes on for a while. It was a long day, and the bus was late, as it is on most days ` +
	`of the week. Then it rained. Nobody had an umbrella, so everybody went into the shop at the corner, which sells nothing but lamps.`
