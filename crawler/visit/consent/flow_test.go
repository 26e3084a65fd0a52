package consent_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/visit"
	"github.com/tagscan/tagscan/fixtures"
)

// signIn is a form; what is sent from it stands in the address. trap holds the focus as long as its dialog is open.
const (
	signIn = `<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><body>
		<form action="/in"><label>User <input id=user name=user></label><label>Word <input id=word name=word type=password></label><button id=go>Sign in</button></form>`
	trap = `<div id=bar role=dialog aria-modal=true style="position:fixed;bottom:0;z-index:9;background:#fff">We use cookies on this site.
		<button id=no onclick="choose('none')">Reject all</button><button id=yes onclick="choose('all')">Accept all</button></div>
		<script>const choose = (v) => { document.cookie = 'choice=' + v + ';path=/'; bar.remove() };
		document.addEventListener('focusin', (e) => { if (bar.isConnected && !bar.contains(e.target)) yes.focus() })</script>`
	// What is typed is cut, whatever is done about the dialog.
	cuts  = `<script>user.addEventListener('input', () => { user.value = user.value.slice(0, 4) })</script>`
	upper = `<script>user.addEventListener('input', () => { user.value = user.value.toUpperCase() })</script>`
	// As above, once the field has lost the focus.
	empties = `<script>user.addEventListener('blur', () => setTimeout(() => { user.value = '' }, 50))</script>`
	regroup = `<script>user.addEventListener('blur', () => setTimeout(() => { user.value = user.value.toUpperCase() }, 50))</script>`
	// The form is sent by script and is empty after that.
	resets = `<script>go.type = 'button'; go.onclick = () => { fetch('/in?user=' + encodeURIComponent(user.value)); user.value = word.value = '' }</script>`
)

const (
	typesIn = `{"type": "navigate", "url": "https://shop.example/PAGE"},
		{"type": "change", "selectors": [["#user"]], "value": "jo.doe@example.org"}, {"type": "change", "selectors": [["#word"]], "value": "secret-word"},`
	pressesGo = `{"type": "click", "selectors": [["#go"]], "assertedEvents": [{"type": "navigation"}]}`
	accepts   = `{"type": "click", "selectors": [["aria/Accept all"], ["#yes"]], "timeout": 300},`
)

// A recording is typed whole although a dialog takes the focus, and fails by name where it is not.
func TestRecordingsAreTypedWhole(t *testing.T) {
	t.Parallel()
	shop := http.NewServeMux()
	for path, html := range map[string]string{"trap": signIn + trap, "cuts": signIn + cuts, "upper": signIn + upper,
		"empties": signIn + empties, "regroup": signIn + regroup, "resets": signIn + resets, "in": `<!doctype html><link rel=icon href="data:,"><h1>Hello</h1>`} {
		shop.HandleFunc("/"+path, page(html))
	}
	for name, c := range map[string]struct {
		page, steps string
		consent     crawler.Consent
		sent        string
		fails       string
	}{
		"the dialog is answered first":   {"trap", typesIn + pressesGo, crawler.Rejected, "/in?user=jo.doe%40example.org&word=secret-word", ""},
		"the recording answers it, late": {"trap", typesIn + accepts + pressesGo, crawler.Accepted, "/in?user=jo.doe%40example.org&word=secret-word", ""},
		"nobody may answer it":           {"trap", typesIn + pressesGo, crawler.Unasked, "", "step 2 (change #user): the field does not hold what was typed into it"},
		"the site cuts it":               {"cuts", typesIn + pressesGo, crawler.Rejected, "", "step 2 (change #user): the field does not hold what was typed into it"},
		"the site empties it later":      {"empties", typesIn + pressesGo, crawler.Rejected, "", "step 2 (change #user): the field does not hold any more what was typed into it"},
		"it does, and nothing is sent":   {"empties", strings.TrimSuffix(typesIn, ","), crawler.Rejected, "", "step 2 (change #user): the field does not hold any more what was typed into it"},
		"the site writes it so later":    {"regroup", typesIn + pressesGo, crawler.Rejected, "/in?user=JO.DOE%40EXAMPLE.ORG&word=secret-word", ""},
		"the form is empty once sent":    {"resets", typesIn + pressesGo, crawler.Rejected, "/in?user=jo.doe%40example.org", ""},
		"the site writes it otherwise":   {"upper", typesIn + pressesGo, crawler.Rejected, "/in?user=JO.DOE%40EXAMPLE.ORG&word=secret-word", ""},
	} {
		t.Run(name, func(t *testing.T) {
			steps := `{"timeout": 2000, "steps": [` + strings.ReplaceAll(c.steps, "PAGE", c.page) + `]}`
			rec, err := visit.ReadRecording(strings.NewReader(steps), func(string) (string, bool) { return "", false })
			require.NoError(t, err)
			site := fixtures.Site{Name: "flow", URL: "https://shop.example/", Hosts: map[string]http.Handler{"shop.example": shop}}
			v, server := browserWith(t, site, visit.Options{Dwell: time.Second, Recording: rec})
			last, _ := see(t, v, crawler.Task{URL: "https://shop.example/in", Profile: "p", Consent: c.consent})
			sent := ""
			for _, r := range server.Received() {
				if _, query, ok := strings.Cut(r.URL, "/in?"); ok {
					sent = "/in?" + query
				}
			}
			assert.Equal(t, c.sent, sent)
			if c.fails == "" {
				assert.Equal(t, crawler.Complete, last.Outcome, last.Reason)
				return
			}
			assert.Equal(t, crawler.Blocked, last.Outcome)
			assert.Contains(t, last.Reason, c.fails)
			assert.NotContains(t, last.Reason, "example.org")
		})
	}
}
