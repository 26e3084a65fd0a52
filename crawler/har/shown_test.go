package har

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// reply is an answer with a status, HTML and headers: names and values in turn. No HTML: the file does not have it.
func reply(status int, html string, headers ...string) string {
	var list []string
	for i := 0; i < len(headers); i += 2 {
		list = append(list, fmt.Sprintf(`{"name":%q,"value":%q}`, headers[i], headers[i+1]))
	}
	text := ""
	if html != "" {
		text = `,"text":` + strconv.Quote(html)
	}
	return fmt.Sprintf(`"status":%d,"headers":[%s],"content":{"size":900,"mimeType":"text/html"%s}`, status, strings.Join(list, ","), text)
}

// A page of which the file has the document is held to it as one that was visited is.
func TestWhatIsShownInsteadOfAPage(t *testing.T) {
	const shop, root = "https://shop.test/", `<title>Shop</title><div id=root></div><script src=/app.js></script>`
	const wall = `<title>Just a moment...</title><h1>shop.test</h1><script src=/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=1></script>`
	const content = `<h1>Bread</h1><p>We bake it every morning, of rye and of wheat, and sell it at the market until noon.</p><a href=/rye>Rye</a><a href=/wheat>Wheat</a>`
	const signIn = `<title>Sign in</title><h1>Sign in</h1><form><input type=email name=email><input type=password name=pw><button>Sign in</button></form>`
	doc := func(answer string) string { return on("GET", shop, "document", answer) }
	js := func(url string, status int) string {
		return on("GET", url, "script", fmt.Sprintf(`"status":%d,"content":{"mimeType":"text/javascript"}`, status))
	}
	api := on("GET", shop+"api/products", "fetch", `"status":200,"content":{"mimeType":"application/json"}`)
	for name, c := range map[string]struct {
		want    crawler.GapKind
		entries []string
	}{
		"a wall, 200":                                  {crawler.GapWall, []string{doc(reply(200, wall)), js(shop+"cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=1", 200)}},
		"a wall, 403":                                  {crawler.GapWall, []string{doc(reply(403, wall))}},
		"a wall by its header":                         {crawler.GapWall, []string{doc(reply(202, "<p>", "x-amzn-waf-action", "challenge"))}},
		"a waiting room":                               {crawler.GapQueue, []string{doc(reply(200, `<h1>You are now in line.</h1><p>Your estimated wait time is 5 minutes.</p>`, "Set-Cookie", "__cfwaitingroom=abc; Path=/"))}},
		"maintenance":                                  {crawler.GapMaintenance, []string{doc(reply(200, `<title>Maintenance</title><h1>We'll be back soon</h1>`))}},
		"not in the visitor's country":                 {crawler.GapPageBlocked, []string{doc(reply(200, `<h1>This content is not available in your region</h1>`))}},
		"an application whose script is not there":     {crawler.GapEmptyPage, []string{doc(reply(200, root)), js(shop+"app.js", 404), js("https://count.test/c.js", 200)}},
		"led to a sign-in":                             {crawler.GapLogin, []string{doc(reply(302, "", "Location", "/login?next=/")), on("GET", shop+"login?next=/", "document", reply(200, signIn))}},
		"another site's sign-in":                       {crawler.GapLogin, []string{doc(reply(302, "", "Location", "https://id.test/login")), on("GET", "https://id.test/login", "document", reply(200, signIn))}},
		"a gate that names the way back":               {crawler.GapLedElsewhere, []string{doc(reply(302, "", "Location", "https://gate.test/ask?to=https%3A%2F%2Fshop.test%2F")), on("GET", "https://gate.test/ask?to=https%3A%2F%2Fshop.test%2F", "document", reply(200, content))}},
		"a challenge, and then the page":               {"", []string{doc(reply(403, wall)), doc(reply(200, content))}},
		"the page, and then a challenge":               {crawler.GapWall, []string{doc(reply(200, content)), doc(reply(200, wall))}},
		"content":                                      {"", []string{doc(reply(200, content))}},
		"content and a sensor":                         {"", []string{doc(reply(200, content, "Set-Cookie", "_abck=1")), js("https://js.datadome.co/tags.js", 200)}},
		"an application that came and asks":            {"", []string{doc(reply(200, root)), js(shop+"app.js", 200), api}},
		"an application that came":                     {"", []string{doc(reply(200, root)), js(shop+"app.js", 200)}},
		"an application that came, behind a sensor":    {"", []string{doc(reply(200, root)), js(shop+"app.js", 200), js("https://js.datadome.co/tags.js", 200), api}},
		"an application that the cache had":            {"", []string{doc(reply(200, root)), js(shop+"app.js", 304), api}},
		"a form to sign in at the head of a page":      {"", []string{doc(reply(200, `<form><input type=email name=email><input type=password name=pw><button>Log in</button></form>`+content))}},
		"a captcha beside content":                     {"", []string{doc(reply(200, content+`<div class=g-recaptcha></div><iframe src=https://www.google.com/recaptcha/api2/anchor width=304 height=78></iframe>`))}},
		"a sign-in page that was asked for":            {"", []string{on("GET", shop, "document", reply(200, signIn))}},
		"a page that led on to a sign-in when clicked": {"", []string{doc(reply(200, content)), on("GET", shop+"login", "document", reply(200, signIn))}},
		"a wall that the file does not have":           {"", []string{doc(reply(200, "")), js("https://challenges.cloudflare.com/turnstile/v0/api.js", 200)}},
		"a gate of another site":                       {crawler.GapLedElsewhere, []string{doc(reply(302, "", "Location", "https://gate.test/ask")), on("GET", "https://gate.test/ask", "document", reply(200, content))}},
		"a service that refuses in JSON":               {crawler.GapPageBlocked, []string{doc(`"status":200,"content":{"size":23,"mimeType":"application/json","text":"{\"message\":\"Forbidden\"}"}`)}},
		"none of its own scripts is there":             {crawler.GapLoadFailed, []string{doc(reply(200, content)), js(shop+"a.js", 404), js(shop+"b.js", 404)}},
		"moved to another site":                        {"", []string{doc(reply(301, "", "Location", "https://shop-new.test/")), on("GET", "https://shop-new.test/", "document", reply(200, content))}},
		"a frame that is a wall":                       {"", []string{doc(reply(200, content)), on("GET", "https://video.test/", "document", reply(200, wall))}},
	} {
		t.Run(name, func(t *testing.T) {
			events := readAll(t, Read(strings.NewReader(har(`{"id":"p","title":"https://shop.test/"}`, strings.Join(c.entries, ",")))))
			pages := pagesOf(events)
			require.NotEmpty(t, pages)
			if c.want == "" {
				assert.NotEqual(t, crawler.Blocked, pages[0].Outcome, pages[0].Reason)
				assert.Empty(t, pages[0].Gaps)
				return
			}
			assert.Equal(t, []crawler.GapKind{c.want}, kindsOf(pages[0].Gaps), pages[0].Reason)
			assert.Equal(t, c.want == crawler.GapLoadFailed, pages[0].Outcome == crawler.Complete)
			assert.Equal(t, c.want != crawler.GapLedElsewhere && c.want != crawler.GapLoadFailed, pages[0].Outcome == crawler.Blocked)
		})
	}
}
