package rule

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// IBANNumber finds bank accounts. A random id has the check digits of one in 97 cases, so more must speak for it.
var IBANNumber = Rule{
	ID:    "iban-number",
	Class: IBAN,
	Doc: "An international bank account number: a country of the IBAN registry, the form of its account numbers, check digits modulo 97; " +
		"and the field, the groups it is printed in or what stands beside it says so, else it is only a hint.",
	Why:   "It is a bank account, and direct debits need no more.",
	Do:    "Keep third-party scripts off pages that show or ask for it.",
	Needs: NeedLeaf | NeedDigit | NeedLong,
	Find:  findIBANs,
	Hits: []Sample{
		{Body: `{"iban":"AT611904300234573201"}`, Text: "AT611904300234573201"}, {Body: `{"account_iban":"gb29nwbk60161331926819"}`, Text: "gb29nwbk60161331926819"},
		{Body: `{"x":"IBAN: DE89370400440532013000, BIC"}`, Text: "DE89370400440532013000"}, {Body: `{"x":"DE89 3704 0044 0532 0130 00"}`, Text: "DE89 3704 0044 0532 0130 00"},
		{Body: `{"x":"AT611904300234573201","bic":"BKAUATWW"}`, Text: "AT611904300234573201"}, {Body: `{"sepa":{"number":"BE68539007547034"}}`, Text: "BE68539007547034"},
		{Body: `{"x":"AT611904300234573201"}`, Text: "AT611904300234573201"},
	},
	Misses: []Sample{
		{Body: `{"x":"AT611904300234573202"}`}, {Body: `{"x":"XX89370400440532013000"}`}, {Body: `{"x":"aAT611904300234573201"}`}, {Body: `{"x":"DE8937040044053201300012345678"}`},
		{Body: `{"$insert_id":"be11j3mnzxz97f29"}`}, {Body: `{"iban":"be11j3mnzxz97f29"}`}, {Body: `{"x":"BE68539007547034"}`}, {Body: `{"order_id":"AT611904300234573201"}`},
		{Body: `{"x":"at611904300234573201"}`},
	},
}

// ibanForms are the forms of account numbers behind country and check digits, by country: n digits, a capital letters, c
// both (IBAN registry, https://www.swift.com/standards/data-standards/iban-international-bank-account-number).
var ibanForms = map[string]string{
	"AD": "8n12c", "AE": "19n", "AL": "8n16c", "AT": "16n", "AZ": "4a20c", "BA": "16n", "BE": "12n", "BG": "4a6n8c", "BH": "4a14c", "BR": "23n1a1c",
	"BY": "4c4n16c", "CH": "5n12c", "CR": "18n", "CY": "8n16c", "CZ": "20n", "DE": "18n", "DK": "14n", "DO": "4c20n", "EE": "16n", "EG": "25n",
	"ES": "20n", "FI": "14n", "FO": "14n", "FR": "10n11c2n", "GB": "4a14n", "GE": "2a16n", "GI": "4a15c", "GL": "14n", "GR": "7n16c", "GT": "24c",
	"HR": "17n", "HU": "24n", "IE": "4a14n", "IL": "19n", "IQ": "4a15n", "IS": "22n", "IT": "1a10n12c", "JO": "4a4n18c", "KW": "4a22c", "KZ": "3n13c",
	"LB": "4n20c", "LC": "4a24c", "LI": "5n12c", "LT": "16n", "LU": "3n13c", "LV": "4a13c", "MC": "10n11c2n", "MD": "20c", "ME": "18n", "MK": "3n10c2n",
	"MR": "23n", "MT": "4a5n18c", "MU": "4a19n3a", "NL": "4a10n", "NO": "11n", "PK": "4a16c", "PL": "24n", "PS": "4a21c", "PT": "21n", "QA": "4a21c",
	"RO": "4a16c", "RS": "18n", "SA": "2n18c", "SC": "4a20n3a", "SE": "20n", "SI": "15n", "SK": "20n", "SM": "1a10n12c", "TN": "20n", "TR": "6n16c",
	"UA": "6n19c", "VA": "18n", "VG": "4a16n", "XK": "16n",
}

// iban is the form of a country's account numbers: the length of the whole, and what is behind the check digits.
type ibanForm struct {
	length int
	bban   *regexp.Regexp
}

var ibans = func() map[string]ibanForm {
	sets := map[byte]string{'n': "[0-9]", 'a': "[A-Z]", 'c': "[0-9A-Z]"}
	out := make(map[string]ibanForm, len(ibanForms))
	for country, form := range ibanForms {
		expr, length := "^", 4
		for len(form) > 0 {
			end := strings.IndexAny(form, "nac")
			n, _ := strconv.Atoi(form[:end]) // the table is well formed: a test compiles it
			expr += sets[form[end]] + "{" + form[:end] + "}"
			length += n
			form = form[end+1:]
		}
		out[country] = ibanForm{length, regexp.MustCompile(expr + "$")}
	}
	return out
}()

func findIBANs(c *Context, yield func(Match)) {
	v := c.v
	if len(v) > 64<<10 {
		return
	}
	for i := 0; i+15 <= len(v); i++ {
		if !isLetter(v[i]) || !isLetter(v[i+1]) || !isDigit(v[i+2]) || !isDigit(v[i+3]) || i > 0 && wordByte[v[i-1]] && !escaped(v, i) {
			continue
		}
		form, ok := ibans[strings.ToUpper(v[i:i+2])]
		if !ok {
			continue
		}
		compact, end := make([]byte, 0, 34), i
		for j := i; j < len(v) && len(compact) < form.length; j++ {
			if wordByte[v[j]] && v[j] < 0x80 {
				compact = append(compact, v[j])
				end = j + 1
			} else if v[j] != ' ' && v[j] != '-' || j > end {
				break
			}
		}
		if len(compact) != form.length || end < len(v) && wordByte[v[end]] {
			continue
		}
		upper := strings.ToUpper(string(compact))
		if !form.bban.MatchString(upper[4:]) || !mod97(upper) {
			continue
		}
		conf := c.ibanConfidence(i, end)
		if conf == "" {
			continue
		}
		m := c.span(i, end, ByPattern, conf)
		m.Key = "iban"
		yield(m)
		i = end
	}
}

// minBareIBAN is the length from which capitals and digits that nothing speaks for are told as a hint: of the shorter ones
// (NO, BE, DK, FI) order numbers have the form too often.
const minBareIBAN = 20

// ibanConfidence is how sure v[start:end] is an account number, "" if it is none: certain where the field, its groups or
// what stands beside it says so.
func (c *Context) ibanConfidence(start, end int) Confidence {
	text := c.v[start:end]
	switch {
	case c.name.class == IBAN, ibanGroups(text), ibanWord.MatchString(before(c.v, start)), c.besideBank():
		return Certain
	case len(text) >= minBareIBAN && text == strings.ToUpper(text) && !c.isID():
		return Possible
	}
	return ""
}

// ibanGroups reports the groups that accounts are printed in: of four, the last of what is left.
func ibanGroups(s string) bool {
	gs := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '-' })
	return len(gs) > 2 && !slices.ContainsFunc(gs[:len(gs)-1], func(g string) bool { return len(g) != 4 })
}

// nearby is how many bytes before a number are looked at for a word that says what it is.
const nearby = 40

// before is what stands shortly before a position.
func before(v string, start int) string { return v[max(0, start-nearby):start] }

// ibanWord matches words that announce a bank account.
var ibanWord = regexp.MustCompile(`(?i)iban|\bbic\b|sepa|konto|\baccount|bank|rekening|compte|cuenta|\bconto\b|acct`)

// besideBank reports a field of the same object, or a part of the way to it, that tells of a bank account.
func (c *Context) besideBank() bool {
	for _, n := range c.siblings {
		if n.class == IBAN || bankField.MatchString(n.flat) {
			return true
		}
	}
	return bankPath.MatchString(c.f.Path)
}

var (
	bankField = regexp.MustCompile(`^(?:bic|swift|swiftcode|bankname|bank|bankcode|blz|accountholder|kontoinhaber|mandate|mandateid|sepamandate|routingnumber)$`)
	bankPath  = regexp.MustCompile(`(?i)(?:^|[._-])(?:iban|sepa|bank|bank_?account|bankverbindung|direct_?debit|lastschrift)(?:$|[._\[-])`)
)

func mod97(iban string) bool {
	var digits strings.Builder
	for _, r := range iban[4:] + iban[:4] {
		if r >= 'A' && r <= 'Z' {
			digits.WriteString(string([]byte{'0' + byte(r-'A'+10)/10, '0' + byte(r-'A'+10)%10}))
		} else {
			digits.WriteRune(r)
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}
