package consent_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/fixtures"
)

// layered asks in two layers: yes takes one click, no takes three. Nothing is ticked that can be changed but advertising.
const layered = `<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><h1>Lamps</h1>
<div id=first role=dialog style="position:fixed;bottom:0;background:#fff">We use cookies for Analytics and advertising.
<button onclick="done('yes')">Accept all</button><button onclick="first.remove(); second.hidden = false">Settings</button></div>
<div id=second role=dialog hidden style="position:fixed;bottom:0;background:#fff">Cookie settings
<label><input type=checkbox checked disabled> Necessary</label><label><input type=checkbox> Statistics</label>
<label><input type=checkbox checked> Advertising</label><button onclick="done(document.querySelectorAll(':checked').length > 1 ? 'yes' : 'no')">Save</button></div>
<script>const done = (c) => { document.cookie = 'cookie_consent=' + c; first?.remove(); second.remove() }</script>`

// What a dialog says, how many clicks a choice takes and what was ticked before are facts of the page.
func TestADialogIsTakenDownAsItWasFound(t *testing.T) {
	v, _ := browser(t, fixtures.Site{
		Name: "layers", URL: "https://shop.example/", Hosts: map[string]http.Handler{"shop.example": page(layered)},
	})
	for _, c := range []struct {
		want   crawler.Consent
		clicks int
		ticked []string
	}{
		{crawler.Accepted, 1, nil},
		{crawler.Rejected, 3, []string{"advertising"}}, // settings, the box, save
	} {
		p, _ := see(t, v, crawler.Task{URL: "https://shop.example/", Profile: string(c.want), Consent: c.want})
		assert.Equal(t, c.want, p.Dialog.Action, p.Dialog.Detail)
		assert.Contains(t, p.Dialog.Text, "We use cookies for Analytics and advertising.")
		assert.Equal(t, c.clicks, p.Dialog.Clicks, c.want)
		assert.Equal(t, c.ticked, p.Dialog.Ticked, c.want)
	}
}
