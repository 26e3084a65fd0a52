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
	t.Parallel()
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

// switched has switches that only say how they stand, a button to switch them off, and no blank between its buttons.
const switched = `<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><h1>Lampen</h1>
<div id=first role=dialog style="position:fixed;bottom:0;background:#fff"><p>Wir nutzen Cookies für <b>S</b>tatistik.<br>Einverstanden?</p>` +
	`<button onclick="done('yes')">Zustimmen</button><button onclick="first.remove(); second.hidden = false">Optionen</button></div>
<div id=second role=dialog hidden style="position:fixed;bottom:0;background:#fff"><p>Statistik <button role=switch aria-checked=true onclick="turn(this)">AN</button></p>
<div><h4>Werbung</h4> Wir zeigen, was passt. <button role=switch aria-checked=true onclick="turn(this)">An</button></div>
<p>Karten <button role=switch aria-checked=true onclick="turn(this)">AN</button></p>
<button onclick="on().forEach(turn)">Alle abwählen</button><button onclick="done(on().length ? 'yes' : 'no')">Speichern</button></div>
<script>const on = () => document.querySelectorAll('[aria-checked=true]');
const turn = (e) => { const v = e.ariaChecked !== 'true'; e.ariaChecked = v; e.textContent = v ? 'AN' : 'AUS' };
const done = (c) => { document.cookie = 'cookie_consent=' + c; first?.remove(); second.remove() }</script>`

func TestSwitchesAreToldByWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	v, _ := browser(t, fixtures.Site{Name: "switches", URL: "https://shop.example/", Hosts: map[string]http.Handler{"shop.example": page(switched)}})
	p, _ := see(t, v, crawler.Task{URL: "https://shop.example/", Profile: "p", Consent: crawler.Rejected})
	d := p.Dialog
	assert.Equal(t, crawler.Rejected, d.Recorded, d.Detail)
	assert.Equal(t, 3, d.Clicks, "options, all off, save")
	assert.Equal(t, []string{"statistik", "werbung", "karten"}, d.Ticked)
	assert.Equal(t, "Wir nutzen Cookies für Statistik. Einverstanden? Zustimmen Optionen", d.Text)
}

// Who does not mind agrees: a label with a negation is no refusal by that.
func TestNotToMindIsNoRefusal(t *testing.T) {
	t.Parallel()
	const asks = `<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><h1>Lamps</h1>
		<div id=bar role=dialog style="position:fixed;bottom:0;background:#fff">We use cookies to measure our audience.
		<button onclick="done('yes')">Yes, I don't mind cookies</button> <button onclick="done('no')">No, thanks</button></div>
		<script>const done = (c) => { document.cookie = 'cookie_consent=' + c; bar.remove() }</script>`
	v, _ := browser(t, fixtures.Site{Name: "mind", URL: "https://shop.example/", Hosts: map[string]http.Handler{"shop.example": page(asks)}})
	for _, want := range []crawler.Consent{crawler.Accepted, crawler.Rejected} {
		p, _ := see(t, v, crawler.Task{URL: "https://shop.example/", Profile: string(want), Consent: want})
		assert.Equal(t, want, p.Dialog.Recorded, p.Dialog.Detail)
		assert.True(t, p.Dialog.Verified, want)
	}
}
