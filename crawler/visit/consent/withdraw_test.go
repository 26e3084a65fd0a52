package consent_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/crawler/visit/consent"
	"github.com/tagscan/tagscan/fixtures"
	pages "github.com/tagscan/tagscan/fixtures/consent"
)

// banner asks until a choice is kept, and lets a tag run after yes.
const banner = `<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><body><h1>Lamps</h1>
<div id=bar hidden style="position:fixed;bottom:0;z-index:9;background:#fff">We use cookies on this site. <button onclick="choose('none')">Reject all</button><button onclick="choose('all')">Accept all</button></div>
<script>const kept = () => (document.cookie.match(/choice=(\w+)/) || [])[1];
const choose = (v) => { document.cookie = 'choice=' + v + ';path=/'; bar.hidden = true; run() };
const run = () => { if (kept() === 'all') new Image().src = 'https://v.example/hit?' + Math.random() };
if (kept()) run(); else bar.hidden = false</script>`

// Ways in which sites let consent be taken back; and such as only pretend to.
var withdrawals = map[string]struct {
	html string
	why  string // the gap; empty: it is proven
}{
	"reopens the bar": {`<footer><a href="#" onclick="bar.hidden = false; return false">Cookie settings</a></footer>`, ""},
	"at once":         {`<footer><a href="#" onclick="document.cookie='choice=none;path=/'; return false">Einwilligung widerrufen</a></footer>`, ""},
	"deletes the record": {`<button style="position:fixed;bottom:0;left:0" aria-label="Withdraw consent"
		onclick="document.cookie='choice=;path=/;max-age=0'">✕</button>`, ""},
	"only pretends": {`<footer><a href="#" onclick="document.body.insertAdjacentHTML('beforeend', other); return false">Manage cookies</a></footer><script>
		const other = '<div role=dialog style="position:fixed;top:0;z-index:9;background:#fff">Your cookie preferences <button onclick="this.parentNode.remove()">Reject all</button></div>'</script>`,
		`the choice "withdrawn" was made and is not proven to have been taken: the record still says yes (what the site itself keeps)`},
	"no way": {`<footer><a href="/privacy">Privacy policy</a> <a href="/terms">Widerrufsbelehrung</a></footer>`, "no way to withdraw consent was found"},
}

// comeThrice makes the visits of a visitor who consents, withdraws and comes again, and returns the gaps.
func comeThrice(t *testing.T, v *visit.Visitor, url, profile string) (last *crawler.Page, sent []*crawler.Request, gaps []crawler.Gap) {
	t.Helper()
	var proof consent.Proof
	task := crawler.Task{URL: url, Profile: profile, Consent: crawler.Withdrawn}
	defer v.End(profile)
	for visit := range 3 {
		last, sent = see(t, v, task)
		require.NotNil(t, last.Dialog)
		if visit == 0 {
			require.Equal(t, crawler.Accepted, last.Dialog.Action, last.Dialog.Detail)
		}
		proof.Page(last)
	}
	return last, sent, proof.Gaps()
}

func TestConsentIsWithdrawnByTheSitesOwnMeans(t *testing.T) {
	t.Parallel()
	shop := http.NewServeMux()
	for name, w := range withdrawals {
		shop.HandleFunc("/"+pathOf(name), page(banner+w.html))
	}
	// Each site has a host of its own, for they keep the same cookie.
	hosts := map[string]http.Handler{}
	for name := range withdrawals {
		hosts[pathOf(name)+".example"] = shop
	}
	v, _ := browser(t, fixtures.Site{Name: "withdraw", URL: "https://no-way.example/no-way", Hosts: hosts})
	for name, w := range withdrawals {
		t.Run(name, func(t *testing.T) {
			last, sent, gaps := comeThrice(t, v, "https://"+pathOf(name)+".example/"+pathOf(name), name)
			if w.why != "" {
				if assert.Len(t, gaps, 1) {
					assert.Equal(t, w.why, gaps[0].Text)
				}
				return
			}
			assert.Empty(t, gaps)
			assert.Equal(t, "withdrawn", last.Dialog.State)
			for _, r := range sent {
				assert.Equal(t, crawler.Withdrawn, r.Consent, r.URL)
			}
		})
	}
}

// Of the real tools some have no button to refuse any more once somebody has agreed.
func TestRealToolsTakeConsentBack(t *testing.T) {
	t.Parallel()
	site, err := pages.Site(pages.Bundles(t))
	require.NoError(t, err)
	v, _ := browser(t, site)
	for _, name := range []string{"klaro", "vanilla-cookieconsent", "tarteaucitron"} {
		t.Run(name, func(t *testing.T) {
			last, _, gaps := comeThrice(t, v, "https://"+name+".harbour-lamps.example/", name)
			assert.Empty(t, gaps)
			assert.Equal(t, crawler.Rejected, last.Dialog.Recorded, "%+v", last.Dialog)
		})
	}
}
