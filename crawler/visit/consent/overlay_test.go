package consent_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/fixtures"
)

// What asks for something else with a consent dialog's buttons is left alone, over a consent bar and without one.
func TestOtherOverlaysAreNoConsentDialogs(t *testing.T) {
	t.Parallel()
	const (
		page   = `<!doctype html><link rel=icon href="data:,"><h1>Blue jackets</h1><p>Made of wool, in three sizes, and sent within two days.</p>`
		told   = `<script>const tell = (w) => navigator.sendBeacon('https://v.example/told?' + w)</script>`
		letter = `<div role=dialog style="position:fixed;inset:0;z-index:99;background:#fff">10% off! I consent to get e-mails, see our <a href="/privacy">privacy policy</a>.<input type=email placeholder="Your e-mail"><button onclick="tell('letter'); this.parentNode.remove()">No thanks</button><button onclick="tell('letter')">Continue</button></div>`
		notify = `<div style="position:fixed;top:0;z-index:99;background:#fff">Allow notifications about news? We respect your data, see <a href="/privacy">privacy</a>.<button onclick="tell('notify'); this.parentNode.remove()">Allow</button><button onclick="tell('notify'); this.parentNode.remove()">No thanks</button></div>`
		bar    = `<div id=bar style="position:fixed;bottom:0;z-index:9">We use cookies. <button onclick="tell('accepted'); document.cookie = 'c=all'; bar.remove()">Accept all</button><button onclick="tell('rejected'); document.cookie = 'c=none'; bar.remove()">Reject all</button></div>`
	)
	pages := map[string]string{"/letter": letter, "/notify": notify, "/both": letter + bar, "/all": notify + bar}
	shop := http.NewServeMux()
	for path, over := range pages {
		shop.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, page+told+over)
		})
	}
	v, server := browser(t, fixtures.Site{Name: "overlays", URL: "https://shop.example/", Hosts: map[string]http.Handler{"shop.example": shop}})
	for path, seen := range map[string]bool{"/letter": false, "/notify": false, "/both": true, "/all": true} {
		for _, want := range []crawler.Consent{crawler.Rejected, crawler.Accepted} {
			profile := fmt.Sprint(path, want)
			before := len(server.Received())
			p, _ := see(t, v, crawler.Task{URL: "https://shop.example" + path, Profile: profile, Consent: want})
			assert.Equal(t, seen, p.Dialog.Seen, "%s %s", path, want)
			var got []string
			for _, r := range server.Received()[before:] {
				if r.Host == "v.example" {
					got = append(got, r.URL)
				}
			}
			if !seen {
				assert.Empty(t, got, "%s was answered as if it were consent", path)
				assert.Equal(t, "unknown", p.Dialog.State, path)
				continue
			}
			assert.Equal(t, []string{"https://v.example/told?" + string(want)}, got, path)
			assert.Equal(t, string(want), p.Dialog.State, "%s: %s", path, p.Dialog.Detail)
		}
	}
}
