package rule

import (
	"strings"
	"unicode"
)

// NameField finds people's names by the name of their field.
var NameField = Rule{
	ID:    "name-field",
	Class: Name,
	Doc:   "A person's first, last or full name in a field that is named for one.",
	Why:   "With anything else in the request it names the person.",
	Do:    "Do not send names as traits; a pseudonymous user id is enough for analytics.",
	Needs: NeedLeaf,
	Names: true,
	Find:  findNameField,
	Hits: []Sample{
		{Body: `{"attributes":[{"name":"full_name","value":"Tomasz Bianchi"},{"name":"plan","value":"pro"}]}`, Text: "Tomasz Bianchi"},
		{Body: `{"traits":{"firstName":"Ágnes"}}`, Text: "Ágnes"},
		{Body: `{"user":{"name":"Tomás Ortega"}}`, Text: "Tomás Ortega"},
		{URL: "https://vendor.example/c?lname=O%27Brien", Text: "O'Brien"},
		{Body: `{"fn":"Marisol","k":1}`, Text: "Marisol"}, {Body: `{"user":{"displayName_str":"Chiara Bianchi"}}`, Text: "Chiara Bianchi"},
		{Body: `{"visitor":{"name":"agnieszka"}}`, Text: "agnieszka"},
		{Body: `{"billing":{"full_name":"van der Berg, Jan"}}`, Text: "van der Berg, Jan"},
	},
	Misses: []Sample{
		{Body: `{"name":"hero-banner"}`}, {Body: `{"product":{"name":"Red Shoes"}}`}, {Body: `{"first_name":"{{first}}"}`}, {Body: `{"event":{"name":"Sign Up"}}`},
		{Body: `{"first_name":"First name"}`}, {Body: `{"last_name":null}`}, {Body: `{"campaign_name":"Spring Sale"}`}, {Body: `{"name":"page_view"}`}, {Body: `{"name":"Checkout Started"}`},
		{Body: `{"firstName":"true"}`}, {Body: `{"fn":"renderList","ln":"de"}`}, {Body: `{"fn":"Object.render"}`}, {Body: `{"browser":{"name":"Mobile Safari"}}`},
	},
}

func findNameField(c *Context, yield func(Match)) {
	v := c.v
	if len(v) > 80 || isNothing(v) || isLabel(v) || isURL(v) || letterShare(v) < 80 || strings.ContainsAny(v, "@_/\\<>{}[]|=;:*#") || digestShape(v) != "" || c.siteOwn(v) || c.labels() || c.thing() {
		return
	}
	conf := Certain
	if c.name.flat == "fn" || c.name.flat == "ln" {
		if c.foreign() || !personName(v) || len(v) < 3 || strings.Contains(v, ".") || strings.ToUpper(v) == v || strings.ToLower(v[1:]) != v[1:] && !strings.ContainsAny(v, " '-") {
			return
		}
		conf = Likely
	} else if c.name.weak {
		if c.name.directly(identity) && oneWord(v) {
			yield(c.whole(ByField, Possible))
			return
		}
		if c.name.has(alien) || len(c.name.tokens) > 1 && c.name.flat != "displayname" || !c.personal() && !(c.name.flat == "displayname" && strings.Contains(v, " ") && !c.foreign()) || !personName(v) {
			return
		}
		conf = Likely
	} else if c.foreign() && !personName(v) {
		return
	}
	if digitsOf(v) != "" {
		return
	}
	yield(c.whole(ByField, conf))
}

// oneWord reports a single word of letters that is no word of things: a first name in small letters.
func oneWord(v string) bool {
	low := strings.ToLower(v)
	return len(v) >= 3 && letterShare(v) == 100 && !strings.Contains(v, " ") && !actionWords[low] && !commonWords[low]
}

// personName reports one to five words that begin with capitals, or are particles.
func personName(v string) bool {
	ws := strings.Fields(strings.ReplaceAll(v, ",", " "))
	if len(ws) == 0 || len(ws) > 5 {
		return false
	}
	for _, w := range ws {
		r := []rune(w)
		if !unicode.IsUpper(r[0]) && unicode.In(r[0], unicode.Latin, unicode.Cyrillic, unicode.Greek) && !particles[strings.ToLower(w)] {
			return len(ws) == 2 && strings.ToLower(v) == v && len(ws[0]) > 1 && len(ws[1]) > 2 && !actionWords[ws[0]] && !actionWords[ws[1]]
		}
		if actionWords[strings.ToLower(w)] {
			return false
		}
	}
	return true
}

var particles = wordSet(`von van der de den di da del la le du dos das ten ter zu y e al el bin ibn jr sr st af av zum zur vom mc`)

// actionWords are words of events and things, not of people.
var actionWords = wordSet(`page view viewed click clicked sign up signup in out login logout log started start completed complete submit submitted form button product products item items cart order checkout purchase purchased
	add added remove removed update updated search searched list event session user users customer account home main default new old test sale summer winter spring autumn edition pro plan plus premium
	basic free trial team group company inc gmbh ltd llc corp ag co app web mobile desktop chrome safari firefox edge opera windows linux mac os ios android browser screen the and of for with your my our to from
	menu header footer banner hero modal popup video image link tab step newsletter subscribe subscription payment shipping delivery address email phone name value data store shop online service support`)
