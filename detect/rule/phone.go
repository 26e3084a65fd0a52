package rule

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// PhonePattern finds numbers that say by their shape that they are telephone numbers.
var PhonePattern = Rule{
	ID:    "phone-pattern",
	Class: Phone,
	Doc:   "A telephone number with its country code and a plus sign, or in the North American notation, valid by libphonenumber.",
	Why:   "It reaches one person, and ad platforms join records by it.",
	Do:    "Keep numbers out of events and URLs; if matching is wanted, ask for consent first.",
	Needs: NeedDigit | NeedLeaf,
	Find:  findPhones,
	Hits: []Sample{
		{Body: `{"x":"call +43 664 1234567 now"}`, Text: "+43 664 1234567"},
		{Body: `{"x":"+14155552671"}`, Text: "+14155552671"},
		{Body: `{"note":"(415) 555-2671"}`, Text: "(415) 555-2671"},
	},
	Misses: []Sample{
		{Body: `{"ts":"1700000000"}`}, {Body: `{"v":"+1"}`}, {Body: `{"ean":"4006381333931"}`}, {Body: `{"date":"2024-01-02 10:11:12 +0100"}`},
		{Body: `{"id":"436641234567"}`}, {Body: `{"html":"Call, e.g. (555) 555-5555 or (123) 456-7890"}`}, {Body: `{"d":"M10 20 +30 40 50 60 70 80 90z"}`}, {Body: `{"rev":"415-555"}`}, {Body: `{"stores":[{"phone":"+43 664 1234567","note":"+43 664 1234567"}]}`},
	},
}

func findPhones(c *Context, yield func(Match)) {
	if len(c.v) > 64<<10 || c.name.class == Phone || c.example() {
		return
	}
	for i := 0; i < len(c.v); {
		p := strings.IndexAny(c.v[i:], "+(")
		if p < 0 {
			return
		}
		p += i
		i = p + 1
		if p > 0 && (wordByte[c.v[p-1]] || strings.IndexByte("+-*/=.", c.v[p-1]) >= 0 && c.v[p-1] != '=') && !escaped(c.v, p) {
			continue
		}
		end := phoneEnd(c.v, p)
		text := c.v[p:end]
		if !phoneShape(text) || shown(text) || c.business() || c.siteOwn("tel:"+strings.TrimLeft(digitsOf(text), "0")) {
			continue
		}
		i = end
		m := c.span(p, end, ByPattern, Likely)
		m.Key = "phone"
		yield(m)
	}
}

// shown reports a number that shows how to write one: (555) 555-5555, (123) 456-7890.
func shown(text string) bool {
	d := digitsOf(text)
	return len(d) >= 10 && sameDigits(d[len(d)-7:]) || strings.HasSuffix(d, "1234567890")
}

// phoneEnd returns the end of the digits and separators from p.
func phoneEnd(v string, p int) int {
	end, gap := p+1, 0
	for i := p + 1; i < len(v) && i-p < 24; i++ {
		switch c := v[i]; {
		case isDigit(c):
			end, gap = i+1, 0
		case strings.IndexByte(" ()-./", c) >= 0 && gap < 2:
			gap++
		default:
			if isLetter(c) && gap == 0 {
				return p + 1
			}
			return end
		}
	}
	return end
}

// phoneShape: with + it must be valid for its country, without it must be written as North Americans do.
func phoneShape(text string) bool {
	d := digitsOf(text)
	if text[0] == '(' {
		return len(d) == 10 && len(text) >= 13 && text[4] == ')' && strings.Count(text, "-")+strings.Count(text, " ") >= 1 && validPhone("+1"+d)
	}
	return len(d) >= 8 && len(d) <= 15 && validPhone("+"+d)
}

// validPhone: libphonenumber calls numbers reserved for fiction possible, not valid; those of Ofcom and NANPA are let
// through because test data is made of them.
func validPhone(e164 string) bool {
	n, err := phonenumbers.Parse(e164, "ZZ")
	if err != nil {
		return false
	}
	if phonenumbers.IsValidNumber(n) {
		return true
	}
	if !phonenumbers.IsPossibleNumber(n) {
		return false
	}
	return strings.HasPrefix(e164, "+447700900") || strings.HasPrefix(e164, "+4420794") || strings.HasPrefix(e164, "+1") && strings.Contains(e164[4:], "555")
}

// PhoneField finds numbers by the name of their field.
var PhoneField = Rule{
	ID:    "phone-field",
	Class: Phone,
	Doc:   "A telephone number in a field that is named for one.",
	Why:   PhonePattern.Why,
	Do:    PhonePattern.Do,
	Needs: NeedDigit | NeedLeaf,
	Names: true,
	Find:  findPhoneField,
	Hits: []Sample{
		{Body: `{"traits":{"phone":"0664 1234567"}}`, Text: "0664 1234567"},
		{Body: `{"phone_number":"14155552671"}`, Text: "14155552671"},
		{URL: "https://vendor.example/c?mobile=07700+900123", Text: "07700 900123"},
		{Body: `{"customer":{"tel":"+49 (0)30 901820"}}`, Text: "+49 (0)30 901820"}, {Body: `{"user":{"ph":"436641234567"}}`, Text: "436641234567"},
	},
	Misses: []Sample{
		{Body: `{"phone":"true"}`}, {Body: `{"phone_model":"SM-G991B 14155552671"}`}, {Body: `{"phone":"1"}`}, {Body: `{"mobile":"1"}`}, {Body: `{"phone":"00000000"}`},
		{Body: `{"phone":"{{phone}}"}`}, {Body: `{"mobile":1700000000123}`}, {URL: "https://risk.example/ping?ph=419298480&cp=ae5f1c9d22"}, {URL: "https://vendor.example/c?cell=41929848&row=3"},
	},
}

func findPhoneField(c *Context, yield func(Match)) {
	d := digitsOf(c.v)
	if len(d) < 7 || len(d) > 15 || len(c.v) > 30 || isNothing(c.v) || sameDigits(d) || c.siteOwn("tel:"+strings.TrimLeft(d, "0")) {
		return
	}
	for i := range len(c.v) {
		if !isDigit(c.v[i]) && strings.IndexByte("+ ()-./x", c.v[i]) < 0 {
			return
		}
	}
	if c.business() || isEpoch(d) && len(d) == 13 {
		return
	}
	if c.name.weak && !c.personal() && !(c.v[0] == '+' && validPhone("+"+d)) {
		return // ph, pn, cell: numbers of another kind fit some country's form
	}
	if c.name.weak && d == c.v && !possiblePhone(d) {
		return
	}
	conf := Likely
	if possiblePhone(d) || strings.HasPrefix(c.v, "+") {
		conf = Certain
	}
	yield(c.whole(ByField, conf))
}

// businessWords are things whose number is in the telephone book.
var businessWords = wordSet(`store stores shop shops merchant seller vendor publisher venue hotel restaurant office offices branch branches dealer gym airport organization poi support hotline imprint impressum footer`)

// business reports the number of a shop or office.
func (c *Context) business() bool {
	for _, w := range c.name.outer {
		if businessWords[w] {
			return true
		}
	}
	return len(c.name.tokens) > 1 && businessWords[c.name.tokens[0]] || c.thing()
}

func sameDigits(d string) bool { return strings.Count(d, d[:1]) == len(d) }

// phoneRegions are tried for numbers without a country code.
var phoneRegions = []string{"US", "GB", "DE", "FR", "AT", "CH", "ES", "IT", "NL", "IN", "AU", "BR", "PL", "SE", "JP"}

// possiblePhone reports digits that are a valid number in some large country, or with their country code.
func possiblePhone(d string) bool {
	if validPhone("+" + strings.TrimPrefix(d, "00")) {
		return true
	}
	for _, r := range phoneRegions {
		if n, err := phonenumbers.Parse(d, r); err == nil && phonenumbers.IsValidNumber(n) {
			return true
		}
	}
	return false
}
