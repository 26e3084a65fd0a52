package rule

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tagscan/tagscan/detect/decode"
)

// SearchTerm finds what a visitor searched for.
var SearchTerm = Rule{
	ID:    "search-term",
	Class: Search,
	Doc:   "What the visitor searched for, in a field that is named for it or in the query of a page's address.",
	Why:   "People search for what worries them.",
	Do:    "Cut the query off page addresses, or ask before search terms are passed on.",
	Needs: NeedLeaf,
	Names: true,
	Find:  findSearch,
	Hits:  []Sample{{Body: `{"search_term":"insulin pump"}`, Text: "insulin pump"}, {URL: "https://vendor.example/c?dl=https%3A%2F%2Fshop.example%2Fsearch%3Fq%3Ddivorce%2520lawyer", Text: "divorce lawyer"}, {URL: "https://vendor.example/tr?cd[search_string]=wheelchair", Text: "wheelchair"}},
	Misses: []Sample{{Body: `{"query":"query Viewer { viewer { id } }"}`}, {Body: `{"q":"1"}`}, {Body: `{"query":"SELECT 1 FROM t"}`}, {Body: `{"s":"abc"}`}, {Body: `{"search_term":"{search_term_string}"}`}, {Body: `{"query":"(min-width: 600px)"}`}, {Body: `{"text":"Buy now"}`},
		{URL: "https://vendor.example/c?url=https%3A%2F%2Fweather.example%2F%3Ftd_s%3Dweather.example"}, {URL: "https://vendor.example/c?url=https%3A%2F%2Fads.example%2Fframe%3Fs%3Dbbc.com"}},
}

// weakSearch reports whether a field of a name such as "q" or "term" holds what was searched for: it stands where searches do, and
// neither its name nor its value speaks against it.
func (c *Context) weakSearch() bool {
	name, v := c.name, c.v
	words := strings.Contains(v, " ")
	switch {
	case !c.ofSearch():
		return false
	case name.flat == "text", name.flat == "term" && c.beside(ClickID):
		return false
	case len(name.flat) == 1 && name.flat != "q" && !words:
		return false
	case len(name.tokens) > 1 && len(name.tokens[len(name.tokens)-1]) == 1:
		return false
	}
	return !isHostName(v) && (words || !random(v)) && !strings.HasPrefix(strings.ToLower(v), "select ")
}

// ofSearch reports whether a field stands in the query of a page's address, in that of the request itself under a name that searches
// have, or in an object named for a search.
func (c *Context) ofSearch() bool {
	if strings.Contains(c.f.Path, ".query.") {
		return true
	}
	if c.f.Where == decode.Query && c.f.Parent < 0 {
		switch c.name.flat {
		case "q", "query", "search":
			return true
		}
	}
	n := len(c.name.outer)
	return n > 0 && outerWords[c.name.outer[n-1]]&searchName != 0
}

func findSearch(c *Context, yield func(Match)) {
	v := c.v
	if len(v) < 2 || len(v) > 200 || isNothing(v) || isLabel(v) && c.name.weak || isURL(v) || strings.ContainsAny(v, "{}<>;=()") || letterShare(v) == 0 || digestShape(v) != "" || c.f.Where == decode.Path || isUUID(v) {
		return
	}
	if c.name.weak && !c.weakSearch() {
		return
	}
	m := c.whole(ByField, Likely)
	m.Key = "search_term"
	yield(m)
}

// isHostName reports a name of a host, as frames are told whose page they are on.
func isHostName(v string) bool {
	dot := strings.LastIndexByte(v, '.')
	return dot > 0 && len(v)-dot >= 3 && letterShare(v[dot+1:]) == 100 && !strings.ContainsAny(v, " +/@")
}

// PurchaseField finds orders and what they cost.
var PurchaseField = Rule{
	ID:     "purchase-field",
	Class:  Purchase,
	Doc:    "An order, booking or cart id, or the value of a purchase beside a currency or an order id.",
	Why:    "It says what somebody bought, and an order number leads to name and address at the shop.",
	Do:     "Send a random id for deduplication instead of the order number.",
	Needs:  NeedLeaf | NeedDigit,
	Names:  true,
	Find:   findPurchase,
	Hits:   []Sample{{Body: `{"properties":{"order_id":"A-20931"}}`, Text: "A-20931"}, {Body: `{"revenue":"59.90","currency":"EUR"}`, Text: "59.90"}, {URL: "https://vendor.example/g/collect?ep.transaction_id=T-88121", Text: "T-88121"}},
	Misses: []Sample{{Body: `{"value":"59.90"}`}, {Body: `{"order_id":"0"}`}, {Body: `{"total":12}`}, {Body: `{"order_id":"{{id1}}"}`}, {Body: `{"metric":{"value":0.1,"name":"CLS"}}`}},
}

func findPurchase(c *Context, yield func(Match)) {
	v := c.v
	if len(v) > 80 || isNothing(v) || isURL(v) || strings.ContainsAny(v, "<>{}\"") {
		return
	}
	if c.name.weak {
		x, err := strconv.ParseFloat(strings.ReplaceAll(v, ",", "."), 64)
		if err != nil || x <= 0 || !c.besidePurchase() || c.name.flat != "revenue" && !c.inPurchase() {
			return
		}
	} else if strings.Contains(v, " ") || strings.Trim(v, "0.") == "" {
		return
	}
	m := c.whole(ByField, Likely)
	m.Key = ""
	yield(m)
}

// inPurchase reports an amount that is that of a purchase rather than of an offer: beside an order, or in an event.
func (c *Context) inPurchase() bool {
	for _, w := range c.name.outer {
		switch w {
		case "properties", "ecommerce", "custom", "cd", "purchase", "transaction", "order", "params", "ep", "epn", "conversion", "event", "events", "data":
			return true
		}
	}
	for _, n := range c.siblings {
		if n.class == Purchase && !n.weak || n.flat == "event" || n.flat == "en" || n.flat == "eventname" || n.flat == "items" {
			return true
		}
	}
	return false
}

func (c *Context) besidePurchase() bool {
	for _, n := range c.siblings {
		if n.flat == "currency" || n.flat == "currencycode" || n.flat == "cu" || n.class == Purchase && !n.weak {
			return true
		}
	}
	return false
}

// FormInputField finds what was typed into forms.
var FormInputField = Rule{
	ID:     "form-input",
	Class:  FormInput,
	Doc:    "What a visitor typed into a form, as form analytics and chats record it.",
	Why:    "It leaves before the visitor has decided to send it.",
	Do:     "Switch off input capture; mask all inputs (maskAllInputs).",
	Needs:  NeedLeaf,
	Names:  true,
	Find:   findFormInput,
	Hits:   []Sample{{Body: `{"type":"change","inputValue":"I lost my job and"}`, Text: "I lost my job and"}},
	Misses: []Sample{{Body: `{"inputValue":"****"}`}, {Body: `{"form_data":"true"}`}, {Body: `{"field_value":"1"}`}},
}

func findFormInput(c *Context, yield func(Match)) {
	if len(c.v) < 3 || len(c.v) > 2000 || isNothing(c.v) || isLabel(c.v) || letterShare(c.v) < 40 {
		return
	}
	yield(c.whole(ByField, Likely))
}

// ReplayPayload finds recordings of what a visitor saw and did.
var ReplayPayload = Rule{
	ID:    "session-replay",
	Class: Replay,
	Doc:   "A recording of the page and of what was done on it: rrweb events, a snapshot of the DOM, Clarity's payload.",
	Why:   "Everything on the page is in it: names, messages, balances, whatever is typed.",
	Do:    "Mask all text and inputs, block account pages, record a sample only, after consent.",
	Needs: NeedMarkup | NeedLong,
	Find:  findReplay,
	Hits: []Sample{
		{Body: `{"snapshot_data":[{"type":2,"data":{"node":{"type":0,"childNodes":[]},"initialOffset":{"top":0,"left":0}},"timestamp":1700000000000}]}`, Text: `{"snapshot_data":[{"type":2,"data":{"node":{"type":0,"childNodes":[]},"initialOffset":{"top":0,"left":0}},"timestamp":1700000000000}]}`},
		{Body: `{"e":["0.8.70",1,2,3,"abcdefgh","u1","s1",1,1,1],"a":[[100,6,1280,720]],"p":[[0,4,"html"]]}`, Text: `{"e":["0.8.70",1,2,3,"abcdefgh","u1","s1",1,1,1],"a":[[100,6,1280,720]],"p":[[0,4,"html"]]}`},
	},
	Misses: []Sample{{Body: `{"type":2,"data":{"x":1}}`}, {Body: `{"html":"<b>Hi</b> there, this is short"}`}, {Body: `{"e":["click"],"a":[]}`}, {Body: `{"type":3,"data":{"source":"web"}}`}},
}

func findReplay(c *Context, yield func(Match)) {
	v := c.v
	if c.f.Inner && replayEvents(v) || !c.f.Inner && domSnapshot(v) {
		if c.replayBelow() {
			return
		}
		m := c.whole(ByPattern, Certain)
		m.Key = ""
		yield(m)
	}
}

// replayBelow reports whether what was decoded out of the field is a recording itself.
func (c *Context) replayBelow() bool {
	for j := c.i + 1; j < len(c.Tree.Fields) && c.f.Inner; j++ {
		if g := &c.Tree.Fields[j]; g.Parent == c.i && (g.Inner && replayEvents(g.Value)) {
			return true
		}
	}
	return false
}

// replayEvents reports rrweb's full snapshot, incremental events (github.com/rrweb-io/rrweb, docs/recipes/dive-into-event.md)
// and Clarity's envelope (clarity-js, types/data.d.ts).
func replayEvents(v string) bool {
	if len(v) < 40 || v[0] != '{' && v[0] != '[' {
		return false
	}
	head := v[:min(len(v), 256<<10)]
	switch {
	case strings.Contains(head, `"data":{"node":{"type":`), strings.Contains(head, `"childNodes":[`) && strings.Contains(head, `"tagName":`):
		return true
	case strings.HasPrefix(head, `{"e":["0.`) && (strings.Contains(head, `"a":[[`) || strings.Contains(head, `"p":[[`)):
		return true
	}
	if i := strings.Index(head, `"data":{"source":`); i >= 0 && i+17 < len(head) && isDigit(head[i+17]) {
		return strings.Contains(head, `"type":3`) && strings.Contains(head, `"timestamp":`)
	}
	return false
}

// domSnapshot reports a page as HTML text.
func domSnapshot(v string) bool {
	if len(v) < 400 || !utf8.ValidString(v[:min(len(v), 400)]) && !strings.Contains(v[:400], "<") {
		return false
	}
	head := strings.ToLower(v[:min(len(v), 2000)])
	if !strings.Contains(head, "<html") && !strings.Contains(head, "<body") && strings.Count(head, "<div") < 4 {
		return false
	}
	return strings.Count(v, "</") >= 6
}

// ConsentString finds what the visitor chose.
var ConsentString = Rule{
	ID:     "consent-string",
	Class:  ConsentStr,
	Doc:    "The visitor's consent as it is passed on: TCF and GPP strings, US Privacy, Google's gcs and gcd.",
	Why:    "It identifies nobody by itself; it shows what the recipient knew.",
	Do:     "Nothing; it belongs there.",
	Needs:  NeedLeaf,
	Names:  true,
	Find:   findConsent,
	Hits:   []Sample{{URL: "https://vendor.example/g/collect?gcs=G111", Text: "G111"}, {URL: "https://vendor.example/s?gdpr_consent=CPzHq4APzHq4AAMABBENAUEAALAAAEOAAAAAAEAEACACAAAA", Text: "CPzHq4APzHq4AAMABBENAUEAALAAAEOAAAAAAEAEACACAAAA"}, {URL: "https://vendor.example/s?us_privacy=1YNN", Text: "1YNN"}},
	Misses: []Sample{{Body: `{"gcs":"bucket"}`}, {Body: `{"gdpr":"maybe-later"}`}, {Body: `{"consent_string":""}`}},
}

func findConsent(c *Context, yield func(Match)) {
	v := c.v
	ok := false
	switch {
	case len(v) >= 20 && (v[0] == 'C' || v[0] == 'B' || strings.HasPrefix(v, "DB")) && !strings.ContainsAny(v, " {}<>"):
		ok = true
	case len(v) == 4 && v[0] == '1' && strings.Trim(v[1:], "YNyn-") == "":
		ok = true
	case len(v) == 4 && v[0] == 'G' && v[1] == '1':
		ok = true
	case c.name.flat == "gcd" && len(v) >= 8 && isDigit(v[0]), (c.name.flat == "gdpr" || c.name.flat == "gdprapplies" || c.name.flat == "npa" || c.name.flat == "dma") && (v == "0" || v == "1"):
		ok = true
	}
	if ok {
		m := c.whole(ByField, Likely)
		m.Key = ""
		yield(m)
	}
}

// FingerprintField finds what tells devices apart without any id: canvas, WebGL, fonts, and composites of them.
var FingerprintField = Rule{
	ID:    "device-fingerprint",
	Class: Print,
	Doc:   "A hash or list of device traits (canvas, WebGL, audio, fonts), or three and more such traits in one object.",
	Why:   "It identifies the device without a cookie, and the visitor cannot delete it.",
	Do:    "Ask why; fraud prevention may have a ground, advertising has none without consent.",
	Needs: NeedLeaf,
	Names: true,
	Find:  findFingerprint,
	Hits:  []Sample{{Body: `{"canvas_hash":"9f1c2d3e1b2c4d5e8f90a1b2c3d4e5f6"}`, Text: "9f1c2d3e1b2c4d5e8f90a1b2c3d4e5f6"}, {Body: `{"hardwareConcurrency":8,"deviceMemory":8,"webglRenderer":"ANGLE (Intel, Mesa)"}`, Text: "8"}},
	Misses: []Sample{{Body: `{"fingerprint":["{{ default }}"]}`}, {Body: `{"canvas":"true"}`}, {Body: `{"fonts":"Roboto"}`}, {Body: `{"deviceMemory":8}`}, {Body: `{"plugins":"cart"}`},
		{Body: `{"feature_times":{"canvas":0.01501500082667917,"fonts":5.841071004397236,"plugins":0.009566007065586746,"canvasfp":14.718095000716858}}`}},
}

func findFingerprint(c *Context, yield func(Match)) {
	v := c.v
	if isNothing(v) && c.f.Kind != decode.Number || len(v) > 20<<10 || isTemplate(v) || c.timing() {
		return
	}
	switch c.name.flat {
	case "plugins", "fonts", "installedfonts":
		if len(v) < 4 && digitsOf(v) == v {
			return // how many
		}
	}
	strong := random(v) && len(v) >= 8 && !strings.Contains(v, ".") || strings.Contains(c.name.flat, "renderer") && strings.Contains(v, "ANGLE") || c.name.flat == "fontlist" && strings.Count(v, ",") > 5
	if !strong {
		others := map[string]bool{}
		for _, n := range c.siblings {
			if n.class == Print {
				others[n.flat] = true
			}
		}
		if len(others) < 2 {
			return
		}
	}
	yield(c.whole(ByField, Likely))
}

// timing reports a fraction that is how long something took, inside what says so.
func (c *Context) timing() bool {
	if x, err := strconv.ParseFloat(c.v, 64); err != nil || x == float64(int64(x)) {
		return false
	}
	for _, w := range c.name.outer {
		if w == "times" || keyWords[w]&timeName != 0 {
			return true
		}
	}
	return false
}
