package har

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func cookiesOf(list []crawler.Event) []crawler.Cookie {
	var out []crawler.Cookie
	for _, ev := range list {
		if ev.Cookie != nil {
			out = append(out, *ev.Cookie)
		}
	}
	return out
}

func TestCookiesOfEntries(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	const page = `{"id":"1","title":"https://shop.test/"}`
	entry := func(request, response string) string {
		return `{"_id":"r","pageref":"1","startedDateTime":"2026-03-01T10:00:00Z","request":{"url":"https://www.shop.test/",` + request + `},"response":{"status":200,` + response + `}}`
	}
	sent := crawler.Cookie{Page: "1", Consent: crawler.Unknown, Name: "id", Value: "7=8", Domain: "www.shop.test"}
	for name, c := range map[string]struct {
		entry string
		want  []crawler.Cookie
	}{
		"of a header": {entry(header("cookie", "id=7=8")+`"x":0`, `"headers":[]`), []crawler.Cookie{sent}},
		"of a list, with what it says": {entry(`"cookies":[{"name":"id","value":"7","domain":".shop.test","path":"/","expires":"2027-03-01T10:00:00Z","httpOnly":true,"secure":true,"sameSite":"Lax"}]`, `"headers":[]`),
			[]crawler.Cookie{{Page: "1", Consent: crawler.Unknown, Name: "id", Value: "7", Domain: ".shop.test", Path: "/", Expires: at.AddDate(1, 0, 0), HTTPOnly: true, Secure: true, SameSite: "Lax"}}},
		"set": {entry(`"x":0`, `"headers":[{"name":"Set-Cookie","value":"id=7; Max-Age=60; Path=/a; Domain=Shop.test; HttpOnly; SameSite=None; Secure\nb=2"}]`),
			[]crawler.Cookie{
				{Page: "1", Consent: crawler.Unknown, Name: "id", Value: "7", Domain: "shop.test", Path: "/a", Expires: at.Add(time.Minute), HTTPOnly: true, Secure: true, SameSite: "None", SetBy: "r"},
				{Page: "1", Consent: crawler.Unknown, Name: "b", Value: "2", Domain: "www.shop.test", SetBy: "r"},
			}},
		"set, as a list": {entry(`"x":0`, `"cookies":[{"name":"id","value":"7"}]`), []crawler.Cookie{{Page: "1", Consent: crawler.Unknown, Name: "id", Value: "7", Domain: "www.shop.test", SetBy: "r"}}},
		"deleted":        {entry(`"x":0`, `"headers":[{"name":"set-cookie","value":"id=; expires=Thu, 01 Jan 1970 00:00:00 GMT"},{"name":"set-cookie","value":"b=1; Max-Age=0"}]`), nil},
		"told once":      {entry(header("cookie", "id=7=8; id=7=8")+`"x":0`, `"headers":[]`) + "," + entry(header("cookie", "id=7=8")+`"x":0`, `"headers":[]`), []crawler.Cookie{sent}},
		"never sent":     {`{"_fromCache":"memory",` + entry(header("cookie", "id=7")+`"x":0`, `"headers":[]`)[1:], nil},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, cookiesOf(readAll(t, Read(strings.NewReader(har(page, c.entry))))))
		})
	}
}

func TestHARsWithoutTheirCookies(t *testing.T) {
	at := func(second int, url, request, response string) string {
		return fmt.Sprintf(`{"pageref":"1","startedDateTime":"2026-03-01T10:00:%02dZ","time":10,"request":{"method":"GET","url":%q,"httpVersion":"HTTP/1.1",%s"bodySize":0},"response":{"status":200,%s"content":{"mimeType":"text/html"}}}`,
			second, url, request, response)
	}
	set := func(cookie string) string { return header("Set-Cookie", cookie) }
	const own = "https://shop.test/"
	const chrome = `"headers":[{"name":"Host","value":"shop.test"},{"name":"User-Agent","value":"Mozilla/5.0 Chrome/142.0.0.0 Safari/537.36"}],`
	plain := len("GET / HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: Mozilla/5.0 Chrome/142.0.0.0 Safari/537.36\r\n\r\n")
	size := func(n int) string { return fmt.Sprintf(`"headersSize":%d,`, n) }
	const notCarried, taken = "the site set cookies, and requests to it carry none", "headers were taken out of requests: they are shorter than they were"
	for name, c := range map[string]struct{ tool, entries, text string }{
		"set and not carried":        {"X", at(0, own, "", set("id=7")) + "," + at(5, own, "", ""), notCarried},
		"set for the whole site":     {"X", at(0, own, "", set("id=7; Domain=shop.test; Path=/")) + "," + at(5, "https://cdn.shop.test/a", "", ""), notCarried},
		"replaced by placeholders":   {"X", at(0, own, header("Cookie", "id=[REDACTED]; b=***"), ""), "the cookies of requests are replaced by placeholders"},
		"taken out, by their length": {"WebInspector", at(0, own, chrome+size(plain+40), ""), taken},
		"taken out of all to a host": {"WebInspector", at(0, own, chrome+size(plain+40), "") + "," + at(1, "https://a.test/", chrome+size(plain), ""), taken},

		"a site without cookies":     {"WebInspector", at(0, own, chrome+size(plain), "") + "," + at(5, own, chrome+size(plain), ""), ""},
		"over HTTP/2":                {"WebInspector", at(0, own, chrome+size(-1), ""), ""},
		"lines counted otherwise":    {"WebInspector", at(0, own, chrome+size(plain+4), ""), ""},
		"another tool's idea":        {"X", at(0, own, chrome+size(plain+400), ""), ""},
		"not of every request":       {"WebInspector", at(0, own, chrome+size(plain+40), "") + "," + at(1, own, chrome+size(plain), ""), ""},
		"carried":                    {"X", at(0, own, "", set("id=7")) + "," + at(5, own, header("Cookie", "id=7"), ""), ""},
		"some request carries one":   {"X", at(0, own, "", set("id=7")) + "," + at(5, own, "", "") + "," + at(6, "https://t.test/", header("Cookie", "x=1"), ""), ""},
		"set and deleted":            {"X", at(0, own, "", set("id=7; Max-Age=0")) + "," + at(5, own, "", ""), ""},
		"set for another path":       {"X", at(0, own, "", set("id=7; Path=/admin")) + "," + at(5, own, "", ""), ""},
		"asked before it was set":    {"X", at(0, own, "", set("id=7")) + "," + at(0, own, "", ""), ""},
		"a third party's is blocked": {"X", at(0, "https://t.test/", "", set("id=7")) + "," + at(5, "https://t.test/", "", ""), ""},
		"a script's file without":    {"X", at(0, own, "", set("id=7")) + "," + strings.Replace(at(0, "https://shop.test/a.js", "", ""), "text/html", "text/javascript", 1), notCarried},
		"a script asked without":     {"X", at(0, own, "", set("id=7")) + "," + strings.Replace(at(5, "https://shop.test/api", "", ""), "text/html", "application/json", 1), ""},
		"from another origin":        {"X", at(0, own, "", set("id=7; Domain=shop.test")) + "," + at(5, "https://cdn.shop.test/", header("Sec-Fetch-Site", "same-site"), ""), ""},
		"the value is what a user x": {"X", at(0, own, header("Cookie", "theme=hidden; id=7"), ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := strings.Replace(har(`{"id":"1","title":"https://shop.test/"}`, c.entries), `"name":"X"`, fmt.Sprintf(`"name":%q`, c.tool), 1)
			gaps := gapsOf(readAll(t, Read(strings.NewReader(in))))
			if c.text == "" {
				assert.Empty(t, gaps)
				return
			}
			require.Len(t, gaps, 1)
			assert.Equal(t, crawler.GapHARNoCookies, gaps[0].Kind)
			assert.Equal(t, c.text, gaps[0].Text)
		})
	}
}

// DevTools leave cookies out since Chrome 130. Where nothing shows whether there were any, that is said and no more.
func TestWhatDevToolsMayHaveLeftOut(t *testing.T) {
	for agent, want := range map[string]bool{"Mozilla/5.0 Chrome/142.0.0.0 Safari/537.36": true, "Mozilla/5.0 Chrome/129.0.0.0 Safari/537.36": false, "Mozilla/5.0 Firefox/140": false} {
		in := strings.Replace(har(`{"id":"1","title":"https://shop.test/"}`, loaded("https://shop.test/", "User-Agent", agent)), `"name":"X"`, `"name":"WebInspector"`, 1)
		events := readAll(t, Read(strings.NewReader(in)))
		assert.Empty(t, gapsOf(events))
		n := 0
		for _, ev := range events {
			if ev.Gap != nil && ev.Gap.Kind == crawler.GapHARUnproven {
				n++
				assert.Equal(t, want, strings.HasSuffix(ev.Gap.Text, "DevTools leave out unless told not to"), agent)
			}
		}
		assert.Equal(t, 1, n, "once")
	}
}
