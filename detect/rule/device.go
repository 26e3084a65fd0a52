package rule

import (
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// UserAgentText finds user agent strings in payloads.
var UserAgentText = Rule{
	ID:     "user-agent-in-payload",
	Class:  UserAgent,
	Doc:    "The browser's user agent string in a query or body. The header, which every server is sent, is no finding.",
	Why:    "It is kept with the profile, and it is a part of every fingerprint.",
	Do:     "Switch off the collection of device properties where the vendor can.",
	Needs:  NeedLeaf | NeedLong,
	Find:   findUserAgent,
	Hits:   []Sample{{Body: `{"context":{"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"}}`, Text: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"}},
	Misses: []Sample{{Header: "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"}, {Body: `{"x":"Mozilla Foundation is nice"}`}, {Body: `{"useragent":"Mozilla/5.0"}`}},
}

func findUserAgent(c *Context, yield func(Match)) {
	i := strings.Index(c.v, "Mozilla/5.0 (")
	if i < 0 || len(c.v) > 4096 {
		return
	}
	end := len(c.v)
	if i > 0 {
		if j := strings.IndexAny(c.v[i:], "\"\n"); j > 0 {
			end = i + j
		}
	}
	if end-i < 30 {
		return
	}
	m := c.span(i, end, ByPattern, Certain)
	m.Key = "user_agent"
	yield(m)
}

// HintsField finds high-entropy client hints in payloads.
var HintsField = Rule{
	ID:     "client-hints-in-payload",
	Class:  Hints,
	Doc:    "Client hints of high entropy in a payload: full version list, platform version, model, architecture.",
	Why:    "They tell devices apart that the user agent string no longer does.",
	Do:     "Do not grant them by Permissions-Policy (ch-ua-full-version-list=() and so on).",
	Needs:  NeedLeaf,
	Names:  true,
	Find:   findHints,
	Hits:   []Sample{{URL: "https://vendor.example/g/collect?uafvl=Chromium%3B126.0.6478.61%7CNot%252FA%29Brand%3B8.0.0.0&uapv=15.0.0", Text: "15.0.0"}},
	Misses: []Sample{{URL: "https://vendor.example/c?uam=&uab=null"}, {Body: `{"uaw":0}`}, {Body: `{"uap":""}`}, {Body: `{"uaw":false}`}, {URL: "https://vendor.example/c?u_aw=1280&u_ah=720"}},
}

func findHints(c *Context, yield func(Match)) {
	if isNothing(c.v) || len(c.v) > 600 || c.f.Kind == decode.Bool || c.name.flat == "uaw" && len(c.v) > 1 {
		return // u_aw is the width of the screen; uaw, whether it is Windows on Windows, is one digit
	}
	yield(c.whole(ByField, Certain))
}

// ScreenField finds screen and window sizes.
var ScreenField = Rule{
	ID:     "screen-field",
	Class:  Screen,
	Doc:    "The size of screen or window, in a field that is named for it.",
	Why:    "It is a part of every fingerprint.",
	Do:     "Nothing by itself; count it in.",
	Needs:  NeedLeaf | NeedDigit,
	Names:  true,
	Find:   findScreen,
	Hits:   []Sample{{URL: "https://vendor.example/g/collect?sr=1920x1080", Text: "1920x1080"}, {Body: `{"context":{"screen":{"width":1,"innerWidth":1280}}}`, Text: "1280"}, {Body: `{"$screen_height":1080}`, Text: "1080"}},
	Misses: []Sample{{Body: `{"sr":"abc1"}`}, {Body: `{"screen":"HomeScreen1"}`}, {Body: `{"sw":1}`}, {Body: `{"resolution":"72dpi"}`}, {Body: `{"screen":"/home/2"}`}, {URL: "https://img.example/p.jpg?w=640&dpr=2"}},
}

func findScreen(c *Context, yield func(Match)) {
	parts := strings.FieldsFunc(c.v, func(r rune) bool { return strings.ContainsRune("x×X*,; ", r) })
	if len(parts) == 0 || len(parts) > 3 {
		return
	}
	flat := c.name.flat
	small := strings.Contains(flat, "ratio") || strings.Contains(flat, "depth") || flat == "dpr" || strings.Contains(flat, "density")
	if small && c.f.Where == decode.Query && !c.aboutVisitor() {
		return // an image in the density of the screen
	}
	for i, p := range parts {
		n, err := strconv.ParseFloat(p, 64)
		if err != nil || n > 16384 || !small && i < 2 && n < 100 || small && n > 64 {
			return
		}
	}
	if c.name.has(alien) && !strings.Contains(flat, "browser") && !strings.Contains(flat, "screen") && !strings.Contains(flat, "view") {
		return
	}
	yield(c.whole(ByField, Likely))
}

// LocaleField finds the visitor's language and time zone.
var LocaleField = Rule{
	ID:     "locale-field",
	Class:  Locale,
	Doc:    "The browser's language with its region, or its time zone.",
	Why:    "It is a part of every fingerprint, and a coarse location.",
	Do:     "Nothing by itself; count it in.",
	Needs:  NeedLeaf,
	Names:  true,
	Find:   findLocale,
	Hits:   []Sample{{Body: `{"context":{"timezone":"Europe/Vienna"}}`, Text: "Europe/Vienna"}, {URL: "https://vendor.example/g/collect?ul=de-at", Text: "de-at"}, {Body: `{"language":"pt-BR"}`, Text: "pt-BR"}, {Body: `{"tz_offset":-120}`, Text: "-120"}},
	Misses: []Sample{{Body: `{"lang":"javascript"}`}, {Body: `{"lang":"en"}`}, {Body: `{"timezone":"auto"}`}, {Body: `{"language":"null"}`}, {URL: "https://cms.example/entries?locale=de-AT&include=3"}, {URL: "https://cal.example/free?from=2025-12-01&tz=UTC"}},
}

func findLocale(c *Context, yield func(Match)) {
	v := c.v
	if len(v) > 60 || isNothing(v) && !(c.name.has(zoneName) && v == "0") {
		return
	}
	if c.chosen() {
		return
	}
	if c.name.has(zoneName) {
		if _, err := strconv.Atoi(v); err == nil && len(v) <= 7 || timeZone(v) {
			yield(c.whole(ByField, Certain))
		}
		return
	}
	own := strings.Contains(c.name.flat, "browser") || strings.Contains(c.name.flat, "user") || strings.Contains(c.name.flat, "device") || c.name.flat == "ul"
	if language(v, own) && !c.foreign() {
		yield(c.whole(ByField, Likely))
	}
}

// chosen reports a language or time zone that a URL asks for: ?locale=de-AT, with nothing else about the visitor beside it.
func (c *Context) chosen() bool {
	if c.f.Where != decode.Query || c.f.Parent >= 0 && c.Tree.Fields[c.f.Parent].Parent >= 0 {
		return false
	}
	switch c.name.flat {
	case "locale", "lang", "language", "hl", "tz", "timezone":
		return !c.aboutVisitor()
	}
	return false
}

// aboutVisitor reports a sibling that tells of the visitor, the browser or the page.
func (c *Context) aboutVisitor() bool {
	return c.beside(ClientID, SessionID, UserID, SyncedID, ClickID, Email, Phone, UserAgent, Hints, Screen, PageURL, Referrer, Title)
}

func timeZone(v string) bool {
	area, city, ok := strings.Cut(v, "/")
	switch area {
	case "Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian", "Antarctica", "Arctic", "Etc":
		return ok && city != ""
	}
	return v == "UTC" || strings.HasPrefix(v, "GMT") || strings.HasPrefix(v, "UTC") && len(v) <= 9 || len(v) == 6 && (v[0] == '+' || v[0] == '-') && v[3] == ':'
}

// language reports a language tag; one without a region counts only in a field that is the browser's own.
func language(v string, own bool) bool {
	first, _, more := strings.Cut(v, ",")
	first, _, _ = strings.Cut(first, ";")
	lang, region, ok := strings.Cut(strings.ReplaceAll(first, "_", "-"), "-")
	if len(lang) < 2 || len(lang) > 3 || letterShare(lang) < 100 {
		return false
	}
	return ok && len(region) >= 2 && len(region) <= 8 || own && !ok && len(lang) == 2 || more && len(lang) == 2
}
