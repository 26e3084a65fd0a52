package rule

import "strings"

// NationalIDField finds official numbers by the name of their field, with the check digits of those that have some.
var NationalIDField = Rule{
	ID:    "national-id-field",
	Class: NationalID,
	Doc:   "A social security, tax, passport or identity card number in a field that is named for one.",
	Why:   "It cannot be changed, and identities are stolen with it.",
	Do:    "Keep third-party scripts off pages that ask for it.",
	Needs: NeedLeaf | NeedDigit,
	Names: true,
	Find:  findNationalID,
	Hits: []Sample{
		{Body: `{"ssn":"536-22-8726"}`, Text: "536-22-8726"}, {Body: `{"user":{"passport_number":"P4366918"}}`, Text: "P4366918"}, {Body: `{"cpf":"529.982.247-25"}`, Text: "529.982.247-25"}, {Body: `{"nino":"QQ 12 34 56 C"}`, Text: "QQ 12 34 56 C"},
	},
	Misses: []Sample{{Body: `{"ssn":"000-00-0000"}`}, {Body: `{"ssn":"1"}`}, {Body: `{"cpf":"529.982.247-26"}`}, {Body: `{"ssn_required":"536-22-8726"}`}, {Body: `{"passport":"v2"}`}, {Body: `{"tin":"12"}`}, {URL: "https://ads.example/log?cpr=509.8269493438838"}, {URL: "https://ads.example/log?bsn=12345&tin=0.55831"},
		{Body: `{"cd[JSON-LD]":[{"name":"Helping Hands","taxID":"060726487"}]}`}, {Body: `{"owner":{"type":"Organization","tax_id":"060726487"}}`}},
}

func findNationalID(c *Context, yield func(Match)) {
	d := digitsOf(c.v)
	if len(d) < 5 || len(c.v) > 24 || sameDigits(d) || isNothing(c.v) || isURL(c.v) || isWordy(c.v) || strings.ContainsAny(c.v, "@_:{}<>") {
		return
	}
	if c.thing() {
		return // an organisation's tax number is in its imprint
	}
	if short := len(c.name.flat) <= 3; short && !nationalForm(c.v, len(d)) && !c.personal() {
		return // cpr, tin, bsn, dni: other things are abbreviated so, too
	}
	switch c.name.flat {
	case "ssn", "socialsecuritynumber", "socialsecurity":
		if len(d) == 9 && (d[:3] == "000" || d[:3] == "666" || d[3:5] == "00" || d[5:] == "0000") {
			return
		}
	case "cpf":
		if len(d) == 11 && !cpf(d) {
			return
		}
	}
	yield(c.whole(ByField, Certain))
}

// nationalForm reports text that is written as official numbers are: 8 digits and more, in groups or none, with a letter at most at
// either end, and no fraction.
func nationalForm(v string, digits int) bool {
	dots := strings.Count(v, ".")
	return digits >= 8 && dots != 1 && len(v)-digits <= 4
}

// cpf checks Brazil's two check digits modulo 11.
func cpf(d string) bool {
	for n := 9; n <= 10; n++ {
		sum := 0
		for i := range n {
			sum += int(d[i]-'0') * (n + 1 - i)
		}
		if byte(sum*10%11%10)+'0' != d[n] {
			return false
		}
	}
	return true
}

// SSNPattern finds American social security numbers by their shape in texts that speak of them.
var SSNPattern = Rule{
	ID:     "ssn-pattern",
	Class:  NationalID,
	Doc:    "An American social security number, 3-2-4 digits with hyphens, in a text that says so.",
	Why:    NationalIDField.Why,
	Do:     NationalIDField.Do,
	Needs:  NeedLeaf | NeedDigit,
	Find:   findSSN,
	Hits:   []Sample{{Body: `{"text":"My SSN is 536-22-8726."}`, Text: "536-22-8726"}},
	Misses: []Sample{{Body: `{"part":"536-22-8726"}`}, {Body: `{"text":"SSN 000-12-3456"}`}, {Body: `{"text":"lesson 536-22-87261"}`}},
}

func findSSN(c *Context, yield func(Match)) {
	if len(c.v) > 8192 || c.name.class == NationalID || strings.Count(c.v, "-") < 2 {
		return
	}
	low := strings.ToLower(c.v)
	if !strings.Contains(low, "ssn") && !strings.Contains(low, "social security") {
		return
	}
	for i := 0; i+11 <= len(c.v); i++ {
		s := c.v[i : i+11]
		if s[3] != '-' || s[6] != '-' || len(digitsOf(s)) != 9 || isHexAlnum(c.v, i-1) || isHexAlnum(c.v, i+11) || s[:3] == "000" || s[:3] == "666" || s[0] == '9' || s[4:6] == "00" || s[7:] == "0000" {
			continue
		}
		yield(c.span(i, i+11, ByPattern, Likely))
		i += 11
	}
}
